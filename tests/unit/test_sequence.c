/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "folder.h"
#include "report/report.h"
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The pictures of report.html, as its stylesheet draws them. */

/* The page of the run in `dir`, malloc'ed. */
static char *page_of(const char *dir, enum lang lang)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(64));
	struct report_options o = { .lang = lang, .data = "." };
	char *path = path_join(folder, "page.html");
	struct report *r = report_open(dir, &err);
	assert_non_null(r);
	assert_int_equal(report_html(r, &o, path, &err), 0);
	assert_int_equal(buf_read_file(&text, path, &err), 0);
	report_close(r);
	free(path);
	return buf_detach(&text, NULL);
}

static bool has(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* Each case that has messages or a person's steps has a picture of them. */
static void draws(void **state)
{
	char *dir = path_join(folder, "small");
	(void)state;
	synthetic_small(dir, SYNTHETIC_SEALED);
	char *html = page_of(dir, LANG_EN), *finnish = page_of(dir, LANG_FI);
	assert_int_equal(count_of(html, "<svg "), 6);
	assert_int_equal(count_of(html, "role=\"img\""), 6);
	assert_int_equal(count_of(html, "<desc id=\"case-demo-"), 6);
	assert_true(has(html, "aria-labelledby=\"case-demo-01-archive-t "
			      "case-demo-01-archive-d\""));
	assert_true(has(html, ">0001 archive · 0.012 s<"));
	/* Red, and in words. */
	assert_true(has(html, "class=\"seq-fail\""));
	assert_true(has(html, "✗ failed · answered · HTTP 200"));
	assert_true(has(finnish, "✗ hylätty · vastattu · HTTP 200"));
	/* An answer that was lost has no arrow's head. */
	assert_int_equal(count_of(html, "class=\"seq-cross\""), 1);
	assert_true(has(html, "class=\"seq-manual\""));
	assert_true(has(html, "✎ by hand · a person acts"));
	free(finnish);
	free(html);
	free(dir);
}

/* Cases that never began have none. */
static void nothing_to_draw(void **state)
{
	char *dir = path_join(folder, "interrupted");
	(void)state;
	synthetic_small(dir, SYNTHETIC_INTERRUPTED);
	char *html = page_of(dir, LANG_EN);
	assert_true(count_of(html, "<svg ") < 6);
	assert_true(count_of(html, "<svg ") > 0);
	free(html);
	free(dir);
}

static void caps(void **state)
{
	static const struct {
		unsigned steps;
		size_t drawn;
		const char *more;
	} rows[] = {
		{ 40, 40, NULL },
		{ 41, 40, ">+ 1 more, listed below<" },
		{ 77, 40, ">+ 37 more, listed below<" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char *dir = xasprintf("%s/big-%zu", folder, i);
		synthetic_big(dir, 1, rows[i].steps);
		char *html = page_of(dir, LANG_EN);
		assert_int_equal(
		    count_of(html, "class=\"seq-step\""), rows[i].drawn);
		assert_int_equal(count_of(html, "more, listed below<"),
		    rows[i].more ? 1 : 0);
		assert_true(!rows[i].more || has(html, rows[i].more));
		free(html);
		free(dir);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(draws),
		cmocka_unit_test(nothing_to_draw),
		cmocka_unit_test(caps),
	};
	return cmocka_run_group_tests(tests, folder_begin, folder_end);
}

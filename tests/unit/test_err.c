/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the three above first */
#include <cmocka.h>

static void first_wins(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_int_equal(err_set(&err, ERR_XML, "one %d", 1), -1);
	assert_int_equal(err_set(&err, ERR_IO, "two"), -1);
	assert_int_equal(err_at(&err, ERR_IO, "f", 1, 2, "three"), -1);
	errno = ENOENT;
	assert_int_equal(err_errno(&err, ERR_IO, "four"), -1);
	assert_int_equal(err.kind, ERR_XML);
	assert_string_equal(err.msg, "one 1");
	assert_string_equal(err.file, "");

	assert_int_equal(err_hint(&err, "do %s", "this"), -1);
	assert_int_equal(err_hint(&err, "or that"), -1);
	assert_string_equal(err.hint, "do this");
	assert_int_equal(err_wrap(&err, "step '%s'", "x"), -1);
	assert_string_equal(err.msg, "step 'x': one 1");
}

static void with_errno(void **state)
{
	(void)state;
	struct err err = { 0 };
	errno = ENOENT;
	err_errno(&err, ERR_IO, "cannot open '%s'", "f");
	assert_string_equal(
	    err.msg, "cannot open 'f': No such file or directory");
}

static void long_and_foreign_text(void **state)
{
	(void)state;
	static char text[3000];
	for (size_t i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xC3\xA4", 2);
	struct err err = { 0 };
	err_set(&err, ERR_XML, "x%s", text);
	assert_int_equal(strlen(err.msg), sizeof(err.msg) - 1);
	err_wrap(&err, "%s", text);
	/* cut within a letter: no half of it stays */
	assert_true(err.msg[sizeof(err.msg) - 2] == '?');

	err = (struct err){ 0 };
	err_at(&err, ERR_XML, "a\x1B[2Jb", 1, 1,
	    "c\x1B]0;d\a\x80\xC2\x9B"
	    "e\r");
	assert_string_equal(err.msg, "c?]0;d???e?");
	assert_string_equal(err.file, "a?[2Jb");
	err_hint(&err, "\x7F\xFF");
	assert_string_equal(err.hint, "??");
}

static void print_into(char *out, size_t size, const struct err *err)
{
	memset(out, 0, size);
	FILE *to = fmemopen(out, size, "w");
	assert_non_null(to);
	err_print(to, err);
	fclose(to);
}

static void assert_prints(const struct err *err, const char *text)
{
	char out[500];
	print_into(out, sizeof(out), err);
	assert_string_equal(out, text);
}

static void printing(void **state)
{
	(void)state;
	struct err err = { 0 };
	err_set(&err, ERR_IO, "it");
	assert_prints(&err, "esitesti: it\n");
	err_hint(&err, "do");
	assert_prints(&err, "esitesti: it\n  hint: do\n");

	err = (struct err){ 0 };
	err_at(&err, ERR_CASE, "f.xml", 0, 0, "it");
	assert_prints(&err, "esitesti: f.xml: it\n");
	err = (struct err){ 0 };
	err_at(&err, ERR_CASE, "f.xml", 3, 0, "it");
	assert_prints(&err, "esitesti: f.xml:3: it\n");
	err = (struct err){ 0 };
	err_at(&err, ERR_CASE, "f.xml", 2, 5, "it");
	static const char text[] = "one\r\n\t\xC3\xA4\xE2\x82\xAC x\r\nthree";
	err_excerpt(&err, text, sizeof(text) - 1);
	assert_prints(&err, "esitesti: f.xml:2:5: it\n"
			    "  \t\xC3\xA4\xE2\x82\xAC x\n"
			    "  \t   ^\n");
}

static void carets(void **state)
{
	(void)state;
	static const struct {
		unsigned column;
		const char *caret;
	} rows[] = {
		{ 1, "  ^\n" },
		{ 2, "   ^\n" },
		{ 3, "    ^\n" },
		{ 4, "     ^\n" }, /* behind the last letter */
		{ 99, "     ^\n" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		err_at(&err, ERR_XML, "f", 1, rows[i].column, "it");
		err_excerpt(&err,
		    "\xC3\xA4"
		    "bc",
		    4);
		char out[500];
		print_into(out, sizeof(out), &err);
		assert_string_equal(strstr(out, "bc\n") + 3, rows[i].caret);
	}
}

static void no_excerpt(void **state)
{
	(void)state;
	static char wide[600];
	memset(wide, 'x', sizeof(wide));
	struct err err = { 0 };
	err_excerpt(&err, "a", 1); /* no line */
	assert_string_equal(err.excerpt, "");
	err_at(&err, ERR_XML, "f", 3, 1, "it");
	err_excerpt(&err, "a\nb", 3); /* no such line */
	assert_string_equal(err.excerpt, "");
	err.line = 1;
	err_excerpt(&err, wide, sizeof(wide)); /* too wide to show */
	assert_string_equal(err.excerpt, "");
	err_excerpt(&err, "a\x1B\xFF\nb", 5);
	assert_string_equal(err.excerpt, "a??");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_wins),
		cmocka_unit_test(with_errno),
		cmocka_unit_test(long_and_foreign_text),
		cmocka_unit_test(printing),
		cmocka_unit_test(carets),
		cmocka_unit_test(no_excerpt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "folder.h"
#include "report/inside.h"
#include "report/style.h"
#include "synthetic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Runs in the folder */

static struct report *open_run(const char *name, enum synthetic_end end)
{
	struct err err = { 0 };
	char *dir = path_join(folder, name);
	synthetic_small(dir, end);
	struct report *r = report_open(dir, &err);
	if (!r)
		err_print(stderr, &err);
	assert_non_null(r);
	free(dir);
	return r;
}

static void check(int rc, const struct err *err)
{
	if (rc < 0)
		err_print(stderr, err);
	assert_int_equal(rc, 0);
}

static const struct report_options plain = { .lang = LANG_FI, .data = "." };

typedef int renderer(struct report *r, const struct report_options *o,
    const char *path, struct err *err);

static int report_results(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	return report_sink(r, results_begin(r, o, path, err), err);
}

/* What a rendering writes, malloc'ed. */
static char *rendered(
    struct report *r, renderer *write, const struct report_options *o)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(64));
	char *path = path_join(folder, "rendered");
	check(write(r, o, path, &err), &err);
	check(buf_read_file(&text, path, &err), &err);
	unlink(path);
	free(path);
	return buf_detach(&text, NULL);
}

static char *table(struct report *r, const struct report_options *o)
{
	struct err err = { 0 };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	check(report_text(r, o, out, &err), &err);
	fclose(out);
	return text;
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

/* ---- The model */

static int case_at(void *ctx, struct report_case *c, struct err *err)
{
	struct report_case *seen = ctx;
	size_t i = 0;
	(void)err;
	while (seen[i].id)
		i++;
	seen[i] = (struct report_case){
		.id = c->id,
		.kind = c->kind,
		.mark = c->mark,
		.maker = c->maker,
		.finished = c->finished,
		.expects = { .count = c->expects.count },
	};
	return 0;
}

static void whole_run(void **state)
{
	struct err err = { 0 };
	struct report_case seen[8] = { 0 };
	struct report *r = open_run("whole", SYNTHETIC_SEALED);
	const struct report_totals *t = report_totals(r);
	(void)state;
	assert_int_equal(t->planned, 6);
	assert_int_equal(t->finished, 6);
	assert_int_equal(t->cases[RESULT_PASS], 2);
	assert_int_equal(t->cases[RESULT_FAIL], 2);
	assert_int_equal(t->cases[RESULT_INCONCLUSIVE], 1);
	assert_int_equal(t->cases[RESULT_MANUAL], 1);
	assert_int_equal(t->passed_by_mark[MARK_CERTAIN], 1);
	assert_int_equal(t->passed_by_mark[MARK_GUESS], 1);
	assert_int_equal(t->expectations[RESULT_PASS], 6);
	assert_int_equal(t->with_vendor_documents, 0);
	assert_int_equal(t->exit, EXIT_FAILED);
	check(report_each(r, case_at, seen, &err), &err);
	assert_string_equal(seen[0].id, "demo-01-archive");
	assert_int_equal(seen[0].maker, MAKER_SHIPPED_FIXTURE);
	assert_int_equal(seen[1].kind, RESULT_FAIL);
	assert_int_equal(seen[1].mark, MARK_GUESS);
	assert_int_equal(seen[4].maker, MAKER_HARNESS);
	assert_int_equal(seen[4].expects.count, 1);
	report_close(r);
}

static int last_expectation(void *ctx, struct report_case *c, struct err *err)
{
	(void)err;
	if (streq(c->id, "demo-06-last")) {
		assert_int_equal(c->expects.count, 2);
		*(struct report_expect *)ctx = c->expects.at[1];
		((struct report_expect *)ctx)->step = NULL;
		((struct report_expect *)ctx)->expect = NULL;
	}
	return 0;
}

/* What the run did not come to is there, as skipped, and says why. */
static void ended_early(enum synthetic_end end, const char *name, int exit_code)
{
	struct err err = { 0 };
	struct report_expect last = { 0 };
	struct report *r = open_run(name, end);
	const struct report_totals *t = report_totals(r);
	assert_int_equal(t->planned, 6);
	assert_int_equal(t->finished, 5);
	assert_int_equal(t->cases[RESULT_SKIP], 1);
	assert_int_equal(t->expectations[RESULT_SKIP], 2);
	assert_int_equal(t->exit, exit_code);
	check(report_each(r, last_expectation, &last, &err), &err);
	assert_int_equal(last.verdict.kind, RESULT_SKIP);
	assert_false(last.has_verdict);
	assert_int_equal(last.verdict.found.word, W_report_not_reached);
	assert_string_equal(last.verdict.expectation_id, "http-status");
	char *junit = rendered(r, report_junit, &plain);
	assert_true(has(junit, "name=\"demo-06-last\""));
	assert_true(has(junit, "type=\"run\""));
	free(junit);
	report_close(r);
}

static void cut_run(void **state)
{
	(void)state;
	ended_early(SYNTHETIC_CUT, "cut", EXIT_ERROR);
}

static void interrupted_run(void **state)
{
	(void)state;
	ended_early(SYNTHETIC_INTERRUPTED, "interrupted", EXIT_INTERRUPTED);
}

/* Each rendering warns, in words that the catalogue has. */
static void broken_seal(void **state)
{
	struct report *r = open_run("broken", SYNTHETIC_BROKEN);
	const char *sentence = word_text(W_report_head_broken, plain.lang);
	(void)state;
	assert_int_equal(log_seal(report_log(r)), SEAL_BROKEN);
	assert_int_not_equal(report_totals(r)->exit, 0);
	char *text = table(r, &plain);
	char *html = rendered(r, report_html, &plain);
	char *junit = rendered(r, report_junit, &plain);
	char *results = rendered(r, report_results, &plain);
	assert_true(has(text, "Ajokansiota on muutettu"));
	assert_true(has(html, sentence));
	assert_true(has(html, "banner warning"));
	assert_true(has(junit, sentence));
	assert_true(has(results, "seal=\"broken\""));
	free(text);
	free(html);
	free(junit);
	free(results);
	report_close(r);
}

static void lost_inputs(void **state)
{
	struct err err = { 0 };
	char *dir = path_join(folder, "lost");
	char *file = path_join(dir, "inputs/cases/demo-02-refused.xml");
	(void)state;
	synthetic_small(dir, SYNTHETIC_SEALED);
	assert_int_equal(unlink(file), 0);
	struct report *r = report_open(dir, &err);
	assert_non_null(r);
	/* Verdicts are shown all the same. */
	assert_int_equal(report_totals(r)->cases[RESULT_FAIL], 2);
	char *html = rendered(r, report_html, &plain);
	assert_true(has(html, "demo-02-refused.xml"));
	free(html);
	free(file);
	free(dir);
	report_close(r);
}

static void no_run_folder(void **state)
{
	struct err err = { 0 };
	(void)state;
	assert_null(report_open("/nonexistent", &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

/* ---- What must never be in a report */

static void identity_codes_are_hidden(void **state)
{
	struct report *r = open_run("identity", SYNTHETIC_SEALED);
	char code[12];
	(void)state;
	synthetic_identity(code);
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct report_options o = plain;
		o.lang = (enum lang)lang;
		char *all[] = {
			table(r, &o),
			rendered(r, report_html, &o),
			rendered(r, report_junit, &o),
			rendered(r, report_results, &o),
		};
		for (size_t i = 0; i < COUNTOF(all); i++) {
			assert_false(has(all[i], code));
			if (i == 1)
				assert_true(has(
				    all[i], word_text(W_report_excerpt_hidden,
						o.lang)));
			free(all[i]);
		}
	}
	report_close(r);
}

static void words_are_masked_in_ci(void **state)
{
	struct report *r = open_run("mask", SYNTHETIC_SEALED);
	struct report_options o = plain;
	(void)state;
	char *open = rendered(r, report_junit, &o);
	o.mask = true;
	char *masked = rendered(r, report_junit, &o);
	assert_true(has(open, "1.2.246.10.12345678"));
	assert_false(has(masked, "12345678"));
	assert_false(has(masked, "<m>"));
	free(open);
	free(masked);
	char *text = table(r, &o);
	assert_false(has(text, "12345678"));
	assert_true(has(text, "1.2.246.10.\xE2\x80\xA6"));
	free(text);
	report_close(r);
}

/* ---- Golden files: tests/golden/update writes them anew */

/* Keys come and go in the dialect; how many there are is not compared. */
static void forget_key_count(char *text)
{
	for (char *p = text; (p = strstr(p, " certain=\"")); p++)
		for (char *d = p + 10; str_is_digit(*d); d++)
			*d = '0';
}

static void same_as_golden(const char *name, char *text)
{
	struct err err = { 0 };
	struct buf golden = BUF_INIT(LIMIT_MIB(16));
	char *path = xasprintf("tests/golden/report/%s", name);
	forget_key_count(text);
	if (getenv("GOLDEN_UPDATE"))
		check(file_write_whole(path, text, strlen(text), 0644, &err),
		    &err);
	check(buf_read_file(&golden, path, &err), &err);
	if (!streq(golden.ptr, text)) {
		char *now = path_join(folder, "now");
		check(file_write_whole(now, text, strlen(text), 0644, &err),
		    &err);
		char *diff = xasprintf("diff -u %s %s", path, now);
		(void)!system(diff); /* NOLINT: a test's own words */
		free(diff);
		free(now);
		fail_msg("%s differs; see tests/golden/update", path);
	}
	buf_release(&golden);
	free(path);
	free(text);
}

/* The folder's own place is none of the golden file's business. */
static char *table_without_place(struct report *r, enum lang lang)
{
	struct report_options o = plain;
	o.lang = lang;
	char *text = table(r, &o);
	char *place = strstr(text, folder);
	assert_non_null(place);
	memcpy(place, "RUN\n", 5);
	return text;
}

static void golden(void **state)
{
	struct report *r = open_run("golden", SYNTHETIC_SEALED);
	(void)state;
	same_as_golden("table.fi.txt", table_without_place(r, LANG_FI));
	same_as_golden("table.en.txt", table_without_place(r, LANG_EN));
	same_as_golden("junit.xml", rendered(r, report_junit, &plain));
	same_as_golden("results.xml", rendered(r, report_results, &plain));
	report_close(r);
}

static void table_fits_the_terminal(void **state)
{
	struct report *r = open_run("width", SYNTHETIC_SEALED);
	char *text = table_without_place(r, LANG_FI);
	(void)state;
	assert_false(has(text, "\033"));
	for (char *line = text; *line;) {
		size_t columns = 0;
		for (; *line && *line != '\n'; line++)
			columns += ((unsigned char)*line & 0xC0) != 0x80;
		assert_true(columns <= 100);
		line += *line == '\n';
	}
	free(text);
	struct report_options o = plain;
	o.color = true;
	text = table(r, &o);
	assert_true(has(text, "\033[1;31m"));
	free(text);
	report_close(r);
}

/* ---- The page */

static void page_stands_alone(void **state)
{
	static const char *const never[] = { "<script", "src=", "@import",
		"url(", "<link", "<iframe", "href=\"http", "javascript:" };
	struct report *r = open_run("page", SYNTHETIC_SEALED);
	char *html = rendered(r, report_html, &plain);
	(void)state;
	for (size_t i = 0; i < COUNTOF(never); i++)
		assert_false(has(html, never[i]));
	assert_true(str_starts(html, "<!DOCTYPE html>\n<html "));
	assert_true(has(html, "</html>"));
	assert_int_equal(count_of(html, "<h1"), 1);
	assert_int_equal(count_of(html, "<article class=\"case\""), 6);
	assert_false(has(html, "esitesti-cases"));
	/* What a passed case rests on is folded, that of others is not. */
	assert_int_equal(count_of(html, "<ul class=\"rests\""), 6);
	assert_int_equal(count_of(html, "<details><summary>Mihin tulos"), 2);
	/* On a narrow screen a cell stands below its row's head. */
	assert_int_equal(count_of(html, "<td data-label=\"Perusta\">"), 6);
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(html + strlen("<!DOCTYPE html>\n"),
	    strlen(html) - strlen("<!DOCTYPE html>\n"), "report", &err);
	check(doc ? 0 : -1, &err);
	xml_free(doc);
	free(html);
	report_close(r);
}

/* Sentences of one language do not stand in the other's page. */
static void page_is_whole_in_each_language(void **state)
{
	struct report *r = open_run("lang", SYNTHETIC_SEALED);
	struct report_options en = plain;
	en.lang = LANG_EN;
	char *page[LANG_COUNT] = { rendered(r, report_html, &plain),
		rendered(r, report_html, &en) };
	(void)state;
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		enum lang own = (enum lang)lang, other = (enum lang) !lang;
		static const enum word words[] = { W_report_self_test,
			W_report_not_kela, W_report_h_unchecked,
			W_report_h_glossary, W_report_gl_mock_text,
			W_report_un_schema_why, W_report_means_fail,
			W_report_maker_shipped_fixture };
		for (size_t i = 0; i < COUNTOF(words); i++) {
			assert_true(has(page[lang], word_text(words[i], own)) ||
				    has(word_text(words[i], own), "'"));
			assert_false(
			    has(page[lang], word_text(words[i], other)));
		}
	}
	assert_true(has(page[LANG_EN], "A care record is archived"));
	assert_false(has(page[LANG_EN], "Hoitoasiakirja"));
	free(page[LANG_FI]);
	free(page[LANG_EN]);
	report_close(r);
}

/* ---- Stylesheets of other people's */

#define SHEET(body)                                                                 \
 "<xsl:stylesheet version=\"1.0\" xmlns:es=\"urn:esitesti:"                         \
 "words:1\" exclude-result-prefixes=\"es\" xmlns:xsl=\"http://www.w3.org/1999/XSL/" \
 "Transform\">" body "</xsl:stylesheet>"
#define ROOT(body) SHEET("<xsl:template match=\"/\">" body "</xsl:template>")

/* 0 and the output, or -1 and the error. */
static int try_style(const char *sheet, struct buf *to, struct err *err)
{
	struct buf page = BUF_INIT(1024);
	char *path = path_join(folder, "try.xsl");
	struct err none = { 0 };
	check(file_write_whole(path, sheet, strlen(sheet), 0600, &none), &none);
	buf_adds(&page, "<page/>");
	struct style *s = style_load(path, LANG_EN, err);
	int rc = s ? style_apply(s, &page, to, err) : -1;
	style_free(s);
	buf_release(&page);
	free(path);
	return rc;
}

static void stylesheets_can_do_nothing_else(void **state)
{
	static const char *const sheets[] = {
		"<no-xml",
		"<other/>",
		SHEET("<xsl:nonsense/>"),
		SHEET("<xsl:import href=\"harness/report/report.xsl\"/>"),
		SHEET("<xsl:include href=\"harness/report/report.xsl\"/>"),
		ROOT("<xsl:copy-of select=\"document('cases/dialect.rng')\"/>"),
		ROOT("<xsl:copy-of select=\"document('http://127.0.0.1/')\"/>"),
		ROOT("<p><xsl:value-of select=\"es:word('no_such')\"/></p>"),
		ROOT("<p><xsl:value-of select=\"nothing:here()\"/></p>"),
		SHEET("<xsl:template match=\"/\" name=\"t\"><xsl:call-template "
		      "name=\"t\"/></xsl:template>"),
		ROOT("<xsl:message terminate=\"yes\">no</xsl:message>"),
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(sheets); i++) {
		struct err err = { 0 };
		struct buf to = BUF_INIT(LIMIT_MIB(1));
		if (try_style(sheets[i], &to, &err) == 0)
			fail_msg("sheet %zu gave '%s'", i, to.ptr);
		assert_int_not_equal(err.kind, ERR_NONE);
		assert_true(*err.msg);
		buf_release(&to);
	}
}

static void stylesheets_get_words(void **state)
{
	struct err err = { 0 };
	struct buf to = BUF_INIT(LIMIT_MIB(1));
	(void)state;
	check(try_style(ROOT("<td title=\"{es:word('report_kind_guard-refused'"
			     ")}\"><br/><xsl:value-of select=\"es:word("
			     "'report_cut_at', 7)\"/></td><td/>"),
		  &to, &err),
	    &err);
	assert_string_equal(to.ptr,
	    "<td title=\"stopped\"><br />the first 7 bytes are shown; the "
	    "rest is in the file</td><td></td>\n");
	buf_release(&to);
}

/* ---- The catalogue has a word for whatever the enums can hold. */
static void words_for_every_name(void **state)
{
	(void)state;
	for (int i = 0; i < RESULT_COUNT; i++) {
		const char *name = result_name((enum result_kind)i);
		assert_int_not_equal(word_of("kind_", name), W_none);
		assert_int_not_equal(word_of("means_", name), W_none);
	}
	for (int i = 0; i < MAKER_COUNT; i++)
		assert_int_not_equal(
		    word_of("maker_", maker_name((enum maker)i)), W_none);
	for (int i = 0; i < ANSWERER_COUNT; i++)
		assert_int_not_equal(
		    word_of("answerer_", answerer_name((enum answerer)i)),
		    W_none);
	for (int i = 0; i < ENDING_COUNT; i++)
		assert_int_not_equal(
		    word_of("ending_", ending_name((enum ending)i)), W_none);
	for (int i = SEND_ARCHIVE; i <= SEND_PROBE; i++)
		assert_int_not_equal(
		    word_of("message_", send_message_names[i]), W_none);
}

/* Two result kinds never share a word. */
static void kinds_have_their_own_words(void **state)
{
	(void)state;
	for (int lang = 0; lang < LANG_COUNT; lang++)
		for (int a = 0; a < RESULT_COUNT; a++)
			for (int b = 0; b < a; b++)
				assert_string_not_equal(
				    word_text(word_of_kind((enum result_kind)a),
					(enum lang)lang),
				    word_text(word_of_kind((enum result_kind)b),
					(enum lang)lang));
}

int main(int argc, char *argv[])
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_run),
		cmocka_unit_test(cut_run),
		cmocka_unit_test(interrupted_run),
		cmocka_unit_test(broken_seal),
		cmocka_unit_test(lost_inputs),
		cmocka_unit_test(no_run_folder),
		cmocka_unit_test(identity_codes_are_hidden),
		cmocka_unit_test(words_are_masked_in_ci),
		cmocka_unit_test(golden),
		cmocka_unit_test(table_fits_the_terminal),
		cmocka_unit_test(page_stands_alone),
		cmocka_unit_test(page_is_whole_in_each_language),
		cmocka_unit_test(stylesheets_can_do_nothing_else),
		cmocka_unit_test(stylesheets_get_words),
		cmocka_unit_test(words_for_every_name),
		cmocka_unit_test(kinds_have_their_own_words),
	};
	/* test_report DIR [CASES STEPS]: a folder to look at or to measure. */
	if (argc == 2) {
		synthetic_small(argv[1], SYNTHETIC_SEALED);
		return 0;
	}
	if (argc == 4) {
		uint64_t n[2];
		struct err err = { 0 };
		if (str_number(argv[2], 1, 20000, &n[0], &err) < 0 ||
		    str_number(argv[3], 1, 2000, &n[1], &err) < 0)
			return 2;
		synthetic_big(argv[1], (unsigned)n[0], (unsigned)n[1]);
		return 0;
	}
	return cmocka_run_group_tests(tests, folder_begin, folder_end);
}

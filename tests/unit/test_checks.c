/* SPDX-License-Identifier: Apache-2.0 */
#include "report/checks.h"

#include "base/str.h"
#include "base/xalloc.h"
#include "check/batch.h"
#include "report/checks-inside.h"
#include "xml/doc.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the three above first */
#include <cmocka.h>

/* The renderings of a check, from results made by hand. */

static struct finding *add(struct checked *c, enum stage stage,
    enum severity severity, const char *rule, unsigned line)
{
	struct finding *f = findings_add(&c->findings);
	f->stage = stage;
	f->severity = severity;
	f->rule = xstrdup(rule);
	f->text[LANG_FI] = xstrdup("löydös <&> \"suomeksi\"");
	f->text[LANG_EN] = xstrdup("finding <&> \"in English\"");
	f->hint[LANG_FI] = xstrdup("korjaa");
	f->hint[LANG_EN] = xstrdup("correct it");
	f->clause = xstrdup("CDA R2");
	f->where = xasprintf("/ClinicalDocument/code[%u]", line);
	f->line = line;
	f->column = 3;
	f->excerpt = xstrdup("  <code/>");
	f->caret = 2;
	return f;
}

static struct checked make(const char *name)
{
	struct checked c = { .name = xstrdup(name), .content = CONTENT_CDA };
	memset(c.digest, 'a', 64);
	for (size_t i = 0; i < STAGE_COUNT; i++)
		c.stages[i].state = STAGE_DONE;
	c.stages[STAGE_SIGNATURE].state = STAGE_NOT_DONE;
	c.stages[STAGE_SIGNATURE].why = say_stage_no_document();
	c.stages[STAGE_CODES].state = STAGE_NOT_ASKED;
	return c;
}

/* One file with an error, a warning and what is accepted; one unread. */
static char *render(const struct check_view *view, enum lang lang)
{
	char *text = NULL;
	size_t len = 0;
	struct err err = { 0 };
	FILE *out = open_memstream(&text, &len);
	struct check_view_options o = {
		.lang = lang, .data = ".", .fail_on = SEVERITY_ERROR
	};
	struct check_totals totals = { .planned = 2, .unread = 1, .exit = 2 };
	struct checked c = make("out/a b.xml");
	struct err why = { .msg = "it is away" };
	add(&c, STAGE_SCHEMA, SEVERITY_ERROR, "ESI-SCH-01", 7);
	add(&c, STAGE_RULES, SEVERITY_WARNING, "X#<1>", 9)->part =
	    PART_DOCUMENT;
	add(&c, STAGE_RULES, SEVERITY_ERROR, "ESI-H-01", 11)->accepted =
	    xstrdup("known to us");
	checked_count(&c);
	void *state = view->begin(out, &o, &err);
	assert_non_null(state);
	view->file(state, &c);
	check_totals_add(&totals, &c, &o);
	view->unread(state, "b.xml", &why);
	assert_int_equal(view->end(state, &totals, &err), 0);
	fclose(out);
	checked_release(&c);
	return text;
}

static void expect(const char *text, const char *what, bool there)
{
	if ((strstr(text, what) != NULL) != there)
		fail_msg("'%s' should %sbe in:\n%s", what, there ? "" : "not ",
		    text);
}

static void test_text(void **state)
{
	(void)state;
	char *text = render(&check_view_text, LANG_EN);
	expect(text,
	    "out/a b.xml:7:3: error ESI-SCH-01: finding <&> \"in English\"\n"
	    "      7 |   <code/>\n"
	    "        |   ^\n"
	    "    place        /ClinicalDocument/code[7]\n",
	    true);
	expect(text, "out/a b.xml#document:9:3: warning", true);
	expect(text, "ESI-H-01", false); /* accepted */
	expect(text, "accepted as known 1", true);
	expect(text, "b.xml: could not be read: it is away", true);
	expect(text, "not checked", true);
	expect(text, "Not a validation report of Kela.", true);
	free(text);
}

static void test_many_of_one_rule_are_grouped(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len = 0;
	struct err err = { 0 };
	FILE *out = open_memstream(&text, &len);
	struct check_view_options o = { .lang = LANG_EN };
	struct check_totals totals = { .planned = 1 };
	struct checked c = make("a.xml");
	for (unsigned i = 1; i <= 9; i++)
		add(&c, STAGE_RULES, SEVERITY_ERROR, "ESI-H-01", i * 10);
	void *view = check_view_text.begin(out, &o, &err);
	check_view_text.file(view, &c);
	check_view_text.end(view, &totals, &err);
	fclose(out);
	expect(text, "a.xml:30:3", true);
	expect(text, "a.xml:40:3", false);
	expect(text, "and 6 more of rule ESI-H-01", true);
	expect(text, "40, 50, 60, 70, 80, 90", true);
	checked_release(&c);
	free(text);
}

/* A file of which nothing was found. */
static void add_clean(struct check_totals *t, enum stage stage,
    struct note basis, const struct check_view_options *o)
{
	struct checked c = { .name = xstrdup("a.xml") };
	c.stages[stage].state = STAGE_DONE;
	c.stages[stage].basis = basis;
	check_totals_add(t, &c, o);
	checked_release(&c);
}

static void expect_basis(
    const struct check_totals *t, enum stage stage, struct note basis)
{
	char want[1024], found[1024];
	struct buf a = BUF_INIT(1024), b = BUF_INIT(1024);
	note_render(&a, &basis, LANG_EN);
	note_render(&b, &t->stages[stage].bases[0], LANG_EN);
	str_copy(want, sizeof(want), a.ptr);
	str_copy(found, sizeof(found), b.ptr);
	buf_release(&a);
	buf_release(&b);
	assert_string_equal(found, want);
}

static void test_bases_of_several_files(void **state)
{
	(void)state;
	struct check_view_options o = { .fail_on = SEVERITY_ERROR };
	struct check_totals t = { 0 };
	add_clean(&t, STAGE_SYNTACTIC, say_syn_basis("utf-8", "p"), &o);
	add_clean(&t, STAGE_SYNTACTIC, say_syn_basis("UTF-8", "p"), &o);
	assert_int_equal(t.stages[STAGE_SYNTACTIC].base_count, 1);
	expect_basis(&t, STAGE_SYNTACTIC, say_syn_basis("utf-8", "p"));
	add_clean(&t, STAGE_SYNTACTIC, say_syn_basis("UTF-16", "p"), &o);
	expect_basis(&t, STAGE_SYNTACTIC, say_syn_basis("utf-8, UTF-16", "p"));
	add_clean(
	    &t, STAGE_SYNTACTIC, say_syn_basis_marked("UTF-8", "m", "p"), &o);
	assert_int_equal(t.stages[STAGE_SYNTACTIC].base_count, 2);
	add_clean(&t, STAGE_SCHEMA, say_sch_basis_own("cda 1 (a, +1: b)"), &o);
	add_clean(&t, STAGE_SCHEMA,
	    say_sch_basis_own("cda 1 (a, +1: b); frame 2"), &o);
	add_clean(&t, STAGE_SCHEMA, say_sch_basis_own("frame 2"), &o);
	expect_basis(
	    &t, STAGE_SCHEMA, say_sch_basis_own("cda 1 (a, +1: b); frame 2"));
	add_clean(&t, STAGE_RULES, say_sch_basis_own("cda"), &o);
	add_clean(&t, STAGE_RULES, say_sch_basis_own_both("cda", "frame"), &o);
	add_clean(&t, STAGE_RULES, say_sch_basis_own("frame"), &o);
	expect_basis(&t, STAGE_RULES, say_sch_basis_own_both("cda", "frame"));
	assert_int_equal(t.stages[STAGE_RULES].base_count, 1);
	add_clean(&t, STAGE_CODES, say_codes_basis("63", "12", "9"), &o);
	add_clean(&t, STAGE_CODES, say_codes_basis("63", "8", "1"), &o);
	expect_basis(&t, STAGE_CODES, say_codes_basis("63", "20", "10"));
	add_clean(&t, STAGE_SIGNATURE, say_sig_basis("1", "x"), &o);
	add_clean(&t, STAGE_SIGNATURE, say_sig_basis("2", "x"), &o);
	expect_basis(&t, STAGE_SIGNATURE, say_sig_basis("3", "x"));
	assert_int_equal(t.stages[STAGE_SIGNATURE].base_count, 1);
}

/* More names than a note holds, of more kinds than are told apart. */
static void test_bases_that_do_not_fit(void **state)
{
	(void)state;
	struct check_view_options o = { .fail_on = SEVERITY_ERROR };
	struct check_totals t = { 0 };
	char name[201];
	for (char c = 'a'; c < 'f'; c++) {
		memset(name, c, 200);
		name[200] = '\0';
		add_clean(&t, STAGE_SCHEMA, say_sch_basis_own(name), &o);
	}
	assert_int_equal(t.stages[STAGE_SCHEMA].base_count, STAGE_BASES);
	assert_int_equal(t.stages[STAGE_SCHEMA].other_bases, 2);
}

static char *text_of(struct check_totals *t, unsigned width, enum lang lang)
{
	char *text = NULL;
	size_t len = 0;
	struct err err = { 0 };
	FILE *out = open_memstream(&text, &len);
	struct check_view_options o = { .lang = lang, .width = width };
	void *view = check_view_text.begin(out, &o, &err);
	assert_int_equal(check_view_text.end(view, t, &err), 0);
	fclose(out);
	return text;
}

static void test_headline_tells_what_was_not_asked(void **state)
{
	(void)state;
	struct check_totals t = { .files = 1 };
	for (size_t i = STAGE_CODES; i < STAGE_COUNT; i++)
		t.stages[i].not_asked = 1;
	char *text = text_of(&t, 0, LANG_EN);
	expect(text,
	    "No errors and no warnings · stages not asked for: codes, "
	    "signature, guard\n",
	    true);
	free(text);
	t.count[SEVERITY_WARNING] = 2;
	text = text_of(&t, 0, LANG_FI);
	expect(text,
	    "Ei virheitä, varoituksia 2 · vaiheita ei pyydetty: koodistot, "
	    "allekirjoitus, suojaus\n",
	    true);
	free(text);
	text = text_of(&t, 40, LANG_EN);
	expect(text,
	    "No errors; warnings: 2 · stages not\n"
	    "  asked for: codes, signature, guard\n",
	    true);
	free(text);
}

static int longest_line(const char *text)
{
	int longest = 0, n = 0;
	for (; *text; text++) {
		n = *text == '\n' ? 0
				  : n + (((unsigned char)*text & 0xC0) != 0x80);
		longest = n > longest ? n : longest;
	}
	return longest;
}

static void test_lines_fit_the_terminal(void **state)
{
	(void)state;
	char *text = NULL;
	size_t len = 0;
	struct err err = { 0 };
	struct check_totals totals = { .files = 1 };
	struct checked c = make("out/a.xml");
	struct finding *f =
	    add(&c, STAGE_RULES, SEVERITY_ERROR, "ESI-ANOTHER-01", 11);
	free(f->where);
	f->where = xstrdup("/ClinicalDocument/recordTarget/patientRole/patient/"
			   "birthTime/@value");
	FILE *out = open_memstream(&text, &len);
	struct check_view_options o = { .lang = LANG_EN, .width = 60 };
	totals.stages[STAGE_SCHEMA].base_count = 1;
	totals.stages[STAGE_SCHEMA].bases[0] =
	    say_sch_basis_given("x.xsd (SHA-256 0123456789abcdef0123456789abcde"
				"f0123456789abcdef0123456789abcdef)");
	void *view = check_view_text.begin(out, &o, &err);
	check_view_text.file(view, &c);
	check_view_text.end(view, &totals, &err);
	fclose(out);
	expect(text,
	    "    place        /ClinicalDocument/recordTarget/patientRole\n"
	    "                 /patient/birthTime/@value\n",
	    true);
	expect(text,
	    "out/a.xml:11:3: error ESI-ANOTHER-01: finding <&> \"in\n"
	    "    English\"\n",
	    true);
	expect(text,
	    "\n      The schema given: x.xsd (SHA-256 0123456789ab).\n", true);
	assert_true(longest_line(text) <= 60);
	checked_release(&c);
	free(text);
}

static json_t *load(const char *text)
{
	json_error_t why;
	json_t *all = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (!all)
		fail_msg("line %d: %s", why.line, why.text);
	return all;
}

static void test_json(void **state)
{
	(void)state;
	char *text = render(&check_view_json, LANG_EN);
	json_t *all = load(text);
	const json_t *files = json_object_get(all, "files");
	const json_t *findings =
	    json_object_get(json_array_get(files, 0), "findings");
	assert_int_equal(json_array_size(files), 2);
	assert_int_equal(json_array_size(findings), 3);
	assert_string_equal(
	    json_string_value(json_object_get(
		json_object_get(json_array_get(findings, 0), "text"), "fi")),
	    "löydös <&> \"suomeksi\"");
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(findings, 2), "accepted")),
	    "known to us");
	json_decref(all);
	free(text);
}

static void test_sarif(void **state)
{
	(void)state;
	char *text = render(&check_view_sarif, LANG_FI);
	json_t *all = load(text);
	const json_t *run = json_array_get(json_object_get(all, "runs"), 0);
	const json_t *results = json_object_get(run, "results");
	const json_t *rules = json_object_get(
	    json_object_get(json_object_get(run, "tool"), "driver"), "rules");
	assert_int_equal(json_array_size(results), 3);
	for (size_t i = 0; i < 3; i++) {
		const json_t *r = json_array_get(results, i);
		json_int_t at =
		    json_integer_value(json_object_get(r, "ruleIndex"));
		assert_string_equal(
		    json_string_value(json_object_get(r, "ruleId")),
		    json_string_value(json_object_get(
			json_array_get(rules, (size_t)at), "id")));
	}
	expect(text, "\"uri\":\"out/a%20b.xml\"", true);
	expect(text, "\"startLine\":7,\"startColumn\":3", true);
	expect(text, "\"startLine\":9", false); /* of the inner document */
	expect(text, "\"justification\":\"known to us\"", true);
	json_decref(all);
	free(text);
}

static void expect_xml(const char *text)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!doc)
		fail_msg("%s\n%s", err.msg, text);
	xml_free(doc);
}

static void test_junit(void **state)
{
	(void)state;
	char *text = render(&check_view_junit, LANG_EN);
	expect_xml(text);
	expect(text, "tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"2\"",
	    true);
	expect(text, "<failure message=\"finding", true);
	expect(text, "type=\"unread\"", true);
	free(text);
}

static void test_html(void **state)
{
	(void)state;
	static const char *const kela[LANG_COUNT] = {
		[LANG_FI] = "Ei Kelan validointiraportti.",
		[LANG_EN] = "Not a validation report of Kela.",
	};
	static const char doctype[] = "<!DOCTYPE html>\n";
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		char *text = render(&check_view_html, (enum lang)lang);
		assert_true(str_starts(text, doctype));
		expect_xml(text + strlen(doctype));
		expect(text, kela[lang], true);
		expect(text, "known to us", true);
		expect(text, "it is away", true);
		expect(text, "esitesti-", false); /* no mark is left */
		free(text);
	}
}

static void test_github(void **state)
{
	(void)state;
	char *text = render(&check_view_github, LANG_EN);
	expect(text,
	    "::error file=out/a b.xml,line=7,col=3,title=ESI-SCH-01::", true);
	expect(text, "::warning file=out/a b.xml,title=X#<1>::", true);
	expect(text, "ESI-H-01", false);
	expect(text, "::error file=b.xml,title=esitesti::it is away", true);
	free(text);
}

static void test_fingerprint_is_without_lines(void **state)
{
	(void)state;
	char one[17], other[17];
	struct checked c = make("a.xml");
	struct finding *f =
	    add(&c, STAGE_RULES, SEVERITY_ERROR, "ESI-H-01", 11);
	finding_fingerprint(one, &c, f);
	f->line = 40;
	finding_fingerprint(other, &c, f);
	assert_string_equal(one, other);
	f->where[1] = 'X';
	finding_fingerprint(other, &c, f);
	assert_string_not_equal(one, other);
	checked_release(&c);
}

/* ---- Many files: results in the order of the inputs, whoever is faster */

struct order {
	const struct inputs *inputs;
	size_t told, unread;
};

static void in_order(
    void *ctx, const char *name, struct checked *checked, const struct err *why)
{
	struct order *o = ctx;
	assert_string_equal(name, o->inputs->at[o->told]);
	assert_true(!checked == !!why);
	if (checked)
		assert_string_equal(checked->name, name);
	o->unread += !checked;
	o->told++;
}

static void test_order_of_many_threads(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct check_options o = { .data = "." };
	struct inputs inputs = { .passed_over = 0 };
	o.stages[STAGE_SYNTACTIC] = true;
	o.dialect = dialect_load("cases/dialects", "kanta", &err);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(inputs_add(&inputs,
				     i % 10 == 3 ? "not-there.xml"
				     : i % 7	 ? "cases/targets.xml"
						 : "cases/facts.xml",
				     &err),
		    0);
	}
	struct check_plan *plan = check_plan_new(&o, &err);
	struct order order = { .inputs = &inputs };
	const struct batch batch = {
		.plan = plan,
		.inputs = &inputs,
		.jobs = 8,
		.each = in_order,
		.ctx = &order,
	};
	assert_non_null(plan);
	assert_int_equal(batch_run(&batch), 100);
	assert_int_equal(order.told, 100);
	assert_int_equal(order.unread, 10);
	check_plan_free(plan);
	inputs_release(&inputs);
	dialect_free((struct dialect *)(uintptr_t)o.dialect);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_many_of_one_rule_are_grouped),
		cmocka_unit_test(test_bases_of_several_files),
		cmocka_unit_test(test_bases_that_do_not_fit),
		cmocka_unit_test(test_headline_tells_what_was_not_asked),
		cmocka_unit_test(test_lines_fit_the_terminal),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_sarif),
		cmocka_unit_test(test_junit),
		cmocka_unit_test(test_html),
		cmocka_unit_test(test_github),
		cmocka_unit_test(test_fingerprint_is_without_lines),
		cmocka_unit_test(test_order_of_many_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/baseline.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the three above first */
#include <cmocka.h>

/* What a baseline accepts, what it tells, and what it is not loaded with. */
#define NOW \
 INT64_C(1795305600000000) /* 2026-11-22, after midnight in Finland */

static struct baseline *load(const char *entries, struct err *err)
{
	char text[2048];
	snprintf(text, sizeof(text),
	    "<baseline xmlns=\"urn:esitesti:baseline:1\">%s</baseline>",
	    entries);
	return baseline_parse(text, strlen(text), "b.xml", NOW, err);
}

static void expect_fault(const char *entries, const char *words)
{
	struct err err = { 0 };
	assert_null(load(entries, &err));
	assert_int_equal(err.kind, ERR_CASE);
	if (!strstr(err.msg, words))
		fail_msg("'%s' is not in: %s", words, err.msg);
}

static void test_faults(void **state)
{
	(void)state;
	expect_fault("<accept rule='R' file='f' reason='' until='2027-01-31' "
		     "by='Testi'/>",
	    "reason");
	expect_fault(
	    "<accept rule='R' file='f' reason='r' until='' by='Testi'/>",
	    "until");
	expect_fault("<accept rule='R' file='f' reason='r' "
		     "until='2027-01-31' by=''/>",
	    "by");
	expect_fault("<accept rule='R' file='f' reason='r' "
		     "until='2027-02-30' by='Testi'/>",
	    "no day");
	expect_fault("<accept rule='R' file='f' reason='r' until='31.1.2027' "
		     "by='Testi'/>",
	    "no day");
	expect_fault("<accept rule='R' reason='r' until='2027-01-31' "
		     "by='Testi'/>",
	    "file");
	expect_fault("<other/>", "other");
}

static void add(struct checked *c, const char *rule, const char *where)
{
	struct finding *f = findings_add(&c->findings);
	f->rule = xstrdup(rule);
	f->where = xstrdup(where);
	f->severity = SEVERITY_ERROR;
	f->stage = STAGE_RULES;
}

static struct checked look(const char *name)
{
	struct checked c = { .name = xstrdup(name) };
	c.stages[STAGE_RULES].state = STAGE_DONE;
	add(&c, "ESI-H-01", "/ClinicalDocument");
	add(&c, "ESI-H-01", "/ClinicalDocument/code");
	add(&c, "ESI-H-02", "/ClinicalDocument");
	checked_count(&c);
	return c;
}

static void apply(const char *entries, const char *name, size_t accepted)
{
	struct err err = { 0 };
	struct baseline *b = load(entries, &err);
	struct checked c = look(name);
	if (!b)
		fail_msg("%s", err.msg);
	baseline_apply(b, &c);
	if (c.accepted != accepted)
		fail_msg("%s in %s: %zu accepted", entries, name, c.accepted);
	assert_int_equal(
	    c.stages[STAGE_RULES].count[SEVERITY_ERROR], 3 - accepted);
	checked_release(&c);
	baseline_free(b);
}

#define REST " reason='known' until='2026-11-22' by='Testi'/>"

static void test_accepts(void **state)
{
	(void)state;
	apply("<accept rule='ESI-H-01' file='*'" REST, "out/a.xml", 2);
	apply("<accept rule='ESI-H-01' file='a.xml'" REST, "out/a.xml", 2);
	apply("<accept rule='ESI-H-01' file='o*.xml'" REST, "out/a.xml", 2);
	apply(
	    "<accept rule='ESI-H-01' file='./out/a.xml'" REST, "out/a.xml", 2);
	apply("<accept rule='ESI-H-01' file='in/*'" REST, "out/a.xml", 0);
	apply("<accept rule='ESI-H-01' file='*' "
	      "where='/ClinicalDocument'" REST,
	    "a.xml", 1);
	apply("<accept rule='ESI-H-0' file='*'" REST, "a.xml", 0);
	apply("<accept rule='ESI-H-01' file='./a.xml'" REST, "out/a.xml", 0);
	apply("<accept rule='ESI-H-01' file='*/a.xml'" REST, "/out/a.xml", 2);
	apply("<accept rule='ESI-H-01' file='out/a.xml'" REST,
	    ".//in/../out/./a.xml", 2);
	apply("<accept rule='ESI-H-01' file='out/a.xml'" REST, "/out/a.xml", 0);
	apply("<accept rule='ESI-H-01' file='/out/../a.xml'" REST, "/a.xml", 2);
	apply("", "a.xml", 0);
}

static void named(const char *baseline, const char *name, const char *as)
{
	char *file = baseline_file(baseline, name);
	assert_string_equal(file, as);
	free(file);
}

static void test_files_are_seen_from_the_baseline(void **state)
{
	(void)state;
	named("/a/b.xml", "/a/c.xml", "./c.xml");
	named("/a/b.xml", "/a/c/./d.xml", "c/d.xml");
	named("/a/b/k.xml", "/a/bc/d.xml", "../bc/d.xml");
	named("/a/b/k.xml", "/d.xml", "../../d.xml");
	named("/k.xml", "/../a/d.xml", "a/d.xml");
	named("k.xml", "out//[1]*.xml", "out/\\[1]\\*.xml");
	named("own/k.xml", "own/../a.xml", "../a.xml");
	named("k.xml", "-", "-");
}

struct told {
	enum word word[32];
	size_t count;
};

static void hear(void *ctx, const struct note *note)
{
	struct told *t = ctx;
	t->word[t->count++] = note->word;
}

static void test_tells_what_expired_and_what_was_not_needed(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct told told = { .count = 0 };
	struct checked c = look("a.xml");
	struct baseline *b = load("<accept rule='ESI-H-01' file='*' reason='r' "
				  "until='2026-11-21' by='Testi'/>"
				  "<accept rule='ESI-H-02' file='*'" REST
				  "<accept rule='ESI-H-03' file='*'" REST,
	    &err);
	baseline_apply(b, &c);
	assert_int_equal(c.accepted, 1); /* the last day still counts */
	baseline_tell(b, hear, &told);
	assert_int_equal(told.count, 2);
	assert_int_equal(told.word[0], W_baseline_expired);
	assert_int_equal(told.word[1], W_baseline_unused);
	checked_release(&c);
	baseline_free(b);
}

static void test_is_silent_of_what_was_not_tried(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct told told = { .count = 0 };
	struct checked c = look("a.xml");
	struct baseline *b = load("<accept rule='ESI-H-03' file='b.xml'" REST
				  "<accept rule='ESI-SIG-01' file='a.xml'" REST,
	    &err);
	baseline_apply(b, &c);
	baseline_tell(b, hear, &told);
	assert_int_equal(told.count, 0); /* another file, a stage not done */
	checked_release(&c);
	baseline_free(b);
}

static void test_lets_nothing_go_that_the_guard_stops(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct told told = { .count = 0 };
	struct checked c = look("a.xml");
	struct baseline *b = load("<accept rule='ESI-GUARD-01' file='*'" REST
				  "<accept rule='ESI-GUARD-06' file='*'" REST,
	    &err);
	add(&c, "ESI-GUARD-01", "/ClinicalDocument");
	add(&c, "ESI-GUARD-06", "/ClinicalDocument");
	c.findings.at[3].stage = c.findings.at[4].stage = STAGE_GUARD;
	c.findings.at[4].severity = SEVERITY_WARNING;
	baseline_apply(b, &c);
	assert_null(c.findings.at[3].accepted);
	assert_non_null(c.findings.at[4].accepted);
	assert_int_equal(c.stages[STAGE_GUARD].count[SEVERITY_ERROR], 1);
	baseline_tell(b, hear, &told);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.word[0], W_baseline_guard);
	checked_release(&c);
	baseline_free(b);
}

static void test_remarks_are_capped(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct told told = { .count = 0 };
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	buf_adds(&text, "<baseline xmlns=\"urn:esitesti:baseline:1\">");
	for (int i = 0; i < 50; i++)
		buf_adds(&text, "<accept rule='R' file='*'" REST);
	buf_adds(&text, "</baseline>");
	struct checked c = look("a.xml");
	struct baseline *b =
	    baseline_parse(text.ptr, text.len, "b.xml", NOW, &err);
	assert_non_null(b);
	baseline_apply(b, &c);
	checked_release(&c);
	baseline_tell(b, hear, &told);
	assert_int_equal(told.count, 21);
	assert_int_equal(told.word[20], W_baseline_more);
	baseline_free(b);
	buf_release(&text);
}

static void test_days(void **state)
{
	(void)state;
	assert_true(baseline_is_day("2028-02-29"));
	assert_false(baseline_is_day("2027-02-29"));
	assert_false(baseline_is_day("2027-2-09"));
	assert_false(baseline_is_day("2027-01-31T"));
	assert_false(baseline_is_day(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_files_are_seen_from_the_baseline),
		cmocka_unit_test(
		    test_tells_what_expired_and_what_was_not_needed),
		cmocka_unit_test(test_is_silent_of_what_was_not_tried),
		cmocka_unit_test(test_lets_nothing_go_that_the_guard_stops),
		cmocka_unit_test(test_remarks_are_capped),
		cmocka_unit_test(test_days),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

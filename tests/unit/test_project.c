/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "kanta/ids.h"
#include "testcase/project.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE "tests/lib/testcase/esitesti.xml"

static void test_load(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct project *p = project_load(SAMPLE, &err);
	if (!p)
		err_print(stderr, &err);
	assert_non_null(p);
	assert_string_equal(p->path, SAMPLE);
	assert_string_equal(p->system, "Testi");
	assert_string_equal(p->version, "1.0");
	assert_string_equal(p->class, "B");
	assert_string_equal(p->tester, "Testi Esimerkki");
	assert_string_equal(p->professional_root, "1.2.246.537.26");
	assert_string_equal(p->professional_given, "Testi");
	assert_int_equal(p->pool.count, 1);
	assert_string_equal(p->pool.at[0].code, "010181-900C");
	const struct organisation *o =
	    project_organisation(p, "palvelunantaja");
	assert_string_equal(o->name, "Testi & Esimerkki");
	assert_null(project_organisation(p, "palveluyksikko"));
	assert_int_equal(strlen(p->source), p->source_len);
	project_free(p);
	project_free(NULL);
}

static void test_targets(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct project *p = project_load(SAMPLE, &err);
	assert_non_null(p);
	const struct target *t = project_target(p, "at");
	assert_non_null(t);
	assert_int_equal(t->kind, TARGET_REAL);
	assert_int_equal(t->pause_ms, 1000);
	assert_string_equal(t->host, "at.example.fi");
	assert_string_equal(t->ca, "tests/lib/testcase/ca.pem");
	assert_string_equal(t->key, "/keys/own.key");
	assert_string_equal(t->pass_file, "tests/lib/testcase/pass");
	assert_string_equal(t->dialect, "kanta-at");
	t = project_target(p, "near");
	assert_int_equal(t->kind, TARGET_LOOPBACK);
	assert_int_equal(t->pause_ms, 0);
	assert_string_equal(t->pkcs12, "tests/lib/testcase/own.p12");
	assert_null(project_target(p, "nowhere"));
	project_free(p);
}

static void test_documents(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct project *p = project_load(SAMPLE, &err);
	assert_non_null(p);
	const struct document_source *d =
	    project_document(p, "record", "hoitokertomus");
	assert_int_equal(d->source, SOURCE_FILE);
	assert_string_equal(d->path, "tests/lib/testcase/template.xml");
	d = project_document(p, "second", "hoitokertomus");
	assert_int_equal(d->source, SOURCE_COMMAND);
	assert_string_equal(d->command, "cat template.xml");
	assert_int_equal(
	    project_document(p, "x", "lausunto")->source, SOURCE_SHIPPED);
	assert_null(project_document(p, "x", "y"));
	project_free(p);
}

static void test_check(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct project *p = project_load(SAMPLE, &err);
	assert_non_null(p);
	const struct project_check *c = &p->check;
	assert_string_equal(c->schema, "tests/lib/testcase/own.xsd");
	assert_string_equal(c->baseline, "/known.xml");
	assert_int_equal(c->rules.count, 1);
	assert_string_equal(c->rules.at[0], "tests/lib/testcase/own.sch");
	assert_int_equal(c->codes.count, 3);
	assert_string_equal(c->codes.at[0], "tests/lib/testcase/own.xml");
	assert_string_equal(c->codes.at[1],
	    "tests/lib/testcase/own.csv,oid=1.2.246.537.5.1.1997,code=CodeId,"
	    "name=LongName,separator=,");
	assert_string_equal(c->codes.at[2],
	    "tests/lib/testcase/tabs.csv,oid=1.2.3,code=Code,separator=\t");
	/* None of them is there, and the first is told with its place. */
	assert_int_equal(project_check_files(p, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.file, SAMPLE);
	assert_int_equal(err.line, 23);
	assert_non_null(strstr(err.msg, "'tests/lib/testcase/own.xsd'"));
	assert_non_null(strstr(err.excerpt, "<check schema"));
	assert_non_null(strstr(err.hint, "relative to the project file"));
	project_free(p);
}

#define TEST_HOST(date)                                                      \
 "<test-host name=\"a.example\" source=\"s\" attested-by=\"b\" date=\"" date \
 "\"/><target"

struct fault_row {
	const char *from, *to, *message, *hint;
};

static const struct fault_row faults[] = {
	{ "</project>", "</projec>", "", "" },
	{ "urn:esitesti:project:1", "urn:esitesti:project:9", "", "" },
	{ "<tester", "<taster", "taster", "tester" },
	{ "role=\"lahettava-laite\"", "role=\"laite\"", "'laite'", "" },
	{ "role=\"lahettava-laite\"", "role=\"palvelunantaja\"",
	    "a second organisation with the role 'palvelunantaja'", "" },
	{ "oid=\"1.2.246.10.1234567.13.1\"", "oid=\"1.2.x\"", "'1.2.x'", "" },
	{ "code=\"010181-900C\"", "code=\"900C\"",
	    "has not the shape of a henkilötunnus", "" },
	{ "code=\"010181-900C\"", "code=\"010181-900D\"",
	    "has a wrong check character", "" },
	{ "code=\"010181-900C\"", "code=\"310281-900C\"",
	    "begins with a date that does not exist", "" },
	{ "name=\"near\"", "name=\"mock\"", "name of the local mock", "" },
	{ "name=\"near\"", "name=\"embedded-mock\"", "name of the local mock",
	    "" },
	{ "name=\"near\"", "name=\"at\"", "a second target with the name 'at'",
	    "" },
	{ "https://127", "http://127", "", "" },
	{ "pkcs12=\"own.p12\"", "pkcs12=\"own.p12\" certificate=\"a\"",
	    "both 'certificate' and 'pkcs12'", "" },
	{ "pkcs12=\"own.p12\"", "pkcs12=\"own.p12\" key=\"a\"",
	    "'key' without 'certificate'", "" },
	{ "pass-file=\"pass\"", "pass-file=\"pass\" pass-environment=\"P\"",
	    "both 'pass-file' and 'pass-environment'", "" },
	{ "dialect=\"kanta-at\"", "pause-ms=\"199\"",
	    "a pause of 199 ms before a real environment", "at least 200 ms" },
	{ "dialect=\"kanta-at\"", "pause-ms=\"99999999\"", "99999999", "" },
	{ "<target", TEST_HOST("2026-02-30"), "'2026-02-30' is no date",
	    "2026-11-21" },
	{ "<target", TEST_HOST("21.11.2026"), "'21.11.2026' is no date", "" },
	{ "<target", TEST_HOST("026-11-021"), "'026-11-021' is no date", "" },
	{ "kind=\"lausunto\" shipped=\"true\"", "kind=\"lausunto\"",
	    "has no origin", "file=" },
	{ "kind=\"lausunto\" shipped=\"true\"",
	    "kind=\"lausunto\" shipped=\"true\" file=\"a\"",
	    "more than one origin", "" },
	{ "schema=\"own.xsd\"", "shema=\"own.xsd\"", "'shema'", "'schema'" },
	{ "<rules file=\"own.sch\"/>", "<rules/>", "'file'", "" },
	{ "file=\"own.xml\"", "file=\"own.csv\"",
	    "nothing says what the columns mean", "code=" },
	{ "file=\"own.xml\"", "file=\"own.xml\" name=\"LongName\"",
	    "'name' without both 'oid' and 'code'", "code=" },
	{ "code=\"CodeId\"", "code=\"Code,Id\"", "a comma in 'Code,Id'", "" },
	{ "separator=\",\"", "separator=\":\"", "':'", "tab" },
	{ "oid=\"1.2.3\"", "", "'code' without both 'oid' and 'code'", "" },
	{ "<check schema", "<check/><check schema", "'check'", "" },
	{ "kind=\"lausunto\"", "kind=\"second\"", "a second source of 'second'",
	    "" },
};

/* Loads the sample with the first `from` replaced: it must fail. */
static struct err load_changed(const char *from, const char *to)
{
	struct err err = { 0 };
	struct buf sample = BUF_INIT(LIMIT_CONFIG_FILE);
	struct buf b = BUF_INIT(LIMIT_CONFIG_FILE);
	char *path = xasprintf("%s/esitesti-project-%d.xml",
	    getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (int)getpid());
	assert_int_equal(buf_read_file(&sample, SAMPLE, &err), 0);
	const char *at = strstr(sample.ptr, from);
	assert_non_null(at);
	buf_add(&b, sample.ptr, (size_t)(at - sample.ptr));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	assert_int_equal(file_write_whole(path, b.ptr, b.len, 0600, &err), 0);
	struct project *p = project_load(path, &err);
	if (p)
		fail_msg("loaded with '%s'", to);
	assert_string_equal(err.file, path);
	unlink(path);
	free(path);
	buf_release(&b);
	buf_release(&sample);
	return err;
}

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(faults); i++) {
		const struct fault_row *row = &faults[i];
		struct err err = load_changed(row->from, row->to);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_true(err.line > 0);
		if (!strstr(err.msg, row->message) ||
		    !strstr(err.hint, row->hint))
			fail_msg("'%s': %s (%s)", row->to, err.msg, err.hint);
	}
}

/* A code that may be a living person's is nowhere shown whole. */
static void test_below_900(void **state)
{
	(void)state;
	char digits[] = "010150302", code[32], to[64];
	snprintf(code, sizeof(code), "%.6s-%s%c", digits, digits + 6,
	    hetu_check_character(digits));
	snprintf(to, sizeof(to), "code=\"%s\"", code);
	struct err err = load_changed("code=\"010181-900C\"", to);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "not of the 900 series"));
	assert_null(strstr(err.msg, code));
	assert_null(strstr(err.excerpt, digits + 6));
	assert_null(strstr(err.hint, code));
}

static void test_not_there(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_null(project_load("tests/lib/testcase/nothing.xml", &err));
	assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_below_900),
		cmocka_unit_test(test_not_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/command.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "testcase/document.h"
#include "testcase/template.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define FOLDER "tests/lib/testcase/"

/* 2026-11-21 20:22:03 in Finland */
static int64_t now = INT64_C(1795285323000000);
static struct world world;
static struct testcase *tc;
static struct project *project;
static struct vars vars;

static int set_up(void **state)
{
	(void)state;
	struct err err = { 0 };
	world = world_fixed(&now, 7);
	tc = testcase_load(FOLDER "sample.xml", NULL, &err);
	project = project_load(FOLDER "esitesti.xml", &err);
	if (!tc || !project)
		err_print(stderr, &err);
	vars_set(&vars, "record.oid", "1.2.3");
	return tc && project ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	testcase_free(tc);
	project_free(project);
	vars_release(&vars);
	return 0;
}

static struct document_request request_for(size_t document)
{
	return (struct document_request){
		.tc = tc,
		.what = &tc->documents.at[document],
		.project = project,
		.data = ".",
		.world = &world,
		.vars = &vars,
	};
}

static struct document make(const struct document_request *request)
{
	struct err err = { 0 };
	struct document d = { 0 };
	if (document_make(&d, request, &err) < 0)
		err_print(stderr, &err);
	assert_int_equal(err.kind, ERR_NONE);
	return d;
}

static void test_template(void **state)
{
	(void)state;
	struct document_request request = request_for(0);
	struct document d = make(&request);
	const char *oid = d.cda.value[FF_DOCUMENT_ID];
	assert_int_equal(d.maker, MAKER_SHIPPED_FIXTURE);
	assert_string_equal(d.name, "record");
	assert_true(oid_is_valid(oid));
	assert_true(oid_is_under(oid, "1.2.246.10.1234567.11.2026"));
	assert_string_equal(d.cda.value[FF_SET_ID], oid);
	assert_string_equal(d.cda.value[FF_VERSION], "1");
	assert_string_equal(d.cda.value[FF_PATIENT], "010181-900C");
	/* the case's own word */
	assert_string_equal(d.cda.value[FF_REGISTER], "3");
	assert_non_null(strstr(d.bytes.ptr, "Testi &amp; Esimerkki $<"));
	assert_non_null(strstr(d.bytes.ptr, "\"20261121202203\""));

	struct vars v = { 0 };
	document_set_vars(&v, &d);
	assert_string_equal(vars_get(&v, "record.oid"), oid);
	assert_string_equal(vars_get(&v, "record.set-id"), oid);
	assert_string_equal(vars_get(&v, "record.version"), "1");
	assert_string_equal(vars_get(&v, "record.patient"), "010181-900C");
	assert_string_equal(vars_get(&v, "record.register"), "3");
	vars_release(&v);
	document_release(&d);
}

static void test_next_version(void **state)
{
	(void)state;
	struct document_request request = request_for(0);
	struct document first = make(&request);
	request = request_for(1);
	request.replaces = &first;
	struct document second = make(&request);
	assert_string_not_equal(
	    second.cda.value[FF_DOCUMENT_ID], first.cda.value[FF_DOCUMENT_ID]);
	assert_string_equal(
	    second.cda.value[FF_SET_ID], first.cda.value[FF_DOCUMENT_ID]);
	assert_string_equal(second.cda.value[FF_VERSION], "2");
	assert_non_null(strstr(second.bytes.ptr, "Korvaa asiakirjan 1.2.3"));

	struct vars values = { 0 };
	struct err err = { 0 };
	assert_int_equal(template_values(&values, &request, &err), 0);
	assert_string_equal(
	    vars_get(&values, "previous.oid"), first.cda.value[FF_DOCUMENT_ID]);
	assert_string_equal(vars_get(&values, "previous.version"), "1");
	vars_release(&values);
	document_release(&second);
	document_release(&first);
}

/* The same seed gives the same ids, another one others. */
static void test_ids(void **state)
{
	(void)state;
	struct document_request request = request_for(0);
	struct document a = make(&request), b = make(&request);
	assert_string_equal(a.bytes.ptr, b.bytes.ptr);
	struct world other = world_fixed(&now, 8);
	request.world = &other;
	struct document c = make(&request);
	assert_string_not_equal(a.bytes.ptr, c.bytes.ptr);
	document_release(&a);
	document_release(&b);
	document_release(&c);
}

static void test_every_name(void **state)
{
	(void)state;
	static const char *const without[] = { "previous.oid",
		"previous.set-id", "previous.version", "unit.oid", "unit.name",
		"controller.oid", "controller.name" };
	struct document_request request = request_for(0);
	struct vars values = { 0 };
	struct err err = { 0 };
	assert_int_equal(template_values(&values, &request, &err), 0);
	for (size_t i = 0; i < template_name_count; i++) {
		bool expected = true;
		for (size_t k = 0; k < COUNTOF(without); k++)
			expected &= !streq(template_names[i], without[k]);
		if (!!vars_get(&values, template_names[i]) != expected)
			fail_msg("%s", template_names[i]);
	}
	for (size_t i = 0; i < values.count; i++) {
		bool listed = false;
		for (size_t k = 0; k < template_name_count; k++)
			listed |= streq(template_names[k], values.at[i].name);
		if (!listed)
			fail_msg("%s", values.at[i].name);
	}
	assert_int_equal(strlen(vars_get(&values, "uuid")), 36);
	assert_string_equal(vars_get(&values, "today"), "20261121");
	assert_string_equal(vars_get(&values, "today-fi"), "21.11.2026");
	assert_true(str_starts(
	    vars_get(&values, "encounter"), "1.2.246.10.1234567.16.2026."));
	vars_release(&values);
}

static void test_common(void **state)
{
	(void)state;
	struct vars v = { 0 };
	struct hetu hetu;
	document_set_common(&v, project, &world);
	assert_string_equal(vars_get(&v, VAR_ORG), "1.2.246.10.1234567");
	assert_string_equal(vars_get(&v, VAR_NOW), "20261121202203");
	assert_true(hetu_read(vars_get(&v, VAR_NOT_TEST), &hetu));
	assert_true(hetu.date_exists && hetu.check_holds);
	assert_false(hetu_is_test(&hetu));
	vars_release(&v);
}

static void test_file(void **state)
{
	(void)state;
	struct err err = { 0 };
	char file[] = "/tmp/esitesti-document-XXXXXX";
	static const char text[] =
	    "<ClinicalDocument xmlns='urn:hl7-org:v3'>\r\n <id "
	    "root='1.2.3'/></ClinicalDocument>\n";
	close(mkstemp(file));
	assert_int_equal(
	    file_write_whole(file, text, strlen(text), 0600, &err), 0);
	struct document_source source = { .source = SOURCE_FILE, .path = file };
	struct document_request request = request_for(0);
	request.source = &source;
	struct document d = make(&request);
	assert_int_equal(d.maker, MAKER_VENDOR_FILE);
	assert_int_equal(d.bytes.len, strlen(text));
	assert_memory_equal(d.bytes.ptr, text, strlen(text));
	document_release(&d);
	unlink(file);

	assert_int_equal(document_make(&d, &request, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.msg, file));
}

static struct err command_fails(const char *line)
{
	struct err err = { 0 };
	struct document d = { 0 };
	struct document_source source = { .source = SOURCE_COMMAND };
	source.command = xstrdup(line);
	struct document_request request = request_for(0);
	request.source = &source;
	assert_int_equal(document_make(&d, &request, &err), -1);
	free(source.command);
	return err;
}

static void test_command(void **state)
{
	(void)state;
	char line[] =
	    "test -f template.xml && printf '<ClinicalDocument "
	    "xmlns=\"urn:hl7-org:v3\"><id root=\"1.2.3\"/><title>%s|%s|%s|%s|"
	    "%s</title></ClinicalDocument>' $ESITESTI_FOR_CASE "
	    "$ESITESTI_FOR_DOCUMENT $ESITESTI_FOR_KIND $ESITESTI_FOR_VERSION "
	    "\"$ESITESTI_FOR_PREVIOUS_OID\"; echo note >&2";
	struct document_source source = { .source = SOURCE_COMMAND,
		.command = line };
	struct document_request request = request_for(0);
	request.source = &source;
	struct document d = make(&request);
	assert_int_equal(d.maker, MAKER_VENDOR_COMMAND);
	assert_non_null(
	    strstr(d.bytes.ptr, ">sample|record|hoitokertomus|1|<"));
	document_release(&d);
}

static void test_command_faults(void **state)
{
	(void)state;
	struct err err = command_fails("echo why it failed >&2; exit 3");
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "ended with code 3"));
	assert_non_null(strstr(err.msg, "it said: why it failed"));
	assert_non_null(strstr(err.msg, "document 'record'"));

	err = command_fails("kill -9 $$");
	assert_non_null(strstr(err.msg, "was ended by signal 9"));
	err = command_fails("echo not a document");
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.hint, "begins with 'not a document"));
	err = command_fails(":");
	assert_non_null(strstr(err.hint, "it is empty"));
	err = command_fails("echo '<html/>'");
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "found 'html'"));
}

/* Deadline, cap, and nothing that outlives the command. */
static void test_command_ends(void **state)
{
	(void)state;
	static const char *const none[] = { NULL };
	struct command command = {
		.line = "sleep 30",
		.dir = ".",
		.environment = none,
		.deadline_ms = 100,
	};
	struct err err = { 0 };
	struct buf out = BUF_INIT(1000);
	int64_t start = clock_monotonic();
	assert_int_equal(command_run(&command, &out, &err), -1);
	assert_true(clock_monotonic() - start < 5000000);
	assert_non_null(strstr(err.msg, "had not ended after 100 ms"));

	err = (struct err){ 0 };
	command.line = "exec yes";
	command.deadline_ms = 10000;
	assert_int_equal(command_run(&command, &out, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&out);

	err = (struct err){ 0 };
	command.line = "sleep 30 >/dev/null 2>&1 & echo $!";
	assert_int_equal(command_run(&command, &out, &err), 0);
	pid_t left = (pid_t)strtol(out.ptr, NULL, 10);
	assert_true(left > 1);
	/* Killed; init may need a moment to bury it. */
	for (int i = 0; i < 200 && kill(left, 0) == 0; i++) {
		char *path = xasprintf("/proc/%d/status", (int)left);
		struct buf status = BUF_INIT(100000);
		struct err gone = { 0 };
		bool dead = buf_read_file(&status, path, &gone) < 0 ||
			    strstr(status.ptr, "Z (zombie)");
		buf_release(&status);
		free(path);
		if (dead)
			break;
		usleep(10000);
		assert_true(i < 199);
	}
	buf_release(&out);

	err = (struct err){ 0 };
	command.dir = "/nowhere";
	assert_int_equal(command_run(&command, &out, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "/nowhere"));
}

static struct err template_fails(const char *text)
{
	struct err err = { 0 };
	struct document d = { 0 };
	struct document_request request = request_for(0);
	char file[] = "/tmp/esitesti-template-XXXXXX";
	close(mkstemp(file));
	assert_int_equal(
	    file_write_whole(file, text, strlen(text), 0600, &err), 0);
	struct case_document what = *request.what;
	what.fixture = file;
	request.what = &what;
	request.data = "/";
	assert_int_equal(document_make(&d, &request, &err), -1);
	assert_int_equal(err.kind, ERR_CASE);
	unlink(file);
	return err;
}

static void test_template_faults(void **state)
{
	(void)state;
	struct err err = template_fails("<a>\n <b c='${oit}'/></a>");
	assert_string_equal(err.msg, "unknown variable '${oit}'");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 8);
	assert_non_null(strstr(err.file, "esitesti-template-"));
	assert_string_equal(err.excerpt, " <b c='${oit}'/></a>");
	assert_string_equal(err.hint, "did you mean '${oid}'?");

	err = template_fails("<a>${unit.oid}</a>");
	assert_non_null(strstr(err.hint, "role 'palveluyksikko'"));
	err = template_fails("<a>${previous.oid}</a>");
	assert_non_null(strstr(err.hint, "replaces nothing"));
	err = template_fails("<a>${oid}</b>");
	assert_int_equal(err.line, 1);
	err = template_fails("<a>${oid}</a>");
	assert_non_null(strstr(err.msg, "found 'a'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_next_version),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_every_name),
		cmocka_unit_test(test_common),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_command_faults),
		cmocka_unit_test(test_command_ends),
		cmocka_unit_test(test_template_faults),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "check/guard.h"
#include "kanta/answer.h"
#include "testcase/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define SAMPLE "tests/lib/testcase/sample.xml"
#define FACTS  "tests/lib/testcase/facts.xml"

static struct facts *facts;
static struct buf sample = BUF_INIT(LIMIT_CASE_FILE);

static int set_up(void **state)
{
	(void)state;
	struct err err = { 0 };
	facts = facts_load(FACTS, &err);
	assert_non_null(facts);
	return buf_read_file(&sample, SAMPLE, &err);
}

static int tear_down(void **state)
{
	(void)state;
	facts_free(facts);
	buf_release(&sample);
	return 0;
}

/* The sample with the first `from` replaced. */
static struct buf changed(const char *from, const char *to)
{
	struct buf b = BUF_INIT(LIMIT_CASE_FILE * 4);
	const char *at = strstr(sample.ptr, from);
	if (!at)
		fail_msg("the sample has no '%s'", from);
	buf_add(&b, sample.ptr, (size_t)(at - sample.ptr));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	return b;
}

static const struct step *step_of(const struct testcase *tc, const char *id)
{
	VEC_EACH (struct step, s, &tc->steps) {
		if (streq(s->id, id))
			return s;
	}
	fail_msg("no step '%s'", id);
	return NULL;
}

static void test_head(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	if (!tc)
		err_print(stderr, &err);
	assert_non_null(tc);
	assert_string_equal(tc->id, "sample");
	assert_string_equal(tc->path, SAMPLE);
	assert_string_equal(tc->service, "potilastietovaranto");
	assert_int_equal(tc->where, WHERE_MOCK);
	assert_int_equal(tc->tags.count, 2);
	assert_string_equal(tc->tags.at[1], "fetch");
	assert_string_equal(tc->title.text[LANG_EN], "A sample");
	assert_string_equal(
	    tc->purpose.text[LANG_FI], "Kaikki muodon osat kerran");
	assert_int_equal(tc->rests_on.count, 2);
	assert_int_equal(testcase_mark(tc), MARK_GUESS);
	assert_int_equal(tc->documents.count, 2);
	assert_string_equal(tc->documents.at[1].replaces, "record");
	assert_string_equal(tc->documents.at[0].with.at[0].value, "3");
	assert_int_equal(tc->source_len, sample.len);
	assert_memory_equal(tc->source, sample.ptr, sample.len);
	testcase_free(tc);
	testcase_free(NULL);
}

static void test_steps(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	assert_non_null(tc);
	assert_int_equal(tc->steps.count, 13);
	const struct step *s = step_of(tc, "archive");
	assert_int_equal(s->verb, VERB_SEND);
	assert_int_equal(s->message, SEND_ARCHIVE);
	assert_string_equal(s->document, "record");
	assert_string_equal(s->identity, "client");
	assert_string_equal(s->with.at[0].name, "service-request");
	assert_string_equal(s->keeps.at[0].name, "answer-id");
	assert_int_equal(s->expects.at[0].outcome, ACK_ACCEPTED);
	assert_string_equal(s->expects.at[0].id, "acknowledgement");
	assert_false(s->teardown);
	assert_string_equal(step_of(tc, "raw")->media_type, "text/xml");
	assert_string_equal(step_of(tc, "faulty")->fault, "reset");
	assert_string_equal(step_of(tc, "probe")->identity, "expired");
	assert_int_equal(step_of(tc, "observed")->verb, VERB_AWAIT);
	assert_int_equal(step_of(tc, "query")->message, SEND_QUERY);
	assert_int_equal(step_of(tc, "cancel")->message, SEND_CANCEL);
	s = step_of(tc, "cancel-version");
	assert_int_equal(s->message, SEND_CANCEL_VERSION);
	s = step_of(tc, "clean");
	assert_int_equal(s->verb, VERB_MANUAL);
	assert_true(s->teardown);
	assert_string_equal(s->instruction.text[LANG_FI], "Siivoa");
	testcase_free(tc);
}

static void test_repeat(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc =
	    testcase_parse(sample.ptr, sample.len, SAMPLE, facts, &err);
	assert_non_null(tc);
	assert_int_equal(step_of(tc, "fetch")->repeat.every_s, 2);
	assert_int_equal(step_of(tc, "fetch")->repeat.within_s, 30);
	assert_int_equal(step_of(tc, "archive")->repeat.within_s, 0);
	testcase_free(tc);
}

static void test_expectations(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	assert_non_null(tc);
	const struct step *s = step_of(tc, "fetch");
	const struct {
		const char *id, *value;
		enum xpath_test test;
	} rows[] = {
		{ "xpath", NULL, XPATH_EXISTS },
		{ "xpath-2", "${answer-id}", XPATH_EQUALS },
		{ "xpath-3", "[0-9.]+", XPATH_MATCHES },
		{ "xpath-4", "1", XPATH_COUNT },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct expect *e = &s->expects.at[i + 1];
		assert_string_equal(e->id, rows[i].id);
		assert_int_equal(e->test, rows[i].test);
		if (rows[i].value)
			assert_string_equal(e->value, rows[i].value);
		else
			assert_null(e->value);
	}
	assert_string_equal(s->expects.at[0].as, "record");
	s = step_of(tc, "replace");
	assert_string_equal(s->expects.at[0].id, "code");
	assert_string_equal(s->expects.at[0].code, "dialect:error.version");
	assert_string_equal(s->expects.at[1].fault_code, "Client");
	assert_int_equal(
	    step_of(tc, "observed")->expects.at[0].outcome, ACK_REFUSED);
	testcase_free(tc);
}

/* What is changed in the sample, and what the message and hint must hold. */
struct fault_row {
	const char *from, *to, *message, *hint;
};

static void check_faults(const struct fault_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct err err = { 0 };
		struct buf b = changed(rows[i].from, rows[i].to);
		struct testcase *tc =
		    testcase_parse(b.ptr, b.len, "x.xml", facts, &err);
		if (tc)
			fail_msg("loaded with '%s'", rows[i].to);
		if (!strstr(err.msg, rows[i].message) ||
		    !strstr(err.hint, rows[i].hint))
			fail_msg(
			    "'%s': %s (%s)", rows[i].to, err.msg, err.hint);
		assert_int_equal(err.kind, ERR_CASE);
		assert_string_equal(err.file, "x.xml");
		assert_true(err.line > 0 && err.column > 0);
		assert_true(err.excerpt[0] != '\0');
		buf_release(&b);
	}
}

static void test_shape_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "</teardown>", "</tear>", "", "" },
		{ "urn:esitesti:case:1", "urn:esitesti:case:2", "", "" },
		{ "id=\"sample\"", "id=\"9\"", "'9'", "" },
		{ "where=\"mock\"", "where=\"mok\"", "'mok'", "mock" },
		{ "where=\"mock\"", "were=\"mock\"", "'were'", "where" },
		{ "<purpose xml:lang=\"fi\">Kaikki",
		    "<porpoise>x</porpoise>"
		    "<purpose xml:lang=\"fi\">Kaikki",
		    "porpoise", "purpose" },
		{ "<title xml:lang=\"en\">A sample</title>", "", "title", "" },
		{ "<title xml:lang=\"en\">A sample", "<title xml:lang=\"fi\">A",
		    "a second 'title' with xml:lang=\"fi\"", "" },
		{ "<purpose xml:lang=\"en\">Every part of the format "
		  "once</purpose>",
		    "", "'purpose' in English (xml:lang=\"en\") is missing",
		    "in Finnish and in English" },
		{ ">Vastaus on onnistunut<", "> <", "says", "" },
		{ "<send message=\"archive\" document=\"record\">",
		    "<manual><instruction xml:lang=\"fi\">a</instruction>"
		    "<instruction xml:lang=\"en\">b</instruction></manual>"
		    "<send message=\"archive\" document=\"record\">",
		    "", "" },
		{ "<send message=\"replace\" document=\"second\" "
		  "identity=\"client\"/>",
		    "", "a step needs one of 'send', 'await' and 'manual'",
		    "" },
		{ "<instruction xml:lang=\"en\">Clean up</instruction>\n"
		  "      </manual>",
		    "<instruction xml:lang=\"en\">Clean up</instruction>\n"
		    "      </manual><keep name=\"a\" select=\"b\"/>",
		    "'keep' in a manual step", "" },
		{ "<await message=\"archive\">",
		    "<send message=\"archive\" document=\"record\"/>"
		    "<await message=\"archive\">",
		    "a second verb 'await'", "a step for each" },
		{ "kind=\"acknowledgement\" outcome=\"accepted\"",
		    "kind=\"acknowledgement\"", "needs the attribute 'outcome'",
		    "" },
		{ "kind=\"acknowledgement\" outcome=\"accepted\"",
		    "kind=\"acknowledgement\" outcome=\"acepted\"", "'acepted'",
		    "accepted" },
		{ "kind=\"acknowledgement\" outcome=\"accepted\"",
		    "kind=\"tls-refused\" outcome=\"accepted\"",
		    "'outcome' does not belong to an expectation of kind "
		    "'tls-refused'",
		    "no attributes of its own" },
		{ "kind=\"http-status\" status", "kind=\"xpath\" status",
		    "'status' does not belong",
		    "'select', 'equals', 'matches', 'count'" },
		{ "status=\"2xx\"", "status=\"2x\"", "'2x' is no HTTP status",
		    "4xx" },
		{ "status=\"2xx\"", "status=\"600\"", "no HTTP status", "" },
		{ "equals=\"${answer-id}\"", "equals=\"a\" count=\"1\"",
		    "both 'equals' and 'count'", "" },
		{ "rule=\"identity\"", "rule=\"identiti\"", "'identiti'",
		    "identity" },
	};
	check_faults(rows, COUNTOF(rows));
}

static void test_name_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "fact=\"ack-form\"", "fact=\"ack-from\"",
		    "no fact 'ack-from'", "did you mean 'ack-form'?" },
		{ "fact=\"ack-form\" mark=\"U\"",
		    "fact=\"ack-form\" mark=\"F\"",
		    "mark 'F' of the fact 'ack-form', which is marked 'U'",
		    "facts.xml decides" },
		{ "<document name=\"second\"", "<document name=\"record\"",
		    "a second document with the name 'record'", "" },
		{ "<document name=\"second\"", "<document name=\"dialect\"",
		    "name of other variables", "" },
		{ "replaces=\"record\"", "replaces=\"recodr\"",
		    "no document 'recodr' before this one",
		    "did you mean 'record'?" },
		{ "replaces=\"record\"", "replaces=\"second\"",
		    "no document 'second' before this one", "" },
		{ "fixture=\"tests/", "fixture=\"../tests/",
		    "leads out of the shipped data", "" },
		{ "fixture=\"tests/", "fixture=\"/tests/",
		    "leads out of the shipped data", "" },
		{ "name=\"register\"", "name=\"registre\"",
		    "template has no 'registre'", "did you mean 'register'?" },
		{ "name=\"service-request\"", "name=\"service-requst\"",
		    "a message has no 'service-requst'", "service-request" },
		{ "<with name=\"document-id\" value=\"${record.oid}\"/>",
		    "<with name=\"document-id\" value=\"1\"/>"
		    "<with name=\"document-id\" value=\"1\"/>",
		    "a second 'document-id'", "" },
		{ "document=\"record\">", "document=\"rekord\">",
		    "no document 'rekord' in this case", "'record'" },
		{ "as=\"record\"", "as=\"rec0rd\"", "no document 'rec0rd'",
		    "record" },
		{ "<step id=\"fetch\">", "<step id=\"archive\">",
		    "a second step with the id 'archive', as in line ", "" },
		{ "kind=\"soap-fault\"", "id=\"code\" kind=\"soap-fault\"",
		    "a second expectation 'code' in this step", "" },
		{ "name=\"answer-id\"", "name=\"org\"",
		    "name of another variable", "" },
		{ "name=\"answer-id\"", "name=\"a.b\"",
		    "name of another variable", "" },
		{ "<keep name=\"answer-id\" select=\"/*/v3:id/@root\"/>",
		    "<keep name=\"answer-id\" select=\"/*\"/>"
		    "<keep name=\"answer-id\" select=\"/*\"/>",
		    "a second 'keep' of 'answer-id'", "" },
	};
	check_faults(rows, COUNTOF(rows));
}

static void test_send_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "message=\"archive\" document=\"record\">",
		    "message=\"archive\">", "'archive' needs document", "" },
		{ "document=\"second\" identity=\"client\"", "",
		    "'replace' needs document", "" },
		{ "<send message=\"fetch\">",
		    "<send message=\"fetch\" document=\"record\">",
		    "'fetch' takes no document", "document-id" },
		{ "<with name=\"document-id\" value=\"${record.oid}\"/>", "",
		    "'fetch' needs 'with'", "document-id" },
		{ "<with name=\"document-id\" value=\"${record.oid}\"/>",
		    "<with name=\"register\" value=\"2\"/>",
		    "'fetch' needs a document-id", "document-id" },
		{ "document=\"second\" identity=\"client\"",
		    "document=\"record\"", "'record' replaces nothing",
		    "replaces=" },
		{ "message=\"raw\" file=\"fixtures/hostile/x.xml\"",
		    "message=\"raw\"", "'raw' needs 'file' or 'fill'", "" },
		{ "message=\"raw\" file=\"fixtures/hostile/x.xml\"",
		    "message=\"raw\" fill=\"1\" file=\"f\"",
		    "both 'file' and 'fill'", "" },
		{ "file=\"fixtures/hostile/x.xml\"", "file=\"../x.xml\"",
		    "leads out of the shipped data", "" },
		{ "fill=\"dialect:message.max-bytes\"", "fill=\"many\"", "many",
		    "dialect:message.max-bytes" },
		{ "fill=\"dialect:message.max-bytes\"", "fill=\"999999999\"",
		    "", "a number of bytes" },
		{ "message=\"probe\" identity",
		    "message=\"probe\" "
		    "media-type=\"a/b\" identity",
		    "takes no 'media-type'", "" },
		{ "message=\"probe\" identity=\"expired\"/>",
		    "message=\"probe\"/><keep name=\"a\" select=\"/*\"/>",
		    "a probe has no answer to keep", "" },
		{ "fault=\"reset\"", "fault=\"reste\"",
		    "there is no fault 'reste'", "reset" },
		{ "fault=\"reset\"", "fault=\"reset@1\"", "'@1'", "" },
		{ "fault=\"reset\"", "fault=\"delay\"", "needs a value", "" },
		{ "fault=\"reset\"", "fault=\"tls-cut\"",
		    "not one of a single message", "" },
		{ "fault=\"reset\"", "fault=\"honest\"",
		    "not one of a single message", "" },
		{ "message=\"probe\" identity=\"expired\"",
		    "message=\"probe\" fault=\"reset\"", "at a probe", "" },
		{ "kind=\"tls-refused\"", "kind=\"soap-fault\"",
		    "kind 'soap-fault' in a step that only probes",
		    "tls-refused" },
		{ "<step id=\"archive\">",
		    "<step id=\"early\"><send message=\"probe\"/><expect "
		    "kind=\"tls-refused\" rule=\"pool\"><says "
		    "xml:lang=\"fi\">a</says><says xml:lang=\"en\">b</says>"
		    "</expect></step><step id=\"archive\">",
		    "'rule' does not belong", "" },
		{ "<step id=\"archive\">",
		    "<step id=\"early\"><send message=\"fetch\"><with "
		    "name=\"document-id\" value=\"1\"/></send><expect "
		    "kind=\"same-document\" as=\"record\"><says "
		    "xml:lang=\"fi\">a</says><says xml:lang=\"en\">b</says>"
		    "</expect></step><step id=\"archive\">",
		    "no step up to here sends 'record'", "" },
	};
	check_faults(rows, COUNTOF(rows));
}

static void test_query_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "<send message=\"query\">",
		    "<send message=\"query\" document=\"record\">",
		    "'query' takes no document", "" },
		{ "<send message=\"cancel\" document=\"second\"/>",
		    "<send message=\"cancel\"/>", "'cancel' needs document",
		    "" },
		{ "message=\"cancel-version\" document=\"second\"",
		    "message=\"cancel-version\" document=\"record\"",
		    "'record' replaces nothing", "replaces=" },
		{ "documents=\"second\" without=\"record\" exactly=\"true\"",
		    "", "that anything meets", "'documents'" },
		{ "documents=\"second\" without=\"record\" exactly=\"true\"",
		    "exactly=\"false\"", "that anything meets", "" },
		{ "documents=\"second\"", "documents=\"second secand\"",
		    "no document 'secand'", "'second'" },
		{ "without=\"record\"", "without=\"record x\"",
		    "no document 'x' in this case", "" },
		{ "documents=\"second\"", "as=\"second\"",
		    "'as' does not belong", "'documents', 'without'" },
		{ "exactly=\"true\"", "exactly=\"yes\"", "yes", "" },
		{ "<step id=\"archive\">",
		    "<step id=\"early\"><send message=\"query\"><with "
		    "name=\"patient-id\" value=\"1\"/></send><expect "
		    "kind=\"found\" documents=\"record\"><says "
		    "xml:lang=\"fi\">a</says><says xml:lang=\"en\">b</says>"
		    "</expect></step><step id=\"archive\">",
		    "no step up to here sends 'record'", "" },
	};
	check_faults(rows, COUNTOF(rows));
}

#define REPEAT "<repeat every=\"2\" within=\"30\"/>"

static void test_repeat_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "document=\"second\" identity=\"client\"/>",
		    "document=\"second\"/>" REPEAT,
		    "message 'replace' is repeated", "only a query" },
		{ "message=\"probe\" identity=\"expired\"/>",
		    "message=\"probe\" identity=\"expired\"/>" REPEAT,
		    "message 'probe' is repeated", "" },
		{ "every=\"2\"", "every=\"0\"", "'every' is 0 s", "1 to 60" },
		{ "every=\"2\"", "every=\"61\"", "'every' is 61 s", "" },
		{ "within=\"30\"", "within=\"0\"", "'within' is 0 s", "" },
		{ "within=\"30\"", "within=\"601\"", "'within' is 601 s",
		    "1 to 600" },
		{ "every=\"2\"", "every=\"31\"", "is one attempt", "" },
		{ "within=\"30\"", "within=\"120\"", "are 61 attempts",
		    "at most 60" },
		{ "every=\"2\"", "every=\"-2\"", "-2", "" },
		{ "<step id=\"archive\">",
		    "<step id=\"early\"><send message=\"fetch\"><with "
		    "name=\"document-id\" value=\"1\"/></send>" REPEAT
		    "</step><step id=\"archive\">",
		    "repeated until nothing", "" },
	};
	check_faults(rows, COUNTOF(rows));
}

static void test_text_faults(void **state)
{
	(void)state;
	static const struct fault_row rows[] = {
		{ "Korvaa asiakirjan ${record.oid}", "${record.oit}",
		    "unknown variable '${record.oit}'", "${record.oid}" },
		{ "Korvaa asiakirjan ${record.oid}", "${second.oid}",
		    "unknown variable '${second.oid}'", "" },
		{ "value=\"${record.oid}\"", "value=\"${answer-idd}\"",
		    "unknown variable '${answer-idd}'", "${answer-id}" },
		{ "value=\"${record.oid}\"", "value=\"$x\"",
		    "a lone '$' in a text", "'$$'" },
		{ "${dialect.service-request.archive}",
		    "${dialect.service-request.archieve}",
		    "no key 'service-request.archieve'",
		    "service-request.archive" },
		{ "mentions=\"${second.oid}\"", "mentions=\"${answer}\"",
		    "unknown variable '${answer}'", "" },
		{ "equals=\"${answer-id}\"", "equals=\"${nothing}\"",
		    "unknown variable '${nothing}'", "known are" },
		{ "code=\"dialect:error.version\"",
		    "code=\"dialect:error.verzion\"", "no key 'error.verzion'",
		    "error.version" },
		{ "status=\"dialect:malformed.http-status\"",
		    "status=\"dialect:x\"", "no key 'x'", "" },
		{ "select=\"/*/v3:id/@root\"", "select=\"/*/v4:id/@root\"",
		    "the prefix 'v4'", "binds 'v3'" },
		{ "select=\"//v3:id\"", "select=\"//v3:id[\"", "",
		    "XPath 1.0" },
		{ "matches=\"[0-9.]+\"", "matches=\"[0-9.+\"",
		    "'[0-9.+' does not compile", "regex(7)" },
		{ "matches=\"[0-9.]+\"", "matches=\"${record.oid}\"",
		    "unknown variable", "takes no variables" },
	};
	check_faults(rows, COUNTOF(rows));
}

/* A case that may run anywhere, with one thing that may not. */
static void test_hostile_anywhere(void **state)
{
	(void)state;
	static const char head[] =
	    "<case xmlns='urn:esitesti:case:1' id='a' service='s' content='c' "
	    "where='any'>\n<title xml:lang='fi'>a</title><title "
	    "xml:lang='en'>b</title><rests-on fact='ack-form' mark='U'/>"
	    "<document name='d' kind='k' fixture='f'/><step id='s'>";
	static const char tail[] =
	    "<expect kind='tls-refused'><says xml:lang='fi'>a</says><says "
	    "xml:lang='en'>b</says></expect></step></case>";
	static const struct {
		const char *send, *message; /* NULL = loads */
	} rows[] = {
		{ "<send message='archive' document='d'/>", NULL },
		{ "<send message='probe' identity='none'/>", NULL },
		{ "<send message='archive' document='d' identity='none'/>",
		    "identity 'none' in a case that may run anywhere" },
		{ "<send message='probe' identity='expired'/>",
		    "identity 'expired' in a case that may run anywhere" },
		{ "<send message='archive' document='d' fault='reset'/>",
		    "fault 'reset' in a case that may run anywhere" },
		{ "<send message='raw' fill='9'/>",
		    "message 'raw' in a case that may run anywhere" },
		{ "<send message='archive' document='d'><with "
		  "name='patient-id' value='${person.not-test}'/></send>",
		    "'${person.not-test}' in a case that may run anywhere" },
		{ "<send message='archive' document='d'><with "
		  "name='patient-id' value='010181-900C'/></send>",
		    "'patient-id' is set in a case that may run anywhere" },
		{ "<send message='fetch'><with name='document-id' value='1.2'/>"
		  "<with name='root-name' value='x'/></send>",
		    "'root-name' is set in a case that may run anywhere" },
		{ "<send message='fetch'><with name='document-id' value='1.2'/>"
		  "<with name='service-request' value='PP2'/></send>",
		    NULL },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct buf b = BUF_INIT(10000);
		buf_addf(&b, "%s%s%s", head, rows[i].send, tail);
		struct testcase *tc =
		    testcase_parse(b.ptr, b.len, "x", facts, &err);
		if (rows[i].message) {
			assert_null(tc);
			assert_non_null(strstr(err.msg, rows[i].message));
			assert_non_null(strstr(err.hint, "where=\"mock\""));
		} else {
			assert_non_null(tc);
		}
		testcase_free(tc);
		buf_release(&b);
	}
}

static void test_expects_nothing(void **state)
{
	(void)state;
	static const char text[] =
	    "<case xmlns='urn:esitesti:case:1' id='a' service='s' content='c' "
	    "where='any'>\n<title xml:lang='fi'>a</title><title "
	    "xml:lang='en'>b</title><rests-on fact='x' mark='U'/><document "
	    "name='d' kind='k' fixture='f'/><step id='s'><send "
	    "message='archive' document='d'/></step></case>";
	struct err err = { 0 };
	assert_null(testcase_parse(text, strlen(text), "x", NULL, &err));
	assert_non_null(strstr(err.msg, "case 'a' expects nothing"));
}

static void test_caret(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf b = changed("as=\"record\"", "as=\"recard\"");
	assert_null(testcase_parse(b.ptr, b.len, "x", facts, &err));
	const char *at = strstr(b.ptr, "as=\"recard\"");
	unsigned line = 1;
	const char *start = b.ptr;
	for (const char *p = b.ptr; p < at; p++) {
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	}
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, at - start + 1);
	assert_non_null(strstr(err.excerpt, "as=\"recard\""));
	buf_release(&b);
}

/* The grammar's word for each rule is the guard's own. */
static void test_guard_rules(void **state)
{
	(void)state;
	for (int rule = GUARD_IDENTITY; rule <= GUARD_HOSTILE; rule++) {
		struct err err = { 0 };
		char to[64];
		snprintf(to, sizeof(to), "rule=\"%s\"",
		    guard_rule_name((enum guard_rule)rule));
		struct buf b = changed("rule=\"identity\"", to);
		struct testcase *tc =
		    testcase_parse(b.ptr, b.len, "x", facts, &err);
		assert_non_null(tc);
		testcase_free(tc);
		buf_release(&b);
	}
}

static void repeat(
    const char *from, const char *piece, unsigned times, const char *message)
{
	struct err err = { 0 };
	struct buf to = BUF_INIT(LIMIT_MIB(4));
	for (unsigned i = 0; i < times; i++) {
		const char *hash = strchr(piece, '#');
		buf_add(&to, piece, (size_t)(hash - piece));
		buf_addf(&to, "%u%s", i, hash + 1);
	}
	buf_adds(&to, from);
	struct buf b = changed(from, to.ptr);
	assert_null(testcase_parse(b.ptr, b.len, "x", facts, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, message));
	buf_release(&b);
	buf_release(&to);
}

static void test_caps(void **state)
{
	(void)state;
	repeat("<step id=\"fetch\">",
	    "<step id='x#'><send message='probe'/></step>", LIMIT_STEPS,
	    "more than 2000 steps");
	repeat("<expect kind=\"acknowledgement\" outcome=\"accepted\">",
	    "<expect id='x#' kind='soap-fault'><says xml:lang='fi'>a</says>"
	    "<says xml:lang='en'>b</says></expect>",
	    LIMIT_EXPECTATIONS, "more than 64 expectations");
	repeat("<step id=\"archive\">",
	    "<document name='x#' kind='a' fixture='b.xml'/>", 3400,
	    "more than 16384 variables");
	repeat("<step id=\"fetch\">", "<!-- # xxxxxxxxxxxxxxxxxxxxxxxxxxxx -->",
	    40000, "larger than a case may be");
}

/* ---- UTF-16: its bytes hold NULs, and are kept as they are */

static void test_utf16(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf plain = BUF_INIT(LIMIT_CASE_FILE);
	struct buf wide = BUF_INIT(LIMIT_CASE_FILE);
	const char *start = NULL;
	assert_int_equal(buf_read_file(&plain,
			     "cases/potilastietovaranto/"
			     "ptv-yhteys-01.xml",
			     &err),
	    0);
	start = strstr(plain.ptr, "<case");
	assert_non_null(start);
	buf_add(&wide, "\xFF\xFE", 2);
	for (const char *p = start; *p; p++) {
		/* what is not ASCII is not needed here */
		buf_addc(&wide, (unsigned char)*p < 0x80 ? *p : 'x');
		buf_addc(&wide, '\0');
	}
	struct testcase *tc =
	    testcase_parse(wide.ptr, wide.len, "wide", NULL, &err);
	assert_non_null(tc);
	assert_int_equal(tc->source_len, wide.len);
	assert_memory_equal(tc->source, wide.ptr, wide.len);
	testcase_free(tc);
	buf_release(&plain);
	buf_release(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_shape_faults),
		cmocka_unit_test(test_name_faults),
		cmocka_unit_test(test_send_faults),
		cmocka_unit_test(test_query_faults),
		cmocka_unit_test(test_repeat_faults),
		cmocka_unit_test(test_text_faults),
		cmocka_unit_test(test_hostile_anywhere),
		cmocka_unit_test(test_expects_nothing),
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_guard_rules),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_utf16),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

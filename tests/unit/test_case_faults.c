/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong in a case, and with what words it is told. */
#include "casefile.h"

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
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape_faults),
		cmocka_unit_test(test_name_faults),
		cmocka_unit_test(test_send_faults),
		cmocka_unit_test(test_query_faults),
		cmocka_unit_test(test_repeat_faults),
		cmocka_unit_test(test_text_faults),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

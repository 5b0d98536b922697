/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/query.h"

#include "base/limits.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"
#include "written.h"

/* ---- Reading what others wrote */

#define QUERY(content)                                                               \
 "<m xmlns=\"urn:hl7-org:v3\"><queryByParameter><queryId root=\"1.2.3.6\"/>" content \
 "</queryByParameter></m>"

static int read_text(
    struct query *q, const char *text, struct xml_doc **doc, struct err *err)
{
	*doc = load(text, strlen(text));
	const struct frame f = { .doc = *doc,
		.root = xml_root(*doc),
		.query = xml_first(xml_root(*doc)) };
	return query_read(q, &f, err);
}

static void test_read(void **state)
{
	(void)state;
	static const char text[] = QUERY(
	    "<statusCode code=\"new\"/><executionAndDeliveryTime/>"
	    "<patient.id><value root=\"" HETU_ROOT
	    "\" extension=\"010181-900C\"/><semanticsText>x</semanticsText>"
	    "</patient.id>"
	    "<patient.id><value root=\"1.2.3\" extension=\"7\"/>"
	    "<value root=\"1.2.4\"/></patient.id>"
	    "<clinicalDocument.code><value code=\"2\" codeSystem=\"1.2.5\"/>"
	    "</clinicalDocument.code>"
	    "<clinicalDocument.effectiveTime><value><low value=\"20260101\"/>"
	    "</value></clinicalDocument.effectiveTime>"
	    "<encompassingEncounter.effectiveTime><value value=\"2026\"/>"
	    "</encompassingEncounter.effectiveTime>");
	struct query q;
	struct xml_doc *doc;
	struct err err = { .kind = ERR_NONE };
	if (read_text(&q, text, &doc, &err) != 0)
		fail_msg("%s", err.msg);
	assert_string_equal(q.id, "1.2.3.6");
	assert_int_equal(q.count, 6);
	assert_int_equal(query_count(&q, QUERY_PATIENT), 3);
	assert_int_equal(query_count(&q, QUERY_UNIT), 0);
	assert_string_equal(q.at[0].extension, "010181-900C");
	assert_string_equal(q.at[1].root, "1.2.3");
	assert_string_equal(q.at[2].extension, "");
	assert_string_equal(q.at[3].extension, "2");
	assert_string_equal(q.at[3].root, "1.2.5");
	assert_string_equal(q.at[4].time.low, "20260101");
	assert_string_equal(q.at[4].time.high, "");
	assert_string_equal(q.at[5].time.low, "2026");
	assert_string_equal(q.at[5].time.high, "2026");
	assert_true(xml_line(q.at[5].node) > 0);
	query_release(&q);
	xml_free(doc);

	struct frame none = { .query = NULL };
	assert_int_equal(query_read(&q, &none, &err), 0);
	assert_int_equal(q.count, 0);
	query_release(&q);
}

static void test_refuse(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ QUERY("<patient.name/>"), "'patient.name' is no parameter" },
		{ QUERY("<patient.id xmlns=\"urn:x\"/>"), "no parameter" },
		{ QUERY("<patient.id/>"), "patient.id has no value" },
		{ QUERY("<patient.id><semanticsText/></patient.id>"),
		    "has no value" },
		{ QUERY("<patient.id><id/></patient.id>"), "holds 'id'" },
		{ QUERY("<patient.id><value extension=\"1\"/></patient.id>"),
		    "no root" },
		{ QUERY("<patient.id><value nullFlavor=\"NI\"/></patient.id>"),
		    "no root" },
		{ QUERY("<clinicalDocument.code><value root=\"1.2\"/>"
			"</clinicalDocument.code>"),
		    "no code" },
		{ QUERY("<clinicalDocument.effectiveTime><value/>"
			"</clinicalDocument.effectiveTime>"),
		    "neither low nor high" },
		{ QUERY("<clinicalDocument.effectiveTime><value "
			"value=\"2026\"><low value=\"2025\"/></value>"
			"</clinicalDocument.effectiveTime>"),
		    "beside low or high" },
		{ QUERY("<clinicalDocument.effectiveTime><value><low "
			"value=\"20261301\"/></value>"
			"</clinicalDocument.effectiveTime>"),
		    "'20261301' is no point in time" },
		{ QUERY("<clinicalDocument.effectiveTime><value><high "
			"value=\"today\"/></value>"
			"</clinicalDocument.effectiveTime>"),
		    "'today' is no point in time" },
		{ QUERY("<clinicalDocument.effectiveTime><value><low "
			"value=\"20260102\"/><high value=\"20260101\"/>"
			"</value></clinicalDocument.effectiveTime>"),
		    "begins (20260102) after it ends (20260101)" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct query q;
		struct xml_doc *doc;
		struct err err = { .kind = ERR_NONE };
		if (read_text(&q, rows[i].text, &doc, &err) == 0)
			fail_msg("taken: %s", rows[i].text);
		assert_int_equal(err.kind, ERR_KANTA);
		assert_int_equal(err.line, 1);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("'%s' is not '%s'", err.msg, rows[i].says);
		assert_int_not_equal(q.why.word, W_none);
		query_release(&q);
		xml_free(doc);
	}
}

static void test_cap(void **state)
{
	(void)state;
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	buf_adds(&text, "<m xmlns=\"urn:hl7-org:v3\"><queryByParameter>"
			"<clinicalDocument.id>");
	for (int i = 0; i <= LIMIT_QUERY_PARAMETERS; i++)
		buf_adds(&text, "<value root=\"1.2\"/>");
	buf_adds(&text, "</clinicalDocument.id></queryByParameter></m>");
	struct query q;
	struct xml_doc *doc;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(read_text(&q, text.ptr, &doc, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	query_release(&q);
	xml_free(doc);
	buf_release(&text);
}

/* ---- A case's words, written and read again */

static void write_and_read_query(
    const char *const value[FF_COUNT], struct query *q, struct written *w)
{
	struct frame_draft draft = draft_of(FRAME_QUERY);
	memcpy(draft.value, value, sizeof(draft.value));
	draft.value[FF_SENDER] = SAMPLE_SENDER;
	draft.value[FF_ORGANISATION] = "1.2.3";
	struct err err = { .kind = ERR_NONE };
	write_and_read(w, &draft);
	assert_int_equal(w->frame.kind, FRAME_QUERY);
	if (query_read(q, &w->frame, &err) != 0)
		fail_msg("%s", err.msg);
}

static void test_write(void **state)
{
	(void)state;
	const char *value[FF_COUNT] = {
		[FF_PATIENT] = " 010181-900C  010594Y9032 ",
		[FF_AUTHOR] = "123",
		[FF_REGISTER] = "2",
		[FF_UNIT] = "1.2.3.10.1",
		[FF_TIME_FROM] = "20260101",
		[FF_ENCOUNTER_TO] = "20261231",
		[FF_QUERY_ID] = "1.2.77",
	};
	struct query q;
	struct written w;
	write_and_read_query(value, &q, &w);
	assert_string_equal(q.id, "1.2.77");
	assert_non_null(strstr(w.bytes.ptr,
	    "<queryByParameter><queryId root=\"1.2.77\"/>"
	    "<assignedAuthor.id><value root=\"1.2.246.537.25\" "
	    "extension=\"123\"/></assignedAuthor.id>"
	    "<clinicalDocument.code><value code=\"2\" "
	    "codeSystem=\"1.2.246.537.5.40150.2009\"/></clinicalDocument.code>"
	    "<clinicalDocument.effectiveTime><value><low value=\"20260101\"/>"
	    "</value></clinicalDocument.effectiveTime>"
	    "<encompassingEncounter.effectiveTime><value><high "
	    "value=\"20261231\"/></value></encompassingEncounter.effectiveTime>"
	    "<patient.id><value root=\"1.2.246.21\" "
	    "extension=\"010181-900C\"/></patient.id><patient.id><value "
	    "root=\"1.2.246.21\" extension=\"010594Y9032\"/></patient.id>"
	    "<representedOrganization.id><value root=\"1.2.3.10.1\"/>"
	    "</representedOrganization.id></queryByParameter>"));
	assert_int_equal(q.count, 7);
	check_value(&w.frame, FF_TIME_FROM, "20260101");
	query_release(&q);
	release(&w);
}

/* A query for nothing is a case's right: the receiver judges it. */
static void test_write_empty(void **state)
{
	(void)state;
	static const char *const value[FF_COUNT];
	struct query q;
	struct written w;
	write_and_read_query(value, &q, &w);
	assert_int_equal(q.count, 0);
	assert_non_null(strstr(w.bytes.ptr, "<queryId root=\""));
	query_release(&q);
	release(&w);
}

static void test_names(void **state)
{
	(void)state;
	for (int i = 0; i < QUERY_COUNT; i++) {
		enum query_parameter p = (enum query_parameter)i;
		assert_int_equal(
		    query_parameter_find(query_parameter_name(p)), i);
	}
	assert_int_equal(query_parameter_type(QUERY_TIME), QUERY_IVL);
	assert_int_equal(query_parameter_find("patient"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_empty),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, load_dialect, free_dialect);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The archive of social welfare: its frames differ from those of health care by
 * values of the dialect alone, and its documents name their register in a local
 * header of their own.
 */
#include "base/file.h"
#include "base/str.h"
#include "kanta/answer.h"
#include "kanta/query.h"
#include "written.h"

#define DOCUMENT                                                           \
 "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"1.2.11.1\"/>"      \
 "<code code=\"15\" codeSystem=\"1.2.246.537.6.1506.201701\"/>"            \
 "<effectiveTime value=\"20261121202203+0200\"/>"                          \
 "<setId root=\"1.2.11.1\"/><versionNumber value=\"1\"/>"                  \
 "<recordTarget><patientRole><id root=\"1.2.246.21\" "                     \
 "extension=\"010181-900C\"/></patientRole></recordTarget>"                \
 "<author><time value=\"20261121\"/><assignedAuthor>"                      \
 "<id root=\"1.2.246.21\" extension=\"010594Y9032\"/><assignedPerson>"     \
 "<name><given>Testi</given></name></assignedPerson></assignedAuthor>"     \
 "</author><localSocialHeader xmlns=\"urn:hl7finland\"><registryType "     \
 "code=\"1\" codeSystem=\"1.2.246.537.6.1264.201701\" displayName=\"R\"/>" \
 "</localSocialHeader></ClinicalDocument>"

/* `kanta` of written.h is the dialect that is tested. */
static int load_social(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	kanta = dialect_load("cases/dialects", "sosiaali", &err);
	if (!kanta)
		err_print(stderr, &err);
	return kanta ? 0 : -1;
}

static struct frame_draft social_draft(enum frame_kind kind)
{
	struct frame_draft draft = draft_of(kind);
	draft.value[FF_ORGANISATION] = "1.2.3.10.0";
	draft.bytes = DOCUMENT;
	draft.len = strlen(DOCUMENT);
	return draft;
}

static void test_archive(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = social_draft(FRAME_ARCHIVE);
	write_and_read(&w, &draft);
	const struct frame *f = &w.frame;
	assert_int_equal(f->kind, FRAME_ARCHIVE);
	check_value(f, FF_ROOT, "RCMR_IN200002FI01");
	check_value(f, FF_CREATION_TIME, "20261121202203+0200");
	check_value(f, FF_SERVICE, "SP17");
	check_value(f, FF_SERVICE_SYSTEM, "1.2.246.537.6.1503.201601");
	check_value(f, FF_STATUS, "COMPLETED");
	check_value(f, FF_REGISTER, "1");
	check_value(f, FF_REGISTER_SYSTEM, "1.2.246.537.6.1264.201701");
	check_value(f, FF_ORGANISATION, "1.2.3.10.0");
	static const char *const holds[] = {
		"<controlActProcess classCode=\"CACT\" moodCode=\"EVN\">"
		"<code code=\"RCMR_TE000102UV01\" "
		"codeSystem=\"2.16.840.1.113883.1.18\"/><priorityCode "
		"code=\"R\"/><reasonCode code=\"SP17\" "
		"codeSystem=\"1.2.246.537.6.1503.201601\"/><reasonCode "
		"code=\"1\" codeSystem=\"1.2.246.537.6.1289.201901\"/>"
		"<authorOrPerformer typeCode=\"PRF\"><assignedPerson>"
		"<id root=\"1.2.246.21\" extension=\"010594Y9032\"/>"
		"<assignedPerson><name><given>Testi</given></name>"
		"</assignedPerson><representedOrganization>",
		"<clinicalDocument><realmCode code=\"FI\"/><typeId "
		"root=\"2.16.840.1.113883.1.3\" "
		"extension=\"POCD_HD000040\"/><id root=\"1.2.11.1\"/><code "
		"code=\"1\" codeSystem=\"1.2.246.537.6.1264.201701\"",
		"<statusCode code=\"normal\"/>",
	};
	for (size_t i = 0; i < COUNTOF(holds); i++)
		if (!strstr(w.bytes.ptr, holds[i]))
			fail_msg("no %s in %s", holds[i], w.bytes.ptr);
	assert_null(strstr(w.bytes.ptr, "profileId"));
	assert_null(strstr(w.bytes.ptr, "templateId"));
	release(&w);
}

/* Without a document the service provider asks alone. */
static void test_query(void **state)
{
	(void)state;
	struct written w;
	struct query q;
	struct err err = { .kind = ERR_NONE };
	struct frame_draft draft = social_draft(FRAME_QUERY);
	draft.value[FF_PATIENT] = "010181-900C";
	draft.value[FF_REGISTER] = "1";
	write_and_read(&w, &draft);
	assert_int_equal(w.frame.kind, FRAME_QUERY);
	check_value(&w.frame, FF_ROOT, "RCMR_IN200029FI01");
	/* the use situation alone is no service request */
	assert_null(w.frame.value[FF_SERVICE]);
	assert_int_equal(query_read(&q, &w.frame, &err), 0);
	assert_string_equal(q.at[0].root, "1.2.246.537.6.1264.201701");
	query_release(&q);
	release(&w);
}

/* As seen: the second reasonCode first, a person who is AUT, ids with
 * extensions, no versionCode. */
static void test_read_other_form(void **state)
{
	(void)state;
	static const char text[] =
	    "<RCMR_IN200002FI01 ITSVersion=\"XML_1.0\" "
	    "xmlns=\"urn:hl7-org:v3\"><id extension=\"7\" root=\"1.2.3\"/>"
	    "<creationTime value=\"20260717130654+0300\"/><interactionId "
	    "extension=\"RCMR_IN200002FI01\" root=\"2.16.840.1.113883.1.6\"/>"
	    "<processingCode code=\"D\"/><processingModeCode code=\"T\"/>"
	    "<acceptAckCode code=\"ER\"/><receiver typeCode=\"RCV\"><device "
	    "classCode=\"DEV\" determinerCode=\"INSTANCE\"><id "
	    "root=\"1.2.246.556.18007.2\"/></device></receiver><sender "
	    "typeCode=\"SND\"><device><id root=\"1.2.4\"/></device></sender>"
	    "<controlActProcess classCode=\"CACT\" moodCode=\"EVN\"><code "
	    "codeSystem=\"2.16.840.1.113883.1.18\"/><priorityCode "
	    "code=\"R\"/><reasonCode code=\"1\" "
	    "codeSystem=\"1.2.246.537.6.1289.201901\"/><reasonCode "
	    "code=\"SP1\" codeSystem=\"1.2.246.537.6.1503.201601\"/>"
	    "<authorOrPerformer typeCode=\"AUT\"><assignedPerson><id "
	    "root=\"1.2.246.21\" extension=\"010594Y9032\"/>"
	    "<representedOrganization><id root=\"1.2.10\"/>"
	    "</representedOrganization></assignedPerson></authorOrPerformer>"
	    "<subject><clinicalDocument><id root=\"1.2.11\"/><code "
	    "code=\"1\"/></clinicalDocument></subject></controlActProcess>"
	    "</RCMR_IN200002FI01>";
	struct xml_doc *doc = load(text, sizeof(text) - 1);
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	if (frame_read(&f, doc, xml_root(doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.kind, FRAME_ARCHIVE);
	check_value(&f, FF_SERVICE, "SP1");
	check_value(&f, FF_ORGANISATION, "1.2.10");
	assert_null(f.value[FF_TRIGGER]);
	xml_free(doc);
}

/* The shipped document of social welfare names its register, too. */
static void test_fixture(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_read_file(
	    "fixtures/sosiaali/asiakasasiakirja.xml", LIMIT_MIB(1), &err);
	struct cda c;
	if (!doc)
		fail_msg("%s", err.msg);
	assert_int_equal(cda_read(&c, doc, &err), 0);
	assert_string_equal(c.value[FF_REGISTER], "1");
	assert_string_equal(
	    c.value[FF_REGISTER_SYSTEM], "1.2.246.537.6.1264.201701");
	xml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_read_other_form),
		cmocka_unit_test(test_fixture),
	};
	return cmocka_run_group_tests(tests, load_social, free_dialect);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fill.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "run/same-document.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

/* 21.11.2026 in the evening, and a day later. */
static const struct fill_facts facts = {
	.received = INT64_C(1795285323000000),
	.now = INT64_C(1795371723000000),
};

static int set_up(void **state)
{
	struct err err = { 0 };

	*state = dialect_load("cases/dialects", "kanta", &err);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	dialect_free(*state);
	return 0;
}

#define HEAD                                                 \
 "<?xml version=\"1.0\"?>\r\n<!-- < --><ClinicalDocument\n " \
 "xmlns=\"urn:hl7-org:v3\" xmlns:hl7fi=\"urn:hl7finland\">"  \
 "<id root=\"1.2.3\"/>\xC3\xA4\n<versionNumber value='1'/>"
#define PEOPLE                                                         \
 "<recordTarget><patientRole><patient><birthTime value=\"19810101\"/>" \
 "</patient></patientRole></recordTarget><custodian>"                  \
 "<assignedCustodian><representedCustodianOrganization>"               \
 "<id root=\"1.2.246.10.1234567.19.0\"/>"                              \
 "<name>Testi &amp; &lt;poika&gt;</name>"                              \
 "</representedCustodianOrganization></assignedCustodian></custodian>"
#define CLASS                              \
 "<hl7fi:retentionPeriodClass code=\"2\" " \
 "codeSystem=\"1.2.246.537.5.40158.2008\"/>"
#define BODY                                              \
 "<component><structuredBody ID=\"a\">\r\n<x>&#xE4;</x> " \
 "</structuredBody></component></ClinicalDocument>\n"

static void expect(
    const struct dialect *d, const char *stored, const char *wanted)
{
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);

	buf_adds(&document, stored);
	fill_document(&document, &facts, d);
	assert_string_equal(document.ptr, wanted);
	buf_release(&document);
}

#define COPY	 "<copyTime value=\"20261122202203\"/>"
#define DECLARED "<hl7fi:declaredTime value=\"20261121202203\"/>"
#define PERIOD	 "<hl7fi:retentionPeriod value=\"21010101\"/>"
#define ACTIVE                                               \
 "<hl7fi:activeCustodian root=\"1.2.246.10.1234567.19.0\"/>" \
 "<hl7fi:activeCustodianName>Testi &amp; &lt;poika&gt;"      \
 "</hl7fi:activeCustodianName>"

static void puts_each_in_its_place(void **state)
{
	expect(*state,
	    HEAD PEOPLE "<hl7fi:localHeader><hl7fi:fileFormat code=\"1\"/>"
			"<hl7fi:functionCode code=\"1\"/>" CLASS
			"</hl7fi:localHeader>" BODY,
	    HEAD COPY PEOPLE "<hl7fi:localHeader>" DECLARED
			     "<hl7fi:fileFormat code=\"1\"/>" PERIOD
			     "<hl7fi:functionCode code=\"1\"/>" ACTIVE CLASS
			     "</hl7fi:localHeader>" BODY);
}

/* What the sender wrote there is the archive's to write. */
static void replaces_what_is_there(void **state)
{
	expect(*state,
	    HEAD
	    "<copyTime nullFlavor=\"NA\" value=\"a>b\"></copyTime >" PEOPLE
	    "<hl7fi:localHeader><hl7fi:declaredTime value='1'/>"
	    "<hl7fi:activeCustodianName>Vanha</hl7fi:activeCustodianName>" CLASS
	    "</hl7fi:localHeader>" BODY,
	    HEAD COPY PEOPLE "<hl7fi:localHeader>" DECLARED PERIOD ACTIVE CLASS
			     "</hl7fi:localHeader>" BODY);
}

static void puts_at_the_header_s_end(void **state)
{
	expect(*state,
	    HEAD PEOPLE "<localHeader xmlns=\"urn:hl7finland\"><description>a"
			"</description>\n</localHeader>\n" BODY,
	    HEAD COPY PEOPLE
	    "<localHeader xmlns=\"urn:hl7finland\"><description>a"
	    "</description>\n<declaredTime value=\"20261121202203\"/>"
	    "<retentionPeriod value=\"20381121\"/>"
	    "<activeCustodian root=\"1.2.246.10.1234567.19.0\"/>"
	    "<activeCustodianName>Testi &amp; &lt;poika&gt;"
	    "</activeCustodianName></localHeader>\n" BODY);
}

static void does_without_a_local_header(void **state)
{
	expect(*state, HEAD PEOPLE BODY, HEAD COPY PEOPLE BODY);
	expect(*state, HEAD "</ClinicalDocument>",
	    HEAD COPY "</ClinicalDocument>");
	expect(*state, HEAD PEOPLE "<hl7fi:localHeader/>" BODY,
	    HEAD COPY PEOPLE "<hl7fi:localHeader/>" BODY);
}

static void leaves_alone_what_it_cannot_fill(void **state)
{
	static const char *const texts[] = {
		"<a/>",
		"no XML",
		"",
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
		"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>\xE4</title>"
		"<recordTarget/><component/></ClinicalDocument>",
		"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
	};

	for (size_t i = 0; i < COUNTOF(texts); i++)
		expect(*state, texts[i], texts[i]);
}

static void knows_a_byte_order_mark(void **state)
{
	expect(*state, "\xEF\xBB\xBF" HEAD PEOPLE BODY,
	    "\xEF\xBB\xBF" HEAD COPY PEOPLE BODY);
}

/* Deep in comments, CDATA and values there are tags that are none. */
static void is_not_led_astray(void **state)
{
	expect(*state,
	    HEAD "<!-- <recordTarget> <copyTime value='x'/> -->"
		 "<title a='>'>"
		 "<![CDATA[<recordTarget>]]></title>" PEOPLE
		 "<hl7fi:localHeader>" CLASS
		 "</hl7fi:localHeader><!-- </hl7fi:localHeader> -->" BODY,
	    HEAD "<!-- <recordTarget> <copyTime value='x'/> -->"
		 "<title a='>'>"
		 "<![CDATA[<recordTarget>]]></title>" COPY PEOPLE
		 "<hl7fi:localHeader>" DECLARED PERIOD ACTIVE CLASS
		 "</hl7fi:localHeader><!-- </hl7fi:localHeader> -->" BODY);
}

static void the_rest_is_the_same_document(void **state)
{
	struct buf sent = BUF_INIT(LIMIT_DOCUMENT);
	struct buf returned = BUF_INIT(LIMIT_DOCUMENT);
	struct buf place = BUF_INIT(LIMIT_KIB(4));
	struct err err = { 0 };
	char *path = corpus_path(HUS_DOCUMENT);

	if (!path)
		return;
	assert_int_equal(buf_read_file(&sent, path, &err), 0);
	buf_add(&returned, sent.ptr, sent.len);
	fill_document(&returned, &facts, *state);
	assert_true(returned.len > sent.len);
	assert_non_null(strstr(returned.ptr, "activeCustodianName>"));
	assert_int_equal(
	    same_document(&sent, &returned, *state, &place, &err), 1);
	buf_release(&sent);
	buf_release(&returned);
	buf_release(&place);
	free(path);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(puts_each_in_its_place),
		WITH(replaces_what_is_there),
		WITH(puts_at_the_header_s_end),
		WITH(does_without_a_local_header),
		WITH(leaves_alone_what_it_cannot_fill),
		WITH(knows_a_byte_order_mark),
		WITH(is_not_led_astray),
		WITH(the_rest_is_the_same_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

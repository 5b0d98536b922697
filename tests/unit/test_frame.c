/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/frame.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "kanta/ids.h"
#include "written.h"

/* ---- The table of fields */

static void test_fields(void **state)
{
	(void)state;
	for (int i = 0; i < FF_COUNT; i++) {
		enum frame_field f = (enum frame_field)i;
		struct buf b = BUF_INIT(512);
		assert_int_equal(frame_field_find(frame_field_name(f)), i);
		assert_true(*frame_field_meaning(f));
		frame_field_path(&b, f);
		assert_true(b.len > 0);
		buf_release(&b);
	}
	assert_int_equal(frame_field_find("nothing"), -1);
	struct buf b = BUF_INIT(512);
	frame_field_path(&b, FF_PATIENT);
	assert_string_equal(b.ptr,
	    "controlActProcess/subject/clinicalDocument/recordTarget/patient/"
	    "id/@extension");
	buf_release(&b);
}

/* ---- The document's header */

static void test_cda(void **state)
{
	(void)state;
	struct xml_doc *doc = load(SAMPLE_DOCUMENT, strlen(SAMPLE_DOCUMENT));
	struct cda c;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(cda_read(&c, doc, &err), 0);
	assert_string_equal(c.value[FF_DOCUMENT_ID], SAMPLE_OID);
	assert_string_equal(c.value[FF_REGISTER], "2");
	assert_string_equal(c.value[FF_PATIENT], "010181-900C");
	assert_string_equal(c.value[FF_PATIENT_ROOT], HETU_ROOT);
	assert_string_equal(c.value[FF_CUSTODIAN], "1.2.246.10.99999999.19.0");
	assert_string_equal(
	    c.value[FF_ORGANISATION], "1.2.246.10.99999999.10.0");
	/* the relation that replaces, not the first */
	assert_string_equal(c.value[FF_RELATED_TYPE], "RPLC");
	assert_string_equal(c.value[FF_RELATED_ID], SAMPLE_FIRST);
	assert_string_equal(c.value[FF_RELATED_VERSION], "1");
	assert_null(c.value[FF_SENDER]);
	xml_free(doc);
}

static void refuse_document(const char *text, const char *says)
{
	struct xml_doc *doc = load(text, strlen(text));
	struct cda c;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(cda_read(&c, doc, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	if (!strstr(err.msg, says))
		fail_msg("%s", err.msg);
	xml_free(doc);
}

static void test_cda_refuse(void **state)
{
	(void)state;
	refuse_document("<html/>", "found 'html'");
	refuse_document("<ClinicalDocument/>", "was expected");
	refuse_document(SAMPLE_HEAD SAMPLE_REST, "id/@root");
}

/* ---- Reading what others wrote */

/* `text` with the first `from` replaced by `to`. */
static char *changed(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (!at)
		fail_msg("no '%s' to change", from);
	return xasprintf(
	    "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void refuse_frame(const char *text, const char *says)
{
	struct xml_doc *doc = load(text, strlen(text));
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(frame_read(&f, doc, xml_root(doc), kanta, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	assert_true(err.line > 0);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
	assert_int_not_equal(f.why.word, W_none);
	xml_free(doc);
}

static void test_read_refuse(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *says;
	} rows[] = {
		{ " ITSVersion=\"XML_1.0\"", "", "ITSVersion" },
		{ " xmlns=\"urn:hl7-org:v3\"", "", "namespace" },
		{ "<creationTime", "<surprise/><creationTime",
		    "found 'surprise' where one of these may stand: "
		    "creationTime" },
		{ "<versionCode code=\"V3-2006\"/>", "<x xmlns=\"urn:x\"/>",
		    "found 'x'" },
		{ "<processingCode code=\"D\"/><processingModeCode "
		  "code=\"T\"/>",
		    "<processingModeCode code=\"T\"/><processingCode "
		    "code=\"D\"/>",
		    "found 'processingModeCode' where one of these may stand: "
		    "profileId, processingCode" },
		{ "<acceptAckCode code=\"ER\"/>", "", "acceptAckCode" },
		{ "<acceptAckCode",
		    "<processingCode code=\"P\"/>"
		    "<acceptAckCode",
		    "found 'processingCode'" },
		{ "<sender typeCode=\"SND\">",
		    "<sender/><sender typeCode=\"SND\">", "found 'sender'" },
		{ "interactionId extension=\"RCMR_IN100002FI01\"",
		    "interactionId extension=\"RCMR_IN100016FI01\"",
		    "says 'RCMR_IN100016FI01'" },
		{ "interactionId extension=\"RCMR_IN100002FI01\"",
		    "interactionId", "no extension" },
		{ "</controlActProcess>",
		    "</controlActProcess><controlActProcess/>",
		    "found 'controlActProcess' where the message must end" },
		{ "<subject typeCode=\"SUBJ\"><clinicalDocument>",
		    "<subject/><subject><clinicalDocument>",
		    "no subject with a clinicalDocument" },
		{ "</subject>", "</subject><subject/>", "second 'subject'" },
		{ "</clinicalDocument>",
		    "</clinicalDocument><clinicalDocument/>",
		    "second 'clinicalDocument'" },
		{ "<statusCode code=\"completed\"/>", "<id root=\"1.2\"/>",
		    "second 'id'" },
		{ "<statusCode code=\"completed\"/>", "<text/>",
		    "second 'text'" },
	};
	struct written w;
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	write_and_read(&w, &draft);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char *text = changed(w.bytes.ptr, rows[i].from, rows[i].to);
		refuse_frame(text, rows[i].says);
		free(text);
	}
	release(&w);
}

#define WRAPPER(name)                                                  \
 "<" name " xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\">"          \
 "<id root=\"1.2\"/><creationTime value=\"2026\"/>"                    \
 "<interactionId extension=\"" name "\"/><processingCode code=\"D\"/>" \
 "<processingModeCode code=\"T\"/><acceptAckCode code=\"ER\"/>"        \
 "<receiver/><sender/>"

static void test_read_kinds(void **state)
{
	(void)state;
	refuse_frame(WRAPPER("RCMR_IN100002FI01") "</RCMR_IN100002FI01>",
	    "no controlActProcess");
	refuse_frame(WRAPPER("RCMR_IN100031FI01") "<controlActProcess/>"
						  "</RCMR_IN100031FI01>",
	    "queryByParameter");
	refuse_frame(WRAPPER("X") "</X>", "no controlActProcess");
	refuse_frame("<X xmlns=\"urn:hl7-org:v3\" ITSVersion=\"XML_1.0\"/>",
	    "found the message's end where one of these may stand: realmCode");

	const char *text = WRAPPER("MCCI_IN000002UV01") "<acknowledgement/>"
							"</MCCI_IN000002UV01>";
	struct xml_doc *doc = load(text, strlen(text));
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(frame_read(&f, doc, xml_root(doc), kanta, &err), 0);
	assert_int_equal(f.kind, FRAME_ACK);
	xml_free(doc);
}

/* A social-welfare frame's form, with prefixes: read, though not known. */
static void test_social(void **state)
{
	(void)state;
	static const char text[] =
	    "<s:RCMR_IN200002FI01 xmlns:s=\"urn:hl7-org:v3\" "
	    "ITSVersion=\"XML_1.0\">"
	    "<s:id extension=\"1\" root=\"1.2.246.10.99999999\"/>"
	    "<s:creationTime value=\"20260717130654+0300\"/>"
	    "<s:interactionId extension=\"RCMR_IN200002FI01\" "
	    "root=\"2.16.840.1.113883.1.6\"/>"
	    "<s:processingCode code=\"D\"/><s:processingModeCode code=\"T\"/>"
	    "<s:acceptAckCode code=\"ER\"/>"
	    "<s:receiver typeCode=\"RCV\"><s:device classCode=\"DEV\" "
	    "determinerCode=\"INSTANCE\"><s:id root=\"1.2.246.556.18007.2\"/>"
	    "</s:device></s:receiver>"
	    "<s:sender typeCode=\"SND\"><s:device classCode=\"DEV\" "
	    "determinerCode=\"INSTANCE\"><s:id root=\"1.2.246.10.99999999\"/>"
	    "</s:device></s:sender>"
	    "<s:controlActProcess classCode=\"CACT\" moodCode=\"EVN\">"
	    "<s:code code=\"RCMR_TE000102UV01\"/><s:priorityCode code=\"R\"/>"
	    "<s:reasonCode code=\"SP1\" "
	    "codeSystem=\"1.2.246.537.6.1503.201601\"/>"
	    "<s:reasonCode code=\"1\" "
	    "codeSystem=\"1.2.246.537.6.1289.201901\"/>"
	    "<s:subject><s:clinicalDocument><s:id root=\"1.2.3\"/>"
	    "</s:clinicalDocument></s:subject>"
	    "</s:controlActProcess></s:RCMR_IN200002FI01>";
	struct xml_doc *doc = load(text, sizeof(text) - 1);
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	if (frame_read(&f, doc, xml_root(doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.kind, FRAME_UNKNOWN);
	check_value(&f, FF_SERVICE, "SP1");
	check_value(&f, FF_DOCUMENT_ID, "1.2.3");
	check_value(&f, FF_SENDER, "1.2.246.10.99999999");
	xml_free(doc);
}

/* ---- The document inside */

static void refuse_text(const char *text_element, const char *says)
{
	char *text = xasprintf("<clinicalDocument xmlns=\"urn:hl7-org:v3\">%s"
			       "</clinicalDocument>",
	    text_element);
	struct xml_doc *doc = load(text, strlen(text));
	struct frame f = { .document = xml_root(doc) };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct err err = { .kind = ERR_NONE };
	char *content_id = NULL;
	assert_int_equal(frame_document(&f, &document, &content_id, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	assert_null(content_id);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
	buf_release(&document);
	xml_free(doc);
	free(text);
}

#define TEXT "<text mediaType=\"multipart/related\">"
#define MIME "Content-Type: multipart/related; boundary=b\n\n"
#define PART "--b\nContent-Transfer-Encoding: BASE64\n\nZm9v\n"

static void test_document_refuse(void **state)
{
	(void)state;
	refuse_text("", "no text");
	refuse_text("<text>x</text>", "mediaType");
	refuse_text("<text mediaType=\"text/plain\">x</text>", "text/plain");
	refuse_text(TEXT "</text>", "empty line");
	refuse_text(TEXT MIME PART PART "--b--</text>", "2 parts");
	refuse_text(TEXT MIME "--b--</text>", "0 parts");
	refuse_text(TEXT MIME PART "</text>", "cut off");
	refuse_text(TEXT MIME "--b\nContent-Transfer-Encoding: BASE64\n\n"
			      "Zm9\n--b--</text>",
	    "base64");
	struct frame none = { .document = NULL };
	struct buf document = BUF_INIT(100);
	struct err err = { .kind = ERR_NONE };
	char *content_id = NULL;
	assert_int_equal(
	    frame_document(&none, &document, &content_id, &err), -1);
}

/* ---- The real message of 2017 */

static void test_hus_read(void **state)
{
	(void)state;
	char *path = corpus_path(HUS_MESSAGE);
	char *document_path = corpus_path(HUS_DOCUMENT);
	if (!path || !document_path) {
		free(path);
		free(document_path);
		return;
	}
	struct buf bytes, expected, document = BUF_INIT(LIMIT_DOCUMENT);
	read_file(&bytes, path);
	read_file(&expected, document_path);
	struct xml_doc *doc = load(bytes.ptr, bytes.len);
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	char *content_id = NULL;
	if (frame_read(&f, doc, xml_root(doc), kanta, &err) != 0 ||
	    frame_document(&f, &document, &content_id, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.kind, FRAME_ARCHIVE);
	assert_string_equal(content_id, f.value[FF_DOCUMENT_ID]);
	assert_int_equal(document.len, expected.len);
	assert_memory_equal(document.ptr, expected.ptr, expected.len);

	struct xml_doc *inner = load(document.ptr, document.len);
	struct cda c;
	assert_int_equal(cda_read(&c, inner, &err), 0);
	for (size_t i = 0; i < frame_agreed_count; i++)
		if (f.value[frame_agreed[i]])
			check_value(
			    &f, frame_agreed[i], c.value[frame_agreed[i]]);
	xml_free(inner);
	xml_free(doc);
	free(content_id);
	buf_release(&document);
	buf_release(&expected);
	buf_release(&bytes);
	free(path);
	free(document_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_cda),
		cmocka_unit_test(test_cda_refuse),
		cmocka_unit_test(test_read_refuse),
		cmocka_unit_test(test_read_kinds),
		cmocka_unit_test(test_social),
		cmocka_unit_test(test_document_refuse),
		cmocka_unit_test(test_hus_read),
	};
	return cmocka_run_group_tests(tests, load_dialect, free_dialect);
}

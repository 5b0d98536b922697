/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/answer.h"

#include "base/xalloc.h"
#include "kanta/query.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "kanta/soap.h"
#include "query-ack.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct dialect *kanta, *bare;

static int load_dialects(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	kanta = dialect_load("cases/dialects", "kanta", &err);
	bare = dialect_load("cases/dialects", "kanta-bare", &err);
	if (!kanta || !bare)
		err_print(stderr, &err);
	return kanta && bare ? 0 : -1;
}

static int free_dialects(void **state)
{
	(void)state;
	dialect_free(kanta);
	dialect_free(bare);
	return 0;
}

static struct xml_doc *load(const void *bytes, size_t len)
{
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_parse(bytes, len, "a test", &err);
	if (!doc)
		fail_msg("%u:%u: %s", err.line, err.column, err.msg);
	return doc;
}

static void read_ack(struct ack *a, const char *text)
{
	struct xml_doc *doc = load(text, strlen(text));
	struct err err = { .kind = ERR_NONE };
	if (ack_read(a, xml_root(doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
	xml_free(doc);
}

static struct answer_draft draft_of(enum frame_kind kind)
{
	return (struct answer_draft){
		.kind = kind,
		.code = "AE",
		.target_id = "1.2.3.4",
		.message_id = "1.2.3.5",
		.receiver = SAMPLE_SENDER,
		.sender = "1.2.246.556.18007.2",
		.serial = 1,
	};
}

/* ---- What is written is read again, in both forms */

static char type[] = "E", code[] = "4Y00007", code_system[] = "1.2.246",
	    text[] = "virhe & <syy>", location[] = "clinicalDocument/id";

static void check_written(const struct dialect *d, enum ack_form form)
{
	struct answer_draft draft = draft_of(FRAME_ACK);
	*VEC_PUSH(&draft.details) = (struct ack_detail){ .type = type,
		.code = code,
		.code_system = code_system,
		.text = text,
		.location = location };
	*VEC_PUSH(&draft.details) = (struct ack_detail){ .type = NULL };
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, d, &err), 0);

	struct xml_doc *doc = load(b.ptr, b.len);
	struct frame f;
	if (frame_read(&f, doc, xml_root(doc), d, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.kind, FRAME_ACK);
	assert_string_equal(f.value[FF_RECEIVER], SAMPLE_SENDER);
	assert_string_equal(f.value[FF_MESSAGE_ID], "1.2.3.5");
	struct ack a;
	assert_int_equal(ack_read(&a, xml_root(doc), d, &err), 0);
	assert_int_equal(a.outcome, ACK_REFUSED);
	assert_int_equal(a.form, form);
	assert_string_equal(a.code, "AE");
	assert_string_equal(a.target_id, "1.2.3.4");
	assert_int_equal(a.count, 2);
	assert_string_equal(a.at[0].type, type);
	assert_string_equal(a.at[0].code, code);
	assert_string_equal(a.at[0].code_system, code_system);
	assert_string_equal(a.at[0].text, text);
	assert_string_equal(a.at[0].location, location);
	assert_string_equal(a.at[1].text, "");
	ack_release(&a);

	bool before =
	    strstr(b.ptr, "<acknowledgement") < strstr(b.ptr, "<receiver");
	assert_int_equal(before, form == ACK_FORM_ATTRIBUTE);
	VEC_RELEASE(&draft.details);
	xml_free(doc);
	buf_release(&b);
}

static void test_forms(void **state)
{
	(void)state;
	check_written(kanta, ACK_FORM_ELEMENT);
	check_written(bare, ACK_FORM_ATTRIBUTE);
}

static void test_cap(void **state)
{
	(void)state;
	struct answer_draft draft = draft_of(FRAME_ACK);
	struct buf b = BUF_INIT(100);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, kanta, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
}

/* ---- The content answer */

static void test_found(void **state)
{
	(void)state;
	struct answer_document documents[2] = {
		{ .bytes = SAMPLE_DOCUMENT,
		    .len = strlen(SAMPLE_DOCUMENT),
		    .oid = SAMPLE_OID },
		{ .bytes = SAMPLE_DOCUMENT,
		    .len = strlen(SAMPLE_DOCUMENT),
		    .oid = SAMPLE_OID },
	};
	struct answer_draft draft = draft_of(FRAME_FETCH_ANSWER);
	draft.code = "AA";
	draft.documents = documents;
	draft.document_count = COUNTOF(documents);
	draft.query_id = "1.2.3.6";
	draft.query_code = "OK";
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, kanta, &err), 0);
	struct xml_doc *doc = load(b.ptr, b.len);
	struct frame f;
	if (frame_read(&f, doc, xml_root(doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(f.kind, FRAME_FETCH_ANSWER);
	assert_string_equal(f.value[FF_QUERY_ID], "1.2.3.6");
	assert_string_equal(f.value[FF_DOCUMENT_ID], SAMPLE_OID);
	assert_string_equal(f.value[FF_RELATED_ID], SAMPLE_FIRST);

	struct answer_documents got;
	assert_int_equal(answer_documents_read(&got, &f, &err), 0);
	assert_int_equal(got.count, 2);
	assert_int_equal(got.at[1].content.len, strlen(SAMPLE_DOCUMENT));
	assert_string_equal(got.at[1].content.ptr, SAMPLE_DOCUMENT);
	answer_documents_release(&got);
	assert_non_null(strstr(b.ptr,
	    "<queryAck><queryId root=\"1.2.3.6\"/><queryResponseCode "
	    "code=\"OK\"/><resultTotalQuantity value=\"2\"/>"
	    "<resultCurrentQuantity value=\"2\"/><resultRemainingQuantity "
	    "value=\"0\"/></queryAck>"));
	xml_free(doc);
	buf_release(&b);
}

static void test_not_found(void **state)
{
	(void)state;
	struct answer_draft draft = draft_of(FRAME_FETCH_ANSWER);
	draft.query_code = "NF";
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, bare, &err), 0);
	struct xml_doc *doc = load(b.ptr, b.len);
	struct frame f;
	struct answer_documents got;
	assert_int_equal(frame_read(&f, doc, xml_root(doc), bare, &err), 0);
	assert_int_equal(answer_documents_read(&got, &f, &err), 0);
	assert_int_equal(got.count, 0);
	answer_documents_release(&got);
	xml_free(doc);
	buf_release(&b);
}

/* ---- The answer to a metadata query */

/* What the archive returns: some header fields are its own. */
static char *returned_document(void)
{
	static const char before[] = "<c:recordTarget";
	const char *at = strstr(SAMPLE_DOCUMENT, before);
	if (!at)
		fail_msg("the sample has no %s", before);
	return xasprintf("%.*s<c:copyTime value=\"20261121\"/>%s",
	    (int)(at - SAMPLE_DOCUMENT), SAMPLE_DOCUMENT, at ? at : "");
}

static struct xml_doc *request_of_query(struct frame *f)
{
	static const char asked[] =
	    "<m xmlns=\"urn:hl7-org:v3\"><queryByParameter><queryId "
	    "root=\"1.2.3.6\"/><patient.id><value root=\"1.2.246.21\" "
	    "extension=\"010181-900C\"/></patient.id></queryByParameter></m>";
	struct xml_doc *doc = load(asked, sizeof(asked) - 1);
	*f = (struct frame){ .query = xml_first(xml_root(doc)) };
	return doc;
}

static void check_metadata(const struct frame *f, const char *bytes)
{
	struct answer_documents got;
	struct answer_query ack;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(f->kind, FRAME_QUERY_ANSWER);
	assert_int_equal(answer_documents_read(&got, f, &err), 0);
	assert_int_equal(got.count, 2);
	assert_false(got.at[0].has_content);
	assert_string_equal(got.at[0].oid, SAMPLE_OID);
	assert_string_equal(got.at[0].set_id, SAMPLE_FIRST);
	assert_string_equal(got.at[0].version, "2");
	assert_string_equal(got.at[0].status, "completed");
	assert_string_equal(got.at[1].status, "nullified");
	answer_documents_release(&got);

	answer_query_read(&ack, f);
	assert_string_equal(ack.id, "1.2.3.6");
	assert_string_equal(ack.code, "OK");
	assert_string_equal(ack.total, "7");
	assert_string_equal(ack.current, "2");
	assert_string_equal(ack.remaining, "5");
	/* its place: behind storageCode, before recordTarget */
	const char *copied = strstr(bytes, "<copyTime value=\"20261121\"/>");
	assert_non_null(copied);
	assert_true(strstr(bytes, "<storageCode") < copied);
	assert_true(copied < strstr(bytes, "<recordTarget"));
}

static void test_metadata(void **state)
{
	(void)state;
	char *document = returned_document();
	const struct answer_document documents[2] = {
		{ .bytes = document,
		    .len = strlen(document),
		    .oid = SAMPLE_OID,
		    .metadata_only = true },
		{ .bytes = document,
		    .len = strlen(document),
		    .oid = SAMPLE_OID,
		    .metadata_only = true,
		    .status = "nullified" },
	};
	struct frame request, f;
	struct xml_doc *asked = request_of_query(&request);
	struct answer_draft draft = draft_of(FRAME_QUERY_ANSWER);
	draft.code = "AA";
	draft.documents = documents;
	draft.document_count = COUNTOF(documents);
	draft.query_id = "1.2.3.6";
	draft.query_code = "OK";
	draft.query_total = 7;
	draft.query = request.query;
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, kanta, &err), 0);
	struct xml_doc *doc = load(b.ptr, b.len);
	if (frame_read(&f, doc, xml_root(doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
	check_metadata(&f, b.ptr);

	/* what was asked comes back, and means the same */
	struct query echoed;
	assert_int_equal(query_read(&echoed, &f, &err), 0);
	assert_string_equal(echoed.id, "1.2.3.6");
	assert_int_equal(echoed.count, 1);
	assert_string_equal(echoed.at[0].extension, "010181-900C");
	query_release(&echoed);
	xml_free(doc);
	xml_free(asked);
	buf_release(&b);
	free(document);
}

static void test_too_many_documents(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(LIMIT_MIB(2));
	struct err err = { .kind = ERR_NONE };
	buf_adds(&b, "<m xmlns=\"urn:hl7-org:v3\"><controlActProcess>");
	for (int i = 0; i <= LIMIT_ANSWER_DOCUMENTS; i++)
		buf_adds(&b, "<subject><clinicalDocument/></subject>");
	buf_adds(&b, "</controlActProcess></m>");
	struct xml_doc *doc = load(b.ptr, b.len);
	struct frame f = { .root = xml_root(doc) };
	struct answer_documents got;
	assert_int_equal(answer_documents_read(&got, &f, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	xml_free(doc);
	buf_release(&b);
}

static void test_unreadable(void **state)
{
	(void)state;
	struct answer_document broken = {
		.bytes = "<a/>", .len = 4, .oid = "1.2"
	};
	struct answer_draft draft = draft_of(FRAME_FETCH_ANSWER);
	draft.documents = &broken;
	draft.document_count = 1;
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(answer_write(&b, &draft, kanta, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	buf_release(&b);

	static const char answer[] =
	    "<m xmlns=\"urn:hl7-org:v3\"><controlActProcess><subject>"
	    "<clinicalDocument><text>x</text></clinicalDocument></subject>"
	    "</controlActProcess></m>";
	struct xml_doc *doc = load(answer, sizeof(answer) - 1);
	struct frame f = { .root = xml_root(doc) };
	struct answer_documents got;
	err.kind = ERR_NONE;
	assert_int_equal(answer_documents_read(&got, &f, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	assert_null(got.at);
	xml_free(doc);
}

/* ---- Acknowledgements as others write them */

#define M(content) "<h:m xmlns:h=\"urn:hl7-org:v3\">" content "</h:m>"

static void test_outcomes(void **state)
{
	(void)state;
	static const struct {
		const char *text, *code, *target;
		enum ack_outcome outcome;
	} rows[] = {
		{ M("<h:acknowledgement typeCode=\"AA\"/>"), "AA", "",
		    ACK_ACCEPTED },
		{ M("<h:acknowledgement><h:typeCode code=\"CR\"/>"
		    "</h:acknowledgement>"),
		    "CR", "", ACK_REFUSED },
		{ M("<h:acknowledgement><h:typeCode code=\"OK\"/>"
		    "</h:acknowledgement>"),
		    "OK", "", ACK_UNCLEAR },
		{ M("<h:acknowledgement/>"), "", "", ACK_UNCLEAR },
		{ M("<h:acknowledgement><h:typeCode/></h:acknowledgement>"), "",
		    "", ACK_UNCLEAR },
		{ M("<acknowledgement typeCode=\"AA\"/>"), "", "", ACK_ABSENT },
		{ M(""), "", "", ACK_ABSENT },
		{ M("<h:controlActProcess><h:acknowledgement typeCode=\"AE\">"
		    "<h:targetMessage><h:id root=\"1.2\"/></h:targetMessage>"
		    "</h:acknowledgement></h:controlActProcess>"),
		    "AE", "1.2", ACK_REFUSED },
		{ M("<h:acknowledgement typeCode=\"AA\"><h:typeCode "
		    "code=\"AA\"/></h:acknowledgement>"),
		    "AA", "", ACK_ACCEPTED },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct ack a;
		read_ack(&a, rows[i].text);
		assert_int_equal(a.outcome, rows[i].outcome);
		assert_string_equal(a.code, rows[i].code);
		assert_string_equal(a.target_id, rows[i].target);
		ack_release(&a);
	}
}

static void refuse_ack(const char *message, const char *says)
{
	struct xml_doc *doc = load(message, strlen(message));
	struct ack a;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(ack_read(&a, xml_root(doc), kanta, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	if (!strstr(err.msg, says))
		fail_msg("%s", err.msg);
	assert_true(a.why.word != W_none);
	ack_release(&a);
	xml_free(doc);
}

static void test_refuse(void **state)
{
	(void)state;
	refuse_ack(M("<h:acknowledgement/><h:acknowledgement/>"), "several");
	refuse_ack(M("<h:acknowledgement/><h:controlActProcess>"
		     "<h:acknowledgement/></h:controlActProcess>"),
	    "several");
	refuse_ack(M("<h:acknowledgement typeCode=\"AA\"><h:typeCode "
		     "code=\"AE\"/></h:acknowledgement>"),
	    "differ");
	struct buf b = BUF_INIT(LIMIT_KIB(64));
	buf_adds(&b, "<h:m xmlns:h=\"urn:hl7-org:v3\"><h:acknowledgement>");
	for (int i = 0; i <= LIMIT_ACK_DETAILS; i++)
		buf_adds(&b, "<h:acknowledgementDetail/>");
	buf_adds(&b, "</h:acknowledgement></h:m>");
	refuse_ack(b.ptr, "more than 256");
	buf_release(&b);
}

static void check_corpus(const char *name, const char *want, enum ack_form form)
{
	char *path = corpus_path(name);
	if (!path)
		return;
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_read_file(path, LIMIT_MIB(1), &err);
	struct soap s;
	struct ack a;
	if (!doc || soap_read(&s, doc, &err) != 0 ||
	    ack_read(&a, s.payload, kanta, &err) != 0)
		fail_msg("%s: %s", name, err.msg);
	assert_string_equal(a.code, want);
	assert_int_equal(a.form, form);
	assert_true(*a.target_id);
	ack_release(&a);
	soap_release(&s);
	xml_free(doc);
	free(path);
}

static void test_corpus(void **state)
{
	(void)state;
	check_corpus("v3-messages/ipf/commons__ihe__hl7v3__translation__"
		     "pixfeed__v3__Ack.xml",
	    "CA", ACK_FORM_ELEMENT);
	check_corpus("v3-messages/ipf/commons__ihe__hl7v3__translation__pdq__"
		     "v3__PDQ_Response.xml",
	    "AA", ACK_FORM_ELEMENT);
	check_corpus("v3-messages/nhs-gp2gp/intTest__resources__inbound__"
		     "acknowledgement__MCCI_IN010000UK13_body_AE.xml",
	    "AE", ACK_FORM_ATTRIBUTE);
	check_corpus("v3-messages/nhs-gp2gp/intTest__resources__inbound__"
		     "acknowledgement__MCCI_IN010000UK13_body_AA.xml",
	    "AA", ACK_FORM_ATTRIBUTE);
	check_corpus("v3-messages/nhsconnect/SCR__scr__tests__test_xmls__"
		     "missingAttribute.xml",
	    "AA", ACK_FORM_ATTRIBUTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_not_found),
		cmocka_unit_test(test_metadata),
		cmocka_unit_test(test_too_many_documents),
		cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, load_dialects, free_dialects);
}

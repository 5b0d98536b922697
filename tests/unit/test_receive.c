/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/receive.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/answer.h"
#include "kanta/mime.h"
#include "kanta/soap.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

/* One archive, one dialect, and the last message with its answer. */
struct world_of_test {
	struct dialect *dialect;
	struct archive *archive;
	struct fault_list faults;
	struct world world;
	int64_t now;
	uint64_t number;
	struct buf message;
	struct received got;
	struct xml_doc *doc; /* the answer */
	struct soap soap;
	struct ack ack;
};

/* What a test's message says of itself; NULL or 0 = as it should be. */
struct wish {
	const char *oid, *set, *version, *patient, *patient_root, *service,
	    *service_system, *interaction, *related, *related_version;
	const char *in_document; /* the document's own patient, if different */
	bool replaces, soap;
};

static int set_up(void **state)
{
	struct world_of_test *w = xcalloc(1, sizeof(*w));
	struct err err = { 0 };

	w->dialect = dialect_load("cases/dialects", "kanta", &err);
	w->archive = archive_open(NULL, &err);
	w->now = INT64_C(1795285323000000);
	w->world = world_fixed(&w->now, 1);
	buf_init(&w->message, LIMIT_MESSAGE);
	*state = w;
	return w->dialect && w->archive ? 0 : -1;
}

static void forget_answer(struct world_of_test *w)
{
	ack_release(&w->ack);
	soap_release(&w->soap);
	xml_free(w->doc);
	received_release(&w->got);
	w->doc = NULL;
}

static int tear_down(void **state)
{
	struct world_of_test *w = *state;

	forget_answer(w);
	archive_close(w->archive);
	dialect_free(w->dialect);
	buf_release(&w->message);
	VEC_RELEASE(&w->faults);
	free(w);
	return 0;
}

static const char *either(const char *wish, const char *otherwise)
{
	return wish ? wish : otherwise;
}

static void write_document(struct buf *to, const struct wish *m)
{
	const char *oid = either(m->oid, "1.2.246.10.1.11.1");

	buf_addf(to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"%s\"/>"
	    "<code code=\"2\" codeSystem=\"1.2.246.537.5.40150.2009\"/>"
	    "<effectiveTime value=\"20261121120000\"/>"
	    "<confidentialityCode code=\"5\" "
	    "codeSystem=\"1.2.246.777.5.99902.2006\"/>"
	    "<languageCode code=\"fi\"/><setId root=\"%s\"/>"
	    "<versionNumber value=\"%s\"/>"
	    "<recordTarget><patientRole><id extension=\"%s\" root=\"%s\"/>"
	    "</patientRole></recordTarget>",
	    oid, either(m->set, oid), either(m->version, "1"),
	    either(m->in_document, either(m->patient, "010181-900C")),
	    either(m->patient_root, "1.2.246.21"));
	if (m->replaces)
		buf_addf(to,
		    "<relatedDocument typeCode=\"RPLC\"><parentDocument>"
		    "<id root=\"%s\"/><setId root=\"%s\"/>"
		    "<versionNumber value=\"%s\"/></parentDocument>"
		    "</relatedDocument>",
		    m->related, m->set, either(m->related_version, "1"));
	buf_adds(to,
	    "<component><structuredBody><component><section>"
	    "<text>Kertomus</text></section></component></structuredBody>"
	    "</component></ClinicalDocument>");
}

static void write_head(struct buf *to, const struct wish *m, const char *kind)
{
	buf_addf(to,
	    "<%s ITSVersion=\"XML_1.0\" xmlns=\"urn:hl7-org:v3\">"
	    "<id root=\"1.2.246.10.1.13.1.7\"/>"
	    "<creationTime value=\"20261121120000\"/>"
	    "<versionCode code=\"V3-2006\"/>"
	    "<interactionId extension=\"%s\" "
	    "root=\"2.16.840.1.113883.1.6\"/>"
	    "<processingCode code=\"D\"/><processingModeCode code=\"T\"/>"
	    "<acceptAckCode code=\"ER\"/>"
	    "<receiver typeCode=\"RCV\"><device>"
	    "<id root=\"1.2.246.556.18007.2\"/></device></receiver>"
	    "<sender typeCode=\"SND\"><device>"
	    "<id root=\"1.2.246.10.1.13.1\"/></device></sender>"
	    "<controlActProcess moodCode=\"RQO\">",
	    kind, kind);
	if (!m->service || *m->service)
		buf_addf(to, "<reasonCode code=\"%s\" codeSystem=\"%s\"/>",
		    either(m->service, "PP1"),
		    either(m->service_system, "1.2.246.537.5.40157.2008"));
}

static void write_message(struct world_of_test *w, const struct wish *m)
{
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct buf mime = BUF_INIT(LIMIT_MESSAGE);
	const char *oid = either(m->oid, "1.2.246.10.1.11.1");
	const char *kind = either(m->interaction,
	    m->replaces ? "RCMR_IN100016FI01" : "RCMR_IN100002FI01");

	write_document(&document, m);
	mime_write(
	    &mime, "----=_1", "<m@test>", oid, document.ptr, document.len);
	buf_clear(&w->message);
	if (m->soap)
		soap_open(&w->message, ENVELOPE_SOAP11);
	write_head(&w->message, m, kind);
	buf_addf(&w->message,
	    "<subject><clinicalDocument><id root=\"%s\"/>"
	    "<code code=\"2\" codeSystem=\"1.2.246.537.5.40150.2009\"/>"
	    "<text mediaType=\"multipart/related\">",
	    oid);
	for (size_t i = 0; i < mime.len; i++)
		if (mime.ptr[i] == '<')
			buf_adds(&w->message, "&lt;");
		else
			buf_addc(&w->message, mime.ptr[i]);
	buf_addf(&w->message,
	    "</text><statusCode code=\"completed\"/>"
	    "<effectiveTime value=\"20261121120000\"/>"
	    "<setId root=\"%s\"/><versionNumber value=\"%s\"/>"
	    "<recordTarget><patient><id extension=\"%s\" root=\"%s\"/>"
	    "</patient></recordTarget>",
	    either(m->set, oid), either(m->version, "1"),
	    either(m->patient, "010181-900C"),
	    either(m->patient_root, "1.2.246.21"));
	if (m->replaces)
		buf_addf(&w->message,
		    "<relatedDocument typeCode=\"RPLC\"><parentDocument>"
		    "<id root=\"%s\"/><setId root=\"%s\"/>"
		    "<versionNumber value=\"%s\"/></parentDocument>"
		    "</relatedDocument>",
		    m->related, m->set, either(m->related_version, "1"));
	buf_addf(&w->message,
	    "</clinicalDocument></subject></controlActProcess></%s>", kind);
	if (m->soap)
		soap_close(&w->message, ENVELOPE_SOAP11);
	buf_release(&document);
	buf_release(&mime);
}

static void write_query(struct world_of_test *w, const char *const ids[])
{
	const struct wish nothing = { .service = "" };

	buf_clear(&w->message);
	write_head(&w->message, &nothing, "RCMR_IN100031FI01");
	buf_adds(&w->message, "<queryByParameter><queryId root=\"1.2.9\"/>");
	for (; *ids; ids++)
		buf_addf(&w->message,
		    "<clinicalDocument.id><value root=\"%s\"/>"
		    "</clinicalDocument.id>",
		    *ids);
	buf_adds(&w->message,
	    "</queryByParameter></controlActProcess></RCMR_IN100031FI01>");
}

/* Sends w->message, reads the answer. */
static void send(struct world_of_test *w)
{
	struct err err = { 0 };
	const struct receive_context ctx = { w->archive, w->dialect,
		&w->world };
	const struct request_in in = { "/", w->message.ptr, w->message.len,
		++w->number, true, "text/xml", &w->faults };

	forget_answer(w);
	receive(&w->got, &in, &ctx);
	w->doc =
	    xml_parse(w->got.answer.ptr, w->got.answer.len, "answer", &err);
	if (!w->doc || soap_read(&w->soap, w->doc, &err) < 0 ||
	    (w->soap.payload &&
		ack_read(&w->ack, w->soap.payload, w->dialect, &err) < 0))
		fail_msg("%s: %s", err.msg, w->got.answer.ptr);
}

static void say(struct world_of_test *w, struct wish m)
{
	write_message(w, &m);
	send(w);
}

static void expect_accepted(struct world_of_test *w)
{
	if (w->ack.outcome != ACK_ACCEPTED)
		fail_msg("not accepted: %s", w->got.answer.ptr);
	assert_int_equal(w->got.status, 200);
	assert_int_equal(w->ack.count, 0);
	assert_string_equal(w->ack.target_id, "1.2.246.10.1.13.1.7");
}

/* Refused with `count` details; the first has `code`, its text `words`. */
static void expect_refused(struct world_of_test *w, const char *code,
    size_t count, const char *words, const char *where)
{
	if (w->ack.outcome != ACK_REFUSED)
		fail_msg("not refused: %s", w->got.answer.ptr);
	assert_string_equal(w->ack.code, code);
	if (w->ack.count != count || !strstr(w->ack.at[0].text, words) ||
	    !strstr(w->ack.at[0].location, where))
		fail_msg("%zu details: %s", w->ack.count, w->got.answer.ptr);
	assert_string_equal(w->ack.at[0].type, "E");
	assert_string_equal(
	    w->ack.at[0].code_system, "1.2.246.537.5.40112.2006");
	assert_false(w->got.stored);
}

static void stores_and_acknowledges(void **state)
{
	struct world_of_test *w = *state;
	struct err err = { 0 };
	struct buf sent = BUF_INIT(LIMIT_DOCUMENT);
	struct buf kept = BUF_INIT(LIMIT_DOCUMENT);

	say(w, (struct wish){ 0 });
	expect_accepted(w);
	assert_true(w->got.stored);
	assert_string_equal(w->got.document_oid, "1.2.246.10.1.11.1");
	assert_int_equal(w->soap.envelope, ENVELOPE_BARE);
	write_document(&sent, &(struct wish){ 0 });
	assert_int_equal(
	    archive_get(w->archive, "/", "1.2.246.10.1.11.1", &kept, &err), 1);
	assert_int_equal(kept.len, sent.len);
	assert_memory_equal(kept.ptr, sent.ptr, sent.len);
	buf_release(&sent);
	buf_release(&kept);
}

static void answers_in_the_request_s_envelope(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .soap = true });
	expect_accepted(w);
	assert_int_equal(w->soap.envelope, ENVELOPE_SOAP11);
}

static void refuses_a_duplicate(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ 0 });
	say(w, (struct wish){ 0 });
	expect_refused(w, "AE", 1, "on jo arkistoitu", "clinicalDocument/id");
}

static void keeps_the_chain_of_versions(void **state)
{
	struct world_of_test *w = *state;
	struct wish second = {
		.replaces = true,
		.oid = "1.2.246.10.1.11.2",
		.set = "1.2.246.10.1.11.1",
		.version = "2",
		.related = "1.2.246.10.1.11.1",
	};

	say(w, second);
	expect_refused(w, "AE", 1, "on tuntematon", "setId");
	say(w, (struct wish){ 0 });
	say(w, second);
	expect_accepted(w);
	/* a second "version 2" of the same first version: two things wrong */
	second.oid = "1.2.246.10.1.11.3";
	say(w, second);
	expect_refused(w, "AE", 2, "odotettiin ”3”", "versionNumber");
	assert_non_null(strstr(w->ack.at[1].text, "1.2.246.10.1.11.2"));
	second.version = "3";
	second.related = "1.2.246.10.1.11.2";
	second.related_version = "2";
	say(w, second);
	expect_accepted(w);
}

static void begins_a_set_with_version_1(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .version = "2", .set = "1.2.3" });
	expect_refused(w, "AE", 2, "odotettiin ”1”", "versionNumber");
}

static void refuses_a_strange_service_request(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .service = "SP1" });
	expect_refused(w, "AE", 1, "SP1", "reasonCode");
	say(w, (struct wish){ .service_system = "1.2.3" });
	expect_refused(w, "AE", 1, "koodisto", "reasonCode");
	say(w, (struct wish){ .service = "" });
	expect_refused(w, "AE", 1, "puuttuu", "reasonCode");
}

static void refuses_frame_against_document(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .in_document = "010594Y9032" });
	expect_refused(w, "AE", 1, "010594Y9032", "recordTarget");
}

static void tells_all_that_is_wrong(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .service = "SP1",
		   .version = "2",
		   .in_document = "010594Y9032" });
	expect_refused(w, "AE", 3, "SP1", "reasonCode");
}

/* A code below 900, put together here: such a thing stands in no file. */
static void refuses_an_identity_code(void **state)
{
	struct world_of_test *w = *state;
	char code[12];

	snprintf(code, sizeof(code), "131052-%d%c", 308, 'T');
	say(w, (struct wish){ .patient = code });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_true(w->got.withheld);
	assert_true(w->ack.count >= 1);
	assert_non_null(
	    strstr(w->ack.at[0].text, "Virheellinen henkilötunnus"));
	assert_non_null(strstr(w->ack.at[0].location, "id"));
	assert_null(strstr(w->got.answer.ptr, code));
	assert_false(w->got.withheld_answer);
	assert_false(w->got.stored);
}

static void rejects_an_unknown_interaction(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ .interaction = "RCMR_IN100099FI01" });
	expect_refused(w, "AR", 1, "RCMR_IN100099FI01", "interactionId");
	say(w, (struct wish){ .interaction = "MCCI_IN000002UV01" });
	expect_refused(w, "AR", 1, "MCCI_IN000002UV01", "interactionId");
}

static void rejects_a_bad_frame(void **state)
{
	struct world_of_test *w = *state;
	static const char frame[] =
	    "<RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\"><id root=\"1.2.7\"/>"
	    "<sender/></RCMR_IN100002FI01>";

	buf_clear(&w->message);
	buf_adds(&w->message, frame);
	send(w);
	expect_refused(w, "AR", 1, "Siirtokehys", "");
	assert_string_equal(w->ack.target_id, "1.2.7");
}

static void send_text(struct world_of_test *w, const char *text)
{
	buf_clear(&w->message);
	buf_adds(&w->message, text);
	send(w);
}

static void faults_what_is_no_message(void **state)
{
	struct world_of_test *w = *state;
	static const char *const texts[] = {
		"<a>",
		"not XML",
		"<a/>",
		"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
		"<x:a/>",
		"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/"
		"\"/>",
		"<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		"><e:Body/></e:Envelope>",
	};

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		send_text(w, texts[i]);
		assert_true(w->soap.is_fault);
		assert_int_equal(w->got.status, 500);
		assert_int_equal(w->got.outcome, OUTCOME_UNREADABLE);
		assert_non_null(strstr(w->soap.fault.code, "Client"));
		assert_true(w->soap.fault.reason[0]);
	}
}

static void refuses_what_holds_no_document(void **state)
{
	struct world_of_test *w = *state;
	char *base64 = NULL;

	write_message(w, &(struct wish){ 0 });
	base64 = strstr(w->message.ptr, "PD94");
	assert_non_null(base64);
	memcpy(base64, "AAAA", 4);
	send(w);
	expect_refused(w, "AE", 1, "ei voi lukea", "text");
}

static size_t count_documents(struct world_of_test *w)
{
	struct err err = { 0 };
	struct frame f = { 0 };
	struct answer_documents docs = { 0 };

	assert_int_equal(
	    frame_read(&f, w->doc, w->soap.payload, w->dialect, &err), 0);
	if (answer_documents_read(&docs, &f, &err) < 0)
		fail_msg("%s", err.msg);
	size_t count = docs.count;
	answer_documents_release(&docs);
	return count;
}

static void gives_documents_back(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ 0 });
	say(w, (struct wish){ .oid = "1.2.246.10.1.11.5" });
	write_query(w, (const char *const[]){ "1.2.246.10.1.11.1", "1.2.3",
			   "1.2.246.10.1.11.5", NULL });
	send(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 2);
	assert_non_null(strstr(w->got.answer.ptr, "code=\"OK\""));
	write_query(w, (const char *const[]){ "1.2.3", NULL });
	send(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 0);
	assert_non_null(strstr(w->got.answer.ptr, "code=\"NF\""));
}

static void refuses_too_many_ids(void **state)
{
	struct world_of_test *w = *state;
	const char *ids[LIMIT_QUERY_PARAMETERS + 2];

	for (size_t i = 0; i <= LIMIT_QUERY_PARAMETERS; i++)
		ids[i] = "1.2.3";
	ids[LIMIT_QUERY_PARAMETERS + 1] = NULL;
	write_query(w, ids);
	send(w);
	expect_refused(w, "AE", 1, "Hakuehdot", "");
}

/* ---- Faults, seen from outside */

static void use_fault(struct world_of_test *w, const char *word)
{
	struct err err = { 0 };
	struct opt_list words = { 0 };

	VEC_RELEASE(&w->faults);
	*VEC_PUSH(&words) = word;
	if (fault_parse(&w->faults, &words, &err) < 0)
		fail_msg("%s", err.msg);
	VEC_RELEASE(&words);
}

static void bends_acknowledgements(void **state)
{
	struct world_of_test *w = *state;

	use_fault(w, "ack-flip");
	say(w, (struct wish){ 0 });
	assert_string_equal(w->ack.code, "AE");
	assert_int_equal(w->ack.count, 0);
	say(w, (struct wish){ 0 });
	assert_string_equal(w->ack.code, "AA");
	assert_int_equal(w->ack.count, 1);
	use_fault(w, "ack-target");
	say(w, (struct wish){ .oid = "1.2.5" });
	assert_int_equal(w->ack.outcome, ACK_ACCEPTED);
	assert_string_not_equal(w->ack.target_id, "1.2.246.10.1.13.1.7");
	use_fault(w, "detail-drop");
	say(w, (struct wish){ 0 });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_int_equal(w->ack.count, 0);
}

static void accepts_always(void **state)
{
	struct world_of_test *w = *state;
	struct err err = { 0 };

	use_fault(w, "always-accept");
	say(w, (struct wish){ .service = "SP1" });
	expect_accepted(w);
	say(w, (struct wish){ 0 });
	expect_accepted(w);
	assert_int_equal(
	    archive_get(w->archive, "/", "1.2.246.10.1.11.1", NULL, &err), 0);
	write_query(w, (const char *const[]){ "1.2.3", NULL });
	send(w);
	expect_accepted(w);
	send_text(w, "not XML");
	assert_int_equal(w->ack.outcome, ACK_ACCEPTED);
}

static void changes_a_document(void **state)
{
	struct world_of_test *w = *state;

	say(w, (struct wish){ 0 });
	write_query(w, (const char *const[]){ "1.2.246.10.1.11.1", NULL });
	send(w);
	char *honest = xstrdup(w->got.answer.ptr);
	use_fault(w, "document");
	send(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 1);
	assert_int_equal(strlen(honest), w->got.answer.len);
	assert_string_not_equal(honest, w->got.answer.ptr);
	free(honest);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(stores_and_acknowledges),
		WITH(answers_in_the_request_s_envelope),
		WITH(refuses_a_duplicate),
		WITH(keeps_the_chain_of_versions),
		WITH(begins_a_set_with_version_1),
		WITH(refuses_a_strange_service_request),
		WITH(refuses_frame_against_document),
		WITH(tells_all_that_is_wrong),
		WITH(refuses_an_identity_code),
		WITH(rejects_an_unknown_interaction),
		WITH(rejects_a_bad_frame),
		WITH(faults_what_is_no_message),
		WITH(refuses_what_holds_no_document),
		WITH(gives_documents_back),
		WITH(refuses_too_many_ids),
		WITH(bends_acknowledgements),
		WITH(accepts_always),
		WITH(changes_a_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

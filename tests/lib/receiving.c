/* SPDX-License-Identifier: Apache-2.0 */
#include "receiving.h"
#include "mimetext.h"
#include "receive-one.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/mime.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

int receiving_begin(void **state)
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

int receiving_end(void **state)
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

void use_policy(struct world_of_test *w, const char *word)
{
	struct err err = { 0 };
	struct opt_list words = { 0 };

	*VEC_PUSH(&words) = word;
	if (policies_make(&w->policies, w->dialect, &words, &err) < 0)
		fail_msg("%s", err.msg);
	/* one alone: what the others would say is not looked at */
	for (int i = 0; i < POLICY_COUNT; i++)
		if (!str_starts(word, policy_name((enum policy)i)))
			w->policies.value[i] = POLICY_OFF;
	VEC_RELEASE(&words);
}

void use_dialect(struct world_of_test *w, const char *key, const char *value)
{
	const char *tmp = getenv("TMPDIR");
	char *path =
	    xasprintf("%s/dialect-%d.xml", tmp ? tmp : "/tmp", (int)getpid());
	int which = dialect_key_find(key);
	bool list = dialect_type((enum dialect_key)which) == DIALECT_LIST;
	const char *element = list ? "list" : "value";
	char *text =
	    xasprintf("<dialect xmlns=\"urn:esitesti:dialect:1\" name=\"own\" "
		      "extends=\"kanta\"><title xml:lang=\"fi\">a</title>"
		      "<title xml:lang=\"en\">a</title><%s key=\"%s\" "
		      "mark=\"U\" source=\"test\">%s%s%s</%s></dialect>",
		element, key, list ? "<item>" : "", value,
		list ? "</item>" : "", element);
	struct err err = { 0 };

	dialect_free(w->dialect);
	w->dialect = NULL;
	if (file_write_whole(path, text, strlen(text), 0600, &err) == 0)
		w->dialect = dialect_load("cases/dialects", path, &err);
	unlink(path);
	if (!w->dialect)
		fail_msg("%s", err.msg);
	free(path);
	free(text);
}

/* ---- Writing */

static const char *either(const char *wish, const char *otherwise)
{
	return wish ? wish : otherwise;
}

static void write_related(struct buf *to, const struct wish *m)
{
	if (!m->replaces)
		return;
	buf_addf(to,
	    "<relatedDocument typeCode=\"RPLC\"><parentDocument>"
	    "<id root=\"%s\"/><setId root=\"%s\"/>"
	    "<versionNumber value=\"%s\"/></parentDocument>"
	    "</relatedDocument>",
	    m->related, m->set, either(m->related_version, "1"));
}

static void write_people(struct buf *to, const struct wish *m)
{
	if (m->author)
		buf_addf(to,
		    "<author><time value=\"20261121\"/><assignedAuthor>"
		    "<id root=\"1.2.246.537.25\" extension=\"%s\"/>"
		    "<representedOrganization><id root=\"%s\"/>"
		    "</representedOrganization></assignedAuthor></author>",
		    m->author, either(m->unit, "1.2.246.10.1.10.1"));
	if (m->custodian)
		buf_addf(to,
		    "<custodian><assignedCustodian>"
		    "<representedCustodianOrganization><id root=\"%s\"/>"
		    "<name>Rekisterinpit\303\244j\303\244 &amp; Co</name>"
		    "</representedCustodianOrganization></assignedCustodian>"
		    "</custodian>",
		    m->custodian);
}

void write_document(struct buf *to, const struct wish *m)
{
	const char *oid = either(m->oid, "1.2.246.10.1.11.1");

	buf_addf(to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><id root=\"%s\"/>"
	    "<code code=\"%s\" codeSystem=\"1.2.246.537.5.40150.2009\"/>"
	    "<effectiveTime value=\"%s\"/>"
	    "<confidentialityCode code=\"%s\" "
	    "codeSystem=\"1.2.246.777.5.99902.2006\"/>"
	    "<languageCode code=\"fi\"/><setId root=\"%s\"/>"
	    "<versionNumber value=\"%s\"/>"
	    "<recordTarget><patientRole><id extension=\"%s\" root=\"%s\"/>"
	    "</patientRole></recordTarget>",
	    oid, either(m->reg, "2"), either(m->time, "20261121120000"),
	    either(m->confidentiality, "5"), either(m->set, oid),
	    either(m->version, "1"),
	    either(m->in_document, either(m->patient, "010181-900C")),
	    either(m->patient_root, "1.2.246.21"));
	write_people(to, m);
	write_related(to, m);
	if (m->encounter)
		buf_addf(to,
		    "<componentOf><encompassingEncounter><id root=\"%s\"/>"
		    "<effectiveTime><low value=\"20261101\"/>"
		    "<high value=\"20261105\"/></effectiveTime>"
		    "</encompassingEncounter></componentOf>",
		    m->encounter);
	buf_adds(to, either(m->more, ""));
	buf_adds(to, "<component><structuredBody");
	if (m->body_id)
		buf_addf(to, " ID=\"%s\"", m->body_id);
	buf_adds(to,
	    "><component><section>"
	    "<text>Kertomus</text></section></component></structuredBody>"
	    "</component></ClinicalDocument>");
}

static void write_head(
    struct world_of_test *w, const struct wish *m, const char *kind)
{
	struct buf *to = &w->message;

	snprintf(w->sent_id, sizeof(w->sent_id), "1.2.246.10.1.13.1.7.%llu",
	    (unsigned long long)w->number + 1);
	if (m->message_id)
		str_copy(w->sent_id, sizeof(w->sent_id), m->message_id);
	buf_addf(to,
	    "<%s ITSVersion=\"XML_1.0\" xmlns=\"urn:hl7-org:v3\">"
	    "<id root=\"%s\"/>"
	    "<creationTime value=\"20261121120000\"/>"
	    "<versionCode code=\"V3-2006\"/>"
	    "<interactionId extension=\"%s\" "
	    "root=\"2.16.840.1.113883.1.6\"/>"
	    "<processingCode code=\"%s\"/><processingModeCode code=\"T\"/>"
	    "<acceptAckCode code=\"ER\"/>"
	    "<receiver typeCode=\"RCV\"><device>"
	    "<id root=\"%s\"/></device></receiver>"
	    "<sender typeCode=\"SND\"><device>"
	    "<id root=\"%s\"/></device></sender>"
	    "<controlActProcess moodCode=\"RQO\">",
	    kind, w->sent_id, kind, either(m->processing, "D"),
	    either(m->receiver, "1.2.246.556.18007.2"),
	    either(m->sender, "1.2.246.10.1.13.1"));
	if (m->trigger)
		buf_addf(to, "<code code=\"%s\"/>", m->trigger);
	if (!m->service || *m->service)
		buf_addf(to, "<reasonCode code=\"%s\" codeSystem=\"%s\"/>",
		    either(m->service, "PP1"),
		    either(m->service_system, "1.2.246.537.5.40157.2008"));
}

static void write_text(struct buf *to, const struct wish *m)
{
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct buf mime = BUF_INIT(LIMIT_MESSAGE);

	write_document(&document, m);
	mime_write(&mime, "----=_1", "<m@test>",
	    either(m->oid, "1.2.246.10.1.11.1"), document.ptr, document.len);
	buf_adds(to, "<text mediaType=\"multipart/related\">");
	for (size_t i = 0; i < mime.len; i++)
		if (mime.ptr[i] == '<')
			buf_adds(to, "&lt;");
		else
			buf_addc(to, mime.ptr[i]);
	buf_adds(to, "</text>");
	buf_release(&document);
	buf_release(&mime);
}

/* clinicalDocument, with `text` or without. */
static void write_subject(struct buf *to, const struct wish *m, bool text)
{
	const char *oid = either(m->oid, "1.2.246.10.1.11.1");

	buf_addf(to,
	    "<subject><clinicalDocument><id root=\"%s\"/>"
	    "<code code=\"%s\" codeSystem=\"1.2.246.537.5.40150.2009\"/>",
	    oid, either(m->reg, "2"));
	if (text)
		write_text(to, m);
	buf_addf(to,
	    "<statusCode code=\"completed\"/>"
	    "<effectiveTime value=\"%s\"/>",
	    either(m->time, "20261121120000"));
	if (m->reason)
		buf_addf(to, "<reasonCode code=\"%s\" codeSystem=\"%s\"/>",
		    m->reason,
		    either(m->reason_system, "1.2.246.537.5.40178.2008"));
	buf_addf(to,
	    "<setId root=\"%s\"/><versionNumber value=\"%s\"/>"
	    "<recordTarget><patient><id extension=\"%s\" root=\"%s\"/>"
	    "</patient></recordTarget>",
	    either(m->set, oid), either(m->version, "1"),
	    either(m->patient, "010181-900C"),
	    either(m->patient_root, "1.2.246.21"));
	write_related(to, m);
	buf_adds(to, "</clinicalDocument></subject>");
}

void write_message(struct world_of_test *w, const struct wish *m)
{
	const char *kind = either(m->interaction,
	    m->replaces ? "RCMR_IN100016FI01" : "RCMR_IN100002FI01");

	buf_clear(&w->message);
	if (m->soap)
		soap_open(&w->message, ENVELOPE_SOAP11);
	write_head(w, m, kind);
	write_subject(&w->message, m, true);
	buf_addf(&w->message, "</controlActProcess></%s>", kind);
	if (m->soap)
		soap_close(&w->message, ENVELOPE_SOAP11);
}

void write_cancel(struct world_of_test *w, const struct wish *m)
{
	const char *kind = dialect_text(w->dialect, DK_INTERACTION_CANCEL);

	buf_clear(&w->message);
	write_head(w, m, kind);
	write_subject(&w->message, m, false);
	buf_addf(&w->message, "</controlActProcess></%s>", kind);
}

static void write_any_query(
    struct world_of_test *w, const char *kind, const char *parameters)
{
	const struct wish nothing = { .service = "" };

	buf_clear(&w->message);
	write_head(w, &nothing, kind);
	buf_addf(&w->message,
	    "<queryByParameter><queryId root=\"1.2.9\"/>%s"
	    "</queryByParameter></controlActProcess></%s>",
	    parameters, kind);
}

void write_metadata_query(struct world_of_test *w, const char *parameters)
{
	write_any_query(w, "RCMR_IN100029FI01", parameters);
}

void write_content_query(struct world_of_test *w, const char *parameters)
{
	write_any_query(w, "RCMR_IN100031FI01", parameters);
}

void write_query(struct world_of_test *w, const char *const ids[])
{
	struct buf parameters = BUF_INIT(LIMIT_KIB(64));

	for (; *ids; ids++)
		buf_addf(&parameters,
		    "<clinicalDocument.id><value root=\"%s\"/>"
		    "</clinicalDocument.id>",
		    *ids);
	write_content_query(w, parameters.ptr);
	buf_release(&parameters);
}

/* ---- Sending */

void deliver(struct world_of_test *w)
{
	struct err err = { 0 };
	const struct receive_context ctx = {
		.archive = w->archive,
		.dialect = w->dialect,
		.world = &w->world,
		.policies = &w->policies,
	};
	const struct request_in in = {
		.partition = "/",
		.body = w->message.ptr,
		.len = w->message.len,
		.number = ++w->number,
		.is_post = true,
		.media_type = "text/xml",
		.organisation = w->organisation,
		.faults = &w->faults,
	};

	forget_answer(w);
	receive(&w->got, &in, &ctx);
	w->doc =
	    xml_parse(w->got.answer.ptr, w->got.answer.len, "answer", &err);
	if (!w->doc || soap_read(&w->soap, w->doc, &err) < 0 ||
	    (w->soap.payload &&
		ack_read(&w->ack, w->soap.payload, w->dialect, &err) < 0))
		fail_msg("%s: %s", err.msg, w->got.answer.ptr);
}

void deliver_wish(struct world_of_test *w, struct wish m)
{
	write_message(w, &m);
	deliver(w);
}

/* ---- Expecting */

void expect_accepted(struct world_of_test *w)
{
	if (w->ack.outcome != ACK_ACCEPTED)
		fail_msg("not accepted: %s", w->got.answer.ptr);
	assert_int_equal(w->got.status, 200);
	assert_int_equal(w->ack.count, 0);
	assert_string_equal(w->ack.target_id, w->sent_id);
}

void expect_refused(struct world_of_test *w, const char *code, size_t count,
    const char *words, const char *where)
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

size_t count_documents(struct world_of_test *w)
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

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/receive.h"
#include "mock/inquiry.h"
#include "mock/raw.h"

#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "kanta/ids.h"
#include "kanta/why.h"
#include "mock/header.h"
#include "mock/shark.h"

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_ACCEPTED] = "accepted",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_REJECTED] = "rejected",
	[OUTCOME_UNREADABLE] = "unreadable",
	[OUTCOME_BROKEN] = "broken",
	[OUTCOME_PAGE] = "page",
};

enum {
	STATUS_SENDER_12 = 400, /* SOAP 1.2 part 2 table 20 */
};

/* Text of a stranger's that goes into lines of a log: printable ASCII. */
static void copy_safe(char *to, size_t size, const char *from)
{
	struct hetu h;
	size_t n = 0;

	for (; from && from[n] && n < size - 1; n++)
		to[n] = from[n] > ' ' && from[n] < 0x7f ? from[n] : '?';
	to[n] = '\0';
	if (hetu_find(to, n, 0, &h) >= 0 && !hetu_is_test(&h))
		str_copy(to, size, "withheld");
}

/* ---- What is found */

/* Identity codes outside the 900 series, wherever they stand. */
static void look_for_identities(struct inquiry *q)
{
	struct guard_report report = { 0 };

	if (guard_scan_keeping(&report, q->in->body, q->in->len, &q->trees))
		return;
	for (size_t i = 0; i < report.count; i++) {
		const struct guard_finding *g = &report.at[i];
		bool identity = g->rule == GUARD_IDENTITY;
		inquiry_find_at(q,
		    identity ? DK_ERROR_IDENTITY : DK_ERROR_INTEGRITY, g->where,
		    g->what);
		q->out->withheld |= identity;
	}
}

/* Each kind of message: what is judged, what is done with the archive. */
static const struct kind_row {
	void (*judge)(struct inquiry *q);
	int (*apply)(struct inquiry *q, struct err *err); /* NULL = nothing */
} kinds[] = {
	[FRAME_ARCHIVE] = { judge_archive, apply_archive },
	[FRAME_REPLACE] = { judge_archive, apply_archive },
	[FRAME_CANCEL] = { judge_cancel, apply_cancel },
	[FRAME_QUERY] = { judge_query, apply_query },
	[FRAME_QUERY_ANSWER] = { judge_unknown, NULL },
	[FRAME_FETCH] = { judge_query, apply_query },
	[FRAME_FETCH_ANSWER] = { judge_unknown, NULL },
	[FRAME_ACK] = { judge_unknown, NULL },
	[FRAME_UNKNOWN] = { judge_unknown, NULL },
};

bool receive_takes(enum frame_kind kind)
{
	return kinds[kind].judge != judge_unknown;
}

static void note_message(struct inquiry *q)
{
	struct received *r = q->out;
	const char *document = q->frame.value[FF_DOCUMENT_ID];

	VEC_EACH (const struct query_value, v, &q->query)
		if (!document && v->parameter == QUERY_DOCUMENT)
			document = v->root;
	copy_safe(r->interaction, sizeof(r->interaction),
	    q->frame.value[FF_INTERACTION]);
	copy_safe(r->message_id, sizeof(r->message_id),
	    q->frame.value[FF_MESSAGE_ID]);
	copy_safe(r->document_oid, sizeof(r->document_oid), document);
}

/* SOAP 1.2 part 2 table 20 has 400 for a fault of the sender's and 500 for all
 * others; what a receiver of SOAP 1.1 does is the dialect's. */
static int fault_status(const struct inquiry *q, enum soap_code code)
{
	const struct dialect *d = q->ctx->dialect;

	if (code != SOAP_SENDER)
		return REPLY_STATUS_FAULT;
	if (q->out->envelope == ENVELOPE_SOAP12 &&
	    dialect_choice(d, DK_ENVELOPE) != ENVELOPE_SOAP12)
		return STATUS_SENDER_12;
	return (int)dialect_number(d, DK_MALFORMED_STATUS);
}

/* No message that could be acknowledged: a SOAP fault, whatever came. */
static void answer_fault(struct inquiry *q, enum soap_code code,
    const char *where, struct note why, const char *blocks)
{
	if (q->out->withheld)
		why = say_mock_malformed_withheld();
	note_mask(&why);
	q->out->outcome = OUTCOME_UNREADABLE;
	inquiry_find_at(q, DK_ERROR_INTEGRITY, where, why);
	reply_fault(q->out, fault_status(q, code), code, &why, blocks);
	q->answered = true;
}

static void answer_unreadable(struct inquiry *q, struct note why)
{
	answer_fault(q, SOAP_SENDER, "", why, NULL);
}

/* What the reader said, and where. */
static void answer_error(struct inquiry *q, enum soap_code code, why_say *say,
    const struct note *why, const struct err *at, const char *blocks)
{
	char where[48] = "";

	if (at->line)
		snprintf(where, sizeof(where), "line %u, column %u", at->line,
		    at->column);
	answer_fault(q, code, where, why_quote(say, why, at), blocks);
}

/* An envelope that is none: the fault tells which there are. */
static void answer_no_envelope(struct inquiry *q, const struct err *e)
{
	struct buf blocks = BUF_INIT(LIMIT_KIB(4));

	if (q->soap.wrong == SOAP_VERSION_MISMATCH)
		soap_write_upgrade(&blocks);
	answer_error(
	    q, q->soap.wrong, say_mock_no_message, &q->soap.why, e, blocks.ptr);
	buf_release(&blocks);
}

static const char *own_id(xmlNode *root)
{
	xmlNode *id = xml_child(root, XMLNS_V3, "id");

	return id ? xml_attr(id, "root") : NULL;
}

/* A frame that breaks the rules, but tells its id, gets an acknowledgement. */
static void take_bad_frame(
    struct inquiry *q, xmlNode *root, const struct err *at)
{
	const struct note *why = &q->frame.why;
	const char *id = own_id(root);

	if (!id) {
		answer_error(q, SOAP_SENDER, say_mock_frame, why, at, NULL);
		return;
	}
	copy_safe(q->out->interaction, sizeof(q->out->interaction),
	    (const char *)root->name);
	copy_safe(q->out->message_id, sizeof(q->out->message_id), id);
	q->out->outcome = OUTCOME_REJECTED;
	q->target = id;
	inquiry_find(q, DK_ERROR_INTEGRITY, FF_COUNT,
	    why_quote(say_mock_frame, why, at));
}

static void take_frame(struct inquiry *q)
{
	q->is_frame = true;
	q->target = inquiry_value(q, FF_MESSAGE_ID);
	q->keeps = !q->out->withheld;
	q->out->on_archive = kinds[q->frame.kind].apply != NULL;
	if (fault_find(q->in->faults, FAULT_ALWAYS_ACCEPT) ||
	    fault_find(q->in->faults, FAULT_NOT_STORED))
		q->keeps = false;
	kinds[q->frame.kind].judge(q);
	note_message(q);
}

static void take_payload(struct inquiry *q, xmlNode *payload)
{
	const struct dialect *d = q->ctx->dialect;
	const struct note fault = say_soap_fault_sent();
	struct err e = { 0 };

	if (!payload)
		answer_unreadable(
		    q, why_quote(say_mock_no_message, &fault, NULL));
	else if (xml_is(payload, XMLNS_V3, "ClinicalDocument"))
		answer_unreadable(q, say_mock_bare_document(dialect_text(
					 d, DK_INTERACTION_ARCHIVE)));
	else if (frame_read(&q->frame, q->message, payload, d, &e) < 0)
		take_bad_frame(q, payload, &e);
	else
		take_frame(q);
}

/* Which envelope a Content-Type speaks of (RFC 3902; SOAP 1.1 section 6). */
static bool is_soap12(const struct request_in *in)
{
	return streq(in->media_type, "application/soap+xml");
}

static bool fits_media_type(const struct inquiry *q)
{
	return is_soap12(q->in) == (q->soap.envelope == ENVELOPE_SOAP12) ||
	       fault_find(q->in->faults, FAULT_ALWAYS_ACCEPT);
}

static void answer_wrong_type(struct inquiry *q)
{
	const char *type = q->in->media_type;

	switch (q->soap.envelope) {
	case ENVELOPE_BARE:
		answer_unreadable(q, say_mock_wrong_type_bare(type));
		break;
	case ENVELOPE_SOAP11:
		answer_unreadable(q, say_mock_wrong_type(type, "SOAP 1.1"));
		break;
	case ENVELOPE_SOAP12:
		answer_unreadable(q, say_mock_wrong_type(type, "SOAP 1.2"));
		break;
	}
}

/* Parsed once more, for the reason. */
static void answer_malformed(struct inquiry *q)
{
	struct xml_fault fault;
	struct err at = { 0 };
	struct note why;

	xml_free(
	    xml_parse_telling(q->in->body, q->in->len, "message", &fault, &at));
	why = xml_fault_say(&fault);
	answer_error(q, SOAP_SENDER, say_mock_malformed, &why, &at, NULL);
}

static void take_message(struct inquiry *q)
{
	struct header_refusal refusal = { 0 };
	struct err e = { 0 };

	look_for_identities(q);
	q->message = q->trees.whole;
	if (!q->message) {
		answer_malformed(q);
		return;
	}
	if (soap_read(&q->soap, q->message, &e) < 0) {
		answer_no_envelope(q, &e);
		return;
	}
	if (q->soap.envelope != ENVELOPE_BARE)
		q->out->envelope = q->soap.envelope;
	addressing_read(&q->out->addressing, q->soap.header);
	if (!fits_media_type(q)) {
		answer_wrong_type(q);
	} else if (header_is_refused(&refusal, &q->soap)) {
		answer_fault(q, SOAP_MUST_UNDERSTAND, refusal.where,
		    refusal.why, refusal.blocks.ptr);
		header_refusal_release(&refusal);
	} else {
		take_payload(q, q->soap.payload);
	}
}

/* As the senders of known messages make theirs: device.1.ms.n */
static void make_answer_id(struct inquiry *q)
{
	snprintf(q->out->answer_id, sizeof(q->out->answer_id),
	    "%.100s.1.%lld.%llu", dialect_text(q->ctx->dialect, DK_RECEIVER_ID),
	    (long long)(world_now(q->ctx->world) / 1000),
	    (unsigned long long)q->in->number);
}

/* The fault "request-lost": as if it had never come. */
static bool lose(struct received *out, const struct request_in *in)
{
	if (!fault_find(in->faults, FAULT_REQUEST_LOST))
		return false;
	out->outcome = OUTCOME_BROKEN;
	out->withheld = !guard_is_clean(in->body, in->len);
	str_copy(out->trouble, sizeof(out->trouble),
	    "not looked at (fault 'request-lost')");
	return true;
}

struct inquiry *inquiry_open(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct inquiry *q = xcalloc(1, sizeof(*q));

	*q = (struct inquiry){ .ctx = ctx, .in = in, .out = out };
	buf_init(&q->document, LIMIT_DOCUMENT);
	buf_init(&q->strays, LIMIT_MIB(4));
	memset(out, 0, sizeof(*out));
	buf_init(&out->answer, REPLY_MAX);
	make_answer_id(q);
	if (is_soap12(in)) /* what cannot be read is answered in its words */
		out->envelope = ENVELOPE_SOAP12;
	q->answered = lose(out, in) || shark_validate(out, in) ||
		      refuse_plainly(out, in, ctx);
	if (!q->answered)
		take_message(q);
	return q;
}

static int apply(struct inquiry *q, struct err *err)
{
	const struct kind_row *row = &kinds[q->frame.kind];

	if (row->apply(q, err) < 0)
		return -1;
	if (q->out->stored && fault_find(q->in->faults, FAULT_TWICE) &&
	    row->apply(q, err) < 0)
		return -1;
	return fault_bend_documents(q, err);
}

int inquiry_archive(struct inquiry *q, struct err *err)
{
	return q->out->on_archive ? apply(q, err) : 0;
}

/* ---- At the end */

/* The fault "always-accept" accepts even what cannot be read: some id of the
 * arc for examples stands for the message's own. */
static int accept_anyway(struct inquiry *q, struct err *err)
{
	if (!q->out->is_fault || q->out->outcome == OUTCOME_BROKEN ||
	    !fault_find(q->in->faults, FAULT_ALWAYS_ACCEPT))
		return 0;
	q->out->is_fault = false;
	q->out->outcome = OUTCOME_REJECTED;
	return reply_write(q, "2.999", err);
}

static int finish(struct inquiry *q, struct err *err)
{
	struct received *r = q->out;

	if (q->answered)
		return accept_anyway(q, err);
	if (q->is_frame && kinds[q->frame.kind].judge == judge_unknown)
		r->outcome = OUTCOME_REJECTED;
	else if (q->is_frame && r->errors > 0)
		r->outcome = OUTCOME_REFUSED;
	return reply_write(q, q->target, err);
}

/* A refused message is stored nowhere, and its answer must not tell more. */
static void withhold(struct received *r)
{
	r->withheld_answer = !guard_is_clean(r->answer.ptr, r->answer.len);
}

static void inquiry_free(struct inquiry *q)
{
	VEC_EACH (struct buf, b, &q->documents)
		buf_release(b);
	VEC_RELEASE(&q->documents);
	archive_results_release(&q->results);
	query_release(&q->query);
	VEC_RELEASE(&q->terms);
	xml_free(q->cda_doc);
	free(q->content_id);
	buf_release(&q->document);
	buf_release(&q->strays);
	soap_release(&q->soap);
	guard_trees_release(&q->trees);
	free(q);
}

static void bend(struct inquiry *q)
{
	fault_bend_text(q->in->faults, q->out);
	fault_bend_http(q->in->faults, q->out);
	if (q->out->raw)
		q->out->deed = DEED_RAW;
}

void inquiry_close(struct inquiry *q)
{
	struct received *out = q->out;
	struct err err = { 0 };

	if (finish(q, &err) < 0)
		received_fail(out, &err);
	if (out->withheld)
		withhold(out);
	if (out->outcome != OUTCOME_PAGE)
		bend(q);
	inquiry_free(q);
}

void received_release(struct received *r)
{
	VEC_RELEASE(&r->findings);
	addressing_release(&r->addressing);
	buf_release(&r->answer);
	raw_free(r->raw);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/inquiry.h"

#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "kanta/ids.h"

const char *const outcome_names[5] = {
	[OUTCOME_ACCEPTED] = "accepted",
	[OUTCOME_REFUSED] = "refused",
	[OUTCOME_REJECTED] = "rejected",
	[OUTCOME_UNREADABLE] = "unreadable",
	[OUTCOME_BROKEN] = "broken",
};

enum {
	STATUS_FAULT = 500, /* SOAP 1.1 6.2 */
	ANSWER_ENVELOPE = 4096,
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

/* ---- What is written */

static void write_fault(
    struct received *r, int status, const char *code, const struct note *why)
{
	struct buf reason = BUF_INIT(LIMIT_KIB(8));

	note_render(&reason, why, LANG_FI);
	buf_clear(&r->answer);
	soap_write_fault(&r->answer, code, reason.ptr, "");
	str_copy(r->media_type, sizeof(r->media_type),
	    envelope_media_type(ENVELOPE_SOAP11));
	r->status = status;
	r->is_fault = true;
	buf_release(&reason);
}

void received_fail(struct received *r, const struct err *why)
{
	struct note note = say_mock_broken(why->msg);

	if (!r->answer.cap) /* nothing was even tried */
		buf_init(&r->answer, LIMIT_MESSAGE + ANSWER_ENVELOPE);
	r->outcome = OUTCOME_BROKEN;
	r->stored = false;
	str_copy(r->trouble, sizeof(r->trouble), why->msg);
	write_fault(r, STATUS_FAULT, "Server", &note);
}

static void render_finding(struct buf *to, const struct finding *f)
{
	struct note note = f->what;

	if (f->code == DK_ERROR_IDENTITY) {
		struct buf inner = BUF_INIT(LIMIT_KIB(4));
		note_render(&inner, &f->what, LANG_FI);
		note = say_mock_identity(inner.ptr);
		buf_release(&inner);
	}
	note_render(to, &note, LANG_FI);
}

static void add_details(struct answer_draft *draft, const struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;

	VEC_EACH (const struct finding, f, &q->out->findings) {
		struct buf text = BUF_INIT(LIMIT_KIB(8));
		struct ack_detail *detail = VEC_PUSH(&draft->details);

		render_finding(&text, f);
		detail->type = xstrdup("E");
		detail->code = xstrdup(dialect_text(d, f->code));
		detail->code_system = xstrdup(dialect_text(d, DK_ERROR_SYSTEM));
		detail->text = buf_detach(&text, NULL);
		detail->location = xstrdup(f->where);
	}
}

static void release_details(struct answer_draft *draft)
{
	VEC_EACH (struct ack_detail, d, &draft->details)
		ack_detail_release(d);
	VEC_RELEASE(&draft->details);
}

static const char *ack_code(const struct inquiry *q)
{
	static const enum dialect_key keys[] = {
		[OUTCOME_ACCEPTED] = DK_ACK_WRITES_ACCEPTED,
		[OUTCOME_REFUSED] = DK_ACK_WRITES_REFUSED,
		[OUTCOME_REJECTED] = DK_ACK_WRITES_REJECTED,
	};
	return dialect_text(q->ctx->dialect, keys[q->out->outcome]);
}

static const char *or_else(const char *value, const char *otherwise)
{
	return value && *value ? value : otherwise;
}

static const char *query_id(const struct inquiry *q)
{
	xmlNode *id = xml_child(q->frame.query, XMLNS_V3, "queryId");
	const char *root = id ? xml_attr(id, "root") : NULL;

	return root ? root : "";
}

/* What the message tells of itself; a bent answer may lack even that. */
static struct answer_draft draft_answer(
    const struct inquiry *q, const char *target, int64_t now)
{
	const struct dialect *d = q->ctx->dialect;
	const char *us = dialect_text(d, DK_RECEIVER_ID);
	bool fetched =
	    q->frame.kind == FRAME_FETCH && q->out->outcome == OUTCOME_ACCEPTED;

	return (struct answer_draft){
		.kind = fetched ? FRAME_FETCH_ANSWER : FRAME_ACK,
		.code = ack_code(q),
		.target_id = target,
		.receiver = or_else(q->frame.value[FF_SENDER], us),
		.sender = or_else(q->frame.value[FF_RECEIVER], us),
		.now = now,
		.query_id = fetched ? query_id(q) : "",
		.query_code = dialect_text(d,
		    q->documents.count ? DK_QUERY_FOUND : DK_QUERY_NOT_FOUND),
		.serial = q->in->number,
	};
}

/* The documents that were found, with their own ids as they were asked for. */
static struct answer_document *list_documents(const struct inquiry *q)
{
	struct answer_document *list =
	    xcalloc(q->documents.count + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < q->found_ids.count; i++)
		list[n++] = (struct answer_document){
			.bytes = q->documents.at[i].ptr,
			.len = q->documents.at[i].len,
			.oid = q->found_ids.at[i],
		};
	return list;
}

static int write_answer(struct inquiry *q, const char *target, struct err *err)
{
	const struct dialect *d = q->ctx->dialect;
	struct received *r = q->out;
	int64_t now = world_now(q->ctx->world);
	struct answer_draft draft = draft_answer(q, target, now);
	struct fault_memory memory;
	struct answer_document *documents = NULL;
	char id[160];
	int rc = -1;

	/* As the senders of known messages make theirs: device.1.ms.n */
	snprintf(id, sizeof(id), "%.100s.1.%lld.%llu",
	    dialect_text(d, DK_RECEIVER_ID), (long long)(now / 1000),
	    (unsigned long long)q->in->number);
	draft.message_id = id;
	add_details(&draft, q);
	documents = list_documents(q);
	draft.documents = documents;
	draft.document_count = q->documents.count;
	fault_bend_draft(q->ctx->faults, q, &draft, &memory);
	buf_clear(&r->answer);
	soap_open(&r->answer, r->envelope);
	if (answer_write(&r->answer, &draft, d, err) < 0)
		goto out;
	soap_close(&r->answer, r->envelope);
	str_copy(r->media_type, sizeof(r->media_type),
	    envelope_media_type(r->envelope));
	r->status = 200;
	rc = buf_check(&r->answer, "the answer", err);
out:
	release_details(&draft);
	free(documents);
	return rc;
}

/* ---- What is found */

/* Identity codes outside the 900 series, wherever they stand. */
static void look_for_identities(struct inquiry *q)
{
	struct guard_report report = { 0 };

	if (guard_scan(&report, q->in->body, q->in->len, NULL))
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
	[FRAME_FETCH] = { judge_fetch, apply_fetch },
	[FRAME_FETCH_ANSWER] = { judge_unknown, NULL },
	[FRAME_ACK] = { judge_unknown, NULL },
	[FRAME_UNKNOWN] = { judge_unknown, NULL },
};

static void note_message(struct inquiry *q)
{
	struct received *r = q->out;
	const char *document = q->frame.value[FF_DOCUMENT_ID];

	if (!document && q->asked.count)
		document = q->asked.at[0];
	copy_safe(r->interaction, sizeof(r->interaction),
	    q->frame.value[FF_INTERACTION]);
	copy_safe(r->message_id, sizeof(r->message_id),
	    q->frame.value[FF_MESSAGE_ID]);
	copy_safe(r->document_oid, sizeof(r->document_oid), document);
}

/* The parser's own words, without what the note says already. */
static const char *parser_words(const char *msg)
{
	static const char said[] = "not well-formed XML: ";

	return str_starts(msg, said) ? msg + strlen(said) : msg;
}

/* "line:column: message", without the bytes around it. */
static struct note reason(
    struct note (*say)(const char *reason), const struct err *e)
{
	char text[NOTE_ARG];
	char place[32] = "";

	if (e->line)
		snprintf(place, sizeof(place), "%u:%u: ", e->line, e->column);
	snprintf(text, sizeof(text), "%s%.250s", place, parser_words(e->msg));
	return say(text);
}

/* No message that could be acknowledged: a SOAP fault, whatever came. */
static void answer_unreadable(struct inquiry *q, struct note why)
{
	int status = (int)dialect_number(q->ctx->dialect, DK_MALFORMED_STATUS);

	if (q->out->withheld)
		why = say_mock_malformed_withheld();
	note_mask(&why);
	q->out->outcome = OUTCOME_UNREADABLE;
	inquiry_find(q, DK_ERROR_INTEGRITY, FF_COUNT, why);
	write_fault(q->out, status, "Client", &why);
	q->answered = true;
}

static const char *own_id(xmlNode *root)
{
	xmlNode *id = xml_child(root, XMLNS_V3, "id");

	return id ? xml_attr(id, "root") : NULL;
}

/* A frame that breaks the rules, but tells its id, gets an acknowledgement. */
static void take_bad_frame(
    struct inquiry *q, xmlNode *root, const struct err *why)
{
	const char *id = own_id(root);

	if (!id) {
		answer_unreadable(q, reason(say_mock_frame, why));
		return;
	}
	copy_safe(q->out->interaction, sizeof(q->out->interaction),
	    (const char *)root->name);
	copy_safe(q->out->message_id, sizeof(q->out->message_id), id);
	q->out->outcome = OUTCOME_REJECTED;
	q->target = id;
	inquiry_find(
	    q, DK_ERROR_INTEGRITY, FF_COUNT, reason(say_mock_frame, why));
}

static void take_frame(struct inquiry *q)
{
	q->is_frame = true;
	q->target = inquiry_value(q, FF_MESSAGE_ID);
	q->keeps = !q->out->withheld;
	if (fault_find(q->ctx->faults, FAULT_ALWAYS_ACCEPT, q->in->number))
		q->keeps = false;
	kinds[q->frame.kind].judge(q);
	note_message(q);
}

static void take_payload(struct inquiry *q, xmlNode *payload)
{
	const struct dialect *d = q->ctx->dialect;
	struct err e = { 0 };

	if (!payload)
		answer_unreadable(q, say_mock_no_message("SOAP Fault"));
	else if (xml_is(payload, XMLNS_V3, "ClinicalDocument"))
		answer_unreadable(q, say_mock_bare_document(dialect_text(
					 d, DK_INTERACTION_ARCHIVE)));
	else if (frame_read(&q->frame, q->message, payload, d, &e) < 0)
		take_bad_frame(q, payload, &e);
	else
		take_frame(q);
}

static void take_message(struct inquiry *q)
{
	struct err e = { 0 };

	look_for_identities(q);
	q->message = xml_parse(q->in->body, q->in->len, "message", &e);
	if (!q->message) {
		answer_unreadable(q, reason(say_mock_malformed, &e));
		return;
	}
	if (soap_read(&q->soap, q->message, &e) < 0) {
		answer_unreadable(q, reason(say_mock_no_message, &e));
		return;
	}
	q->out->envelope = q->soap.envelope;
	take_payload(q, q->soap.payload);
}

struct inquiry *inquiry_open(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct inquiry *q = xcalloc(1, sizeof(*q));

	*q = (struct inquiry){ .ctx = ctx, .in = in, .out = out };
	buf_init(&q->document, LIMIT_DOCUMENT);
	memset(out, 0, sizeof(*out));
	buf_init(&out->answer, LIMIT_MESSAGE + ANSWER_ENVELOPE);
	q->answered = refuse_plainly(out, in, ctx);
	if (!q->answered)
		take_message(q);
	return q;
}

void inquiry_archive(struct inquiry *q)
{
	struct err err = { 0 };
	const struct kind_row *row = &kinds[q->frame.kind];

	if (!q->is_frame || !row->apply || row->apply(q, &err) == 0)
		return;
	received_fail(q->out, &err);
	q->answered = true;
}

/* ---- At the end */

/* The fault "always-accept" accepts even what cannot be read: some id of the
 * arc for examples stands for the message's own. */
static int accept_anyway(struct inquiry *q, struct err *err)
{
	if (!q->out->is_fault || q->out->outcome == OUTCOME_BROKEN ||
	    !fault_find(q->ctx->faults, FAULT_ALWAYS_ACCEPT, q->in->number))
		return 0;
	q->out->is_fault = false;
	q->out->outcome = OUTCOME_REJECTED;
	return write_answer(q, "2.999", err);
}

static int finish(struct inquiry *q, struct err *err)
{
	struct received *r = q->out;

	if (q->answered)
		return accept_anyway(q, err);
	if (q->is_frame && kinds[q->frame.kind].judge == judge_unknown)
		r->outcome = OUTCOME_REJECTED;
	else if (q->is_frame && r->findings.count > 0)
		r->outcome = OUTCOME_REFUSED;
	return write_answer(q, q->target, err);
}

/* A refused message is stored nowhere, and its answer must not tell more. */
static void withhold(struct received *r)
{
	struct guard_report report = { 0 };

	r->withheld_answer =
	    !guard_scan(&report, r->answer.ptr, r->answer.len, NULL);
}

static void inquiry_free(struct inquiry *q)
{
	VEC_EACH (struct buf, b, &q->documents)
		buf_release(b);
	VEC_RELEASE(&q->documents);
	VEC_RELEASE(&q->asked);
	VEC_RELEASE(&q->found_ids);
	xml_free(q->cda_doc);
	free(q->content_id);
	buf_release(&q->document);
	soap_release(&q->soap);
	xml_free(q->message);
	free(q);
}

void inquiry_close(struct inquiry *q)
{
	struct received *out = q->out;
	struct err err = { 0 };

	if (finish(q, &err) < 0)
		received_fail(out, &err);
	if (out->withheld)
		withhold(out);
	fault_bend_answer(q->ctx->faults, q->in->number, out);
	inquiry_free(q);
}

void receive(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct inquiry *q = inquiry_open(out, in, ctx);

	inquiry_archive(q);
	inquiry_close(q);
}

void received_release(struct received *r)
{
	VEC_RELEASE(&r->findings);
	buf_release(&r->answer);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "mock/fill.h"
#include "mock/inquiry.h"
#include "mock/raw.h"

/* The header blocks that WS-Addressing wants, when the request had it. */
static void write_addressing(
    const struct received *r, const char *action, struct buf *header)
{
	char id[sizeof(r->answer_id) + 16];

	snprintf(id, sizeof(id), "urn:oid:%s", r->answer_id);
	addressing_write(header, &r->addressing, action, id);
}

void reply_fault(struct received *r, int status, enum soap_code code,
    const struct note *why, const char *blocks)
{
	struct buf reason[LANG_COUNT];
	struct buf header = BUF_INIT(LIMIT_KIB(128));
	struct soap_fault_draft draft = { .envelope = r->envelope,
		.code = code };

	for (size_t i = 0; i < LANG_COUNT; i++) {
		buf_init(&reason[i], LIMIT_KIB(8));
		note_render(&reason[i], why, (enum lang)i);
		draft.reason[i] = reason[i].ptr;
	}
	write_addressing(r, addressing_fault_action(&r->addressing), &header);
	buf_adds(&header, blocks ? blocks : "");
	draft.header = header.ptr;
	buf_clear(&r->answer);
	soap_write_fault(&r->answer, &draft);
	str_copy(r->media_type, sizeof(r->media_type),
	    envelope_media_type(r->envelope));
	r->status = status;
	r->is_fault = true;
	buf_release(&header);
	for (size_t i = 0; i < LANG_COUNT; i++)
		buf_release(&reason[i]);
}

void received_fail(struct received *r, const struct err *why)
{
	struct note note = say_mock_broken(why->msg);

	if (!r->answer.cap) /* nothing was even tried */
		buf_init(&r->answer, REPLY_MAX);
	r->outcome = OUTCOME_BROKEN;
	r->stored = false;
	r->deed = DEED_ANSWER;
	r->field = r->field_value = NULL;
	raw_free(r->raw);
	r->raw = NULL;
	str_copy(r->trouble, sizeof(r->trouble), why->msg);
	reply_fault(r, REPLY_STATUS_FAULT, SOAP_RECEIVER, &note, NULL);
}

/* acknowledgementDetail/@typeCode (HL7 V3 AcknowledgementDetailType) */
static const char *const level_codes[] = {
	[LEVEL_ERROR] = "E",
	[LEVEL_WARNING] = "W",
	[LEVEL_INFORMATION] = "I",
};

static void render_refusal(struct buf *to, const struct refusal *f)
{
	struct buf inner = BUF_INIT(LIMIT_KIB(4));
	struct note note = { 0 };

	if (f->code != DK_ERROR_IDENTITY || f->by_policy) {
		refusal_render(to, f, LANG_FI);
		return;
	}
	note_render(&inner, &f->what, LANG_FI);
	note = say_mock_identity(inner.ptr);
	note_render(to, &note, LANG_FI);
	buf_release(&inner);
}

static void add_details(struct answer_draft *draft, const struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;

	VEC_EACH (const struct refusal, f, &q->out->findings) {
		struct buf text = BUF_INIT(LIMIT_KIB(8));
		struct ack_detail *detail = VEC_PUSH(&draft->details);

		render_refusal(&text, f);
		detail->type = xstrdup(level_codes[f->level]);
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

/* What answers a query that is accepted; all else gets an acknowledgement. */
static enum frame_kind answer_kind(const struct inquiry *q)
{
	if (q->out->outcome != OUTCOME_ACCEPTED)
		return FRAME_ACK;
	if (q->frame.kind == FRAME_QUERY)
		return FRAME_QUERY_ANSWER;
	return q->frame.kind == FRAME_FETCH ? FRAME_FETCH_ANSWER : FRAME_ACK;
}

/* What the message tells of itself; a bent answer may lack even that. */
static struct answer_draft draft_answer(
    const struct inquiry *q, const char *target, int64_t now)
{
	const struct dialect *d = q->ctx->dialect;
	const char *us = dialect_text(d, DK_RECEIVER_ID);
	return (struct answer_draft){
		.kind = answer_kind(q),
		.code = ack_code(q),
		.target_id = target,
		.receiver = or_else(q->frame.value[FF_SENDER], us),
		.sender = or_else(q->frame.value[FF_RECEIVER], us),
		.now = now,
		.query_total = q->results.total,
		.query_id = q->query.id ? q->query.id : "",
		.query = q->frame.query,
		.query_code = dialect_text(d,
		    q->documents.count ? DK_QUERY_FOUND : DK_QUERY_NOT_FOUND),
		.serial = q->in->number,
	};
}

static void fill_documents(struct inquiry *q, int64_t now)
{
	for (size_t i = 0; i < q->documents.count; i++) {
		const struct fill_facts facts = {
			.received = q->results.at[i].received,
			.now = now,
		};
		fill_document(&q->documents.at[i], &facts, q->ctx->dialect);
	}
}

/* Of a cancelled document nothing but that it is is told. */
static struct answer_document *list_documents(const struct inquiry *q)
{
	const char *cancelled = dialect_text(q->ctx->dialect, DK_CANCEL_STATUS);
	struct answer_document *list =
	    xcalloc(q->documents.count + 1, sizeof(*list));

	for (size_t i = 0; i < q->documents.count; i++) {
		const struct archive_found *f = &q->results.at[i];
		bool gone = f->status == ARCHIVE_CANCELLED;
		list[i] = (struct answer_document){
			.bytes = q->documents.at[i].ptr,
			.len = q->documents.at[i].len,
			.oid = f->oid,
			.metadata_only = gone || q->frame.kind == FRAME_QUERY,
			.status = gone ? cancelled : NULL,
		};
	}
	return list;
}

/* The name of the message that answers: what its action is made of. */
static void write_answer_header(
    const struct inquiry *q, enum frame_kind kind, struct buf *header)
{
	static const enum dialect_key names[] = {
		[FRAME_FETCH_ANSWER] = DK_INTERACTION_FETCH_ANSWER,
		[FRAME_QUERY_ANSWER] = DK_INTERACTION_QUERY_ANSWER,
		[FRAME_ACK] = DK_INTERACTION_ACK,
	};
	const struct dialect *d = q->ctx->dialect;
	struct buf action = BUF_INIT(LIMIT_KIB(4));

	soap_action(&action, d, dialect_text(d, names[kind]));
	write_addressing(q->out, action.ptr, header);
	buf_release(&action);
}

int reply_write(struct inquiry *q, const char *target, struct err *err)
{
	const struct dialect *d = q->ctx->dialect;
	struct received *r = q->out;
	int64_t now = world_now(q->ctx->world);
	struct answer_draft draft = draft_answer(q, target, now);
	struct fault_memory memory;
	struct answer_document *documents = NULL;
	struct buf header = BUF_INIT(LIMIT_KIB(64));
	int rc = -1;

	draft.message_id = r->answer_id;
	add_details(&draft, q);
	fill_documents(q, now);
	documents = list_documents(q);
	draft.documents = documents;
	draft.document_count = q->documents.count;
	fault_bend_draft(q, &draft, &memory);
	buf_clear(&r->answer);
	write_answer_header(q, draft.kind, &header);
	soap_open_header(&r->answer, r->envelope, header.ptr);
	if (answer_write(&r->answer, &draft, d, err) < 0)
		goto out;
	fault_add_strays(q, &r->answer);
	soap_close(&r->answer, r->envelope);
	str_copy(r->media_type, sizeof(r->media_type),
	    envelope_media_type(r->envelope));
	r->status = 200;
	rc = buf_check(&r->answer, "the answer", err);
out:
	buf_release(&header);
	release_details(&draft);
	free(documents);
	return rc;
}

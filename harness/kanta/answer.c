/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/answer.h"

#include "base/limits.h"
#include "kanta/copy.h"
#include "kanta/write.h"

struct writer {
	struct buf *to;
	const struct answer_draft *draft;
	const struct dialect *d;
};

/* ---- acknowledgement */

static void write_detail(const struct writer *w, const struct ack_detail *a)
{
	buf_adds(w->to, "<acknowledgementDetail");
	if (a->type && *a->type) {
		buf_adds(w->to, " typeCode=\"");
		buf_add_xmls(w->to, a->type);
		buf_addc(w->to, '"');
	}
	buf_addc(w->to, '>');
	if (a->code && *a->code)
		put_2(w->to, "code", "code", a->code, "codeSystem",
		    a->code_system);
	if (a->text && *a->text) {
		buf_adds(w->to, "<text>");
		copy_text(w->to, a->text, strlen(a->text));
		buf_adds(w->to, "</text>");
	}
	if (a->location && *a->location) {
		buf_adds(w->to, "<location>");
		copy_text(w->to, a->location, strlen(a->location));
		buf_adds(w->to, "</location>");
	}
	buf_adds(w->to, "</acknowledgementDetail>");
}

static void write_acknowledgement(const struct writer *w)
{
	const struct answer_draft *draft = w->draft;
	bool attribute =
	    dialect_choice(w->d, DK_ACK_FORM) == ACK_FORM_ATTRIBUTE;
	buf_adds(w->to, "<acknowledgement");
	if (attribute) {
		buf_adds(w->to, " typeCode=\"");
		buf_add_xmls(w->to, draft->code);
		buf_adds(w->to, "\">");
	} else {
		buf_addc(w->to, '>');
		put_1(w->to, "typeCode", "code", draft->code);
	}
	if (draft->target_id) {
		buf_adds(w->to, "<targetMessage>");
		put_1(w->to, "id", "root", draft->target_id);
		buf_adds(w->to, "</targetMessage>");
	}
	for (size_t i = 0; i < draft->details.count; i++)
		write_detail(w, &draft->details.at[i]);
	buf_adds(w->to, "</acknowledgement>");
}

/* ---- The answer to a query */

static void write_parsed(const struct writer *w, const struct cda *cda,
    const struct answer_document *document, uint64_t serial)
{
	static const char *const nothing_set[FF_COUNT];
	const struct document_draft draft = {
		.cda = cda,
		.set = nothing_set,
		.bytes = document->bytes,
		.len = document->len,
		.metadata_only = document->metadata_only,
		.content_id = document->oid,
		.status = document->status ? document->status
					   : dialect_text(w->d, DK_STATUS_CODE),
		.related = true,
		.now = w->draft->now,
		.serial = serial,
	};
	document_write(w->to, &draft, w->d);
}

static int write_document(const struct writer *w,
    const struct answer_document *document, uint64_t serial, struct err *err)
{
	struct xml_doc *doc =
	    xml_parse(document->bytes, document->len, document->oid, err);
	struct cda cda;
	int rc = doc ? cda_read(&cda, doc, err) : -1;
	if (rc == 0)
		write_parsed(w, &cda, document, serial);
	xml_free(doc);
	return rc;
}

static void write_number(const struct writer *w, const char *name, size_t n)
{
	buf_addf(w->to, "<%s value=\"%zu\"/>", name, n);
}

static void write_query(const struct writer *w)
{
	const struct answer_draft *draft = w->draft;
	size_t total = draft->query_total > draft->document_count
			   ? draft->query_total
			   : draft->document_count;
	buf_adds(w->to, "<queryAck>");
	if (draft->query_id)
		put_1(w->to, "queryId", "root", draft->query_id);
	if (draft->query_code)
		put_1(w->to, "queryResponseCode", "code", draft->query_code);
	write_number(w, "resultTotalQuantity", total);
	write_number(w, "resultCurrentQuantity", draft->document_count);
	write_number(
	    w, "resultRemainingQuantity", total - draft->document_count);
	buf_adds(w->to, "</queryAck>");
	if (draft->query) {
		copy_element(w->to, draft->query, XMLNS_V3, NULL);
	} else if (draft->query_id) {
		buf_adds(w->to, "<queryByParameter>");
		put_1(w->to, "queryId", "root", draft->query_id);
		buf_adds(w->to, "</queryByParameter>");
	}
}

static int write_act(const struct writer *w, struct err *err)
{
	const struct answer_draft *draft = w->draft;
	buf_adds(w->to, "<controlActProcess moodCode=\"EVN\">");
	for (size_t i = 0; i < draft->document_count; i++)
		if (write_document(
			w, &draft->documents[i], draft->serial + i, err) != 0)
			return -1;
	write_query(w);
	buf_adds(w->to, "</controlActProcess>");
	return 0;
}

/* ---- The message */

static enum dialect_key interaction_of(enum frame_kind kind)
{
	if (kind == FRAME_QUERY_ANSWER)
		return DK_INTERACTION_QUERY_ANSWER;
	return kind == FRAME_FETCH_ANSWER ? DK_INTERACTION_FETCH_ANSWER
					  : DK_INTERACTION_ACK;
}

int answer_write(struct buf *to, const struct answer_draft *draft,
    const struct dialect *d, struct err *err)
{
	const struct writer w = { .to = to, .draft = draft, .d = d };
	enum dialect_key key = interaction_of(draft->kind);
	const char *interaction = dialect_text(d, key);
	bool first = dialect_choice(d, DK_ACK_PLACE) == ACK_BEFORE_RECEIVER;
	char time[TIME_TEXT];
	creation_time(time, draft->now, d);
	const struct wrapper wrapper = {
		.root = interaction,
		.message_id = draft->message_id,
		.creation_time = time,
		.interaction = interaction,
		.processing_code = dialect_text(d, DK_PROCESSING_CODE),
		.accept_ack = "NE", /* HL7 V3: fixed in an acknowledgement */
		.receiver = draft->receiver,
		.sender = draft->sender,
	};
	wrapper_open(to, &wrapper, d);
	if (first)
		write_acknowledgement(&w);
	wrapper_parties(to, &wrapper);
	if (!first)
		write_acknowledgement(&w);
	if (key != DK_INTERACTION_ACK && write_act(&w, err) != 0)
		return -1;
	wrapper_close(to, &wrapper);
	return buf_check(to, "the answer", err);
}

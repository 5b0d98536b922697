/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "kanta/copy.h"
#include "kanta/query.h"
#include "kanta/write.h"

#include <inttypes.h>
#include <libxml/tree.h>
#include <stdlib.h>

/*
 * Every field is settled before the first byte is written: the draft's value,
 * else the document's, else the dialect's or one made here.
 */
struct writer {
	struct buf *to;
	const struct frame_draft *draft;
	const struct dialect *d;
	struct cda cda;
	const char *value[FF_COUNT];
	char time[TIME_TEXT];
	char *message_id, *query_id; /* made here */
};

/* ---- Settling the fields */

/* Which keys of the dialect belong to a kind of message. */
struct kind_keys {
	enum dialect_key interaction, trigger, service;
};

static const struct kind_keys *keys_of(enum frame_kind kind)
{
	static const struct kind_keys archive = { DK_INTERACTION_ARCHIVE,
		DK_TRIGGER_ARCHIVE, DK_SERVICE_ARCHIVE };
	static const struct kind_keys replace = { DK_INTERACTION_REPLACE,
		DK_TRIGGER_REPLACE, DK_SERVICE_ARCHIVE };
	static const struct kind_keys cancel = { DK_INTERACTION_CANCEL,
		DK_TRIGGER_CANCEL, DK_SERVICE_CANCEL };
	static const struct kind_keys query = { DK_INTERACTION_QUERY,
		DK_TRIGGER_QUERY, DK_SERVICE_QUERY };
	static const struct kind_keys fetch = { DK_INTERACTION_FETCH,
		DK_TRIGGER_FETCH, DK_SERVICE_FETCH };
	switch (kind) {
	case FRAME_ARCHIVE:
		return &archive;
	case FRAME_REPLACE:
		return &replace;
	case FRAME_CANCEL:
		return &cancel;
	case FRAME_QUERY:
		return &query;
	case FRAME_FETCH:
		return &fetch;
	case FRAME_QUERY_ANSWER:
	case FRAME_FETCH_ANSWER:
	case FRAME_ACK:
	case FRAME_UNKNOWN:
		break;
	}
	BUG("this kind of message is not written here");
}

static void settle(struct writer *w, enum frame_field f, const char *value)
{
	if (!w->value[f])
		w->value[f] = value;
}

static void settle_key(
    struct writer *w, enum frame_field f, enum dialect_key key)
{
	const char *value = dialect_text(w->d, key);
	/* An empty text in a dialect means: left out. */
	if (*value)
		settle(w, f, value);
}

static void settle_from_dialect(struct writer *w)
{
	const struct kind_keys *keys = keys_of(w->draft->kind);
	settle_key(w, FF_ROOT, keys->interaction);
	settle_key(w, FF_INTERACTION, keys->interaction);
	settle_key(w, FF_TRIGGER, keys->trigger);
	settle_key(w, FF_SERVICE, keys->service);
	settle_key(w, FF_SERVICE_SYSTEM, DK_SERVICE_SYSTEM);
	settle_key(w, FF_RECEIVER, DK_RECEIVER_ID);
	settle_key(w, FF_PROCESSING_CODE, DK_PROCESSING_CODE);
	if (w->draft->kind == FRAME_REPLACE)
		settle_key(w, FF_REASON, DK_REPLACE_REASON);
	if (w->draft->kind == FRAME_CANCEL) {
		settle_key(w, FF_REASON, DK_CANCEL_REASON);
		settle_key(w, FF_REASON_SYSTEM, DK_CANCEL_REASON_SYSTEM);
		settle_key(w, FF_STATUS, DK_CANCEL_STATUS);
	}
	settle_key(w, FF_REASON_SYSTEM, DK_REPLACE_REASON_SYSTEM);
	settle_key(w, FF_STATUS, DK_STATUS_CODE);
}

/* Ids as the archive's users make them: device.milliseconds.n */
static void settle_made(struct writer *w)
{
	const struct frame_draft *draft = w->draft;
	creation_time(w->time, draft->now, w->d);
	settle(w, FF_CREATION_TIME, w->time);
	if (!w->value[FF_MESSAGE_ID] && w->value[FF_SENDER]) {
		w->message_id = xasprintf("%s.%" PRId64 ".%" PRIu64,
		    w->value[FF_SENDER], draft->now / 1000, draft->serial);
		settle(w, FF_MESSAGE_ID, w->message_id);
	}
	if (!w->value[FF_QUERY_ID] && w->value[FF_MESSAGE_ID]) {
		w->query_id = xasprintf("%s.1", w->value[FF_MESSAGE_ID]);
		settle(w, FF_QUERY_ID, w->query_id);
	}
}

static int check_mandatory(const struct writer *w, struct err *err)
{
	static const enum frame_field mandatory[] = { FF_SENDER, FF_RECEIVER,
		FF_ORGANISATION };
	for (size_t i = 0; i < COUNTOF(mandatory); i++) {
		if (w->value[mandatory[i]])
			continue;
		err_set(err, ERR_KANTA, "the message lacks its %s (%s)",
		    frame_field_name(mandatory[i]),
		    frame_field_meaning(mandatory[i]));
		return err_hint(err,
		    "give it in the project file, or in the case by <with "
		    "name=\"%s\" …/>",
		    frame_field_name(mandatory[i]));
	}
	const char *root = w->value[FF_ROOT];
	if (xmlValidateNCName((const xmlChar *)root, 0) != 0)
		return err_set(err, ERR_KANTA,
		    "'%s' can't be the name of a message", root);
	return 0;
}

static bool is_query(enum frame_kind kind)
{
	return kind == FRAME_QUERY || kind == FRAME_FETCH;
}

static int settle_all(struct writer *w, struct err *err)
{
	const struct frame_draft *draft = w->draft;
	memcpy(w->value, draft->value, sizeof(w->value));
	if (!is_query(draft->kind)) {
		if (!draft->document)
			return err_set(
			    err, ERR_KANTA, "there is no document to send");
		if (cda_read(&w->cda, draft->document, err) != 0)
			return -1;
		for (int f = 0; f < FF_COUNT; f++)
			settle(w, (enum frame_field)f, w->cda.value[f]);
		settle(w, FF_CONTENT_ID, w->cda.value[FF_DOCUMENT_ID]);
	}
	settle_from_dialect(w);
	settle_made(w);
	return check_mandatory(w, err);
}

/* ---- controlActProcess */

static void write_code(const struct writer *w, const char *name,
    enum frame_field code, const char *system)
{
	if (w->value[code])
		put_2(
		    w->to, name, "code", w->value[code], "codeSystem", system);
}

/* A value of the dialect's, left out when it is empty. */
static void write_key(const struct writer *w, const char *name,
    enum dialect_key code, const char *system)
{
	const char *text = dialect_text(w->d, code);
	if (*text)
		put_2(w->to, name, "code", text, "codeSystem", system);
}

/* The document's first author, as who makes the request. */
static void write_person(const struct writer *w)
{
	xmlNode *author = w->cda.root ? xml_down(w->cda.root, XMLNS_V3,
					    "author/assignedAuthor")
				      : NULL;
	if (dialect_choice(w->d, DK_PERFORMER) != PERFORMER_PERSON || !author)
		return;
	copy_children(w->to, author, "id");
	copy_children(w->to, author, "assignedPerson");
}

static void write_act_start(const struct writer *w)
{
	const char *class_code = dialect_text(w->d, DK_ACT_CLASS);
	buf_adds(w->to, "<controlActProcess");
	if (*class_code) {
		buf_adds(w->to, " classCode=\"");
		buf_add_xmls(w->to, class_code);
		buf_addc(w->to, '"');
	}
	buf_adds(w->to, " moodCode=\"");
	buf_add_xmls(w->to, dialect_text(w->d, DK_MOOD_CODE));
	buf_adds(w->to, "\">");
}

static void write_act_head(const struct writer *w)
{
	write_act_start(w);
	write_code(w, "code", FF_TRIGGER, V3_TRIGGERS);
	write_key(w, "priorityCode", DK_PRIORITY_CODE, NULL);
	write_code(w, "reasonCode", FF_SERVICE, w->value[FF_SERVICE_SYSTEM]);
	write_key(w, "reasonCode", DK_USE_SITUATION,
	    dialect_text(w->d, DK_USE_SITUATION_SYSTEM));
	buf_adds(w->to, "<authorOrPerformer typeCode=\"PRF\"><assignedPerson>");
	write_person(w);
	buf_adds(w->to, "<representedOrganization>");
	put_1(w->to, "id", "root", w->value[FF_ORGANISATION]);
	buf_adds(w->to,
	    "</representedOrganization></assignedPerson></authorOrPerformer>");
}

static bool wants_related(const struct frame_draft *draft)
{
	return draft->kind == FRAME_REPLACE || draft->value[FF_RELATED_ID];
}

static void write_document(const struct writer *w)
{
	const struct frame_draft *draft = w->draft;
	const struct document_draft document = {
		.cda = &w->cda,
		.set = draft->value,
		.bytes = draft->bytes,
		.len = draft->len,
		.metadata_only = draft->kind == FRAME_CANCEL,
		.content_id = w->value[FF_CONTENT_ID],
		.status = w->value[FF_STATUS],
		.reason = w->value[FF_REASON],
		.reason_system = w->value[FF_REASON_SYSTEM],
		.related = wants_related(draft),
		.now = draft->now,
		.serial = draft->serial,
	};
	document_write(w->to, &document, w->d);
}

static int write_query(const struct writer *w, struct err *err)
{
	const struct query *given = w->draft->query;
	struct query q = { .id = "" };
	int rc = given ? 0 : query_make(&q, w->value, w->d, err);
	const struct query *from = given ? given : &q;
	if (rc == 0 && w->draft->kind == FRAME_FETCH && from->count == 0)
		rc = err_set(err, ERR_KANTA,
		    "the query asks for no document (document-id)");
	if (rc == 0) {
		struct query shown = *from;
		if (!*shown.id && w->value[FF_QUERY_ID])
			shown.id = w->value[FF_QUERY_ID];
		query_write(w->to, &shown);
	}
	query_release(&q);
	return rc;
}

/* ---- The message */

static int write_message(const struct writer *w, struct err *err)
{
	const struct wrapper wrapper = {
		.root = w->value[FF_ROOT],
		.message_id = w->value[FF_MESSAGE_ID],
		.creation_time = w->value[FF_CREATION_TIME],
		.interaction = w->value[FF_INTERACTION],
		.processing_code = w->value[FF_PROCESSING_CODE],
		.accept_ack = dialect_text(w->d, DK_ACCEPT_ACK),
		.receiver = w->value[FF_RECEIVER],
		.sender = w->value[FF_SENDER],
		.profiles = true,
	};
	wrapper_open(w->to, &wrapper, w->d);
	wrapper_parties(w->to, &wrapper);
	write_act_head(w);
	if (!is_query(w->draft->kind))
		write_document(w);
	else if (write_query(w, err) != 0)
		return -1;
	buf_adds(w->to, "</controlActProcess>");
	wrapper_close(w->to, &wrapper);
	return buf_check(w->to, "the message", err);
}

int frame_write(struct buf *to, const struct frame_draft *draft,
    const struct dialect *d, struct err *err)
{
	struct writer w = { .to = to, .draft = draft, .d = d };
	int rc = settle_all(&w, err);
	if (rc == 0)
		rc = write_message(&w, err);
	free(w.message_id);
	free(w.query_id);
	return rc;
}

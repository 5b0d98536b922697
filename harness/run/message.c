/* SPDX-License-Identifier: Apache-2.0 */
#include "run/message.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/soap.h"

/* The step's `with` values, expanded; index = frame field. */
struct overrides {
	char *value[FF_COUNT];
};

static void overrides_release(struct overrides *o)
{
	for (size_t i = 0; i < FF_COUNT; i++)
		free(o->value[i]);
}

static int expand_overrides(
    const struct message_request *request, struct overrides *o, struct err *err)
{
	VEC_EACH (struct with, w, &request->step->with) {
		int field = frame_field_find(w->name);
		if (field < 0)
			BUG("the loader let an unknown frame field pass");
		struct buf value = BUF_INIT(LIMIT_VALUE);
		struct err missing = { 0 };
		if (vars_expand(request->vars, &value, w->value,
			strlen(w->value), false, &missing) < 0) {
			buf_release(&value);
			if (missing.kind == ERR_LIMIT)
				return err_set(
				    err, ERR_LIMIT, "%s", missing.msg);
			return MESSAGE_NEEDS_MORE;
		}
		free(o->value[field]);
		o->value[field] = buf_detach(&value, NULL);
	}
	return 0;
}

/* The parties that the project names stand where the case says nothing. */
static void add_party(const struct message_request *request,
    struct overrides *o, enum frame_field field, const char *role)
{
	const struct organisation *party =
	    project_organisation(request->setup->project, role);
	if (!o->value[field] && party)
		o->value[field] = xstrdup(party->oid);
}

/* What makes a replacement a cancellation. */
static void add_cancel_reason(
    const struct message_request *request, struct overrides *o)
{
	static const struct {
		enum frame_field field;
		enum dialect_key key;
	} rows[] = {
		{ FF_REASON, DK_CANCEL_REASON },
		{ FF_REASON_SYSTEM, DK_CANCEL_REASON_SYSTEM },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (!o->value[rows[i].field])
			o->value[rows[i].field] = xstrdup(
			    dialect_text(request->setup->dialect, rows[i].key));
}

/*
 * The message id as real messages have it: sending device, 1, milliseconds, a
 * number (seen in test-environment messages of 2017).
 */
static void add_message_id(
    const struct message_request *request, struct overrides *o, uint64_t serial)
{
	if (o->value[FF_MESSAGE_ID] || !o->value[FF_SENDER])
		return;
	o->value[FF_MESSAGE_ID] =
	    xasprintf("%s.1.%lld.%llu", o->value[FF_SENDER],
		(long long)(world_now(request->setup->world) / 1000),
		(unsigned long long)(serial % 1000000000));
}

static enum frame_kind frame_kind_of(enum send_message message)
{
	switch (message) {
	case SEND_ARCHIVE:
		return FRAME_ARCHIVE;
	case SEND_REPLACE:
		return FRAME_REPLACE;
	case SEND_CANCEL_VERSION:
		return FRAME_REPLACE;
	case SEND_CANCEL:
		return FRAME_CANCEL;
	case SEND_QUERY:
		return FRAME_QUERY;
	case SEND_FETCH:
		return FRAME_FETCH;
	case SEND_RAW:
	case SEND_PROBE:
		break;
	}
	BUG("a message without a frame");
}

/* What the dialect calls this message's action. */
static void write_action(const struct run_setup *s, enum frame_kind kind,
    const char *root, struct buf *to)
{
	static const enum dialect_key interactions[] = {
		[FRAME_ARCHIVE] = DK_INTERACTION_ARCHIVE,
		[FRAME_REPLACE] = DK_INTERACTION_REPLACE,
		[FRAME_CANCEL] = DK_INTERACTION_CANCEL,
		[FRAME_QUERY] = DK_INTERACTION_QUERY,
		[FRAME_FETCH] = DK_INTERACTION_FETCH,
	};
	const char *name =
	    root ? root : dialect_text(s->dialect, interactions[kind]);

	soap_action(to, s->dialect, name);
}

static int build_frame(const struct message_request *request, struct buf *body,
    struct exchange *x, struct overrides *o, struct err *err)
{
	const struct run_setup *s = request->setup;
	const struct document *doc = request->document;
	uint64_t serial = world_id(
	    s->world, request->tc->id, request->step->id, request->attempt);
	struct frame_draft draft = {
		.kind = frame_kind_of(request->step->message),
		.now = world_now(s->world),
		.serial = serial,
	};
	add_party(request, o, FF_SENDER, "lahettava-laite");
	add_party(request, o, FF_ORGANISATION, "palvelunantaja");
	if (request->step->message == SEND_CANCEL_VERSION)
		add_cancel_reason(request, o);
	add_message_id(request, o, serial);
	if (o->value[FF_MESSAGE_ID])
		str_copy(x->message_id, sizeof(x->message_id),
		    o->value[FF_MESSAGE_ID]);
	for (size_t i = 0; i < FF_COUNT; i++)
		draft.value[i] = o->value[i];
	if (doc) {
		draft.document = doc->doc;
		draft.bytes = doc->bytes.ptr;
		draft.len = doc->bytes.len;
	}
	enum envelope envelope =
	    (enum envelope)dialect_choice(s->dialect, DK_ENVELOPE);
	soap_open(body, envelope);
	int rc = frame_write(body, &draft, s->dialect, err);
	soap_close(body, envelope);
	return rc;
}

/* "dialect:KEY" or digits: so many bytes of white space inside an element, an
 * honest shape of the wrong size. */
static int build_filler(
    const struct message_request *request, struct buf *body, struct err *err)
{
	static const char prefix[] = "dialect:";
	const char *fill = request->step->fill;
	uint64_t n = 0;
	if (str_starts(fill, prefix)) {
		int key = dialect_key_find(fill + strlen(prefix));
		if (key < 0)
			BUG("the loader let an unknown dialect key pass");
		n = dialect_number(
		    request->setup->dialect, (enum dialect_key)key);
	} else if (str_number(fill, 0, LIMIT_MESSAGE, &n, err) < 0) {
		return -1;
	}
	buf_adds(body, "<filler>");
	char *to = buf_reserve(body, n);
	if (to) {
		memset(to, ' ', n);
		buf_grew(body, n);
	}
	buf_adds(body, "</filler>");
	return 0;
}

static int build_raw(
    const struct message_request *request, struct buf *body, struct err *err)
{
	const struct step *step = request->step;
	if (step->fill)
		return build_filler(request, body, err);
	char *path = path_join(request->setup->data, step->file);
	int rc = buf_read_file(body, path, err);
	free(path);
	return rc;
}

int message_build(const struct message_request *request, struct buf *body,
    struct buf *soap_action, struct exchange *x, struct err *err)
{
	struct overrides o = { { 0 } };
	int rc = 0;
	switch (request->step->message) {
	case SEND_PROBE:
		return 0;
	case SEND_RAW:
		rc = build_raw(request, body, err);
		break;
	case SEND_ARCHIVE:
	case SEND_REPLACE:
	case SEND_CANCEL:
	case SEND_CANCEL_VERSION:
	case SEND_QUERY:
	case SEND_FETCH:
		rc = expand_overrides(request, &o, err);
		if (rc == 0)
			rc = build_frame(request, body, x, &o, err);
		if (dialect_choice(request->setup->dialect, DK_ENVELOPE) !=
		    ENVELOPE_BARE)
			write_action(request->setup,
			    frame_kind_of(request->step->message),
			    o.value[FF_ROOT], soap_action);
		break;
	}
	if (rc == 0)
		rc = buf_check(body, "the message", err);
	if (rc == 0)
		rc = buf_check(soap_action, "the SOAPAction", err);
	overrides_release(&o);
	return rc;
}

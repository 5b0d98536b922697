/* SPDX-License-Identifier: Apache-2.0 */
#include "record/event.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "record/fields.h"

/* ---- The tables: what an event holds, in the order of the line. */

static const struct field head_fields[] = {
	FIELD_NEEDED(struct run_head, FIELD_BORROWED, "format", format),
	FIELD_NEEDED(struct run_head, FIELD_BORROWED, "id", id),
	FIELD_NEEDED(struct run_head, FIELD_BORROWED, "role", role),
	FIELD(struct run_head, FIELD_BORROWED, "tool", tool),
	FIELD(struct run_head, FIELD_BORROWED, "purpose", purpose),
	FIELD(struct run_head, FIELD_BORROWED, "lang", lang),
	FIELD(struct run_head, FIELD_BORROWED, "target", target),
	FIELD_NAMED(struct run_head, "answerer", answerer, answerer_names),
	FIELD(struct run_head, FIELD_BORROWED, "url", url),
	FIELD(struct run_head, FIELD_BORROWED, "dialect", dialect),
	FIELD(struct run_head, FIELD_BORROWED, "plan-sha256", plan_digest),
	FIELD(struct run_head, FIELD_UNSIGNED, "shard", shard),
	FIELD(struct run_head, FIELD_UNSIGNED, "shards", shards),
	FIELD(struct run_head, FIELD_UNSIGNED, "plan-cases", plan_cases),
	FIELD(struct run_head, FIELD_UNSIGNED, "jobs", jobs),
	FIELD(struct run_head, FIELD_BOOL, "strict", strict),
	FIELD(struct run_head, FIELD_BORROWED, "seed", seed),
	FIELD(struct run_head, FIELD_BORROWED, "system", system),
	FIELD(
	    struct run_head, FIELD_BORROWED, "system-version", system_version),
	FIELD(struct run_head, FIELD_BORROWED, "system-class", system_class),
	FIELD(struct run_head, FIELD_BORROWED, "tester", tester),
	{ .name = "planned",
	    .type = FIELD_LIST,
	    .offset = offsetof(struct run_head, planned),
	    .count = LIMIT_CASES },
};

static const struct field stored_fields[] = {
	FIELD(struct stored, FIELD_TEXT, "file", file),
	FIELD(struct stored, FIELD_SIZE, "bytes", bytes),
	FIELD(struct stored, FIELD_TEXT, "sha256", sha256),
};

static const struct field message_fields[] = {
	FIELD(struct message, FIELD_TEXT, "media-type", media_type),
	FIELD(struct message, FIELD_BOOL, "withheld", withheld),
	FIELD_NESTED(struct message, "head", head_stored, stored_fields),
	FIELD_NESTED(struct message, "body", body_stored, stored_fields),
};

static const struct field tls_fields[] = {
	FIELD(struct tls_facts, FIELD_TEXT, "version", version),
	FIELD(struct tls_facts, FIELD_TEXT, "cipher", cipher),
	FIELD(struct tls_facts, FIELD_INT, "alert", alert),
	FIELD(struct tls_facts, FIELD_BOOL, "alert-from-peer", alert_from_peer),
	FIELD(struct tls_facts, FIELD_TEXT, "peer-chain-sha256",
	    peer_chain_sha256),
	FIELD(struct tls_facts, FIELD_OWNED, "own-subject", own_subject),
};

static const struct field timing_fields[] = {
	FIELD(struct timing, FIELD_TIME, "started", started),
	FIELD(struct timing, FIELD_INT64, "connected-us", connected),
	FIELD(struct timing, FIELD_INT64, "secured-us", secured),
	FIELD(struct timing, FIELD_INT64, "first-byte-us", first_byte),
	FIELD(struct timing, FIELD_INT64, "ended-us", ended),
};

#define X struct exchange
static const struct field exchange_fields[] = {
	FIELD_NEEDED(X, FIELD_UNSIGNED, "seq", seq),
	FIELD(X, FIELD_TEXT, "case", case_id),
	FIELD(X, FIELD_TEXT, "step", step_id),
	FIELD(X, FIELD_UNSIGNED, "attempt", attempt),
	FIELD_NAMED(X, "maker", maker, maker_names),
	FIELD_NAMED(X, "way", way, way_names),
	FIELD_NAMED(X, "answerer", answerer, answerer_names),
	FIELD_NAMED(X, "ending", ending, ending_names),
	FIELD(X, FIELD_TEXT, "initiator", initiator),
	FIELD(X, FIELD_TEXT, "responder", responder),
	FIELD(X, FIELD_TEXT, "url", url),
	FIELD(X, FIELD_TEXT, "identity", identity),
	FIELD(X, FIELD_TEXT, "message", message),
	FIELD(X, FIELD_TEXT, "document", document),
	FIELD(X, FIELD_TEXT, "document-oid", document_oid),
	FIELD(X, FIELD_TEXT, "document-file", document_file),
	FIELD(X, FIELD_TEXT, "message-id", message_id),
	FIELD(X, FIELD_INT, "http-status", http_status),
	FIELD_NESTED(X, "request", request, message_fields),
	FIELD_NESTED(X, "response", response, message_fields),
	FIELD_NESTED(X, "tls", tls, tls_fields),
	FIELD_NESTED(X, "timing", timing, timing_fields),
	FIELD(X, FIELD_TEXT, "trouble", trouble),
	FIELD(X, FIELD_TEXT, "where", where),
	FIELD(X, FIELD_NOTE, "remark", remark),
};
#undef X

#define V struct verdict
static const struct field verdict_fields[] = {
	FIELD_NEEDED(V, FIELD_TEXT, "case", case_id),
	FIELD(V, FIELD_TEXT, "step", step_id),
	FIELD(V, FIELD_TEXT, "expectation", expectation_id),
	FIELD_NAMED(V, "kind", kind, result_names),
	FIELD(V, FIELD_UNSIGNED, "exchange", exchange),
	FIELD(V, FIELD_TEXT, "where", where),
	FIELD(V, FIELD_NOTE, "expected", expected),
	FIELD(V, FIELD_NOTE, "found", found),
	FIELD(V, FIELD_NOTE, "cause", cause),
	FIELD(V, FIELD_NOTE, "next", next),
	FIELD(V, FIELD_TEXT, "rule", rule),
};
#undef V

#define E struct log_event
static const struct field case_begin_fields[] = {
	FIELD_NEEDED(E, FIELD_TEXT, "case", case_id),
};
static const struct field kept_fields[] = {
	FIELD_NEEDED(E, FIELD_TEXT, "case", case_id),
	FIELD_NEEDED(E, FIELD_TEXT, "name", kept.name),
	FIELD(E, FIELD_OWNED, "value", kept.value),
};
static const struct field remark_fields[] = {
	FIELD(E, FIELD_TEXT, "case", case_id),
	FIELD(E, FIELD_TEXT, "step", remark.step_id),
	FIELD(E, FIELD_UNSIGNED, "exchange", remark.exchange),
	FIELD(E, FIELD_NOTE, "note", remark.note),
};
static const struct field sending_fields[] = {
	FIELD_NEEDED(E, FIELD_TEXT, "case", case_id),
	FIELD_NEEDED(E, FIELD_TEXT, "step", sending.step_id),
	FIELD_NEEDED(E, FIELD_UNSIGNED, "attempt", sending.attempt),
	FIELD(E, FIELD_TEXT, "message", sending.message),
	FIELD(E, FIELD_TEXT, "message-id", sending.message_id),
	FIELD(E, FIELD_TEXT, "document", sending.document),
	FIELD(E, FIELD_TEXT, "document-oid", sending.document_oid),
	FIELD(E, FIELD_TEXT, "url", sending.url),
};
static const struct field end_fields[] = {
	FIELD_NEEDED(E, FIELD_TEXT, "case", case_id),
	FIELD_NAMED(E, "kind", end.kind, result_names),
	FIELD_NEEDED(E, FIELD_INT64, "duration-us", end.duration_us),
};
static const struct field input_fields[] = {
	FIELD_NEEDED(E, FIELD_OWNED, "name", input.name),
	FIELD_NEEDED(E, FIELD_SIZE, "bytes", input.bytes),
	FIELD_NEEDED(E, FIELD_OWNED, "sha256", input.sha256),
	FIELD(E, FIELD_OWNED, "origin", input.origin),
};
#undef E

static const struct field seal_fields[] = {
	FIELD_NEEDED(struct seal, FIELD_UNSIGNED, "count", count),
	FIELD_NEEDED(struct seal, FIELD_TEXT, "head", head),
	FIELD(struct seal, FIELD_BOOL, "interrupted", interrupted),
};

static const char *const event_names[] = {
	[EVENT_BEGIN] = "begin",
	[EVENT_INPUT] = "input",
	[EVENT_CASE_BEGIN] = "case-begin",
	[EVENT_SENDING] = "sending",
	[EVENT_EXCHANGE] = "exchange",
	[EVENT_VERDICT] = "verdict",
	[EVENT_KEPT] = "kept",
	[EVENT_REMARK] = "remark",
	[EVENT_CASE_END] = "case-end",
	[EVENT_SEAL] = "seal",
};

/* The events of struct log_event: how each is called, and its members. */
static const struct {
	enum event_name name;
	const struct field *fields;
	size_t count;
} forms[] = {
#define FORM(kind, name, fields) [kind] = { name, fields, COUNTOF(fields) }
	FORM(LOG_CASE_BEGIN, EVENT_CASE_BEGIN, case_begin_fields),
	FORM(LOG_EXCHANGE, EVENT_EXCHANGE, exchange_fields),
	FORM(LOG_VERDICT, EVENT_VERDICT, verdict_fields),
	FORM(LOG_KEPT, EVENT_KEPT, kept_fields),
	FORM(LOG_REMARK, EVENT_REMARK, remark_fields),
	FORM(LOG_CASE_END, EVENT_CASE_END, end_fields),
	FORM(LOG_INPUT, EVENT_INPUT, input_fields),
	FORM(LOG_SENDING, EVENT_SENDING, sending_fields),
#undef FORM
};

/* ---- Writing */

static json_t *new_event(enum event_name name)
{
	json_t *o = json_object();
	json_object_set_new(o, "event", json_string(event_names[name]));
	return o;
}

json_t *event_begin(const struct run_head *head)
{
	json_t *o = new_event(EVENT_BEGIN);
	fields_write(o, head, head_fields, COUNTOF(head_fields));
	return o;
}

/* The struct that the event's table speaks of. */
static const void *subject(const struct log_event *e)
{
	if (e->kind == LOG_EXCHANGE)
		return e->exchange;
	return e->kind == LOG_VERDICT ? (const void *)&e->verdict : e;
}

json_t *event_write(const struct log_event *e)
{
	json_t *o = new_event(forms[e->kind].name);
	fields_write(
	    o, subject(e), forms[e->kind].fields, forms[e->kind].count);
	return o;
}

json_t *event_seal(unsigned count, const char *head, bool interrupted)
{
	struct seal seal = { .count = count, .interrupted = interrupted };
	str_copy(seal.head, sizeof(seal.head), head);
	json_t *o = new_event(EVENT_SEAL);
	fields_write(o, &seal, seal_fields, COUNTOF(seal_fields));
	return o;
}

/* ---- Reading */

struct frame {
	unsigned n;
	int64_t at;
	const char *prev, *event, *case_id;
};

static const struct field frame_fields[] = {
	FIELD_NEEDED(struct frame, FIELD_UNSIGNED, "n", n),
	FIELD_NEEDED(struct frame, FIELD_TIME, "at", at),
	FIELD_NEEDED(struct frame, FIELD_BORROWED, "prev", prev),
	FIELD_NEEDED(struct frame, FIELD_BORROWED, "event", event),
	FIELD(struct frame, FIELD_BORROWED, "case", case_id),
};

static enum event_name find_name(const char *name)
{
	for (size_t i = 0; i < COUNTOF(event_names); i++)
		if (streq(event_names[i], name))
			return (enum event_name)i;
	return EVENT_OTHER;
}

int event_parse(struct event *e, const char *text, size_t len, unsigned line,
    struct err *err)
{
	*e = (struct event){ .name = EVENT_OTHER, .prev = "", .case_id = "" };
	if (len > LIMIT_JOURNAL_LINE)
		return err_set(err, ERR_LIMIT,
		    "line %u of the journal is longer than %zu bytes", line,
		    LIMIT_JOURNAL_LINE);
	json_error_t why;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!json)
		return err_set(err, ERR_RECORD,
		    "line %u of the journal is no JSON: %s", line, why.text);
	struct frame frame = { .case_id = "" };
	if (fields_read(
		json, &frame, frame_fields, COUNTOF(frame_fields), err) < 0) {
		json_decref(json);
		return err_wrap(err, "line %u of the journal", line);
	}
	if (strlen(frame.case_id) >= NAME_MAX_ID) {
		json_decref(json);
		return err_set(err, ERR_RECORD,
		    "line %u of the journal: 'case' is too long", line);
	}
	*e = (struct event){ .json = json,
		.name = find_name(frame.event),
		.n = frame.n,
		.at = frame.at,
		.prev = frame.prev,
		.case_id = frame.case_id };
	return 0;
}

void event_release(struct event *e)
{
	json_decref(e->json);
	*e = (struct event){ .name = EVENT_OTHER, .prev = "", .case_id = "" };
}

static int check_format(const char *format, struct err *err)
{
	if (!str_starts(format, EVENT_FORMAT_NAME))
		return err_set(err, ERR_RECORD,
		    "the journal is of the format '%s', not '%s'", format,
		    EVENT_FORMAT);
	const char *version = format + strlen(EVENT_FORMAT_NAME);
	if (str_starts(version, "1."))
		return 0;
	err_set(err, ERR_RECORD,
	    "the journal is of the format '%s', and this version reads %s1.x",
	    format, EVENT_FORMAT_NAME);
	return err_hint(err, "read it with the esitesti that made it");
}

int event_read_head(
    const struct event *e, struct run_head *head, struct err *err)
{
	*head = (struct run_head){
		.started = e->at,
		.tool = "",
		.purpose = "",
		.lang = "",
		.target = "",
		.url = "",
		.dialect = "",
	};
	const char *format =
	    json_string_value(json_object_get(e->json, "format"));
	if (e->name != EVENT_BEGIN || !format)
		return err_set(err, ERR_RECORD,
		    "the journal does not begin with its format");
	if (check_format(format, err) < 0)
		return -1;
	return fields_read(
	    e->json, head, head_fields, COUNTOF(head_fields), err);
}

static int check_file(const struct stored *s, struct err *err)
{
	if (s->file[0] && !path_is_plain_name(s->file))
		return err_set(err, ERR_RECORD,
		    "'%s' is no name of a message file", s->file);
	if (s->sha256[0] && strlen(s->sha256) != DIGEST_TEXT - 1)
		return err_set(err, ERR_RECORD, "'sha256' is no digest");
	if (s->file[0] && !s->sha256[0])
		return err_set(err, ERR_RECORD, "'sha256' is missing");
	return 0;
}

/* Nothing that names a file may lead out of the folder. */
static int check_exchange(const struct exchange *x, struct err *err)
{
	const struct stored *const files[] = { &x->request.head_stored,
		&x->request.body_stored, &x->response.head_stored,
		&x->response.body_stored };
	for (size_t i = 0; i < COUNTOF(files); i++)
		if (check_file(files[i], err) < 0)
			return -1;
	const char *chain = x->tls.peer_chain_sha256;
	if (*chain && (strlen(chain) != DIGEST_TEXT - 1 ||
			  strspn(chain, "0123456789abcdef") != DIGEST_TEXT - 1))
		return err_set(
		    err, ERR_RECORD, "'peer-chain-sha256' is no digest");
	return 0;
}

static int check_input(const struct log_event *e, struct err *err)
{
	if (!input_name_is_plain(e->input.name))
		return err_set(err, ERR_RECORD, "'%s' is no name of an input",
		    e->input.name);
	return 0;
}

static int find_form(const struct event *e)
{
	for (size_t i = 0; i < COUNTOF(forms); i++)
		if (forms[i].name == e->name)
			return (int)i;
	return -1;
}

int event_read(const struct event *e, struct log_event *out, struct err *err)
{
	int form = find_form(e);
	if (form < 0)
		BUG("an event that is not for the reader");
	/* All bytes: an initialiser need not reach a union's later members. */
	memset(out, 0, sizeof(*out));
	out->kind = (enum log_event_kind)form;
	out->at = e->at;
	void *to = out;
	if (out->kind == LOG_EXCHANGE) {
		out->exchange = xmalloc(sizeof(*out->exchange));
		exchange_init(out->exchange);
		to = out->exchange;
	} else if (out->kind == LOG_VERDICT) {
		to = &out->verdict;
	}
	if (fields_read(
		e->json, to, forms[form].fields, forms[form].count, err) < 0)
		return -1;
	str_copy(out->case_id, sizeof(out->case_id), e->case_id);
	if (out->kind == LOG_EXCHANGE)
		return check_exchange(out->exchange, err);
	if (out->kind == LOG_INPUT)
		return check_input(out, err);
	/* An empty text is left out on writing. */
	if (out->kind == LOG_KEPT && !out->kept.value)
		out->kept.value = xstrdup("");
	return 0;
}

void event_log_release(struct log_event *e)
{
	if (e->kind == LOG_EXCHANGE && e->exchange) {
		exchange_release(e->exchange);
		free(e->exchange);
	} else if (e->kind == LOG_KEPT) {
		free(e->kept.value);
	} else if (e->kind == LOG_INPUT) {
		free(e->input.name);
		free(e->input.sha256);
		free(e->input.origin);
	}
	memset(e, 0, sizeof(*e));
}

int event_read_seal(const struct event *e, struct seal *out, struct err *err)
{
	*out = (struct seal){ 0 };
	return fields_read(
	    e->json, out, seal_fields, COUNTOF(seal_fields), err);
}

bool input_name_is_plain(const char *name)
{
	const char *slash = strchr(name, '/');
	if (!slash)
		return path_is_plain_name(name);
	char *first = xstrndup(name, (size_t)(slash - name));
	bool ok = path_is_plain_name(first) && path_is_plain_name(slash + 1);
	free(first);
	return ok;
}

void chain_file(char out[CHAIN_FILE], const char *sha256)
{
	snprintf(out, CHAIN_FILE, "%.16s.pem", sha256);
}

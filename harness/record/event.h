/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_EVENT_H
#define RECORD_EVENT_H

#include "record/reader.h"

#include <jansson.h>

/*
 * The events of journal.jsonl as JSON, both ways. A line is an object whose
 * first members are "n" (its number, from 1), "at" (RFC 3339), "prev" (SHA-256
 * of the line before it, without its line end; 64 zeros in the first) and
 * "event"; the rest is the event's own. The first event is "begin" and carries
 * "format"; the last of a whole journal is "seal".
 *
 * Format 1.0. A new event, a new member and a new note are a minor step, which
 * older readers ignore; anything else is a major step, which they refuse.
 */
#define EVENT_FORMAT	  "esitesti-run/1.0"
#define EVENT_FORMAT_NAME "esitesti-run/"

enum event_name {
	EVENT_BEGIN,
	EVENT_INPUT,
	EVENT_CASE_BEGIN,
	EVENT_SENDING,
	EVENT_EXCHANGE,
	EVENT_VERDICT,
	EVENT_KEPT,
	EVENT_REMARK,
	EVENT_CASE_END,
	EVENT_SEAL,
	EVENT_OTHER, /* of a newer minor version */
};

/* ---- Writing: objects without n, at and prev, which the journal gives. */
json_t *event_begin(const struct run_head *head);
/* Any of the kinds of struct log_event. */
json_t *event_write(const struct log_event *e);
json_t *event_seal(unsigned count, const char *head, bool interrupted);

/* ---- Reading */
struct event {
	json_t *json; /* owns the texts below */
	enum event_name name;
	unsigned n;
	int64_t at;
	const char *prev;
	const char *case_id; /* "" = of no case */
};

/*
 * One line, without its line end, of any origin. ERR_RECORD when it is no
 * event, ERR_LIMIT over LIMIT_JOURNAL_LINE; `line` counts from 1 for messages.
 */
NODISCARD int event_parse(struct event *e, const char *text, size_t len,
    unsigned line, struct err *err);
void event_release(struct event *e);

/* The first event; texts live as long as `e`. ERR_RECORD for another format or
 * major version. Release `head->planned` in either case. */
NODISCARD int event_read_head(
    const struct event *e, struct run_head *head, struct err *err);
/* Any but begin, seal and others. Release `out` in either case. */
NODISCARD int event_read(
    const struct event *e, struct log_event *out, struct err *err);
void event_log_release(struct log_event *e);

struct seal {
	unsigned count;		/* lines before the seal */
	char head[DIGEST_TEXT]; /* digest of the last of them */
	bool interrupted;
};
NODISCARD int event_read_seal(
    const struct event *e, struct seal *out, struct err *err);

/* Whether it is one plain name, or two with a '/' between them. */
bool input_name_is_plain(const char *name);

/* "9f86d081884c7d65.pem": the file of a peer's chain in certificates/. */
#define CHAIN_FILE 21
void chain_file(char out[CHAIN_FILE], const char *sha256);

#endif

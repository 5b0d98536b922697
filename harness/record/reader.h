/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include "base/vec.h"
#include "record/exchange.h"

/*
 * Reads a run folder, also one that was cut off (no seal, a half last line) and
 * one of a newer minor version (unknown events and members are ignored; an
 * unknown major version is ERR_RECORD). The chain is checked while reading; a
 * broken one is a fact about the folder, not an error, so that it can still be
 * shown with a warning. Memory holds an index, never all events.
 */
struct run_log;

enum seal_state {
	SEAL_WHOLE,   /* chain and seal hold */
	SEAL_MISSING, /* the tail is cut: killed, or still running */
	SEAL_BROKEN,  /* a line was changed, added or lost */
};

/* What the first event said; texts live as long as the log. NULL = not told:
 * only plan_digest, seed, tester and what begins with system can be. */
struct run_head {
	const char *id, *role, *tool, *purpose, *lang, *target, *url, *dialect,
	    *plan_digest, *seed, *system, *system_version, *system_class,
	    *tester, *format;
	enum answerer answerer;
	unsigned shard, shards, jobs;
	unsigned plan_cases; /* of all shards together; 0 = not told */
	bool strict;
	int64_t started; /* microseconds, UTC */
	struct {
		VEC(const char *);
	} planned;
};

/* ERR_USAGE when the folder cannot be opened or holds no journal.jsonl,
 * ERR_RECORD when that is no journal or of another format, ERR_LIMIT over a
 * cap. */
struct run_log *log_open(const char *dir, struct err *err);
void log_close(struct run_log *log);

const char *log_dir(const struct run_log *log);
const struct run_head *log_head(const struct run_log *log);
enum seal_state log_seal(const struct run_log *log);
/* The line where the chain broke, for SEAL_BROKEN. */
unsigned log_broken_at(const struct run_log *log);
bool log_interrupted(const struct run_log *log);
int64_t log_ended(const struct run_log *log); /* time of the last event */

enum log_event_kind {
	LOG_CASE_BEGIN,
	LOG_EXCHANGE,
	LOG_VERDICT,
	LOG_KEPT,
	LOG_REMARK,
	LOG_CASE_END,
	LOG_INPUT,
	LOG_SENDING,
};

struct log_event {
	enum log_event_kind kind;
	int64_t at;
	char case_id[NAME_MAX_ID]; /* "" where it has none */
	union {
		struct exchange *exchange; /* bodies not loaded: log_bodies */
		struct verdict verdict;
		struct {
			char name[NAME_MAX_ID];
			char *value;
		} kept;
		struct {
			char step_id[NAME_MAX_ID];
			unsigned exchange;
			struct note note;
		} remark;
		struct {
			enum result_kind kind;
			int64_t duration_us;
		} end;
		struct {
			char *name, *sha256;
			char *origin; /* where it was read; or NULL */
			size_t bytes;
		} input;
		/* A message is about to leave. When no exchange of its step and
		 * attempt follows, nobody knows what became of it. */
		struct {
			char step_id[NAME_MAX_ID];
			unsigned attempt;
			char message[64], message_id[160];
			char document[NAME_MAX_ID], document_oid[128];
			char url[512];
		} sending;
	};
};

struct log_events {
	VEC(struct log_event);
};

/*
 * All events of one case, in order ("" = those of no case). A run of several
 * workers interleaves cases; this puts each together. ERR_RECORD when a line
 * cannot be understood.
 */
NODISCARD int log_case(struct run_log *log, const char *case_id,
    struct log_events *out, struct err *err);
void log_events_release(struct log_events *events);

/* The ids of the cases that have events, in the order of their first. */
size_t log_case_count(const struct run_log *log);
const char *log_case_id(const struct run_log *log, size_t index);

/*
 * Loads heads, bodies and the peer's chain of an exchange that log_case gave.
 * ERR_RECORD when a file is missing or its digest is not the recorded one.
 */
NODISCARD int log_bodies(
    struct run_log *log, struct exchange *x, struct err *err);

/*
 * Reads files of the folder again only to compare them with their recorded
 * digests, and calls `lost` for each that is not what was recorded, with its
 * path in the folder.
 */
typedef void log_lost_fn(void *ctx, const char *file, bool missing);
void log_check_messages(struct run_log *log, const struct exchange *x,
    log_lost_fn *lost, void *ctx);
void log_check_chain(struct run_log *log, const struct exchange *x,
    log_lost_fn *lost, void *ctx);
void log_check_inputs(struct run_log *log, log_lost_fn *lost, void *ctx);

/* The bytes of inputs/<name>, checked against the recorded digest. */
NODISCARD int log_input(
    struct run_log *log, const char *name, struct buf *to, struct err *err);

#endif

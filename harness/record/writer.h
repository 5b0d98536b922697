/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include "base/clock.h"
#include "record/exchange.h"

/*
 * Writes a run folder (design, "Run folder"):
 *     journal.jsonl   one event a line, each with the SHA-256 of the line
 *                     before; the last is the seal: count and head
 *     messages/ NNNN-<case>-<step>-<attempt>.{request,response}.{head,body}
 *     certificates/   each chain that a peer showed, once: <16 hex digits of
 *                     its SHA-256>.pem
 *     inputs/         what the run was judged by
 * The form of the events is in record/event.h.
 * The chain is unsigned: it shows accidents, not forgery; a cut tail shows as a
 * missing seal.
 *
 * Safe to use from many threads. One thread of its own commits in groups, at
 * most 50 ms apart: first the group's message files are synced, then the lines
 * that name them are written and synced. Events may therefore be lost by a
 * power cut or kill -9 for at most that long, but never out of order, and never
 * a line whose files are not there. A caller that wants to show an event to
 * anybody calls record_flush first.
 *
 * A failure to write (disk full) is kept: every later call returns it.
 */
struct record;

/* The first event. Texts are copied. */
struct record_info {
	char id[40];		/* short id, also in the folder's name */
	const char *role;	/* "run" or "mock" */
	const char *tool;	/* "esitesti 0.1.0" */
	const char *purpose;	/* "self-test", "pre-test" or "service" */
	const char *lang;	/* "fi", "en": the reports' language */
	const char *target;	/* its name; "embedded-mock" */
	enum answerer answerer; /* what kind of receiver that is */
	const char *url;
	const char *dialect;	 /* its name */
	const char *plan_digest; /* hexadecimal, or NULL (mock) */
	unsigned shard, shards;	 /* 1 of 1 */
	unsigned plan_cases;	 /* of all shards together; 0 = not told */
	unsigned jobs;
	bool strict;
	const char *seed;   /* "42": chosen by the user, or NULL */
	const char *system; /* the vendor's system, or NULL: self-test */
	const char *system_version;
	const char *system_class;   /* "A2", or NULL */
	const char *tester;	    /* who runs the tests, or NULL */
	const char *const *planned; /* case ids in the plan's order */
	size_t planned_count;
};

/*
 * `dir` must not exist or be empty (ERR_USAGE). Its mode is 0700 and the
 * files' 0600: messages are confidential even when they are tests.
 */
struct record *record_create(const char *dir, const struct record_info *info,
    const struct world *world, struct err *err);

/* A copy of what judges the run: "cases/ptv-arkistointi-01.xml". The name may
 * hold one '/'. Adding the same name again with the same bytes is no error. */
NODISCARD int record_input(struct record *r, const char *name,
    const void *bytes, size_t len, struct err *err);
/* The same, with the path that the user knows the file by: kept unless it leads
 * from the root, which is of no use elsewhere. */
NODISCARD int record_input_from(struct record *r, const char *name,
    const char *origin, const void *bytes, size_t len, struct err *err);

NODISCARD int record_case_begin(
    struct record *r, const char *case_id, struct err *err);

/*
 * Queues what is known of a message that is about to leave, so that one whose
 * answer nobody waited for leaves a trace: its document's id is what to look
 * for. Flush it before sending to where somebody else looks.
 */
NODISCARD int record_sending(
    struct record *r, const struct exchange *x, struct err *err);

/*
 * Writes the message files and queues the event; gives x->seq. The bytes of a
 * withheld message are not written anywhere (only their length and that they
 * were withheld).
 */
NODISCARD int record_exchange(
    struct record *r, struct exchange *x, struct err *err);

NODISCARD int record_verdict(
    struct record *r, const struct verdict *v, struct err *err);

/* A kept variable: what later steps, and a later judge, use. */
NODISCARD int record_kept(struct record *r, const char *case_id,
    const char *name, const char *value, struct err *err);

/* Something worth saying that is no verdict; case, step may be "". */
NODISCARD int record_remark(struct record *r, const char *case_id,
    const char *step_id, unsigned exchange, const struct note *note,
    struct err *err);

/* Ends the case and waits until all of it is on the disk. */
NODISCARD int record_case_end(struct record *r, const char *case_id,
    enum result_kind kind, int64_t duration_us, struct err *err);

/* Waits until everything queued so far is on the disk. */
NODISCARD int record_flush(struct record *r, struct err *err);

/*
 * The last event, then the end of the writer: frees `r` in any case.
 * `interrupted` tells that cases of the plan are missing on purpose.
 */
NODISCARD int record_seal(struct record *r, bool interrupted, struct err *err);
/* Ends the writer without a seal (an error, or a crash in a test). */
void record_abandon(struct record *r);

/*
 * A folder beside messages/ of mode 0700 for what must not be packed or shown:
 * writes bytes to quarantine/<name>, mode 0600. A name is used once.
 */
NODISCARD int record_quarantine(struct record *r, const char *name,
    const void *bytes, size_t len, struct err *err);

#endif

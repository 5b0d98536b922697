/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_ARCHIVE_H
#define MOCK_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "kanta/dialect.h"

#include <stdint.h>

/*
 * The mock's archive: documents by URL path (an archive of its own each) and
 * OID, with their exact bytes, in SQLite. In a file it outlives the mock and
 * is synced at each commit; the file says that it is ours (application_id) and
 * of which version (user_version). One thread at a time.
 */
struct archive;

/* A version of a document is in one of these. */
enum archive_status {
	ARCHIVE_CURRENT,
	ARCHIVE_REPLACED,
	ARCHIVE_CANCELLED, /* mitätöity */
};

/* What documents are searched by. */
enum archive_key {
	ARCHIVE_AUTHOR,
	ARCHIVE_REGISTER, /* root: code system, extension: code */
	ARCHIVE_TIME,
	ARCHIVE_DOCUMENT,
	ARCHIVE_ENCOUNTER_TIME,
	ARCHIVE_ENCOUNTER,
	ARCHIVE_PATIENT,
	ARCHIVE_UNIT,
};
#define ARCHIVE_KEY_COUNT 8

/*
 * One value: of a document, or asked for. Times are intervals in microseconds,
 * both ends belonging to it, and match when they overlap; the others match
 * when root and extension ("" = none) are equal.
 */
struct archive_term {
	enum archive_key key;
	const char *root, *extension;
	int64_t low, high;
};
struct archive_terms {
	VEC(struct archive_term);
};

struct archive_entry {
	const char *partition, *oid, *set_id;
	uint64_t version;
	const char *message_id; /* that brought it */
	int64_t received;
	bool cancels; /* this version cancels its set, and is cancelled */
	enum cancel_scope scope;
	const struct archive_terms *terms; /* but ARCHIVE_DOCUMENT; or NULL */
	const void *bytes;
	size_t len;
	const char *sha256; /* of the bytes; NULL = not known yet */
};

/*
 * `path` NULL = in memory. ERR_IO when the file is no archive, one of another
 * version, locked by another program or cannot be written.
 */
struct archive *archive_open(const char *path, struct err *err);
void archive_close(struct archive *a); /* what was not committed is lost */

/* Changes come in groups; nothing is acknowledged before its commit, which
 * fails (ERR_IO) also when the file was moved or deleted meanwhile. */
NODISCARD int archive_begin(struct archive *a, struct err *err);
NODISCARD int archive_commit(struct archive *a, struct err *err);
void archive_rollback(struct archive *a);

/*
 * The earlier versions of its set become replaced, or with `cancels` cancelled.
 * ERR_KANTA when the OID, or this version of its set, is there already.
 */
NODISCARD int archive_put(
    struct archive *a, const struct archive_entry *e, struct err *err);

/* All versions of a set become cancelled, or its newest alone. */
NODISCARD int archive_cancel(struct archive *a, const char *partition,
    const char *set_id, enum cancel_scope scope, struct err *err);

/* 1 = found, 0 = not there, -1. `bytes` may be NULL. */
NODISCARD int archive_get(struct archive *a, const char *partition,
    const char *oid, struct buf *bytes, struct err *err);

/* The newest version of a set: 1 = found, 0 = none, -1. */
struct archive_version {
	char *oid; /* malloc'ed; NULL = none */
	uint64_t version;
	enum archive_status status;
};
NODISCARD int archive_newest(struct archive *a, const char *partition,
    const char *set_id, struct archive_version *out, struct err *err);

/* ---- Searching */

/*
 * Terms of one key are alternatives, different keys must all match. Only
 * current versions are found, unless documents are asked for by id: `by_id`
 * tells which others may then be found, too.
 */
struct archive_search {
	const struct archive_term *terms;
	size_t count;
	struct {
		bool replaced, cancelled;
	} by_id;
	bool every_status; /* whatever is asked for */
	bool newest_first; /* by arrival */
	/* How many are returned at most; the others are counted alone. */
	size_t most, most_bytes;
};
struct archive_found {
	char *oid;
	enum archive_status status;
	int64_t received;
	struct buf bytes;
};
struct archive_results {
	VEC(struct archive_found); /* by arrival, as the search says */
	uint64_t total;		   /* also those that are not returned */
	bool is_cut;		   /* because of most_bytes */
};
NODISCARD int archive_find(struct archive *a, const char *partition,
    const struct archive_search *search, struct archive_results *out,
    struct err *err);
void archive_results_release(struct archive_results *r);

/* ---- Messages */

/* A message that changed the archive is remembered by its id. */
struct archive_message {
	const char *partition, *id;
	const char *sha256; /* of the message's bytes */
	const char *oid;    /* of its document */
};
NODISCARD int archive_remember(
    struct archive *a, const struct archive_message *m, struct err *err);
struct archive_memory {
	char *sha256, *oid; /* malloc'ed */
};
/* 1 = this message was here before, 0 = it was not, -1. */
NODISCARD int archive_recall(struct archive *a, const char *partition,
    const char *id, struct archive_memory *out, struct err *err);
void archive_memory_release(struct archive_memory *m);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_ARCHIVE_H
#define MOCK_ARCHIVE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

/*
 * The mock's archive: documents by URL path (an archive of its own each) and
 * OID, with their exact bytes, in SQLite. In a file it outlives the mock and
 * is synced at each commit; the file says that it is ours (application_id) and
 * of which version (user_version). One thread at a time.
 */
struct archive;

struct archive_entry {
	const char *partition, *oid, *set_id;
	uint64_t version;
	const char *patient, *register_code; /* "" = not told */
	const char *message_id;		     /* that brought it */
	int64_t received;
	const void *bytes;
	size_t len;
};

/*
 * `path` NULL = in memory. ERR_IO when the file is no archive, one of a newer
 * version, locked by another program or cannot be written.
 */
struct archive *archive_open(const char *path, struct err *err);
void archive_close(struct archive *a); /* what was not committed is lost */

/* Changes come in groups; nothing is acknowledged before its commit. */
NODISCARD int archive_begin(struct archive *a, struct err *err);
NODISCARD int archive_commit(struct archive *a, struct err *err);
void archive_rollback(struct archive *a);

/* ERR_KANTA when the OID, or this version of its set, is there already. */
NODISCARD int archive_put(
    struct archive *a, const struct archive_entry *e, struct err *err);

/* 1 = found, 0 = not there, -1. `bytes` may be NULL. */
NODISCARD int archive_get(struct archive *a, const char *partition,
    const char *oid, struct buf *bytes, struct err *err);

/* The newest version of a set: 1 = found, 0 = none, -1. `oid` malloc'ed. */
NODISCARD int archive_newest(struct archive *a, const char *partition,
    const char *set_id, char **oid, uint64_t *version, struct err *err);

#endif

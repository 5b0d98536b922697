/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_JOURNAL_H
#define RECORD_JOURNAL_H

#include "base/clock.h"
#include "base/err.h"

#include <jansson.h>

/*
 * The one owner of journal.jsonl, its chain and its thread. Files are created
 * and written at once by the caller's thread and join the group that is
 * gathering; lines join it behind them. The thread commits a group: syncs its
 * files and their folders, writes its lines with one write, syncs the journal.
 * So a line on the disk never names a file that is not there.
 *
 * The first failure, of the thread or of a caller, is kept and returned by all
 * later calls; nothing is written after it.
 */
struct journal;

enum folder {
	FOLDER_MESSAGES,
	FOLDER_CERTIFICATES,
	FOLDER_INPUTS,
};
#define FOLDER_COUNT 3
extern const char *const folder_names[FOLDER_COUNT];

/* Makes the folders and journal.jsonl in the folder `dir`, a descriptor that
 * stays the caller's; `path` is its name for messages. */
struct journal *journal_new(
    int dir, const char *path, const struct world *world, struct err *err);

/* `name` is relative to the folder; a file of that name is an error. */
NODISCARD int journal_file(struct journal *j, enum folder folder,
    const char *name, const void *bytes, size_t len, struct err *err);

/* Queues the event and takes it over. */
NODISCARD int journal_event(struct journal *j, json_t *event, struct err *err);

/* Waits until all that was queued before is on the disk. */
NODISCARD int journal_flush(struct journal *j, struct err *err);

/* Queues the seal: nothing may be queued by anybody after it. */
NODISCARD int journal_seal(
    struct journal *j, bool interrupted, struct err *err);

/* Commits what is queued, ends the thread and frees; NULL is fine. */
void journal_free(struct journal *j);

#endif

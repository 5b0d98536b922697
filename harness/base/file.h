/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

#include <stdio.h>
#include <sys/types.h>

/* Paths. They are malloc'ed, never cut. */
char *path_join(const char *dir, const char *name);
char *path_dir(const char *path); /* "a/b" → "a", "b" → "." */
const char *path_base(const char *path);
/* `name` as seen from the folder of `from`, unless it is absolute. */
char *path_beside(const char *from, const char *name);
/* `path` as seen from the current folder when it is below it, without "./";
 * else as it is. */
char *path_here(const char *path);
/* A plain file name: letters, digits, '.', '_', '-', not beginning with '.'. */
bool path_is_plain_name(const char *name);

/*
 * The folder that holds cases/, fixtures/ and certs/ as shipped: the
 * environment's ESITESTI_DATA, else the folder of the running program, else
 * the folder that it was installed with. NULL and an error when none of them
 * has cases/case.rng.
 */
char *path_data(struct err *err);

/* mkdir -p; each missing folder gets `mode`. */
NODISCARD int dir_make(const char *path, mode_t mode, struct err *err);
/* Whether `path` does not exist or is an empty folder; -1 on other trouble,
 * which is ERR_USAGE when it is no folder. */
NODISCARD int dir_is_free(const char *path, struct err *err);
/* Removes a folder with all that is in it (no links followed). */
int dir_remove(const char *path);

/*
 * A file that appears whole or not at all: written beside its place under
 * another name, flushed, synced and renamed by file_commit. file_abandon (also
 * after a commit, also on a zeroed struct) removes what was not committed. What
 * stands at `path` and is no regular file (/dev/null) is not replaced:
 * ERR_IO.
 */
struct file_writer {
	FILE *stream;
	char *path, *temporary;
};
NODISCARD int file_begin(
    struct file_writer *w, const char *path, mode_t mode, struct err *err);
NODISCARD int file_commit(struct file_writer *w, struct err *err);
void file_abandon(struct file_writer *w);

/* Before long work whose result goes to `path`: ERR_USAGE, with a hint, when it
 * is a folder, or its folder is not there or cannot be written to. */
NODISCARD int file_check_place(const char *path, struct err *err);

/* The same for bytes at hand. */
NODISCARD int file_write_whole(const char *path, const void *data, size_t len,
    mode_t mode, struct err *err);

#endif

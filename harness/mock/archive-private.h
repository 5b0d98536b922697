/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_ARCHIVE_PRIVATE_H
#define MOCK_ARCHIVE_PRIVATE_H

#include "mock/archive.h"

#include <sqlite3.h>
#include <sys/types.h>

/* Shared by archive.c (file, versions) and archive-find.c (searching). */

enum archive_sql {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_SUPERSEDE,
	SQL_PUT,
	SQL_PUT_TERM,
	SQL_CANCEL,
	SQL_GET,
	SQL_HAS,
	SQL_NEWEST,
	SQL_REMEMBER,
	SQL_RECALL,
	SQL_COUNT,
};

struct archive {
	sqlite3 *db;
	char *name; /* for messages */
	dev_t device;
	ino_t inode; /* of the file; 0 = in memory */
	sqlite3_stmt *prepared[SQL_COUNT];
};

/* SQLite's result as words that tell the next step; -1. */
int archive_fail(const struct archive *a, struct err *err);

#endif

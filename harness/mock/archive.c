/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/archive.h"
#include "mock/archive-private.h"

#include "base/xalloc.h"
#include "record/digest.h"

#include <stdlib.h>
#include <sys/stat.h>

enum {
	ARCHIVE_ID = 0x65736974, /* "esit" */
	ARCHIVE_VERSION = 2,
	ARCHIVE_WAIT_MS = 2000, /* for another program that holds the file */
};

/* clang-format off */
static const char *const statements[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_SUPERSEDE] = ("UPDATE document SET status=?"
	    " WHERE partition=? AND set_id=? AND status=0"),
	[SQL_PUT] = ("INSERT INTO document (partition, oid, set_id, version,"
	    " status, received, message_id, sha256, bytes)"
	    " VALUES (?,?,?,?,?,?,?,?,?)"),
	[SQL_PUT_TERM] = ("INSERT OR IGNORE INTO term"
	    " (key, root, extension, low, high, document)"
	    " VALUES (?,?,?,?,?,?)"),
	[SQL_CANCEL] = ("UPDATE document SET status=2"
	    " WHERE partition=? AND set_id=? AND (? OR status=0)"),
	[SQL_GET] = "SELECT bytes FROM document WHERE partition=? AND oid=?",
	[SQL_HAS] = "SELECT 1 FROM document WHERE partition=? AND oid=?",
	[SQL_NEWEST] = ("SELECT oid, version, status FROM document"
	    " WHERE partition=? AND set_id=? ORDER BY version DESC LIMIT 1"),
	[SQL_REMEMBER] = ("INSERT OR REPLACE INTO message"
	    " (partition, id, sha256, oid) VALUES (?,?,?,?)"),
	[SQL_RECALL] = ("SELECT sha256, oid FROM message"
	    " WHERE partition=? AND id=?"),
};
/* clang-format on */

/* A term's times are 0 where it has none: NULLs would never be equal. */
static const char schema[] =
    "CREATE TABLE document ("
    " id INTEGER PRIMARY KEY,"
    " partition TEXT NOT NULL, oid TEXT NOT NULL,"
    " set_id TEXT NOT NULL, version INTEGER NOT NULL,"
    " status INTEGER NOT NULL," /* 0 current, 1 replaced, 2 cancelled */
    " received INTEGER NOT NULL, message_id TEXT NOT NULL,"
    " sha256 TEXT NOT NULL, bytes BLOB NOT NULL,"
    " UNIQUE (partition, oid), UNIQUE (partition, set_id, version));"
    "CREATE TABLE term ("
    " key INTEGER NOT NULL, root TEXT NOT NULL, extension TEXT NOT NULL,"
    " low INTEGER NOT NULL, high INTEGER NOT NULL,"
    " document INTEGER NOT NULL REFERENCES document (id),"
    " PRIMARY KEY (key, extension, root, document, low, high)"
    ") WITHOUT ROWID;"
    "CREATE INDEX term_document ON term (document, key);"
    "CREATE TABLE message ("
    " partition TEXT NOT NULL, id TEXT NOT NULL, sha256 TEXT NOT NULL,"
    " oid TEXT NOT NULL, PRIMARY KEY (partition, id)) WITHOUT ROWID;";

int archive_fail(const struct archive *a, struct err *err)
{
	const char *why = a->db ? sqlite3_errmsg(a->db) : "no memory";
	int code = a->db ? sqlite3_errcode(a->db) : SQLITE_NOMEM;

	err_set(err, ERR_IO, "archive '%s': %s", a->name, why);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_hint(err,
		    "another program holds the archive: end it, or name "
		    "another file with --archive");
	case SQLITE_FULL:
		return err_hint(err,
		    "the disk is full: make room, or name a file elsewhere "
		    "with --archive");
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return err_hint(err,
		    "the file is no archive, or damaged: move it away, or "
		    "name another one with --archive");
	default:
		return -1;
	}
}

static int run_sql(struct archive *a, const char *sql, struct err *err)
{
	if (sqlite3_exec(a->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return archive_fail(a, err);
	return 0;
}

static int pragma_number(
    struct archive *a, const char *sql, int *value, struct err *err)
{
	sqlite3_stmt *s = NULL;
	int rc = -1;

	if (sqlite3_prepare_v2(a->db, sql, -1, &s, NULL) != SQLITE_OK ||
	    sqlite3_step(s) != SQLITE_ROW) {
		archive_fail(a, err);
		goto out;
	}
	*value = sqlite3_column_int(s, 0);
	rc = 0;
out:
	sqlite3_finalize(s);
	return rc;
}

static int create(struct archive *a, struct err *err)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
	    "PRAGMA application_id=%d; PRAGMA user_version=%d;", ARCHIVE_ID,
	    ARCHIVE_VERSION);
	/* A document is some tens of kB: in small pages it is a long chain, and
	 * the log fills up, and is copied, four times as often. */
	if (run_sql(a, "PRAGMA page_size=16384", err) < 0 ||
	    run_sql(a, "BEGIN IMMEDIATE", err) < 0 ||
	    run_sql(a, schema, err) < 0 || run_sql(a, sql, err) < 0)
		return -1;
	return run_sql(a, "COMMIT", err);
}

/* A new file is made an archive; an old one must be ours and readable. */
static int check_version(struct archive *a, struct err *err)
{
	int id = 0, version = 0, tables = 0;

	if (pragma_number(a, "PRAGMA application_id", &id, err) < 0 ||
	    pragma_number(a, "PRAGMA user_version", &version, err) < 0 ||
	    pragma_number(
		a, "SELECT count(*) FROM sqlite_schema", &tables, err) < 0)
		return -1;
	if (!id && !version && !tables)
		return create(a, err);
	if (id != ARCHIVE_ID) {
		err_set(
		    err, ERR_IO, "'%s' is a database, but no archive", a->name);
		return err_hint(
		    err, "name a new file, or an old archive, with --archive");
	}
	if (version != ARCHIVE_VERSION) {
		err_set(err, ERR_IO,
		    "archive '%s' is of version %d, this program knows "
		    "version %d",
		    a->name, version, ARCHIVE_VERSION);
		return err_hint(err,
		    "use the %s program that wrote it, or name another file "
		    "with --archive",
		    version < ARCHIVE_VERSION ? "older" : "newer");
	}
	return 0;
}

static int prepare(struct archive *a, struct err *err)
{
	for (int i = 0; i < SQL_COUNT; i++)
		if (sqlite3_prepare_v3(a->db, statements[i], -1,
			SQLITE_PREPARE_PERSISTENT, &a->prepared[i],
			NULL) != SQLITE_OK)
			return archive_fail(a, err);
	return 0;
}

struct archive *archive_open(const char *path, struct err *err)
{
	struct archive *a = xcalloc(1, sizeof(*a));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	struct stat file;

	a->name = xstrdup(path ? path : "in memory");
	if (sqlite3_open_v2(path ? path : ":memory:", &a->db, flags, NULL) !=
	    SQLITE_OK) {
		archive_fail(a, err);
		goto fail;
	}
	sqlite3_busy_timeout(a->db, ARCHIVE_WAIT_MS);
	/* The version first: nothing of a stranger's file is changed. */
	if (check_version(a, err) < 0)
		goto fail;
	if (path &&
	    run_sql(a, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
		err) < 0)
		goto fail;
	if (prepare(a, err) < 0)
		goto fail;
	if (path && stat(path, &file) == 0) {
		a->device = file.st_dev;
		a->inode = file.st_ino;
	}
	return a;
fail:
	archive_close(a);
	return NULL;
}

void archive_close(struct archive *a)
{
	if (!a)
		return;
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(a->prepared[i]);
	sqlite3_close(a->db);
	free(a->name);
	free(a);
}

/* Runs a statement without rows. */
static int step_done(struct archive *a, enum archive_sql which, struct err *err)
{
	sqlite3_stmt *s = a->prepared[which];
	int rc = sqlite3_step(s) == SQLITE_DONE ? 0 : archive_fail(a, err);

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return rc;
}

int archive_begin(struct archive *a, struct err *err)
{
	return step_done(a, SQL_BEGIN, err);
}

/* SQLite would go on writing to a file that has lost its name: what is kept
 * there is gone when it is closed. */
static int check_place(const struct archive *a, struct err *err)
{
	struct stat now;

	if (!a->inode || (stat(a->name, &now) == 0 && now.st_ino == a->inode &&
			     now.st_dev == a->device))
		return 0;
	err_set(err, ERR_IO, "archive '%s' is no longer there", a->name);
	return err_hint(
	    err, "move it back, or start the mock anew with another file");
}

int archive_commit(struct archive *a, struct err *err)
{
	if (check_place(a, err) < 0)
		return -1;
	return step_done(a, SQL_COMMIT, err);
}

void archive_rollback(struct archive *a)
{
	if (!sqlite3_get_autocommit(a->db))
		sqlite3_exec(a->db, "ROLLBACK", NULL, NULL, NULL);
}

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
	sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

static int supersede(
    struct archive *a, const struct archive_entry *e, struct err *err)
{
	sqlite3_stmt *s = a->prepared[SQL_SUPERSEDE];

	sqlite3_bind_int(s, 1, ARCHIVE_REPLACED);
	bind_text(s, 2, e->partition);
	bind_text(s, 3, e->set_id);
	return step_done(a, SQL_SUPERSEDE, err);
}

static int put_terms(
    struct archive *a, const struct archive_terms *terms, struct err *err)
{
	sqlite3_int64 document = sqlite3_last_insert_rowid(a->db);

	if (!terms)
		return 0;
	VEC_EACH (const struct archive_term, t, terms) {
		sqlite3_stmt *s = a->prepared[SQL_PUT_TERM];
		sqlite3_bind_int(s, 1, (int)t->key);
		bind_text(s, 2, t->root ? t->root : "");
		bind_text(s, 3, t->extension ? t->extension : "");
		sqlite3_bind_int64(s, 4, t->low);
		sqlite3_bind_int64(s, 5, t->high);
		sqlite3_bind_int64(s, 6, document);
		if (step_done(a, SQL_PUT_TERM, err) < 0)
			return -1;
	}
	return 0;
}

static int put_document(
    struct archive *a, const struct archive_entry *e, struct err *err)
{
	sqlite3_stmt *s = a->prepared[SQL_PUT];
	char sha256[DIGEST_TEXT];
	int code = 0, rc = 0;

	if (!e->sha256)
		digest_text(e->bytes, e->len, sha256);
	bind_text(s, 1, e->partition);
	bind_text(s, 2, e->oid);
	bind_text(s, 3, e->set_id);
	sqlite3_bind_int64(s, 4, (sqlite3_int64)e->version);
	sqlite3_bind_int(
	    s, 5, e->cancels ? ARCHIVE_CANCELLED : ARCHIVE_CURRENT);
	sqlite3_bind_int64(s, 6, e->received);
	bind_text(s, 7, e->message_id);
	bind_text(s, 8, e->sha256 ? e->sha256 : sha256);
	sqlite3_bind_blob64(s, 9, e->bytes, e->len, SQLITE_STATIC);
	code = sqlite3_step(s);
	if ((code & 0xff) == SQLITE_CONSTRAINT)
		rc = err_set(err, ERR_KANTA,
		    "document '%s', or its version, is in the archive already",
		    e->oid);
	else if (code != SQLITE_DONE)
		rc = archive_fail(a, err);
	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	return rc;
}

int archive_put(
    struct archive *a, const struct archive_entry *e, struct err *err)
{
	if (e->version > 1 && !e->cancels && supersede(a, e, err) < 0)
		return -1;
	if (e->cancels &&
	    archive_cancel(a, e->partition, e->set_id, e->scope, err) < 0)
		return -1;
	if (put_document(a, e, err) < 0)
		return -1;
	return put_terms(a, e->terms, err);
}

int archive_cancel(struct archive *a, const char *partition, const char *set_id,
    enum cancel_scope scope, struct err *err)
{
	sqlite3_stmt *s = a->prepared[SQL_CANCEL];

	bind_text(s, 1, partition);
	bind_text(s, 2, set_id);
	sqlite3_bind_int(s, 3, scope == CANCEL_SET);
	return step_done(a, SQL_CANCEL, err);
}

int archive_remember(
    struct archive *a, const struct archive_message *m, struct err *err)
{
	sqlite3_stmt *s = a->prepared[SQL_REMEMBER];

	bind_text(s, 1, m->partition);
	bind_text(s, 2, m->id);
	bind_text(s, 3, m->sha256);
	bind_text(s, 4, m->oid);
	return step_done(a, SQL_REMEMBER, err);
}

/* Binds two texts and steps once: 1 = a row, 0 = none, -1. */
static int look_up(struct archive *a, enum archive_sql which,
    const char *const keys[2], struct err *err)
{
	sqlite3_stmt *s = a->prepared[which];

	bind_text(s, 1, keys[0]);
	bind_text(s, 2, keys[1]);
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return archive_fail(a, err);
	}
}

static void look_up_end(struct archive *a, enum archive_sql which)
{
	sqlite3_reset(a->prepared[which]);
	sqlite3_clear_bindings(a->prepared[which]);
}

int archive_get(struct archive *a, const char *partition, const char *oid,
    struct buf *bytes, struct err *err)
{
	enum archive_sql which = bytes ? SQL_GET : SQL_HAS;
	int rc =
	    look_up(a, which, (const char *const[]){ partition, oid }, err);

	if (rc == 1 && bytes) {
		sqlite3_stmt *s = a->prepared[which];
		const void *blob = sqlite3_column_blob(s, 0);
		buf_add(bytes, blob, (size_t)sqlite3_column_bytes(s, 0));
		if (buf_check(bytes, "the archived document", err) < 0)
			rc = -1;
	}
	look_up_end(a, which);
	return rc;
}

static char *copy_column(sqlite3_stmt *s, int column)
{
	return xstrdup((const char *)sqlite3_column_text(s, column));
}

int archive_newest(struct archive *a, const char *partition, const char *set_id,
    struct archive_version *out, struct err *err)
{
	int rc = look_up(
	    a, SQL_NEWEST, (const char *const[]){ partition, set_id }, err);

	*out = (struct archive_version){ .oid = NULL };
	if (rc == 1) {
		sqlite3_stmt *s = a->prepared[SQL_NEWEST];
		out->oid = copy_column(s, 0);
		out->version = (uint64_t)sqlite3_column_int64(s, 1);
		out->status = (enum archive_status)sqlite3_column_int(s, 2);
	}
	look_up_end(a, SQL_NEWEST);
	return rc;
}

int archive_recall(struct archive *a, const char *partition, const char *id,
    struct archive_memory *out, struct err *err)
{
	int rc =
	    look_up(a, SQL_RECALL, (const char *const[]){ partition, id }, err);

	*out = (struct archive_memory){ .oid = NULL };
	if (rc == 1) {
		out->sha256 = copy_column(a->prepared[SQL_RECALL], 0);
		out->oid = copy_column(a->prepared[SQL_RECALL], 1);
	}
	look_up_end(a, SQL_RECALL);
	return rc;
}

void archive_memory_release(struct archive_memory *m)
{
	free(m->sha256);
	free(m->oid);
	*m = (struct archive_memory){ .oid = NULL };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/archive.h"

#include "base/file.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct place {
	char *dir, *file;
};

static int set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	struct place *p = xcalloc(1, sizeof(*p));

	p->dir = xasprintf("%s/archive-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->dir))
		return -1;
	p->file = path_join(p->dir, "archive.db");
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	dir_remove(p->dir);
	free(p->dir);
	free(p->file);
	free(p);
	return 0;
}

static int put(struct archive *a, const char *partition, const char *oid,
    const char *set, uint64_t version, struct err *err)
{
	const struct archive_entry e = {
		.partition = partition,
		.oid = oid,
		.set_id = set,
		.version = version,
		.message_id = "1.2.3",
		.received = 1,
		.bytes = "<a>\0</a>\r\n",
		.len = 10,
	};
	return archive_put(a, &e, err);
}

static struct archive *open_or_fail(const char *path)
{
	struct err err = { 0 };
	struct archive *a = archive_open(path, &err);

	if (!a)
		fail_msg("%s", err.msg);
	return a;
}

static void gives_back_the_very_bytes(void **state)
{
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(100);
	struct archive *a = open_or_fail(NULL);

	(void)state;
	assert_int_equal(put(a, "/", "1.2.1", "1.2.1", 1, &err), 0);
	assert_int_equal(archive_get(a, "/", "1.2.1", &bytes, &err), 1);
	assert_int_equal(bytes.len, 10);
	assert_memory_equal(bytes.ptr, "<a>\0</a>\r\n", 10);
	assert_int_equal(archive_get(a, "/", "1.2.1", NULL, &err), 1);
	assert_int_equal(archive_get(a, "/", "1.2.2", NULL, &err), 0);
	buf_release(&bytes);
	archive_close(a);
}

/* SQLite's file header says in bytes 18 and 19 how it keeps its log: 2 is WAL
 * (an unknown pragma is passed over in silence). */
static void a_file_has_a_write_ahead_log(void **state)
{
	struct place *p = *state;
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(4000000);

	archive_close(open_or_fail(p->file));
	assert_int_equal(buf_read_file(&bytes, p->file, &err), 0);
	assert_true(bytes.len > 20);
	assert_int_equal(bytes.ptr[18], 2);
	assert_int_equal(bytes.ptr[19], 2);
	buf_release(&bytes);
}

static void keeps_partitions_apart(void **state)
{
	struct err err = { 0 };
	struct archive *a = open_or_fail(NULL);

	(void)state;
	assert_int_equal(put(a, "/a", "1.2.1", "1.2.1", 1, &err), 0);
	assert_int_equal(put(a, "/b", "1.2.1", "1.2.1", 1, &err), 0);
	assert_int_equal(archive_get(a, "/c", "1.2.1", NULL, &err), 0);
	archive_close(a);
}

static void refuses_what_is_there(void **state)
{
	struct err id = { 0 }, version = { 0 };
	struct archive *a = open_or_fail(NULL);

	(void)state;
	assert_int_equal(put(a, "/", "1.2.1", "1.2.1", 1, &id), 0);
	assert_int_equal(put(a, "/", "1.2.1", "1.2.1", 2, &id), -1);
	assert_int_equal(id.kind, ERR_KANTA);
	assert_int_equal(put(a, "/", "1.2.2", "1.2.1", 1, &version), -1);
	assert_int_equal(version.kind, ERR_KANTA);
	archive_close(a);
}

static void finds_the_newest_version(void **state)
{
	struct err err = { 0 };
	struct archive *a = open_or_fail(NULL);
	struct archive_version v;

	(void)state;
	assert_int_equal(archive_newest(a, "/", "1.2.1", &v, &err), 0);
	assert_int_equal(put(a, "/", "1.2.10", "1.2.1", 10, &err), 0);
	assert_int_equal(put(a, "/", "1.2.9", "1.2.1", 9, &err), 0);
	assert_int_equal(archive_newest(a, "/", "1.2.1", &v, &err), 1);
	assert_string_equal(v.oid, "1.2.10");
	assert_int_equal(v.version, 10);
	free(v.oid);
	archive_close(a);
}

static void remembers_messages(void **state)
{
	const struct place *p = *state;
	struct err err = { 0 };
	struct archive *a = open_or_fail(p->file);
	struct archive_memory m;
	const struct archive_message seen = { "/", "1.2.9", "aa", "1.2.1" };

	assert_int_equal(archive_recall(a, "/", "1.2.9", &m, &err), 0);
	assert_int_equal(archive_remember(a, &seen, &err), 0);
	archive_close(a);
	a = open_or_fail(p->file);
	assert_int_equal(archive_recall(a, "/x", "1.2.9", &m, &err), 0);
	assert_int_equal(archive_recall(a, "/", "1.2.9", &m, &err), 1);
	assert_string_equal(m.sha256, "aa");
	assert_string_equal(m.oid, "1.2.1");
	archive_memory_release(&m);
	archive_close(a);
}

static void keeps_what_was_committed(void **state)
{
	const struct place *p = *state;
	struct err err = { 0 };
	struct archive *a = open_or_fail(p->file);

	assert_int_equal(archive_begin(a, &err), 0);
	assert_int_equal(put(a, "/", "1.2.1", "1.2.1", 1, &err), 0);
	assert_int_equal(archive_commit(a, &err), 0);
	assert_int_equal(archive_begin(a, &err), 0);
	assert_int_equal(put(a, "/", "1.2.2", "1.2.2", 1, &err), 0);
	archive_close(a); /* without a commit */
	a = open_or_fail(p->file);
	assert_int_equal(archive_get(a, "/", "1.2.1", NULL, &err), 1);
	assert_int_equal(archive_get(a, "/", "1.2.2", NULL, &err), 0);
	archive_close(a);
}

static void rolls_back(void **state)
{
	struct err err = { 0 };
	struct archive *a = open_or_fail(NULL);

	(void)state;
	assert_int_equal(archive_begin(a, &err), 0);
	assert_int_equal(put(a, "/", "1.2.1", "1.2.1", 1, &err), 0);
	archive_rollback(a);
	assert_int_equal(archive_get(a, "/", "1.2.1", NULL, &err), 0);
	archive_close(a);
}

static void change_file(const char *file, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void expect_refused(const char *file, const char *words)
{
	struct err err = { 0 };

	assert_null(archive_open(file, &err));
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.msg, words));
	assert_true(err.hint[0]);
}

static void refuses_another_version(void **state)
{
	const struct place *p = *state;

	archive_close(open_or_fail(p->file));
	change_file(p->file, "PRAGMA user_version=3");
	expect_refused(p->file, "is of version 3");
	change_file(p->file, "PRAGMA user_version=1");
	expect_refused(p->file, "is of version 1");
}

static void refuses_a_strange_database(void **state)
{
	const struct place *p = *state;

	change_file(p->file, "CREATE TABLE other (a)");
	expect_refused(p->file, "no archive");
}

static void refuses_no_database(void **state)
{
	const struct place *p = *state;
	struct err err = { 0 };
	const char text[] = "This is a text file, and no database at all.";

	assert_int_equal(
	    file_write_whole(p->file, text, sizeof(text), 0600, &err), 0);
	expect_refused(p->file, "not a database");
	assert_null(archive_open(p->dir, &err));
}

static void says_when_another_holds_it(void **state)
{
	const struct place *p = *state;
	struct err err = { 0 };
	struct archive *a = open_or_fail(p->file);
	struct archive *b = open_or_fail(p->file);

	assert_int_equal(archive_begin(a, &err), 0);
	assert_int_equal(archive_begin(b, &err), -1);
	assert_non_null(strstr(err.msg, "locked"));
	assert_non_null(strstr(err.hint, "another program"));
	archive_close(b);
	archive_close(a);
}

/* The nearest thing to a full disk: no file may grow further. */
static void says_when_the_disk_is_full(void **state)
{
	const struct place *p = *state;
	struct err err = { 0 };
	struct archive *a = open_or_fail(p->file);
	struct rlimit before, small;

	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	int rc = archive_begin(a, &err);
	rc = rc < 0 ? rc : put(a, "/", "1.2.1", "1.2.1", 1, &err);
	rc = rc < 0 ? rc : archive_commit(a, &err);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(rc, -1);
	assert_int_equal(err.kind, ERR_IO);
	archive_rollback(a);
	archive_close(a);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_the_very_bytes),
		IN_FOLDER(a_file_has_a_write_ahead_log),
		cmocka_unit_test(keeps_partitions_apart),
		cmocka_unit_test(refuses_what_is_there),
		cmocka_unit_test(finds_the_newest_version),
		cmocka_unit_test(rolls_back),
		IN_FOLDER(remembers_messages),
		IN_FOLDER(keeps_what_was_committed),
		IN_FOLDER(refuses_another_version),
		IN_FOLDER(refuses_a_strange_database),
		IN_FOLDER(refuses_no_database),
		IN_FOLDER(says_when_another_holds_it),
		IN_FOLDER(says_when_the_disk_is_full),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static char home[] = "/tmp/esitesti-file-XXXXXX";

static int make_home(void **state)
{
	(void)state;
	return mkdtemp(home) ? 0 : -1;
}

static int remove_home(void **state)
{
	(void)state;
	return dir_remove(home);
}

static void assert_path(char *found, const char *wanted)
{
	assert_string_equal(found, wanted);
	free(found);
}

static void paths(void **state)
{
	(void)state;
	assert_path(path_join("a", "b"), "a/b");
	assert_path(path_join("a/", "b"), "a/b");
	assert_path(path_join("/", "b"), "/b");
	assert_path(path_join("", "b"), "b");
	assert_path(path_dir("a/b"), "a");
	assert_path(path_dir("/b"), "/");
	assert_path(path_dir("b"), ".");
	assert_string_equal(path_base("a/b"), "b");
	assert_string_equal(path_base("b"), "b");
	assert_path(path_beside("cases/a.xml", "b.xml"), "cases/b.xml");
	assert_path(path_beside("a.xml", "b.xml"), "b.xml");
	assert_path(path_beside("a.xml", "/b.xml"), "/b.xml");
	assert_true(path_is_plain_name("a-B_1.xml"));
	static const char *const bad[] = { "", ".", "..", ".a", "a/b", "a b",
		"a\\b", "\xC3\xA4", "a:b" };
	for (size_t i = 0; i < COUNTOF(bad); i++)
		assert_false(path_is_plain_name(bad[i]));
}

static void folders(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *deep = path_join(home, "a/b/c");
	assert_int_equal(dir_is_free(deep, &err), 1);
	assert_int_equal(dir_make(deep, 0700, &err), 0);
	assert_int_equal(dir_make(deep, 0700, &err), 0);
	assert_int_equal(dir_is_free(deep, &err), 1);
	char *above = path_join(home, "a");
	assert_int_equal(dir_is_free(above, &err), 0);

	char *file = path_join(deep, "f");
	assert_int_equal(file_write_whole(file, "x", 1, 0600, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(dir_make(file, 0700, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	err = (struct err){ 0 };
	assert_int_equal(dir_is_free(file, &err), -1);
	err = (struct err){ 0 };
	assert_int_equal(dir_make("", 0700, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	err = (struct err){ 0 };
	assert_int_equal(dir_make("/proc/none/x", 0700, &err), -1);
	assert_non_null(strstr(err.msg, "/proc/none"));

	/* a link is removed, what it points to is not */
	char *outside = path_join(home, "outside");
	err = (struct err){ 0 };
	assert_int_equal(dir_make(outside, 0700, &err), 0);
	char *link = path_join(above, "link");
	assert_int_equal(symlink(outside, link), 0);
	assert_int_equal(dir_remove(above), 0);
	assert_int_equal(access(above, F_OK), -1);
	assert_int_equal(access(outside, F_OK), 0);
	free(outside);
	free(link);
	free(file);
	free(above);
	free(deep);
}

static size_t entries(void)
{
	struct err err = { 0 };
	return dir_is_free(home, &err) == 1 ? 0 : 1;
}

static void assert_holds(const char *path, const char *text)
{
	struct err err = { 0 };
	struct buf b = BUF_INIT(100);
	assert_int_equal(buf_read_file(&b, path, &err), 0);
	assert_string_equal(b.ptr, text);
	buf_release(&b);
}

static void whole_or_not_at_all(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct file_writer w;
	char *path = path_join(home, "out");
	assert_int_equal(dir_remove(home), 0);
	assert_int_equal(dir_make(home, 0700, &err), 0);

	assert_int_equal(file_begin(&w, path, 0640, &err), 0);
	fputs("half", w.stream);
	fflush(w.stream);
	assert_int_equal(access(path, F_OK), -1);
	file_abandon(&w);
	file_abandon(&w);
	assert_int_equal(entries(), 0); /* nothing is left behind */

	assert_int_equal(file_begin(&w, "/dev/null", 0640, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	err = (struct err){ 0 };

	assert_int_equal(file_begin(&w, path, 0640, &err), 0);
	fputs("whole", w.stream);
	assert_int_equal(file_commit(&w, &err), 0);
	file_abandon(&w);
	assert_holds(path, "whole");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);

	/* the old one stays until the new one is whole */
	assert_int_equal(file_begin(&w, path, 0640, &err), 0);
	fputs("new", w.stream);
	assert_holds(path, "whole");
	assert_int_equal(file_commit(&w, &err), 0);
	assert_holds(path, "new");
	assert_int_equal(file_write_whole(path, NULL, 0, 0600, &err), 0);
	assert_holds(path, "");
	unlink(path);
	assert_int_equal(entries(), 0);
	free(path);
}

static void writing_fails(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct file_writer w;
	assert_int_equal(file_begin(&w, "/nowhere/x", 0600, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.msg, "'/nowhere/x'"));
	file_abandon(&w);

	/* a full disk is seen at the latest when the file is committed */
	err = (struct err){ 0 };
	char *path = path_join(home, "full");
	assert_int_equal(file_begin(&w, path, 0600, &err), 0);
	FILE *full = fopen("/dev/full", "w");
	if (full) {
		fclose(w.stream);
		w.stream = full;
		fputs("x", w.stream);
		assert_int_equal(file_commit(&w, &err), -1);
		assert_int_equal(err.kind, ERR_IO);
		assert_non_null(strstr(err.msg, "No space left"));
	}
	file_abandon(&w);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(entries(), 0);

	/* over a folder */
	err = (struct err){ 0 };
	assert_int_equal(dir_make(path, 0700, &err), 0);
	assert_int_equal(file_write_whole(path, "x", 1, 0600, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(entries(), 0);
	free(path);
}

static void places(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *good = path_join(home, "result.xml");
	char *below = path_join(good, "x");
	char *lost = path_join(home, "nowhere/result.xml");
	assert_int_equal(file_check_place(good, &err), 0);
	assert_int_equal(file_check_place("result.xml", &err), 0);
	assert_int_equal(file_check_place(lost, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_true(err.hint[0]);
	err = (struct err){ 0 };
	assert_int_equal(file_check_place(home, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	err = (struct err){ 0 };
	assert_int_equal(file_write_whole(good, "x", 1, 0600, &err), 0);
	assert_int_equal(file_check_place(below, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	err = (struct err){ 0 };
	assert_int_equal(dir_is_free(good, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	unlink(good);
	free(lost);
	free(below);
	free(good);
}

static void data(void **state)
{
	(void)state;
	struct err err = { 0 };
	setenv("ESITESTI_DATA", home, 1);
	assert_null(path_data(&err));
	assert_int_equal(err.kind, ERR_USAGE);

	err = (struct err){ 0 };
	char *cases = path_join(home, "cases");
	char *rng = path_join(cases, "case.rng");
	assert_int_equal(dir_make(cases, 0700, &err), 0);
	assert_int_equal(file_write_whole(rng, "x", 1, 0600, &err), 0);
	assert_path(path_data(&err), home);
	free(rng);
	free(cases);
	unsetenv("ESITESTI_DATA");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),
		cmocka_unit_test(folders),
		cmocka_unit_test(whole_or_not_at_all),
		cmocka_unit_test(writing_fails),
		cmocka_unit_test(places),
		cmocka_unit_test(data),
	};
	return cmocka_run_group_tests(tests, make_home, remove_home);
}

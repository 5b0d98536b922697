/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "testcase/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct facts *facts;

static int set_up(void **state)
{
	(void)state;
	struct err err = { 0 };
	facts = facts_load("tests/lib/testcase/facts.xml", &err);
	return facts ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	facts_free(facts);
	return 0;
}

struct faults {
	size_t count;
	char last[1024];
};

static void take_fault(void *ctx, const struct err *err)
{
	struct faults *f = ctx;
	f->count++;
	snprintf(f->last, sizeof(f->last), "%s", err->msg);
}

#define SETS "tests/lib/testcase/set"

static int load(
    struct case_set *set, const char *name, struct faults *f, struct err *err)
{
	*f = (struct faults){ 0 };
	return case_set_load(
	    set, SETS "/good", &name, 1, facts, take_fault, f, err);
}

static void test_set(void **state)
{
	(void)state;
	struct case_set set = { 0 };
	struct faults f;
	struct err err = { 0 };
	assert_int_equal(load(&set, SETS "/good", &f, &err), 0);
	assert_int_equal(set.count, 2);
	assert_string_equal(set.at[0]->id, "one");
	assert_string_equal(set.at[1]->id, "two");
	case_set_release(&set);

	assert_int_equal(load(&set, "two", &f, &err), 0);
	assert_int_equal(set.count, 1);
	case_set_release(&set);

	const char *const twice[] = { SETS "/good/one.xml", "one",
		SETS "/good" };
	assert_int_equal(case_set_load(&set, SETS "/good", twice, 3, facts,
			     NULL, NULL, &err),
	    0);
	assert_int_equal(set.count, 2);
	case_set_release(&set);

	assert_int_equal(
	    case_set_load(&set, SETS "/good", NULL, 0, facts, NULL, NULL, &err),
	    0);
	assert_int_equal(set.count, 2);
	case_set_release(&set);
}

static void test_set_faults(void **state)
{
	(void)state;
	struct case_set set = { 0 };
	struct faults f;
	struct err err = { 0 };
	assert_int_equal(load(&set, "tow", &f, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.msg, "no file, folder or shipped case 'tow'");
	assert_string_equal(err.hint, "did you mean 'two'?");

	err = (struct err){ 0 };
	assert_int_equal(
	    load(&set, "tests/lib/testcase/set/none", &f, &err), -1);
	assert_non_null(strstr(err.msg, "no case in the folder"));

	err = (struct err){ 0 };
	assert_int_equal(load(&set, SETS "/same", &f, &err), 1);
	assert_int_equal(set.count, 1);
	assert_non_null(strstr(f.last, "a second case with the id 'one'"));
	case_set_release(&set);
}

/* Two faults in one file, and one in a folder's file that is no XML but speaks
 * of the namespace. */
static void test_every_fault(void **state)
{
	(void)state;
	static const char broken[] =
	    "<case xmlns=\"urn:esitesti:case:1\">\n<title>\n</case>\n";
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/esitesti-set-XXXXXX", tmp ? tmp : "/tmp");
	struct case_set set = { 0 };
	struct faults f = { 0 };
	struct err err = { 0 };
	assert_non_null(mkdtemp(dir));
	char *path = path_join(dir, "broken.xml");
	assert_int_equal(
	    file_write_whole(path, broken, strlen(broken), 0600, &err), 0);

	const char *const names[] = { SETS "/bad", dir };
	assert_int_equal(
	    case_set_load(&set, NULL, names, 2, facts, take_fault, &f, &err),
	    2);
	assert_int_equal(f.count, 3);
	assert_int_equal(set.count, 0);
	case_set_release(&set);
	dir_remove(dir);
	free(path);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_faults),
		cmocka_unit_test(test_every_fault),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

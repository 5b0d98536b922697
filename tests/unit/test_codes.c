/* SPDX-License-Identifier: Apache-2.0 */
#include "check/codes.h"

#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Code lists: our own files and those of the code service. */

/* "NAME" or "NAME,words" in the folder; the file gets the text. */
static int add(struct code_lists *lists, const char *spec, const char *text,
    struct err *err)
{
	char *name = xstrndup(spec, strcspn(spec, ","));
	char *path = path_join(folder, name);
	char *whole = path_join(folder, spec);
	if (file_write_whole(path, text, strlen(text), 0600, err) < 0)
		fail_msg("%s", err->msg);
	int rc = code_lists_add(lists, whole, err);
	free(whole);
	free(path);
	free(name);
	return rc;
}

#define LIST(body)                                               \
 "<codes xmlns='urn:esitesti:codes:1'><list oid='1.2.3' fi='a' " \
 "en='b' complete='true' mark='F' source='s'>" body "</list></codes>"

static void test_own_file(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	assert_int_equal(add(lists, "a.xml",
			     LIST("<code value='2' en='two'/>"
				  "<code value='10'/><code value='1'/>"),
			     &err),
	    0);
	const struct code_list *list = code_lists_find(lists, "1.2.3");
	assert_non_null(list);
	assert_string_equal(code_list_row(list, "2")->name[LANG_EN], "two");
	assert_non_null(code_list_row(list, "10"));
	assert_null(code_list_row(list, "3"));
	assert_null(code_lists_find(lists, "1.2.4"));
	/* the same list again takes its place */
	assert_int_equal(
	    add(lists, "b.xml", LIST("<code value='3'/>"), &err), 0);
	assert_int_equal(code_lists_count(lists), 1);
	list = code_lists_find(lists, "1.2.3");
	assert_non_null(code_list_row(list, "3"));
	assert_null(code_list_row(list, "2"));
	code_lists_free(lists);
}

static void test_csv(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	int rc = add(lists, "a.csv,oid=1.2.3,code=Id,name=Nimi",
	    "\xef\xbb\xbfNimi;Id;muu\r\n\"a;\"\"b\"\"\nc\";X 1;\r\nd;Y\n;;\n",
	    &err);
	if (rc < 0)
		fail_msg("%s", err.msg);
	const struct code_list *list = code_lists_find(lists, "1.2.3");
	assert_int_equal(list->count, 2);
	assert_true(list->complete);
	assert_string_equal(
	    code_list_row(list, "X 1")->name[LANG_FI], "a;\"b\"\nc");
	assert_non_null(code_list_row(list, "Y"));
	code_lists_free(lists);
}

static void test_csv_in_part(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	assert_int_equal(
	    add(lists, "a.csv,oid=1.2.3,code=Id,complete=no", "Id\n7\n", &err),
	    0);
	assert_false(code_lists_find(lists, "1.2.3")->complete);
	assert_false(code_lists_find(lists, "1.2.3")->given);
	code_lists_are_given(lists);
	assert_int_equal(
	    add(lists, "a.csv,oid=1.2.3,code=Id,complete=yes", "Id\n7\n", &err),
	    0);
	assert_true(code_lists_find(lists, "1.2.3")->complete);
	assert_true(code_lists_find(lists, "1.2.3")->given);
	code_lists_free(lists);
}

/* One letter, in a code of three or more: shorter ones are all alike. */
static void test_near(void **state)
{
	(void)state;
	static const struct {
		const char *code, *near;
	} all[] = {
		{ "J45.1", "J45.0" },
		{ "J45.", "J45.0" },
		{ "J455.0", "J45.0" },
		{ "J4.01", NULL },
		{ "151", "121" },
		{ "15", NULL },
		{ "2", NULL },
		{ "999", NULL },
	};
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	assert_int_equal(
	    add(lists, "a.csv,oid=1.2.3,code=Id", "Id\n1\n121\nJ45.0\n", &err),
	    0);
	const struct code_list *list = code_lists_find(lists, "1.2.3");
	for (size_t i = 0; i < COUNTOF(all); i++) {
		const struct code_row *row = code_list_near(list, all[i].code);
		if (!row != !all[i].near ||
		    (row && !streq(row->code, all[i].near)))
			fail_msg("%s: %s", all[i].code, row ? row->code : "-");
	}
	code_lists_free(lists);
}

static void test_commas(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	assert_int_equal(add(lists, "a.csv,oid=1.2.3,code=Id,separator=,",
			     "Id,Nimi\n7,x\n", &err),
	    0);
	assert_non_null(code_list_row(code_lists_find(lists, "1.2.3"), "7"));
	code_lists_free(lists);
}

static void refused(
    const char *spec, const char *text, enum err_kind kind, const char *word)
{
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	assert_int_equal(add(lists, spec, text, &err), -1);
	if (err.kind != kind || !strstr(err.msg, word))
		fail_msg("'%s' for %s", err.msg, spec);
	code_lists_free(lists);
}

static void test_what_is_wrong(void **state)
{
	(void)state;
	refused("a.csv", "Id\n", ERR_USAGE, "columns");
	refused("a.csv,oid=1.2.3", "Id\n1\n", ERR_USAGE, "column");
	refused("a.csv,oid=x,code=Id", "Id\n1\n", ERR_USAGE, "OID");
	refused("a.csv,oid=1.2.3,code=Id,complete=maybe", "Id\n1\n", ERR_USAGE,
	    "complete");
	refused("a.csv,oid=1.2.3,cod=Id", "Id\n1\n", ERR_USAGE, "cod");
	refused("a.csv,oid=1.2.3,code=No", "Id;Nimi\n1\n", ERR_CASE, "'Nimi'");
	refused("a.csv,oid=1.2.3,code=Id", "Id\n\"1\n", ERR_CASE, "closed");
	refused("a.csv,oid=1.2.3,code=Id", "Id\n", ERR_CASE, "no code");
	refused("a.csv,oid=1.2.3,code=Id", "Id\n\xe4\n", ERR_CASE, "UTF-8");
	refused("a.xml", LIST(""), ERR_CASE, "code");
	refused("a.xml", "<a/>", ERR_CASE, "a");
	refused("a.xml",
	    "<codes xmlns='urn:esitesti:codes:1'><list oid='1.2.3' fi='a' "
	    "en='b' complete='true' mark='F' source='s'><code value='1'/>"
	    "</list><place at='x' in='any' mark='F' systems='1.2 x' "
	    "source='s'/></codes>",
	    ERR_CASE, "no OID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_file),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_csv_in_part),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_commas),
		cmocka_unit_test(test_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, folder_begin, folder_end);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/vars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct vars known(void)
{
	struct vars v = { 0 };
	vars_set(&v, "record.oid", "1.2.3");
	vars_set(&v, "name", "a<b");
	return v;
}

static void expands(const char *text, bool xml, const char *expected)
{
	struct vars v = known();
	struct err err = { 0 };
	struct buf b = BUF_INIT(1000);
	assert_int_equal(vars_expand(&v, &b, text, strlen(text), xml, &err), 0);
	assert_string_equal(b.ptr, expected);
	buf_release(&b);
	vars_release(&v);
}

static void fails(const char *text, unsigned line, unsigned column,
    const char *message, const char *hint)
{
	struct vars v = known();
	struct err err = { 0 };
	struct buf b = BUF_INIT(1000);
	assert_int_equal(
	    vars_expand(&v, &b, text, strlen(text), false, &err), -1);
	assert_int_equal(err.kind, ERR_CASE);
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, column);
	assert_string_equal(err.msg, message);
	assert_non_null(strstr(err.hint, hint));
	buf_release(&b);
	vars_release(&v);
}

static void test_expand(void **state)
{
	(void)state;
	expands("", false, "");
	expands("plain", false, "plain");
	expands("${record.oid}", false, "1.2.3");
	expands("x${name}y${record.oid}", false, "xa<by1.2.3");
	expands("x${name}y", true, "xa&lt;by");
	expands("5 $$ {}", false, "5 $ {}");
	expands("$${name}", false, "${name}");
}

static void test_faults(void **state)
{
	(void)state;
	fails("a\nbc ${record.oit}", 2, 4, "unknown variable '${record.oit}'",
	    "did you mean '${record.oid}'?");
	fails("${zzzzzzzzzz}", 1, 1, "unknown variable '${zzzzzzzzzz}'", "");
	fails("5 $", 1, 3, "a lone '$' in a text", "'$$'");
	fails("$name", 1, 1, "a lone '$' in a text", "'${name}'");
	fails("${}", 1, 1, "a variable that is not of the form '${name}'", "");
	fails("${na me}", 1, 1, "a variable that is not of the form '${name}'",
	    "");
	fails("${name", 1, 1, "a variable that is not of the form '${name}'",
	    "ends with '}'");
}

static void test_cap(void **state)
{
	(void)state;
	struct vars v = known();
	struct err err = { 0 };
	struct buf b = BUF_INIT(4);
	assert_int_equal(
	    vars_expand(&v, &b, "${record.oid}", 13, false, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
	vars_release(&v);
}

static void test_set_again(void **state)
{
	(void)state;
	struct vars v = known();
	vars_set(&v, "name", "new");
	assert_string_equal(vars_get(&v, "name"), "new");
	vars_set(&v, "name", vars_get(&v, "name"));
	assert_string_equal(vars_get(&v, "name"), "new");
	assert_null(vars_get(&v, "nam"));
	assert_int_equal(v.count, 2);
	vars_release(&v);
}

static int count_name(void *ctx, const char *name, struct err *err)
{
	int *count = ctx;
	++*count;
	return streq(name, "bad") ? err_set(err, ERR_CASE, "bad") : 0;
}

static void test_scan(void **state)
{
	(void)state;
	struct err err = { 0 };
	int count = 0;
	assert_int_equal(
	    vars_scan("${a} $$ ${b.c}${a}", count_name, &count, &err), 0);
	assert_int_equal(count, 3);
	assert_int_equal(
	    vars_scan("${bad} ${b}", count_name, &count, &err), -1);
	assert_int_equal(count, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_set_again),
		cmocka_unit_test(test_scan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "check/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static struct finding *add(struct findings *list, const char *rule,
    const char *where, const char *lacks)
{
	struct finding *f = findings_add(list);
	f->rule = xstrdup(rule);
	f->where = xstrdup(where);
	f->lacks = lacks ? xstrdup(lacks) : NULL;
	f->stage = str_starts(rule, "ESI-SCH-") ? STAGE_SCHEMA : STAGE_RULES;
	f->line = 3;
	return f;
}

/* What is left of two findings, the schema's being one of them. */
static size_t left(const char *by, const char *lacks, const char *where,
    const char *rule, unsigned line)
{
	struct findings list = { 0 };
	add(&list, by, "/a/@value", lacks);
	add(&list, rule, where, NULL)->line = line;
	size_t taken = findings_tell_once(&list);
	size_t count = list.count;
	assert_int_equal(taken, 2 - count);
	assert_string_equal(list.at[0].rule, by);
	findings_release(&list);
	return count;
}

static void test_once(void **state)
{
	(void)state;
	const char *here = "/a/@value", *value = "ESI-SCH-08";
	assert_int_equal(left(value, NULL, here, "ESI-H-77", 3), 1);
	assert_int_equal(left(value, NULL, here, "ESI-CODE-04", 3), 1);
	assert_int_equal(left(value, NULL, "/a/@other", "ESI-H-77", 3), 2);
	assert_int_equal(left(value, NULL, here, "ESI-H-77", 4), 2);
	assert_int_equal(left(value, NULL, here, "ESI-H-71", 3), 2);
	assert_int_equal(left("ESI-SCH-09", NULL, here, "ESI-H-77", 3), 2);
}

/* Which child is missing must be the same, too. */
static void test_child(void **state)
{
	(void)state;
	const char *here = "/a/@value", *missing = "ESI-SCH-05";
	assert_int_equal(left(missing, "id", here, "ESI-H-03", 3), 1);
	assert_int_equal(left(missing, "code", here, "ESI-H-03", 3), 2);
	assert_int_equal(left(missing, NULL, here, "ESI-H-03", 3), 2);
}

/* A rule of somebody's whose name is a piece of one of ours, or empty. */
static void test_names(void **state)
{
	(void)state;
	const char *here = "/a/@value", *value = "ESI-SCH-08";
	assert_int_equal(left(value, NULL, here, "H-77", 3), 2);
	assert_int_equal(left(value, NULL, here, "ESI-H-7", 3), 2);
	assert_int_equal(left(value, NULL, here, "", 3), 2);
	struct findings none = { 0 };
	assert_int_equal(findings_tell_once(&none), 0);
	assert_int_equal(none.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_child),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

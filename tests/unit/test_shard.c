/* SPDX-License-Identifier: Apache-2.0 */
#include "run/shard.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

/* ---- Who says so */

static const char *const *environment; /* name, value, …, NULL */

static char *lookup(const char *name)
{
	for (size_t i = 0; environment && environment[i]; i += 2)
		if (streq(environment[i], name))
			return (char *)(uintptr_t)environment[i + 1];
	return NULL;
}

static void from_option(void **state)
{
	static const char *const ci[] = { "CI_NODE_INDEX", "4", "CI_NODE_TOTAL",
		"4", NULL };
	struct shard s;
	struct err err = { 0 };
	(void)state;
	environment = ci;
	assert_int_equal(shard_choose(&s, "2/5", false, lookup, &err), 0);
	assert_int_equal(s.index, 2);
	assert_int_equal(s.total, 5);
	assert_string_equal(s.from, "--shard");
	assert_int_equal(shard_choose(&s, "1/1", true, lookup, &err), 0);
	assert_int_equal(s.total, 1);
	assert_string_equal(s.from, "ESITESTI_SHARD");
	environment = NULL;
}

static void bad_options(void **state)
{
	static const char *const words[] = { "", "2", "/", "0/2", "3/2", "1/0",
		"a/b", "-1/2", "1/2/3", "1/ 2", "1/1001" };
	(void)state;
	for (size_t i = 0; i < COUNTOF(words); i++) {
		struct shard s;
		struct err err = { 0 };
		assert_int_equal(
		    shard_choose(&s, words[i], false, lookup, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.msg, "--shard: "));
	}
}

static void from_services(void **state)
{
	static const struct {
		const char *environment[9];
		unsigned index, total;
		const char *from;
	} rows[] = {
		{ { NULL }, 1, 1, "" },
		{ { "CI_NODE_INDEX", "3", "CI_NODE_TOTAL", "4" }, 3, 4,
		    "CI_NODE_INDEX, CI_NODE_TOTAL" },
		/* GitLab sets the total also of a job that is alone. */
		{ { "CI_NODE_TOTAL", "1" }, 1, 1, "" },
		{ { "SYSTEM_JOBPOSITIONINPHASE", "2", "SYSTEM_TOTALJOBSINPHASE",
		      "2" },
		    2, 2,
		    "SYSTEM_JOBPOSITIONINPHASE, SYSTEM_TOTALJOBSINPHASE" },
		{ { "SYSTEM_JOBPOSITIONINPHASE", "0", "SYSTEM_TOTALJOBSINPHASE",
		      "0" },
		    1, 1, "" },
		{ { "CIRCLE_NODE_INDEX", "0", "CIRCLE_NODE_TOTAL", "3" }, 1, 3,
		    "CIRCLE_NODE_INDEX, CIRCLE_NODE_TOTAL" },
		{ { "BUILDKITE_PARALLEL_JOB", "2",
		      "BUILDKITE_PARALLEL_JOB_COUNT", "3" },
		    3, 3,
		    "BUILDKITE_PARALLEL_JOB, BUILDKITE_PARALLEL_JOB_COUNT" },
		{ { "JOB_COMPLETION_INDEX", "7", "ESITESTI_SHARDS", "8" }, 8, 8,
		    "JOB_COMPLETION_INDEX, ESITESTI_SHARDS" },
		/* Kubernetes alone does not tell how many there are. */
		{ { "JOB_COMPLETION_INDEX", "7" }, 1, 1, "" },
		/* One job of GitLab's in a pod of several. */
		{ { "CI_NODE_TOTAL", "1", "JOB_COMPLETION_INDEX", "1",
		      "ESITESTI_SHARDS", "2" },
		    2, 2, "JOB_COMPLETION_INDEX, ESITESTI_SHARDS" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct shard s;
		struct err err = { 0 };
		environment = rows[i].environment;
		assert_int_equal(
		    shard_choose(&s, NULL, false, lookup, &err), 0);
		assert_int_equal(s.index, rows[i].index);
		assert_int_equal(s.total, rows[i].total);
		assert_string_equal(s.from, rows[i].from);
	}
	environment = NULL;
}

static void bad_services(void **state)
{
	static const char *const rows[][5] = {
		{ "CI_NODE_INDEX", "0", "CI_NODE_TOTAL", "4" },
		{ "CI_NODE_INDEX", "5", "CI_NODE_TOTAL", "4" },
		{ "CI_NODE_INDEX", "x", "CI_NODE_TOTAL", "4" },
		{ "CI_NODE_INDEX", "1", "CI_NODE_TOTAL", "many" },
		{ "CIRCLE_NODE_INDEX", "3", "CIRCLE_NODE_TOTAL", "3" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct shard s;
		struct err err = { 0 };
		environment = rows[i];
		assert_int_equal(
		    shard_choose(&s, NULL, false, lookup, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.msg, "environment C"));
	}
	environment = NULL;
}

/* ---- Whose cases */

static struct case_set make_cases(size_t count)
{
	struct case_set set = { 0 };
	for (size_t i = 0; i < count; i++) {
		struct testcase *tc = xcalloc(1, sizeof(*tc));
		tc->id = xasprintf("case-%03zu", i);
		*VEC_PUSH(&set) = tc;
	}
	return set;
}

/* Each case in exactly one shard, and the shards of equal size but for one. */
static void parts(size_t count, unsigned total)
{
	unsigned taken[64] = { 0 };
	for (unsigned index = 1; index <= total; index++) {
		struct case_set set = make_cases(count);
		struct shard s = { .index = index, .total = total };
		shard_take(&s, &set);
		assert_true(set.count == count / total ||
			    set.count == count / total + 1);
		VEC_EACH (struct testcase *, tc, &set)
			taken[strtoul((*tc)->id + 5, NULL, 10)]++;
		case_set_release(&set);
	}
	for (size_t i = 0; i < count; i++)
		assert_int_equal(taken[i], 1);
}

static void takes_each_once(void **state)
{
	(void)state;
	for (unsigned total = 1; total <= 9; total++)
		for (size_t count = 0; count <= 20; count++)
			parts(count, total);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_option),
		cmocka_unit_test(bad_options),
		cmocka_unit_test(from_services),
		cmocka_unit_test(bad_services),
		cmocka_unit_test(takes_each_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs the three above first */
#include <cmocka.h>

static const struct {
	int64_t us;
	const char *text, *compact;
} times[] = {
	{ 0, "1970-01-01T00:00:00.000000Z", "19700101T000000Z" },
	{ 1, "1970-01-01T00:00:00.000001Z", "19700101T000000Z" },
	{ -1, "1969-12-31T23:59:59.999999Z", "19691231T235959Z" },
	{ INT64_C(1795285323123456), "2026-11-21T18:22:03.123456Z",
	    "20261121T182203Z" },
	{ INT64_C(1709164800000000), "2024-02-29T00:00:00.000000Z",
	    "20240229T000000Z" },
};

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(times); i++) {
		char out[CLOCK_TEXT];
		int64_t back = 5;
		clock_rfc3339(out, times[i].us);
		assert_string_equal(out, times[i].text);
		assert_int_equal(clock_parse_rfc3339(out, &back), 0);
		assert_true(back == times[i].us);
		clock_compact(out, times[i].us);
		assert_string_equal(out, times[i].compact);
	}
}

static void parsing(void **state)
{
	(void)state;
	int64_t us;
	assert_int_equal(clock_parse_rfc3339("2026-11-21T18:22:03Z", &us), 0);
	assert_true(us == INT64_C(1795285323000000));
	assert_int_equal(clock_parse_rfc3339("2026-11-21T18:22:03.5Z", &us), 0);
	assert_true(us == INT64_C(1795285323500000));
	assert_int_equal(
	    clock_parse_rfc3339("2026-11-21T18:22:03.1234567Z", &us), 0);
	assert_true(us == INT64_C(1795285323123456));
	static const char *const bad[] = {
		"",
		"2026",
		"2026-11-21",
		"2026-11-21T18:22:03",
		"2026-11-21 18:22:03Z",
		"2026-11-21T18:22:03+02:00",
		"2026-11-21T18:22:03.Z",
		"2026-11-21T18:22:03Zx",
		"2026-13-21T18:22:03Z",
		"2026-00-21T18:22:03Z",
		"2026-02-29T18:22:03Z",
		"2026-11-31T18:22:03Z",
		"2026-11-21T24:00:00Z",
		"2026-11-21T18:60:03Z",
		"2026-11-21T18:22:61Z",
		"26-11-21T18:22:03Z",
	};
	for (size_t i = 0; i < COUNTOF(bad); i++)
		if (clock_parse_rfc3339(bad[i], &us) == 0)
			fail_msg("%s is taken", bad[i]);
}

static void zone_is_utc(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Helsinki", 1);
	texts(state);
	parsing(state);
	unsetenv("TZ");
}

static void clocks(void **state)
{
	(void)state;
	int64_t at = 42;
	struct world w = world_fixed(&at, 1);
	assert_true(world_now(&w) == 42);
	at = 43;
	assert_true(world_now(&w) == 43);
	struct world real = world_real();
	assert_true(world_now(&real) > INT64_C(1600000000000000));
	struct world other = world_real();
	assert_true(real.seed != other.seed);
	int64_t from = clock_monotonic();
	assert_true(clock_monotonic() >= from);
}

static void ids(void **state)
{
	(void)state;
	int64_t at = 0;
	struct world w = world_fixed(&at, 1), v = world_fixed(&at, 2);
	uint64_t id = world_id(&w, "case", "step", 0);
	assert_true(id == world_id(&w, "case", "step", 0));
	assert_true(id >> 60 == 0);
	assert_true(id != world_id(&w, "case", "step", 1));
	assert_true(id != world_id(&v, "case", "step", 0));
	assert_true(world_id(&w, "a", "bc", 0) != world_id(&w, "ab", "c", 0));
	/* ids are part of golden folders: they must not change */
	at = 1;
	assert_true(id == world_id(&w, "case", "step", 0));
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static void ids_differ(void **state)
{
	(void)state;
	enum {
		COUNT = 100000
	};
	int64_t at = 0;
	struct world w = world_fixed(&at, 1);
	uint64_t *all = calloc(COUNT, sizeof(*all));
	assert_non_null(all);
	for (unsigned i = 0; i < COUNT; i++) {
		char step[16];
		snprintf(step, sizeof(step), "s%u", i / 10);
		all[i] = world_id(&w, "case", step, i % 10);
	}
	qsort(all, COUNT, sizeof(*all), by_value);
	for (size_t i = 1; i < COUNT; i++)
		assert_true(all[i] != all[i - 1]);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(parsing),
		cmocka_unit_test(zone_is_utc),
		cmocka_unit_test(clocks),
		cmocka_unit_test(ids),
		cmocka_unit_test(ids_differ),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/hl7time.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void check(const char *utc, const char *local)
{
	int64_t us = 0;
	char out[HL7_TIME_TEXT];
	assert_int_equal(clock_parse_rfc3339(utc, &us), 0);
	hl7_time_local(out, us);
	assert_string_equal(out, local);
}

/* The days on which summer time begins and ends. */
static void test_summer(void **state)
{
	(void)state;
	check("2026-03-29T00:59:59Z", "20260329025959");
	check("2026-03-29T01:00:00Z", "20260329040000");
	check("2026-10-25T00:59:59Z", "20261025035959");
	check("2026-10-25T01:00:00Z", "20261025030000");
	check("2027-03-28T01:00:00Z", "20270328040000");
	check("2024-03-31T01:00:00Z", "20240331040000");
	check("2026-12-31T23:30:00Z", "20270101013000");
	check("2026-07-01T12:00:00Z", "20260701150000");
	check("2026-03-01T12:00:00Z", "20260301140000");
	check("1969-12-31T23:59:59.5Z", "19700101015959");
}

static void test_people(void **state)
{
	(void)state;
	int64_t us = 0;
	char out[HL7_TIME_TEXT];
	assert_int_equal(clock_parse_rfc3339("2026-11-21T18:22:03Z", &us), 0);
	hl7_date_local(out, us);
	assert_string_equal(out, "20261121");
	finnish_date(out, us);
	assert_string_equal(out, "21.11.2026");
	assert_int_equal(clock_parse_rfc3339("2026-01-02T03:04:05Z", &us), 0);
	finnish_date(out, us);
	assert_string_equal(out, "2.1.2026");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summer),
		cmocka_unit_test(test_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

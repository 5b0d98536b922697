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

static void check_span(const char *text, const char *from, const char *to)
{
	struct hl7_interval span = { 0 };
	struct err err = { .kind = ERR_NONE };
	int64_t a = 0, b = 0;
	if (hl7_time_read(text, &span, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(clock_parse_rfc3339(from, &a), 0);
	assert_int_equal(clock_parse_rfc3339(to, &b), 0);
	if (span.from != a || span.to != b)
		fail_msg("%s is %ld..%ld, not %ld..%ld", text, (long)span.from,
		    (long)span.to, (long)a, (long)b);
}

static void test_read(void **state)
{
	(void)state;
	check_span("2026", "2025-12-31T22:00:00Z", "2026-12-31T22:00:00Z");
	check_span("202612", "2026-11-30T22:00:00Z", "2026-12-31T22:00:00Z");
	check_span("20261121", "2026-11-20T22:00:00Z", "2026-11-21T22:00:00Z");
	/* a day of 23 hours, and one of 25 */
	check_span("20260329", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z");
	check_span("20261025", "2026-10-24T21:00:00Z", "2026-10-25T22:00:00Z");
	check_span(
	    "2026070112", "2026-07-01T09:00:00Z", "2026-07-01T10:00:00Z");
	check_span(
	    "202611212022", "2026-11-21T18:22:00Z", "2026-11-21T18:23:00Z");
	check_span(
	    "20261121202203", "2026-11-21T18:22:03Z", "2026-11-21T18:22:04Z");
	check_span("20170615080206.478", "2017-06-15T05:02:06.478Z",
	    "2017-06-15T05:02:06.479Z");
	check_span("20261121202203.1234567", "2026-11-21T18:22:03.123456Z",
	    "2026-11-21T18:22:03.123457Z");
	check_span("20260717130654+0300", "2026-07-17T10:06:54Z",
	    "2026-07-17T10:06:55Z");
	check_span(
	    "2026071713-0030", "2026-07-17T13:30:00Z", "2026-07-17T14:30:00Z");
	check_span("20240229", "2024-02-28T22:00:00Z", "2024-02-29T22:00:00Z");
}

static void test_refuse(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "x", "202", "20261", "2026112",
		"20261301", "20260230", "20250229", "2026112124", "00000101",
		"202611212060", "20261121202260", "2026112120220300",
		"20261121 ", " 20261121", "20261121202203.", "20261121.5",
		"20261121+0200", "2026112120+02", "2026112120+1500",
		"2026112120+0260", "2026-11-21", "20261121202203+0200x" };
	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct hl7_interval span;
		struct err err = { .kind = ERR_NONE };
		if (hl7_time_read(wrong[i], &span, &err) == 0)
			fail_msg("taken: '%s'", wrong[i]);
		assert_int_equal(err.kind, ERR_KANTA);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summer),
		cmocka_unit_test(test_people),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/hl7time.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int digits;
		bool zoned;
		int zone;
	} rows[] = {
		{ "2026", 4, false, 0 },
		{ "202611", 6, false, 0 },
		{ "20261121", 8, false, 0 },
		{ "2026112120", 10, false, 0 },
		{ "202611212022", 12, false, 0 },
		{ "20261121202203", 14, false, 0 },
		{ "20170615080206.478", 17, false, 0 },
		{ "20260717130654+0300", 14, true, 180 },
		{ "20260717130654-0330", 14, true, -210 },
		{ "20260717130654.5+02", 17, true, 120 },
		{ "20240229", 8, false, 0 },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct hl7_time t;
		if (!hl7_time_read(rows[i].text, &t))
			fail_msg("'%s'", rows[i].text);
		assert_int_equal(t.digits, rows[i].digits);
		assert_int_equal(t.zoned, rows[i].zoned);
		assert_int_equal(t.zone_minutes, rows[i].zone);
	}
	struct hl7_time t;
	assert_true(hl7_time_read("20170615080206.4785", &t));
	assert_int_equal(t.millisecond, 478);
	assert_true(hl7_time_read("20170615080206.4", &t));
	assert_int_equal(t.millisecond, 400);
	assert_int_equal(t.hour, 8);
	assert_int_equal(t.second, 6);
}

static void test_refuse(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "20", "20261", "2026112",
		"20261301", "20260230", "20250229", "19000229", "20261100",
		"2026112124", "202611212060", "20261121202260",
		"2026112120220300", "20261121202203.", "20261121202203.x",
		"202611212022.5", "20261121+0200", "20261121202203+",
		"20261121202203+020", "20261121202203+02000",
		"20261121202203+0260", "20261121202203+1500", "20261121202203Z",
		"2026-11-21", " 20261121", "20261121 ", "20261121202203 +0200",
		"0000" };
	struct hl7_time t;
	for (size_t i = 0; i < COUNTOF(wrong); i++)
		if (hl7_time_read(wrong[i], &t))
			fail_msg("'%s'", wrong[i]);
}

static void check(const char *utc, const char *local, const char *zoned)
{
	int64_t us = 0;
	char out[HL7_TIME_TEXT];
	assert_int_equal(clock_parse_rfc3339(utc, &us), 0);
	hl7_time_local(out, us);
	assert_string_equal(out, local);
	hl7_time_zoned(out, us);
	assert_string_equal(out, zoned);
}

/* The days on which summer time begins and ends. */
static void test_summer(void **state)
{
	(void)state;
	check("2026-03-29T00:59:59Z", "20260329025959", "20260329025959+0200");
	check("2026-03-29T01:00:00Z", "20260329040000", "20260329040000+0300");
	check("2026-10-25T00:59:59Z", "20261025035959", "20261025035959+0300");
	check("2026-10-25T01:00:00Z", "20261025030000", "20261025030000+0200");
	check("2027-03-28T01:00:00Z", "20270328040000", "20270328040000+0300");
	check("2024-03-31T01:00:00Z", "20240331040000", "20240331040000+0300");
	check("2026-12-31T23:30:00Z", "20270101013000", "20270101013000+0200");
	check("2026-07-01T12:00:00Z", "20260701150000", "20260701150000+0300");
	check("2026-03-01T12:00:00Z", "20260301140000", "20260301140000+0200");
	check(
	    "1969-12-31T23:59:59.5Z", "19700101015959", "19700101015959+0200");
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
	finnish_time(out, us);
	assert_string_equal(out, "21.11.2026 klo 20.22.03");
	english_time(out, us);
	assert_string_equal(out, "21 Nov 2026 20:22:03");
	assert_int_equal(clock_parse_rfc3339("2026-01-02T03:04:05Z", &us), 0);
	finnish_time(out, us);
	assert_string_equal(out, "2.1.2026 klo 5.04.05");
	english_time(out, us);
	assert_string_equal(out, "2 Jan 2026 05:04:05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_summer),
		cmocka_unit_test(test_people),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/hl7time.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

/* The day of the week, 0 = Sunday (Sakamoto). */
static int weekday(int year, int month, int day)
{
	static const int shift[] = { 0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4 };
	int y = month < 3 ? year - 1 : year;
	return (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day) % 7;
}

/* Summer time: 01:00 UTC of the last Sundays of March and October. */
static bool is_summer(const struct tm *utc)
{
	int year = utc->tm_year + 1900, month = utc->tm_mon + 1;
	if (month != 3 && month != 10)
		return month > 3 && month < 10;
	int sunday = 31 - weekday(year, month, 31);
	bool after = utc->tm_mday > sunday ||
		     (utc->tm_mday == sunday && utc->tm_hour >= 1);
	return after == (month == 3);
}

/* Finnish wall-clock time. */
static void to_local(struct tm *tm, int64_t us)
{
	int64_t s = us / 1000000 - (us % 1000000 < 0);
	time_t utc = (time_t)s;
	gmtime_r(&utc, tm);
	int offset = is_summer(tm) ? 3 : 2;
	time_t local = utc + offset * 3600;
	gmtime_r(&local, tm);
}

void hl7_time_local(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	to_local(&tm, us);
	strftime(out, HL7_TIME_TEXT, "%Y%m%d%H%M%S", &tm);
}

void hl7_date_local(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	to_local(&tm, us);
	strftime(out, HL7_TIME_TEXT, "%Y%m%d", &tm);
}

/* Bounds that the compiler can see. */
static int number_of_day(const struct tm *tm)
{
	return tm->tm_mday % 100;
}

static int number_of_month(const struct tm *tm)
{
	return tm->tm_mon % 12 + 1;
}

void finnish_date(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	to_local(&tm, us);
	snprintf(out, HL7_TIME_TEXT, "%d.%d.%d", number_of_day(&tm),
	    number_of_month(&tm), (tm.tm_year + 1900) % 10000);
}

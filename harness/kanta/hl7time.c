/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/hl7time.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

/* ---- Reading */

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static int number(const char *s, int n)
{
	int value = 0;
	for (int i = 0; i < n; i++)
		value = value * 10 + (s[i] - '0');
	return value;
}

static int count_digits(const char *s)
{
	int n = 0;
	/* One more than any form has: enough to refuse the longer. */
	while (n < 20 && str_is_digit(s[n]))
		n++;
	return n;
}

static bool read_fraction(const char **s, struct hl7_time *out)
{
	if (**s != '.')
		return true;
	if (out->digits != 14 || !str_is_digit((*s)[1]))
		return false;
	int unit = 100;
	for (++*s; str_is_digit(**s); ++*s, unit /= 10)
		out->millisecond += (**s - '0') * unit;
	out->digits = 17;
	return true;
}

/* ±h, ±hh or ±hhmm; three digits could be read in two ways. */
static bool read_zone(const char *s, struct hl7_time *out)
{
	if (*s == '\0')
		return true;
	int sign = *s == '+' ? 1 : -1;
	int n = count_digits(s + 1);
	if ((*s != '+' && *s != '-') || out->digits < 10 || s[1 + n])
		return false;
	if (n != 1 && n != 2 && n != 4)
		return false;
	int hours = number(s + 1, n == 1 ? 1 : 2);
	int minutes = n == 4 ? number(s + 3, 2) : 0;
	if (hours > 14 || minutes > 59)
		return false;
	out->zoned = true;
	out->zone_minutes = sign * (hours * 60 + minutes);
	return true;
}

static bool is_real(const struct hl7_time *t)
{
	return t->year >= 1 && t->month >= 1 && t->month <= 12 && t->day >= 1 &&
	       t->day <= days_in(t->year, t->month) && t->hour <= 23 &&
	       t->minute <= 59 && t->second <= 59;
}

bool hl7_time_read(const char *s, struct hl7_time *out)
{
	int n = count_digits(s);
	if (n < 4 || n > 14 || n % 2 != 0)
		return false;
	*out = (struct hl7_time){ .digits = n, .month = 1, .day = 1 };
	int *const parts[] = { &out->month, &out->day, &out->hour, &out->minute,
		&out->second };
	out->year = number(s, 4);
	for (int i = 0; 4 + 2 * i < n; i++)
		*parts[i] = number(s + 4 + 2 * i, 2);
	s += n;
	return read_fraction(&s, out) && read_zone(s, out) && is_real(out);
}

/* ---- Writing */

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

/* Finnish wall-clock time; returns the hours east of Greenwich. */
static int to_local(struct tm *tm, int64_t us)
{
	int64_t s = us / 1000000 - (us % 1000000 < 0);
	time_t utc = (time_t)s;
	gmtime_r(&utc, tm);
	int offset = is_summer(tm) ? 3 : 2;
	time_t local = utc + offset * 3600;
	gmtime_r(&local, tm);
	return offset;
}

void hl7_time_local(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	to_local(&tm, us);
	strftime(out, HL7_TIME_TEXT, "%Y%m%d%H%M%S", &tm);
}

void hl7_time_zoned(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	int offset = to_local(&tm, us);
	size_t n = strftime(out, HL7_TIME_TEXT, "%Y%m%d%H%M%S", &tm);
	snprintf(out + n, HL7_TIME_TEXT - n, "+0%c00", '0' + offset);
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

void finnish_time(char out[HL7_TIME_TEXT], int64_t us)
{
	struct tm tm;
	char clock[16];
	finnish_date(out, us);
	to_local(&tm, us);
	strftime(clock, sizeof(clock), ".%M.%S", &tm);
	size_t n = strlen(out);
	snprintf(
	    out + n, HL7_TIME_TEXT - n, " klo %d%s", tm.tm_hour % 100, clock);
}

void english_time(char out[HL7_TIME_TEXT], int64_t us)
{
	/* %b would follow the locale. */
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct tm tm;
	char rest[HL7_TIME_TEXT];
	to_local(&tm, us);
	strftime(rest, sizeof(rest), "%Y %H:%M:%S", &tm);
	snprintf(out, HL7_TIME_TEXT, "%d %.3s %.20s", number_of_day(&tm),
	    months[number_of_month(&tm) - 1], rest);
}

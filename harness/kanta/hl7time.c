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

static time_t whole_seconds(int64_t us)
{
	return (time_t)(us / 1000000 - (us % 1000000 < 0));
}

int finnish_offset(int64_t us)
{
	time_t utc = whole_seconds(us);
	struct tm tm;
	gmtime_r(&utc, &tm);
	return is_summer(&tm) ? 3 : 2;
}

/* Finnish wall-clock time. */
static void to_local(struct tm *tm, int64_t us)
{
	time_t local = whole_seconds(us) + finnish_offset(us) * 3600;
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

/* ---- Reading */

#define SECOND 1000000LL

/* The parts of a TS as far as it goes. */
struct parts {
	int value[6]; /* year, month, day, hour, minute, second */
	size_t count; /* of the values that are there */
	int64_t fraction, fraction_unit; /* in microseconds */
	bool zoned;
	int64_t offset; /* of the zone, in microseconds */
};

static int fail_time(const char *text, struct err *err, const char *why)
{
	err_set(err, ERR_KANTA, "'%.60s' is no point in time: %s", text, why);
	return err_hint(err,
	    "HL7 V3 TS: yyyyMMddHHmmss, cut behind any pair, then from the "
	    "hour on a zone like +0200");
}

static int pair(const char *p)
{
	return str_is_digit(p[0]) && str_is_digit(p[1])
		   ? (p[0] - '0') * 10 + (p[1] - '0')
		   : -1;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

static bool exists(const struct parts *t)
{
	const int *v = t->value;
	return v[0] >= 1 && v[1] >= 1 && v[1] <= 12 && v[2] >= 1 &&
	       v[2] <= days_in(v[0], v[1]) && v[3] <= 23 && v[4] <= 59 &&
	       v[5] <= 59;
}

/* The digits from the year on; where they end, or NULL. */
static const char *read_digits(const char *p, struct parts *t)
{
	int century = pair(p), rest = century < 0 ? -1 : pair(p + 2);
	if (rest < 0)
		return NULL;
	*t = (struct parts){ .value = { century * 100 + rest, 1, 1 },
		.count = 1 };
	for (p += 4; str_is_digit(*p); p += 2) {
		int n = t->count < COUNTOF(t->value) ? pair(p) : -1;
		if (n < 0)
			return NULL;
		t->value[t->count++] = n;
	}
	return p;
}

static const char *read_fraction(const char *p, struct parts *t)
{
	int64_t unit = SECOND;
	if (*p != '.' || t->count < COUNTOF(t->value))
		return p;
	if (!str_is_digit(*++p))
		return NULL;
	for (; str_is_digit(*p); p++) {
		/* Finer than a microsecond is cut. */
		if (unit == 1)
			continue;
		unit /= 10;
		t->fraction += unit * (*p - '0');
	}
	t->fraction_unit = unit;
	return p;
}

static const char *read_zone(const char *p, struct parts *t)
{
	if ((*p != '+' && *p != '-') || t->count < 4)
		return p;
	int hours = pair(p + 1), minutes = hours < 0 ? -1 : pair(p + 3);
	if (minutes < 0 || hours > 14 || minutes > 59)
		return NULL;
	t->zoned = true;
	t->offset = (hours * 3600LL + minutes * 60LL) * SECOND;
	if (*p == '-')
		t->offset = -t->offset;
	return p + 5;
}

/* Finnish wall-clock time to UTC; the hour that comes twice in October is the
 * earlier one, summer time. */
static int64_t from_local(time_t wall)
{
	time_t summer = wall - 3 * 3600;
	struct tm tm;
	gmtime_r(&summer, &tm);
	return is_summer(&tm) ? summer : wall - 2 * 3600;
}

/* The beginning of what the parts say. */
static int64_t point(const struct parts *t)
{
	struct tm tm = { .tm_year = t->value[0] - 1900,
		.tm_mon = t->value[1] - 1,
		.tm_mday = t->value[2],
		.tm_hour = t->value[3],
		.tm_min = t->value[4],
		.tm_sec = t->value[5] };
	time_t wall = timegm(&tm);
	int64_t s = t->zoned ? (int64_t)wall : from_local(wall);
	return s * SECOND + t->fraction - t->offset;
}

int hl7_time_read(const char *text, struct hl7_interval *out, struct err *err)
{
	struct parts t;
	const char *p = read_digits(text, &t);
	p = p ? read_fraction(p, &t) : NULL;
	p = p ? read_zone(p, &t) : NULL;
	if (!p || *p)
		return fail_time(text, err, "it has another shape");
	if (!exists(&t))
		return fail_time(text, err, "there is no such day or hour");
	out->from = point(&t);
	if (t.fraction_unit) {
		out->to = out->from + t.fraction_unit;
		return 0;
	}
	/* One more of the last part; timegm carries it over. */
	t.value[t.count - 1]++;
	out->to = point(&t);
	return 0;
}

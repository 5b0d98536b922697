/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include "base/str.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;
	if (clock_gettime(id, &ts) != 0)
		BUG("no clock");
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static int64_t real_now(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t fixed_now(void *ctx)
{
	return *(int64_t *)ctx;
}

struct world world_real(void)
{
	struct world w = { .now = real_now };
	if (getrandom(&w.seed, sizeof(w.seed), 0) != sizeof(w.seed))
		w.seed = (uint64_t)read_clock(CLOCK_REALTIME);
	return w;
}

struct world world_fixed(int64_t *at, uint64_t seed)
{
	return (struct world){ .now = fixed_now, .ctx = at, .seed = seed };
}

int64_t world_now(const struct world *w)
{
	return w->now(w->ctx);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* FNV-1a over the text and its end, so that ("a","bc") is not ("ab","c"). */
static uint64_t hash_text(uint64_t h, const char *s)
{
	for (const char *p = s;; p++) {
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
		if (!*p)
			return h;
	}
}

/* The finaliser of SplitMix64: every input bit reaches every output bit. */
static uint64_t mix(uint64_t h)
{
	h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
	return h ^ h >> 31;
}

uint64_t world_id(
    const struct world *w, const char *case_id, const char *step_id, unsigned n)
{
	uint64_t h = mix(w->seed + UINT64_C(0x9e3779b97f4a7c15));
	h = hash_text(h, case_id);
	h = hash_text(h, step_id);
	return mix(h + n) >> 4;
}

static void split(int64_t us, struct tm *tm, int *fraction)
{
	time_t s = (time_t)(us / 1000000);
	*fraction = (int)(us % 1000000);
	if (*fraction < 0) {
		*fraction += 1000000;
		s--;
	}
	gmtime_r(&s, tm);
}

void clock_rfc3339(char out[CLOCK_TEXT], int64_t us)
{
	struct tm tm;
	int fraction;
	split(us, &tm, &fraction);
	size_t n = strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, CLOCK_TEXT - n, ".%06dZ", fraction);
}

void clock_compact(char out[CLOCK_TEXT], int64_t us)
{
	struct tm tm;
	int fraction;
	split(us, &tm, &fraction);
	strftime(out, CLOCK_TEXT, "%Y%m%dT%H%M%SZ", &tm);
}

/* The `n` digits at *s as a number; moves *s behind them, or -1. */
static int digits(const char **s, int n)
{
	int value = 0;
	for (int i = 0; i < n; i++, (*s)++) {
		if (!str_is_digit(**s))
			return -1;
		value = value * 10 + (**s - '0');
	}
	return value;
}

int clock_parse_rfc3339(const char *s, int64_t *us)
{
	static const struct {
		int digits;
		char then;
	} parts[] = { { 4, '-' }, { 2, '-' }, { 2, 'T' }, { 2, ':' },
		{ 2, ':' }, { 2, '\0' } };
	int v[COUNTOF(parts)];
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		v[i] = digits(&s, parts[i].digits);
		if (v[i] < 0)
			return -1;
		if (parts[i].then && *s++ != parts[i].then)
			return -1;
	}
	int64_t fraction = 0;
	if (*s == '.') {
		int64_t unit = 100000;
		if (!str_is_digit(s[1]))
			return -1;
		for (s++; str_is_digit(*s); s++, unit /= 10)
			fraction += (*s - '0') * unit;
	}
	if (!streq(s, "Z"))
		return -1;
	struct tm tm = {
		.tm_year = v[0] - 1900,
		.tm_mon = v[1] - 1,
		.tm_mday = v[2],
		.tm_hour = v[3],
		.tm_min = v[4],
		.tm_sec = v[5],
	};
	/* timegm makes a date of anything: it must come back as it went */
	struct tm same = tm;
	*us = (int64_t)timegm(&same) * 1000000 + fraction;
	return same.tm_mon == tm.tm_mon && same.tm_mday == tm.tm_mday &&
		       same.tm_hour == tm.tm_hour && same.tm_min == tm.tm_min &&
		       same.tm_sec == tm.tm_sec
		   ? 0
		   : -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/buf.h"

#include <strings.h>

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

void str_copy(char *to, size_t size, const char *from)
{
	size_t n = strlen(from);
	if (n >= size) {
		n = size - 1;
		while (n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80)
			n--;
	}
	memmove(to, from, n);
	to[n] = '\0';
}

size_t str_utf8(const char *s, size_t len, uint32_t *codepoint)
{
	static const struct {
		unsigned char mask, lead;
		size_t len;
		uint32_t least;
	} forms[] = {
		{ 0x80, 0x00, 1, 0 },
		{ 0xE0, 0xC0, 2, 0x80 },
		{ 0xF0, 0xE0, 3, 0x800 },
		{ 0xF8, 0xF0, 4, 0x10000 },
	};
	if (len == 0)
		return 0;
	unsigned char first = (unsigned char)s[0];
	for (size_t f = 0; f < COUNTOF(forms); f++) {
		if ((first & forms[f].mask) != forms[f].lead)
			continue;
		if (forms[f].len > len)
			return 0;
		uint32_t c = first & (unsigned char)~forms[f].mask;
		for (size_t i = 1; i < forms[f].len; i++) {
			unsigned char next = (unsigned char)s[i];
			if ((next & 0xC0) != 0x80)
				return 0;
			c = c << 6 | (next & 0x3F);
		}
		if (c < forms[f].least || c > 0x10FFFF ||
		    (c >= 0xD800 && c <= 0xDFFF))
			return 0;
		*codepoint = c;
		return forms[f].len;
	}
	return 0;
}

/* How many bytes from s on are ASCII, by eight: most text is. */
static size_t ascii_span(const char *s, size_t len)
{
	size_t i = 0;
	for (uint64_t eight; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, s + i, sizeof(eight));
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < len && !((unsigned char)s[i] & 0x80))
		i++;
	return i;
}

size_t str_utf8_span(const char *s, size_t len)
{
	size_t i = 0;
	while (i < len) {
		uint32_t c;
		i += ascii_span(s + i, len - i);
		size_t n = str_utf8(s + i, len - i, &c);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool str_is_utf8(const char *s, size_t len)
{
	return str_utf8_span(s, len) == len;
}

void str_clean(char *s)
{
	char *to = s;
	size_t len = strlen(s);
	for (size_t i = 0; i < len;) {
		uint32_t c = 0;
		size_t n = str_utf8(s + i, len - i, &c);
		bool control = (c < 0x20 && c != '\t' && c != '\n') ||
			       (c >= 0x7F && c < 0xA0);
		if (n == 0 || control) {
			*to++ = '?';
			i += n ? n : 1;
			continue;
		}
		memmove(to, s + i, n);
		to += n;
		i += n;
	}
	*to = '\0';
}

int str_number(
    const char *s, uint64_t min, uint64_t max, uint64_t *out, struct err *err)
{
	uint64_t n = 0;
	const char *p = s;
	for (; str_is_digit(*p); p++) {
		uint64_t digit = (uint64_t)(*p - '0');
		if (n > (UINT64_MAX - digit) / 10)
			break;
		n = n * 10 + digit;
	}
	if (p == s || *p || n < min || n > max)
		return err_set(err, ERR_USAGE,
		    "'%s' is not a whole number from %llu to %llu", s,
		    (unsigned long long)min, (unsigned long long)max);
	*out = n;
	return 0;
}

/* Levenshtein's distance, for words of up to 63 bytes; longer = far. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	size_t row[64];
	if (n > 63 || m > 63)
		return 64;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[m];
}

const char *str_nearest(const char *s, const char *const words[], size_t count)
{
	const char *best = NULL;
	size_t n = strlen(s);
	/* a third of the letters wrong, one more, but never all of them; and
	 * where more than one is, not the first, but for a prefix */
	size_t least = n / 3 + 2 < n ? n / 3 + 2 : n;
	for (size_t i = 0; i < count; i++) {
		size_t d = distance(s, words[i]);
		if (d < least &&
		    (d < 2 || *s == *words[i] || str_ends(s, words[i]))) {
			least = d;
			best = words[i];
		}
	}
	return best;
}

int str_choice(const char *s, const char *const words[], size_t count,
    const char *what, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (streq(s, words[i]))
			return (int)i;
	const char *near = str_nearest(s, words, count);
	struct buf list = BUF_INIT(sizeof(err->hint) - 64);
	for (size_t i = 0; i < count; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", words[i]);
	err_set(err, ERR_USAGE, "%s can't be '%s'", what, s);
	if (near)
		err_hint(
		    err, "did you mean '%s'? It can be: %s", near, list.ptr);
	else
		err_hint(err, "it can be: %s", list.ptr);
	buf_release(&list);
	return -1;
}

void str_hex(char *out, const uint8_t *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 15];
	}
	out[2 * len] = '\0';
}

static bool matches(
    const char *pattern, size_t pattern_len, const char *host, size_t host_len)
{
	size_t p = 0, h = 0;
	size_t star = SIZE_MAX, after = 0; /* the last '*', and what it took */
	while (h < host_len) {
		if (p < pattern_len && pattern[p] == '*') {
			star = p++;
			after = h;
		} else if (p < pattern_len &&
			   strncasecmp(pattern + p, host + h, 1) == 0) {
			p++;
			h++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			h = ++after;
		} else {
			return false;
		}
	}
	while (p < pattern_len && pattern[p] == '*')
		p++;
	return p == pattern_len;
}

bool str_matches_host(const char *pattern, const char *host)
{
	size_t n = strlen(host);
	if (n > 0 && host[n - 1] == '.')
		n--;
	return matches(pattern, strlen(pattern), host, n);
}

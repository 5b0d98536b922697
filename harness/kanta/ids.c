/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/ids.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

bool oid_is_under(const char *oid, const char *root)
{
	size_t n = strlen(root);
	return strncmp(oid, root, n) == 0 && (oid[n] == '\0' || oid[n] == '.');
}

/* ---- Y-tunnus */

#define BUSINESS_DIGITS 7

bool business_id_is_valid(const char *s)
{
	static const unsigned weights[BUSINESS_DIGITS] = { 7, 9, 10, 5, 8, 4,
		2 };
	unsigned sum = 0;
	size_t len = strspn(s, "0123456789");
	if (len < BUSINESS_DIGITS - 1 || len > BUSINESS_DIGITS)
		return false;
	for (size_t i = 0; i < len; i++)
		sum +=
		    weights[BUSINESS_DIGITS - len + i] * (unsigned)(s[i] - '0');
	if (s[len] != '-' || !str_is_digit(s[len + 1]) || s[len + 2])
		return false;
	unsigned rest = sum % 11, check = (unsigned)(s[len + 1] - '0');
	return rest != 1 && sum != 0 && check == (rest ? 11 - rest : 0);
}

void business_id_root(char out[BUSINESS_OID], const char *s)
{
	char digits[BUSINESS_DIGITS + 2];
	size_t n = 0;
	for (s += strspn(s, "0"); *s && n < sizeof(digits) - 1; s++)
		if (*s != '-')
			digits[n++] = *s;
	digits[n] = '\0';
	snprintf(out, BUSINESS_OID, "%s%s", BUSINESS_ROOT, digits);
}

/* ---- henkilötunnus */

static const char check_characters[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";

static bool is_alnum(char c)
{
	return str_is_digit(c) || str_is_alpha(c);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* The century that a separator stands for, 0 = it is none. */
static int century(char separator)
{
	if (separator == '+')
		return 1800;
	if (strchr("-YXWVU", separator))
		return 1900;
	if (strchr("ABCDEF", separator))
		return 2000;
	return 0;
}

static bool date_exists(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	if (month < 1 || month > 12 || day < 1)
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

char hetu_check_character(const char digits[9])
{
	unsigned n = 0;
	for (int i = 0; i < 9; i++)
		n = n * 10 + (unsigned)(digits[i] - '0');
	return check_characters[n % 31];
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool all_digits(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (!str_is_digit(s[i]))
			return false;
	return true;
}

bool hetu_read(const char *s, struct hetu *out)
{
	/* Each test ends at the NUL of a shorter text before the next looks. */
	if (!all_digits(s, 6) || !s[6])
		return false;
	char separator = upper(s[6]);
	int base = century(separator);
	if (!base || !all_digits(s + 7, 3) || !is_alnum(s[10]))
		return false;

	char digits[9];
	memcpy(digits, s, 6);
	memcpy(digits + 6, s + 7, 3);
	*out = (struct hetu){
		.day = two(s),
		.month = two(s + 2),
		.year = base + two(s + 4),
		.number = two(s + 7) * 10 + (s[9] - '0'),
		.separator = separator,
		.check = upper(s[10]),
	};
	out->date_exists = date_exists(out->year, out->month, out->day);
	out->check_holds = out->check == hetu_check_character(digits);
	return true;
}

bool hetu_is_test(const struct hetu *h)
{
	return h->number >= 900;
}

/*
 * Digits are looked for from the right end of the window of six: a window
 * whose last character is no digit is skipped whole.
 */
long hetu_find(const char *text, size_t len, size_t from, struct hetu *out)
{
	size_t i = from;
	while (i + HETU_LENGTH <= len) {
		size_t k = 6;
		while (k > 0 && str_is_digit(text[i + k - 1]))
			k--;
		if (k > 0) {
			i += k;
			continue;
		}
		size_t end = i + HETU_LENGTH;
		bool glued = (i > 0 && is_alnum(text[i - 1])) ||
			     (end < len && is_alnum(text[end]));
		if (!glued && hetu_read(text + i, out))
			return (long)i;
		i++;
	}
	return -1;
}

/* Never a part of a character of several bytes. */
static char shown(char c)
{
	return c >= ' ' && c <= '~' ? c : '?';
}

void hetu_mask(char out[HETU_LENGTH + 1], const char *code)
{
	static const char mask[HETU_LENGTH + 1] = "??****-****";
	memcpy(out, mask, sizeof(mask));
	size_t n = strnlen(code, HETU_LENGTH);
	for (size_t i = 0; i < 2 && i < n; i++)
		out[i] = shown(code[i]);
	if (n > 6)
		out[6] = shown(code[6]);
}

bool hetu_hide(char *text)
{
	struct hetu h;
	size_t len = strlen(text), from = 0;
	bool any = false;
	long i;
	while ((i = hetu_find(text, len, from, &h)) >= 0) {
		char mask[HETU_LENGTH + 1];
		from = (size_t)i + HETU_LENGTH;
		if (hetu_is_test(&h) || !h.date_exists)
			continue;
		hetu_mask(mask, text + i);
		memcpy(text + i, mask, HETU_LENGTH);
		any = true;
	}
	return any;
}

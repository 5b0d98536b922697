/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the three above first */
#include <cmocka.h>
#include <stdlib.h>

static void small_questions(void **state)
{
	(void)state;
	assert_true(str_starts("abc", "ab"));
	assert_true(str_starts("abc", ""));
	assert_false(str_starts("ab", "abc"));
	assert_true(str_ends("abc", "bc"));
	assert_false(str_ends("bc", "abc"));
	assert_true(str_is_digit('0') && str_is_digit('9'));
	assert_false(str_is_digit('/') || str_is_digit(':'));
	assert_true(str_is_alpha('a') && str_is_alpha('Z'));
	assert_false(str_is_alpha('\xE4') || str_is_alpha('['));
	assert_true(str_is_space('\r'));
	assert_false(str_is_space('\f') || str_is_space('\0'));
}

static void copying(void **state)
{
	(void)state;
	char to[5];
	str_copy(to, sizeof(to), "abcd");
	assert_string_equal(to, "abcd");
	str_copy(to, sizeof(to), "abcde");
	assert_string_equal(to, "abcd");
	str_copy(to, sizeof(to), "abc\xC3\xA4");
	assert_string_equal(to, "abc");
	str_copy(to, sizeof(to), "ab\xC3\xA4");
	assert_string_equal(to, "ab\xC3\xA4");
	str_copy(to, sizeof(to), "a\xF0\x9F\x98\x80");
	assert_string_equal(to, "a");
	str_copy(to, 1, "a");
	assert_string_equal(to, "");
}

static void utf8(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		size_t len;
		uint32_t codepoint;
	} rows[] = {
		{ "a", 1, 'a' },
		{ "\xC3\xA4", 2, 0xE4 },
		{ "\xE2\x82\xAC", 3, 0x20AC },
		{ "\xF0\x9F\x98\x80", 4, 0x1F600 },
		{ "\xF4\x8F\xBF\xBF", 4, 0x10FFFF },
		{ "\xEF\xBF\xBF", 3, 0xFFFF },
		{ "", 0, 0 },
		{ "\x80", 0, 0 },
		{ "\xC3", 0, 0 },
		{ "\xC3(", 0, 0 },
		{ "\xC0\x80", 0, 0 },	      /* overlong */
		{ "\xC1\xBF", 0, 0 },	      /* overlong */
		{ "\xE0\x9F\xBF", 0, 0 },     /* overlong */
		{ "\xF0\x8F\xBF\xBF", 0, 0 }, /* overlong */
		{ "\xED\xA0\x80", 0, 0 },     /* a surrogate */
		{ "\xF4\x90\x80\x80", 0, 0 }, /* above the end */
		{ "\xF8\x88\x80\x80\x80", 0, 0 },
		{ "\xFF", 0, 0 },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		uint32_t c = 0;
		size_t len = strlen(rows[i].s);
		assert_int_equal(str_utf8(rows[i].s, len, &c), rows[i].len);
		if (rows[i].len)
			assert_int_equal(c, rows[i].codepoint);
		assert_int_equal(
		    str_is_utf8(rows[i].s, len), len == rows[i].len);
	}
}

static void utf8_span(void **state)
{
	(void)state;
	/* the fault at each place, seen by eight bytes and one by one */
	char s[40];
	for (size_t len = 0; len < sizeof(s); len++)
		for (size_t bad = 0; bad < len; bad++) {
			memset(s, 'a', sizeof(s));
			s[bad] = '\xFF';
			assert_int_equal(str_utf8_span(s, len), bad);
			s[bad] = '\xC3';
			assert_int_equal(str_utf8_span(s, len), bad);
			if (bad + 1 == len)
				continue;
			s[bad + 1] = '\xA4';
			assert_int_equal(str_utf8_span(s, len), len);
		}
}

static void cleaning(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "", "" },
		{ "a\tb\n\xC3\xA4", "a\tb\n\xC3\xA4" },
		{ "\x1B[31m\r\x7F", "?[31m??" },
		{ "\xC2\x85\xC2\xA0", "?\xC2\xA0" },
		{ "\xFF\xC3", "??" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char s[40];
		str_copy(s, sizeof(s), "");
		memcpy(s, rows[i].from, strlen(rows[i].from) + 1);
		str_clean(s);
		assert_string_equal(s, rows[i].to);
	}
}

static void numbers(void **state)
{
	(void)state;
	uint64_t n = 7;
	struct err err = { 0 };
	assert_int_equal(str_number("0", 0, 9, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(str_number("007", 0, 9, &n, &err), 0);
	assert_int_equal(n, 7);
	assert_int_equal(
	    str_number("18446744073709551615", 0, UINT64_MAX, &n, &err), 0);
	assert_true(n == UINT64_MAX);
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1",
		"1.0", "a", "3", "11", "18446744073709551616",
		"99999999999999999999999" };
	for (size_t i = 0; i < COUNTOF(bad); i++) {
		err = (struct err){ 0 };
		n = 5;
		assert_int_equal(str_number(bad[i], 4, 10, &n, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.msg, "from 4 to 10"));
		assert_int_equal(n, 5);
	}
}

static void nearest(void **state)
{
	(void)state;
	static const char *const words[] = { "archive", "fetch", "replace",
		"raw" };
	static const struct {
		const char *given, *meant;
	} rows[] = {
		{ "archiv", "archive" },
		{ "achrive", "archive" },
		{ "fetsh", "fetch" },
		{ "rwa", "raw" },
		{ "row", "raw" },
		{ "raw", "raw" },
		{ "", NULL },
		{ "x", NULL },
		{ "document", NULL },
		{ "vetch", "fetch" },
		{ "patch", NULL },
		{ "archivearchivearchivearchivearchivearchivearchivearchivearch"
		  "ive",
		    NULL },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const char *found =
		    str_nearest(rows[i].given, words, COUNTOF(words));
		if (!rows[i].meant)
			assert_null(found);
		else
			assert_string_equal(found, rows[i].meant);
	}
	assert_null(str_nearest("x", words, 0));
	static const char *const marks[] = { "F", "I" };
	assert_null(str_nearest("X", marks, 2)); /* nothing in common */
}

static void choices(void **state)
{
	(void)state;
	static const char *const words[] = { "fi", "en" };
	struct err err = { 0 };
	assert_int_equal(str_choice("en", words, 2, "it", &err), 1);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(str_choice("enn", words, 2, "--lang", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.msg, "--lang can't be 'enn'");
	assert_non_null(strstr(err.hint, "did you mean 'en'?"));
	assert_non_null(strstr(err.hint, "fi, en"));
	err = (struct err){ 0 };
	assert_int_equal(str_choice("swedish", words, 2, "--lang", &err), -1);
	assert_string_equal(err.hint, "it can be: fi, en");
}

static void hex(void **state)
{
	(void)state;
	char out[9];
	static const uint8_t data[] = { 0, 0x0F, 0xA5, 0xFF };
	str_hex(out, data, 4);
	assert_string_equal(out, "000fa5ff");
	str_hex(out, data, 0);
	assert_string_equal(out, "");
}

static void hosts(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *host;
		bool matches;
	} rows[] = {
		{ "a.fi", "a.fi", true },
		{ "a.fi", "A.FI", true },
		{ "a.fi", "a.fi.", true },
		{ "a.fi", "b.a.fi", false },
		{ "*.a.fi", "b.a.fi", true },
		{ "*.a.fi", "c.b.a.fi.", true },
		{ "*.a.fi", "a.fi", false },
		{ "*.a.fi", "xa.fi", false },
		{ "*.a.fi", "b.a.fi.org", false },
		{ "*", "anything", true },
		{ "*kanta*", "api.kanta.fi", true },
		{ "*kanta*", "api.kela.fi", false },
		{ "api.*.fi", "api.at.kanta.fi", true },
		{ "api.*.fi", "api.fi", false },
		{ "a*b*c", "aXbYbc", true },
		{ "a*b*c", "aXbYb", false },
		{ "", "", true },
		{ "", "a", false },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (str_matches_host(rows[i].pattern, rows[i].host) !=
		    rows[i].matches)
			fail_msg("%s %s", rows[i].pattern, rows[i].host);
}

/* Bytes without an end: the address sanitizer sees a look behind them. */
static void copies_of_open_bytes(void **state)
{
	(void)state;
	char *open = xmalloc(4);
	memcpy(open, "abcd", 4);
	char *whole = xstrndup(open, 4);
	char *short_one = xstrndup("ab", 4);
	char *none = xstrndup(open, 0);
	assert_string_equal(whole, "abcd");
	assert_string_equal(short_one, "ab");
	assert_string_equal(none, "");
	free(none);
	free(short_one);
	free(whole);
	free(open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_questions),
		cmocka_unit_test(copying),
		cmocka_unit_test(utf8),
		cmocka_unit_test(utf8_span),
		cmocka_unit_test(cleaning),
		cmocka_unit_test(numbers),
		cmocka_unit_test(nearest),
		cmocka_unit_test(choices),
		cmocka_unit_test(hex),
		cmocka_unit_test(hosts),
		cmocka_unit_test(copies_of_open_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

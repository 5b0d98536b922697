/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/ids.h"

#include "base/clock.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_oid_table(void **state)
{
	(void)state;
	char longest[160];
	memset(longest, '1', sizeof(longest));
	memcpy(longest, "1.2.", 4);
	longest[128] = '\0';
	const struct {
		const char *oid;
		bool valid;
	} rows[] = {
		{ "1.2.03.4", false },
		{ "3.4.5", false },
		{ "0.4.0.127", true },
		{ "2.999", true },
		{ "1.2..3", false },
		{ ".1.2", false },
		{ "1.2.", false },
		{ "1", false },
		{ "", false },
		{ "1.40", false },
		{ "0.39.1", true },
		{ "1.2.246.556.18007.2", true },
		{ "1.2.a", false },
		{ " 1.2", false },
		{ "2.1000000000000000000000.1", true },
		{ "1.2.0", true },
		{ "1.2.00", false },
		{ longest, true },
		{ "1.2.246.537.10.15675350.10.0.13.2.1.1506082558936.1901."
		  "11111111111",
		    true },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (oid_is_valid(rows[i].oid) != rows[i].valid)
			fail_msg("'%s'", rows[i].oid);
	longest[128] = '1';
	longest[129] = '\0';
	assert_false(oid_is_valid(longest));
}

static void test_oid_under(void **state)
{
	(void)state;
	assert_true(oid_is_under("1.2.246.10.123", "1.2.246.10"));
	assert_true(oid_is_under("1.2.246.10", "1.2.246.10"));
	assert_false(oid_is_under("1.2.246.101", "1.2.246.10"));
	assert_false(oid_is_under("1.2.246", "1.2.246.10"));
}

static void test_hetu_good(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		int year;
	} rows[] = {
		{ "010181-900C", 1981 },
		{ "200111A904P", 2011 },
		{ "010594Y9032", 1994 },
		{ "020594X903P", 1994 },
		{ "010516B903X", 2016 },
		{ "010501E9032", 2001 },
		{ "010516b903x", 2016 },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct hetu h;
		assert_true(hetu_read(rows[i].code, &h));
		assert_true(h.date_exists);
		assert_true(h.check_holds);
		assert_true(hetu_is_test(&h));
		assert_int_equal(h.year, rows[i].year);
	}
}

/* Every century mark, with a check character computed here. */
static void test_hetu_marks(void **state)
{
	(void)state;
	static const char marks[] = "+-YXWVUABCDEF";
	for (const char *m = marks; *m; m++) {
		char code[] = "010101?900?";
		code[6] = *m;
		code[10] = hetu_check_character("010101900");
		struct hetu h;
		assert_true(hetu_read(code, &h));
		assert_true(h.check_holds);
		assert_int_equal(h.year, *m == '+'		? 1801
					 : strchr("ABCDEF", *m) ? 2001
								: 1901);
	}
}

static void test_hetu_shape(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "010181", "010181-",
		"010181-9", "010181-900", "010181/900C", "01018a-900C",
		"010181-90aC", "010181-900?", "010181G900C" };
	struct hetu h;
	for (size_t i = 0; i < COUNTOF(wrong); i++)
		if (hetu_read(wrong[i], &h))
			fail_msg("'%s'", wrong[i]);

	assert_true(hetu_read("010181-900D", &h));
	assert_false(h.check_holds);
	assert_true(hetu_read("310281-900C", &h));
	assert_false(h.date_exists);
	assert_true(hetu_read("290200-900C", &h)); /* 1900 had no 29.2. */
	assert_false(h.date_exists);
	assert_true(hetu_read("290200A900C", &h));
	assert_true(h.date_exists);
	assert_true(hetu_read("000181-900C", &h));
	assert_false(h.date_exists);

	char living[HETU_LENGTH + 1];
	snprintf(living, sizeof(living), "%s%s", "131052-308", "T");
	assert_true(hetu_read(living, &h));
	assert_true(h.check_holds);
	assert_false(hetu_is_test(&h));
	char mask[HETU_LENGTH + 1];
	hetu_mask(mask, living);
	assert_string_equal(mask, "13****-****");
	hetu_mask(mask, "1");
	assert_string_equal(mask, "1?****-****");
	hetu_mask(mask, "1\xC3\xA4"
			"052\xC3\xA4"
			"308");
	assert_string_equal(mask, "1?****?****");
}

static void test_hetu_find(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		long at;
	} rows[] = {
		{ "010181-900C", 0 },
		{ "x 010181-900C.", 2 },
		{ "1010181-900C", -1 },
		{ "a010181-900C", -1 },
		{ "010181-900Ca", -1 },
		{ "010181-900C9", -1 },
		{ "12010181-900C", -1 },
		{ "0101 010181-900C", 5 },
		{ "010181-010181-900C", 7 },
		{ "(010181-900C)", 1 },
		{ "1.2.246.21.010181-900C", 11 },
		{ "010181-900", -1 },
		{ "\xC3\xA4"
		  "010181-900C\xC3\xA4",
		    2 },
		{ "", -1 },
	};
	struct hetu h;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		long at = hetu_find(rows[i].text, strlen(rows[i].text), 0, &h);
		if (at != rows[i].at)
			fail_msg("'%s': %ld", rows[i].text, at);
	}
	const char *two = "010181-900C 200111A904P";
	assert_int_equal(hetu_find(two, strlen(two), 1, &h), 12);
	assert_int_equal(h.number, 904);
	assert_int_equal(hetu_find(two, strlen(two), 99, &h), -1);
}

/* A slice that is not NUL-terminated: sanitizers see a read beyond it. */
static void test_hetu_find_slice(void **state)
{
	(void)state;
	char *slice = xmalloc(HETU_LENGTH);
	memcpy(slice, "010181-900C", HETU_LENGTH);
	struct hetu h;
	assert_int_equal(hetu_find(slice, HETU_LENGTH, 0, &h), 0);
	assert_int_equal(hetu_find(slice, HETU_LENGTH - 1, 0, &h), -1);
	free(slice);
}

static void test_hetu_find_long(void **state)
{
	(void)state;
	size_t len = 100000;
	char *text = xmalloc(len);
	for (size_t i = 0; i < len; i++)
		text[i] = "PD94bWwgdmVyc2lvbj0iMS4wIi8+01018"[i % 33];
	memcpy(text + len - 12, " 010181-900C", 12);
	struct hetu h;
	int64_t start = clock_monotonic();
	for (int i = 0; i < 10; i++)
		assert_int_equal(hetu_find(text, len, 0, &h), (long)len - 11);
	printf("# hetu_find: %ld us for 100 kB\n",
	    (long)(clock_monotonic() - start) / 10);
	free(text);
}

static void test_hetu_hide(void **state)
{
	(void)state;
	char text[64];
	snprintf(text, sizeof(text), "a %s, %s.",
	    "131052-308"
	    "T",
	    "010181-900C");
	assert_true(hetu_hide(text));
	assert_string_equal(text, "a 13****-****, 010181-900C.");
	assert_false(hetu_hide(text));
	/* OIDs and days that do not exist stay */
	char other[] = "1.2.246.21 990000-1234";
	assert_false(hetu_hide(other));
	assert_string_equal(other, "1.2.246.21 990000-1234");
}

static void test_business_id(void **state)
{
	(void)state;
	const struct {
		const char *id;
		bool valid;
	} rows[] = {
		{ "1234567-1", true },
		{ "1234567-2", false },
		{ "1234576-1", false }, /* two digits changed places */
		{ "0123456-2", true },
		{ "123456-2", true }, /* an old one */
		{ "1234503-0", true },
		{ "1234509-0", false }, /* a rest of 1 is given to nobody … */
		{ "1234509-1", false }, /* … with any digit */
		{ "0000000-0", false },
		{ "12345671", false },
		{ "1234567-", false },
		{ "1234567-12", false },
		{ "12345678-1", false },
		{ "1234567-1 ", false },
		{ "FI12345671", false },
		{ "", false },
		{ "-", false },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (business_id_is_valid(rows[i].id) != rows[i].valid)
			fail_msg("'%s'", rows[i].id);
	char root[BUSINESS_OID];
	business_id_root(root, "1234567-1");
	assert_string_equal(root, "1.2.246.10.12345671");
	business_id_root(root, "0123456-2");
	assert_string_equal(root, "1.2.246.10.1234562");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oid_table),
		cmocka_unit_test(test_oid_under),
		cmocka_unit_test(test_hetu_good),
		cmocka_unit_test(test_hetu_marks),
		cmocka_unit_test(test_hetu_shape),
		cmocka_unit_test(test_hetu_find),
		cmocka_unit_test(test_hetu_find_slice),
		cmocka_unit_test(test_hetu_find_long),
		cmocka_unit_test(test_hetu_hide),
		cmocka_unit_test(test_business_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

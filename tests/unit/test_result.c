/* SPDX-License-Identifier: Apache-2.0 */
#include "record/digest.h"
#include "record/exchange.h"
#include "record/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Journals are read by these names: no two may be one. */
static void assert_distinct(const char *const names[], int count)
{
	for (int i = 0; i < count; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(names[i], names[k]);
}

static void test_names_are_distinct(void **state)
{
	(void)state;
	assert_distinct(result_names, RESULT_COUNT);
	assert_distinct(maker_names, MAKER_COUNT);
	assert_distinct(way_names, WAY_COUNT);
	assert_distinct(answerer_names, ANSWERER_COUNT);
	assert_distinct(ending_names, ENDING_COUNT);
	assert_string_equal(result_name(RESULT_GUARD_REFUSED), "guard-refused");
}

static void test_exit_of_each_kind(void **state)
{
	(void)state;
	static const struct {
		enum result_kind kind;
		int lenient, strict;
	} rows[] = {
		{ RESULT_PASS, 0, 0 },
		{ RESULT_FAIL, 1, 1 },
		{ RESULT_ERROR, 8, 8 },
		{ RESULT_INCONCLUSIVE, 4, 4 },
		{ RESULT_GUARD_REFUSED, 5, 5 },
		{ RESULT_SKIP, 0, 0 },
		{ RESULT_OMIT, 0, 0 },
		{ RESULT_MANUAL, 0, 7 },
	};
	assert_int_equal(COUNTOF(rows), RESULT_COUNT);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		assert_int_equal(
		    result_exit(rows[i].kind, false), rows[i].lenient);
		assert_int_equal(
		    result_exit(rows[i].kind, true), rows[i].strict);
	}
}

static void test_worst_exit_wins(void **state)
{
	(void)state;
	static const int worst_first[] = { 130, 8, 5, 2, 3, 6, 1, 4, 7, 0 };
	for (size_t i = 0; i < COUNTOF(worst_first); i++) {
		for (size_t j = i; j < COUNTOF(worst_first); j++) {
			int worse = worst_first[i], better = worst_first[j];
			assert_int_equal(exit_worse(worse, better), worse);
			assert_int_equal(exit_worse(better, worse), worse);
		}
	}
	assert_int_equal(exit_worse(139, 0), 139);
	assert_int_equal(exit_worse(130, 139), 139);
}

static void test_worse_kind_agrees_with_exit(void **state)
{
	(void)state;
	for (int i = 0; i < RESULT_COUNT; i++) {
		for (int j = 0; j < RESULT_COUNT; j++) {
			enum result_kind a = (enum result_kind)i;
			enum result_kind b = (enum result_kind)j;
			enum result_kind w = result_worse(a, b);
			assert_true(w == a || w == b);
			assert_int_equal(w, result_worse(b, a));
			assert_int_equal(result_exit(w, true),
			    exit_worse(
				result_exit(a, true), result_exit(b, true)));
		}
	}
	assert_int_equal(result_worse(RESULT_PASS, RESULT_OMIT), RESULT_OMIT);
	assert_int_equal(
	    result_worse(RESULT_SKIP, RESULT_MANUAL), RESULT_MANUAL);
}

static void test_exit_of_each_error(void **state)
{
	(void)state;
	static const struct {
		enum err_kind kind;
		int exit;
	} rows[] = {
		{ ERR_NONE, 0 },
		{ ERR_USAGE, 2 },
		{ ERR_CASE, 3 },
		{ ERR_XML, 3 },
		{ ERR_KANTA, 3 },
		{ ERR_TLS, 2 },
		{ ERR_NET, 4 },
		{ ERR_IO, 8 },
		{ ERR_LIMIT, 8 },
		{ ERR_RECORD, 8 },
		{ ERR_GUARD, 5 },
		{ ERR_INTERNAL, 8 },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { .kind = rows[i].kind };
		assert_int_equal(exit_of_error(&err), rows[i].exit);
	}
}

/* FIPS 180-4's example, and no bytes at all. */
static void test_digest(void **state)
{
	(void)state;
	char text[DIGEST_TEXT];
	digest_text("abc", 3, text);
	assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223"
				  "b00361a396177a9cb410ff61f20015ad");
	digest_text("", 0, text);
	assert_string_equal(text, "e3b0c44298fc1c149afbf4c8996fb924"
				  "27ae41e4649b934ca495991b7852b855");
}

static void test_exchange_starts_unreached(void **state)
{
	(void)state;
	struct exchange x;
	exchange_init(&x);
	assert_int_equal(x.attempt, 1);
	assert_int_equal(x.tls.alert, -1);
	assert_int_equal(x.timing.connected, -1);
	assert_int_equal(x.timing.ended, -1);
	buf_adds(&x.request.body, "bytes");
	assert_int_equal(buf_check(&x.request.body, "body", NULL), 0);
	exchange_release(&x);
	exchange_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_are_distinct),
		cmocka_unit_test(test_exit_of_each_kind),
		cmocka_unit_test(test_worst_exit_wins),
		cmocka_unit_test(test_worse_kind_agrees_with_exit),
		cmocka_unit_test(test_exit_of_each_error),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_exchange_starts_unreached),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

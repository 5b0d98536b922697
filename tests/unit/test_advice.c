/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/advice.h"

#include "base/limits.h"
#include "base/str.h"
#include "mock/receive.h"
#include "testcase/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Each fact that advice names is one of ours. */
static void names_known_facts(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct facts *facts = facts_load("cases/facts.xml", &err);

	assert_non_null(facts);
	for (int w = 1; w < W_COUNT; w++) {
		const struct advice a = advice_find((enum word)w);
		if (*a.fact && !facts_find(facts, a.fact))
			fail_msg("'%s' names the fact '%s', which is none",
			    word_name((enum word)w), a.fact);
	}
	facts_free(facts);
}

/* What a judge may find has words of its own, not those for everything. */
static void knows_what_judges_find(void **state)
{
	(void)state;
	static const enum word found[] = { W_guard_identity,
		W_guard_opaque_nesting, W_mock_malformed, W_mock_no_message,
		W_mock_wrong_type, W_mock_header_unknown,
		W_mock_header_security, W_mock_bare_document, W_mock_frame,
		W_mock_interaction, W_mock_service_missing, W_mock_service_code,
		W_mock_document_unreadable, W_mock_no_oid, W_mock_duplicate,
		W_mock_first_version, W_mock_set_unknown, W_mock_set_cancelled,
		W_mock_cancel_id, W_mock_next_version, W_mock_related_id,
		W_mock_query_unreadable, W_agreement_differs, W_plain_multipart,
		W_plain_size };

	for (size_t i = 0; i < COUNTOF(found); i++) {
		const struct advice a = advice_find(found[i]);
		if (a.next.word == W_advice_other_next)
			fail_msg("no advice for '%s'", word_name(found[i]));
	}
	assert_int_equal(
	    advice_find(W_plain_size).next.word, W_advice_size_next);
	assert_int_equal(
	    advice_find(W_mock_broken).next.word, W_advice_other_next);
}

static void says_each_outcome(void **state)
{
	(void)state;
	for (int i = 0; i < OUTCOME_COUNT; i++)
		assert_int_not_equal(
		    advice_outcome(outcome_names[i]).word, W_screen_at);
	assert_string_equal(advice_outcome("strange").arg[0], "strange");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_known_facts),
		cmocka_unit_test(knows_what_judges_find),
		cmocka_unit_test(says_each_outcome),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "testcase/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define SAMPLE "tests/lib/testcase/facts.xml"

static void test_load(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct facts *facts = facts_load(SAMPLE, &err);
	assert_non_null(facts);
	assert_int_equal(facts_count(facts), 2);
	assert_string_equal(facts_at(facts, 0)->id, "ack-form");
	const struct fact *fact = facts_find(facts, "replace-chain");
	assert_non_null(fact);
	assert_int_equal(fact->mark, MARK_CERTAIN);
	assert_string_equal(fact->source, "test-environment messages of 2017");
	assert_string_equal(fact->text.text[LANG_EN],
	    "A replacement refers to the version before");
	assert_int_equal(facts_find(facts, "ack-form")->mark, MARK_GUESS);
	assert_null(facts_find(facts, "nothing"));
	facts_free(facts);
	facts_free(NULL);
}

#define HEAD "<facts xmlns='urn:esitesti:facts:1'>"
#define FACT(id, mark)                           \
 "<fact id='" id "' mark='" mark "' source='s'>" \
 "<text xml:lang='fi'>a</text><text xml:lang='en'>b</text></fact>"

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message;
	} rows[] = {
		{ HEAD FACT("a", "F") FACT("a", "F") "</facts>",
		    "a second fact with the id 'a'" },
		{ HEAD FACT("a", "X") "</facts>", "'X'" },
		{ HEAD "</facts>", "fact" },
		{ HEAD "<fact id='a' mark='F' source='s'><text "
		       "xml:lang='fi'>a</text><text xml:lang='fi'>b</text>"
		       "</fact></facts>",
		    "a second 'text' with xml:lang=\"fi\"" },
		{ HEAD, "" },
		{ "<facts xmlns='urn:esitesti:facts:2'/>", "" },
	};
	char path[] = "/tmp/esitesti-facts-XXXXXX";
	close(mkstemp(path));
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		assert_int_equal(file_write_whole(path, rows[i].text,
				     strlen(rows[i].text), 0600, &err),
		    0);
		assert_null(facts_load(path, &err));
		assert_int_equal(err.kind, ERR_CASE);
		assert_string_equal(err.file, path);
		assert_true(err.line > 0);
		assert_non_null(strstr(err.msg, rows[i].message));
	}
	unlink(path);
	struct err err = { 0 };
	assert_null(facts_load(path, &err));
	assert_int_equal(err.kind, ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

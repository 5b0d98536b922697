/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/coverage.h"

#include "base/limits.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define FACT(id, mark, text)                                         \
 "<fact id=\"" id "\" mark=\"" mark "\" source=\"somewhere\"><text " \
 "xml:lang=\"fi\">fi " text "</text><text xml:lang=\"en\">en " text  \
 "</text></fact>"

static const char facts_text[] =
    "<facts xmlns=\"urn:esitesti:facts:1\">" FACT("guess", "U", "x")
	FACT("seen", "F", "x") FACT("bare", "F", "x")
	    FACT("derived", "I", "x") "</facts>";

#define CASE(id, facts)                                                   \
 "<case xmlns=\"urn:esitesti:case:1\" id=\"" id "\" service=\"s\" "       \
 "content=\"c\" where=\"mock\"><title xml:lang=\"fi\">t</title><title "   \
 "xml:lang=\"en\">t</title>" facts "<step id=\"a\"><send "                \
 "message=\"probe\"/><expect kind=\"tls-refused\"><says "                 \
 "xml:lang=\"fi\">s</says><says xml:lang=\"en\">s</says></expect></step>" \
 "</case>"
#define ON(fact, mark) "<rests-on fact=\"" fact "\" mark=\"" mark "\"/>"

static struct facts *facts;

static void add_case(struct case_set *set, const char *text)
{
	struct err err = { 0 };
	struct testcase *tc =
	    testcase_parse(text, strlen(text), "a case", facts, &err);
	if (!tc)
		fail_msg("%s", err.msg);
	*VEC_PUSH(set) = tc;
}

static int load_facts(void **state)
{
	(void)state;
	struct err err = { 0 };
	facts = facts_parse(facts_text, strlen(facts_text), "facts", &err);
	return facts ? 0 : -1;
}

static int free_facts(void **state)
{
	(void)state;
	facts_free(facts);
	return 0;
}

static void test_table(void **state)
{
	(void)state;
	struct case_set cases = { 0 };
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	add_case(&cases, CASE("one", ON("seen", "F")));
	add_case(&cases, CASE("two", ON("seen", "F") ON("guess", "U")));
	coverage_write(&text, facts, &cases, LANG_EN);
	assert_string_equal(text.ptr,
	    "F: seen in a public source\n"
	    "\nF  seen\n    en x\n    source: somewhere\n"
	    "    cases (2): one (F), two (U)\n"
	    "\nF  bare\n    en x\n    source: somewhere\n"
	    "    no case rests on this\n"
	    "\nI: inferred\n"
	    "\nI  derived\n    en x\n    source: somewhere\n"
	    "    no case rests on this\n"
	    "\nU: unknown, the cases guess\n"
	    "\nU  guess\n    en x\n    source: somewhere\n"
	    "    cases (1): two (U)\n"
	    "\nfacts 4: F 2, I 1, U 1\n"
	    "facts without a case 2: F 1, I 1, U 0\n"
	    "cases 2, by the weakest that they rest on: F 1, I 0, U 1\n");
	buf_clear(&text);
	coverage_write(&text, facts, &cases, LANG_FI);
	assert_non_null(strstr(text.ptr, "mikään tapaus ei perustu tähän"));
	assert_non_null(strstr(text.ptr, "    fi x\n    lähde: somewhere\n"));
	case_set_release(&cases);
	buf_release(&text);
}

/* What is shipped: no line is too wide, and every fact is there once. */
static void test_width(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct facts *shipped = facts_load("cases/facts.xml", &err);
	struct case_set none = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(1));
	assert_non_null(shipped);
	coverage_write(&text, shipped, &none, LANG_FI);
	size_t heads = 0;
	for (const char *p = text.ptr; *p;) {
		size_t n = strcspn(p, "\n"), characters = 0;
		for (size_t i = 0; i < n; i++)
			characters += ((unsigned char)p[i] & 0xC0) != 0x80;
		if (characters > COVERAGE_WIDTH)
			fail_msg("%.*s", (int)n, p);
		heads += n > 3 && strchr("FIU", p[0]) && p[1] == ' ';
		p += n + (p[n] == '\n');
	}
	assert_int_equal(heads, facts_count(shipped));
	facts_free(shipped);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_width),
	};
	return cmocka_run_group_tests(tests, load_facts, free_facts);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "casefile.h"
#include "check/guard.h"
#include "kanta/answer.h"
#include "testcase/template.h"

static const struct step *step_of(const struct testcase *tc, const char *id)
{
	VEC_EACH (struct step, s, &tc->steps) {
		if (streq(s->id, id))
			return s;
	}
	fail_msg("no step '%s'", id);
	abort(); /* the compiler cannot know that it ended */
}

static void test_head(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	if (!tc)
		err_print(stderr, &err);
	assert_non_null(tc);
	assert_string_equal(tc->id, "sample");
	assert_string_equal(tc->path, SAMPLE);
	assert_string_equal(tc->service, "potilastietovaranto");
	assert_int_equal(tc->where, WHERE_MOCK);
	assert_int_equal(tc->tags.count, 2);
	assert_string_equal(tc->tags.at[1], "fetch");
	assert_string_equal(tc->title.text[LANG_EN], "A sample");
	assert_string_equal(
	    tc->purpose.text[LANG_FI], "Kaikki muodon osat kerran");
	assert_int_equal(tc->rests_on.count, 2);
	assert_int_equal(testcase_mark(tc), MARK_GUESS);
	assert_int_equal(tc->documents.count, 2);
	assert_string_equal(tc->documents.at[1].replaces, "record");
	assert_string_equal(tc->documents.at[0].with.at[0].value, "3");
	assert_int_equal(tc->source_len, sample.len);
	assert_memory_equal(tc->source, sample.ptr, sample.len);
	testcase_free(tc);
	testcase_free(NULL);
}

static void test_steps(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	assert_non_null(tc);
	assert_int_equal(tc->steps.count, 13);
	const struct step *s = step_of(tc, "archive");
	assert_int_equal(s->verb, VERB_SEND);
	assert_int_equal(s->message, SEND_ARCHIVE);
	assert_string_equal(s->document, "record");
	assert_string_equal(s->identity, "client");
	assert_string_equal(s->with.at[0].name, "service-request");
	assert_string_equal(s->keeps.at[0].name, "answer-id");
	assert_int_equal(s->expects.at[0].outcome, ACK_ACCEPTED);
	assert_string_equal(s->expects.at[0].id, "acknowledgement");
	assert_false(s->teardown);
	assert_string_equal(step_of(tc, "raw")->media_type, "text/xml");
	assert_string_equal(step_of(tc, "faulty")->fault, "reset");
	assert_string_equal(step_of(tc, "probe")->identity, "expired");
	assert_int_equal(step_of(tc, "observed")->verb, VERB_AWAIT);
	assert_int_equal(step_of(tc, "query")->message, SEND_QUERY);
	assert_int_equal(step_of(tc, "cancel")->message, SEND_CANCEL);
	s = step_of(tc, "cancel-version");
	assert_int_equal(s->message, SEND_CANCEL_VERSION);
	s = step_of(tc, "clean");
	assert_int_equal(s->verb, VERB_MANUAL);
	assert_true(s->teardown);
	assert_string_equal(s->instruction.text[LANG_FI], "Siivoa");
	testcase_free(tc);
}

static void test_repeat(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc =
	    testcase_parse(sample.ptr, sample.len, SAMPLE, facts, &err);
	assert_non_null(tc);
	assert_int_equal(step_of(tc, "fetch")->repeat.every_s, 2);
	assert_int_equal(step_of(tc, "fetch")->repeat.within_s, 30);
	assert_int_equal(step_of(tc, "archive")->repeat.within_s, 0);
	testcase_free(tc);
}

static void test_expectations(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct testcase *tc = testcase_load(SAMPLE, facts, &err);
	assert_non_null(tc);
	const struct step *s = step_of(tc, "fetch");
	const struct {
		const char *id, *value;
		enum xpath_test test;
	} rows[] = {
		{ "xpath", NULL, XPATH_EXISTS },
		{ "xpath-2", "${answer-id}", XPATH_EQUALS },
		{ "xpath-3", "[0-9.]+", XPATH_MATCHES },
		{ "xpath-4", "1", XPATH_COUNT },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct expect *e = &s->expects.at[i + 1];
		assert_string_equal(e->id, rows[i].id);
		assert_int_equal(e->test, rows[i].test);
		if (rows[i].value)
			assert_string_equal(e->value, rows[i].value);
		else
			assert_null(e->value);
	}
	assert_string_equal(s->expects.at[0].as, "record");
	s = step_of(tc, "replace");
	assert_string_equal(s->expects.at[0].id, "code");
	assert_string_equal(s->expects.at[0].code, "dialect:error.version");
	assert_string_equal(s->expects.at[1].fault_code, "Client");
	assert_int_equal(
	    step_of(tc, "observed")->expects.at[0].outcome, ACK_REFUSED);
	testcase_free(tc);
}

static void test_hostile_anywhere(void **state)
{
	(void)state;
	static const char head[] =
	    "<case xmlns='urn:esitesti:case:1' id='a' service='s' content='c' "
	    "where='any'>\n<title xml:lang='fi'>a</title><title "
	    "xml:lang='en'>b</title><rests-on fact='ack-form' mark='U'/>"
	    "<document name='d' kind='k' fixture='f'/><step id='s'>";
	static const char tail[] =
	    "<expect kind='tls-refused'><says xml:lang='fi'>a</says><says "
	    "xml:lang='en'>b</says></expect></step></case>";
	static const struct {
		const char *send, *message; /* NULL = loads */
	} rows[] = {
		{ "<send message='archive' document='d'/>", NULL },
		{ "<send message='probe' identity='none'/>", NULL },
		{ "<send message='archive' document='d' identity='none'/>",
		    "identity 'none' in a case that may run anywhere" },
		{ "<send message='probe' identity='expired'/>",
		    "identity 'expired' in a case that may run anywhere" },
		{ "<send message='archive' document='d' fault='reset'/>",
		    "fault 'reset' in a case that may run anywhere" },
		{ "<send message='raw' fill='9'/>",
		    "message 'raw' in a case that may run anywhere" },
		{ "<send message='archive' document='d'><with "
		  "name='patient-id' value='${person.not-test}'/></send>",
		    "'${person.not-test}' in a case that may run anywhere" },
		{ "<send message='archive' document='d'><with "
		  "name='patient-id' value='010181-900C'/></send>",
		    "'patient-id' is set in a case that may run anywhere" },
		{ "<send message='fetch'><with name='document-id' value='1.2'/>"
		  "<with name='root-name' value='x'/></send>",
		    "'root-name' is set in a case that may run anywhere" },
		{ "<send message='fetch'><with name='document-id' value='1.2'/>"
		  "<with name='service-request' value='PP2'/></send>",
		    NULL },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct buf b = BUF_INIT(10000);
		buf_addf(&b, "%s%s%s", head, rows[i].send, tail);
		struct testcase *tc =
		    testcase_parse(b.ptr, b.len, "x", facts, &err);
		if (rows[i].message) {
			assert_null(tc);
			assert_non_null(strstr(err.msg, rows[i].message));
			assert_non_null(strstr(err.hint, "where=\"mock\""));
		} else {
			assert_non_null(tc);
		}
		testcase_free(tc);
		buf_release(&b);
	}
}

static void test_expects_nothing(void **state)
{
	(void)state;
	static const char text[] =
	    "<case xmlns='urn:esitesti:case:1' id='a' service='s' content='c' "
	    "where='any'>\n<title xml:lang='fi'>a</title><title "
	    "xml:lang='en'>b</title><rests-on fact='x' mark='U'/><document "
	    "name='d' kind='k' fixture='f'/><step id='s'><send "
	    "message='archive' document='d'/></step></case>";
	struct err err = { 0 };
	assert_null(testcase_parse(text, strlen(text), "x", NULL, &err));
	assert_non_null(strstr(err.msg, "case 'a' expects nothing"));
}

static void test_caret(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf b = changed("as=\"record\"", "as=\"recard\"");
	assert_null(testcase_parse(b.ptr, b.len, "x", facts, &err));
	const char *at = strstr(b.ptr, "as=\"recard\"");
	unsigned line = 1;
	const char *start = b.ptr;
	for (const char *p = b.ptr; p < at; p++) {
		if (*p == '\n') {
			line++;
			start = p + 1;
		}
	}
	assert_int_equal(err.line, line);
	assert_int_equal(err.column, at - start + 1);
	assert_non_null(strstr(err.excerpt, "as=\"recard\""));
	buf_release(&b);
}

/* The grammar's word for each rule is the guard's own. */
static void test_guard_rules(void **state)
{
	(void)state;
	for (int rule = GUARD_IDENTITY; rule <= GUARD_HOSTILE; rule++) {
		struct err err = { 0 };
		char to[64];
		snprintf(to, sizeof(to), "rule=\"%s\"",
		    guard_rule_name((enum guard_rule)rule));
		struct buf b = changed("rule=\"identity\"", to);
		struct testcase *tc =
		    testcase_parse(b.ptr, b.len, "x", facts, &err);
		assert_non_null(tc);
		testcase_free(tc);
		buf_release(&b);
	}
}

static void repeat(
    const char *from, const char *piece, unsigned times, const char *message)
{
	struct err err = { 0 };
	struct buf to = BUF_INIT(LIMIT_MIB(4));
	for (unsigned i = 0; i < times; i++) {
		const char *hash = strchr(piece, '#');
		buf_add(&to, piece, (size_t)(hash - piece));
		buf_addf(&to, "%u%s", i, hash + 1);
	}
	buf_adds(&to, from);
	struct buf b = changed(from, to.ptr);
	assert_null(testcase_parse(b.ptr, b.len, "x", facts, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, message));
	buf_release(&b);
	buf_release(&to);
}

static void test_caps(void **state)
{
	(void)state;
	repeat("<step id=\"fetch\">",
	    "<step id='x#'><send message='probe'/></step>", LIMIT_STEPS,
	    "more than 2000 steps");
	repeat("<expect kind=\"acknowledgement\" outcome=\"accepted\">",
	    "<expect id='x#' kind='soap-fault'><says xml:lang='fi'>a</says>"
	    "<says xml:lang='en'>b</says></expect>",
	    LIMIT_EXPECTATIONS, "more than 64 expectations");
	repeat("<step id=\"archive\">",
	    "<document name='x#' kind='a' fixture='b.xml'/>", 3400,
	    "more than 16384 variables");
	repeat("<step id=\"fetch\">", "<!-- # xxxxxxxxxxxxxxxxxxxxxxxxxxxx -->",
	    40000, "larger than a case may be");
}

/* ---- UTF-16: its bytes hold NULs, and are kept as they are */

static void test_utf16(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf plain = BUF_INIT(LIMIT_CASE_FILE);
	struct buf wide = BUF_INIT(LIMIT_CASE_FILE);
	const char *start = NULL;
	assert_int_equal(buf_read_file(&plain,
			     "cases/potilastietovaranto/"
			     "ptv-yhteys-01.xml",
			     &err),
	    0);
	start = strstr(plain.ptr, "<case");
	assert_non_null(start);
	buf_add(&wide, "\xFF\xFE", 2);
	for (const char *p = start; *p; p++) {
		/* what is not ASCII is not needed here */
		buf_addc(&wide, (unsigned char)*p < 0x80 ? *p : 'x');
		buf_addc(&wide, '\0');
	}
	struct testcase *tc =
	    testcase_parse(wide.ptr, wide.len, "wide", NULL, &err);
	assert_non_null(tc);
	assert_int_equal(tc->source_len, wide.len);
	assert_memory_equal(tc->source, wide.ptr, wide.len);
	testcase_free(tc);
	buf_release(&plain);
	buf_release(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_expectations),
		cmocka_unit_test(test_hostile_anywhere),
		cmocka_unit_test(test_expects_nothing),
		cmocka_unit_test(test_caret),
		cmocka_unit_test(test_guard_rules),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_utf16),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

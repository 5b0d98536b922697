/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts as a function of bytes: each kind of expectation, each way an
 * exchange can end, and answers that are hostile or none at all.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "run/judge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define V3 "xmlns=\"urn:hl7-org:v3\""
#define SAYS \
 "<says xml:lang=\"fi\">s</says><says xml:lang=\"en\">s</says></expect>"
#define ASK "<send message=\"fetch\"><with name=\"document-id\" value="

static const char case_text[] =
    "<case xmlns=\"urn:esitesti:case:1\" xmlns:v3=\"urn:hl7-org:v3\""
    " id=\"judge\" service=\"s\" content=\"c\" where=\"any\">"
    "<title xml:lang=\"fi\">t</title><title xml:lang=\"en\">t</title>"
    "<rests-on fact=\"f\" mark=\"U\"/>"
    "<step id=\"ask\">" ASK "\"1.2.3\"/></send>"
    "<keep name=\"kept\" select=\"//v3:text\"/>"
    "<expect id=\"yes\" kind=\"acknowledgement\" outcome=\"accepted\">" SAYS
    "<expect id=\"no\" kind=\"acknowledgement\" outcome=\"refused\">" SAYS
    "<expect id=\"why\" kind=\"acknowledgement-detail\""
    " code=\"dialect:error.identity\" mentions=\"patient\">" SAYS
    "<expect id=\"status\" kind=\"http-status\" status=\"2xx\">" SAYS
    "<expect id=\"fault\" kind=\"soap-fault\" fault-code=\"Client\">" SAYS
    "<expect id=\"there\" kind=\"xpath\" select=\"//v3:text\">" SAYS
    "<expect id=\"equal\" kind=\"xpath\" select=\"//v3:text\""
    " equals=\"hello\">" SAYS
    "<expect id=\"match\" kind=\"xpath\" select=\"//v3:text\""
    " matches=\"h.*o\">" SAYS
    "<expect id=\"count\" kind=\"xpath\" select=\"//v3:text\""
    " count=\"1\">" SAYS "</step>"
    "<step id=\"later\">" ASK "\"${kept}\"/></send>"
    "<expect id=\"same\" kind=\"xpath\" select=\"//v3:text\""
    " equals=\"${kept}\">" SAYS
    "<expect id=\"guard\" kind=\"guard-refused\" rule=\"identity\">" SAYS
    "<expect id=\"silence\" kind=\"no-answer\">" SAYS "</step></case>";

static const char facts_text[] =
    "<facts xmlns=\"urn:esitesti:facts:1\"><fact id=\"f\" mark=\"U\""
    " source=\"s\"><text xml:lang=\"fi\">t</text>"
    "<text xml:lang=\"en\">t</text></fact></facts>";

struct bench {
	struct facts *facts;
	struct testcase *tc;
	struct dialect *dialect;
	struct judge *judge;
	struct exchange x;
};

static struct facts *test_facts(struct err *err)
{
	char *path = xasprintf("build/facts.%d.xml", (int)getpid());
	struct facts *facts = NULL;
	if (file_write_whole(path, facts_text, strlen(facts_text), 0600, err) ==
	    0)
		facts = facts_load(path, err);
	remove(path);
	free(path);
	return facts;
}

static int setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof(*b));
	struct err err = { 0 };
	b->facts = test_facts(&err);
	if (b->facts)
		b->tc = testcase_parse(
		    case_text, strlen(case_text), "case", b->facts, &err);
	if (b->tc)
		b->dialect = dialect_load("cases/dialects", "kanta", &err);
	if (err.kind != ERR_NONE)
		err_print(stderr, &err);
	assert_non_null(b->dialect);
	b->judge = judge_new(b->tc, b->dialect);
	exchange_init(&b->x);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	exchange_release(&b->x);
	judge_free(b->judge);
	dialect_free(b->dialect);
	testcase_free(b->tc);
	facts_free(b->facts);
	free(b);
	return 0;
}

static void answer(
    struct bench *b, int status, const char *type, const char *body)
{
	struct message *r = &b->x.response;
	b->x.ending = ENDED_ANSWERED;
	b->x.http_status = status;
	b->x.seq = 1;
	str_copy(r->media_type, sizeof(r->media_type), type);
	buf_clear(&r->body);
	buf_adds(&r->body, body);
	str_copy(b->x.message_id, sizeof(b->x.message_id), "1.2.3");
	judge_learn(b->judge, &b->tc->steps.at[0], &b->x);
}

static struct verdict verdict_on(struct bench *b, size_t step, const char *id)
{
	struct verdict v = { .kind = RESULT_ERROR };
	const struct step *s = &b->tc->steps.at[step];
	bool found = false;
	VEC_EACH (struct expect, e, &s->expects)
		if (streq(e->id, id)) {
			found = true;
			judge_expect(b->judge, s, e, &b->x, &v);
		}
	assert_true(found);
	return v;
}

static enum result_kind kind_of(struct bench *b, const char *id)
{
	return verdict_on(b, 0, id).kind;
}

/* An acknowledgement as child element, behind the sender. */
#define ACK(code, target, details)                                     \
 "<MCCI_IN000002UV01 ITSVersion=\"XML_1.0\" " V3 "><id root=\"9.9\"/>" \
 "<creationTime value=\"20261121\"/><interactionId "                   \
 "root=\"2.16.840.1.113883.1.6\" extension=\"MCCI_IN000002UV01\"/>"    \
 "<processingCode code=\"D\"/><processingModeCode code=\"T\"/>"        \
 "<acceptAckCode code=\"NE\"/><receiver typeCode=\"RCV\"><device><id " \
 "root=\"1.2\"/></device></receiver><sender typeCode=\"SND\"><device>" \
 "<id root=\"1.3\"/></device></sender><acknowledgement><typeCode "     \
 "code=\"" code "\"/><targetMessage><id root=\"" target                \
 "\"/></targetMessage>" details "</acknowledgement></MCCI_IN000002UV01>"
#define DETAIL(code, text)                                  \
 "<acknowledgementDetail typeCode=\"E\"><code code=\"" code \
 "\" codeSystem=\"1.2.246.537.5.40112.2006\"/><text>" text  \
 "</text></acknowledgementDetail>"

static void test_acknowledgement(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", ACK("AA", "1.2.3", ""));
	assert_int_equal(kind_of(b, "yes"), RESULT_PASS);
	assert_int_equal(kind_of(b, "no"), RESULT_FAIL);
	answer(b, 200, "text/xml", ACK("AE", "1.2.3", ""));
	assert_int_equal(kind_of(b, "yes"), RESULT_FAIL);
	assert_int_equal(kind_of(b, "no"), RESULT_PASS);
}

static void test_acknowledgement_of_another_message(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", ACK("AA", "1.2.4", ""));
	struct verdict v = verdict_on(b, 0, "yes");
	assert_int_equal(v.kind, RESULT_FAIL);
	assert_int_equal(v.found.word, W_found_target);
	assert_string_equal(v.found.arg[0], "1.2.4");
}

static void test_unknown_code_is_neither(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", ACK("ZZ", "1.2.3", ""));
	assert_int_equal(kind_of(b, "yes"), RESULT_FAIL);
	assert_int_equal(kind_of(b, "no"), RESULT_FAIL);
	assert_int_equal(
	    verdict_on(b, 0, "no").found.word, W_found_ack_unknown);
}

static void test_detail(void **state)
{
	struct bench *b = *state;
	const char *code = dialect_text(b->dialect, DK_ERROR_IDENTITY);
	char body[4096];
	snprintf(body, sizeof(body), ACK("AE", "1.2.3", DETAIL("%s", "%s")),
	    code, "the patient");
	answer(b, 200, "text/xml", body);
	assert_int_equal(kind_of(b, "why"), RESULT_PASS);
	snprintf(body, sizeof(body), ACK("AE", "1.2.3", DETAIL("%s", "%s")),
	    code, "somebody");
	answer(b, 200, "text/xml", body);
	assert_int_equal(kind_of(b, "why"), RESULT_FAIL);
	answer(b, 200, "text/xml",
	    ACK("AE", "1.2.3", DETAIL("0X00000", "the patient")));
	assert_int_equal(kind_of(b, "why"), RESULT_FAIL);
	answer(b, 200, "text/xml", ACK("AE", "1.2.3", ""));
	assert_int_equal(
	    verdict_on(b, 0, "why").found.word, W_found_no_details);
}

/* What is to be done depends on who was wrong. */
static void test_next_after_acknowledgement(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml",
	    ACK("AE", "1.2.3",
		"<acknowledgementDetail typeCode=\"E\"><code code=\"K1\"/>"
		"<text>what is wrong</text><location>/a/b</location>"
		"</acknowledgementDetail>"));
	struct verdict v = verdict_on(b, 0, "yes");
	assert_int_equal(v.next.word, W_next_refusal);
	assert_int_equal(v.found.word, W_found_ack_details);
	assert_string_equal(v.found.arg[1], "K1 what is wrong (/a/b)");
	answer(b, 200, "text/xml",
	    ACK("AE", "1.2.3",
		"<acknowledgementDetail typeCode=\"W\"><code code=\"K2\"/>"
		"<text>besides</text></acknowledgementDetail>"
		"<acknowledgementDetail typeCode=\"E\"><code code=\"K1\"/>"
		"<text>why</text></acknowledgementDetail>"));
	v = verdict_on(b, 0, "yes");
	assert_string_equal(v.found.arg[1], "K1 why; W: K2 besides");
	answer(b, 200, "text/xml", ACK("ZZ", "1.2.3", ""));
	assert_int_equal(verdict_on(b, 0, "yes").next.word, W_next_dialect);
	answer(b, 200, "text/xml", ACK("AA", "1.2.3", ""));
	assert_int_equal(verdict_on(b, 0, "no").next.word, W_next_read_answer);
}

static void test_status_and_fault(void **state)
{
	struct bench *b = *state;
	answer(b, 500, "text/xml",
	    "<e:Envelope "
	    "xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\">"
	    "<e:Body><e:Fault><faultcode>e:Client</faultcode>"
	    "<faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>");
	assert_int_equal(kind_of(b, "fault"), RESULT_PASS);
	assert_int_equal(kind_of(b, "status"), RESULT_FAIL);
	assert_int_equal(kind_of(b, "yes"), RESULT_FAIL);
	assert_int_equal(verdict_on(b, 0, "yes").found.word, W_found_fault);
	answer(b, 204, "text/xml", ACK("AA", "1.2.3", ""));
	assert_int_equal(kind_of(b, "status"), RESULT_PASS);
	assert_int_equal(kind_of(b, "fault"), RESULT_FAIL);
}

static void test_xpath(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", "<a " V3 "><text>hello</text></a>");
	assert_int_equal(kind_of(b, "there"), RESULT_PASS);
	assert_int_equal(kind_of(b, "equal"), RESULT_PASS);
	assert_int_equal(kind_of(b, "match"), RESULT_PASS);
	assert_int_equal(kind_of(b, "count"), RESULT_PASS);
	/* matches means the whole value, not a part of it */
	answer(b, 200, "text/xml",
	    "<a " V3 "><text>hello there</text><text/></a>");
	assert_int_equal(kind_of(b, "equal"), RESULT_FAIL);
	assert_int_equal(kind_of(b, "match"), RESULT_FAIL);
	assert_int_equal(kind_of(b, "count"), RESULT_FAIL);
	/* prefixes bind in the case, not in the answer */
	answer(b, 200, "text/xml",
	    "<v3:a xmlns:v3=\"urn:other\"><v3:text>hello</v3:text></v3:a>");
	assert_int_equal(kind_of(b, "there"), RESULT_FAIL);
}

static void test_kept_value(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", "<a " V3 "><text>one</text></a>");
	assert_string_equal(vars_get(judge_vars(b->judge), "kept"), "one");
	assert_int_equal(verdict_on(b, 1, "same").kind, RESULT_PASS);
	answer(b, 200, "text/xml", "<a " V3 "><text>two</text></a>");
	assert_string_equal(vars_get(judge_vars(b->judge), "kept"), "two");
}

/* What is skipped for want of a value has its cause where the value was not
 * found, or the run would pass. */
static void test_missing_value_skips(void **state)
{
	struct bench *b = *state;
	answer(b, 200, "text/xml", "<a " V3 "/>");
	assert_null(vars_get(judge_vars(b->judge), "kept"));
	assert_int_equal(verdict_on(b, 1, "same").kind, RESULT_SKIP);
	assert_int_equal(verdict_on(b, 0, "keep-kept").kind, RESULT_FAIL);
}

static void test_long_value_is_not_kept(void **state)
{
	struct bench *b = *state;
	struct buf body = BUF_INIT(LIMIT_MIB(1));
	for (size_t more = 0; more < 2; more++) {
		buf_clear(&body);
		buf_adds(&body, "<a " V3 "><text>");
		for (size_t i = 0; i < LIMIT_VALUE + more; i++)
			buf_addc(&body, 'x');
		buf_adds(&body, "</text></a>");
		answer(b, 200, "text/xml", body.ptr);
		struct verdict v = verdict_on(b, 0, "keep-kept");
		assert_int_equal(v.kind, more ? RESULT_FAIL : RESULT_PASS);
		if (more)
			assert_int_equal(v.found.word, W_found_too_long);
	}
	buf_release(&body);
}

/* Whatever is no answer in the protocol is a failure, never a pass. */
static void test_hostile_answers(void **state)
{
	static const struct {
		const char *type, *body;
	} answers[] = {
		{ "text/plain", "ok" },
		{ "text/xml", "" },
		{ "text/html", "<html><body>Welcome" },
		{ "text/xml", "<a>" },
		{ "text/xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>" },
		{ "text/xml", "<a xmlns=\"urn:hl7-org:v3\"/>" },
		{ "text/xml", "\xff\xfe" },
	};
	static const char *const ids[] = { "yes", "no", "why", "fault",
		"equal" };
	struct bench *b = *state;
	for (size_t i = 0; i < COUNTOF(answers); i++) {
		answer(b, 200, answers[i].type, answers[i].body);
		for (size_t k = 0; k < COUNTOF(ids); k++) {
			struct verdict v = verdict_on(b, 0, ids[k]);
			assert_int_equal(v.kind, RESULT_FAIL);
			assert_int_not_equal(v.found.word, W_none);
			assert_int_not_equal(v.expected.word, W_none);
			assert_int_not_equal(v.next.word, W_none);
		}
	}
}

static void test_environment_away(void **state)
{
	struct bench *b = *state;
	answer(b, 503, "text/html", "<html>maintenance");
	assert_int_equal(kind_of(b, "yes"), RESULT_INCONCLUSIVE);
	assert_int_equal(kind_of(b, "status"), RESULT_FAIL);
	answer(b, 429, "text/plain", "slow down");
	assert_int_equal(kind_of(b, "yes"), RESULT_INCONCLUSIVE);
	/* A message with status 503 is an answer all the same. */
	answer(b, 503, "text/xml", ACK("AE", "1.2.3", ""));
	assert_int_equal(kind_of(b, "no"), RESULT_PASS);
}

/* What HTTP says of an answer comes before what its message says. */
static void test_heads(void **state)
{
	static const struct {
		int status;
		const char *type, *field, *body;
		enum result_kind kind;
		enum word found;
	} rows[] = {
		{ 200, "text/html", "", "<p>Your support ID is: 12-34<br>",
		    RESULT_INCONCLUSIVE, W_found_blocked },
		{ 403, "text/html", "", "<b>Ray ID: <i>ab12</i>",
		    RESULT_INCONCLUSIVE, W_found_blocked },
		{ 200, "text/html", "", "Request Rejected", RESULT_INCONCLUSIVE,
		    W_found_blocked },
		{ 302, "text/html", "Location: https://b.example/", "",
		    RESULT_FAIL, W_found_redirect },
		{ 200, "text/xml", "Content-Encoding: gzip", "\x1f\x8b",
		    RESULT_FAIL, W_found_compressed },
		{ 200, "text/plain", "", ACK("AA", "1.2.3", ""), RESULT_FAIL,
		    W_found_media_type },
		{ 200, "text/xml", "content-type: text/xml; charset=latin1",
		    ACK("AA", "1.2.3", ""), RESULT_FAIL, W_found_charset },
		{ 200, "text/xml", "Content-Type: text/xml; charset=\"utf-8\"",
		    ACK("AA", "1.2.3", ""), RESULT_PASS, W_found_ack },
		{ 500, "text/xml", "", ACK("AA", "1.2.3", ""), RESULT_FAIL,
		    W_found_ack_status },
		{ 200, "text/xml", "",
		    "<RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\"/>",
		    RESULT_FAIL, W_found_request },
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		answer(b, rows[i].status, rows[i].type, rows[i].body);
		buf_clear(&b->x.response.head);
		buf_addf(&b->x.response.head, "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		    rows[i].field);
		struct verdict v = verdict_on(b, 0, "yes");
		if (v.kind != rows[i].kind || v.found.word != rows[i].found)
			fail_msg("row %zu: %s, %s", i, result_name(v.kind),
			    word_name(v.found.word));
	}
	buf_clear(&b->x.response.head);
	answer(b, 403, "text/html", "Your support ID is: 12-34<br>");
	assert_string_equal(verdict_on(b, 0, "yes").next.arg[0], "12-34");
}

static void test_endings(void **state)
{
	static const struct {
		enum ending ending;
		enum result_kind kind;
	} rows[] = {
		{ ENDED_GUARD_REFUSED, RESULT_GUARD_REFUSED },
		{ ENDED_TLS_REFUSED, RESULT_ERROR },
		{ ENDED_TLS_DISTRUST, RESULT_ERROR },
		{ ENDED_TLS_FAILED, RESULT_INCONCLUSIVE },
		{ ENDED_UNREACHABLE, RESULT_INCONCLUSIVE },
		{ ENDED_TIMEOUT, RESULT_INCONCLUSIVE },
		{ ENDED_LOST, RESULT_INCONCLUSIVE },
		{ ENDED_UNREADABLE, RESULT_FAIL },
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		b->x.ending = rows[i].ending;
		judge_learn(b->judge, &b->tc->steps.at[0], &b->x);
		assert_int_equal(kind_of(b, "yes"), rows[i].kind);
		assert_int_equal(kind_of(b, "count"), rows[i].kind);
	}
}

/* A lost answer to an archive message names the document to look up. */
static void test_lost_answer_names_the_document(void **state)
{
	struct bench *b = *state;
	b->x.ending = ENDED_LOST;
	str_copy(b->x.document_oid, sizeof(b->x.document_oid), "1.2.246.5");
	judge_learn(b->judge, &b->tc->steps.at[0], &b->x);
	struct verdict v = verdict_on(b, 0, "yes");
	assert_int_equal(v.next.word, W_next_look_up);
	assert_string_equal(v.next.arg[0], "1.2.246.5");
}

static void test_no_answer(void **state)
{
	struct bench *b = *state;
	b->x.ending = ENDED_LOST;
	assert_int_equal(verdict_on(b, 1, "silence").kind, RESULT_PASS);
	b->x.ending = ENDED_TIMEOUT;
	assert_int_equal(verdict_on(b, 1, "silence").kind, RESULT_PASS);
	b->x.ending = ENDED_UNREADABLE;
	assert_int_equal(verdict_on(b, 1, "silence").kind, RESULT_FAIL);
	b->x.ending = ENDED_UNREACHABLE;
	assert_int_equal(verdict_on(b, 1, "silence").kind, RESULT_INCONCLUSIVE);
	b->x.ending = ENDED_GUARD_REFUSED;
	assert_int_equal(
	    verdict_on(b, 1, "silence").kind, RESULT_GUARD_REFUSED);
	answer(b, 200, "text/xml", ACK("AA", "1.2.3", ""));
	assert_int_equal(verdict_on(b, 1, "silence").kind, RESULT_FAIL);
}

/* What broke off is told otherwise than what never began. */
static void test_broken_answers(void **state)
{
	static const struct {
		enum ending ending;
		const char *head, *trouble;
		enum word found, cause;
	} rows[] = {
		{ ENDED_LOST, "", "x", W_found_lost, W_cause_answer_lost },
		{ ENDED_LOST, "HTTP/1.1", "x", W_found_cut,
		    W_cause_answer_lost },
		{ ENDED_TIMEOUT, "", "x", W_found_timeout, W_cause_slow },
		{ ENDED_TIMEOUT, "HTTP/1.1", "x", W_found_slow, W_cause_slow },
		{ ENDED_UNREADABLE, "", "Received HTTP/0.9 when not allowed",
		    W_found_unreadable_answer, W_cause_not_http },
		{ ENDED_UNREADABLE, "", "the answer is larger than its limit",
		    W_found_unreadable_answer, W_cause_over_limit },
		{ ENDED_UNREADABLE, "", "x", W_found_unreadable_answer,
		    W_cause_bad_http },
		{ ENDED_TLS_DISTRUST, "", "certificate has expired",
		    W_found_trouble, W_cause_server_expired },
		{ ENDED_TLS_DISTRUST, "", "certificate is not yet valid",
		    W_found_trouble, W_cause_server_not_yet },
		{ ENDED_TLS_DISTRUST, "",
		    "SSL: no alternative certificate subject name matches",
		    W_found_trouble, W_cause_server_name },
		{ ENDED_TLS_DISTRUST, "", "unable to get local issuer",
		    W_found_trouble, W_cause_server_ca },
	};
	struct bench *b = *state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		b->x.ending = rows[i].ending;
		buf_clear(&b->x.response.head);
		buf_adds(&b->x.response.head, rows[i].head);
		str_copy(b->x.trouble, sizeof(b->x.trouble), rows[i].trouble);
		struct verdict v = verdict_on(b, 0, "yes");
		if (v.found.word != rows[i].found ||
		    v.cause.word != rows[i].cause)
			fail_msg("row %zu: %s, %s", i, word_name(v.found.word),
			    word_name(v.cause.word));
	}
}

static void test_guard(void **state)
{
	struct bench *b = *state;
	b->x.ending = ENDED_GUARD_REFUSED;
	str_copy(b->x.trouble, sizeof(b->x.trouble), "identity");
	assert_int_equal(verdict_on(b, 1, "guard").kind, RESULT_PASS);
	str_copy(b->x.trouble, sizeof(b->x.trouble), "processing-code");
	assert_int_equal(verdict_on(b, 1, "guard").kind, RESULT_FAIL);
	answer(b, 200, "text/xml", ACK("AA", "1.2.3", ""));
	assert_int_equal(verdict_on(b, 1, "guard").kind, RESULT_FAIL);
}

/* The guard's own rule and place, not those of what was expected. */
static void test_unexpected_guard(void **state)
{
	struct bench *b = *state;
	b->x.ending = ENDED_GUARD_REFUSED;
	str_copy(b->x.trouble, sizeof(b->x.trouble), "identity");
	str_copy(b->x.where, sizeof(b->x.where), "/ClinicalDocument/title");
	struct verdict v = verdict_on(b, 0, "yes");
	assert_int_equal(v.kind, RESULT_GUARD_REFUSED);
	assert_string_equal(v.where, "/ClinicalDocument/title");
	assert_string_equal(v.rule, "guard: identity");
	assert_int_equal(v.next.word, W_next_remove_identity);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_acknowledgement),
		TEST(test_acknowledgement_of_another_message),
		TEST(test_unknown_code_is_neither),
		TEST(test_detail),
		TEST(test_next_after_acknowledgement),
		TEST(test_status_and_fault),
		TEST(test_xpath),
		TEST(test_kept_value),
		TEST(test_missing_value_skips),
		TEST(test_long_value_is_not_kept),
		TEST(test_hostile_answers),
		TEST(test_environment_away),
		TEST(test_heads),
		TEST(test_endings),
		TEST(test_lost_answer_names_the_document),
		TEST(test_no_answer),
		TEST(test_broken_answers),
		TEST(test_guard),
		TEST(test_unexpected_guard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which documents an answer to a query tells of, judged from bytes alone.
 */
#include "base/str.h"
#include "run/judge.h"
#include "written.h"

#define SAYS \
 "<says xml:lang=\"fi\">s</says><says xml:lang=\"en\">s</says></expect>"
#define DOCUMENT(name) \
 "<document name=\"" name "\" kind=\"k\" fixture=\"f.xml\"/>"
#define STEP(name)                                                  \
 "<step id=\"" name "\"><send message=\"archive\" document=\"" name \
 "\"/><expect kind=\"acknowledgement\" outcome=\"accepted\">" SAYS "</step>"

static const char case_text[] =
    "<case xmlns=\"urn:esitesti:case:1\" id=\"found\" service=\"s\""
    " content=\"c\" where=\"any\"><title xml:lang=\"fi\">t</title>"
    "<title xml:lang=\"en\">t</title><rests-on fact=\"f\" mark=\"U\"/>" DOCUMENT(
	"a") DOCUMENT("b") DOCUMENT("c") STEP("a") STEP("b")
	STEP(
	    "c") "<step id=\"query\"><send message=\"query\"><with name=\"patient-id\""
		 " value=\"010181-900C\"/></send>"
		 "<expect id=\"a\" kind=\"found\" documents=\"a\">" SAYS
		 "<expect id=\"only-a\" kind=\"found\" documents=\"a\""
		 " exactly=\"true\">" SAYS
		 "<expect id=\"a-b\" kind=\"found\" documents=\"a b\">" SAYS
		 "<expect id=\"not-b\" kind=\"found\" without=\"b\">" SAYS
		 "<expect id=\"a-not-b\" kind=\"found\" documents=\"a\""
		 " without=\"b\">" SAYS
		 "<expect id=\"nothing\" kind=\"found\" exactly=\"true\">" SAYS
		 "<expect id=\"c\" kind=\"found\" documents=\"c\">" SAYS
		 "</step></case>";

struct bench {
	struct testcase *tc;
	struct judge *judge;
	struct exchange x;
};

static const struct step *step_of(const struct bench *b, const char *id)
{
	VEC_EACH (struct step, s, &b->tc->steps)
		if (streq(s->id, id))
			return s;
	fail_msg("no step '%s'", id);
	return NULL;
}

/* The case's document `name` leaves with this id, always as version 2. */
static void send_document(struct bench *b, const char *name, const char *oid)
{
	struct written w;
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	draft.value[FF_DOCUMENT_ID] = oid;
	write_out(&w, &draft);
	buf_clear(&b->x.request.body);
	buf_add(&b->x.request.body, w.bytes.ptr, w.bytes.len);
	str_copy(b->x.document, sizeof(b->x.document), name);
	b->x.ending = ENDED_ANSWERED;
	judge_learn(b->judge, step_of(b, name), &b->x);
	release(&w);
	b->x.document[0] = '\0';
}

static int setup(void **state)
{
	struct bench *b = xcalloc(1, sizeof(*b));
	struct err err = { .kind = ERR_NONE };
	b->tc =
	    testcase_parse(case_text, strlen(case_text), "case", NULL, &err);
	if (!b->tc)
		fail_msg("%s", err.msg);
	b->judge = judge_new(b->tc, kanta);
	exchange_init(&b->x);
	send_document(b, "a", "1.2.1");
	send_document(b, "b", "1.2.2");
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;
	exchange_release(&b->x);
	judge_free(b->judge);
	testcase_free(b->tc);
	free(b);
	return 0;
}

#define HEAD                                                           \
 "<RCMR_IN100030FI01 ITSVersion=\"XML_1.0\" xmlns=\"urn:hl7-org:v3\">" \
 "<id root=\"1.2.9\"/><creationTime/><interactionId"                   \
 " extension=\"RCMR_IN100030FI01\"/><processingCode/>"                 \
 "<processingModeCode/><acceptAckCode/><receiver/><sender/>"           \
 "<controlActProcess>"
#define ENTRY(oid, set, version)                                       \
 "<subject><clinicalDocument><id root=\"" oid "\"/><setId root=\"" set \
 "\"/><versionNumber value=\"" version "\"/></clinicalDocument></subject>"
#define A    ENTRY("1.2.1", SAMPLE_FIRST, "2")
#define B    ENTRY("1.2.2", SAMPLE_FIRST, "2")
#define TAIL "</controlActProcess></RCMR_IN100030FI01>"

static void expect_verdict(struct bench *b, const char *body, const char *id,
    enum result_kind kind, enum word found)
{
	const struct step *step = step_of(b, "query");
	const struct expect *e = NULL;
	struct verdict v;
	buf_clear(&b->x.response.body);
	buf_adds(&b->x.response.body, body);
	b->x.http_status = 200;
	str_copy(b->x.response.media_type, sizeof(b->x.response.media_type),
	    "text/xml");
	judge_learn(b->judge, step, &b->x);
	VEC_EACH (struct expect, at, &step->expects)
		if (streq(at->id, id))
			e = at;
	assert_non_null(e);
	judge_expect(b->judge, step, e, &b->x, &v);
	if (v.kind != kind || v.found.word != found)
		fail_msg("%s: %s, %s", id, result_name(v.kind),
		    word_name(v.found.word));
	assert_int_not_equal(v.expected.word, W_none);
}

#define PASS W_found_documents

static void test_holds(void **state)
{
	struct bench *b = *state;
	static const char a[] = HEAD A TAIL, both[] = HEAD A B TAIL;
	expect_verdict(b, a, "a", RESULT_PASS, PASS);
	expect_verdict(b, both, "a", RESULT_PASS, PASS);
	expect_verdict(b, a, "only-a", RESULT_PASS, PASS);
	expect_verdict(b, both, "a-b", RESULT_PASS, PASS);
	expect_verdict(b, a, "not-b", RESULT_PASS, PASS);
	expect_verdict(b, a, "a-not-b", RESULT_PASS, PASS);
	expect_verdict(b, HEAD TAIL, "nothing", RESULT_PASS, PASS);
	expect_verdict(b, HEAD TAIL, "not-b", RESULT_PASS, PASS);
}

static void test_fails(void **state)
{
	struct bench *b = *state;
	static const char other_set[] = HEAD ENTRY("1.2.1", "1.2.7", "2") TAIL;
	static const char other_version[] =
	    HEAD ENTRY("1.2.1", SAMPLE_FIRST, "1") TAIL;
	const struct {
		const char *body, *id;
		enum word found;
	} rows[] = {
		{ HEAD B TAIL, "a", W_found_missing },
		{ HEAD TAIL, "a", W_found_missing },
		{ HEAD A TAIL, "a-b", W_found_missing },
		{ HEAD A B TAIL, "only-a", W_found_unwanted },
		{ HEAD A B TAIL, "not-b", W_found_unwanted },
		{ HEAD A B TAIL, "a-not-b", W_found_unwanted },
		{ HEAD A TAIL, "nothing", W_found_unwanted },
		{ HEAD A A TAIL, "a", W_found_twice },
		{ other_set, "a", W_found_other_version },
		{ other_version, "a", W_found_other_version },
		{ HEAD "<subject><clinicalDocument><id root=\"1.2.1\"/><text/>"
		       "</clinicalDocument></subject>" TAIL,
		    "a", W_found_unreadable },
		{ "", "a", W_found_empty_answer },
		{ "<html/>", "nothing", W_found_unreadable },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		expect_verdict(
		    b, rows[i].body, rows[i].id, RESULT_FAIL, rows[i].found);
}

/* A document that never left cannot be found, and is nobody's fault here. */
static void test_not_sent(void **state)
{
	struct bench *b = *state;
	expect_verdict(b, HEAD A TAIL, "c", RESULT_SKIP, W_none);
}

/* A cancellation names a document and does not take its place. */
static void test_after_cancel(void **state)
{
	struct bench *b = *state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_CANCEL);
	draft.value[FF_DOCUMENT_ID] = "1.2.99";
	write_out(&w, &draft);
	buf_clear(&b->x.request.body);
	buf_add(&b->x.request.body, w.bytes.ptr, w.bytes.len);
	str_copy(b->x.document, sizeof(b->x.document), "a");
	judge_learn(b->judge, step_of(b, "a"), &b->x);
	b->x.document[0] = '\0';
	release(&w);
	expect_verdict(b, HEAD A TAIL, "a", RESULT_PASS, PASS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_holds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_after_cancel, setup, teardown),
	};
	return cmocka_run_group_tests(tests, load_dialect, free_dialect);
}

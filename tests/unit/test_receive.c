/* SPDX-License-Identifier: Apache-2.0 */
#include "receiving.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

static void stores_and_acknowledges(void **state)
{
	struct world_of_test *w = *state;
	struct err err = { 0 };
	struct buf sent = BUF_INIT(LIMIT_DOCUMENT);
	struct buf kept = BUF_INIT(LIMIT_DOCUMENT);

	deliver_wish(w, (struct wish){ 0 });
	expect_accepted(w);
	assert_true(w->got.stored);
	assert_string_equal(w->got.document_oid, "1.2.246.10.1.11.1");
	assert_int_equal(w->soap.envelope, ENVELOPE_BARE);
	write_document(&sent, &(struct wish){ 0 });
	assert_int_equal(
	    archive_get(w->archive, "/", "1.2.246.10.1.11.1", &kept, &err), 1);
	assert_int_equal(kept.len, sent.len);
	assert_memory_equal(kept.ptr, sent.ptr, sent.len);
	buf_release(&sent);
	buf_release(&kept);
}

static void answers_in_the_request_s_envelope(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .soap = true });
	expect_accepted(w);
	assert_int_equal(w->soap.envelope, ENVELOPE_SOAP11);
}

static void refuses_a_duplicate(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ 0 });
	deliver_wish(w, (struct wish){ 0 });
	expect_refused(w, "AE", 1, "on jo arkistoitu", "clinicalDocument/id");
}

static void keeps_the_chain_of_versions(void **state)
{
	struct world_of_test *w = *state;
	struct wish second = {
		.replaces = true,
		.oid = "1.2.246.10.1.11.2",
		.set = "1.2.246.10.1.11.1",
		.version = "2",
		.related = "1.2.246.10.1.11.1",
	};

	deliver_wish(w, second);
	expect_refused(w, "AE", 1, "on tuntematon", "setId");
	deliver_wish(w, (struct wish){ 0 });
	deliver_wish(w, second);
	expect_accepted(w);
	/* a second "version 2" of the same first version: two things wrong */
	second.oid = "1.2.246.10.1.11.3";
	deliver_wish(w, second);
	expect_refused(w, "AE", 2, "odotettiin ”3”", "versionNumber");
	assert_non_null(strstr(w->ack.at[1].text, "1.2.246.10.1.11.2"));
	second.version = "3";
	second.related = "1.2.246.10.1.11.2";
	second.related_version = "2";
	deliver_wish(w, second);
	expect_accepted(w);
}

static void begins_a_set_with_version_1(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .version = "2", .set = "1.2.3" });
	expect_refused(w, "AE", 2, "odotettiin ”1”", "versionNumber");
}

static void refuses_a_strange_service_request(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .service = "SP1" });
	expect_refused(w, "AE", 1, "SP1", "reasonCode");
	deliver_wish(w, (struct wish){ .service_system = "1.2.3" });
	expect_refused(w, "AE", 1, "koodisto", "reasonCode");
	deliver_wish(w, (struct wish){ .service = "" });
	expect_refused(w, "AE", 1, "puuttuu", "reasonCode");
}

static void refuses_frame_against_document(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .in_document = "010594Y9032" });
	expect_refused(w, "AE", 1, "010594Y9032", "recordTarget");
}

static void tells_all_that_is_wrong(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .service = "SP1",
			    .version = "2",
			    .in_document = "010594Y9032" });
	expect_refused(w, "AE", 3, "SP1", "reasonCode");
}

/* A code below 900, put together here: such a thing stands in no file. */
static void refuses_an_identity_code(void **state)
{
	struct world_of_test *w = *state;
	char code[12];

	snprintf(code, sizeof(code), "131052-%d%c", 308, 'T');
	deliver_wish(w, (struct wish){ .patient = code });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_true(w->got.withheld);
	assert_true(w->ack.count >= 1);
	assert_non_null(
	    strstr(w->ack.at[0].text, "Virheellinen henkilötunnus"));
	assert_non_null(strstr(w->ack.at[0].location, "id"));
	assert_null(strstr(w->got.answer.ptr, code));
	assert_false(w->got.withheld_answer);
	assert_false(w->got.stored);
}

static void rejects_an_unknown_interaction(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .interaction = "RCMR_IN100099FI01" });
	expect_refused(w, "AR", 1, "RCMR_IN100099FI01", "interactionId");
	deliver_wish(w, (struct wish){ .interaction = "MCCI_IN000002UV01" });
	expect_refused(w, "AR", 1, "MCCI_IN000002UV01", "interactionId");
}

static void rejects_a_bad_frame(void **state)
{
	struct world_of_test *w = *state;
	static const char frame[] =
	    "<RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\"><id root=\"1.2.7\"/>"
	    "<sender/></RCMR_IN100002FI01>";

	buf_clear(&w->message);
	buf_adds(&w->message, frame);
	deliver(w);
	expect_refused(w, "AR", 1, "Siirtokehys", "");
	assert_string_equal(w->ack.target_id, "1.2.7");
}

static void send_text(struct world_of_test *w, const char *text)
{
	buf_clear(&w->message);
	buf_adds(&w->message, text);
	deliver(w);
}

static void faults_what_is_no_message(void **state)
{
	struct world_of_test *w = *state;
	static const char *const texts[] = {
		"<a>",
		"not XML",
		"<a/>",
		"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
		"<x:a/>",
		"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/"
		"\"/>",
		"<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		"><e:Body/></e:Envelope>",
	};

	for (size_t i = 0; i < COUNTOF(texts); i++) {
		send_text(w, texts[i]);
		assert_true(w->soap.is_fault);
		assert_int_equal(w->got.status, 500);
		assert_int_equal(w->got.outcome, OUTCOME_UNREADABLE);
		assert_non_null(strstr(w->soap.fault.code, "Client"));
		assert_true(w->soap.fault.reason[0]);
	}
}

static void refuses_what_holds_no_document(void **state)
{
	struct world_of_test *w = *state;
	char *base64 = NULL;

	write_message(w, &(struct wish){ 0 });
	base64 = strstr(w->message.ptr, "PD94");
	assert_non_null(base64);
	memcpy(base64, "AAAA", 4);
	deliver(w);
	expect_refused(w, "AE", 1, "ei voi lukea", "text");
}

static void gives_documents_back(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ 0 });
	deliver_wish(w, (struct wish){ .oid = "1.2.246.10.1.11.5" });
	write_query(w, (const char *const[]){ "1.2.246.10.1.11.1", "1.2.3",
			   "1.2.246.10.1.11.5", NULL });
	deliver(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 2);
	assert_non_null(strstr(w->got.answer.ptr, "code=\"OK\""));
	write_query(w, (const char *const[]){ "1.2.3", NULL });
	deliver(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 0);
	assert_non_null(strstr(w->got.answer.ptr, "code=\"NF\""));
}

static void refuses_too_many_ids(void **state)
{
	struct world_of_test *w = *state;
	const char *ids[LIMIT_QUERY_PARAMETERS + 2];

	for (size_t i = 0; i <= LIMIT_QUERY_PARAMETERS; i++)
		ids[i] = "1.2.3";
	ids[LIMIT_QUERY_PARAMETERS + 1] = NULL;
	write_query(w, ids);
	deliver(w);
	expect_refused(w, "AE", 1, "Kyselyssä on enemmän kuin", "");
}

/* ---- Faults, seen from outside */

static void use_fault(struct world_of_test *w, const char *word)
{
	struct err err = { 0 };
	struct opt_list words = { 0 };

	VEC_RELEASE(&w->faults);
	*VEC_PUSH(&words) = word;
	if (fault_parse(&w->faults, &words, &err) < 0)
		fail_msg("%s", err.msg);
	VEC_RELEASE(&words);
}

static void bends_acknowledgements(void **state)
{
	struct world_of_test *w = *state;

	use_fault(w, "ack-flip");
	deliver_wish(w, (struct wish){ 0 });
	assert_string_equal(w->ack.code, "AE");
	assert_int_equal(w->ack.count, 0);
	deliver_wish(w, (struct wish){ 0 });
	assert_string_equal(w->ack.code, "AA");
	assert_int_equal(w->ack.count, 1);
	use_fault(w, "ack-target");
	deliver_wish(w, (struct wish){ .oid = "1.2.5" });
	assert_int_equal(w->ack.outcome, ACK_ACCEPTED);
	assert_string_not_equal(w->ack.target_id, "1.2.246.10.1.13.1.7.3");
	use_fault(w, "detail-drop");
	deliver_wish(w, (struct wish){ 0 });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_int_equal(w->ack.count, 0);
}

static void accepts_always(void **state)
{
	struct world_of_test *w = *state;
	struct err err = { 0 };

	use_fault(w, "always-accept");
	deliver_wish(w, (struct wish){ .service = "SP1" });
	expect_accepted(w);
	deliver_wish(w, (struct wish){ 0 });
	expect_accepted(w);
	assert_int_equal(
	    archive_get(w->archive, "/", "1.2.246.10.1.11.1", NULL, &err), 0);
	write_query(w, (const char *const[]){ "1.2.3", NULL });
	deliver(w);
	expect_accepted(w);
	send_text(w, "not XML");
	assert_int_equal(w->ack.outcome, ACK_ACCEPTED);
}

static void changes_a_document(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ 0 });
	write_query(w, (const char *const[]){ "1.2.246.10.1.11.1", NULL });
	deliver(w);
	char *honest = xstrdup(w->got.answer.ptr);
	use_fault(w, "document");
	deliver(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 1);
	assert_int_equal(strlen(honest), w->got.answer.len);
	assert_string_not_equal(honest, w->got.answer.ptr);
	free(honest);
}

#define WITH(test) \
 cmocka_unit_test_setup_teardown(test, receiving_begin, receiving_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(stores_and_acknowledges),
		WITH(answers_in_the_request_s_envelope),
		WITH(refuses_a_duplicate),
		WITH(keeps_the_chain_of_versions),
		WITH(begins_a_set_with_version_1),
		WITH(refuses_a_strange_service_request),
		WITH(refuses_frame_against_document),
		WITH(tells_all_that_is_wrong),
		WITH(refuses_an_identity_code),
		WITH(rejects_an_unknown_interaction),
		WITH(rejects_a_bad_frame),
		WITH(faults_what_is_no_message),
		WITH(refuses_what_holds_no_document),
		WITH(gives_documents_back),
		WITH(refuses_too_many_ids),
		WITH(bends_acknowledgements),
		WITH(accepts_always),
		WITH(changes_a_document),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "receiving.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "kanta/cda-order.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

/*
 * Each policy with a message that it has to say something about: refused under
 * "refuse", accepted with a warning under "warn", not looked at under "off";
 * and an honest message is left alone.
 */
static void tell(struct world_of_test *w, const char *policy, const char *value,
    const struct wish *m)
{
	char word[64];

	snprintf(word, sizeof(word), "%s=%s", policy, value);
	use_policy(w, word);
	deliver_wish(w, *m);
}

static enum policy find_policy(const char *name)
{
	for (int i = 0; i < POLICY_COUNT; i++)
		if (streq(policy_name((enum policy)i), name))
			return (enum policy)i;
	fail_msg("%s", name);
	return POLICY_COUNT;
}

static void expect_warned(struct world_of_test *w, const char *words)
{
	assert_int_equal(w->ack.outcome, ACK_ACCEPTED);
	assert_true(w->ack.count >= 1);
	assert_string_equal(w->ack.at[0].type, "W");
	assert_non_null(strstr(w->ack.at[0].text, words));
	assert_non_null(strstr(w->ack.at[0].text, "varmuus"));
	assert_true(w->got.stored);
}

static void expect_policy(struct world_of_test *w, const char *name,
    struct wish bad, const char *words, const char *where)
{
	enum policy p = find_policy(name);

	bad.oid = "1.2.246.10.1.11.50";
	tell(w, name, "refuse", &bad);
	expect_refused(w, "AE", 1, words, where);
	assert_non_null(strstr(w->ack.at[0].text, name));
	assert_int_equal(w->got.policies[p].found, 1);
	tell(w, name, "warn", &bad);
	expect_warned(w, words);
	bad.oid = "1.2.246.10.1.11.51";
	tell(w, name, "off", &bad);
	expect_accepted(w);
	assert_false(w->got.policies[p].looked);
	tell(w, name, "refuse", &(struct wish){ .oid = "1.2.246.10.1.11.52" });
	expect_accepted(w);
}

static void judges_receiver(void **state)
{
	expect_policy(*state, "receiver-id",
	    (struct wish){ .receiver = "1.2.3" }, "1.2.3",
	    "receiver/device/id");
}

/* A message of production, and one that does not say what it is. */
static void judges_processing_code(void **state)
{
	struct world_of_test *w = *state;

	expect_policy(w, "processing-code", (struct wish){ .processing = "P" },
	    "”P”", "processingCode");
	tell(w, "processing-code", "refuse",
	    &(struct wish){ .oid = "1.2.7", .processing = "" });
	expect_refused(w, "AE", 1, "”D”", "processingCode");
}

static void judges_trigger(void **state)
{
	expect_policy(*state, "trigger-event",
	    (struct wish){ .trigger = "RCMR_TE000910UV01" },
	    "RCMR_TE000102UV01", "controlActProcess/code");
}

static void judges_register(void **state)
{
	expect_policy(*state, "register", (struct wish){ .reg = "99" },
	    "tunnetut: 1, 2", "clinicalDocument/code");
}

static void judges_confidentiality(void **state)
{
	expect_policy(*state, "confidentiality",
	    (struct wish){ .confidentiality = "6" }, "”6”",
	    "confidentialityCode");
}

static void judges_custodian(void **state)
{
	struct world_of_test *w = *state;

	expect_policy(w, "custodian",
	    (struct wish){ .custodian = "1.2.246.10.1234567.10.0" },
	    "1.2.246.10.1234567.10.0", "custodian");
	tell(w, "custodian", "refuse",
	    &(struct wish){
		.oid = "1.2.7", .custodian = "1.2.246.10.2462460.19.1" });
	expect_accepted(w);
	tell(w, "custodian", "refuse",
	    &(struct wish){
		.oid = "1.2.8", .custodian = "1.2.246.537.10.15675350.19.0" });
	expect_accepted(w);
}

static void judges_check_characters(void **state)
{
	struct world_of_test *w = *state;

	expect_policy(w, "patient-checksum",
	    (struct wish){ .patient = "010181-900D" }, "tarkistusmerkki",
	    "patient/id");
	assert_null(strstr(w->got.answer.ptr, "010181-900D"));
}

static void judges_temporary_check_characters(void **state)
{
	expect_policy(*state, "temporary-checksum",
	    (struct wish){ .patient = "010100A998F",
		.patient_root = "1.2.246.10.1234567.22.2026" },
	    "Tilapäisen", "patient/id");
}

static void judges_authors(void **state)
{
	const char more[] =
	    "<author><time value=\"2026\"/><assignedAuthor>"
	    "<id root=\"1.2.246.21\" extension=\"010181-900D\"/>"
	    "</assignedAuthor></author>";

	expect_policy(*state, "author-checksum", (struct wish){ .more = more },
	    "Tekijän", "assignedAuthor/id");
}

/* More to say than an answer holds: what refuses still refuses. */
static void refuses_behind_many_warnings(void **state)
{
	static const char author[] =
	    "<author><assignedAuthor>"
	    "<id root=\"1.2.246.21\" extension=\"010181-900D\"/>"
	    "</assignedAuthor></author>";
	struct world_of_test *w = *state;
	struct buf more = BUF_INIT(LIMIT_MIB(1));

	for (int i = 0; i < LIMIT_ACK_DETAILS + 1; i++)
		buf_adds(&more, author);
	use_policy(w, "author-checksum=warn");
	deliver_wish(w, (struct wish){ .oid = "1.2.246.10.1.11.60",
			    .version = "2",
			    .more = more.ptr });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_int_equal(w->ack.count, LIMIT_ACK_DETAILS);
	assert_false(w->got.stored);
	buf_release(&more);
}

static void judges_more_agreement(void **state)
{
	struct world_of_test *w = *state;
	struct wish m = { .oid = "1.2.1" };
	char *at = NULL;

	use_policy(w, "frame-agreement=refuse");
	write_message(w, &m);
	at = strstr(w->message.ptr, "effectiveTime value=\"2026");
	assert_non_null(at);
	memcpy(at + strlen("effectiveTime value=\""), "2025", 4);
	deliver(w);
	expect_refused(w, "AE", 1, "effective-time", "effectiveTime");
	use_policy(w, "frame-agreement=off");
	deliver(w);
	expect_accepted(w);
}

static void judges_the_header_s_order(void **state)
{
	struct world_of_test *w = *state;

	expect_policy(w, "header-order",
	    (struct wish){
		.more = "<title>Liian my\303\266h\303\244\303\244n</title>" },
	    "title", "base64 > /ClinicalDocument/title");
	tell(w, "header-order", "refuse",
	    &(struct wish){ .oid = "1.2.9",
		.more = "<localHeader xmlns=\"urn:hl7finland\">"
			"<recordStatus code=\"3\"/><fileFormat code=\"1\"/>"
			"</localHeader>" });
	expect_refused(w, "AE", 1, "fileFormat", "localHeader/fileFormat");
}

static void judges_age(void **state)
{
	struct world_of_test *w = *state;

	use_policy(w, "message-age=refuse");
	deliver_wish(w, (struct wish){ .oid = "1.2.1" });
	expect_accepted(w);
	w->now += INT64_C(90000) * 1000000;
	deliver_wish(w, (struct wish){ .oid = "1.2.2" });
	expect_refused(w, "AE", 1, "86400", "creationTime");
}

static void judges_the_certificate_s_organisation(void **state)
{
	struct world_of_test *w = *state;

	w->organisation = "1.2.246.10.1.10.0";
	expect_policy(w, "certificate-organisation",
	    (struct wish){ .sender = "1.2.246.10.10.13.1" },
	    "1.2.246.10.1.10.0", "sender/device/id");
	w->organisation = "";
	use_policy(w, "certificate-organisation=refuse");
	deliver_wish(w, (struct wish){ .oid = "1.2.3" });
	expect_refused(w, "AE", 1, "varmenne", "sender");
	w->organisation = "1.2.246.537.10.15675350.10.0";
	deliver_wish(w, (struct wish){ .oid = "1.2.4",
			    .sender = "1.2.246.537.10.15675350.10.0.13" });
	expect_accepted(w);
	deliver_wish(w, (struct wish){ .oid = "1.2.5",
			    .sender = "1.2.246.537.10.1567535.10.0.13" });
	expect_refused(w, "AE", 1, "varmenne", "sender");
}

/* ---- Message ids */

static void judges_a_repeated_message_id(void **state)
{
	struct world_of_test *w = *state;
	struct wish m = { .oid = "1.2.1", .message_id = "1.2.246.10.1.13.9" };

	use_policy(w, "message-id=refuse");
	deliver_wish(w, m);
	expect_accepted(w);
	m.oid = "1.2.2";
	deliver_wish(w, m);
	expect_refused(w, "AE", 1, "1.2.1", "/id");
	use_policy(w, "message-id=warn");
	deliver_wish(w, m);
	expect_warned(w, "1.2.1");
}

static void answers_a_repeated_message_as_before(void **state)
{
	struct world_of_test *w = *state;
	struct wish m = { .oid = "1.2.1", .message_id = "1.2.246.10.1.13.9" };

	use_policy(w, "message-id=idempotent");
	deliver_wish(w, m);
	expect_accepted(w);
	assert_true(w->got.stored);
	deliver_wish(w, m);
	expect_accepted(w);
	assert_false(w->got.stored);
	/* the same id, but another message */
	m.time = "20261121120001";
	deliver_wish(w, m);
	expect_refused(w, "AE", 2, "1.2.1", "/id");
}

/* ---- Signatures */

static void misses_a_signature(void **state)
{
	struct world_of_test *w = *state;

	use_policy(w, "signature=refuse");
	deliver_wish(w, (struct wish){ .oid = "1.2.1" });
	expect_refused(w, "AE", 1, "[ESI-SIG-01]", "base64 > ");
}

#define SIGNED(uri, digest)                                                \
 "<localHeader xmlns=\"urn:hl7finland\"><signatureCollection><signature>"  \
 "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>"    \
 "<Reference URI=\"" uri "\"><DigestValue>\n" digest "\n</DigestValue>"    \
 "</Reference></SignedInfo></Signature></signature></signatureCollection>" \
 "</localHeader>"

static bool has_rule(const struct world_of_test *w, const char *rule)
{
	VEC_EACH (const struct refusal, f, &w->got.findings)
		if (f->rule && streq(f->rule, rule))
			return true;
	return false;
}

static void looks_into_signatures(void **state)
{
	struct world_of_test *w = *state;

	use_policy(w, "signature=refuse");
	deliver_wish(w, (struct wish){ .oid = "1.2.1",
			    .body_id = "OID1",
			    .more = SIGNED("#OID2", "AAAA") });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_true(has_rule(w, "ESI-SIG-09"));
	deliver_wish(w, (struct wish){ .oid = "1.2.1",
			    .body_id = "OID1",
			    .more = SIGNED("#OID1", "AAAA") });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_true(has_rule(w, "ESI-SIG-04"));
}

/* A digest costs as much as what it covers: nobody asks for thousands. */
static void counts_references(void **state)
{
	struct world_of_test *w = *state;
	struct buf more = BUF_INIT(LIMIT_MIB(1));

	buf_adds(&more,
	    "<localHeader xmlns=\"urn:hl7finland\"><signatureCollection>");
	for (int i = 0; i < 1000; i++)
		buf_adds(&more,
		    "<signature><Signature"
		    " xmlns=\"http://www.w3.org/2000/09/xmldsig#\">"
		    "<SignedInfo><Reference URI=\"#OID1\"/></SignedInfo>"
		    "</Signature></signature>");
	buf_adds(&more, "</signatureCollection></localHeader>");
	use_policy(w, "signature=refuse");
	deliver_wish(
	    w, (struct wish){
		   .oid = "1.2.1", .body_id = "OID1", .more = more.ptr });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_true(has_rule(w, "ESI-SIG-19"));
	buf_release(&more);
}

/* A real signature of 2017, whose digests are right, and one letter less. */
static void takes_a_real_signature(void **state)
{
	struct world_of_test *w = *state;
	struct err err = { 0 };
	char *path = corpus_path("hus-messages/RCMR_IN100002FI01.xml");

	if (!path)
		return;
	use_policy(w, "signature=refuse");
	buf_clear(&w->message);
	if (buf_read_file(&w->message, path, &err) < 0)
		fail_msg("%s", err.msg);
	deliver(w);
	if (w->ack.outcome != ACK_ACCEPTED)
		fail_msg("%s", w->got.answer.ptr);
	assert_true(w->got.policies[find_policy("signature")].looked);
	free(path);
}

/* ---- The table */

static void makes_policies(void **state)
{
	struct world_of_test *w = *state;
	static const char *const wrong[] = { "signature", "signatur=off",
		"signature=of", "signature=idempotent", "=off", "" };
	struct policies p;
	struct buf text = BUF_INIT(LIMIT_KIB(64));

	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct opt_list words = { 0 };
		struct err err = { 0 };
		*VEC_PUSH(&words) = wrong[i];
		assert_int_equal(
		    policies_make(&p, w->dialect, &words, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		VEC_RELEASE(&words);
	}
	use_dialect(w, "policy.message-id", "idempotent");
	struct err err = { 0 };
	assert_int_equal(policies_make(&p, w->dialect, NULL, &err), 0);
	assert_int_equal(p.value[POLICY_MESSAGE_ID], POLICY_REPEAT);
	policies_show(&text, &p, w->dialect, LANG_EN);
	assert_non_null(strstr(text.ptr, "message-id"));
	assert_non_null(strstr(text.ptr, "idempotent"));
	buf_release(&text);
}

static void tells_what_was_done(void **state)
{
	struct world_of_test *w = *state;
	struct buf text = BUF_INIT(LIMIT_KIB(4));

	use_policy(w, "register=warn");
	deliver_wish(w, (struct wish){ .reg = "99" });
	policies_tell(&text, &w->policies, w->got.policies, POLICIES_FOUND);
	assert_string_equal(text.ptr, "register=warn (1)");
	buf_clear(&text);
	policies_tell(&text, &w->policies, w->got.policies, POLICIES_CLEAN);
	assert_string_equal(text.ptr, "-");
	buf_clear(&text);
	policies_tell(&text, &w->policies, w->got.policies, POLICIES_OFF);
	assert_non_null(strstr(text.ptr, "signature"));
	assert_null(strstr(text.ptr, "register"));
	buf_release(&text);
}

static void tells_errors_and_warnings_in_one_answer(void **state)
{
	struct world_of_test *w = *state;

	use_policy(w, "register=warn");
	w->policies.value[POLICY_RECEIVER] = POLICY_REFUSE;
	deliver_wish(w,
	    (struct wish){ .reg = "99", .receiver = "1.2.3", .version = "2" });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_int_equal(w->ack.count, 3);
	assert_string_equal(w->ack.at[0].type, "E");
	assert_string_equal(w->ack.at[1].type, "W");
	assert_string_equal(w->ack.at[2].type, "E");
	assert_false(w->got.stored);
}

#define WITH(test) \
 cmocka_unit_test_setup_teardown(test, receiving_begin, receiving_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(judges_receiver),
		WITH(judges_processing_code),
		WITH(judges_trigger),
		WITH(judges_register),
		WITH(judges_confidentiality),
		WITH(judges_custodian),
		WITH(judges_check_characters),
		WITH(judges_temporary_check_characters),
		WITH(judges_authors),
		WITH(refuses_behind_many_warnings),
		WITH(judges_more_agreement),
		WITH(judges_the_header_s_order),
		WITH(judges_age),
		WITH(judges_the_certificate_s_organisation),
		WITH(judges_a_repeated_message_id),
		WITH(answers_a_repeated_message_as_before),
		WITH(misses_a_signature),
		WITH(looks_into_signatures),
		WITH(counts_references),
		WITH(takes_a_real_signature),
		WITH(makes_policies),
		WITH(tells_what_was_done),
		WITH(tells_errors_and_warnings_in_one_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Faults of levels ack and archive, as whole answers of the mock show them. */
#include "receive-one.h"
#include "receiving.h"

#include "base/limits.h"
#include "mock/raw.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

#define FIRST  "1.2.246.10.1.11.1"
#define SECOND "1.2.246.10.1.11.2"

static void use_fault(struct world_of_test *w, const char *word)
{
	struct err err = { 0 };

	VEC_RELEASE(&w->faults);
	if (word && fault_parse_one(VEC_PUSH(&w->faults), word, &err) < 0)
		fail_msg("%s", err.msg);
}

static void ask(struct world_of_test *w, const char *oid)
{
	write_query(w, (const char *const[]){ oid, NULL });
	deliver(w);
}

/* The one document of the answer; released by the caller. */
static struct answer_documents documents_of(struct world_of_test *w)
{
	struct err err = { 0 };
	struct frame frame;
	struct answer_documents docs = { 0 };

	if (frame_read(&frame, w->doc, w->soap.payload, w->dialect, &err) < 0 ||
	    answer_documents_read(&docs, &frame, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(docs.count, 1);
	return docs;
}

static void expect_document(
    struct world_of_test *w, const char *with, const char *without)
{
	struct answer_documents docs = documents_of(w);

	assert_non_null(strstr(docs.at[0].content.ptr, with));
	if (without && strstr(docs.at[0].content.ptr, without))
		fail_msg("'%s' is still there", without);
	answer_documents_release(&docs);
}

static bool is_stored(struct world_of_test *w, const char *oid)
{
	struct err err = { 0 };

	return archive_get(w->archive, "/", oid, NULL, &err) == 1;
}

static void changes_documents(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .oid = FIRST,
			    .more = "<x:signatureCollection xmlns:x=\"u\">"
				    "<s/></x:signatureCollection>" });
	expect_accepted(w);
	ask(w, FIRST);
	expect_document(w, "signatureCollection", NULL);
	use_fault(w, "signature-drop");
	ask(w, FIRST);
	expect_document(w, "<component>", "signatureCollection");
	use_fault(w, "other-patient");
	ask(w, FIRST);
	expect_document(w, "020282-9014", "010181-900C");
	use_fault(w, "other-document");
	ask(w, FIRST);
	expect_document(w, "root=\"" FIRST ".9\"", "root=\"" FIRST "\"");
	use_fault(w, "truncated");
	ask(w, FIRST);
	expect_document(w, "<ClinicalDocument", "</ClinicalDocument>");
	use_fault(w, "not-found");
	ask(w, FIRST);
	assert_int_equal(count_documents(w), 0);
	assert_non_null(strstr(w->got.answer.ptr, "code=\"NF\""));
}

static void returns_the_version_before(void **state)
{
	struct world_of_test *w = *state;

	deliver_wish(w, (struct wish){ .oid = FIRST });
	deliver_wish(w, (struct wish){ .oid = SECOND,
			    .set = FIRST,
			    .version = "2",
			    .related = FIRST,
			    .replaces = true });
	expect_accepted(w);
	use_fault(w, "old-version");
	ask(w, SECOND);
	expect_document(w, "<id root=\"" FIRST "\"/>", SECOND);
	/* where there is none before, the document itself */
	ask(w, FIRST);
	expect_document(w, "<id root=\"" FIRST "\"/>", NULL);
}

static void stores_or_not(void **state)
{
	struct world_of_test *w = *state;

	use_fault(w, "not-stored");
	deliver_wish(w, (struct wish){ .oid = FIRST });
	expect_accepted(w);
	assert_false(is_stored(w, FIRST));
	use_fault(w, "duplicate-delivery");
	deliver_wish(w, (struct wish){ .oid = FIRST });
	assert_int_equal(w->ack.outcome, ACK_REFUSED);
	assert_int_equal(w->ack.count, 1);
	assert_true(is_stored(w, FIRST));
	/* a query is not found twice */
	ask(w, FIRST);
	assert_int_equal(count_documents(w), 1);
	use_fault(w, "reset");
	deliver_wish(w, (struct wish){ .oid = SECOND });
	assert_int_equal(w->got.deed, DEED_RAW);
	assert_int_equal(w->got.raw->bytes.len, 0);
	assert_true(is_stored(w, SECOND));
}

static void bends_the_acknowledgement(void **state)
{
	struct world_of_test *w = *state;

	use_fault(w, "ack-code=ZZ");
	deliver_wish(w, (struct wish){ .oid = FIRST });
	assert_string_equal(w->ack.code, "ZZ");
	assert_int_equal(w->ack.outcome, ACK_UNCLEAR);
	use_fault(w, "ack-missing");
	ask(w, FIRST);
	assert_int_equal(w->ack.outcome, ACK_ABSENT);
}

/* Nothing of a lost request is judged, but what must not be kept is known. */
static void loses_a_request(void **state)
{
	struct world_of_test *w = *state;
	struct received got;
	const struct receive_context ctx = {
		.archive = w->archive, .dialect = w->dialect, .world = &w->world
	};

	use_fault(w, "request-lost");
	write_message(w, &(struct wish){ .oid = FIRST });
	const struct request_in in = { .partition = "/",
		.body = w->message.ptr,
		.len = w->message.len,
		.number = 1,
		.is_post = true,
		.media_type = "text/xml",
		.faults = &w->faults };
	receive(&got, &in, &ctx);
	assert_int_equal(got.deed, DEED_RAW);
	assert_int_equal(got.raw->end, RAW_RESET);
	assert_int_equal(got.outcome, OUTCOME_BROKEN);
	assert_false(got.withheld);
	assert_false(is_stored(w, FIRST));
	received_release(&got);
}

#define WITH(test) \
 cmocka_unit_test_setup_teardown(test, receiving_begin, receiving_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(changes_documents),
		WITH(returns_the_version_before),
		WITH(stores_or_not),
		WITH(bends_the_acknowledgement),
		WITH(loses_a_request),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

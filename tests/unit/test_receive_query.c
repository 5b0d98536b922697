/* SPDX-License-Identifier: Apache-2.0 */
#include "query-ack.h"
#include "receiving.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

/* Queries, versions and cancellations, as a client sees them. */

#define PATIENT(code)                                            \
 "<patient.id><value root=\"1.2.246.21\" extension=\"" code "\"" \
 "/></patient.id>"
#define DOCUMENT(oid) \
 "<clinicalDocument.id><value root=\"" oid "\"/></clinicalDocument.id>"

static const struct wish first = { .oid = "1.2.246.10.1.11.1" };
static const struct wish second = {
	.replaces = true,
	.oid = "1.2.246.10.1.11.2",
	.set = "1.2.246.10.1.11.1",
	.version = "2",
	.related = "1.2.246.10.1.11.1",
	.reason = "1",
};

static void store(struct world_of_test *w, struct wish m)
{
	deliver_wish(w, m);
	expect_accepted(w);
}

/* The metadata query finds these ids, in this order ("" = the end). */
static void expect_found(struct world_of_test *w, const char *parameters,
    const char *const oids[], size_t count)
{
	struct err err = { 0 };
	struct frame f = { 0 };
	struct answer_documents docs = { 0 };
	struct answer_query query;

	write_metadata_query(w, parameters);
	deliver(w);
	expect_accepted(w);
	assert_int_equal(
	    frame_read(&f, w->doc, w->soap.payload, w->dialect, &err), 0);
	assert_int_equal(f.kind, FRAME_QUERY_ANSWER);
	if (answer_documents_read(&docs, &f, &err) < 0)
		fail_msg("%s", err.msg);
	answer_query_read(&query, &f);
	assert_string_equal(query.id, "1.2.9");
	assert_string_equal(query.code, count ? "OK" : "NF");
	if (docs.count != count)
		fail_msg("%zu found: %s", docs.count, w->got.answer.ptr);
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(docs.at[i].oid, oids[i]);
		assert_false(docs.at[i].has_content);
	}
	answer_documents_release(&docs);
}

#define FINDS(w, parameters, ...)                             \
 expect_found(w, parameters, (const char *[]){ __VA_ARGS__ }, \
     COUNTOF(((const char *[]){ __VA_ARGS__ })))
#define FINDS_NOTHING(w, parameters) expect_found(w, parameters, NULL, 0)

static void finds_by_each_parameter(void **state)
{
	struct world_of_test *w = *state;

	store(w, (struct wish){ .oid = "1.2.1",
		     .author = "12345678901",
		     .unit = "1.2.246.10.1.10.4",
		     .encounter = "1.2.246.10.1.14.9",
		     .time = "20261120235959" });
	store(w, (struct wish){ .oid = "1.2.2",
		     .patient = "010594Y9032",
		     .reg = "4",
		     .time = "20261121" });
	FINDS(w, PATIENT("010181-900C"), "1.2.1");
	FINDS(
	    w, PATIENT("010594Y9032") PATIENT("010181-900C"), "1.2.1", "1.2.2");
	FINDS_NOTHING(w, PATIENT("010516B903X"));
	FINDS(w,
	    "<assignedAuthor.id><value root=\"1.2.246.537.25\" "
	    "extension=\"12345678901\"/></assignedAuthor.id>",
	    "1.2.1");
	FINDS(w,
	    "<representedOrganization.id><value "
	    "root=\"1.2.246.10.1.10.4\"/></representedOrganization.id>",
	    "1.2.1");
	FINDS(w,
	    "<encompassingEncounter.id><value root=\"1.2.246.10.1.14.9\"/>"
	    "</encompassingEncounter.id>",
	    "1.2.1");
	FINDS(w,
	    "<encompassingEncounter.effectiveTime><value>"
	    "<low value=\"20261105\"/></value>"
	    "</encompassingEncounter.effectiveTime>",
	    "1.2.1");
	FINDS_NOTHING(w, "<encompassingEncounter.effectiveTime><value>"
			 "<low value=\"20261106\"/></value>"
			 "</encompassingEncounter.effectiveTime>");
	FINDS(w,
	    "<clinicalDocument.code><value code=\"4\" "
	    "codeSystem=\"1.2.246.537.5.40150.2009\"/>"
	    "</clinicalDocument.code>",
	    "1.2.2");
	FINDS(w,
	    "<clinicalDocument.effectiveTime><value>"
	    "<low value=\"20261121\"/><high value=\"20261122\"/></value>"
	    "</clinicalDocument.effectiveTime>",
	    "1.2.2");
	FINDS(w,
	    "<clinicalDocument.effectiveTime><value>"
	    "<high value=\"20261120\"/></value>"
	    "</clinicalDocument.effectiveTime>",
	    "1.2.1");
	FINDS(w, DOCUMENT("1.2.2") DOCUMENT("1.2.3"), "1.2.2");
	/* different parameters narrow */
	FINDS_NOTHING(w, PATIENT("010181-900C") DOCUMENT("1.2.2"));
}

static void caps_the_patients(void **state)
{
	struct world_of_test *w = *state;
	struct buf parameters = BUF_INIT(LIMIT_KIB(64));

	for (int i = 0; i < 20; i++)
		buf_adds(&parameters, PATIENT("010181-900C"));
	FINDS_NOTHING(w, parameters.ptr);
	buf_adds(&parameters, PATIENT("010181-900C"));
	write_metadata_query(w, parameters.ptr);
	deliver(w);
	expect_refused(w, "AE", 1, "enintään 20", "queryByParameter");
	buf_release(&parameters);
}

static void refuses_a_query_for_everything(void **state)
{
	struct world_of_test *w = *state;

	write_metadata_query(w, "");
	deliver(w);
	expect_refused(w, "AE", 1, "hakuehtoa", "queryByParameter");
}

static void answers_a_query_for_everything_if_told_to(void **state)
{
	struct world_of_test *w = *state;

	use_dialect(w, "query.without-parameters", "all");
	store(w, (struct wish){ .oid = "1.2.1" });
	store(w, (struct wish){ .oid = "1.2.2" });
	FINDS(w, "", "1.2.1", "1.2.2");
}

static void orders_an_answer_as_told(void **state)
{
	struct world_of_test *w = *state;
	const char *one, *two;

	store(w, (struct wish){ .oid = "1.2.1" });
	store(w, (struct wish){ .oid = "1.2.2" });
	write_metadata_query(w, PATIENT("010181-900C"));
	deliver(w);
	one = strstr(w->got.answer.ptr, "\"1.2.1\"");
	two = strstr(w->got.answer.ptr, "\"1.2.2\"");
	assert_true(one && two && one < two);
	use_dialect(w, "query.order", "newest-first");
	write_metadata_query(w, PATIENT("010181-900C"));
	deliver(w);
	one = strstr(w->got.answer.ptr, "\"1.2.1\"");
	two = strstr(w->got.answer.ptr, "\"1.2.2\"");
	assert_true(one && two && two < one);
}

static void asks_for_what_the_dialect_requires(void **state)
{
	struct world_of_test *w = *state;

	use_dialect(w, "query.requires", "patient.id clinicalDocument.id");
	write_metadata_query(w, DOCUMENT("1.2.3"));
	deliver(w);
	expect_refused(w, "AE", 1, "patient.id", "queryByParameter");
	FINDS_NOTHING(w, PATIENT("010181-900C") DOCUMENT("1.2.3"));
}

static void pages(void **state)
{
	struct world_of_test *w = *state;

	use_dialect(w, "query.answer-max", "2");
	store(w, (struct wish){ .oid = "1.2.1" });
	store(w, (struct wish){ .oid = "1.2.2" });
	store(w, (struct wish){ .oid = "1.2.3" });
	FINDS(w, PATIENT("010181-900C"), "1.2.1", "1.2.2");
	assert_non_null(
	    strstr(w->got.answer.ptr, "resultTotalQuantity value=\"3\""));
	assert_non_null(
	    strstr(w->got.answer.ptr, "resultCurrentQuantity value=\"2\""));
	assert_non_null(
	    strstr(w->got.answer.ptr, "resultRemainingQuantity value=\"1\""));
}

static void finds_content_by_the_same_parameters(void **state)
{
	struct world_of_test *w = *state;

	store(w, first);
	write_content_query(w, PATIENT("010181-900C"));
	deliver(w);
	expect_accepted(w);
	assert_int_equal(count_documents(w), 1);
	assert_non_null(strstr(w->got.answer.ptr, "RCMR_IN100032FI01"));
	assert_non_null(strstr(w->got.answer.ptr, "multipart/related"));
}

/* ---- Versions */

static void finds_the_last_version(void **state)
{
	struct world_of_test *w = *state;

	store(w, first);
	store(w, second);
	FINDS(w, PATIENT("010181-900C"), "1.2.246.10.1.11.2");
	FINDS(w, DOCUMENT("1.2.246.10.1.11.1"), "1.2.246.10.1.11.1");
	use_dialect(w, "query.replaced-by-id", "hidden");
	FINDS_NOTHING(w, DOCUMENT("1.2.246.10.1.11.1"));
}

static void expect_cancelled(struct world_of_test *w, const char *oid)
{
	char parameters[256];

	FINDS_NOTHING(w, PATIENT("010181-900C"));
	snprintf(parameters, sizeof(parameters), DOCUMENT("%s"), oid);
	FINDS(w, parameters, oid);
	assert_non_null(
	    strstr(w->got.answer.ptr, "statusCode code=\"nullified\""));
	write_content_query(w, parameters);
	deliver(w);
	expect_accepted(w);
	assert_null(strstr(w->got.answer.ptr, "multipart/related"));
	assert_non_null(
	    strstr(w->got.answer.ptr, "statusCode code=\"nullified\""));
}

static void cancels_by_notification(void **state)
{
	struct world_of_test *w = *state;
	struct wish cancel = second;

	store(w, first);
	store(w, second);
	write_cancel(w, &cancel);
	deliver(w);
	expect_accepted(w);
	assert_true(w->got.stored);
	expect_cancelled(w, "1.2.246.10.1.11.2");
	expect_cancelled(w, "1.2.246.10.1.11.1");
	write_cancel(w, &cancel);
	deliver(w);
	expect_refused(w, "AE", 1, "on mitätöity", "setId");
	use_dialect(w, "query.cancelled-by-id", "hidden");
	FINDS_NOTHING(w, DOCUMENT("1.2.246.10.1.11.2"));
}

static void cancels_the_newest_alone_if_told_to(void **state)
{
	struct world_of_test *w = *state;
	struct wish cancel = second;

	use_dialect(w, "cancel.scope", "newest");
	store(w, first);
	store(w, second);
	write_cancel(w, &cancel);
	deliver(w);
	expect_accepted(w);
	expect_cancelled(w, "1.2.246.10.1.11.2");
	FINDS(w, DOCUMENT("1.2.246.10.1.11.1"), "1.2.246.10.1.11.1");
	assert_null(strstr(w->got.answer.ptr, "nullified"));
}

static void cancels_by_a_version(void **state)
{
	struct world_of_test *w = *state;
	struct wish last = second;

	last.reason = dialect_text(w->dialect, DK_CANCEL_REASON);
	last.reason_system = dialect_text(w->dialect, DK_CANCEL_REASON_SYSTEM);
	store(w, first);
	store(w, last);
	expect_cancelled(w, "1.2.246.10.1.11.2");
	last.oid = "1.2.246.10.1.11.3";
	last.version = "3";
	last.related = "1.2.246.10.1.11.2";
	last.related_version = "2";
	last.reason = "1";
	deliver_wish(w, last);
	expect_refused(w, "AE", 1, "on mitätöity", "setId");
}

static void refuses_a_strange_cancellation(void **state)
{
	struct world_of_test *w = *state;
	struct wish cancel = first;

	write_cancel(w, &cancel);
	deliver(w);
	expect_refused(w, "AE", 1, "on tuntematon", "setId");
	store(w, first);
	store(w, second);
	cancel.set = "1.2.246.10.1.11.1";
	cancel.patient = "010594Y9032";
	write_cancel(w, &cancel);
	deliver(w);
	/* an older version, its number, another patient: all are told */
	expect_refused(w, "AE", 3, "uusin arkistoitu", "clinicalDocument/id");
	FINDS(w, PATIENT("010181-900C"), "1.2.246.10.1.11.2");
}

#define WITH(test) \
 cmocka_unit_test_setup_teardown(test, receiving_begin, receiving_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(finds_by_each_parameter),
		WITH(caps_the_patients),
		WITH(refuses_a_query_for_everything),
		WITH(answers_a_query_for_everything_if_told_to),
		WITH(orders_an_answer_as_told),
		WITH(asks_for_what_the_dialect_requires),
		WITH(pages),
		WITH(finds_content_by_the_same_parameters),
		WITH(finds_the_last_version),
		WITH(cancels_by_notification),
		WITH(cancels_the_newest_alone_if_told_to),
		WITH(cancels_by_a_version),
		WITH(refuses_a_strange_cancellation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "mock/inquiry.h"

/* ---- Archiving */

static uint64_t version_of(const struct inquiry *q, enum frame_field f)
{
	struct err ignored = { 0 };
	uint64_t n = 0;

	if (str_number(inquiry_value(q, f), 1, 1000000, &n, &ignored) < 0)
		return 0;
	return n;
}

/* CDA R2 4.2.3.1: a set begins with a version 1 that names it. */
static void check_first(struct inquiry *q)
{
	if (version_of(q, FF_VERSION) != 1)
		inquiry_find(q, DK_ERROR_VERSION, FF_VERSION,
		    say_mock_first_version(inquiry_value(q, FF_VERSION)));
	if (!streq(
		inquiry_value(q, FF_SET_ID), inquiry_value(q, FF_DOCUMENT_ID)))
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_first_set(inquiry_value(q, FF_SET_ID),
			inquiry_value(q, FF_DOCUMENT_ID)));
}

static void check_successor(
    struct inquiry *q, const struct archive_version *newest)
{
	char next[24];

	snprintf(next, sizeof(next), "%llu",
	    (unsigned long long)newest->version + 1);
	if (newest->status == ARCHIVE_CANCELLED)
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_set_cancelled(inquiry_value(q, FF_SET_ID)));
	if (version_of(q, FF_VERSION) != newest->version + 1)
		inquiry_find(q, DK_ERROR_VERSION, FF_VERSION,
		    say_mock_next_version(inquiry_value(q, FF_VERSION), next));
	if (!streq(inquiry_value(q, FF_RELATED_TYPE), "RPLC"))
		inquiry_find(q, DK_ERROR_VERSION, FF_RELATED_TYPE,
		    say_mock_related_type(inquiry_value(q, FF_RELATED_TYPE)));
	if (!streq(inquiry_value(q, FF_RELATED_ID), newest->oid))
		inquiry_find(q, DK_ERROR_VERSION, FF_RELATED_ID,
		    say_mock_related_id(
			inquiry_value(q, FF_RELATED_ID), newest->oid));
}

static int check_chain(struct inquiry *q, struct err *err)
{
	struct archive_version newest;
	int known = 0;

	if (q->frame.kind == FRAME_ARCHIVE) {
		check_first(q);
		return 0;
	}
	known = archive_newest(q->ctx->archive, q->in->partition,
	    inquiry_value(q, FF_SET_ID), &newest, err);
	if (known < 0)
		return -1;
	if (known)
		check_successor(q, &newest);
	else
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_set_unknown(inquiry_value(q, FF_SET_ID)));
	free(newest.oid);
	return 0;
}

/* A document sent twice breaks its chain too: only the cause is told. */
static int check_place(struct inquiry *q, struct err *err)
{
	const char *oid = inquiry_value(q, FF_DOCUMENT_ID);
	int known = 0;

	if (!oid_is_valid(oid))
		return 0;
	known = archive_get(q->ctx->archive, q->in->partition, oid, NULL, err);
	if (known < 0)
		return -1;
	if (!known)
		return check_chain(q, err);
	inquiry_find(
	    q, DK_ERROR_DUPLICATE, FF_DOCUMENT_ID, say_mock_duplicate(oid));
	return 0;
}

/* A version that cancels tells it by its reason. */
static bool cancels(const struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;

	return q->frame.kind == FRAME_REPLACE &&
	       streq(inquiry_value(q, FF_REASON),
		   dialect_text(d, DK_CANCEL_REASON)) &&
	       streq(inquiry_value(q, FF_REASON_SYSTEM),
		   dialect_text(d, DK_CANCEL_REASON_SYSTEM));
}

static enum cancel_scope scope_of(const struct inquiry *q)
{
	return (enum cancel_scope)dialect_choice(
	    q->ctx->dialect, DK_CANCEL_SCOPE);
}

static int store(struct inquiry *q, struct err *err)
{
	struct archive_entry e = {
		.partition = q->in->partition,
		.oid = inquiry_value(q, FF_DOCUMENT_ID),
		.set_id = inquiry_value(q, FF_SET_ID),
		.version = version_of(q, FF_VERSION),
		.message_id = inquiry_value(q, FF_MESSAGE_ID),
		.received = world_now(q->ctx->world),
		.cancels = cancels(q),
		.scope = scope_of(q),
		.sha256 = q->document_sha256,
		.terms = &q->terms,
		.bytes = q->document.ptr,
		.len = q->document.len,
	};

	if (archive_put(q->ctx->archive, &e, err) < 0)
		return -1;
	q->out->stored = true;
	return 0;
}

/* ---- The message's id */

/* The same message once more is answered as it was the first time. */
static bool is_repeat(const struct inquiry *q, const struct archive_memory *m)
{
	return policy_value(q, POLICY_MESSAGE_ID) == POLICY_REPEAT &&
	       streq(q->message_sha256, m->sha256);
}

/* 1 = there is nothing more to do. */
static int recall(struct inquiry *q, struct err *err)
{
	const char *id = inquiry_value(q, FF_MESSAGE_ID);
	struct archive_memory m;
	int known = 0, rc = 0;

	if (!policy_looks(q, POLICY_MESSAGE_ID))
		return 0;
	known = archive_recall(q->ctx->archive, q->in->partition, id, &m, err);
	if (known == 1 && is_repeat(q, &m)) {
		q->out->policies[POLICY_MESSAGE_ID].found++;
		rc = 1;
	} else if (known == 1) {
		policy_find(q, POLICY_MESSAGE_ID, FF_MESSAGE_ID,
		    say_mock_message_id(id, m.oid));
	}
	archive_memory_release(&m);
	return known < 0 ? -1 : rc;
}

static int remember(struct inquiry *q, struct err *err)
{
	const struct archive_message m = {
		.partition = q->in->partition,
		.id = inquiry_value(q, FF_MESSAGE_ID),
		.sha256 = q->message_sha256,
		.oid = inquiry_value(q, FF_DOCUMENT_ID),
	};

	if (policy_value(q, POLICY_MESSAGE_ID) == POLICY_OFF)
		return 0;
	return archive_remember(q->ctx->archive, &m, err);
}

/* ---- Archiving and cancelling */

/* Nothing is changed where anything is wrong. */
static bool may_store(const struct inquiry *q)
{
	return q->keeps && q->out->errors == 0;
}

int apply_archive(struct inquiry *q, struct err *err)
{
	int rc = recall(q, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (check_place(q, err) < 0)
		return -1;
	if (!may_store(q))
		return 0;
	return store(q, err) < 0 ? -1 : remember(q, err);
}

/* ---- Cancelling */

static void check_cancelled(
    struct inquiry *q, const struct archive_version *newest)
{
	const char *oid = inquiry_value(q, FF_DOCUMENT_ID);
	char version[24];

	snprintf(version, sizeof(version), "%llu",
	    (unsigned long long)newest->version);
	if (newest->status == ARCHIVE_CANCELLED)
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_set_cancelled(inquiry_value(q, FF_SET_ID)));
	if (!streq(oid, newest->oid))
		inquiry_find(q, DK_ERROR_VERSION, FF_DOCUMENT_ID,
		    say_mock_cancel_id(oid, newest->oid));
	if (*inquiry_value(q, FF_VERSION) &&
	    version_of(q, FF_VERSION) != newest->version)
		inquiry_find(q, DK_ERROR_VERSION, FF_VERSION,
		    say_mock_cancel_version(
			inquiry_value(q, FF_VERSION), version));
}

/* Nobody cancels a document by another patient's name. */
static int check_same_patient(
    struct inquiry *q, const char *oid, struct err *err)
{
	const struct archive_term terms[] = {
		{ .key = ARCHIVE_DOCUMENT, .root = oid },
		{ .key = ARCHIVE_PATIENT,
		    .root = inquiry_value(q, FF_PATIENT_ROOT),
		    .extension = inquiry_value(q, FF_PATIENT) },
	};
	const struct archive_search search = {
		.terms = terms,
		.count = COUNTOF(terms),
		.by_id = { true, true },
	};
	struct archive_results found;

	if (archive_find(
		q->ctx->archive, q->in->partition, &search, &found, err) < 0)
		return -1;
	if (found.total == 0)
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_PATIENT,
		    say_mock_cancel_patient());
	archive_results_release(&found);
	return 0;
}

static int check_cancel(struct inquiry *q, struct err *err)
{
	const char *set = inquiry_value(q, FF_SET_ID);
	struct archive_version newest;
	int known = archive_newest(
	    q->ctx->archive, q->in->partition, set, &newest, err);
	int rc = known < 0 ? -1 : 0;

	if (known == 0 && *set)
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_cancel_unknown(set));
	if (known == 1) {
		check_cancelled(q, &newest);
		rc = check_same_patient(q, newest.oid, err);
	}
	free(newest.oid);
	return rc;
}

int apply_cancel(struct inquiry *q, struct err *err)
{
	int rc = recall(q, err);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (check_cancel(q, err) < 0)
		return -1;
	if (!may_store(q))
		return 0;
	if (archive_cancel(q->ctx->archive, q->in->partition,
		inquiry_value(q, FF_SET_ID), scope_of(q), err) < 0)
		return -1;
	q->out->stored = true;
	return remember(q, err);
}

/* ---- Queries */

/* What a first time found is forgotten: a message may come in twice. */
static void forget(struct inquiry *q)
{
	VEC_EACH (struct buf, b, &q->documents)
		buf_release(b);
	q->documents.count = 0;
	archive_results_release(&q->results);
}

static void take_documents(struct inquiry *q)
{
	VEC_EACH (struct archive_found, f, &q->results) {
		struct buf *returned = VEC_PUSH(&q->documents);
		*returned = f->bytes;
		buf_init(&f->bytes, LIMIT_DOCUMENT);
	}
}

int apply_query(struct inquiry *q, struct err *err)
{
	const struct dialect *d = q->ctx->dialect;
	const struct archive_search search = {
		.terms = q->terms.at,
		.count = q->terms.count,
		.by_id = {
			.replaced = dialect_choice(d, DK_OLD_BY_ID) == 0,
			.cancelled = dialect_choice(d, DK_CANCELLED_BY_ID) == 0,
		},
		.newest_first =
		    dialect_choice(d, DK_QUERY_ORDER) == QUERY_NEWEST_FIRST,
		.most = dialect_number(d, DK_QUERY_ANSWER_MAX),
		.most_bytes = LIMIT_DOCUMENT,
	};

	forget(q);
	if (q->out->errors > 0)
		return 0;
	if (archive_find(q->ctx->archive, q->in->partition, &search,
		&q->results, err) < 0)
		return -1;
	if (q->results.is_cut && q->frame.kind == FRAME_FETCH)
		inquiry_find(
		    q, DK_ERROR_INTEGRITY, FF_COUNT, say_mock_query_too_much());
	else
		take_documents(q);
	q->out->is_query = true;
	q->out->found = q->results.total;
	q->out->told = q->results.count;
	return 0;
}

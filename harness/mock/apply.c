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

static int store(struct inquiry *q, struct err *err)
{
	struct archive_entry e = {
		.partition = q->in->partition,
		.oid = inquiry_value(q, FF_DOCUMENT_ID),
		.set_id = inquiry_value(q, FF_SET_ID),
		.version = version_of(q, FF_VERSION),
		.message_id = inquiry_value(q, FF_MESSAGE_ID),
		.received = world_now(q->ctx->world),
		.bytes = q->document.ptr,
		.len = q->document.len,
	};

	if (archive_put(q->ctx->archive, &e, err) < 0)
		return -1;
	q->out->stored = true;
	return 0;
}

int apply_archive(struct inquiry *q, struct err *err)
{
	if (check_place(q, err) < 0)
		return -1;
	if (q->out->findings.count == 0 && q->keeps)
		return store(q, err);
	return 0;
}

/* ---- Content query */

static int fetch_one(struct inquiry *q, const char *oid, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	int found =
	    archive_get(q->ctx->archive, q->in->partition, oid, &bytes, err);

	if (found == 1) {
		*VEC_PUSH(&q->documents) = bytes;
		*VEC_PUSH(&q->found_ids) = oid;
	} else {
		buf_release(&bytes);
	}
	return found < 0 ? -1 : 0;
}

int apply_fetch(struct inquiry *q, struct err *err)
{
	size_t total = 0, before = 0;

	for (size_t i = 0; i < q->asked.count && !q->out->findings.count; i++) {
		before = q->documents.count;
		if (fetch_one(q, q->asked.at[i], err) < 0)
			return -1;
		if (q->documents.count > before)
			total += q->documents.at[before].len;
		if (total > LIMIT_DOCUMENT)
			inquiry_find(q, DK_ERROR_INTEGRITY, FF_COUNT,
			    say_mock_query_too_much());
	}
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault-inside.h"

#include "base/limits.h"
#include "mock/inquiry.h"

static bool is_in_answer(const struct inquiry *q, const char *oid)
{
	VEC_EACH (const struct archive_found, f, &q->results)
		if (streq(f->oid, oid))
			return true;
	return false;
}

static void write_strays(
    struct buf *to, const struct inquiry *q, const struct archive_results *all)
{
	VEC_EACH (const struct archive_found, f, all) {
		if (is_in_answer(q, f->oid))
			continue;
		buf_adds(to, "<subject typeCode=\"SUBJ\"><clinicalDocument>"
			     "<id root=\"");
		buf_add_xmls(to, f->oid);
		buf_adds(to, "\"/></clinicalDocument></subject>");
	}
}

/* The strays stand behind the documents: before queryAck. */
static void insert(struct buf *answer, const struct buf *strays)
{
	const char *at = strstr(answer->ptr, "<queryAck");
	struct buf whole = BUF_INIT(answer->cap);

	if (!at)
		return;
	buf_add(&whole, answer->ptr, (size_t)(at - answer->ptr));
	buf_add(&whole, strays->ptr, strays->len);
	buf_adds(&whole, at);
	buf_release(answer);
	*answer = whole;
}

void fault_add_strays(const struct inquiry *q, struct buf *answer)
{
	if (q->strays.len > 0)
		insert(answer, &q->strays);
}

int fault_find_strays(struct inquiry *q, struct err *err)
{
	const struct archive_search everything = {
		.every_status = true,
		.most = LIMIT_ANSWER_DOCUMENTS,
		.most_bytes = LIMIT_DOCUMENT,
	};
	struct archive_results all;

	if (!fault_find(q->in->faults, FAULT_STRAY_DOCUMENTS))
		return 0;
	if (archive_find(
		q->ctx->archive, q->in->partition, &everything, &all, err) < 0)
		return -1;
	buf_clear(&q->strays);
	write_strays(&q->strays, q, &all);
	archive_results_release(&all);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "kanta/why.h"
#include "run/judge-private.h"

/* Which documents an answer to a query tells of. */

static void list_names(struct buf *to, const struct name_list *names)
{
	VEC_EACH (char *, name, names)
		buf_addf(to, "%s'%s'", to->len ? ", " : "", *name);
}

void describe_found(
    struct judge *j, const struct expect *e, struct note *expected)
{
	(void)j;
	struct buf with = BUF_INIT(NOTE_ARG - 1);
	struct buf without = BUF_INIT(NOTE_ARG - 1);
	list_names(&with, &e->documents);
	list_names(&without, &e->without);
	if (e->exactly)
		*expected = with.len ? say_expected_found_only(with.ptr)
				     : say_expected_found_none();
	else if (!with.len)
		*expected = say_expected_found_without(without.ptr);
	else
		*expected = without.len
				? say_expected_found_but(with.ptr, without.ptr)
				: say_expected_found(with.ptr);
	buf_release(&with);
	buf_release(&without);
}

/* ---- One document */

static const struct answer_entry *find_entry(
    const struct answer_documents *docs, const char *oid)
{
	VEC_EACH (const struct answer_entry, entry, docs)
		if (streq(entry->oid, oid))
			return entry;
	return NULL;
}

static bool is_other(const char *sent, const char *told)
{
	return sent && !streq(sent, told);
}

/* Metadata of another version would lead to another document. */
static bool check_entry(const struct sent_document *sent,
    const struct answer_documents *docs, struct verdict *out)
{
	const struct answer_entry *entry = find_entry(docs, sent->oid);
	if (!entry) {
		out->found = say_found_missing(sent->name, sent->oid);
		return false;
	}
	if (is_other(sent->set_id, entry->set_id) ||
	    is_other(sent->version, entry->version)) {
		out->found = say_found_other_version(
		    sent->name, entry->set_id, entry->version);
		return false;
	}
	return true;
}

/* Whether the answer tells of this name as `wanted` says; a document that
 * never left cannot be judged. */
static bool check_name(struct judge *j, const char *name, bool wanted,
    const struct answer_documents *docs, struct verdict *out)
{
	const struct sent_document *sent = judge_sent(j, name);
	if (!sent || !sent->oid) {
		out->kind = RESULT_SKIP;
		out->cause = say_cause_not_kept();
		out->next = say_next_earlier_step();
		return false;
	}
	if (wanted)
		return check_entry(sent, docs, out);
	if (!find_entry(docs, sent->oid))
		return true;
	out->found = say_found_unwanted(sent->oid);
	return false;
}

/* ---- All of them */

static bool is_named(
    const struct judge *j, const struct expect *e, const char *oid)
{
	VEC_EACH (char *, name, &e->documents) {
		const struct sent_document *sent = judge_sent(j, *name);
		if (sent && sent->oid && streq(sent->oid, oid))
			return true;
	}
	return false;
}

/* Nothing twice, and nothing else where exactly these were expected. */
static bool check_others(struct judge *j, const struct expect *e,
    const struct answer_documents *docs, struct verdict *out)
{
	VEC_EACH (const struct answer_entry, entry, docs) {
		if (find_entry(docs, entry->oid) != entry) {
			out->found = say_found_twice(entry->oid);
			return false;
		}
		if (e->exactly && !is_named(j, e, entry->oid)) {
			out->found = say_found_unwanted(entry->oid);
			return false;
		}
	}
	return true;
}

static bool check_all(struct judge *j, const struct expect *e,
    const struct answer_documents *docs, struct verdict *out)
{
	VEC_EACH (char *, name, &e->documents)
		if (!check_name(j, *name, true, docs, out))
			return false;
	VEC_EACH (char *, name, &e->without)
		if (!check_name(j, *name, false, docs, out))
			return false;
	return check_others(j, e, docs, out);
}

void judge_found(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out)
{
	struct err err = { 0 };
	struct answer_documents docs = { 0 };
	char count[24];
	out->kind = RESULT_FAIL;
	str_copy(out->where, sizeof(out->where),
	    "controlActProcess/subject/clinicalDocument/id/@root");
	if (!j->view.has_frame) {
		out->found = judge_no_message(j, x);
	} else if (answer_documents_read(&docs, &j->view.frame, &err) < 0) {
		out->found = why_quote(say_found_unreadable, &docs.why, &err);
	} else if (check_all(j, e, &docs, out)) {
		out->kind = RESULT_PASS;
		snprintf(count, sizeof(count), "%zu", docs.count);
		out->found = say_found_documents(count);
	}
	if (out->kind == RESULT_FAIL)
		out->next = say_next_query();
	answer_documents_release(&docs);
}

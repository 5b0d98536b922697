/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/agreement.h"
#include "kanta/ids.h"
#include "kanta/why.h"
#include "mock/rules.h"

/*
 * The full list of service requests is not public: what is known is that their
 * code system and the first letters belong to the archive.
 */
static void check_service(struct inquiry *q, bool must)
{
	const struct dialect *d = q->ctx->dialect;
	const char *prefix = dialect_text(d, DK_SERVICE_PREFIX);
	const char *system = dialect_text(d, DK_SERVICE_SYSTEM);
	const char *code = inquiry_value(q, FF_SERVICE);

	if (!*code && !must)
		return;
	if (!*code)
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE,
		    say_mock_service_missing(prefix));
	else if (!str_starts(code, prefix))
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE,
		    say_mock_service_code(code, prefix));
	else if (!streq(inquiry_value(q, FF_SERVICE_SYSTEM), system))
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE_SYSTEM,
		    say_mock_service_system(
			inquiry_value(q, FF_SERVICE_SYSTEM), system));
}

/* ---- Archiving */

/* By which a repeated message is known. */
static void take_digest(struct inquiry *q)
{
	if (policy_value(q, POLICY_MESSAGE_ID) != POLICY_OFF)
		digest_text(q->in->body, q->in->len, q->message_sha256);
}

/* `why` and `at`: what is wrong, when q->cda stays empty. */
static void read_document(struct inquiry *q, struct note *why, struct err *at)
{
	struct mime_fault mime;
	struct xml_fault fault;

	if (frame_part(q->frame.document, &q->document, &q->content_id, &mime,
		at) < 0) {
		*why = mime_fault_say(&mime);
		return;
	}
	digest_text(q->document.ptr, q->document.len, q->document_sha256);
	q->cda_doc =
	    guard_trees_take_inner(&q->trees, q->document.ptr, q->document.len);
	if (!q->cda_doc)
		q->cda_doc = xml_parse_telling(
		    q->document.ptr, q->document.len, "document", &fault, at);
	if (!q->cda_doc) {
		*why = xml_fault_say(&fault);
	} else if (cda_read(&q->cda, q->cda_doc, at) < 0) {
		*why = q->cda.why;
		q->cda = (struct cda){ .root = NULL };
	}
}

static void check_agreement(struct inquiry *q)
{
	struct disagreements found = { 0 };

	agreement_check(
	    &found, &q->frame, &q->cda, q->content_id ? q->content_id : "");
	VEC_EACH (struct disagreement, d, &found)
		inquiry_find_at(q, DK_ERROR_INTEGRITY, d->where, d->what);
	VEC_RELEASE(&found);
}

void judge_archive(struct inquiry *q)
{
	const char *oid = inquiry_value(q, FF_DOCUMENT_ID);
	struct note why = { 0 };
	struct err at = { 0 };

	rules_of_message(q);
	check_service(q, true);
	take_digest(q);
	rules_of_content(q);
	read_document(q, &why, &at);
	if (q->cda.root) {
		check_agreement(q);
		terms_of_document(&q->terms, &q->cda);
		rules_of_document(q);
	} else {
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_CONTENT_ID,
		    why_quote(say_mock_document_unreadable, &why, &at));
	}
	if (!oid_is_valid(oid))
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_DOCUMENT_ID,
		    say_mock_no_oid(oid));
}

/* ---- Cancelling */

void judge_cancel(struct inquiry *q)
{
	rules_of_message(q);
	check_service(q, *dialect_text(q->ctx->dialect, DK_SERVICE_CANCEL));
	take_digest(q);
	if (!*inquiry_value(q, FF_SET_ID))
		inquiry_find(
		    q, DK_ERROR_VERSION, FF_SET_ID, say_mock_cancel_no_set());
}

/* ---- Queries */

static void check_patients(struct inquiry *q)
{
	uint64_t most = dialect_number(q->ctx->dialect, DK_QUERY_PATIENTS_MAX);
	size_t count = query_count(&q->query, QUERY_PATIENT);
	char found[24], cap[24];

	if (count <= most)
		return;
	snprintf(found, sizeof(found), "%zu", count);
	snprintf(cap, sizeof(cap), "%llu", (unsigned long long)most);
	inquiry_find_at(q, DK_ERROR_INTEGRITY,
	    "controlActProcess/queryByParameter",
	    say_mock_query_patients(found, cap));
}

/* Whether all parameters are there that `names` tells, with spaces between. */
static bool has_all(const struct query *query, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, " ");
		char name[64];
		str_copy(
		    name, len < sizeof(name) ? len + 1 : sizeof(name), names);
		int p = query_parameter_find(name);
		if (len &&
		    (p < 0 || !query_count(query, (enum query_parameter)p)))
			return false;
		names += len + (names[len] == ' ');
	}
	return true;
}

static void check_required(struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;
	struct buf list = BUF_INIT(LIMIT_KIB(4));

	for (size_t i = 0; i < dialect_count(d, DK_QUERY_REQUIRES); i++)
		if (has_all(&q->query, dialect_item(d, DK_QUERY_REQUIRES, i)))
			goto out;
	dialect_show(&list, d, DK_QUERY_REQUIRES);
	if (dialect_count(d, DK_QUERY_REQUIRES))
		inquiry_find_at(q, DK_ERROR_INTEGRITY,
		    "controlActProcess/queryByParameter",
		    say_mock_query_requires(list.ptr));
	else if (q->query.count == 0 &&
		 dialect_choice(d, DK_QUERY_EMPTY) == QUERY_EMPTY_REFUSED)
		inquiry_find_at(q, DK_ERROR_INTEGRITY,
		    "controlActProcess/queryByParameter",
		    say_mock_query_empty());
out:
	buf_release(&list);
}

void judge_query(struct inquiry *q)
{
	const struct dialect *d = q->ctx->dialect;
	enum dialect_key service =
	    q->frame.kind == FRAME_QUERY ? DK_SERVICE_QUERY : DK_SERVICE_FETCH;
	struct err e = { 0 };

	rules_of_message(q);
	check_service(q, *dialect_text(d, service));
	if (query_read(&q->query, &q->frame, &e) < 0) {
		inquiry_find_at(q, DK_ERROR_INTEGRITY,
		    "controlActProcess/queryByParameter",
		    why_quote(say_mock_query_unreadable, &q->query.why, &e));
		return;
	}
	check_patients(q);
	check_required(q);
	terms_of_query(&q->terms, &q->query);
}

void judge_unknown(struct inquiry *q)
{
	inquiry_find(q, DK_ERROR_INTERACTION, FF_INTERACTION,
	    say_mock_interaction(inquiry_value(q, FF_INTERACTION)));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/agreement.h"
#include "kanta/ids.h"
#include "mock/receive.h"

/* A value of the message's may hold what must not be shown whole. */
void note_mask(struct note *note)
{
	for (size_t i = 0; i < NOTE_ARGS; i++)
		(void)hetu_hide(note->arg[i]);
}

void inquiry_find_at(struct inquiry *q, enum dialect_key code,
    const char *where, struct note what)
{
	struct finding *f = NULL;
	xmlNode *root = q->frame.root;

	if (q->out->findings.count == LIMIT_ACK_DETAILS)
		return;
	f = VEC_PUSH(&q->out->findings);
	f->code = code;
	f->what = what;
	note_mask(&f->what);
	if (*where && *where != '/' && root && str_starts(where, "control"))
		snprintf(f->where, sizeof(f->where), "/%.60s/%.190s",
		    (const char *)root->name, where);
	else
		str_copy(f->where, sizeof(f->where), where);
}

void inquiry_find(struct inquiry *q, enum dialect_key code,
    enum frame_field where, struct note what)
{
	struct buf path = BUF_INIT(LIMIT_KIB(1));

	if (where != FF_COUNT) {
		buf_addf(&path, "/%.60s/", (const char *)q->frame.root->name);
		frame_field_path(&path, where);
	}
	inquiry_find_at(q, code, path.ptr, what);
	buf_release(&path);
}

static const char *value(const struct inquiry *q, enum frame_field f)
{
	return q->frame.value[f] ? q->frame.value[f] : "";
}

/*
 * The full list of service requests is not public: what is known is that their
 * code system and the first letters belong to the archive.
 */
static void check_service(struct inquiry *q, bool must)
{
	const struct dialect *d = q->ctx->dialect;
	const char *prefix = dialect_text(d, DK_SERVICE_PREFIX);
	const char *system = dialect_text(d, DK_SERVICE_SYSTEM);
	const char *code = value(q, FF_SERVICE);

	if (!*code && !must)
		return;
	if (!*code)
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE,
		    say_mock_service_missing(prefix));
	else if (!str_starts(code, prefix))
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE,
		    say_mock_service_code(code, prefix));
	else if (!streq(value(q, FF_SERVICE_SYSTEM), system))
		inquiry_find(q, DK_ERROR_SERVICE, FF_SERVICE_SYSTEM,
		    say_mock_service_system(
			value(q, FF_SERVICE_SYSTEM), system));
}

/* ---- Archiving */

/* A fault of the sender's in what it sent: a finding, not an error. */
static void find_error(
    struct inquiry *q, enum frame_field where, const struct err *e)
{
	char place[32] = "";

	if (e->line)
		snprintf(place, sizeof(place), "%u:%u: ", e->line, e->column);
	char text[NOTE_ARG];
	snprintf(text, sizeof(text), "%s%.240s", place, e->msg);
	inquiry_find(
	    q, DK_ERROR_INTEGRITY, where, say_mock_document_unreadable(text));
}

static void check_agreement(
    struct inquiry *q, const struct buf *document, const char *content_id)
{
	struct disagreements found = { 0 };
	struct err e = { 0 };
	struct cda cda = { 0 };
	struct xml_doc *doc =
	    xml_parse(document->ptr, document->len, "document", &e);

	if (!doc || cda_read(&cda, doc, &e) < 0) {
		find_error(q, FF_CONTENT_ID, &e);
	} else {
		agreement_check(&found, &q->frame, &cda, content_id);
		VEC_EACH (struct disagreement, d, &found)
			inquiry_find_at(
			    q, DK_ERROR_INTEGRITY, d->where, d->what);
	}
	VEC_RELEASE(&found);
	xml_free(doc);
}

static uint64_t version_of(const struct inquiry *q, enum frame_field f)
{
	struct err ignored = { 0 };
	uint64_t n = 0;

	if (str_number(value(q, f), 1, 1000000, &n, &ignored) < 0)
		return 0;
	return n;
}

/* CDA R2 4.2.3.1: a set begins with a version 1 that names it. */
static void check_first(struct inquiry *q)
{
	if (version_of(q, FF_VERSION) != 1)
		inquiry_find(q, DK_ERROR_VERSION, FF_VERSION,
		    say_mock_first_version(value(q, FF_VERSION)));
	if (!streq(value(q, FF_SET_ID), value(q, FF_DOCUMENT_ID)))
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_first_set(
			value(q, FF_SET_ID), value(q, FF_DOCUMENT_ID)));
}

static void check_successor(
    struct inquiry *q, const char *newest, uint64_t version)
{
	char next[24];

	snprintf(next, sizeof(next), "%llu", (unsigned long long)version + 1);
	if (version_of(q, FF_VERSION) != version + 1)
		inquiry_find(q, DK_ERROR_VERSION, FF_VERSION,
		    say_mock_next_version(value(q, FF_VERSION), next));
	if (!streq(value(q, FF_RELATED_TYPE), "RPLC"))
		inquiry_find(q, DK_ERROR_VERSION, FF_RELATED_TYPE,
		    say_mock_related_type(value(q, FF_RELATED_TYPE)));
	if (!streq(value(q, FF_RELATED_ID), newest))
		inquiry_find(q, DK_ERROR_VERSION, FF_RELATED_ID,
		    say_mock_related_id(value(q, FF_RELATED_ID), newest));
}

static int check_chain(struct inquiry *q, struct err *err)
{
	char *newest = NULL;
	uint64_t version = 0;
	int known = 0;

	if (q->frame.kind == FRAME_ARCHIVE) {
		check_first(q);
		return 0;
	}
	known = archive_newest(q->ctx->archive, q->in->partition,
	    value(q, FF_SET_ID), &newest, &version, err);
	if (known < 0)
		return -1;
	if (known)
		check_successor(q, newest, version);
	else
		inquiry_find(q, DK_ERROR_VERSION, FF_SET_ID,
		    say_mock_set_unknown(value(q, FF_SET_ID)));
	free(newest);
	return 0;
}

/* A document sent twice breaks its chain too: only the cause is told. */
static int check_place(struct inquiry *q, struct err *err)
{
	const char *oid = value(q, FF_DOCUMENT_ID);
	int known = 0;

	if (!oid_is_valid(oid)) {
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_DOCUMENT_ID,
		    say_mock_no_oid(oid));
		return 0;
	}
	known = archive_get(q->ctx->archive, q->in->partition, oid, NULL, err);
	if (known < 0)
		return -1;
	if (!known)
		return check_chain(q, err);
	inquiry_find(
	    q, DK_ERROR_DUPLICATE, FF_DOCUMENT_ID, say_mock_duplicate(oid));
	return 0;
}

static int store(struct inquiry *q, const struct buf *document, struct err *err)
{
	struct archive_entry e = {
		.partition = q->in->partition,
		.oid = value(q, FF_DOCUMENT_ID),
		.set_id = value(q, FF_SET_ID),
		.version = version_of(q, FF_VERSION),
		.patient = value(q, FF_PATIENT),
		.register_code = value(q, FF_REGISTER),
		.message_id = value(q, FF_MESSAGE_ID),
		.received = world_now(q->ctx->world),
		.bytes = document->ptr,
		.len = document->len,
	};

	if (archive_put(q->ctx->archive, &e, err) < 0)
		return -1;
	q->out->stored = true;
	return 0;
}

int judge_archive(struct inquiry *q, struct err *err)
{
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	char *content_id = NULL;
	struct err e = { 0 };
	int rc = -1;

	check_service(q, true);
	if (frame_document(&q->frame, &document, &content_id, &e) < 0)
		find_error(q, FF_CONTENT_ID, &e);
	else
		check_agreement(q, &document, content_id ? content_id : "");
	if (check_place(q, err) < 0)
		goto out;
	if (q->out->findings.count == 0 && q->keeps &&
	    store(q, &document, err) < 0)
		goto out;
	rc = 0;
out:
	free(content_id);
	buf_release(&document);
	return rc;
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

int judge_fetch(struct inquiry *q, struct err *err)
{
	struct err e = { 0 };
	size_t total = 0, before = 0;

	check_service(q, *dialect_text(q->ctx->dialect, DK_SERVICE_FETCH));
	if (frame_query_ids(&q->frame, &q->asked, &e) < 0) {
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_COUNT,
		    say_mock_query_unreadable(e.msg));
		return 0;
	}
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

int judge_unknown(struct inquiry *q, struct err *err)
{
	(void)err;
	inquiry_find(q, DK_ERROR_INTERACTION, FF_INTERACTION,
	    say_mock_interaction(value(q, FF_INTERACTION)));
	return 0;
}

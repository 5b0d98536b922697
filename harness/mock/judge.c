/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "check/agreement.h"
#include "kanta/ids.h"
#include "mock/inquiry.h"

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

const char *inquiry_value(const struct inquiry *q, enum frame_field f)
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

static void read_document(struct inquiry *q, struct err *err)
{
	if (frame_document(&q->frame, &q->document, &q->content_id, err) < 0)
		return;
	q->cda_doc =
	    guard_trees_take_inner(&q->trees, q->document.ptr, q->document.len);
	if (!q->cda_doc)
		q->cda_doc = xml_parse(
		    q->document.ptr, q->document.len, "document", err);
	if (q->cda_doc && cda_read(&q->cda, q->cda_doc, err) < 0)
		q->cda = (struct cda){ .root = NULL };
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
	struct err e = { 0 };

	check_service(q, true);
	read_document(q, &e);
	if (q->cda.root)
		check_agreement(q);
	else
		find_error(q, FF_CONTENT_ID, &e);
	if (!oid_is_valid(oid))
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_DOCUMENT_ID,
		    say_mock_no_oid(oid));
}

/* ---- Content query */

void judge_fetch(struct inquiry *q)
{
	struct err e = { 0 };

	check_service(q, *dialect_text(q->ctx->dialect, DK_SERVICE_FETCH));
	if (frame_query_ids(&q->frame, &q->asked, &e) < 0)
		inquiry_find(q, DK_ERROR_INTEGRITY, FF_COUNT,
		    say_mock_query_unreadable(e.msg));
}

void judge_unknown(struct inquiry *q)
{
	inquiry_find(q, DK_ERROR_INTERACTION, FF_INTERACTION,
	    say_mock_interaction(inquiry_value(q, FF_INTERACTION)));
}

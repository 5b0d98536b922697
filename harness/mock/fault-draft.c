/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault-inside.h"

#include "base/limits.h"
#include "base/str.h"
#include "mock/inquiry.h"

/* ---- Documents */

/*
 * The first letter of the last text in the body: of the narrative where there
 * is one, else of the last text that the document has.
 */
static int bend_letter(struct inquiry *q, size_t i, struct err *err)
{
	struct buf *document = &q->documents.at[i];
	char *from = document->ptr + document->len;

	(void)err;
	while (from > document->ptr) {
		char *lt =
		    memrchr(document->ptr, '<', (size_t)(from - document->ptr));
		if (!lt)
			return 0;
		char *gt = memchr(lt, '>', (size_t)(from - lt));
		for (char *p = gt ? gt + 1 : from; p < from; p++)
			if (str_is_alpha(*p)) {
				*p = *p == 'x' ? 'y' : 'x';
				return 0;
			}
		from = lt;
	}
	return 0;
}

static int bend_id(struct inquiry *q, size_t i, struct err *err)
{
	char other[160];

	(void)err;
	snprintf(other, sizeof(other), "%.140s.9", q->results.at[i].oid);
	fault_replace_all(&q->documents.at[i], q->results.at[i].oid, other);
	return 0;
}

/* A field of the document itself, malloc'ed; NULL when it has none. */
static char *field_of(const struct buf *document, enum frame_field field)
{
	struct err ignored = { 0 };
	struct cda cda = { 0 };
	char *value = NULL;
	struct xml_doc *doc =
	    xml_parse(document->ptr, document->len, "document", &ignored);

	if (doc && cda_read(&cda, doc, &ignored) == 0 && cda.value[field])
		value = xstrdup(cda.value[field]);
	xml_free(doc);
	return value;
}

static int bend_patient(struct inquiry *q, size_t i, struct err *err)
{
	static const char *const others[] = { "020282-9014", "010181-900C" };
	char *patient = field_of(&q->documents.at[i], FF_PATIENT);

	(void)err;
	if (patient)
		fault_replace_all(&q->documents.at[i], patient,
		    others[streq(patient, others[0])]);
	free(patient);
	return 0;
}

/* A document without a version before it stays. */
static int bend_version(struct inquiry *q, size_t i, struct err *err)
{
	struct buf before = BUF_INIT(LIMIT_DOCUMENT);
	char *id = field_of(&q->documents.at[i], FF_RELATED_ID);
	int found = id ? archive_get(q->ctx->archive, q->in->partition, id,
			     &before, err)
		       : 0;

	free(id);
	if (found == 1) {
		buf_release(&q->documents.at[i]);
		q->documents.at[i] = before;
	} else {
		buf_release(&before);
	}
	return found < 0 ? -1 : 0;
}

/* The start tag behind `from` whose local name ends in `name`, up to `end`. */
static char *find_tag(char *from, const char *end, const char *name)
{
	size_t len = strlen(name);

	for (char *p = from; p < end; p++) {
		p = memchr(p, '<', (size_t)(end - p));
		if (!p)
			return NULL;
		size_t n = strcspn(p, " \t\r\n/>");
		if (p[1] != '/' && n > len && !memcmp(p + n - len, name, len))
			return p;
	}
	return NULL;
}

/* CDA R2 in Finland: signatures stand in one element of the local header. */
static int bend_signature(struct inquiry *q, size_t i, struct err *err)
{
	static const char name[] = "signatureCollection";
	struct buf *b = &q->documents.at[i];
	char *end = b->ptr + b->len;
	char *open = b->len ? find_tag(b->ptr, end, name) : NULL;
	char *close = open ? memmem(open + 1 + strlen(name),
				 (size_t)(end - open) - 1 - strlen(name), name,
				 strlen(name))
			   : NULL;

	(void)err;
	close = close ? memchr(close, '>', (size_t)(end - close)) : NULL;
	if (!close)
		return 0;
	memmove(open, close + 1, (size_t)(end - close - 1));
	b->len -= (size_t)(close + 1 - open);
	b->ptr[b->len] = '\0';
	return 0;
}

typedef int bend_document(struct inquiry *q, size_t i, struct err *err);

static bend_document *const document_benders[FAULT_COUNT] = {
	[FAULT_OLD_VERSION] = bend_version,
	[FAULT_OTHER_DOCUMENT] = bend_id,
	[FAULT_OTHER_PATIENT] = bend_patient,
	[FAULT_DOCUMENT] = bend_letter,
	[FAULT_SIGNATURE_DROP] = bend_signature,
};

static void lose_documents(struct inquiry *q)
{
	VEC_EACH (struct buf, b, &q->documents)
		buf_release(b);
	q->documents.count = 0;
	q->results.total = 0;
}

int fault_bend_documents(struct inquiry *q, struct err *err)
{
	if (fault_find(q->in->faults, FAULT_NOT_FOUND))
		lose_documents(q);
	for (int f = 0; f < FAULT_COUNT; f++) {
		if (!document_benders[f] ||
		    !fault_find(q->in->faults, (enum fault)f))
			continue;
		for (size_t i = 0; i < q->documents.count; i++)
			if (document_benders[f](q, i, err) < 0)
				return -1;
	}
	return fault_find_strays(q, err);
}

/* ---- The acknowledgement */

struct bend {
	struct inquiry *q;
	struct answer_draft *draft;
	struct fault_memory *memory;
	const struct fault_use *use;
};
typedef void bend_draft(const struct bend *b);

static void bend_flip(const struct bend *b)
{
	const struct dialect *d = b->q->ctx->dialect;
	const char *yes = dialect_text(d, DK_ACK_WRITES_ACCEPTED);

	b->draft->code = streq(b->draft->code, yes)
			     ? dialect_text(d, DK_ACK_WRITES_REFUSED)
			     : yes;
}

static void bend_code(const struct bend *b)
{
	str_copy(b->memory->code, sizeof(b->memory->code), b->use->value);
	b->draft->code = b->memory->code;
}

static void bend_target(const struct bend *b)
{
	snprintf(b->memory->target, sizeof(b->memory->target), "%.180s.9",
	    b->draft->target_id);
	b->draft->target_id = b->memory->target;
}

static void bend_details(const struct bend *b)
{
	VEC_EACH (struct ack_detail, d, &b->draft->details)
		ack_detail_release(d);
	b->draft->details.count = 0;
}

static void bend_accept(const struct bend *b)
{
	bend_details(b);
	b->draft->kind = FRAME_ACK;
	b->draft->code =
	    dialect_text(b->q->ctx->dialect, DK_ACK_WRITES_ACCEPTED);
}

static bend_draft *const draft_benders[FAULT_COUNT] = {
	[FAULT_ACK_FLIP] = bend_flip,
	[FAULT_ACK_CODE] = bend_code,
	[FAULT_ACK_TARGET] = bend_target,
	[FAULT_DETAIL_DROP] = bend_details,
	[FAULT_ALWAYS_ACCEPT] = bend_accept,
};

void fault_bend_draft(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *memory)
{
	for (int f = 0; f < FAULT_COUNT; f++) {
		struct bend b = { q, draft, memory,
			fault_find(q->in->faults, (enum fault)f) };
		if (b.use && draft_benders[f])
			draft_benders[f](&b);
	}
}

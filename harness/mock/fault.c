/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault.h"

#include "base/limits.h"
#include "base/str.h"
#include "mock/inquiry.h"

const struct fault_row fault_rows[FAULT_COUNT] = {
	[FAULT_ACK_FLIP] = { "ack-flip", false,
	    "accepts in words what it refuses, and the reverse" },
	[FAULT_ACK_TARGET] = { "ack-target", false,
	    "acknowledges another message's id" },
	[FAULT_DETAIL_DROP] = { "detail-drop", false,
	    "leaves the error details out" },
	[FAULT_STATUS] = { "status", true, "=NNN: another HTTP status" },
	[FAULT_NO_FAULT] = { "no-fault", false,
	    "an HTML page where a SOAP fault belongs" },
	[FAULT_RENAME] = { "rename", true,
	    "=NAME: elements NAME of the answer get another name" },
	[FAULT_DOCUMENT] = { "document", false,
	    "one letter of a returned document's body changed" },
	[FAULT_NO_CLIENT_CHECK] = { "no-client-check", false,
	    "takes any client certificate, or none" },
	[FAULT_SAY_OK] = { "say-ok", false, "200, text/plain, 'ok'" },
	[FAULT_SAY_NOTHING] = { "say-nothing", false, "200, empty" },
	[FAULT_ALWAYS_ACCEPT] = { "always-accept", false,
	    "accepts everything, stores nothing" },
	[FAULT_RESET] = { "reset", false,
	    "resets the connection instead of answering" },
	[FAULT_STALL] = { "stall", false, "never answers" },
};

/* "NAME[=VALUE][@N]" */
static int parse_one(struct fault_use *use, const char *word, struct err *err)
{
	const char *names[FAULT_COUNT];
	char name[64];
	const char *at = strrchr(word, '@');
	const char *equals = strchr(word, '=');
	const char *end = at ? at : word + strlen(word);

	if (equals && equals > end)
		equals = NULL;
	size_t len = (size_t)((equals ? equals : end) - word);
	for (size_t i = 0; i < FAULT_COUNT; i++)
		names[i] = fault_rows[i].name;
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, word, len);
	name[len] = '\0';
	int which = str_choice(name, names, FAULT_COUNT, "fault", err);
	if (which < 0)
		return -1;
	use->fault = (enum fault)which;
	if (at && str_number(at + 1, 1, UINT32_MAX, &use->at, err) < 0)
		return err_wrap(err, "fault '%s'", word);
	if (fault_rows[which].has_value && (!equals || equals + 1 == end))
		return err_set(err, ERR_USAGE,
		    "fault '%s' needs a value: '%s=…'", name, name);
	if (!fault_rows[which].has_value && equals)
		return err_set(
		    err, ERR_USAGE, "fault '%s' takes no value", name);
	if (equals) {
		size_t size = (size_t)(end - equals); /* with the NUL */
		str_copy(use->value,
		    size < sizeof(use->value) ? size : sizeof(use->value),
		    equals + 1);
	}
	return 0;
}

static int check_value(const struct fault_use *use, struct err *err)
{
	uint64_t n = 0;

	if (use->fault == FAULT_STATUS &&
	    str_number(use->value, 200, 599, &n, err) < 0)
		return err_wrap(err, "fault 'status'");
	return 0;
}

int fault_parse(
    struct fault_list *out, const struct opt_list *words, struct err *err)
{
	for (size_t i = 0; words && i < words->count; i++) {
		struct fault_use *use = VEC_PUSH(out);
		if (parse_one(use, words->at[i], err) < 0 ||
		    check_value(use, err) < 0)
			return -1;
	}
	return 0;
}

const struct fault_use *fault_find(
    const struct fault_list *list, enum fault fault, uint64_t n)
{
	if (!list)
		return NULL;
	VEC_EACH (const struct fault_use, use, list)
		if (use->fault == fault && (!use->at || use->at == n))
			return use;
	return NULL;
}

/* ---- The draft */

typedef void bend_draft(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m);

static void bend_flip(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m)
{
	const struct dialect *d = q->ctx->dialect;
	const char *yes = dialect_text(d, DK_ACK_WRITES_ACCEPTED);

	(void)m;
	draft->code = streq(draft->code, yes)
			  ? dialect_text(d, DK_ACK_WRITES_REFUSED)
			  : yes;
}

static void bend_target(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m)
{
	(void)q;
	snprintf(m->target, sizeof(m->target), "%.180s.9", draft->target_id);
	draft->target_id = m->target;
}

static void bend_details(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m)
{
	(void)q;
	(void)m;
	VEC_EACH (struct ack_detail, d, &draft->details)
		ack_detail_release(d);
	draft->details.count = 0;
}

/*
 * The first letter of the last text in the body: of the narrative where there
 * is one, else of the last text that the document has.
 */
static void change_letter(struct buf *document)
{
	char *from = document->ptr + document->len;

	while (from > document->ptr) {
		char *lt =
		    memrchr(document->ptr, '<', (size_t)(from - document->ptr));
		if (!lt)
			return;
		char *gt = memchr(lt, '>', (size_t)(from - lt));
		for (char *p = gt ? gt + 1 : from; p < from; p++)
			if (str_is_alpha(*p)) {
				*p = *p == 'x' ? 'y' : 'x';
				return;
			}
		from = lt;
	}
}

static void bend_document(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m)
{
	(void)draft;
	(void)m;
	VEC_EACH (struct buf, document, &q->documents)
		change_letter(document);
}

static void bend_accept(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *m)
{
	bend_details(q, draft, m);
	draft->kind = FRAME_ACK;
	draft->code = dialect_text(q->ctx->dialect, DK_ACK_WRITES_ACCEPTED);
}

static bend_draft *const draft_benders[FAULT_COUNT] = {
	[FAULT_ACK_FLIP] = bend_flip,
	[FAULT_ACK_TARGET] = bend_target,
	[FAULT_DETAIL_DROP] = bend_details,
	[FAULT_DOCUMENT] = bend_document,
	[FAULT_ALWAYS_ACCEPT] = bend_accept,
};

void fault_bend_draft(const struct fault_list *list, struct inquiry *q,
    struct answer_draft *draft, struct fault_memory *memory)
{
	for (int f = 0; f < FAULT_COUNT; f++)
		if (draft_benders[f] &&
		    fault_find(list, (enum fault)f, q->in->number))
			draft_benders[f](q, draft, memory);
}

/* ---- The written answer */

typedef void bend_answer(struct received *r, const char *value);

static void replace_answer(
    struct received *r, const char *media_type, const char *body)
{
	buf_clear(&r->answer);
	buf_adds(&r->answer, body);
	str_copy(r->media_type, sizeof(r->media_type), media_type);
}

static void bend_status(struct received *r, const char *value)
{
	struct err ignored = { 0 };
	uint64_t n = 0;

	if (str_number(value, 200, 599, &n, &ignored) == 0)
		r->status = (int)n;
}

static void bend_no_fault(struct received *r, const char *value)
{
	(void)value;
	if (r->is_fault)
		replace_answer(r, "text/html; charset=utf-8",
		    "<!DOCTYPE html>\n<html><head><title>Request Rejected"
		    "</title></head><body>The requested URL was rejected."
		    "</body></html>\n");
}

/* Whether an element's name begins at `i`: behind "<", "</" or a prefix. */
static bool is_element_name(const struct buf *b, size_t i, size_t len)
{
	char behind = i + len < b->len ? b->ptr[i + len] : '>';
	size_t at = i;

	if (!str_is_space(behind) && behind != '>' && behind != '/')
		return false;
	if (at > 0 && b->ptr[at - 1] == ':') {
		at--;
		while (at > 0 && str_is_alpha(b->ptr[at - 1]))
			at--;
	}
	return at > 0 &&
	       (b->ptr[at - 1] == '<' ||
		   (at > 1 && b->ptr[at - 1] == '/' && b->ptr[at - 2] == '<'));
}

static void bend_rename(struct received *r, const char *value)
{
	struct buf to = { 0 };
	size_t len = strlen(value);

	buf_init(&to, LIMIT_MESSAGE);
	for (size_t i = 0; i < r->answer.len;) {
		bool is = i + len <= r->answer.len &&
			  memcmp(r->answer.ptr + i, value, len) == 0 &&
			  is_element_name(&r->answer, i, len);
		if (is)
			buf_adds(&to, "other-");
		buf_add(&to, r->answer.ptr + i, is ? len : 1);
		i += is ? len : 1;
	}
	buf_release(&r->answer);
	r->answer = to;
}

static void bend_ok(struct received *r, const char *value)
{
	(void)value;
	r->status = 200;
	replace_answer(r, "text/plain; charset=utf-8", "ok");
}

static void bend_nothing(struct received *r, const char *value)
{
	(void)value;
	r->status = 200;
	replace_answer(r, "", "");
}

static void bend_reset(struct received *r, const char *value)
{
	(void)value;
	r->deed = DEED_RESET;
}

static void bend_stall(struct received *r, const char *value)
{
	(void)value;
	r->deed = DEED_STALL;
}

static bend_answer *const answer_benders[FAULT_COUNT] = {
	[FAULT_STATUS] = bend_status,
	[FAULT_NO_FAULT] = bend_no_fault,
	[FAULT_RENAME] = bend_rename,
	[FAULT_SAY_OK] = bend_ok,
	[FAULT_SAY_NOTHING] = bend_nothing,
	[FAULT_RESET] = bend_reset,
	[FAULT_STALL] = bend_stall,
};

void fault_bend_answer(
    const struct fault_list *list, uint64_t n, struct received *r)
{
	for (int f = 0; f < FAULT_COUNT; f++) {
		const struct fault_use *use =
		    fault_find(list, (enum fault)f, n);
		if (use && answer_benders[f])
			answer_benders[f](r, use->value);
	}
}

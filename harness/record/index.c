/* SPDX-License-Identifier: Apache-2.0 */
#include "record/index.h"

#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <unistd.h>

#define CHUNK LIMIT_KIB(256)

/* The pass: where it is, and what it knows of the chain so far. */
struct pass {
	struct index *index;
	uint64_t offset;	  /* of the line at hand */
	unsigned line;		  /* its number */
	char digest[DIGEST_TEXT]; /* of the line before it */
	unsigned suspect; /* this line and the one before it do not fit */
	bool sealed;
};

static void broken(struct pass *p, unsigned line)
{
	if (p->index->broken_at == 0)
		p->index->broken_at = line;
}

/*
 * When a line does not fit the one before it, either of the two was changed.
 * The next line tells which: if it fits, the suspect's bytes are what they
 * were, and the fault lies before it.
 */
static void check_link(struct pass *p, const struct event *e)
{
	bool fits = streq(e->prev, p->digest);
	if (p->suspect)
		broken(p, fits ? p->suspect - 1 : p->suspect);
	p->suspect = 0;
	if (e->n != p->line || p->sealed || (!fits && p->line == 1))
		broken(p, p->line);
	else if (!fits)
		p->suspect = p->line;
}

/* The seal says twice what the line before it was. */
static void check_seal(struct pass *p, const struct event *e)
{
	struct seal seal;
	struct err ignored = { 0 };
	if (event_read_seal(e, &seal, &ignored) < 0 ||
	    seal.count != p->line - 1) {
		broken(p, p->line);
		return;
	}
	bool fits = streq(seal.head, p->digest);
	if (fits != (p->suspect == 0))
		broken(p, p->line);
	p->sealed = true;
	p->index->interrupted = seal.interrupted;
}

static int add_line(
    struct pass *p, const struct event *e, size_t len, struct err *err)
{
	struct index *x = p->index;
	bool is_new;
	size_t id = names_add(&x->cases, e->case_id, &is_new);
	if (is_new)
		VEC_PUSH(&x->spans);
	if (x->count >= LIMIT_JOURNAL_EVENTS)
		return err_set(err, ERR_LIMIT,
		    "the journal has more than %d events",
		    LIMIT_JOURNAL_EVENTS);
	if (x->cases.count > LIMIT_CASES + 1)
		return err_set(err, ERR_LIMIT,
		    "the journal has more than %d cases", LIMIT_CASES);
	*VEC_PUSH(x) = (struct index_line){
		.offset = p->offset,
		.len = (uint32_t)len,
		.number = p->line,
	};
	uint32_t this = (uint32_t)x->count;
	struct index_span *span = &x->spans.at[id];
	if (span->last)
		x->at[span->last - 1].next = this;
	else
		span->first = this;
	span->last = this;
	return 0;
}

/* A faulty input event is told by log_case. */
static void add_input(struct index *x, const struct event *e)
{
	struct log_event input;
	struct err ignored = { 0 };
	bool is_new = false;
	if (event_read(e, &input, &ignored) == 0)
		names_add(&x->inputs, input.input.name, &is_new);
	if (is_new) {
		struct index_input *to = VEC_PUSH(&x->input);
		to->bytes = input.input.bytes;
		str_copy(to->sha256, sizeof(to->sha256), input.input.sha256);
	}
	event_log_release(&input);
}

static int take_event(
    struct pass *p, const struct event *e, size_t len, struct err *err)
{
	check_link(p, e);
	p->index->ended = e->at;
	switch (e->name) {
	case EVENT_SEAL:
		check_seal(p, e);
		return 0;
	case EVENT_BEGIN:
	case EVENT_OTHER:
		return 0;
	case EVENT_INPUT:
		add_input(p->index, e);
		break;
	case EVENT_CASE_BEGIN:
	case EVENT_SENDING:
	case EVENT_EXCHANGE:
	case EVENT_VERDICT:
	case EVENT_KEPT:
	case EVENT_REMARK:
	case EVENT_CASE_END:
		break;
	}
	return add_line(p, e, len, err);
}

static int take_line(
    struct pass *p, const char *text, size_t len, struct err *err)
{
	struct event e;
	struct err fault = { 0 };
	int rc = 0;
	p->line++;
	if (event_parse(&e, text, len, p->line, &fault) < 0) {
		if (p->line == 1) {
			*err = fault;
			return -1;
		}
		broken(p, p->line);
	} else {
		rc = take_event(p, &e, len, err);
	}
	digest_text(text, len, p->digest);
	p->offset += len + 1;
	if (p->line == 1 && rc == 0)
		p->index->begin = e;
	else
		event_release(&e);
	return rc;
}

/* Takes the whole lines out of `b` and leaves the rest in it. */
static int take_lines(struct pass *p, struct buf *b, struct err *err)
{
	const char *at = b->ptr;
	size_t left = b->len;
	const char *end;
	while ((end = memchr(at, '\n', left))) {
		size_t len = (size_t)(end - at);
		if (len > LIMIT_JOURNAL_LINE)
			break;
		if (take_line(p, at, len, err) < 0)
			return -1;
		at = end + 1;
		left -= len + 1;
	}
	if (left > LIMIT_JOURNAL_LINE)
		return err_set(err, ERR_LIMIT,
		    "line %u of the journal is longer than %zu bytes",
		    p->line + 1, LIMIT_JOURNAL_LINE);
	if (p->offset + left > LIMIT_JOURNAL)
		return err_set(err, ERR_LIMIT,
		    "the journal is larger than %zu bytes", LIMIT_JOURNAL);
	memmove(b->ptr, at, left);
	b->len = left;
	return 0;
}

static int read_all(struct pass *p, int fd, struct buf *b, struct err *err)
{
	for (;;) {
		char *to = buf_reserve(b, CHUNK);
		if (!to)
			BUG("a line is longer than its cap");
		ssize_t n = read(fd, to, CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(
			    err, ERR_IO, "cannot read journal.jsonl");
		if (n == 0)
			return 0;
		buf_grew(b, (size_t)n);
		if (take_lines(p, b, err) < 0)
			return -1;
	}
}

/* `rest`: bytes of a last line that has no end. */
static void conclude(struct pass *p, size_t rest)
{
	struct index *x = p->index;
	if (p->suspect)
		broken(p, p->suspect - 1);
	if (p->sealed && rest > 0)
		broken(p, p->line + 1);
	if (x->broken_at)
		x->seal = SEAL_BROKEN;
	else
		x->seal = p->sealed ? SEAL_WHOLE : SEAL_MISSING;
}

int index_build(struct index *index, int fd, struct err *err)
{
	*index = (struct index){ 0 };
	names_add(&index->cases, "", NULL);
	VEC_PUSH(&index->spans);

	struct pass p = { .index = index };
	memset(p.digest, '0', sizeof(p.digest) - 1);
	struct buf b = BUF_INIT(LIMIT_JOURNAL_LINE + 2 * CHUNK);
	int rc = read_all(&p, fd, &b, err);
	if (rc == 0 && p.line == 0)
		rc = err_set(err, ERR_RECORD,
		    "the journal has no whole line: the run ended before it "
		    "began");
	if (rc == 0)
		conclude(&p, b.len);
	buf_release(&b);
	return rc;
}

void index_release(struct index *index)
{
	VEC_RELEASE(index);
	VEC_RELEASE(&index->spans);
	VEC_RELEASE(&index->input);
	names_release(&index->cases);
	names_release(&index->inputs);
	event_release(&index->begin);
}

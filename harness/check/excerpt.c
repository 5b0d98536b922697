/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/stage.h"
#include "kanta/ids.h"

/*
 * A source line may hold in some other dress what a finding must not show: a
 * file in which the guard found an identity code shows none at all, and of the
 * others the guard looks at each line. What the guard itself found is never
 * shown.
 */
struct lines {
	const char *at, *end;
	unsigned line;
	const char *stop;    /* where the line ends; NULL = not yet sought */
	const char *reached; /* in it: NULL = there is no UTF-8 further on */
	size_t characters;   /* of it before `reached` */
	struct guard_report *scan;
};

static const char *line_end(const struct lines *s)
{
	const char *end = memchr(s->at, '\n', (size_t)(s->end - s->at));
	if (!end)
		end = s->end;
	return end > s->at && end[-1] == '\r' ? end - 1 : end;
}

/* Goes on to the line; false when there is none. Lines come in order. */
static bool go_to(struct lines *s, unsigned line)
{
	while (s->line < line) {
		const char *next =
		    memchr(s->at, '\n', (size_t)(s->end - s->at));
		if (!next)
			return false;
		s->at = next + 1;
		s->line++;
		s->stop = NULL;
	}
	if (!s->stop) {
		s->stop = line_end(s);
		s->reached = s->at;
		s->characters = 0;
	}
	return true;
}

/* So many characters on; NULL when what is there is no UTF-8. */
static const char *skip(const char *at, const char *end, size_t characters)
{
	for (; characters > 0 && at < end; characters--) {
		uint32_t ignored;
		size_t n = str_utf8(at, (size_t)(end - at), &ignored);
		if (n == 0)
			return NULL;
		at += n;
	}
	return at;
}

/* So many characters into the line. Columns come in order, too: a document may
 * be one line of many megabytes. */
static const char *reach(struct lines *s, size_t characters)
{
	if (s->reached)
		s->reached =
		    skip(s->reached, s->stop, characters - s->characters);
	s->characters = characters;
	return s->reached;
}

static bool may_be_shown(struct lines *s, const char *text)
{
	s->scan->count = s->scan->more = 0;
	return guard_scan(s->scan, text, strlen(text), NULL);
}

/* A long line is cut on both sides of the column. */
static void take(struct lines *s, struct finding *f)
{
	unsigned column = f->column ? f->column : 1;
	size_t before = LIMIT_EXCERPT / 3;
	size_t cut = column > LIMIT_EXCERPT - 8 ? column - 1 - before : 0;
	const char *end = s->stop, *from = reach(s, cut);
	const char *to = from ? skip(from, end, LIMIT_EXCERPT) : NULL;
	if (!to || from == to)
		return;
	char *piece = xstrndup(from, (size_t)(to - from));
	for (char *p = piece; *p; p++)
		if (*p == '\t')
			*p = ' ';
	char *clean = finding_text(piece);
	if (may_be_shown(s, clean)) {
		f->excerpt = xasprintf(
		    "%s%s%s", cut ? "…" : "", clean, to < end ? "…" : "");
		f->caret = (unsigned)(column - 1 - cut + (cut > 0));
	}
	free(clean);
	free(piece);
}

static int by_place(const void *one, const void *other)
{
	const struct finding *a = *(struct finding *const *)one;
	const struct finding *b = *(struct finding *const *)other;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

static void take_all(struct look *l, enum part part, const void *bytes,
    size_t len, struct guard_report *scan)
{
	struct findings *all = &l->out->findings;
	struct finding **order =
	    xreallocarray(NULL, all->count, sizeof(*order));
	size_t count = 0;
	VEC_EACH (struct finding, f, all)
		if (f->part == part && f->line > 0 && f->stage != STAGE_GUARD)
			order[count++] = f;
	qsort(order, count, sizeof(*order), by_place);
	struct lines s = { .at = bytes,
		.end = (const char *)bytes + len,
		.line = 1,
		.scan = scan };
	for (size_t i = 0; i < count && go_to(&s, order[i]->line); i++)
		take(&s, order[i]);
	free(order);
}

void look_excerpts(struct look *l)
{
	struct findings *all = &l->out->findings;
	if (all->count == 0)
		return;
	VEC_EACH (struct finding, f, all)
		if (f->stage == STAGE_GUARD &&
		    streq(f->rule, rule_rows[RULE_GUARD_IDENTITY].name))
			return;
	struct guard_report *scan = xcalloc(1, sizeof(*scan));
	take_all(l, PART_FILE, l->bytes, l->len, scan);
	if (l->document_bytes && l->document_part == PART_DOCUMENT)
		take_all(
		    l, PART_DOCUMENT, l->document_bytes, l->document_len, scan);
	free(scan);
}

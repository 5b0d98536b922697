/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"

/*
 * For people at a terminal, and for editors: "file:line:column: severity …" is
 * what they know how to jump to.
 */
enum {
	SHOWN = 3,  /* findings of one rule in one file, when … */
	MANY = 6,   /* … there are more than that */
	LINES = 12, /* of the others that are named */
	LABEL = 12, /* columns */
	ROW = 59,   /* of the stages' table, without what it was held against */
	ROOM = 40,  /* which has its column where there is so much for it */
	DIGEST = 12, /* digits that are shown */
};

struct text_view {
	FILE *out;
	struct check_view_options o;
};

enum tone {
	TONE_PLAIN,
	TONE_QUIET,
	TONE_BOLD,
	TONE_GOOD,
	TONE_ERROR,
	TONE_WARNING,
	TONE_INFO,
};

static const char *tone(const struct text_view *v, enum tone t)
{
	static const char *const codes[] = {
		[TONE_PLAIN] = "\033[0m",
		[TONE_QUIET] = "\033[2m",
		[TONE_BOLD] = "\033[1m",
		[TONE_GOOD] = "\033[32m",
		[TONE_ERROR] = "\033[1;31m",
		[TONE_WARNING] = "\033[33m",
		[TONE_INFO] = "\033[36m",
	};
	return v->o.color ? codes[t] : "";
}

static const char *word(const struct text_view *v, enum word w)
{
	return word_text(w, v->o.lang);
}

/* Columns that a text takes: each character one. */
static int columns(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static void put_padded(const struct text_view *v, const char *s, int width)
{
	int left = width - columns(s);
	fprintf(v->out, "%s%*s", s, left > 0 ? left : 0, "");
}

static void put_right(const struct text_view *v, const char *s, int width)
{
	int left = width - columns(s);
	fprintf(v->out, "%*s%s", left > 0 ? left : 0, "", s);
}

/* ---- Lines that fit the terminal */

static void new_line(const struct text_view *v, int indent)
{
	fprintf(v->out, "\n%*s", indent, "");
}

/* Bytes of `s` that fit in so many columns: what is longer than a line, an
 * XPath or a digest, is divided, best before one of its slashes. */
static size_t fit(const char *s, size_t len, int room)
{
	size_t n = 0, slash = 0;
	for (; n < len && room >= 0; n++) {
		if (((unsigned char)s[n] & 0xC0) == 0x80)
			continue;
		if (s[n] == '/' && n > 0)
			slash = n;
		if (room-- == 0)
			break;
	}
	return n == len ? len : slash ? slash : n;
}

/* A word longer than a line; gives the column behind it. */
static int put_long(
    const struct text_view *v, const char *word, int at, int indent)
{
	int width = (int)v->o.width;
	while (at + columns(word) > width) {
		size_t n = fit(word, strlen(word), width - at);
		fprintf(v->out, "%.*s", (int)n, word);
		word += n;
		new_line(v, indent);
		at = indent;
	}
	fputs(word, v->out);
	return at + columns(word);
}

/* Words of `s` from column `at` on, further lines behind `indent` spaces; as
 * one line where nobody looks at a terminal. Gives the column behind them. */
static int put_wrapped(
    const struct text_view *v, const char *s, int at, int indent)
{
	int width = (int)v->o.width;
	bool first = true;
	if (width < indent + LABEL) {
		fputs(s, v->out);
		return at + columns(s);
	}
	for (; *s; first = false) {
		size_t len = strcspn(s, " ");
		char *word = xstrndup(s, len);
		if (at > indent && at + !first + columns(word) > width) {
			new_line(v, indent);
			at = indent;
		} else if (!first) {
			fputc(' ', v->out);
			at++;
		}
		at = put_long(v, word, at, indent);
		free(word);
		s += len;
		s += strspn(s, " ");
	}
	return at;
}

/* Of a digest the first digits: whoever compares it has no terminal, or another
 * view. */
static void cut_digests(char *text)
{
	static const char digits[] = "0123456789abcdef";
	char *to = text;
	while (*text) {
		size_t n = strspn(text, digits);
		size_t kept = n == 64 ? DIGEST : n ? n : 1;
		memmove(to, text, kept);
		to += kept;
		text += n ? n : 1;
	}
	*to = '\0';
}

static void put_note(const struct text_view *v, const struct note *note, int at)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, note, v->o.lang);
	put_wrapped(v, text.ptr, at, at);
	buf_release(&text);
}

static void *begin_text(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct text_view *v = xcalloc(1, sizeof(*v));
	(void)err;
	v->out = out;
	v->o = *o;
	return v;
}

/* ---- One finding */

static enum tone tone_of(enum severity s)
{
	static const enum tone tones[SEVERITY_COUNT] = {
		[SEVERITY_ERROR] = TONE_ERROR,
		[SEVERITY_WARNING] = TONE_WARNING,
		[SEVERITY_INFO] = TONE_INFO,
	};
	return tones[s];
}

static void put_labelled(
    const struct text_view *v, enum word label, const char *text)
{
	if (!text || !*text)
		return;
	fprintf(v->out, "    %s", tone(v, TONE_QUIET));
	put_padded(v, word(v, label), LABEL);
	fprintf(v->out, "%s ", tone(v, TONE_PLAIN));
	put_wrapped(v, text, 4 + LABEL + 1, 4 + LABEL + 1);
	fputc('\n', v->out);
}

static void put_excerpt(const struct text_view *v, const struct finding *f)
{
	if (!f->excerpt)
		return;
	fprintf(v->out, "%s%7u |%s %s\n", tone(v, TONE_QUIET), f->line,
	    tone(v, TONE_PLAIN), f->excerpt);
	if (f->column == 0)
		return;
	fprintf(v->out, "%s        |%s %*s%s^%s\n", tone(v, TONE_QUIET),
	    tone(v, TONE_PLAIN), (int)f->caret, "",
	    tone(v, tone_of(f->severity)), tone(v, TONE_PLAIN));
}

static void put_finding(
    const struct text_view *v, const struct checked *c, const struct finding *f)
{
	struct buf place = BUF_INIT(LIMIT_KIB(64));
	place_name(&place, c, f);
	if (f->line > 0)
		buf_addf(&place, ":%u", f->line);
	if (f->line > 0 && f->column > 0)
		buf_addf(&place, ":%u", f->column);
	const char *severity = word(v, severity_word(f->severity));
	fprintf(v->out, "%s%s:%s %s%s%s %s: ", tone(v, TONE_BOLD), place.ptr,
	    tone(v, TONE_PLAIN), tone(v, tone_of(f->severity)), severity,
	    tone(v, TONE_PLAIN), f->rule);
	put_wrapped(v, f->text[v->o.lang],
	    columns(place.ptr) + columns(severity) + columns(f->rule) + 5, 4);
	fputc('\n', v->out);
	buf_release(&place);
	if (f->severity == SEVERITY_INFO)
		return; /* nothing has to be done: a line is enough */
	put_excerpt(v, f);
	put_labelled(v, W_checks_place, f->where);
	put_labelled(v, W_checks_field, f->field);
	put_labelled(v, W_checks_expression, f->expression);
	put_labelled(v, W_checks_clause, f->clause);
	put_labelled(v, W_checks_next, f->hint[v->o.lang]);
}

/* ---- A file: of a rule with many findings the first are shown */

struct of_rule {
	size_t before, all; /* of the same rule, that count */
};

static bool same_rule(const struct finding *a, const struct finding *b)
{
	return !b->accepted && a->severity == b->severity &&
	       a->stage == b->stage && streq(a->rule, b->rule);
}

static struct of_rule count_rule(
    const struct checked *c, const struct finding *f)
{
	struct of_rule n = { 0, 0 };
	VEC_EACH (const struct finding, g, &c->findings)
		if (same_rule(f, g)) {
			n.before += g < f;
			n.all++;
		}
	return n;
}

static void put_rest(const struct text_view *v, const struct checked *c,
    const struct finding *f, size_t rest)
{
	char n[24];
	size_t named = 0;
	snprintf(n, sizeof(n), "%zu", rest);
	struct note more = say_checks_more_of_rule(n, f->rule);
	fputs("    ", v->out);
	put_note(v, &more, 4);
	const struct finding *end = c->findings.at + c->findings.count;
	for (const struct finding *g = f + 1; g < end && named <= LINES; g++) {
		if (!same_rule(f, g) || g->line == 0)
			continue;
		if (named == 0)
			fprintf(v->out, ", %s ", word(v, W_checks_lines));
		if (named++ == LINES)
			fputs(", …", v->out);
		else
			fprintf(
			    v->out, "%s%u", named == 1 ? "" : ", ", g->line);
	}
	fputc('\n', v->out);
}

static void file_text(void *state, const struct checked *c)
{
	const struct text_view *v = state;
	VEC_EACH (struct finding, f, &c->findings) {
		if (f->accepted)
			continue;
		struct of_rule n = count_rule(c, f);
		if (n.all <= MANY || n.before < SHOWN)
			put_finding(v, c, f);
		if (n.all > MANY && n.before == SHOWN - 1)
			put_rest(v, c, f, n.all - SHOWN);
	}
	if (c->findings.more > 0) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", c->findings.more);
		struct note more = say_checks_left_out(n);
		fprintf(v->out, "%s: ", c->name);
		put_note(v, &more, columns(c->name) + 2);
		fputc('\n', v->out);
	}
}

/* Of "cannot open 'NAME': REASON": the line names the file already. */
static const char *reason(const char *name, const char *msg)
{
	char *quoted = xasprintf("'%s': ", name);
	const char *at = strstr(msg, quoted);
	const char *rest = at ? at + strlen(quoted) : msg;
	free(quoted);
	return rest;
}

static void unread_text(void *state, const char *name, const struct err *why)
{
	const struct text_view *v = state;
	fprintf(v->out, "%s%s:%s %s%s%s: %s\n", tone(v, TONE_BOLD), name,
	    tone(v, TONE_PLAIN), tone(v, TONE_ERROR), word(v, W_checks_unread),
	    tone(v, TONE_PLAIN), reason(name, why->msg));
	put_labelled(v, W_checks_next, why->hint);
}

/* ---- The end: what each stage says, and what was not asked */

static void add_note(
    const struct text_view *v, struct buf *to, const struct note *note)
{
	if (to->len)
		buf_adds(to, " · ");
	note_render(to, note, v->o.lang);
}

static void add_stage_words(
    const struct text_view *v, struct buf *to, const struct stage_totals *t)
{
	if (t->accepted > 0) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", t->accepted);
		struct note accepted = say_baseline_stage(n);
		add_note(v, to, &accepted);
	}
	for (size_t i = 0; i < t->base_count; i++)
		add_note(v, to, &t->bases[i]);
	if (t->other_bases > 0) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", t->other_bases);
		struct note others = say_checks_more_bases(n);
		add_note(v, to, &others);
	}
	if (t->not_done > 0 && t->done > 0) {
		struct note partly = stage_partly(t);
		add_note(v, to, &partly);
		buf_adds(to, ": ");
		note_render(to, &t->why, v->o.lang);
	} else if (t->not_done > 0) {
		add_note(v, to, &t->why);
	}
}

/* Behind the row, or below it where the terminal is narrow. */
static bool is_narrow(const struct text_view *v)
{
	return v->o.width > 0 && v->o.width < ROW + ROOM;
}

static void put_stage_words(
    const struct text_view *v, const struct stage_totals *t)
{
	int at = is_narrow(v) ? 6 : ROW;
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	add_stage_words(v, &text, t);
	if (v->o.width > 0)
		cut_digests(text.ptr);
	if (text.len > 0 && is_narrow(v))
		new_line(v, at);
	else if (text.len > 0)
		fputs("   ", v->out);
	put_wrapped(v, text.ptr, at, at);
	buf_release(&text);
}

static void put_stage(
    const struct text_view *v, enum stage s, const struct stage_totals *t)
{
	static const enum tone tones[] = {
		[STAGE_IS_CLEAN] = TONE_GOOD,
		[STAGE_HAS_REMARKS] = TONE_WARNING,
		[STAGE_HAS_FAILED] = TONE_ERROR,
		[STAGE_IS_UNCHECKED] = TONE_WARNING,
		[STAGE_WAS_NOT_ASKED] = TONE_QUIET,
		[STAGE_IS_PARTLY] = TONE_WARNING,
	};
	enum verdict_of_stage verdict = stage_totals_verdict(t, v->o.fail_on);
	fputs("  ", v->out);
	put_padded(v, word(v, stage_word(s)), 15);
	fputs(tone(v, tones[verdict]), v->out);
	put_padded(v, word(v, stage_verdict_word(verdict)), 16);
	fprintf(v->out, "%s%10zu%13zu", tone(v, TONE_PLAIN),
	    t->count[SEVERITY_ERROR], t->count[SEVERITY_WARNING]);
	put_stage_words(v, t);
	fputc('\n', v->out);
}

static void put_stage_heads(const struct text_view *v)
{
	fprintf(v->out, "  %s", tone(v, TONE_QUIET));
	put_padded(v, word(v, W_checks_stage), 15);
	put_padded(v, word(v, W_checks_result), 16);
	put_right(v, word(v, W_checks_errors), 10);
	put_right(v, word(v, W_checks_warnings), 13);
	fprintf(v->out, "%s%s%s\n", is_narrow(v) ? "" : "   ",
	    is_narrow(v) ? "" : word(v, W_checks_against), tone(v, TONE_PLAIN));
}

static void put_counts(const struct text_view *v, const struct check_totals *t)
{
	char n[5][24];
	snprintf(n[0], sizeof(n[0]), "%zu", t->files);
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		snprintf(n[i + 1], sizeof(n[0]), "%zu", t->count[i]);
	snprintf(n[4], sizeof(n[4]), "%zu", t->accepted);
	struct note counts = say_checks_counts(n[0], n[1], n[2], n[3]);
	struct note accepted = say_checks_counts_accepted(n[4]);
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	add_note(v, &text, &counts);
	if (t->accepted)
		add_note(v, &text, &accepted);
	put_wrapped(v, text.ptr, 0, 2);
	buf_release(&text);
	fputc('\n', v->out);
}

static void put_end_remarks(
    const struct text_view *v, const struct check_totals *t)
{
	VEC_EACH (struct note, remark, &t->remarks) {
		fprintf(v->out, "%s!%s ", tone(v, TONE_WARNING),
		    tone(v, TONE_PLAIN));
		put_note(v, remark, 2);
		fputc('\n', v->out);
	}
	if (t->passed_over == 0)
		return;
	char n[24];
	snprintf(n, sizeof(n), "%zu", t->passed_over);
	struct note over = say_checks_passed_over(n);
	put_note(v, &over, 0);
	fputc('\n', v->out);
}

static int end_text(void *state, const struct check_totals *t, struct err *err)
{
	struct text_view *v = state;
	struct buf head = BUF_INIT(LIMIT_KIB(16));
	(void)err;
	checks_headline(&head, t, v->o.lang);
	if (t->count[0] + t->count[1] + t->count[2] + t->unread > 0)
		fputc('\n', v->out);
	if (t->files > 0)
		put_stage_heads(v);
	for (size_t i = 0; t->files > 0 && i < STAGE_COUNT; i++)
		put_stage(v, (enum stage)i, &t->stages[i]);
	put_end_remarks(v, t);
	fputs(tone(v, t->exit == 0 ? TONE_GOOD : TONE_ERROR), v->out);
	put_wrapped(v, head.ptr, 0, 2);
	buf_release(&head);
	fprintf(v->out, "%s\n", tone(v, TONE_PLAIN));
	put_counts(v, t);
	fprintf(v->out, "%s%s%s\n", tone(v, TONE_QUIET),
	    word(v, W_checks_not_kela), tone(v, TONE_PLAIN));
	free(v);
	return 0;
}

const struct check_view check_view_text = {
	.name = "text",
	.begin = begin_text,
	.file = file_text,
	.unread = unread_text,
	.end = end_text,
};

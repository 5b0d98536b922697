/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/*
 * GitHub's step summary: Markdown that is appended to a file which others write
 * to as well, and which as a whole may have so many bytes. The table of cases
 * takes at most half of the room; the rest is for what has to be looked into.
 */
struct markdown {
	struct sink sink;
	struct report *r;
	const struct report_options *o;
	char *path;
	size_t room;
	struct buf rows, details;
	size_t left_out;
};

enum {
	RESERVE = 16384 /* for the head and the sentence on what is left out */
};

static const char *const signs[RESULT_COUNT] = {
	[RESULT_PASS] = "✅",
	[RESULT_FAIL] = "❌",
	[RESULT_ERROR] = "❗",
	[RESULT_INCONCLUSIVE] = "❓",
	[RESULT_GUARD_REFUSED] = "⛔",
	[RESULT_SKIP] = "➖",
	[RESULT_OMIT] = "➖",
	[RESULT_MANUAL] = "✋",
};

static void add_escaped(struct buf *to, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_[]<>|#~&$", *s))
			buf_addc(to, '\\');
		buf_addc(to, *s);
	}
}

static void add_text(struct markdown *m, struct buf *to, const char *text)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	plain_text(&line, m->r, m->o, text);
	add_escaped(to, line.ptr);
	buf_release(&line);
}

static void add_note(
    struct markdown *m, struct buf *to, const struct note *note)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	plain_note(&line, m->r, m->o, note);
	add_escaped(to, line.ptr);
	buf_release(&line);
}

static void add_word(struct markdown *m, struct buf *to, enum word word)
{
	add_escaped(to, word_text(word, m->o->lang));
}

static void add_item(struct markdown *m, struct buf *to, enum word label,
    const struct note *note)
{
	if (note->word == W_none)
		return;
	buf_adds(to, "  - ");
	add_word(m, to, label);
	buf_adds(to, ": ");
	add_note(m, to, note);
	buf_addc(to, '\n');
}

static void add_line(
    struct markdown *m, struct buf *to, enum word label, const char *text)
{
	if (!*text)
		return;
	buf_adds(to, "  - ");
	add_word(m, to, label);
	buf_adds(to, ": ");
	add_text(m, to, text);
	buf_addc(to, '\n');
}

/* Whole pieces only: a cut one would break the table. */
static void take(
    struct markdown *m, struct buf *to, size_t room, const struct buf *piece)
{
	if (piece->overflow || to->len + piece->len > room)
		m->left_out++;
	else
		buf_add(to, piece->ptr, piece->len);
}

static void add_row(struct markdown *m, const struct report_case *c)
{
	struct buf row = BUF_INIT(LIMIT_KIB(64));
	buf_addf(&row, "| %s ", signs[c->kind]);
	add_word(m, &row, word_of_kind(c->kind));
	buf_adds(&row, " | ");
	add_text(m, &row, c->id);
	buf_adds(&row, " | ");
	if (c->tc)
		add_text(m, &row, pair_text(&c->tc->title, m->o->lang));
	buf_addf(&row, " | %s | %" PRId64 ".%02" PRId64 " s |\n",
	    mark_letter(c->mark), c->duration_us / 1000000,
	    c->duration_us / 10000 % 100);
	take(m, &m->rows, m->room / 2, &row);
	buf_release(&row);
}

static void add_detail(struct markdown *m, const struct report_case *c,
    const struct report_expect *x)
{
	const struct verdict *v = &x->verdict;
	struct buf item = BUF_INIT(LIMIT_KIB(64));
	buf_addf(&item, "- %s **", signs[v->kind]);
	add_text(m, &item, c->id);
	buf_adds(&item, "** ");
	add_text(m, &item, v->step_id);
	buf_addc(&item, '/');
	add_text(m, &item, v->expectation_id);
	if (x->expect) {
		buf_adds(&item, ": ");
		add_text(m, &item, pair_text(&x->expect->says, m->o->lang));
	}
	buf_addc(&item, '\n');
	add_line(m, &item, W_report_place, v->where);
	add_item(m, &item, W_report_expected, &v->expected);
	add_item(m, &item, W_report_found, &v->found);
	add_item(m, &item, W_report_cause, &v->cause);
	add_line(m, &item, W_report_rule, v->rule);
	add_item(m, &item, W_report_next, &v->next);
	take(m, &m->details, m->room - m->room / 2, &item);
	buf_release(&item);
}

static int take_case(void *ctx, struct report_case *c, struct err *err)
{
	struct markdown *m = ctx;
	(void)err;
	add_row(m, c);
	VEC_EACH (struct report_expect, x, &c->expects)
		if (kind_needs_work(x->verdict.kind))
			add_detail(m, c, x);
	return 0;
}

/* ---- The whole */

static void add_head(struct markdown *m, struct buf *to)
{
	const struct run_head *h = log_head(m->r->log);
	struct summary *s = summary_new(m->r);
	bool self = streq(h->purpose, "self-test");
	buf_adds(to, "## ");
	add_word(m, to, self ? W_report_title_self : W_report_title);
	if (h->system) {
		buf_adds(to, ": ");
		add_text(m, to, h->system);
		buf_addc(to, ' ');
		add_text(m, to, h->system_version ? h->system_version : "");
	}
	buf_adds(to, "\n\n**");
	add_note(m, to, &s->headline);
	buf_adds(to, ".** ");
	add_note(m, to, &s->basis);
	buf_adds(to, ".\n\n");
	for (size_t i = 0; i < s->banner_count; i++) {
		buf_adds(to, "- ");
		add_note(m, to, &s->banners[i]);
		buf_addc(to, '\n');
	}
	buf_adds(to, "- ");
	add_word(m, to, W_report_text_unchecked);
	buf_adds(to, "\n\n");
	free(s);
}

static void add_table(struct markdown *m, struct buf *to)
{
	static const enum word columns[] = { W_report_result, W_report_case,
		W_report_what, W_report_rests, W_report_time };
	for (size_t i = 0; i < COUNTOF(columns); i++) {
		buf_adds(to, "| ");
		add_word(m, to, columns[i]);
		buf_addc(to, ' ');
	}
	buf_adds(to, "|\n|---|---|---|---|---:|\n");
	buf_add(to, m->rows.ptr, m->rows.len);
	buf_addc(to, '\n');
	add_word(m, to, W_report_mark_legend);
	buf_adds(to, ".\n");
}

static void add_details(struct markdown *m, struct buf *to)
{
	if (m->details.len) {
		buf_adds(to, "\n### ");
		add_word(m, to, W_report_h_failures);
		buf_adds(to, "\n\n");
		buf_add(to, m->details.ptr, m->details.len);
	}
	if (m->left_out) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", m->left_out);
		struct note note = say_report_left_out_rows(n);
		buf_addc(to, '\n');
		add_note(m, to, &note);
		buf_addc(to, '\n');
	}
	buf_addc(to, '\n');
}

static int append(
    const struct markdown *m, const struct buf *text, struct err *err)
{
	FILE *f = fopen(m->path, "ae");
	if (!f)
		return err_errno(
		    err, ERR_IO, "cannot open the step summary '%s'", m->path);
	bool good = fwrite(text->ptr, 1, text->len, f) == text->len;
	if (fclose(f) == 0 && good)
		return 0;
	return err_errno(
	    err, ERR_IO, "cannot write the step summary '%s'", m->path);
}

static int markdown_end(void *ctx, bool good, struct err *err)
{
	struct markdown *m = ctx;
	struct buf text = BUF_INIT(LIMIT_STEP_SUMMARY);
	int rc = good ? 0 : -1;
	/* A file that others have filled stays as it is. */
	if (rc == 0 && m->room) {
		add_head(m, &text);
		add_table(m, &text);
		add_details(m, &text);
		rc = buf_check(&text, "the step summary", err);
		if (rc == 0)
			rc = append(m, &text, err);
	}
	buf_release(&text);
	buf_release(&m->rows);
	buf_release(&m->details);
	free(m->path);
	free(m);
	return rc;
}

struct sink *markdown_begin(
    struct report *r, const struct report_options *o, const char *path)
{
	struct markdown *m = xcalloc(1, sizeof(*m));
	struct stat st;
	size_t taken = stat(path, &st) == 0 ? (size_t)st.st_size : 0;
	m->sink = (struct sink){ take_case, markdown_end, m };
	m->r = r;
	m->o = o;
	m->path = xstrdup(path);
	m->room = taken + 2 * (size_t)RESERVE < LIMIT_STEP_SUMMARY
		      ? LIMIT_STEP_SUMMARY - taken - RESERVE
		      : 0;
	buf_init(&m->rows, LIMIT_STEP_SUMMARY);
	buf_init(&m->details, LIMIT_STEP_SUMMARY);
	return &m->sink;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	WIDTH = 100,
	WIDTH_ID = 34, /* longer ids get a line of their own */
	WIDTH_TIME = 9,
	WIDTH_LABEL = 13,
};

struct text {
	struct report *r;
	const struct report_options *o;
	FILE *out;
	int width_kind, width_id, width_mark;
};

/* ---- Columns: by code points, which is right for our two languages */

static int columns(const char *s)
{
	int n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static void pad(struct text *t, int n)
{
	for (; n > 0; n--)
		fputc(' ', t->out);
}

/* What may be shown of `s`: free() it. All words of a run pass here, each text
 * as a whole, for it may be split among lines afterwards. */
static char *masked(const struct text *t, const char *s)
{
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	mask_add(&text, s, t->o->mask ? t->r->host : NULL);
	char *out = buf_detach(&text, NULL);
	buf_release(&text);
	return out;
}

/* Ids and titles of a folder of any origin: no escape sequence among them. */
static void put_clean(struct text *t, const char *s)
{
	char *clean = masked(t, s);
	str_clean(clean);
	fputs(clean, t->out);
	free(clean);
}

/* `s` in `width` columns, cut with … when it is longer. */
static void cell(struct text *t, const char *s, int width)
{
	char *whole = masked(t, s), *p = whole;
	int n = columns(whole);
	str_clean(whole);
	if (n <= width) {
		fputs(whole, t->out);
		pad(t, width - n);
	} else {
		for (int left = width - 1; *p; p++) {
			if (((unsigned char)*p & 0xC0) != 0x80 && left-- == 0)
				break;
			fputc(*p, t->out);
		}
		fputs("\xE2\x80\xA6", t->out);
	}
	free(whole);
}

/* Words of `s` within the width, each new line after `indent` spaces; a word
 * longer than a line (an OID, an XPath) is left whole. */
static void wrap_from(struct text *t, const char *text, int at, int indent)
{
	char *whole = masked(t, text);
	const char *s = whole;
	for (bool first = true; *s; first = false) {
		size_t len = strcspn(s, " \n");
		char *word = xstrndup(s, len);
		int n = columns(word);
		if (!first && at + 1 + n > WIDTH) {
			fputc('\n', t->out);
			pad(t, indent);
			at = indent;
		} else if (!first) {
			fputc(' ', t->out);
			at++;
		}
		put_clean(t, word);
		at += n;
		free(word);
		s += len;
		s += strspn(s, " \n");
	}
	free(whole);
	fputc('\n', t->out);
}

static void wrap(struct text *t, const char *s, int indent)
{
	wrap_from(t, s, indent, indent);
}

static const char *in_language(const struct text *t, enum word word)
{
	return word_text(word, t->o->lang);
}

/* ---- Colour */

static const char *const colors[RESULT_COUNT] = {
	[RESULT_PASS] = "\033[32m",
	[RESULT_FAIL] = "\033[1;31m",
	[RESULT_ERROR] = "\033[1;35m",
	[RESULT_INCONCLUSIVE] = "\033[1;33m",
	[RESULT_GUARD_REFUSED] = "\033[1;33m",
	[RESULT_SKIP] = "\033[2m",
	[RESULT_OMIT] = "\033[2m",
	[RESULT_MANUAL] = "\033[36m",
};
static const char *const signs[RESULT_COUNT] = {
	[RESULT_PASS] = "\xE2\x9C\x93", /* ✓ */
	[RESULT_FAIL] = "\xE2\x9C\x97", /* ✗ */
	[RESULT_ERROR] = "!",
	[RESULT_INCONCLUSIVE] = "?",
	[RESULT_GUARD_REFUSED] = "\xE2\x96\xA0", /* ■ */
	[RESULT_SKIP] = "-",
	[RESULT_OMIT] = "-",
	[RESULT_MANUAL] = "\xE2\x9C\x8E", /* ✎ */
};

static void color(struct text *t, const char *code)
{
	if (t->o->color)
		fputs(code, t->out);
}

static void kind_word(struct text *t, enum result_kind kind, int width)
{
	color(t, colors[kind]);
	fprintf(t->out, "%s ", signs[kind]);
	cell(t, in_language(t, word_of_kind(kind)), width);
	color(t, "\033[0m");
}

static void heading(struct text *t, enum word word)
{
	fputc('\n', t->out);
	color(t, "\033[1m");
	fputs(in_language(t, word), t->out);
	color(t, "\033[0m");
	fputs("\n\n", t->out);
}

/* ---- The table */

static void seconds(struct text *t, int64_t us, char out[24])
{
	snprintf(out, 24, "%" PRId64 "%c%02" PRId64 " s", us / 1000000,
	    t->o->lang == LANG_FI ? ',' : '.', us / 10000 % 100);
}

static const char *case_title(const struct text *t, const struct report_case *c)
{
	return c->tc ? pair_text(&c->tc->title, t->o->lang) : "";
}

static int width_of_title(const struct text *t)
{
	return WIDTH - (2 + 2 + t->width_kind + 2 + t->width_id + 2 + 2 +
			   t->width_mark + WIDTH_TIME);
}

/* With the number of the run, where there are several: free() it. */
static char *row_name(const struct case_line *line)
{
	return line->run ? xasprintf("%s [%u]", line->id, line->run)
			 : xstrdup(line->id);
}

static void measure(struct text *t)
{
	VEC_EACH (struct case_line, line, &t->r->lines) {
		int kind = columns(in_language(t, word_of_kind(line->kind)));
		char *name = row_name(line);
		int id = columns(name);
		free(name);
		if (kind > t->width_kind)
			t->width_kind = kind;
		if (id > t->width_id && id <= WIDTH_ID)
			t->width_id = id;
	}
	t->width_mark = columns(in_language(t, W_report_rests));
}

static void table_row(struct text *t, const struct case_line *line)
{
	char time[24];
	char *id = row_name(line);
	int n = columns(id);
	fputs("  ", t->out);
	kind_word(t, line->kind, t->width_kind + 2);
	put_clean(t, id);
	free(id);
	if (n > t->width_id) {
		fputc('\n', t->out);
		pad(t, 2 + 2 + t->width_kind + 2 + t->width_id);
		n = t->width_id;
	}
	pad(t, t->width_id - n + 2);
	cell(t, line->title[t->o->lang], width_of_title(t));
	fputs("  ", t->out);
	cell(t, mark_letter(line->mark), t->width_mark);
	seconds(t, line->duration_us, time);
	fprintf(t->out, "%*s\n", WIDTH_TIME, line->finished ? time : "-");
}

static void table_head(struct text *t)
{
	const char *time = in_language(t, W_report_time);
	color(t, "\033[2m");
	fputs("\n    ", t->out);
	cell(t, in_language(t, W_report_result), t->width_kind + 2);
	cell(t, in_language(t, W_report_case),
	    t->width_id + 2 + width_of_title(t) + 2);
	cell(t, in_language(t, W_report_rests), t->width_mark);
	pad(t, WIDTH_TIME - columns(time));
	fprintf(t->out, "%s\n", time);
	color(t, "\033[0m");
}

static void legend(struct text *t)
{
	color(t, "\033[2m");
	fprintf(t->out, "\n    %s: %s\n", in_language(t, W_report_rests),
	    in_language(t, W_report_mark_legend));
	color(t, "\033[0m");
}

/* A line of sign, word and `text`, which is none of ours. */
static void group(struct text *t, enum result_kind kind, const char *text)
{
	const char *word = in_language(t, word_of_kind(kind));
	fputs("  ", t->out);
	kind_word(t, kind, columns(word) + 2);
	wrap_from(t, text, 2 + 2 + columns(word) + 2, 4);
}

/* Why cases were skipped or do not apply: a line for each cause. */
static void causes(struct text *t)
{
	if (t->r->cause_count)
		fputc('\n', t->out);
	for (size_t i = 0; i < t->r->cause_count; i++) {
		const struct cause *c = &t->r->causes[i];
		struct buf line = BUF_INIT(LIMIT_KIB(16));
		struct note clean;
		report_clean_note(t->r, &c->why, &clean);
		note_render(&line, &clean, t->o->lang);
		for (size_t k = 0; k < c->cases && k < REPORT_CAUSE_IDS; k++)
			buf_addf(&line, "%s %s", k ? "," : ":", c->ids[k]);
		if (c->cases > REPORT_CAUSE_IDS)
			buf_addf(&line, ", \xE2\x80\xA6 (%zu)", c->cases);
		group(t, c->kind, line.ptr);
		buf_release(&line);
	}
}

static void table(struct text *t)
{
	measure(t);
	table_head(t);
	VEC_EACH (struct case_line, line, &t->r->lines)
		table_row(t, line);
	legend(t);
	causes(t);
}

/* ---- Failures in detail */

static void labelled(struct text *t, enum word label, const char *text)
{
	if (!*text)
		return;
	fputs("      ", t->out);
	color(t, "\033[2m");
	cell(t, in_language(t, label), WIDTH_LABEL);
	color(t, "\033[0m");
	wrap(t, text, 6 + WIDTH_LABEL);
}

static void labelled_note(
    struct text *t, enum word label, const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	struct note clean;
	report_clean_note(t->r, note, &clean);
	note_render(&text, &clean, t->o->lang);
	labelled(t, label, text.ptr);
	buf_release(&text);
}

static void place(struct text *t, const struct verdict *v)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	buf_addf(&text, "%s / %s", v->step_id, v->expectation_id);
	if (v->exchange)
		buf_addf(&text, ", %s %04u",
		    in_language(t, W_report_message_no), v->exchange);
	if (*v->where)
		buf_addf(&text, ": %s", v->where);
	labelled(t, W_report_place, text.ptr);
	buf_release(&text);
}

static void failed_expectation(struct text *t, const struct report_expect *x)
{
	const struct verdict *v = &x->verdict;
	fputs("    ", t->out);
	int width = columns(in_language(t, word_of_kind(v->kind))) + 2;
	kind_word(t, v->kind, width);
	if (x->expect)
		wrap_from(t, pair_text(&x->expect->says, t->o->lang),
		    4 + 2 + width, 6);
	else
		fputc('\n', t->out);
	place(t, v);
	labelled_note(t, W_report_expected, &v->expected);
	labelled_note(t, W_report_found, &v->found);
	labelled_note(t, W_report_cause, &v->cause);
	labelled(t, W_report_rule, v->rule);
	labelled_note(t, W_report_next, &v->next);
}

static void case_heading(struct text *t, const struct report_case *c)
{
	color(t, "\033[1m");
	fputs("  ", t->out);
	put_clean(t, c->id);
	int n = columns(c->id);
	if (c->run)
		n += fprintf(t->out, " [%u]", c->run);
	fputs("  ", t->out);
	wrap_from(t, case_title(t, c), 2 + n + 2, 4);
	color(t, "\033[0m");
}

static int failures_of_case(void *ctx, struct report_case *c, struct err *err)
{
	struct text *t = ctx;
	bool first = true;
	(void)err;
	VEC_EACH (struct report_expect, x, &c->expects) {
		if (!kind_needs_work(x->verdict.kind))
			continue;
		if (first)
			case_heading(t, c);
		first = false;
		failed_expectation(t, x);
		fputc('\n', t->out);
	}
	return 0;
}

static int failures(struct text *t, struct err *err)
{
	const size_t *n = t->r->totals.expectations;
	if (!n[RESULT_FAIL] && !n[RESULT_ERROR] && !n[RESULT_INCONCLUSIVE] &&
	    !n[RESULT_GUARD_REFUSED]) {
		fputc('\n', t->out);
		return 0;
	}
	heading(t, W_report_h_failures);
	return report_each_unresolved(t->r, failures_of_case, t, err);
}

/* ---- Beginning and end */

static void top(struct text *t)
{
	const struct run_head *h = log_head(t->r->log);
	char at[CLOCK_TEXT];
	struct buf line = BUF_INIT(LIMIT_KIB(4));
	bool self = streq(h->purpose, "self-test");
	clock_rfc3339(at, report_started(t->r));
	at[10] = ' ';
	at[19] = '\0';
	color(t, "\033[1m");
	fputs(in_language(t, self ? W_report_title_self : W_report_title),
	    t->out);
	color(t, "\033[0m");
	buf_addf(&line, "  %s UTC  ", at);
	if (h->answerer == ANSWERER_TARGET) {
		struct note target = report_target_note(t->r);
		note_render(&line, &target, t->o->lang);
	} else {
		buf_adds(&line,
		    in_language(
			t, word_of("answerer_", answerer_name(h->answerer))));
	}
	if (h->answerer == ANSWERER_LOOPBACK)
		buf_addf(&line, " %s", *h->url ? h->url : h->target);
	put_clean(t, line.ptr);
	fputc('\n', t->out);
	buf_release(&line);
}

static void sentence(struct text *t, const struct note *note, const char *end)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	struct note clean;
	report_clean_note(t->r, note, &clean);
	note_render(&text, &clean, t->o->lang);
	buf_adds(&text, end);
	fputs("  ", t->out);
	wrap(t, text.ptr, 2);
	buf_release(&text);
}

/* Which cases' documents are partly the vendor's. */
static void mixed_cases(struct text *t)
{
	struct buf line = BUF_INIT(LIMIT_MIB(4));
	if (!t->r->totals.partly_vendor_documents)
		return;
	buf_addf(&line, "%s:", in_language(t, W_report_text_mixed));
	VEC_EACH (struct case_line, c, &t->r->lines)
		if (c->mixed)
			buf_addf(&line, " %s", c->id);
	fputs("  ", t->out);
	wrap(t, line.ptr, 2);
	buf_release(&line);
}

/* Of several: which number is which folder. */
static void runs(struct text *t)
{
	struct buf line = BUF_INIT(LIMIT_KIB(16));
	fprintf(t->out, "\n  %s:\n", in_language(t, W_report_h_runs));
	for (size_t i = 0; i < t->r->parts.count; i++) {
		const struct part *p = &t->r->parts.at[i];
		const struct run_head *h = log_head(p->log);
		buf_clear(&line);
		buf_addf(&line, "[%zu] %s", i + 1, log_dir(p->log));
		if (h->shards > 1)
			buf_addf(&line, "  %s %u/%u",
			    in_language(t, W_report_shard), h->shard,
			    h->shards);
		fputs("  ", t->out);
		put_clean(t, line.ptr);
		fputc('\n', t->out);
	}
	buf_release(&line);
}

static void folders(struct text *t)
{
	const char *dir = log_dir(t->r->log);
	char *usual = path_join(dir, "report.html");
	const char *html = t->r->page;
	if (report_is_several(t->r))
		runs(t);
	else if (!html && access(usual, F_OK) == 0)
		html = usual;
	if (html || !report_is_several(t->r))
		fprintf(t->out, "\n  %s: %s\n",
		    in_language(
			t, html ? W_report_text_report : W_report_text_folder),
		    html ? html : dir);
	free(usual);
}

static void bottom(struct text *t)
{
	struct note unchecked = say_report_text_unchecked();
	struct summary *s = summary_new(t->r);
	color(t, "\033[1m");
	sentence(t, &s->headline, ".");
	color(t, "\033[0m");
	sentence(t, &s->basis, ".");
	if (!streq(log_head(t->r->log)->purpose, "self-test")) {
		sentence(t, &s->vendor, ".");
		mixed_cases(t);
	}
	sentence(t, &unchecked, "");
	for (size_t i = 0; i < s->banner_count; i++)
		sentence(t, &s->banners[i], "");
	folders(t);
	free(s);
}

int report_text(struct report *r, const struct report_options *o, FILE *out,
    struct err *err)
{
	struct text t = { .r = r, .o = o, .out = out };
	top(&t);
	if (!r->totals.planned && streq(log_head(r->log)->role, "mock")) {
		fprintf(out, "\n  %s\n",
		    in_language(&t, W_report_text_mock_record));
		return 0;
	}
	table(&t);
	if (failures(&t, err) < 0)
		return -1;
	bottom(&t);
	if (ferror(out))
		return err_errno(err, ERR_IO, "cannot write the table");
	return 0;
}

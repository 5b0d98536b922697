/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"
#include "report/put.h"
#include "report/style.h"

#include <stdlib.h>

/*
 * The verdict stands above what led to it, so the files' pieces wait in two
 * temporary files until all are there. Of a clean file there is only a row.
 */
#define ROWS	"<?esitesti-rows"
#define DETAILS "<?esitesti-details"

struct html_view {
	FILE *out, *rows, *details;
	struct check_view_options o;
	struct style *style;
	struct buf xml, html;
	size_t files, findings;
	struct err err; /* the first */
};

static const char *const tones[] = {
	[STAGE_IS_CLEAN] = "passed",
	[STAGE_HAS_REMARKS] = "passed",
	[STAGE_HAS_FAILED] = "failed",
	[STAGE_IS_UNCHECKED] = "not-checked",
	[STAGE_WAS_NOT_ASKED] = "not-checked",
	[STAGE_IS_PARTLY] = "not-checked",
};

static void html_free(struct html_view *v)
{
	if (v->rows)
		fclose(v->rows);
	if (v->details)
		fclose(v->details);
	style_free(v->style);
	buf_release(&v->xml);
	buf_release(&v->html);
	free(v);
}

static void *begin_html(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct html_view *v = xcalloc(1, sizeof(*v));
	char *sheet = path_join(o->data, "harness/report/check.xsl");
	v->out = out;
	v->o = *o;
	buf_init(&v->xml, FRAGMENT_CAP);
	buf_init(&v->html, FRAGMENT_CAP);
	v->style = style_load(sheet, o->lang, err);
	v->rows = tmpfile();
	v->details = tmpfile();
	free(sheet);
	if (v->style && v->rows && v->details)
		return v;
	if (v->style)
		err_errno(err, ERR_IO, "cannot make a temporary file");
	html_free(v);
	return NULL;
}

/* ---- Pieces */

static void begin_page(struct html_view *v, const char *part)
{
	buf_clear(&v->xml);
	buf_clear(&v->html);
	buf_addf(&v->xml,
	    "<page xmlns=\"urn:esitesti:checked:1\" lang=\"%s\" part=\"%s\"",
	    lang_names[v->o.lang], part);
	put_attribute(&v->xml, "tool", "esitesti " VERSION);
	put_time(&v->xml, "started", v->o.started);
	buf_adds(&v->xml, ">\n");
}

static void end_page(struct html_view *v, FILE *to)
{
	buf_adds(&v->xml, "</page>\n");
	if (v->err.kind != ERR_NONE ||
	    buf_check(&v->xml, "one file in the report", &v->err) < 0 ||
	    style_apply(v->style, &v->xml, &v->html, &v->err) < 0)
		return;
	if (to && fwrite(v->html.ptr, 1, v->html.len, to) != v->html.len)
		err_errno(&v->err, ERR_IO, "cannot write the report");
}

static void put_sentence(
    struct html_view *v, const char *element, const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, note, v->o.lang);
	if (text.len)
		put_text(&v->xml, element, text.ptr);
	buf_release(&text);
}

static void put_if(struct html_view *v, const char *element, const char *text)
{
	if (text && *text)
		put_text(&v->xml, element, text);
}

static void put_counts(struct html_view *v, const size_t count[])
{
	put_number(&v->xml, "errors", (int64_t)count[SEVERITY_ERROR]);
	put_number(&v->xml, "warnings", (int64_t)count[SEVERITY_WARNING]);
	put_number(&v->xml, "infos", (int64_t)count[SEVERITY_INFO]);
}

static void put_finding(struct html_view *v, const struct finding *f)
{
	buf_adds(&v->xml, "<finding");
	put_attribute(&v->xml, "stage", stage_names[f->stage]);
	put_attribute(&v->xml, "severity", severity_names[f->severity]);
	put_attribute(&v->xml, "rule", f->rule);
	put_attribute(&v->xml, "field", f->field);
	put_attribute(&v->xml, "accepted", f->accepted);
	put_attribute(
	    &v->xml, "part", f->part == PART_DOCUMENT ? "document" : "file");
	if (f->line)
		put_number(&v->xml, "line", f->line);
	if (f->column)
		put_number(&v->xml, "column", f->column);
	buf_adds(&v->xml, ">\n");
	put_if(v, "text", f->text[v->o.lang]);
	put_if(v, "where", f->where);
	put_if(v, "excerpt", f->excerpt);
	put_if(v, "expression", f->expression);
	put_if(v, "clause", f->clause);
	put_if(v, "hint", f->hint[v->o.lang]);
	buf_adds(&v->xml, "</finding>\n");
}

static void put_stage(
    struct html_view *v, enum stage stage, const struct stage_result *s)
{
	buf_adds(&v->xml, "<stage");
	put_attribute(&v->xml, "name", stage_names[stage]);
	put_attribute(&v->xml, "verdict",
	    stage_verdict_names[stage_verdict(s, v->o.fail_on)]);
	put_counts(v, s->count);
	if (s->checks)
		put_number(&v->xml, "checks", (int64_t)s->checks);
	buf_adds(&v->xml, ">\n");
	put_sentence(v, "why", &s->why);
	put_sentence(v, "basis", &s->basis);
	buf_adds(&v->xml, "</stage>\n");
}

static enum verdict_of_stage file_verdict(
    const struct checked *c, enum severity fail_on)
{
	bool unchecked = false, remarks = false;
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		enum verdict_of_stage one =
		    stage_verdict(&c->stages[i], fail_on);
		if (one == STAGE_HAS_FAILED)
			return one;
		unchecked |= one == STAGE_IS_UNCHECKED;
		remarks |= one == STAGE_HAS_REMARKS;
	}
	return remarks	   ? STAGE_HAS_REMARKS
	       : unchecked ? STAGE_IS_UNCHECKED
			   : STAGE_IS_CLEAN;
}

static void put_file(struct html_view *v, const struct checked *c)
{
	size_t count[SEVERITY_COUNT] = { 0 };
	for (size_t i = 0; i < STAGE_COUNT; i++)
		for (size_t k = 0; k < SEVERITY_COUNT; k++)
			count[k] += c->stages[i].count[k];
	buf_adds(&v->xml, "<file");
	put_number(&v->xml, "number", (int64_t)v->files);
	put_attribute(&v->xml, "name", c->name);
	put_attribute(&v->xml, "sha256", c->digest);
	put_attribute(&v->xml, "content", content_names[c->content]);
	put_attribute(&v->xml, "verdict",
	    stage_verdict_names[file_verdict(c, v->o.fail_on)]);
	put_counts(v, count);
	buf_adds(&v->xml, ">\n");
	for (size_t i = 0; i < STAGE_COUNT; i++)
		put_stage(v, (enum stage)i, &c->stages[i]);
	VEC_EACH (const struct finding, f, &c->findings)
		put_finding(v, f);
	if (c->findings.more) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", c->findings.more);
		struct note more = say_checks_left_out(n);
		put_sentence(v, "left-out", &more);
	}
	buf_adds(&v->xml, "</file>\n");
}

static void file_html(void *state, const struct checked *c)
{
	struct html_view *v = state;
	v->files++;
	v->findings += c->findings.count;
	begin_page(v, "row");
	put_file(v, c);
	end_page(v, v->rows);
	if (c->findings.count == 0)
		return;
	begin_page(v, "details");
	put_file(v, c);
	end_page(v, v->details);
}

static void unread_html(void *state, const char *name, const struct err *why)
{
	struct html_view *v = state;
	begin_page(v, "row");
	buf_adds(&v->xml, "<unread");
	put_attribute(&v->xml, "name", name);
	buf_addc(&v->xml, '>');
	buf_add_xmls(&v->xml, why->msg);
	buf_adds(&v->xml, "</unread>\n");
	end_page(v, v->rows);
}

/* ---- The page */

static const char *page_tone(const struct check_totals *t)
{
	enum verdict_of_stage worst = STAGE_IS_CLEAN;
	if (t->unread > 0 || t->interrupted || t->files == 0)
		return "unread";
	if (t->files_failed > 0)
		return "failed";
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (t->stages[i].not_done > 0)
			worst = STAGE_IS_UNCHECKED;
	return tones[worst];
}

static void put_stage_totals(
    struct html_view *v, enum stage stage, const struct stage_totals *s)
{
	struct note partly = stage_partly(s);
	buf_adds(&v->xml, "<stage");
	put_attribute(&v->xml, "name", stage_names[stage]);
	put_attribute(&v->xml, "verdict",
	    stage_verdict_names[stage_totals_verdict(s, v->o.fail_on)]);
	put_counts(v, s->count);
	buf_adds(&v->xml, ">\n");
	for (size_t i = 0; i < s->base_count; i++)
		put_sentence(v, "basis", &s->bases[i]);
	if (s->other_bases > 0) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", s->other_bases);
		struct note others = say_checks_more_bases(n);
		put_sentence(v, "basis", &others);
	}
	if (s->not_done > 0 && s->done > 0)
		put_sentence(v, "partly", &partly);
	if (s->not_done > 0)
		put_sentence(v, "why", &s->why);
	buf_adds(&v->xml, "</stage>\n");
}

static void put_totals(struct html_view *v, const struct check_totals *t)
{
	char n[4][24];
	struct buf head = BUF_INIT(LIMIT_KIB(16));
	snprintf(n[0], sizeof(n[0]), "%zu", t->files);
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		snprintf(n[i + 1], sizeof(n[0]), "%zu", t->count[i]);
	struct note counts = say_checks_counts(n[0], n[1], n[2], n[3]);
	buf_adds(&v->xml, "<totals");
	put_attribute(&v->xml, "tone", page_tone(t));
	put_number(&v->xml, "findings", (int64_t)v->findings);
	buf_adds(&v->xml, ">\n");
	checks_headline(&head, t, v->o.lang);
	put_text(&v->xml, "headline", head.ptr);
	buf_release(&head);
	put_sentence(v, "counts", &counts);
	for (size_t i = 0; i < STAGE_COUNT; i++)
		put_stage_totals(v, (enum stage)i, &t->stages[i]);
	if (t->accepted) {
		snprintf(n[0], sizeof(n[0]), "%zu", t->accepted);
		struct note accepted = say_checks_counts_accepted(n[0]);
		put_sentence(v, "remark", &accepted);
	}
	VEC_EACH (const struct note, remark, &t->remarks)
		put_sentence(v, "remark", remark);
	buf_adds(&v->xml, "</totals>\n");
}

static void copy_file(FILE *from, FILE *to)
{
	char chunk[16384];
	size_t n;
	rewind(from);
	while ((n = fread(chunk, 1, sizeof(chunk), from)) > 0)
		fwrite(chunk, 1, n, to);
}

/* The page, the files in the place of its two marks. */
static void write_page(struct html_view *v, const char *page)
{
	const struct {
		const char *mark;
		FILE *from;
	} marks[] = { { ROWS, v->rows }, { DETAILS, v->details } };
	fputs("<!DOCTYPE html>\n", v->out);
	for (size_t i = 0; i < COUNTOF(marks); i++) {
		const char *at = strstr(page, marks[i].mark);
		const char *end = at ? strstr(at, "?>") : NULL;
		if (!end)
			continue; /* a stylesheet that leaves it out */
		fwrite(page, 1, (size_t)(at - page), v->out);
		copy_file(marks[i].from, v->out);
		page = end + 2;
	}
	fputs(page, v->out);
}

static int end_html(void *state, const struct check_totals *t, struct err *err)
{
	struct html_view *v = state;
	begin_page(v, "page");
	put_totals(v, t);
	end_page(v, NULL);
	int rc = 0;
	if (v->err.kind == ERR_NONE) {
		write_page(v, v->html.ptr);
	} else {
		*err = err->kind == ERR_NONE ? v->err : *err;
		rc = -1;
	}
	html_free(v);
	return rc;
}

const struct check_view check_view_html = {
	.name = "html",
	.begin = begin_html,
	.file = file_html,
	.unread = unread_html,
	.end = end_html,
};

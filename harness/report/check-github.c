/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/xalloc.h"
#include "report/annotate.h"
#include "report/checks-inside.h"

/* GitHub's workflow commands: a line for each finding that counts, errors of
 * each file before its warnings. */
struct github_view {
	FILE *out;
	struct check_view_options o;
	size_t written, left_out;
};

static const char *const levels[SEVERITY_COUNT] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_INFO] = "notice",
};

static void *begin_github(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct github_view *v = xcalloc(1, sizeof(*v));
	(void)err;
	v->out = out;
	v->o = *o;
	return v;
}

/* "::error file=a.xml,line=3,col=5,title=ESI-H-01::" */
static void add_command(const struct github_view *v, struct buf *line,
    const char *level, const char *file, const struct finding *f)
{
	char *path = annotation_path(v->o.workspace, file);
	buf_addf(line, "::%s ", level);
	if (path) {
		buf_adds(line, "file=");
		annotation_escape(line, path, true);
		if (f && f->part == PART_FILE && f->line > 0)
			buf_addf(line, ",line=%u,col=%u", f->line,
			    f->column ? f->column : 1);
		buf_addc(line, ',');
	}
	buf_adds(line, "title=");
	annotation_escape(line, f ? f->rule : "esitesti", true);
	buf_adds(line, "::");
	free(path);
}

static void write_line(struct github_view *v, struct buf *line)
{
	fprintf(v->out, "%s\n", line->ptr);
	buf_release(line);
}

static void add_line(const struct github_view *v, struct buf *to,
    enum word label, const char *text)
{
	if (text && *text)
		buf_addf(to, "\n%s: %s", word_text(label, v->o.lang), text);
}

static void annotate(
    struct github_view *v, const struct checked *c, const struct finding *f)
{
	struct buf line = BUF_INIT(LIMIT_KIB(128));
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	if (v->written == LIMIT_ANNOTATIONS) {
		v->left_out++;
		return;
	}
	v->written++;
	add_command(v, &line, levels[f->severity], c->name, f);
	buf_adds(&text, f->text[v->o.lang]);
	add_line(v, &text, W_checks_place, f->where);
	add_line(v, &text, W_checks_clause, f->clause);
	add_line(v, &text, W_checks_next, f->hint[v->o.lang]);
	annotation_escape(&line, text.ptr, false);
	write_line(v, &line);
	buf_release(&text);
}

static void file_github(void *state, const struct checked *c)
{
	VEC_EACH (struct finding, f, &c->findings)
		if (!f->accepted)
			annotate(state, c, f);
}

static void unread_github(void *state, const char *name, const struct err *why)
{
	struct github_view *v = state;
	struct buf line = BUF_INIT(LIMIT_KIB(16));
	add_command(v, &line, "error", name, NULL);
	annotation_escape(&line, why->msg, false);
	write_line(v, &line);
}

static int end_github(
    void *state, const struct check_totals *t, struct err *err)
{
	struct github_view *v = state;
	(void)t;
	(void)err;
	if (v->left_out) {
		struct buf text = BUF_INIT(LIMIT_KIB(16));
		char n[24];
		snprintf(n, sizeof(n), "%zu", v->left_out);
		struct note more = say_report_more_annotations(n);
		note_render(&text, &more, v->o.lang);
		fprintf(v->out, "::notice title=esitesti::%s\n", text.ptr);
		buf_release(&text);
	}
	free(v);
	return 0;
}

const struct check_view check_view_github = {
	.name = "github",
	.begin = begin_github,
	.file = file_github,
	.unread = unread_github,
	.end = end_github,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"

/*
 * For people at a terminal, and for editors: "file:line:column: severity …" is
 * what they know how to jump to.
 */
struct text_view {
	FILE *out;
	struct check_view_options o;
};

static void *begin_text(FILE *out, const struct check_view_options *o)
{
	struct text_view *v = xcalloc(1, sizeof(*v));
	v->out = out;
	v->o = *o;
	return v;
}

static void print_note(
    const struct text_view *v, const char *before, const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, note, v->o.lang);
	fprintf(v->out, "%s%s\n", before, text.ptr);
	buf_release(&text);
}

static void print_finding(
    const struct text_view *v, const struct checked *c, const struct finding *f)
{
	static const char *const colors[SEVERITY_COUNT] = {
		[SEVERITY_ERROR] = "\033[31m",
		[SEVERITY_WARNING] = "\033[33m",
		[SEVERITY_INFO] = "\033[36m",
	};
	enum lang lang = v->o.lang;
	fputs(c->name, v->out);
	if (f->part == PART_DOCUMENT)
		fputs("#document", v->out);
	if (f->line > 0)
		fprintf(v->out, ":%u:%u", f->line, f->column);
	fprintf(v->out, ": %s%s%s %s: %s\n",
	    v->o.color ? colors[f->severity] : "", severity_names[f->severity],
	    v->o.color ? "\033[0m" : "", f->rule, f->text[lang]);
	if (*f->where)
		fprintf(v->out, "    %s\n", f->where);
	if (f->hint[lang])
		fprintf(v->out, "    -> %s\n", f->hint[lang]);
}

static void file_text(void *state, const struct checked *c)
{
	const struct text_view *v = state;
	VEC_EACH (struct finding, f, &c->findings)
		print_finding(v, c, f);
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (c->stages[i].state == STAGE_NOT_DONE) {
			fprintf(v->out, "%s: %s not checked: ", c->name,
			    stage_names[i]);
			print_note(v, "", &c->stages[i].why);
		}
}

static void end_text(void *state, const struct check_totals *t)
{
	struct text_view *v = state;
	fprintf(v->out, "%zu file%s checked: %zu error%s, %zu warning%s\n",
	    t->files, t->files == 1 ? "" : "s", t->count[SEVERITY_ERROR],
	    t->count[SEVERITY_ERROR] == 1 ? "" : "s",
	    t->count[SEVERITY_WARNING],
	    t->count[SEVERITY_WARNING] == 1 ? "" : "s");
	free(v);
}

const struct check_view check_view_text = {
	.name = "text",
	.begin = begin_text,
	.file = file_text,
	.end = end_text,
};

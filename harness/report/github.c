/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "base/str.h"
#include "report/annotate.h"

#include <stdlib.h>
#include <unistd.h>

/*
 * GitHub's workflow commands: a line for each expectation that somebody has to
 * look into, at the vendor's document that was sent, or at the case.
 */
struct annotations {
	struct sink sink;
	struct report *r;
	const struct report_options *o;
	FILE *to;
	size_t written, left_out;
};

/* An environment that was away is no error in anybody's file. */
static const char *const levels[RESULT_COUNT] = {
	[RESULT_FAIL] = "error",
	[RESULT_ERROR] = "error",
	[RESULT_GUARD_REFUSED] = "error",
	[RESULT_INCONCLUSIVE] = "warning",
};

void annotation_escape(struct buf *to, const char *s, bool property)
{
	for (; *s; s++)
		if (strchr(property ? "%\r\n:," : "%\r\n", *s))
			buf_addf(to, "%%%02X", (unsigned)*s);
		else
			buf_addc(to, *s);
}

char *annotation_path(const char *workspace, const char *file)
{
	char *here = *file == '/' ? NULL : getcwd(NULL, 0);
	char *whole = here ? path_join(here, file) : xstrdup(file);
	size_t len = workspace ? strlen(workspace) : 0;
	while (len > 1 && workspace[len - 1] == '/')
		len--;
	char *out = NULL;
	if (strstr(file, "../"))
		out = NULL;
	else if (len > 1 && strncmp(whole, workspace, len) == 0 &&
		 whole[len] == '/')
		out = xstrdup(whole + len + 1);
	else if (*file != '/') /* a container may know it by another name */
		out = xstrdup(file);
	free(whole);
	free(here);
	return out;
}

static const struct exchange *exchange_of(
    const struct report_case *c, const struct verdict *v)
{
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_EXCHANGE && e->exchange->seq == v->exchange)
			return e->exchange;
	return NULL;
}

/* What was wrong with a vendor's document is to be mended in its file. */
static const char *document_file(
    const struct report_case *c, const struct verdict *v)
{
	const struct exchange *x = exchange_of(c, v);
	bool about_it =
	    v->kind == RESULT_FAIL || v->kind == RESULT_GUARD_REFUSED;
	return x && about_it && *x->document_file ? x->document_file : NULL;
}

static void add_place(struct annotations *a, struct buf *to,
    const struct report_case *c, const struct report_expect *x)
{
	const char *document = document_file(c, &x->verdict);
	const char *from = document ? document : c->file;
	char *file = from ? annotation_path(a->o->workspace, from) : NULL;
	if (!file)
		return;
	buf_adds(to, "file=");
	annotation_escape(to, file, true);
	if (!document && x->expect)
		buf_addf(to, ",line=%u", x->expect->line);
	buf_addc(to, ',');
	free(file);
}

static void add_title(struct annotations *a, struct buf *to,
    const struct report_case *c, const struct report_expect *x)
{
	struct buf title = BUF_INIT(LIMIT_KIB(4));
	plain_text(&title, a->r, a->o, c->id);
	buf_addc(&title, ' ');
	plain_text(&title, a->r, a->o, x->verdict.step_id);
	buf_addc(&title, '/');
	plain_text(&title, a->r, a->o, x->verdict.expectation_id);
	buf_addf(&title, " (%s)",
	    word_text(word_of_kind(x->verdict.kind), a->o->lang));
	buf_adds(to, "title=");
	annotation_escape(to, title.ptr, true);
	buf_release(&title);
}

static void add_note(struct annotations *a, struct buf *to, enum word label,
    const struct note *note)
{
	if (note->word == W_none)
		return;
	buf_addf(to, "\n%s: ", word_text(label, a->o->lang));
	plain_note(to, a->r, a->o, note);
}

static void add_line(
    struct annotations *a, struct buf *to, enum word label, const char *text)
{
	if (!*text)
		return;
	buf_addf(to, "\n%s: ", word_text(label, a->o->lang));
	plain_text(to, a->r, a->o, text);
}

static void add_message(
    struct annotations *a, struct buf *to, const struct report_expect *x)
{
	const struct verdict *v = &x->verdict;
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	plain_outcome(&text, a->r, a->o, x);
	add_line(a, &text, W_report_place, v->where);
	add_note(a, &text, W_report_expected, &v->expected);
	add_note(a, &text, W_report_cause, &v->cause);
	add_line(a, &text, W_report_rule, v->rule);
	add_note(a, &text, W_report_next, &v->next);
	annotation_escape(to, text.ptr, false);
	buf_release(&text);
}

static int write_line(struct annotations *a, struct buf *line, struct err *err)
{
	buf_addc(line, '\n');
	if (fwrite(line->ptr, 1, line->len, a->to) == line->len)
		return 0;
	return err_errno(err, ERR_IO, "cannot write the annotations");
}

static int annotate(struct annotations *a, const struct report_case *c,
    const struct report_expect *x, struct err *err)
{
	struct buf line = BUF_INIT(LIMIT_KIB(128));
	if (a->written++ >= LIMIT_ANNOTATIONS) {
		a->left_out++;
		return 0;
	}
	buf_addf(&line, "::%s ", levels[x->verdict.kind]);
	add_place(a, &line, c, x);
	add_title(a, &line, c, x);
	buf_adds(&line, "::");
	add_message(a, &line, x);
	int rc = write_line(a, &line, err);
	buf_release(&line);
	return rc;
}

static int annotate_case(void *ctx, struct report_case *c, struct err *err)
{
	struct annotations *a = ctx;
	VEC_EACH (struct report_expect, x, &c->expects)
		if (levels[x->verdict.kind] && annotate(a, c, x, err) < 0)
			return -1;
	return 0;
}

/* What is of no single case. */
static int annotate_run(struct annotations *a, const char *level,
    const struct note *note, struct err *err)
{
	struct buf line = BUF_INIT(LIMIT_KIB(16));
	struct buf text = BUF_INIT(LIMIT_KIB(8));
	buf_addf(&line, "::%s title=esitesti::", level);
	plain_note(&text, a->r, a->o, note);
	annotation_escape(&line, text.ptr, false);
	int rc = write_line(a, &line, err);
	buf_release(&text);
	buf_release(&line);
	return rc;
}

static int annotations_end(void *ctx, bool good, struct err *err)
{
	struct annotations *a = ctx;
	enum word trouble = run_trouble(a->r);
	int rc = good ? 0 : -1;
	if (rc == 0 && a->left_out) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", a->left_out);
		struct note more = say_report_more_annotations(n);
		rc = annotate_run(a, "notice", &more, err);
	}
	if (rc == 0 && trouble != W_none) {
		struct note note = note_make(trouble, 0, NULL);
		rc = annotate_run(a, "error", &note, err);
	}
	free(a);
	return rc;
}

struct sink *annotations_begin(
    struct report *r, const struct report_options *o, FILE *stream)
{
	struct annotations *a = xcalloc(1, sizeof(*a));
	a->sink = (struct sink){ annotate_case, annotations_end, a };
	a->r = r;
	a->o = o;
	a->to = stream;
	return &a->sink;
}

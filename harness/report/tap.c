/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "record/fields.h"

#include <inttypes.h>
#include <stdlib.h>

/*
 * TAP 14: a test point for each case, its expectations as a subtest, and for
 * what is not ok a YAML block. Keys, ids and the kinds are the same in every
 * language. An older consumer passes over what is indented.
 */
struct tap {
	struct sink sink;
	struct report *r;
	const struct report_options *o;
	struct file_writer file; /* not begun when `to` is somebody else's */
	FILE *to;
	struct buf text;
	size_t number;
};

/* What a kind is in TAP: what is left to a person is still to be done, which is
 * no failure; what could not be judged is one. */
static const struct {
	bool ok;
	const char *directive;
} kinds[RESULT_COUNT] = {
	[RESULT_PASS] = { true, NULL },
	[RESULT_FAIL] = { false, NULL },
	[RESULT_ERROR] = { false, NULL },
	[RESULT_INCONCLUSIVE] = { false, NULL },
	[RESULT_GUARD_REFUSED] = { false, NULL },
	[RESULT_SKIP] = { true, "# SKIP" },
	[RESULT_OMIT] = { true, "# SKIP" },
	[RESULT_MANUAL] = { false, "# TODO" },
};

#define STEP "    " /* of a subtest */

/* '#' would begin a directive. */
static void add_escaped(struct buf *to, const char *s)
{
	for (; *s; s++) {
		if (*s == '#' || *s == '\\')
			buf_addc(to, '\\');
		buf_addc(to, *s);
	}
}

static void add_words(struct tap *t, const char *words)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	plain_text(&line, t->r, t->o, words);
	add_escaped(&t->text, line.ptr);
	buf_release(&line);
}

static void add_comment(struct tap *t, const struct note *note)
{
	buf_adds(&t->text, "# ");
	plain_note(&t->text, t->r, t->o, note);
	buf_addc(&t->text, '\n');
}

/* ---- YAML: a JSON text is a double-quoted YAML one */

static void add_value(
    struct tap *t, const char *indent, const char *key, const char *value)
{
	if (!*value)
		return;
	json_t *json = fields_text(value);
	char *quoted = json_dumps(json, JSON_ENCODE_ANY);
	buf_addf(&t->text, "%s%s: %s\n", indent, key, quoted ? quoted : "\"\"");
	free(quoted);
	json_decref(json);
}

static void add_plain(
    struct tap *t, const char *indent, const char *key, const char *text)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	plain_text(&line, t->r, t->o, text);
	add_value(t, indent, key, line.ptr);
	buf_release(&line);
}

static void add_note(struct tap *t, const char *key, const struct note *note)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	plain_note(&line, t->r, t->o, note);
	add_value(t, STEP "  ", key, line.ptr);
	buf_release(&line);
}

static void add_details(
    struct tap *t, const struct report_case *c, const struct report_expect *x)
{
	const struct verdict *v = &x->verdict;
	buf_adds(&t->text, STEP "  ---\n");
	add_value(t, STEP "  ", "kind", result_name(v->kind));
	add_plain(t, STEP "  ", "place", v->where);
	add_note(t, "expected", &v->expected);
	add_note(t, "found", &v->found);
	add_note(t, "cause", &v->cause);
	add_plain(t, STEP "  ", "rule", v->rule);
	add_note(t, "next", &v->next);
	if (v->exchange)
		buf_addf(&t->text, STEP "  message: %u\n", v->exchange);
	if (c->file && x->expect) {
		buf_adds(&t->text, STEP "  at:\n");
		add_plain(t, STEP "    ", "file", c->file);
		buf_addf(&t->text, STEP "    line: %u\n", x->expect->line);
	}
	buf_adds(&t->text, STEP "  ...\n");
}

/* ---- Test points */

static void begin_point(
    struct tap *t, const char *indent, enum result_kind kind, size_t number)
{
	buf_addf(&t->text, "%s%s %zu - ", indent,
	    kinds[kind].ok ? "ok" : "not ok", number);
}

static void end_point(
    struct tap *t, enum result_kind kind, const struct verdict *why)
{
	if (kinds[kind].directive)
		buf_addf(&t->text, " %s ", kinds[kind].directive);
	if (kinds[kind].directive && why) {
		bool cause = why->cause.word != W_none;
		struct buf line = BUF_INIT(LIMIT_KIB(64));
		plain_note(
		    &line, t->r, t->o, cause ? &why->cause : &why->found);
		add_escaped(&t->text, line.ptr);
		buf_release(&line);
	}
	buf_addc(&t->text, '\n');
}

static void add_expectation(
    struct tap *t, const struct report_case *c, size_t i)
{
	const struct report_expect *x = &c->expects.at[i];
	enum result_kind kind = x->verdict.kind;
	begin_point(t, STEP, kind, i + 1);
	add_words(t, x->verdict.step_id);
	buf_addc(&t->text, '/');
	add_words(t, x->verdict.expectation_id);
	if (x->expect) {
		buf_adds(&t->text, ": ");
		add_words(t, pair_text(&x->expect->says, t->o->lang));
	}
	end_point(t, kind, &x->verdict);
	if (!kinds[kind].ok && !kinds[kind].directive)
		add_details(t, c, x);
}

/* The first expectation that made the case what it is. */
static const struct verdict *reason(const struct report_case *c)
{
	VEC_EACH (struct report_expect, x, &c->expects)
		if (x->verdict.kind == c->kind)
			return &x->verdict;
	return NULL;
}

static void add_subtest(struct tap *t, const struct report_case *c)
{
	buf_adds(&t->text, "# Subtest: ");
	add_words(t, c->id);
	buf_addf(&t->text, "\n" STEP "1..%zu\n", c->expects.count);
	for (size_t i = 0; i < c->expects.count; i++)
		add_expectation(t, c, i);
}

static int flush(struct tap *t, struct err *err)
{
	if (buf_check(&t->text, "one case in TAP", err) < 0)
		return -1;
	if (fwrite(t->text.ptr, 1, t->text.len, t->to) != t->text.len)
		return err_errno(err, ERR_IO, "cannot write the TAP");
	buf_clear(&t->text);
	return 0;
}

static int write_case(void *ctx, struct report_case *c, struct err *err)
{
	struct tap *t = ctx;
	if (c->expects.count)
		add_subtest(t, c);
	begin_point(t, "", c->kind, ++t->number);
	add_words(t, c->id);
	if (c->tc) {
		buf_adds(&t->text, ": ");
		add_words(t, pair_text(&c->tc->title, t->o->lang));
	}
	end_point(t, c->kind, reason(c));
	buf_adds(&t->text, "  ---\n");
	add_value(t, "  ", "kind", result_name(c->kind));
	add_value(t, "  ", "rests-on", mark_letter(c->mark));
	add_value(t, "  ", "documents", report_documents(c));
	buf_addf(&t->text, "  duration_ms: %" PRId64 ".%03" PRId64 "\n  ...\n",
	    c->duration_us / 1000, c->duration_us % 1000);
	return flush(t, err);
}

/* ---- The whole */

/* A record that cannot be trusted is a failure of its own. */
static void add_trouble(struct tap *t, enum word trouble)
{
	if (trouble == W_none)
		return;
	begin_point(t, "", RESULT_ERROR, ++t->number);
	buf_addf(&t->text, "run: %s\n", word_text(trouble, t->o->lang));
}

static int write_head(struct tap *t, struct err *err)
{
	enum word trouble = run_trouble(t->r);
	struct summary *s = summary_new(t->r);
	buf_addf(&t->text, "TAP version %d\n1..%zu\n", t->o->tap_13 ? 13 : 14,
	    t->r->lines.count + (trouble != W_none));
	add_comment(t, &s->headline);
	add_comment(t, &s->basis);
	for (size_t i = 0; i < s->banner_count; i++)
		add_comment(t, &s->banners[i]);
	add_trouble(t, trouble);
	free(s);
	return flush(t, err);
}

static void tap_free(struct tap *t)
{
	file_abandon(&t->file);
	buf_release(&t->text);
	free(t);
}

static int tap_end(void *ctx, bool good, struct err *err)
{
	struct tap *t = ctx;
	int rc = good ? 0 : -1;
	if (rc < 0 && !t->file.stream)
		fputs("Bail out!\n", t->to);
	if (rc == 0 && t->file.stream)
		rc = file_commit(&t->file, err);
	tap_free(t);
	return rc;
}

struct sink *tap_begin(struct report *r, const struct report_options *o,
    const char *path, FILE *stream, struct err *err)
{
	struct tap *t = xcalloc(1, sizeof(*t));
	t->sink = (struct sink){ write_case, tap_end, t };
	t->r = r;
	t->o = o;
	buf_init(&t->text, FRAGMENT_CAP);
	if (!stream && file_begin(&t->file, path, 0600, err) < 0)
		goto fail;
	t->to = stream ? stream : t->file.stream;
	if (write_head(t, err) == 0)
		return &t->sink;
fail:
	tap_free(t);
	return NULL;
}

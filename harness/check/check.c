/* SPDX-License-Identifier: Apache-2.0 */
#include "check/check.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/inputs.h"
#include "check/stage.h"
#include "record/digest.h"

const char *const content_names[4] = {
	[CONTENT_CDA] = "cda",
	[CONTENT_FRAME] = "frame",
	[CONTENT_SOAP] = "soap",
	[CONTENT_OTHER] = "other",
};

/* In Kela's order; the first also finds out what the file is. */
static const struct stage_kind *const kinds[STAGE_COUNT] = {
	[STAGE_SYNTACTIC] = &stage_syntactic,
	[STAGE_SCHEMA] = &stage_schema,
	[STAGE_RULES] = &stage_rules,
	[STAGE_CODES] = &stage_codes,
	[STAGE_SIGNATURE] = &stage_signature,
	[STAGE_GUARD] = &stage_guard,
};

struct check_plan {
	struct check_options options;
	void *shared[STAGE_COUNT];
};

struct checker {
	const struct check_plan *plan;
	void *own[STAGE_COUNT];
};

struct check_plan *check_plan_new(
    const struct check_options *options, struct err *err)
{
	struct check_plan *plan = xcalloc(1, sizeof(*plan));
	plan->options = *options;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (options->stages[i] && kinds[i] && kinds[i]->prepare &&
		    kinds[i]->prepare(&plan->shared[i], &plan->options, err) <
			0) {
			check_plan_free(plan);
			return NULL;
		}
	return plan;
}

void check_plan_free(struct check_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (kinds[i] && kinds[i]->release)
			kinds[i]->release(plan->shared[i]);
	free(plan);
}

struct checker *checker_new(const struct check_plan *plan)
{
	struct checker *c = xcalloc(1, sizeof(*c));
	c->plan = plan;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (plan->options.stages[i] && kinds[i] && kinds[i]->begin)
			c->own[i] = kinds[i]->begin(plan->shared[i]);
	return c;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (kinds[i] && kinds[i]->end)
			kinds[i]->end(c->own[i]);
	free(c);
}

static void set_text(char *to[LANG_COUNT], const struct note *note)
{
	for (size_t i = 0; i < LANG_COUNT; i++) {
		struct buf text = BUF_INIT(LIMIT_KIB(16));
		note_render(&text, note, (enum lang)i);
		to[i] = finding_text(text.ptr);
		buf_release(&text);
	}
}

struct finding *look_find(struct look *l, enum rule rule, enum part part,
    const xmlNode *node, const char *attribute, struct note text)
{
	const struct rule_row *row = &rule_rows[rule];
	struct finding *f = findings_add(&l->out->findings);
	if (!f)
		return NULL;
	struct buf where = BUF_INIT(LIMIT_KIB(16));
	struct note hint = note_make(row->hint, 0, NULL);
	f->stage = row->stage;
	f->severity = row->severity;
	f->rule = xstrdup(row->name);
	f->clause = *row->clause ? xstrdup(row->clause) : NULL;
	set_text(f->text, &text);
	set_text(f->hint, &hint);
	f->part = part;
	if (node) {
		xml_path(&where, node, attribute);
		f->line = xml_line(node);
		f->column = xml_column(node);
	}
	f->where = finding_text(where.ptr ? where.ptr : "");
	buf_release(&where);
	return f;
}

void checked_count(struct checked *c)
{
	c->accepted = 0;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		memset(c->stages[i].count, 0, sizeof(c->stages[i].count));
	VEC_EACH (struct finding, f, &c->findings) {
		if (f->accepted)
			c->accepted++;
		else
			c->stages[f->stage].count[f->severity]++;
	}
}

static void release_look(struct look *l)
{
	if (l->document != l->file)
		xml_free(l->document);
	xml_free(l->file);
	if (l->document_bytes != l->bytes)
		free((void *)(uintptr_t)l->document_bytes);
	free(l->content_id);
}

/* ---- Ahead */

static bool wants_ahead(const struct check_plan *plan)
{
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (plan->options.stages[i] && kinds[i]->wants_ahead &&
		    kinds[i]->wants_ahead(plan->shared[i]))
			return true;
	return false;
}

/* Reads it as the first stage does, shows it, and forgets it. */
static int show_ahead(struct check_plan *plan, const char *name)
{
	struct buf bytes = BUF_INIT(LIMIT_XML_BYTES);
	struct err ignored = { 0 };
	struct checked nothing = { .name = finding_text(name) };
	struct look l = {
		.options = &plan->options, .name = name, .out = &nothing
	};
	int rc = 0;
	if (input_read(&bytes, name, &ignored) == 0) {
		l.bytes = bytes.ptr;
		l.len = bytes.len;
		stage_syntactic.look(
		    &l, &nothing.stages[STAGE_SYNTACTIC], NULL);
	}
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (plan->options.stages[i] && kinds[i]->ahead &&
		    kinds[i]->ahead(&l, plan->shared[i]) < 0)
			rc = -1;
	release_look(&l);
	checked_release(&nothing);
	buf_release(&bytes);
	return rc;
}

size_t check_plan_ahead(struct check_plan *plan, char *const names[],
    size_t count, const atomic_int *stopped)
{
	size_t n = 0;
	if (!wants_ahead(plan))
		return count;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (kinds[i]->forget)
			kinds[i]->forget(plan->shared[i]);
	/* What can be read but once goes alone. */
	for (; n < count && !(stopped && atomic_load(stopped) > 0); n++)
		if (input_stays(names[n]) && show_ahead(plan, names[n]) < 0)
			break;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (plan->options.stages[i] && kinds[i]->do_ahead)
			kinds[i]->do_ahead(plan->shared[i], stopped);
	/* One that alone is too much for it is looked at without. */
	return n == 0 && !(stopped && atomic_load(stopped) > 0) ? 1 : n;
}

/* The first stage always looks, for the others need what it reads. */
void checker_look(struct checker *c, const char *name, const void *bytes,
    size_t len, struct checked *out)
{
	int64_t begin = clock_monotonic();
	struct look l = {
		.options = &c->plan->options,
		.name = name,
		.out = out,
		.bytes = bytes,
		.len = len,
	};
	*out = (struct checked){
		.name = finding_text(name),
		.content = CONTENT_OTHER,
	};
	digest_text(bytes, len, out->digest);
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		struct stage_result *result = &out->stages[i];
		bool asked = l.options->stages[i] || i == STAGE_SYNTACTIC;
		if (!kinds[i] || !asked)
			continue;
		result->state = STAGE_DONE;
		kinds[i]->look(&l, result, c->own[i]);
	}
	if (l.options->excerpts)
		look_excerpts(&l);
	release_look(&l);
	out->told = findings_tell_once(&out->findings);
	findings_sort(&out->findings);
	checked_count(out);
	out->took = clock_monotonic() - begin;
}

void checked_release(struct checked *c)
{
	free(c->name);
	findings_release(&c->findings);
	*c = (struct checked){ .name = NULL };
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include "base/limits.h"
#include "base/str.h"
#include "report/inside.h"

#include <stdlib.h>

static void warn_input(struct report *r, const char *name, const char *why)
{
	if (r->warning_count < REPORT_WARNINGS)
		r->warnings[r->warning_count++] =
		    say_report_input_lost(name, why);
}

static void load_dialect(struct report *r)
{
	struct buf bytes = BUF_INIT(LIMIT_CONFIG_FILE);
	struct err err = { 0 };
	if (log_input(r->log, "dialect.xml", &bytes, &err) == 0)
		r->dialect =
		    dialect_recorded(bytes.ptr, bytes.len, "dialect.xml", &err);
	if (!r->dialect && !streq(log_head(r->log)->role, "mock"))
		warn_input(r, "dialect.xml", err.msg);
	buf_release(&bytes);
}

/* Facts are optional among the inputs; log_input checks their digest. */
static void load_facts(struct report *r)
{
	struct buf bytes = BUF_INIT(LIMIT_CONFIG_FILE);
	struct err err = { 0 };
	if (log_input(r->log, "facts.xml", &bytes, &err) == 0) {
		r->facts =
		    facts_parse(bytes.ptr, bytes.len, "inputs/facts.xml", &err);
		if (!r->facts)
			warn_input(r, "facts.xml", err.msg);
	}
	buf_release(&bytes);
}

static void keep_origin(struct report *r, const struct log_event *e)
{
	bool added;
	names_add(&r->origin_names, e->input.name, &added);
	if (added)
		*VEC_PUSH(&r->origins) = xstrdup(e->input.origin);
}

static const char *find_origin(const struct report *r, const char *case_id)
{
	char *name = xasprintf("cases/%s.xml", case_id);
	long i = names_find(&r->origin_names, name);
	free(name);
	return i < 0 ? NULL : r->origins.at[i];
}

static bool is_warned(const struct report *r, const struct note *note)
{
	for (size_t i = 0; i < r->warning_count; i++)
		if (memcmp(&r->warnings[i], note, sizeof(*note)) == 0)
			return true;
	return false;
}

/* What was remarked of no single case is said of the whole run. Of several
 * runs, each tells in its own row which shard it is. */
static void load_remarks(struct report *r, struct part *p)
{
	struct log_events events = { 0 };
	struct err err = { 0 };
	if (log_case(p->log, "", &events, &err) < 0)
		return; /* the walk over the cases tells it */
	VEC_EACH (struct log_event, e, &events) {
		if (e->kind == LOG_INPUT && e->input.origin)
			keep_origin(r, e);
		if (e->kind != LOG_REMARK)
			continue;
		const struct note *note = &e->remark.note;
		bool is_shard = note->word == W_run_shard ||
				note->word == W_run_shard_empty;
		if (is_shard)
			p->shard = *note;
		if (is_shard && report_is_several(r))
			continue;
		if (r->warning_count < REPORT_WARNINGS && !is_warned(r, note))
			r->warnings[r->warning_count++] = *note;
	}
	log_events_release(&events);
}

static struct testcase *load_case(
    struct report *r, const char *id, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_CASE_FILE);
	struct testcase *tc = NULL;
	char *name = xasprintf("cases/%s.xml", id);
	if (log_input(r->log, name, &bytes, err) == 0)
		tc = testcase_parse(bytes.ptr, bytes.len, name, r->facts, err);
	free(name);
	buf_release(&bytes);
	return tc;
}

/* ---- One case */

static const struct verdict *find_verdict(
    const struct report_case *c, const char *step, const char *expect)
{
	const struct verdict *found = NULL;
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_VERDICT && streq(e->verdict.step_id, step) &&
		    streq(e->verdict.expectation_id, expect))
			found = &e->verdict; /* the last one stands */
	return found;
}

static bool has_ended(
    const struct report_case *c, const struct log_event *sending)
{
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_EXCHANGE &&
		    e->exchange->attempt == sending->sending.attempt &&
		    streq(e->exchange->step_id, sending->sending.step_id))
			return true;
	return false;
}

/* The step's message that left and of which nothing more is known. */
static const struct log_event *under_way(
    const struct report_case *c, const char *step)
{
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_SENDING && streq(e->sending.step_id, step) &&
		    !has_ended(c, e))
			return e;
	return NULL;
}

static void not_reached(struct verdict *v, const struct report_case *c,
    const struct step *s, const struct expect *e)
{
	const struct log_event *sending = under_way(c, s->id);
	str_copy(v->case_id, sizeof(v->case_id), c->id);
	str_copy(v->step_id, sizeof(v->step_id), s->id);
	str_copy(v->expectation_id, sizeof(v->expectation_id), e->id);
	if (sending) {
		const char *oid = sending->sending.document_oid;
		v->kind = RESULT_INCONCLUSIVE;
		v->found = say_found_under_way();
		v->next = *oid ? say_next_look_up(oid)
			       : say_report_not_reached_next();
		return;
	}
	v->kind = RESULT_SKIP;
	v->found = say_report_not_reached();
	v->next = say_report_not_reached_next();
}

static void add_planned(struct report_case *c)
{
	VEC_EACH (struct step, s, &c->tc->steps)
		VEC_EACH (struct expect, e, &s->expects) {
			struct report_expect *x = VEC_PUSH(&c->expects);
			x->step = s;
			x->expect = e;
			const struct verdict *v = find_verdict(c, s->id, e->id);
			x->has_verdict = v != NULL;
			if (v)
				x->verdict = *v;
			else
				not_reached(&x->verdict, c, s, e);
		}
}

static bool is_listed(const struct report_case *c, const struct verdict *v)
{
	VEC_EACH (struct report_expect, x, &c->expects)
		if (streq(x->verdict.step_id, v->step_id) &&
		    streq(x->verdict.expectation_id, v->expectation_id))
			return true;
	return false;
}

/* Verdicts that the case file does not explain: nothing is lost. */
static void add_unplanned(struct report_case *c)
{
	VEC_EACH (struct log_event, e, &c->events) {
		if (e->kind != LOG_VERDICT || is_listed(c, &e->verdict))
			continue;
		struct report_expect *x = VEC_PUSH(&c->expects);
		x->verdict = *find_verdict(
		    c, e->verdict.step_id, e->verdict.expectation_id);
		x->has_verdict = true;
	}
}

static bool is_vendor(enum maker m)
{
	return m == MAKER_VENDOR_FILE || m == MAKER_VENDOR_COMMAND ||
	       m == MAKER_VENDOR_SYSTEM || m == MAKER_IMPORTED_LOG;
}

/* A case is the vendor's only when no document of it is a fixture. */
static void learn_maker(struct report_case *c)
{
	bool vendor = false;
	c->maker = MAKER_HARNESS;
	VEC_EACH (struct log_event, e, &c->events) {
		if (e->kind != LOG_EXCHANGE ||
		    e->exchange->maker == MAKER_HARNESS)
			continue;
		vendor |= is_vendor(e->exchange->maker);
		if (c->maker == MAKER_HARNESS ||
		    e->exchange->maker == MAKER_SHIPPED_FIXTURE)
			c->maker = e->exchange->maker;
	}
	c->mixed = vendor && !is_vendor(c->maker);
}

static void learn_kind(struct report_case *c)
{
	c->kind = c->expects.count ? RESULT_PASS : RESULT_SKIP;
	VEC_EACH (struct report_expect, x, &c->expects)
		c->kind = result_worse(c->kind, x->verdict.kind);
	VEC_EACH (struct log_event, e, &c->events) {
		if (e->kind != LOG_CASE_END)
			continue;
		c->finished = true;
		c->duration_us = e->end.duration_us;
		c->kind = c->expects.count ? result_worse(c->kind, e->end.kind)
					   : e->end.kind;
	}
}

static int case_open(
    struct report *r, const char *id, struct report_case *c, struct err *err)
{
	struct err lost = { 0 };
	*c = (struct report_case){
		.id = id, .file = find_origin(r, id), .mark = MARK_GUESS
	};
	if (log_case(r->log, id, &c->events, err) < 0)
		return -1;
	c->tc = load_case(r, id, &lost);
	if (c->tc) {
		c->mark = testcase_mark(c->tc);
		add_planned(c);
	}
	add_unplanned(c);
	learn_maker(c);
	learn_kind(c);
	return 0;
}

static void case_close(struct report_case *c)
{
	testcase_free(c->tc);
	log_events_release(&c->events);
	VEC_RELEASE(&c->expects);
}

typedef int visitor(void *ctx, struct report_case *c, struct err *err);

static int visit(
    struct report *r, size_t i, visitor *each, void *ctx, struct err *err)
{
	struct report_case c;
	const struct slot *slot = &r->slots.at[i];
	r->log = r->parts.at[slot->part].log;
	int rc = case_open(r, slot->case_id, &c, err);
	c.run = report_is_several(r) ? (unsigned)slot->part + 1 : 0;
	if (rc == 0)
		rc = each(ctx, &c, err);
	case_close(&c);
	r->log = r->parts.at[0].log;
	return rc;
}

struct walk {
	struct report *r;
	visitor *each;
	void *ctx;
};

static int walk_case(void *ctx, struct report_case *c, struct err *err)
{
	struct walk *w = ctx;
	if (w->each(w->ctx, c, err) < 0)
		return -1;
	for (size_t i = 0; i < w->r->sink_count; i++)
		if (w->r->sinks[i]->each(w->r->sinks[i]->ctx, c, err) < 0)
			return -1;
	return 0;
}

int report_each(struct report *r, visitor *each, void *ctx, struct err *err)
{
	size_t count = r->slots.count;
	struct walk w = { r, each, ctx };
	for (size_t i = 0; i < count; i++)
		if (visit(r, i, walk_case, &w, err) < 0)
			return -1;
	r->sink_count = 0; /* all of them have seen all cases */
	return 0;
}

static bool is_unresolved(const struct case_line *line)
{
	bool found = kind_needs_work(line->kind);
	for (int k = 0; k < RESULT_COUNT; k++)
		found |= line->expectations[k] &&
			 kind_needs_work((enum result_kind)k);
	return found;
}

int report_each_unresolved(
    struct report *r, visitor *each, void *ctx, struct err *err)
{
	for (size_t i = 0; i < r->lines.count; i++)
		if (is_unresolved(&r->lines.at[i]) &&
		    visit(r, i, each, ctx, err) < 0)
			return -1;
	return 0;
}

/* ---- The whole */

static void keep_line(struct report *r, const struct report_case *c)
{
	struct case_line *line = VEC_PUSH(&r->lines);
	struct buf brief = BUF_INIT(LIMIT_MIB(1));
	line->id = c->id;
	line->kind = c->kind;
	line->mark = c->mark;
	line->finished = c->finished;
	line->mixed = c->mixed;
	line->vendor = is_vendor(c->maker);
	line->run = c->run;
	line->duration_us = c->duration_us;
	for (int lang = 0; lang < LANG_COUNT; lang++)
		line->title[lang] = xstrdup(
		    c->tc ? pair_text(&c->tc->title, (enum lang)lang) : "");
	VEC_EACH (struct report_expect, x, &c->expects)
		line->expectations[x->verdict.kind]++;
	fragment_brief(&brief, r, c);
	line->brief = buf_detach(&brief, NULL);
}

static void release_lines(struct report *r)
{
	VEC_EACH (struct case_line, line, &r->lines) {
		for (int lang = 0; lang < LANG_COUNT; lang++)
			free(line->title[lang]);
		free(line->brief);
	}
	VEC_RELEASE(&r->lines);
}

static int count_case(void *ctx, struct report_case *c, struct err *err)
{
	struct report *r = ctx;
	struct report_totals *t = &r->totals;
	bool strict = log_head(r->log)->strict;
	(void)err;
	keep_line(r, c);
	causes_learn(r, c);
	t->exit = exit_worse(t->exit, result_exit(c->kind, strict));
	VEC_EACH (struct report_expect, x, &c->expects) {
		t->expectations[x->verdict.kind]++;
		t->exit =
		    exit_worse(t->exit, result_exit(x->verdict.kind, strict));
	}
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_EXCHANGE)
			report_learn_connection(r, e->exchange);
	evidence_of_case(r, c);
	if (!c->tc) {
		char *name = xasprintf("cases/%s.xml", c->id);
		struct err lost = { 0 };
		testcase_free(load_case(r, c->id, &lost));
		warn_input(r, name, lost.msg);
		free(name);
	}
	return 0;
}

/* What the folder itself says about the run's end. */
static int exit_of_ending(const struct report *r)
{
	if (report_interrupted(r))
		return EXIT_INTERRUPTED;
	switch (report_seal(r)) {
	case SEAL_WHOLE:
		return EXIT_PASSED;
	case SEAL_MISSING:
		return EXIT_ERROR;
	case SEAL_BROKEN:
		return EXIT_EVIDENCE;
	}
	BUG("unknown seal_state");
}

static int open_parts(
    struct report *r, const char *const dirs[], size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct run_log *log = log_open(dirs[i], err);
		if (!log)
			return -1;
		VEC_PUSH(&r->parts)->log = log;
	}
	r->log = r->parts.at[0].log;
	return several_check(r, err);
}

static int open_runs(
    struct report *r, const char *const dirs[], size_t count, struct err *err)
{
	if (open_parts(r, dirs, count, err) < 0)
		return -1;
	mask_host(r->host, sizeof(r->host), log_head(r->log)->url);
	load_dialect(r);
	load_facts(r);
	VEC_EACH (struct part, p, &r->parts)
		load_remarks(r, p);
	several_list_cases(r);
	several_find_gaps(r);
	if (report_each(r, count_case, r, err) < 0)
		return -1;
	several_sum(r);
	evidence_of_run(r);
	r->totals.exit = exit_worse(r->totals.exit, exit_of_ending(r));
	if (r->lost_count || r->gap_count)
		r->totals.exit = exit_worse(r->totals.exit, EXIT_EVIDENCE);
	return 0;
}

struct report *report_open_several(
    const char *const dirs[], size_t count, bool checks, struct err *err)
{
	struct report *r = xcalloc(1, sizeof(*r));
	r->checks = checks;
	r->scan = xcalloc(1, sizeof(*r->scan));
	buf_init(&r->plain, FRAGMENT_CAP);
	if (open_runs(r, dirs, count, err) == 0)
		return r;
	report_close(r);
	return NULL;
}

struct report *report_open(const char *dir, struct err *err)
{
	return report_open_several(&dir, 1, false, err);
}

void report_close(struct report *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->connection_count; i++)
		connection_release(&r->connections[i]);
	release_lines(r);
	names_release(&r->origin_names);
	VEC_EACH (char *, origin, &r->origins)
		free(*origin);
	VEC_RELEASE(&r->origins);
	dialect_free(r->dialect);
	facts_free(r->facts);
	VEC_EACH (struct part, p, &r->parts) {
		log_close(p->log);
		free(p->link);
	}
	VEC_RELEASE(&r->parts);
	VEC_RELEASE(&r->slots);
	buf_release(&r->plain);
	free(r->scan);
	free(r);
}

struct run_log *report_log(struct report *r)
{
	return r->parts.at[0].log;
}

const struct report_totals *report_totals(const struct report *r)
{
	return &r->totals;
}

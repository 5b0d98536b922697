/* SPDX-License-Identifier: Apache-2.0 */
#include "run/repeat.h"

#include "base/str.h"
#include "kanta/ids.h"

/* ---- Verdicts */

/* What an answer or a vendor's command said may hold a person's code; what a
 * withheld message held must not come back here. */
static void hide_codes(struct verdict *v)
{
	struct note *const notes[] = { &v->expected, &v->found, &v->cause,
		&v->next };
	for (size_t i = 0; i < COUNTOF(notes); i++)
		for (size_t k = 0; k < NOTE_ARGS; k++)
			(void)hetu_hide(notes[i]->arg[k]);
}

static int put_verdict(struct case_state *c, struct verdict *v, struct err *err)
{
	hide_codes(v);
	c->kind = result_worse(c->kind, v->kind);
	return record_verdict(c->setup->record, v, err);
}

static int verdicts_without(struct case_state *c, const struct step *step,
    enum result_kind kind, struct note why, struct note next, struct err *err)
{
	VEC_EACH (struct expect, e, &step->expects) {
		struct verdict v;
		judge_without(c->tc, step, e, kind, why, &v);
		v.next = next;
		if (put_verdict(c, &v, err) < 0)
			return -1;
	}
	return 0;
}

/* Of a case that cannot go on: an error is told once, with what to do; what
 * comes behind it is skipped. */
static int verdicts_lost(
    struct case_state *c, const struct step *step, struct err *err)
{
	VEC_EACH (struct expect, e, &step->expects) {
		struct verdict v;
		judge_without(c->tc, step, e, c->lost_kind, c->lost_why, &v);
		if (c->lost_kind == RESULT_ERROR) {
			v.next = say_next_project();
			c->lost_kind = RESULT_SKIP;
			c->lost_why = say_cause_not_made_before();
		}
		if (put_verdict(c, &v, err) < 0)
			return -1;
	}
	return 0;
}

static void lose(struct case_state *c, enum result_kind kind, struct note why)
{
	if (c->lost)
		return;
	c->lost = true;
	c->lost_kind = kind;
	c->lost_why = why;
}

/* With its place, and the hint: it tells what the project file lacks. */
static struct note not_made(const struct err *why)
{
	bool hinted = *why->hint && !streq(why->hint, why->msg);
	char *text = xasprintf("%s%s%s%s%s", why->file, *why->file ? ": " : "",
	    why->msg, hinted ? "; " : "", hinted ? why->hint : "");
	struct note note = say_cause_setup(text);
	free(text);
	return note;
}

/* ---- Documents */

static struct document *find_document(struct case_state *c, const char *name)
{
	if (name)
		VEC_EACH (struct document, d, &c->documents)
			if (streq(d->name, name))
				return d;
	return NULL;
}

/* Unless it holds a person's code: what does is not sent either. */
static int keep(struct case_state *c, const char *name, struct err *err)
{
	const char *value = vars_get(judge_vars(c->judge), name);
	if (!value)
		return 0;
	char *hidden = xstrdup(value);
	int rc = hetu_hide(hidden) ? 0
				   : record_kept(c->setup->record, c->tc->id,
					 name, value, err);
	free(hidden);
	return rc;
}

/* A variable that an expectation uses must be in the record, or the run
 * could not be judged again. */
static int keep_used(void *ctx, const char *name, struct err *err)
{
	return keep(ctx, name, err);
}

static int keep_used_variables(struct case_state *c, struct err *err)
{
	VEC_EACH (struct step, s, &c->tc->steps)
		VEC_EACH (struct expect, e, &s->expects) {
			if (e->value &&
			    vars_scan(e->value, keep_used, c, err) < 0)
				return -1;
			if (e->mentions &&
			    vars_scan(e->mentions, keep_used, c, err) < 0)
				return -1;
		}
	return 0;
}

static int make_document(
    struct case_state *c, const struct case_document *what, struct err *err)
{
	const struct run_setup *s = c->setup;
	struct document_request request = {
		.tc = c->tc,
		.what = what,
		.project = s->project,
		.source = project_document(s->project, what->name, what->kind),
		.replaces = find_document(c, what->replaces),
		.data = s->data,
		.world = s->world,
		.vars = judge_vars(c->judge),
		.signer = s->signer,
	};
	struct document made = { 0 };
	if (document_make(&made, &request, err) < 0)
		return -1;
	document_set_vars(judge_vars(c->judge), &made);
	*VEC_PUSH(&c->documents) = made;
	return 0;
}

/* Whether a real target may get this case's documents: a shipped fixture goes
 * there only when the project says so in so many words. */
static const char *kind_without_source(const struct case_state *c)
{
	if (c->setup->target->kind != TARGET_REAL)
		return NULL;
	VEC_EACH (struct case_document, d, &c->tc->documents)
		if (!project_document(c->setup->project, d->name, d->kind))
			return d->kind;
	return NULL;
}

/* A file is sent as it is: the same one cannot be two documents of a case. The
 * earlier document with the id of the one made last, or NULL. */
static const struct document *same_file(const struct case_state *c)
{
	const struct document *last = &c->documents.at[c->documents.count - 1];
	if (last->maker != MAKER_VENDOR_FILE)
		return NULL;
	for (const struct document *d = c->documents.at; d < last; d++)
		if (streq(d->cda.value[FF_DOCUMENT_ID],
			last->cda.value[FF_DOCUMENT_ID]))
			return d;
	return NULL;
}

static void dialect_vars(struct case_state *c)
{
	for (int k = 0; k < DK_COUNT; k++) {
		enum dialect_key key = (enum dialect_key)k;
		const char *value = dialect_text(c->setup->dialect, key);
		char name[96];
		snprintf(
		    name, sizeof(name), "dialect.%s", dialect_key_name(key));
		if (value)
			vars_set(judge_vars(c->judge), name, value);
	}
}

/* ---- Steps */

static bool expects(const struct step *step, enum expect_kind kind)
{
	VEC_EACH (struct expect, e, &step->expects)
		if (e->kind == kind)
			return true;
	return false;
}

/* No answer to a message that mattered: what comes behind has no chance. */
static void learn_from_ending(
    struct case_state *c, const struct step *step, const struct exchange *x)
{
	switch (x->ending) {
	case ENDED_ANSWERED:
	case ENDED_UNREADABLE:
	case ENDED_PROBE_OPEN:
		return;
	case ENDED_GUARD_REFUSED:
		if (!expects(step, EXPECT_GUARD_REFUSED))
			lose(c, RESULT_SKIP, say_cause_guard_before());
		return;
	case ENDED_TLS_REFUSED:
		if (streq(x->message, send_message_names[SEND_PROBE]))
			return;
		break;
	case ENDED_TLS_DISTRUST:
	case ENDED_TLS_FAILED:
	case ENDED_UNREACHABLE:
		break;
	case ENDED_TIMEOUT:
	case ENDED_LOST:
		if (expects(step, EXPECT_NO_ANSWER))
			return;
		break;
	}
	lose(c, RESULT_SKIP, say_cause_no_answer_before());
}

static int record_keeps(
    struct case_state *c, const struct step *step, struct err *err)
{
	VEC_EACH (struct keep, k, &step->keeps)
		if (keep(c, k->name, err) < 0)
			return -1;
	return 0;
}

static int judge_exchange(struct case_state *c, const struct step *step,
    const struct repeated *r, const struct exchange *x, struct err *err)
{
	if (record_keeps(c, step, err) < 0)
		return -1;
	VEC_EACH (struct expect, e, &step->expects) {
		struct verdict v;
		judge_expect(c->judge, step, e, x, &v);
		repeat_explain(r, step, &v);
		if (put_verdict(c, &v, err) < 0)
			return -1;
	}
	learn_from_ending(c, step, x);
	return 0;
}

static int send_step(
    struct case_state *c, const struct step *step, struct err *err)
{
	struct exchange x;
	struct repeated r;
	struct err why = { 0 };
	exchange_init(&x);
	int rc = 0;
	switch (repeat_send(
	    c, step, find_document(c, step->document), &x, &r, &why, err)) {
	case SENT:
		rc = r.end == REPEAT_INTERRUPTED
			 ? verdicts_without(c, step, RESULT_SKIP,
			       say_cause_interrupted(), say_none(), err)
			 : judge_exchange(c, step, &r, &x, err);
		break;
	case SEND_NEEDS_MORE:
		rc = verdicts_without(c, step, RESULT_SKIP,
		    say_cause_not_kept(), say_next_earlier_step(), err);
		break;
	case SEND_NOT_MADE:
		rc = verdicts_without(c, step, RESULT_ERROR, not_made(&why),
		    say_next_project(), err);
		break;
	case SEND_BROKEN:
		rc = -1;
		break;
	}
	exchange_release(&x);
	return rc;
}

static int run_step(
    struct case_state *c, const struct step *step, struct err *err)
{
	if (!c->lost && !step->teardown && shared_stopping(c->worker->shared))
		lose(c, RESULT_SKIP, say_cause_interrupted());
	/* The teardown is tried whatever happened before. */
	if (c->lost && !step->teardown)
		return verdicts_lost(c, step, err);
	switch (step->verb) {
	case VERB_SEND:
		return send_step(c, step, err);
	case VERB_AWAIT:
		return verdicts_without(c, step, RESULT_OMIT,
		    say_cause_await_later(), say_none(), err);
	case VERB_MANUAL:
		return verdicts_without(c, step, RESULT_MANUAL,
		    say_cause_person(), say_none(), err);
	}
	BUG("unknown verb");
}

/* ---- The case */

static bool needs_bad_identity(const struct testcase *tc)
{
	VEC_EACH (struct step, s, &tc->steps)
		if (s->verb == VERB_SEND && !streq(s->identity, "client") &&
		    !streq(s->identity, "none"))
			return true;
	return false;
}

static bool asks_for_fault(const struct testcase *tc)
{
	VEC_EACH (struct step, s, &tc->steps)
		if (s->fault)
			return true;
	return false;
}

static void prepare(struct case_state *c)
{
	const char *kind = kind_without_source(c);
	if (c->tc->where == WHERE_MOCK &&
	    c->setup->target->kind == TARGET_REAL) {
		lose(c, RESULT_OMIT, say_cause_mock_only());
		return;
	}
	if (kind) {
		lose(c, RESULT_OMIT, say_cause_no_source(kind));
		return;
	}
	if (c->setup->target->kind != TARGET_EMBEDDED &&
	    asks_for_fault(c->tc)) {
		lose(c, RESULT_OMIT, say_cause_embedded_only());
		return;
	}
	if (!c->setup->bad_identities && needs_bad_identity(c->tc)) {
		lose(c, RESULT_OMIT, say_cause_no_test_certificates());
		return;
	}
	document_set_common(
	    judge_vars(c->judge), c->setup->project, c->setup->world);
	dialect_vars(c);
	VEC_EACH (struct case_document, d, &c->tc->documents) {
		struct err why = { 0 };
		if (make_document(c, d, &why) < 0) {
			lose(c, RESULT_ERROR, not_made(&why));
			return;
		}
		const struct document *twin = same_file(c);
		if (!twin)
			continue;
		lose(c, RESULT_OMIT, say_cause_same_file(twin->name, d->name));
		return;
	}
}

static int run_steps(struct case_state *c, struct err *err)
{
	bool prepared = !c->lost;
	if (prepared && keep_used_variables(c, err) < 0)
		return -1;
	VEC_EACH (struct step, s, &c->tc->steps) {
		/* Without documents there is nothing to tear down either. */
		int rc = s->teardown && !prepared ? verdicts_lost(c, s, err)
						  : run_step(c, s, err);
		if (rc < 0)
			return -1;
	}
	return 0;
}

static void tell_end(struct case_state *c)
{
	struct run_shared *s = c->worker->shared;
	pthread_mutex_lock(&s->lock);
	if (c->setup->progress)
		c->setup->progress(c->setup->ctx, c->tc->id, c->kind);
	pthread_mutex_unlock(&s->lock);
	if (c->setup->fail_fast && result_exit(c->kind, false) != EXIT_PASSED)
		atomic_store(&s->stop, true);
}

static void tell_begin(struct case_state *c)
{
	struct run_shared *s = c->worker->shared;
	if (!c->setup->begun)
		return;
	pthread_mutex_lock(&s->lock);
	c->setup->begun(c->setup->ctx, c->tc->id);
	pthread_mutex_unlock(&s->lock);
}

int case_run(struct worker *w, const struct testcase *tc, struct err *err)
{
	struct case_state c = {
		.worker = w,
		.setup = w->shared->setup,
		.tc = tc,
		.kind = RESULT_PASS,
		.judge = judge_new(tc, w->shared->setup->dialect),
	};
	int64_t began = clock_monotonic();
	tell_begin(&c);
	int rc = record_case_begin(c.setup->record, tc->id, err);
	if (rc == 0)
		prepare(&c);
	if (rc == 0)
		rc = run_steps(&c, err);
	if (rc == 0)
		rc = record_case_end(c.setup->record, tc->id, c.kind,
		    clock_monotonic() - began, err);
	if (rc == 0)
		tell_end(&c);
	VEC_EACH (struct document, d, &c.documents)
		document_release(d);
	VEC_RELEASE(&c.documents);
	judge_free(c.judge);
	return rc;
}

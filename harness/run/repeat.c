/* SPDX-License-Identifier: Apache-2.0 */
#include "run/repeat.h"

#include "base/limits.h"

#include <inttypes.h>
#include <time.h>

enum {
	SECOND_US = 1000000,
	SLICE_US = 50000 /* how late an interrupt is seen */
};

/* The worst of the step's expectations, as they would be judged now. */
static enum result_kind judge_all(
    struct case_state *c, const struct step *step, const struct exchange *x)
{
	enum result_kind worst = RESULT_PASS;
	VEC_EACH (struct expect, e, &step->expects) {
		struct verdict v;
		judge_expect(c->judge, step, e, x, &v);
		worst = result_worse(worst, v.kind);
	}
	return worst;
}

/* A wrong answer may become right, and an environment may come back; what the
 * guard stops, or what cannot be judged, stays as it is. */
static bool may_change(enum result_kind kind)
{
	return kind == RESULT_FAIL || kind == RESULT_INCONCLUSIVE;
}

/* Sleeps in slices; false when the run is interrupted. */
static bool wait_until(const struct case_state *c, int64_t until)
{
	int64_t left;
	while ((left = until - clock_monotonic()) > 0) {
		int64_t slice = left < SLICE_US ? left : SLICE_US;
		struct timespec ts = { 0, (long)(slice * 1000) };
		if (shared_stopping(c->worker->shared))
			return false;
		nanosleep(&ts, NULL);
	}
	return !shared_stopping(c->worker->shared);
}

/* Whether there is another attempt; waits for its time. The last one is at the
 * deadline. */
static bool wait_for_next(const struct case_state *c, const struct step *step,
    int64_t began, struct repeated *r)
{
	int64_t now = clock_monotonic();
	int64_t next = now + (int64_t)step->repeat.every_s * SECOND_US;
	int64_t deadline = began + (int64_t)step->repeat.within_s * SECOND_US;
	r->end = REPEAT_DEADLINE;
	if (now >= deadline || r->attempts >= LIMIT_REPEAT)
		return false;
	if (wait_until(c, next < deadline ? next : deadline))
		return true;
	r->end = REPEAT_INTERRUPTED;
	return false;
}

struct told {
	char attempts[16], seconds[24];
};

static struct told tell(const struct repeated *r)
{
	struct told t;
	snprintf(t.attempts, sizeof(t.attempts), "%u", r->attempts);
	snprintf(t.seconds, sizeof(t.seconds), "%" PRId64 ".%" PRId64,
	    r->took_us / SECOND_US, r->took_us % SECOND_US / (SECOND_US / 10));
	return t;
}

static int remark(struct case_state *c, const struct step *step,
    const struct repeated *r, unsigned seq, struct err *err)
{
	struct told t = tell(r);
	struct note note;
	switch (r->end) {
	case REPEAT_DONE:
		note = say_remark_repeated(t.attempts, t.seconds);
		break;
	case REPEAT_DEADLINE:
		note = say_remark_repeat_deadline(t.attempts, t.seconds);
		break;
	case REPEAT_INTERRUPTED:
		note = say_remark_repeat_interrupted(t.attempts, t.seconds);
		break;
	}
	return record_remark(
	    c->setup->record, c->tc->id, step->id, seq, &note, err);
}

enum send_outcome repeat_send(struct case_state *c, const struct step *step,
    const struct document *doc, struct exchange *x, struct repeated *r,
    struct err *why, struct err *err)
{
	int64_t began = clock_monotonic();
	*r = (struct repeated){ .end = REPEAT_DONE };
	for (;;) {
		enum send_outcome outcome =
		    step_send(c, step, doc, r->attempts + 1, x, why, err);
		if (outcome != SENT)
			return outcome;
		judge_learn(c->judge, step, x);
		r->attempts++;
		r->took_us = clock_monotonic() - began;
		if (!step->repeat.within_s)
			return SENT;
		if (!may_change(judge_all(c, step, x)) ||
		    !wait_for_next(c, step, began, r))
			break;
		r->end = REPEAT_DONE;
		exchange_release(x);
		exchange_init(x);
	}
	if (r->attempts == 1 && r->end == REPEAT_DONE)
		return SENT;
	return remark(c, step, r, x->seq, err) < 0 ? SEND_BROKEN : SENT;
}

void repeat_explain(
    const struct repeated *r, const struct step *step, struct verdict *v)
{
	char within[16];
	struct told t = tell(r);
	if (r->end != REPEAT_DEADLINE || !may_change(v->kind) ||
	    v->cause.word != W_none)
		return;
	snprintf(within, sizeof(within), "%u", step->repeat.within_s);
	v->cause = say_cause_deadline(within, t.attempts);
}

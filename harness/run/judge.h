/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_JUDGE_H
#define RUN_JUDGE_H

#include "check/guard.h"
#include "record/exchange.h"
#include "testcase/case.h"
#include "testcase/vars.h"

/*
 * Judging is pure: a verdict is a function of the exchange's bytes, the case,
 * the dialect and what was kept before, without I/O or clock, so that a run
 * folder can be judged again at any time and gives the same verdicts.
 *
 * What cannot be judged has its own kinds: no answer because the environment
 * was down or lost it = inconclusive; the harness could not = error; the guard
 * stopped it = guard-refused. A hostile or unreadable answer is fail.
 */
struct judge;

/* One per case. Borrows case and dialect. */
struct judge *judge_new(const struct testcase *tc, const struct dialect *d);
void judge_free(struct judge *j);

/*
 * Takes in an exchange of `step`: keeps the document that was sent (out of the
 * request's own bytes) and evaluates the step's `keep`s on the answer into
 * judge_vars.
 */
void judge_learn(
    struct judge *j, const struct step *step, const struct exchange *x);
struct vars *judge_vars(struct judge *j);

/* The verdict on one expectation of `step`, for its last exchange. */
void judge_expect(struct judge *j, const struct step *step,
    const struct expect *e, const struct exchange *x, struct verdict *out);

/* A verdict without an exchange: skip, omit, manual, error. */
void judge_without(const struct testcase *tc, const struct step *step,
    const struct expect *e, enum result_kind kind, struct note why,
    struct verdict *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_SEND_H
#define RUN_SEND_H

#include "run/worker.h"

/* A case while it runs: one owner for all that its steps make. */
struct case_state {
	struct worker *worker;
	const struct run_setup *setup;
	const struct testcase *tc;
	struct judge *judge;
	struct {
		VEC(struct document);
	} documents;
	enum result_kind kind; /* the worst so far */
	/* Set when the steps to come have no chance: their verdict and why. */
	bool lost;
	enum result_kind lost_kind;
	struct note lost_why;
};

enum send_outcome {
	SENT, /* or stopped by the guard: `x` tells, it is recorded */
	SEND_NEEDS_MORE, /* a value that an earlier step did not keep */
	SEND_NOT_MADE,	 /* the message could not be made: `why` */
	SEND_BROKEN,	 /* the harness itself: `err` */
};

/*
 * Makes the step's message, lets the guard look at it, sends it and records
 * what came of it as attempt `number`, from 1. A query is tried once more when
 * the connection gave way; a message that archives is never sent twice (design,
 * Laws 9).
 */
enum send_outcome step_send(struct case_state *c, const struct step *step,
    const struct document *doc, unsigned number, struct exchange *x,
    struct err *why, struct err *err);

#endif

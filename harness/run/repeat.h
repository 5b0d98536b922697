/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_REPEAT_H
#define RUN_REPEAT_H

#include "run/send.h"

/*
 * A step that is sent again until its expectations hold. Each attempt is an
 * exchange of its own; the verdicts are those on the last one. It ends when all
 * expectations hold, when no further attempt can help (the guard, a refused
 * certificate), at the deadline, or at once when the run is interrupted: then
 * there is no verdict, for it was not given its time.
 */
struct repeated {
	enum repeat_end {
		REPEAT_DONE, /* also of a step that is sent once */
		REPEAT_DEADLINE,
		REPEAT_INTERRUPTED,
	} end;
	unsigned attempts;
	int64_t took_us; /* from the first attempt to the end of the last */
};

/*
 * As step_send, as often as the step says; the judge has learned `x`. More than
 * one attempt leaves a remark: how many, how long, and how it ended.
 */
enum send_outcome repeat_send(struct case_state *c, const struct step *step,
    const struct document *doc, struct exchange *x, struct repeated *r,
    struct err *why, struct err *err);

/* Says in a verdict that the deadline made it; another cause goes before. */
void repeat_explain(
    const struct repeated *r, const struct step *step, struct verdict *v);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_MESSAGE_H
#define RUN_MESSAGE_H

#include "run/run.h"
#include "testcase/document.h"

/*
 * A step's message as bytes: what the case says, the document, the dialect and
 * the project's parties put together. The message id goes to `x->message_id`,
 * what the dialect wants as SOAPAction to `soap_action` (empty = none).
 */
struct message_request {
	const struct run_setup *setup;
	const struct testcase *tc;
	const struct step *step;
	const struct document *document; /* NULL where the step has none */
	const struct vars *vars;
	unsigned attempt;
};

/* The value of a missing variable: the step cannot be run. */
#define MESSAGE_NEEDS_MORE 1

/*
 * 0; MESSAGE_NEEDS_MORE when a variable has no value because an earlier step
 * did not keep it; -1 with the reason.
 */
NODISCARD int message_build(const struct message_request *request,
    struct buf *body, struct buf *soap_action, struct exchange *x,
    struct err *err);

#endif

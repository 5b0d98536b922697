/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

/*
 * A command, such as the vendor's which makes a document: /bin/sh -c in a group
 * of processes of its own, standard input empty, so that nothing outlives its
 * deadline or its success.
 */
struct command {
	const char *line;
	const char *shown; /* what messages call it; NULL = its line */
	const char *dir;   /* where it runs */
	const char *const *environment; /* "NAME=value" to add; NULL ends */
	int deadline_ms;
	bool renewed; /* the deadline begins anew with all that it writes */
	const atomic_int *stopped; /* not 0: end it at once; or NULL */
};

/*
 * Its stdout is added to `out` (the cap is the buffer's). ERR_USAGE when it
 * cannot be run, ends with another code than 0, is ended by a signal or by the
 * deadline; what it wrote to stderr stands in the message. ERR_LIMIT when it
 * writes too much.
 */
NODISCARD int command_run(
    const struct command *c, struct buf *out, struct err *err);

/* Ends all that run, of all threads. For a handler that ends the program: who
 * would keep their deadline is gone. */
void command_end_all(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_EMBEDDED_H
#define RUN_EMBEDDED_H

#include "base/err.h"
#include "base/opt.h"

#include <sys/types.h>

/*
 * The embedded mock: this program once more as a child, started before any
 * thread, in its own process group (Ctrl-C leaves it for the teardown), ended
 * by its parent's death. It tells its port over a pipe.
 */
struct embedded {
	pid_t pid;
	unsigned port;
};
struct embedded_options {
	const char *certs, *dialect;
	const char *project; /* file: what it checks documents with */
	const struct opt_list *faults;
};
NODISCARD int embedded_start(
    struct embedded *e, const struct embedded_options *o, struct err *err);
/* SIGTERM, then SIGKILL after a grace time; says when it had died before. */
NODISCARD int embedded_stop(struct embedded *e, struct err *err);

#endif

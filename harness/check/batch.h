/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_BATCH_H
#define CHECK_BATCH_H

#include "check/check.h"
#include "check/inputs.h"

#include <stdatomic.h>

/*
 * Checks many files with several threads and tells of each in the order of the
 * inputs. A thread that is ahead waits, so that no more than a few results for
 * each thread are kept, and memory does not grow with the number of files. What
 * is cheaper done for many of them at once is done first (check_plan_ahead).
 */
struct batch {
	struct check_plan *plan;
	const struct inputs *inputs;
	unsigned jobs;		       /* at least 1 */
	const atomic_int *interrupted; /* not 0: begin no further file; or
					  NULL */
	/* On the calling thread, one at a time. `checked` is the caller's to
	 * change and is released behind the call; NULL = it could not be read,
	 * and `why` tells. */
	void (*each)(void *ctx, const char *name, struct checked *checked,
	    const struct err *why);
	void *ctx;
};

/* How many files were told of: all, unless it was interrupted. */
size_t batch_run(const struct batch *b);

/* So many threads as there are processors for this process. */
unsigned batch_processors(void);

#endif

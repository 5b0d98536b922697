/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include "run/run.h"

/* One line of a terminal that is written over: the case under way, then what
 * came of it. For run_setup's begun and progress. */
struct progress {
	FILE *out; /* NULL = nobody looks */
	enum lang lang;
	size_t total, begun, done;
};
void progress_begun(void *ctx, const char *case_id);
void progress_done(void *ctx, const char *case_id, enum result_kind kind);
void progress_clear(const struct progress *p);

#endif

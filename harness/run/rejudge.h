/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_REJUDGE_H
#define RUN_REJUDGE_H

#include "record/reader.h"

/*
 * Judges a run folder again by what its inputs/ hold, and tells which verdicts
 * differ from those recorded.
 */
struct difference {
	struct verdict recorded, now;
};
struct differences {
	VEC(struct difference);
	size_t judged;
};
NODISCARD int rejudge(
    struct run_log *log, struct differences *out, struct err *err);

#endif

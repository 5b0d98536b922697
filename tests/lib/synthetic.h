/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SYNTHETIC_H
#define SYNTHETIC_H

#include "base/err.h"

/*
 * Run folders that never happened: with a clock that stands where it is told
 * to, so that what is made of them can be compared byte by byte.
 */
enum synthetic_end {
	SYNTHETIC_SEALED,
	SYNTHETIC_CUT,	       /* no seal: as after kill -9 */
	SYNTHETIC_INTERRUPTED, /* Ctrl-C: the last cases never began */
	SYNTHETIC_BROKEN,      /* a line was changed afterwards */
};

/*
 * Five small cases: passed, failed, inconclusive, an answer that holds a
 * forbidden identity code, and one for a person; and a sixth that is planned
 * and, where the run did not end well, never began.
 */
void synthetic_small(const char *dir, enum synthetic_end end);

/* `cases` cases of `steps` steps, every tenth of them failed. */
void synthetic_big(const char *dir, unsigned cases, unsigned steps);

/* An identity code outside the 900 series that stands in no file. */
const char *synthetic_identity(char to[12]);

#endif

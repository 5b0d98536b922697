/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIDING_H
#define HIDING_H

#include "base/buf.h"

/* The places where an identity code can hide, for the tests of the guard. */

#define TEST_CODE "010181-900C"

struct hiding_place {
	const char *name;
	const char *before, *after; /* around the code */
	void (*put)(struct buf *to, const char *code);
	const char *where; /* must occur in the finding's place */
};
extern const struct hiding_place hiding_places[];
extern const size_t hiding_place_count;

/* Writes `code` as it hides there. */
void hide(struct buf *to, const struct hiding_place *p, const char *code);

#endif

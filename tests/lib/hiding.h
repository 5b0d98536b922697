/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HIDING_H
#define HIDING_H

#include "check/guard.h"

/* The places where an identity code can hide, for the tests of the guard. */

#define TEST_CODE "010181-900C"
/* Outside the 900 series, with a right and a wrong check character. */
extern const char *const real_code, *const real_wrong_check;

/* Nothing of the report holds the code whole. */
void assert_not_told(const struct guard_report *r, const char *code);
bool has_rule(const struct guard_report *r, enum guard_rule rule);

struct hiding_place {
	const char *name;
	const char *before, *after; /* around the code */
	void (*put)(struct buf *to, const char *code);
	const char *where; /* must occur in the finding's place */
};
extern const struct hiding_place hiding_places[];
extern const size_t hiding_place_count;

/* Where that place itself is. */
enum hiding_in {
	HIDE_ALONE,
	HIDE_IN_DOCUMENT,
	HIDE_IN_FRAME,
	HIDE_IN_SOAP_HEADER,
};
#define HIDING_IN 4
/* As hide, in there; false when it is no XML that could stand there. */
bool hide_in(struct buf *to, enum hiding_in in, const struct hiding_place *p,
    const char *code);

/* Writes `code` as it hides there. */
void hide(struct buf *to, const struct hiding_place *p, const char *code);

#endif

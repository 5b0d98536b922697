/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_CODES_INSIDE_H
#define CHECK_CODES_INSIDE_H

#include "check/codes.h"

/* What the readers of code lists share (private to them). */

struct code_lists {
	VEC(struct code_list); /* sorted by OID */
	struct {
		VEC(struct code_place);
	} places;
	bool given; /* what is added is the user's own */
};

/* Takes over what the list owns, and sorts its rows. */
void code_lists_take(struct code_lists *lists, struct code_list *list);

/* "FILE.csv,oid=…,code=…": see code_lists_add. */
NODISCARD int code_lists_add_csv(
    struct code_lists *lists, const char *spec, struct err *err);

#endif

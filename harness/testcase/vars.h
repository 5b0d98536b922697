/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_VARS_H
#define TESTCASE_VARS_H

#include "base/buf.h"
#include "base/vec.h"

/*
 * Variables of one case: "${record.oid}", "${kept}". `$$` is a dollar sign. An
 * unknown one is an error, never an empty string.
 */
struct var {
	char *name, *value;
};
struct vars {
	VEC(struct var);
};
void vars_set(struct vars *v, const char *name, const char *value);
void vars_unset(struct vars *v, const char *name);
const char *vars_get(const struct vars *v, const char *name); /* or NULL */
void vars_release(struct vars *v);

/*
 * Puts the variables into `text`. ERR_CASE names the unknown variable, the
 * offset's line and column within `text`, and the nearest known name. With
 * `xml`, values are escaped for XML.
 */
NODISCARD int vars_expand(const struct vars *v, struct buf *to,
    const char *text, size_t len, bool xml, struct err *err);

/* Calls `each` for every variable that `text` names: for lint, and for what a
 * record must keep. */
NODISCARD int vars_scan(const char *text,
    int (*each)(void *ctx, const char *name, struct err *err), void *ctx,
    struct err *err);

#endif

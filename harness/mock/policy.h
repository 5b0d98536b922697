/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_POLICY_H
#define MOCK_POLICY_H

#include "base/opt.h"
#include "kanta/dialect.h"

/*
 * What the mock does where it is not known for certain what Kanta does: each
 * policy of policy.def is a value of the dialect (policy.NAME), with mark and
 * source, which the option --policy NAME=VALUE overrides.
 */
enum policy {
#define POLICY(id, code) POLICY_##id,
#include "mock/policy.def"
#undef POLICY
	POLICY_COUNT
};

/* The dialect's choices, in its order. */
enum policy_value {
	POLICY_OFF,    /* not looked at */
	POLICY_WARN,   /* told with the acknowledgement, which accepts */
	POLICY_REFUSE, /* an error: nothing is stored */
	POLICY_REPEAT, /* message-id alone: the same answer once more */
};
extern const char *const policy_values[4];

const char *policy_name(enum policy p); /* "message-id" */
enum dialect_key policy_key(enum policy p);
enum dialect_key policy_error(enum policy p); /* DK_ERROR_… */

struct policies {
	enum policy_value value[POLICY_COUNT];
};
/* The dialect's values, then the words "NAME=VALUE". ERR_USAGE lists names or
 * values. */
NODISCARD int policies_make(struct policies *out, const struct dialect *d,
    const struct opt_list *words, struct err *err);

/* The table for people: name, value, mark, meaning; each on its line. */
void policies_show(struct buf *to, const struct policies *p,
    const struct dialect *d, enum lang lang);

/* ---- What they did to one message */

struct policy_use {
	bool looked;
	unsigned found;
};
/* "message-id (warn): 1, register (refuse): 2"; those that found something,
 * those that found nothing, or those that are switched off. */
enum policy_part {
	POLICIES_FOUND,
	POLICIES_CLEAN,
	POLICIES_OFF,
};
void policies_tell(struct buf *to, const struct policies *p,
    const struct policy_use uses[POLICY_COUNT], enum policy_part part);

#endif

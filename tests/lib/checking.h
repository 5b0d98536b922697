/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CHECKING_H
#define TESTS_CHECKING_H

#include "base/err.h"
#include "check/check.h"

#include <stdlib.h>

/* A check with some of the stages, for tests: `checking_begin` ends the
 * program when it cannot be set up. */
struct checking {
	struct check_options options;
	struct dialect *dialect;
	struct check_plan *plan;
	struct checker *checker;
};

static inline struct checking checking_begin(const bool stages[STAGE_COUNT])
{
	struct checking c = { .options = { .data = ".", .excerpts = true } };
	struct err err = { 0 };
	for (size_t i = 0; i < STAGE_COUNT; i++)
		c.options.stages[i] = stages[i];
	c.dialect = dialect_load("cases/dialects", "kanta", &err);
	c.options.dialect = c.dialect;
	c.plan = c.dialect ? check_plan_new(&c.options, &err) : NULL;
	if (!c.plan) {
		err_print(stderr, &err);
		exit(1);
	}
	c.checker = checker_new(c.plan);
	return c;
}

static inline void checking_end(struct checking *c)
{
	checker_free(c->checker);
	check_plan_free(c->plan);
	dialect_free(c->dialect);
}

static inline const struct finding *checking_find(
    const struct checked *c, const char *rule)
{
	VEC_EACH (struct finding, f, &c->findings)
		if (streq(f->rule, rule))
			return f;
	return NULL;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_ADVICE_H
#define MOCK_ADVICE_H

#include "base/words.h"

/*
 * What a finding means to the developer who reads it: what was expected, which
 * known or guessed fact it rests on, and what to do. A table by the finding's
 * word (advice.def), so that each finding has some.
 */
struct advice {
	const char *fact;     /* id in cases/facts.xml; "" = of no fact */
	const char *standard; /* that says so; "" = none */
	struct note expected, next;
};
struct advice advice_find(enum word finding);

/* "refused", as in outcome_names, in both languages; others as they are. */
struct note advice_outcome(const char *name);

#endif

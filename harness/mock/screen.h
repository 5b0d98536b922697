/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_SCREEN_H
#define MOCK_SCREEN_H

#include "mock/mock.h"
#include "mock/server.h"

/*
 * What a developer sees of the mock: one line for each exchange and, below one
 * that was refused, each reason with its place, what was expected and found,
 * the rule, how sure it is, what was answered and what to do. Identity codes
 * outside the 900 series are masked.
 */
struct screen {
	FILE *to; /* NULL = silent */
	enum lang lang;
	bool color;
	unsigned width; /* rows are wrapped at it; 0 = never */
	const struct world *world;
	const struct dialect *dialect;
	const struct facts *facts; /* may be NULL */
	unsigned long count[OUTCOME_COUNT], taken;
};
void screen_open(struct screen *s, const struct mock_options *options);

/* How many columns UTF-8 text takes. */
size_t screen_columns(const char *text);

/* Where to call, with which certificates, how to stop. */
void screen_greet(
    const struct screen *s, const struct mock_options *o, const char *url);
void screen_exchange(struct screen *s, const struct told_exchange *x);
/* A line of its own, with the time. */
void screen_tell(const struct screen *s, const struct note *note);
void screen_leave(const struct screen *s, const struct mock_options *o);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/compiler.h"

#include <stdint.h>

/*
 * Time and identity come from outside through one struct, so that a test can
 * run with a fixed clock and fixed ids, and a run can be judged again later
 * with the time that was recorded. Times are microseconds since
 * 1970-01-01T00:00:00Z.
 */
struct world {
	int64_t (*now)(void *ctx); /* wall clock */
	void *ctx;
	uint64_t seed; /* of all ids of the run */
};

/* The real clock and a random seed (getrandom). */
struct world world_real(void);
/* A clock that stands still, and a chosen seed: tests. */
struct world world_fixed(int64_t *at, uint64_t seed);

int64_t world_now(const struct world *w);

/* A clock that never goes back, for durations only; microseconds. */
int64_t clock_monotonic(void);

/*
 * An id of 60 bits that is a function of (seed, case, step, n) alone, so that
 * it never depends on the order in which workers came by.
 */
uint64_t world_id(const struct world *w, const char *case_id,
    const char *step_id, unsigned n);

#define CLOCK_TEXT 32 /* bytes for any of these texts */
/* "2026-11-21T18:22:03.123456Z" (RFC 3339, UTC) */
void clock_rfc3339(char out[CLOCK_TEXT], int64_t us);
/* "20261121T182203Z": sorts by name, fits a folder's name */
void clock_compact(char out[CLOCK_TEXT], int64_t us);
/* Reads what clock_rfc3339 writes (fraction optional); -1 if it is not that. */
NODISCARD int clock_parse_rfc3339(const char *s, int64_t *us);

#endif

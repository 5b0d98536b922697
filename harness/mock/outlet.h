/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_OUTLET_H
#define MOCK_OUTLET_H

#include <stdio.h>

/*
 * A stream in front of another that never waits for who reads it: a paused
 * terminal or a full pipe must not stop the mock. A thread writes; what waits
 * for it is at most LIMIT_MOCK_UNSHOWN bytes. Lines above that are left out,
 * and a line says how many when there is room again.
 */
struct outlet;

/* In front of `to`, which stays the caller's. NULL where `to` has no descriptor
 * of its own: then nobody can make it wait. */
struct outlet *outlet_open(FILE *to);
FILE *outlet_stream(struct outlet *o);
/* Writes what waits, for LIMIT_MOCK_UNSHOWN_MS at most; NULL is fine. */
void outlet_close(struct outlet *o);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include "base/vec.h"

#include <stdint.h>

/*
 * A set of texts, numbered from 0 in the order in which they came, that finds
 * one among thousands at once. Zero-initialise it. Texts are copied; their
 * addresses stay until the release.
 */
struct names {
	VEC(char *);
	uint32_t *slots; /* index + 1; 0 = free */
	size_t slot_count;
	uint64_t seed;
};

/* Its number; `*added` (may be NULL) tells whether it is new. */
size_t names_add(struct names *n, const char *text, bool *added);
/* Its number, or -1. */
long names_find(const struct names *n, const char *text);
void names_release(struct names *n);

#endif

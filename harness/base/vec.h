/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/xalloc.h"

#include <stdlib.h>

/*
 * A growable array of T is a struct with `T *at; size_t count, alloc;`:
 *     struct steps { VEC(struct step); };
 *     VEC_PUSH(&steps)->id = …;       a new zeroed element, by pointer
 *     VEC_EACH (struct step, s, &steps) …
 * Pointers to elements end with the next VEC_PUSH.
 */
#define VEC(T) \
 T *at;        \
 size_t count, alloc

#define VEC_PUSH(v)                                                       \
 ((v)->at = vec_grow((v)->at, (v)->count, &(v)->alloc, sizeof(*(v)->at)), \
     &(v)->at[(v)->count++])

#define VEC_EACH(T, item, v) \
 for (T *item = (v)->at; item && item < (v)->at + (v)->count; item++)

/* Frees the array, not what its elements own. */
#define VEC_RELEASE(v)         \
 do {                          \
  free((v)->at);               \
  (v)->at = NULL;              \
  (v)->count = (v)->alloc = 0; \
 } while (0)

/* Room for one more element at index `count`, zeroed. */
static inline void *vec_grow(void *at, size_t count, size_t *alloc, size_t size)
{
	if (count == *alloc) {
		*alloc = *alloc ? *alloc * 2 : 8;
		at = xreallocarray(at, *alloc, size);
	}
	memset((char *)at + count * size, 0, size);
	return at;
}

#endif

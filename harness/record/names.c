/* SPDX-License-Identifier: Apache-2.0 */
#include "record/names.h"

#include <sys/random.h>

/* FNV-1a, from a random start: a journal of any origin is not to choose texts
 * that all fall into one slot. */
static uint64_t hash(const struct names *n, const char *s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ n->seed;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The slot that holds `text`, or the free one where it belongs. The slots are
 * a power of two and never more than half full. */
static uint32_t *slot_of(const struct names *n, const char *text)
{
	size_t mask = n->slot_count - 1;
	size_t i = (size_t)hash(n, text) & mask;
	while (n->slots[i] && !streq(n->at[n->slots[i] - 1], text))
		i = (i + 1) & mask;
	return &n->slots[i];
}

static void grow(struct names *n)
{
	/* Without randomness it is only slower. */
	if (n->seed == 0 &&
	    getrandom(&n->seed, sizeof(n->seed), 0) != sizeof(n->seed))
		n->seed = 1;
	free(n->slots);
	n->slot_count = n->slot_count ? n->slot_count * 2 : 64;
	n->slots = xcalloc(n->slot_count, sizeof(*n->slots));
	for (uint32_t i = 0; i < n->count; i++)
		*slot_of(n, n->at[i]) = i + 1;
}

size_t names_add(struct names *n, const char *text, bool *added)
{
	if (n->count * 2 >= n->slot_count)
		grow(n);
	uint32_t *slot = slot_of(n, text);
	if (added)
		*added = *slot == 0;
	if (*slot == 0) {
		*VEC_PUSH(n) = xstrdup(text);
		*slot = (uint32_t)n->count;
	}
	return *slot - 1;
}

long names_find(const struct names *n, const char *text)
{
	if (n->slot_count == 0)
		return -1;
	return (long)*slot_of(n, text) - 1;
}

void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->at[i]);
	VEC_RELEASE(n);
	free(n->slots);
	*n = (struct names){ 0 };
}

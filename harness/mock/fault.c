/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault.h"

void fault_select(struct fault_list *out, const struct fault_list *all,
    uint64_t n, const struct fault_use *own)
{
	*out = (struct fault_list){ 0 };
	if (all)
		VEC_EACH (const struct fault_use, use, all)
			if (!use->at || use->at == n)
				*VEC_PUSH(out) = *use;
	if (own && !fault_find(out, FAULT_HONEST))
		*VEC_PUSH(out) = *own;
}

const struct fault_use *fault_find(
    const struct fault_list *list, enum fault fault)
{
	if (!list)
		return NULL;
	VEC_EACH (const struct fault_use, use, list)
		if (use->fault == fault)
			return use;
	return NULL;
}

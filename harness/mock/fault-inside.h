/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_FAULT_INSIDE_H
#define MOCK_FAULT_INSIDE_H

#include "mock/fault.h"
#include "mock/receive.h"

/* What the fault-*.c share. */

/* Every `from` of the bytes becomes `to`. */
void fault_replace_all(struct buf *b, const char *from, const char *to);
/* Another body, and what it calls itself ("" = nothing). */
void fault_replace_answer(
    struct received *r, const char *media_type, const char *body);

#endif

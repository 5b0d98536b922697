/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_FAULT_H
#define MOCK_FAULT_H

#include "base/buf.h"
#include "testcase/faults.h"

/*
 * What the named faults (testcase/faults.h) do to an honest answer. Each is a
 * row of the table of names and one small function in a table of its place:
 *     fault-draft.c  what the answer is to say, before it is written
 *     fault-text.c   the written answer: acknowledgement, frame, SOAP, XML
 *     fault-http.c   what goes onto the wire, and how
 *     fault-tls.c    the connection
 * A few are deeds of the judges themselves: they ask fault_find.
 */

/* Those of `all` that hold for message number `n`; and, unless one of them is
 * "honest", what its case asks for (`own`, may be NULL). */
void fault_select(struct fault_list *out, const struct fault_list *all,
    uint64_t n, const struct fault_use *own);
/* The use of `fault` in a message's list (may be NULL), or NULL. */
const struct fault_use *fault_find(
    const struct fault_list *list, enum fault fault);

/* ---- Bending an answer */

struct answer_draft;
struct inquiry;
struct received;

/* The documents that were found, before the draft points to them. */
NODISCARD int fault_bend_documents(struct inquiry *q, struct err *err);

/* The fault "stray-documents": what nobody asked for, looked up with the others
 * and put into the written answer to a query. */
NODISCARD int fault_find_strays(struct inquiry *q, struct err *err);
void fault_add_strays(const struct inquiry *q, struct buf *answer);

/* The draft, before it is written. What it newly points to lives in `memory`.
 */
struct fault_memory {
	char target[192], code[64];
};
void fault_bend_draft(
    struct inquiry *q, struct answer_draft *draft, struct fault_memory *memory);

/* The written answer: its text, then what of it is sent, and how. */
void fault_bend_text(const struct fault_list *list, struct received *r);
void fault_bend_http(const struct fault_list *list, struct received *r);

#endif

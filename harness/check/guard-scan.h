/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GUARD_SCAN_H
#define CHECK_GUARD_SCAN_H

#include "check/guard.h"
#include "xml/doc.h"

/*
 * guard_scan with a look at the document that it parsed on its way, so that
 * nobody parses twice: `see` gets NULL and what to say when the bytes are no
 * XML (private to the guard).
 */
typedef void guard_see(
    void *ctx, const struct xml_doc *doc, const struct note *why);
bool guard_scan_seeing(struct guard_report *report, const void *bytes,
    size_t len, const struct identity_pool *pool, guard_see *see, void *ctx);

/*
 * Of a request to the SHARK service: the JSON as it is, and then frame and
 * document as XML of their own; `see` gets the frame. What is no such request
 * cannot be looked at.
 */
void guard_scan_validation(struct guard_report *report, const void *bytes,
    size_t len, const struct identity_pool *pool, guard_see *see, void *ctx);

/* One finding more; `where` may be longer than fits, its end is kept. */
void guard_add(struct guard_report *report, enum guard_rule rule,
    const char *where, const struct note *what);

#endif

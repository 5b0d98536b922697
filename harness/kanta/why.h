/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_WHY_H
#define KANTA_WHY_H

#include "base/words.h"
#include "xml/doc.h"

/*
 * Why a reader refuses a message, as a sentence of the catalogue: whoever tells
 * people quotes it in their language. struct err says the same in English, and
 * knows the place.
 */

/* Keeps `reason` in *why and says it as xml_fail does; -1. */
int why_fail(struct note *why, const struct xml_doc *doc, const xmlNode *node,
    struct err *err, enum err_kind kind, struct note reason);

/* What struct err says of a reason: in English, beginning small. */
void why_english(struct buf *to, const struct note *reason);

/* A sentence of the form "…: {fi}" and "…: {en}" about a reason, with the
 * place that `at` has ("12:3: "; at may be NULL). */
typedef struct note why_say(const char *fi, const char *en);
struct note why_quote(
    why_say *say, const struct note *reason, const struct err *at);

#endif

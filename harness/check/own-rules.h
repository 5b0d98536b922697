/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_OWN_RULES_H
#define CHECK_OWN_RULES_H

#include "check/stage.h"

/*
 * The rules that XPath 1.0 says badly: check characters, days that exist, JSON,
 * what two documents say of each other. They are rows of rule.def and belong to
 * the stage of the rules (private to the check).
 */

/* Identity codes, business ids, OIDs and points in time of a tree. */
void rules_of_values(struct look *l, const struct xml_doc *doc, enum part part);
/* XHTML and JSON of a document of social welfare, held against its header. */
void rules_of_social(struct look *l);
/* A message and the document in it. */
void rules_of_frame(struct look *l);

/* Every element of a tree, in document order: the one behind `node`. */
const xmlNode *next_element(const xmlNode *node, const xmlNode *top);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_CDA_ORDER_H
#define KANTA_CDA_ORDER_H

#include "xml/doc.h"

/*
 * The order of the header's elements: of a ClinicalDocument as CDA_Fi.xsd has
 * it, and of its localHeader as hl7fi_extensions_cdar2header.xsd does.
 */

/* The element's place among its siblings; -1 = its parent's schema is another
 * one, or it does not know the element. */
int cda_rank(const xmlNode *node);
/* The place of a child `name` of `parent`; -1 likewise. */
int cda_rank_of(const xmlNode *parent, const char *name);

/* Whether a header has an element of this name. */
bool cda_has_name(const char *name);

/* The first child that stands behind one that belongs behind it; NULL = they
 * are in order. What the schema does not know is passed over. */
xmlNode *cda_misplaced(const xmlNode *parent);

#endif

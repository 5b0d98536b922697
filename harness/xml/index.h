/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_INDEX_H
#define XML_INDEX_H

#include "xml/doc.h"

/*
 * The elements of a tree in document order, to be found by name without
 * walking the tree once for each name. Elements that come to the tree, leave it
 * or are renamed make it wrong; it borrows them.
 */
struct xml_index;
struct xml_index *xml_index_new(const struct xml_doc *doc);
void xml_index_free(struct xml_index *index);

/* Those of a name, in their order; the namespace "" is none. */
typedef void xml_index_hear(void *ctx, const xmlNode *node);
void xml_index_find(const struct xml_index *index, const char *uri,
    const char *name, xml_index_hear *each, void *ctx);

#endif

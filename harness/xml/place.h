/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_PLACE_H
#define XML_PLACE_H

#include "xml/doc.h"

/*
 * Where an element stands in the text that it was parsed from, for who changes
 * a document and must leave every other byte as it was. `text` is what
 * xml_to_utf8 (xml/encoding.h) gives.
 */
struct place {
	size_t begin; /* of the start tag */
	size_t close; /* of the end tag; = end when the tag is empty: <a/> */
	size_t end;   /* behind the element */
};
/* False when the text is not the one that the node was parsed from. */
bool xml_place(
    struct place *out, const char *text, size_t len, const xmlNode *node);

#endif

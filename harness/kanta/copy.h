/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_COPY_H
#define KANTA_COPY_H

#include "xml/doc.h"

/*
 * Writing XML, inside this room. The default namespace of what is written is
 * HL7 V3; no prefix of a document's elements survives, so that a receiver
 * which is not prefix-blind can read it.
 */

/* Text content: & < > escaped, line ends stay as they are. */
void copy_text(struct buf *to, const char *s, size_t len);

/* <name attribute="value" …/>; a NULL value leaves its attribute out. */
struct put_attribute {
	const char *name, *value;
};
void put_empty(struct buf *to, const char *name,
    const struct put_attribute *attributes, size_t count);
void put_1(
    struct buf *to, const char *name, const char *attribute, const char *value);
void put_2(struct buf *to, const char *name, const char *a, const char *av,
    const char *b, const char *bv);

/*
 * `node` with all that it holds, but comments and white space between
 * elements; under another name unless `name` is NULL. `ns` is the default
 * namespace where it is written. Prefixes that its attributes need (xsi:type,
 * also in the value) are declared where they are used.
 */
void copy_element(
    struct buf *to, const xmlNode *node, const char *ns, const char *name);
/* Each child of this name (in HL7 V3), as above. */
void copy_children(struct buf *to, const xmlNode *parent, const char *name);

#endif

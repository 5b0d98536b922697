/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_HEADER_H
#define KANTA_HEADER_H

#include "base/words.h"
#include "xml/doc.h"

/*
 * The fields of a document's header by the numbers that the field's people
 * know: "2.2.07, time of creation" (HL7 Finland's header specification).
 */
struct header_field {
	const char *number, *path, *type_code;
	const char *name[LANG_COUNT];
};

/*
 * The field in which the element stands, or the one that its child `child`
 * would be (NULL = the element itself); the narrowest that is known. NULL =
 * outside of the header.
 */
const struct header_field *header_field_of(
    const xmlNode *element, const char *child);

#endif

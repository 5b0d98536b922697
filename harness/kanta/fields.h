/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_FIELDS_H
#define KANTA_FIELDS_H

#include "kanta/frame.h"

/* A row of frame.def; inside this room. */
struct frame_row {
	const char *name, *path, *attribute, *meaning;
};
const struct frame_row *frame_row(enum frame_field f);
/* The element that tells a document's register: of social welfare one of its
 * local header, where code is the kind of document; else code. */
xmlNode *cda_register(const xmlNode *root);
/* Where the field stands in a ClinicalDocument; NULL = it has none. */
const struct frame_row *cda_row(enum frame_field f);

#endif

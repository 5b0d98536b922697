/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_DIALECT_PRIVATE_H
#define KANTA_DIALECT_PRIVATE_H

#include "base/vec.h"
#include "kanta/dialect.h"
#include "xml/doc.h"

#define DIALECT_NS "urn:esitesti:dialect:1"

struct dialect_value {
	bool set;
	enum mark mark;
	char *source;
	char *text;	 /* as written, trimmed; "" for a list */
	uint64_t number; /* DIALECT_NUMBER */
	int choice;	 /* DIALECT_CHOICE */
	VEC(char *);	 /* DIALECT_LIST */
};

struct dialect {
	char *name;
	char *extends;	/* NULL = nothing */
	char *title[2]; /* fi, en */
	struct dialect_value value[DK_COUNT];
};

const char *dialect_key_choices(enum dialect_key key); /* "bare|soap11" */

/* One file's own values; ERR_CASE with place. Not yet complete. With
 * `recorded`, unknown keys are passed over. */
struct dialect *dialect_from_xml(
    const struct xml_doc *doc, bool recorded, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SCHEMA_INSIDE_H
#define CHECK_SCHEMA_INSIDE_H

#include "check/stage.h"
#include "xml/schema.h"

/* How a fault of a schema is told (private to the stage of schemas). */

#define SCHEMA_NAME 128
#define SCHEMA_LIST 300

/* One document while it is validated. */
struct schema_hearing {
	struct look *l;
	enum part part;
	bool unknown_root; /* no schema knows the message: nothing was found */
	const xmlNode *last; /* what was told last: of a list's fault there are
				two messages */
	char last_attribute[SCHEMA_NAME];
	const xmlNode *mistyped; /* told already: its own type stays open */
};

/* A finding for people out of libxml2's message: for xml_validate. */
void schema_tell(void *hearing, const struct xml_invalid *fault);

/* The element's name as people write it: "code", "hl7fi:localHeader". */
void schema_name(char out[SCHEMA_NAME], const xmlNode *node);

/* A child where it must not be, or one too few. */
void schema_tell_child(
    struct schema_hearing *h, const struct xml_invalid *fault);

/* A value that does not fit: the rest of the sentence, what would. */
struct note schema_shape(const char *message);

/* One more sentence to a finding; the finding may be NULL. */
void schema_add(struct finding *f, const struct note *sentence);
/* Another hint instead of the rule's. */
void schema_hint(struct finding *f, const struct note *hint);
/* The field of the header in which `node` (or a child of that name) stands. */
void schema_field(struct finding *f, const xmlNode *node, const char *child);

#endif

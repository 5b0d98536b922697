/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SCHEMA_H
#define XML_SCHEMA_H

#include "base/err.h"
#include "xml/doc.h"

/*
 * W3C XML Schema 1.0, by libxml2. A schema is loaded once, with what it
 * includes and imports out of its own folder and those below (never from
 * elsewhere, never from the network), and is then shared by all threads; each
 * thread validates with a validator of its own.
 */
struct xml_schema;

/* ERR_CASE names the file and why it is no schema; ERR_IO, ERR_LIMIT. */
struct xml_schema *xml_schema_load(const char *path, struct err *err);
void xml_schema_free(struct xml_schema *s);

/* The version attribute of the file named, "" = none. */
const char *xml_schema_version(const struct xml_schema *s);
/* All files that make it up, the one named first. */
size_t xml_schema_file_count(const struct xml_schema *s);
const char *xml_schema_file(const struct xml_schema *s, size_t index);

/* What breaks the schema, as libxml2 says it. */
struct xml_invalid {
	int code;	       /* XML_SCHEMAV_… */
	const xmlNode *node;   /* the element */
	const char *attribute; /* of it, or NULL */
	const char *message;   /* without a line end */
};

struct xml_validator;
struct xml_validator *xml_validator_new(const struct xml_schema *s);
void xml_validator_free(struct xml_validator *v);

/*
 * Validates the element and all below it. 0 = valid, 1 = not, and `each` was
 * called for every fault, in document order; -1 = libxml2 broke down.
 * Attributes of the type xs:ID become IDs of the tree.
 */
NODISCARD int xml_validate(struct xml_validator *v, xmlNode *element,
    void (*each)(void *ctx, const struct xml_invalid *fault), void *ctx,
    struct err *err);

#endif

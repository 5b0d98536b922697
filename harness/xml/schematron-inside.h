/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SCHEMATRON_INSIDE_H
#define XML_SCHEMATRON_INSIDE_H

#include "xml/schematron.h"

/* What reading a schema and running it share (private to Schematron). */

#define SCH  "http://purl.oclc.org/dsdl/schematron"
#define SVRL "http://purl.oclc.org/dsdl/svrl"
#define XSL  "http://www.w3.org/1999/XSL/Transform"

struct file_list {
	VEC(char *);
};

/*
 * Puts inclusions, abstract patterns and abstract rules in their places, and
 * gives every assertion an id. `files` gets what was read.
 */
NODISCARD int schematron_expand(
    struct xml_doc *doc, struct file_list *files, struct err *err);

#endif

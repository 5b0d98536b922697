/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SHAPE_H
#define XML_SHAPE_H

#include "xml/doc.h"

/*
 * The shape of our own XML files (case, dialect, project, targets, facts) as
 * tables. shape_check walks a document and refuses, with place and caret, what
 * the table does not name: an unknown element or attribute (and which was
 * probably meant), a missing or repeated one, a value of the wrong type, text
 * where none belongs. What passed can then be read without further questions.
 * libxml2's RELAX NG messages name neither attribute nor value; the published
 * *.rng say the same as these tables, and a mutant test holds them together.
 */
enum shape_type {
	SHAPE_TEXT,   /* any text, not only white space */
	SHAPE_ID,     /* [A-Za-z][A-Za-z0-9._-]{0,63} */
	SHAPE_NUMBER, /* decimal digits, at most 9 */
	SHAPE_OID,    /* kanta/ids.h's grammar, lexically */
	SHAPE_CHOICE, /* one of `choices`, separated by '|' */
	SHAPE_LANG,   /* fi or en */
	SHAPE_FLAG,   /* true or false */
};

struct shape_attribute {
	const char *name; /* "xml:lang" for that one */
	enum shape_type type;
	bool required;
	const char *choices; /* "F|I|U" */
};

struct shape;

struct shape_child {
	const struct shape *shape;
	unsigned min, max; /* max 0 = any number */
};

enum shape_content {
	SHAPE_EMPTY,	   /* neither text nor children */
	SHAPE_CHILDREN,	   /* children in the table's order */
	SHAPE_MIXED_ORDER, /* children in any order */
	SHAPE_HAS_TEXT,	   /* text only, not empty */
	SHAPE_MAY_TEXT,	   /* text only, may be empty */
};

struct shape {
	const char *element; /* local name, in the document's namespace */
	enum shape_content content;
	const struct shape_attribute *attributes;
	size_t attribute_count;
	const struct shape_child *children;
	size_t child_count;
};

/*
 * `ns` is the format's namespace, which carries its major version:
 * "urn:esitesti:case:1". Another version of the same format gets its own
 * message. ERR_CASE with place, excerpt and hint.
 */
NODISCARD int shape_check(const struct xml_doc *doc, const char *ns,
    const struct shape *root, struct err *err);

#endif

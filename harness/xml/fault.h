/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_FAULT_H
#define XML_FAULT_H

#include "base/compiler.h"

#include <libxml/tree.h>
#include <libxml/xmlerror.h>

/*
 * Why bytes are no XML, as a code with its words, so that whoever tells people
 * can do so in their language. It stands beside struct err, which says the same
 * in English and knows the place.
 */
enum xml_fault_kind {
	XML_FAULT_NONE,
#define XML_FAULT(id, args) XML_FAULT_##id,
#include "xml/fault.def"
#undef XML_FAULT
	XML_FAULT_COUNT
};

#define XML_FAULT_ARGS 3
#define XML_FAULT_ARG  200
struct xml_fault {
	enum xml_fault_kind kind;
	char arg[XML_FAULT_ARGS][XML_FAULT_ARG];
};

/* How many of the arguments a kind has. */
size_t xml_fault_args(enum xml_fault_kind kind);

/* Its sentence (base/words.h); W_none for XML_FAULT_NONE. */
struct note;
struct note xml_fault_say(const struct xml_fault *f);

/* Sets kind and arguments, cut where they are too long; NULL ends them early.
 * The first fault stays. `f` may be NULL. */
void xml_fault_set(struct xml_fault *f, enum xml_fault_kind kind, const char *a,
    const char *b, const char *c);
/* The same with a number. */
void xml_fault_set_number(
    struct xml_fault *f, enum xml_fault_kind kind, size_t n);

/*
 * What an error of libxml2's means. It stands at byte `at` of `text` (len
 * bytes); `open` is the innermost element that is open, or NULL. (Private to
 * xml/doc.c.)
 */
struct xml_fault_place {
	const char *text;
	size_t len, at;
	const xmlNode *open;
};
void xml_fault_learn(struct xml_fault *f, const xmlError *e,
    const struct xml_fault_place *place);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_XPATH_H
#define XML_XPATH_H

#include "xml/doc.h"

/*
 * XPath 1.0 over one document, with prefixes bound by the caller (never by the
 * document) and a cap on the work, so that a hostile document or expression
 * ends in an error. An expression is compiled at each use: compiled ones are
 * not shared between threads.
 */
struct xml_ns {
	char *prefix, *uri;
};
struct xml_ns_list {
	struct xml_ns *at;
	size_t count, alloc;
};
/* The prefixes in scope at `node`, copied. */
void xml_ns_in_scope(struct xml_ns_list *list, const xmlNode *node);
void xml_ns_release(struct xml_ns_list *list);

struct xpath_result {
	size_t count;  /* nodes found; for a string, number or boolean: 1
			  when it is non-empty, not NaN, true */
	char *text;    /* string value of the first node or of the value,
			  malloc'ed, never NULL */
	xmlNode *node; /* first element, or the owner of the first attribute;
			  NULL when the value is no node */
	bool is_nodes;
};

/*
 * Evaluates `expression` with `doc`'s root node as context. ERR_CASE when it
 * does not compile or uses an unbound prefix; ERR_LIMIT when it works too long.
 */
NODISCARD int xpath_eval(const struct xml_doc *doc, const char *expression,
    const struct xml_ns_list *ns, struct xpath_result *out, struct err *err);
void xpath_release(struct xpath_result *r);

/* Whether it compiles with these prefixes: for the loader of cases. */
NODISCARD int xpath_check(
    const char *expression, const struct xml_ns_list *ns, struct err *err);

/*
 * The next name test of an element in the expression at `*at`, which moves on;
 * false at the end. No attribute, function, variable or text in quotes.
 */
struct xpath_name {
	const char *prefix, *name; /* prefix_len 0 = none */
	size_t prefix_len, name_len;
};
bool xpath_next_name(
    const char *expression, const char **at, struct xpath_name *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SCHEMATRON_INSIDE_H
#define XML_SCHEMATRON_INSIDE_H

#include "base/vec.h"
#include "xml/schematron.h"

/*
 * How a schema becomes a stylesheet (private to Schematron): it is expanded
 * (schematron-expand.c), reduced to one phase with its names settled
 * (schematron-settle.c), checked (schematron-check.c), told where its contexts
 * can match (schematron-walk.c), and turned by schematron.xsl.
 */

#define SCH  "http://purl.oclc.org/dsdl/schematron"
#define SVRL "http://purl.oclc.org/dsdl/svrl"
#define XSL  "http://www.w3.org/1999/XSL/Transform"
/* Marks of ours in an expanded schema, and functions in its stylesheet. */
#define ESI "urn:esitesti:schematron:1"

enum query_binding {
	BINDING_XSLT1,
	BINDING_XSLT2, /* and 3: for Saxon */
};

struct facts_of_set {
	char *version, digest[65];
	size_t assertions;
	struct {
		VEC(char *);
	} files;
};

struct schematron {
	struct facts_of_set facts;
	enum query_binding binding;
	xmlDoc *tree;	    /* the stylesheet */
	struct xslt *sheet; /* the same, to be run here */
	char *text;	    /* the same, for Saxon */
	bool was_saved;
};

/* ---- What was saved */
NODISCARD int schematron_digest_files(
    struct schematron *s, const struct schematron_options *o, struct err *err);
/* False when there is nothing of the same bytes. */
bool schematron_take_saved(
    struct schematron *s, const char *path, const struct schematron_options *o);

/* ---- What was found: where the n-th hit of an SVRL is */
struct places {
	VEC(const xmlNode *);
};
NODISCARD int schematron_read_places(const xmlNode *svrl,
    const struct xml_doc *doc, const struct places *places,
    schematron_hear *each, void *ctx, struct err *err);

/* ---- A schema while it is read. Elements of included files carry esi:file,
 * the index of theirs; who carries none is of its parent's. */
struct source {
	VEC(struct xml_doc *); /* the one named first is the expanded one */
	struct err *err;
	enum query_binding binding;
	size_t nodes; /* copied so far: an abstract rule may name others */
	char *folder; /* of the schema, canonical */
	xmlNs *marks;
};

/* xml_fail and xml_fail_at in the file that the node came from. */
int source_fail(const struct source *s, const xmlNode *node, enum err_kind kind,
    const char *fmt, ...) PRINTF_LIKE(4, 5);
int source_fail_at(const struct source *s, const xmlNode *node,
    const char *attribute, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* A copy of `node` before `place`, knowing where it came from; NULL and
 * ERR_LIMIT when all copies are too many. */
xmlNode *source_copy(struct source *s, xmlNode *place, xmlNode *node);

/* Each step leaves the first document's tree ready for the next. */
NODISCARD int schematron_expand(struct source *s);
NODISCARD int schematron_check_names(const struct source *s);
NODISCARD int schematron_settle(struct source *s, const char *phase);
NODISCARD int schematron_check(const struct source *s);
NODISCARD int schematron_walk(struct source *s);

static inline bool is_sch(const xmlNode *node, const char *name)
{
	return xml_is(node, SCH, name);
}
bool is_abstract(const xmlNode *node);
void set_attr(xmlNode *node, const char *name, const char *value);

/* ---- XPath, as far as words go: the same in all its versions */
enum token_kind {
	TOKEN_VARIABLE,
	TOKEN_FUNCTION, /* or an operator or node test with a parenthesis */
	TOKEN_PREFIX,
};
struct token {
	enum token_kind kind;
	const char *at; /* without '$' */
	size_t len;	/* with prefix, but for TOKEN_PREFIX */
};
/* The next one at `*at`, which moves on; false at the end. */
bool xpath_next_token(const char **at, struct token *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SCHEMATRON_H
#define XML_SCHEMATRON_H

#include "base/err.h"
#include "base/vec.h"
#include "xml/doc.h"
#include "xml/index.h"

/*
 * ISO Schematron (ISO/IEC 19757-3:2016) with the query language bindings
 * "xslt", "xslt1" and "exslt": phases, let at every level, abstract patterns
 * and rules, include, extends, diagnostics, properties, value-of, name, keys. A
 * schema becomes an XSLT stylesheet once (schematron.xsl), is shared by all
 * threads, and its result is SVRL, of which only what was found is given.
 *
 * With "xslt2", "xpath2", "xslt3", "xpath3" or "xpath31" it becomes a
 * stylesheet for Saxon, which somebody else must run (schematron_sheet).
 */
struct schematron;

struct schematron_options {
	const char *compiler; /* path of schematron.xsl */
	const char *phase;    /* NULL or "#DEFAULT": the schema's own; "#ALL" */
	const char *compiled; /* what schematron_save left; NULL = none */
};

/*
 * Reads the schema and what it includes out of its own folder or below. What
 * `compiled` names is taken instead when it was made of the very same bytes.
 * ERR_CASE with the place in the user's file, also an included one: no ISO
 * Schematron, another binding, an element that Schematron does not have, an
 * inclusion from elsewhere, a faulty expression, an unknown variable, function
 * or prefix. ERR_USAGE: an unknown phase.
 */
struct schematron *schematron_load(const char *path,
    const struct schematron_options *options, struct err *err);
void schematron_free(struct schematron *s);

/* Writes it to a file, as schematron_options.compiled wants it. */
NODISCARD int schematron_save(
    const struct schematron *s, const char *path, struct err *err);

const char *schematron_version(const struct schematron *s); /* "" = none */
const char *schematron_file(const struct schematron *s);    /* the one named */
/* All files that it was made of, the one named first. */
size_t schematron_file_count(const struct schematron *s);
const char *schematron_file_at(const struct schematron *s, size_t index);
/* SHA-256 by which a saved one is known, in hexadecimal: over the digests of
 * compiler and files, the program's version and the phase. */
const char *schematron_digest(const struct schematron *s);
size_t schematron_assertions(const struct schematron *s); /* active ones */

/* For Saxon: the stylesheet that makes SVRL of a document, as text; NULL when
 * schematron_run can run it. */
const char *schematron_sheet(const struct schematron *s);

/* A failed assert or a successful report. Texts are borrowed until the call
 * ends; NULL = absent. White space is normalised, and what is longer than
 * LIMIT_SCHEMATRON_TEXT is cut. */
struct schematron_note {
	const char *id, *lang, *text; /* lang NULL = none given */
};
struct schematron_hit {
	bool is_report;
	const char *id, *role, *flag, *test, *text;
	const char *see;       /* of the assertion, else of its rule */
	const xmlNode *node;   /* the element there, or that holds the attribute
				  or text; NULL = the whole document */
	const char *attribute; /* of it, when the place is one */
	struct {
		VEC(struct schematron_note);
	} diagnostics, properties;
};
typedef void schematron_hear(void *ctx, const struct schematron_hit *hit);

/*
 * Runs it over `doc`, whose elements `index` knows: in document order within
 * what one context matches. At most LIMIT_SCHEMATRON_HITS are told. ERR_CASE
 * when the stylesheet breaks down or works too long; the rule set is named.
 */
NODISCARD int schematron_run(const struct schematron *s,
    const struct xml_doc *doc, const struct xml_index *index,
    schematron_hear *each, void *ctx, struct err *err);

/* The same for an SVRL tree that another program made of `doc`. */
NODISCARD int schematron_read_svrl(const xmlNode *svrl,
    const struct xml_doc *doc, schematron_hear *each, void *ctx,
    struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_SCHEMATRON_H
#define XML_SCHEMATRON_H

#include "base/err.h"
#include "base/vec.h"
#include "xml/doc.h"

/*
 * ISO Schematron (ISO/IEC 19757-3:2016) with the query language bindings
 * "xslt" and "xslt1": phases, let, abstract patterns and rules, include,
 * extends, diagnostics, value-of, name, keys. A schema becomes an XSLT
 * stylesheet once (schematron.xsl), is shared by all threads, and its result is
 * SVRL, of which only what was found is given.
 */
struct schematron;

struct schematron_options {
	const char *compiler; /* path of schematron.xsl */
	const char *phase;    /* NULL or "#DEFAULT": the schema's own; "#ALL" */
};

/*
 * Reads the schema and what it includes out of its own folder or below.
 * ERR_CASE with place: no Schematron, another binding (its name is in the
 * message), an unknown phase, an inclusion from elsewhere, a faulty expression.
 */
struct schematron *schematron_load(const char *path,
    const struct schematron_options *options, struct err *err);
void schematron_free(struct schematron *s);

const char *schematron_title(const struct schematron *s);   /* "" = none */
const char *schematron_version(const struct schematron *s); /* "" = none */
/* Which files it was made of, the one named first. */
size_t schematron_file_count(const struct schematron *s);
const char *schematron_file(const struct schematron *s, size_t index);
size_t schematron_assertions(const struct schematron *s); /* active ones */

/* The query binding a file asks for ("xslt2"), malloc'ed; NULL with an error
 * when it is no Schematron. */
char *schematron_binding(const char *path, struct err *err);

/* A failed assert or a successful report. Texts are borrowed until the call
 * ends; NULL = absent. White space is normalised. */
struct schematron_diagnostic {
	const char *id, *lang, *text;
};
struct schematron_hit {
	bool is_report;
	const char *id, *role, *flag, *test, *text;
	const char *see; /* of the assertion, else of its rule */
	const char *location;
	const xmlNode *node; /* the element there; NULL when it is not found */
	const char *attribute; /* of it, when the location is one */
	struct {
		VEC(struct schematron_diagnostic);
	} diagnostics;
};

/*
 * Runs it over `doc`, in document order within each pattern. ERR_CASE when the
 * stylesheet breaks down, ERR_LIMIT when it works too long.
 */
NODISCARD int schematron_run(const struct schematron *s,
    const struct xml_doc *doc,
    void (*each)(void *ctx, const struct schematron_hit *hit), void *ctx,
    struct err *err);

/* The same for an SVRL tree that another program made of `doc`. */
NODISCARD int schematron_read_svrl(const struct schematron *s,
    const xmlNode *svrl, const struct xml_doc *doc,
    void (*each)(void *ctx, const struct schematron_hit *hit), void *ctx,
    struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_XSLT_H
#define XML_XSLT_H

#include "base/err.h"
#include "xml/doc.h"

/*
 * XSLT 1.0 by libxslt, so that a stylesheet, whoever wrote it, can do nothing
 * but turn one tree into another: no file is read or written, no network
 * touched, no other stylesheet included, and the work is capped. A compiled
 * stylesheet may be shared by threads. EXSLT's functions of common, math, sets,
 * strings and dates-and-times may be called.
 */
struct xslt;

/* `name` names it in messages. ERR_CASE with what libxslt said. The tree is
 * copied. */
struct xslt *xslt_compile(xmlDoc *sheet, const char *name, struct err *err);
void xslt_free(struct xslt *x);

/* Functions that the stylesheet may call, up to one without a name: libxml2's
 * way; xslt_context gives the run's `ctx`. */
struct _xmlXPathParserContext;
struct xslt_function {
	const char *name, *uri;
	void (*call)(struct _xmlXPathParserContext *ctxt, int nargs);
};
void *xslt_context(struct _xmlXPathParserContext *ctxt);
/* Ends the run from within a function: with ERR_CASE and these words. */
void xslt_stop(struct _xmlXPathParserContext *ctxt, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

/* Whether it is an XSLT 1.0 pattern (5.2) with the prefixes declared by the
 * sch:ns children of `schema`; if not, `why` gets libxslt's words. */
bool xslt_is_pattern(
    const char *pattern, const xmlNode *schema, struct buf *why);

struct xslt_run {
	const struct xslt_function *functions; /* or NULL */
	void *ctx;
	const char *const *params; /* name, value (a string), …, NULL */
	int max_work; /* libxslt's operations, and libxml2's of each XPath */
};
/* The result, to be freed by xmlFreeDoc; NULL with ERR_CASE or ERR_LIMIT. */
xmlDoc *xslt_apply(const struct xslt *x, xmlDoc *page,
    const struct xslt_run *run, struct err *err);

#endif

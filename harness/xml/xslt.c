/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/xslt.h"

#include "base/limits.h"
#include "base/xalloc.h"

#include <libexslt/exslt.h>
#include <libxml/xpathInternals.h>
#include <libxslt/documents.h>
#include <libxslt/extensions.h>
#include <libxslt/pattern.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <pthread.h>

struct xslt {
	char *name;
	xsltStylesheet *sheet;
	xsltSecurityPrefs *prefs;
};

/* One use: what libxslt says, and what a function of ours stopped it with. */
struct running {
	void *ctx;
	struct buf said;
	struct err err;
};

/* ---- What libxslt says */

static void hear(void *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Messages come in pieces; with nobody to tell, they are dropped. */
static void hear(void *ctx, const char *fmt, ...)
{
	struct buf *said = ctx;
	va_list args;
	va_start(args, fmt);
	if (said)
		buf_vaddf(said, fmt, args);
	va_end(args);
}

/* Both libraries also speak outside of any context. */
static void listen_all(struct buf *said)
{
	xsltSetGenericErrorFunc(said, hear);
	xmlSetGenericErrorFunc(said, hear);
}

static int fail_said(
    const char *what, const char *name, struct buf *said, struct err *err)
{
	for (char *p = said->ptr; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return err_set(err, ERR_CASE, "%s '%s': %s", what, name,
	    said->len ? said->ptr : "no reason given");
}

/* ---- Locked down */

static xmlDoc *load_nothing(const xmlChar *uri, xmlDict *dict, int options,
    void *ctxt, xsltLoadType type)
{
	(void)uri, (void)dict, (void)options, (void)ctxt, (void)type;
	return NULL;
}

static xsltSecurityPrefs *forbid_all(void)
{
	static const xsltSecurityOption all[] = {
		XSLT_SECPREF_READ_FILE,
		XSLT_SECPREF_WRITE_FILE,
		XSLT_SECPREF_CREATE_DIRECTORY,
		XSLT_SECPREF_READ_NETWORK,
		XSLT_SECPREF_WRITE_NETWORK,
	};
	xsltSecurityPrefs *prefs = xsltNewSecurityPrefs();
	for (size_t i = 0; prefs && i < COUNTOF(all); i++)
		if (xsltSetSecurityPrefs(prefs, all[i], xsltSecurityForbid))
			BUG("xsltSetSecurityPrefs");
	return prefs;
}

static void know_functions(void)
{
	exsltCommonRegister();
	exsltMathRegister();
	exsltSetsRegister();
	exsltStrRegister();
	exsltDateRegister();
}

/* libxslt takes the tree over, and what xml/doc.h knows of it must not go. */
struct xslt *xslt_compile(xmlDoc *sheet, const char *name, struct err *err)
{
	struct buf said = BUF_INIT(LIMIT_KIB(8));
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct xslt *x = xcalloc(1, sizeof(*x));
	pthread_once(&once, know_functions);
	xmlDoc *copy = xmlCopyDoc(sheet, 1);
	x->name = xstrdup(name);
	x->prefs = forbid_all();
	xsltSetLoaderFunc(load_nothing);
	listen_all(&said);
	x->sheet = copy ? xsltParseStylesheetDoc(copy) : NULL;
	listen_all(NULL);
	if (!x->sheet)
		xmlFreeDoc(copy);
	if (!x->sheet || x->sheet->errors) {
		fail_said("cannot use the stylesheet", name, &said, err);
		xslt_free(x);
		x = NULL;
	}
	buf_release(&said);
	return x;
}

void xslt_free(struct xslt *x)
{
	if (!x)
		return;
	xsltFreeStylesheet(x->sheet);
	xsltFreeSecurityPrefs(x->prefs);
	free(x->name);
	free(x);
}

bool xslt_is_pattern(
    const char *pattern, const xmlNode *schema, struct buf *why)
{
	xmlDoc *tree = xmlNewDoc(NULL);
	xmlNode *scope = xmlNewDocNode(tree, NULL, (const xmlChar *)"x", NULL);
	xsltStylesheet *sheet = xsltNewStylesheet();
	xmlDocSetRootElement(tree, scope);
	XML_EACH_CHILD (ns, schema)
		if (xml_is(ns, NULL, "ns"))
			xmlNewNs(scope, (const xmlChar *)xml_attr(ns, "uri"),
			    (const xmlChar *)xml_attr(ns, "prefix"));
	listen_all(why);
	xsltCompMatch *match = xsltCompilePattern(
	    (const xmlChar *)pattern, tree, scope, sheet, NULL);
	listen_all(NULL);
	bool good = match && !sheet->errors && !why->len;
	xsltFreeCompMatchList(match);
	xsltFreeStylesheet(sheet);
	xmlFreeDoc(tree);
	for (char *p = why->ptr; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return good;
}

/* ---- Running it */

void *xslt_context(xmlXPathParserContext *ctxt)
{
	struct running *r = xsltXPathGetTransformContext(ctxt)->_private;
	return r->ctx;
}

void xslt_stop(xmlXPathParserContext *ctxt, const char *fmt, ...)
{
	xsltTransformContext *run = xsltXPathGetTransformContext(ctxt);
	struct running *r = run->_private;
	char why[256];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	err_set(&r->err, ERR_CASE, "%s", why);
	run->state = XSLT_STATE_STOPPED;
}

static int set_up(xsltTransformContext *context, const struct xslt *x,
    const struct xslt_run *run)
{
	if (xsltSetCtxtSecurityPrefs(x->prefs, context) != 0)
		return -1;
	for (const struct xslt_function *f = run->functions; f && f->name; f++)
		if (xsltRegisterExtFunction(context, (const xmlChar *)f->name,
			(const xmlChar *)f->uri, f->call) != 0)
			return -1;
	return run->params ? xsltQuoteUserParams(
				 context, (const char **)(uintptr_t)run->params)
			   : 0;
}

xmlDoc *xslt_apply(const struct xslt *x, xmlDoc *page,
    const struct xslt_run *run, struct err *err)
{
	xmlDoc *result = NULL;
	struct running r = { .ctx = run->ctx, .said = BUF_INIT(LIMIT_KIB(8)) };
	xsltTransformContext *context = xsltNewTransformContext(x->sheet, page);
	if (!context) {
		err_set(err, ERR_INTERNAL, "libxslt gave no context");
		return NULL;
	}
	context->_private = &r;
	context->maxTemplateDepth = LIMIT_STYLE_DEPTH;
	context->opLimit = (unsigned long)run->max_work;
	context->xpathCtxt->opLimit = (unsigned long)run->max_work;
	xsltSetTransformErrorFunc(context, &r.said, hear);
	if (set_up(context, x, run) != 0)
		err_set(&r.err, ERR_INTERNAL, "libxslt cannot be locked down");
	else
		result = xsltApplyStylesheetUser(
		    x->sheet, page, NULL, NULL, NULL, context);
	if (context->state != XSLT_STATE_OK || r.err.kind) {
		if (!r.err.kind)
			fail_said("cannot run the stylesheet", x->name, &r.said,
			    &r.err);
		*err = r.err;
		xmlFreeDoc(result);
		result = NULL;
	}
	xsltFreeTransformContext(context);
	buf_release(&r.said);
	return result;
}

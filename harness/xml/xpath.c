/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/xpath.h"

#include "base/limits.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "xml/quiet.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

void xml_ns_in_scope(struct xml_ns_list *list, const xmlNode *node)
{
	/* libxml2 takes no const, but only reads. */
	xmlNode *at = (xmlNode *)(uintptr_t)node;
	xmlNs **found = xmlGetNsList(at->doc, at);
	for (xmlNs **ns = found; ns && *ns; ns++) {
		if (!(*ns)->prefix || !(*ns)->href)
			continue;
		struct xml_ns *own = VEC_PUSH(list);
		own->prefix = xstrdup((const char *)(*ns)->prefix);
		own->uri = xstrdup((const char *)(*ns)->href);
	}
	xmlFree(found);
}

void xml_ns_release(struct xml_ns_list *list)
{
	VEC_EACH (struct xml_ns, ns, list) {
		free(ns->prefix);
		free(ns->uri);
	}
	VEC_RELEASE(list);
}

/* libxml2 gives a number, and hardly ever a text. */
static const struct reason {
	int code;
	const char *why, *hint;
} reasons[] = {
	{ XPATH_NUMBER_ERROR, "a malformed number", NULL },
	{ XPATH_UNFINISHED_LITERAL_ERROR, "a text without its end quote",
	    NULL },
	{ XPATH_UNDEF_VARIABLE_ERROR, "an XPath variable ($name)",
	    "there are none; the harness' own are written ${name}" },
	{ XPATH_INVALID_PREDICATE_ERROR, "a malformed predicate [ ]", NULL },
	{ XPATH_EXPR_ERROR, "it is no XPath 1.0", NULL },
	{ XPATH_UNCLOSED_ERROR, "a bracket without its end", NULL },
	{ XPATH_UNKNOWN_FUNC_ERROR, "an unknown function",
	    "only the functions of XPath 1.0 are known" },
	{ XPATH_INVALID_OPERAND, "an operand of the wrong type", NULL },
	{ XPATH_INVALID_TYPE, "an argument of the wrong type", NULL },
	{ XPATH_INVALID_ARITY, "a wrong number of arguments", NULL },
	{ XPATH_UNDEF_PREFIX_ERROR, "an unbound prefix",
	    "declare the prefix with xmlns:… in the case file" },
	{ XPATH_ENCODING_ERROR, "it is not UTF-8", NULL },
	{ XPATH_INVALID_CHAR_ERROR, "a character that XML cannot hold", NULL },
};

/* Keeps the first code that libxml2 complains with. */
static void on_error(void *ctx, xmlError *e)
{
	int *code = ctx;
	if (*code == XPATH_EXPRESSION_OK)
		*code = e->domain == XML_FROM_XPATH
			    ? e->code - XML_XPATH_EXPRESSION_OK
			    : XPATH_EXPR_ERROR;
}

static int fail(const char *expression, int code, struct err *err)
{
	if (code == XPATH_OP_LIMIT_EXCEEDED ||
	    code == XPATH_RECURSION_LIMIT_EXCEEDED)
		return err_set(err, ERR_LIMIT,
		    "the XPath expression '%.200s' takes too much work",
		    expression);
	struct reason reason = { 0, "it cannot be evaluated", NULL };
	for (size_t i = 0; i < COUNTOF(reasons); i++)
		if (reasons[i].code == code)
			reason = reasons[i];
	err_set(err, ERR_CASE, "the XPath expression '%.200s' is wrong: %s",
	    expression, reason.why);
	return reason.hint ? err_hint(err, "%s", reason.hint) : -1;
}

static xmlXPathContext *new_context(
    xmlDoc *tree, const struct xml_ns_list *ns, int *code)
{
	xmlXPathContext *ctx = xmlXPathNewContext(tree);
	if (!ctx)
		BUG("no XPath context");
	ctx->error = on_error;
	ctx->userData = code;
	ctx->opLimit = LIMIT_XPATH_WORK;
	VEC_EACH (struct xml_ns, n, ns)
		xmlXPathRegisterNs(
		    ctx, (const xmlChar *)n->prefix, (const xmlChar *)n->uri);
	return ctx;
}

static int check_length(const char *expression, struct err *err)
{
	if (strlen(expression) <= LIMIT_XPATH_TEXT)
		return 0;
	return err_set(err, ERR_LIMIT,
	    "the XPath expression '%.60s…' is longer than %zu bytes",
	    expression, LIMIT_XPATH_TEXT);
}

static xmlNode *element_of(xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->parent;
	return node;
}

/* libxml2 keeps a namespace node in another struct, with its element. */
static xmlNode *owner_of(xmlNode *node)
{
	if (node->type == XML_NAMESPACE_DECL)
		return element_of((xmlNode *)((xmlNs *)node)->next);
	return element_of(node);
}

static void take(struct xpath_result *out, xmlXPathObject *value)
{
	*out = (struct xpath_result){ 0 };
	xmlChar *text = xmlXPathCastToString(value);
	out->text = xstrdup(text ? (const char *)text : "");
	xmlFree(text);
	if (value->type != XPATH_NODESET) {
		out->count = xmlXPathCastToBoolean(value) != 0;
		if (value->type == XPATH_NUMBER)
			out->count = !xmlXPathIsNaN(value->floatval);
		return;
	}
	out->is_nodes = true;
	if (xmlXPathNodeSetIsEmpty(value->nodesetval))
		return;
	/* in document order, so that "first" means first */
	xmlXPathNodeSetSort(value->nodesetval);
	out->count = (size_t)value->nodesetval->nodeNr;
	out->node = owner_of(value->nodesetval->nodeTab[0]);
}

int xpath_eval(const struct xml_doc *doc, const char *expression,
    const struct xml_ns_list *ns, struct xpath_result *out, struct err *err)
{
	int code = XPATH_EXPRESSION_OK, rc = 0;
	*out = (struct xpath_result){ 0 };
	if (check_length(expression, err) < 0)
		return -1;
	struct xml_quiet quiet;
	xml_quiet_begin(&quiet, on_error, &code);
	xmlXPathContext *ctx = new_context(xml_tree(doc), ns, &code);
	ctx->node = (xmlNode *)xml_tree(doc);
	xmlXPathObject *value = xmlXPathEval((const xmlChar *)expression, ctx);
	if (value && code == XPATH_EXPRESSION_OK)
		take(out, value);
	else
		rc = fail(expression, code, err);
	xmlXPathFreeObject(value);
	xmlXPathFreeContext(ctx);
	xml_quiet_end(&quiet);
	return rc;
}

void xpath_release(struct xpath_result *r)
{
	free(r->text);
	*r = (struct xpath_result){ 0 };
}

int xpath_check(
    const char *expression, const struct xml_ns_list *ns, struct err *err)
{
	/*
	 * Prefixes, functions and variables are looked up when an expression
	 * runs, not when it is compiled: so it is run, over one empty element.
	 */
	static const char empty[] = "<x/>";
	struct xml_doc *doc = xml_parse(empty, strlen(empty), "empty", err);
	struct xpath_result unused;
	if (!doc)
		return -1;
	int rc = xpath_eval(doc, expression, ns, &unused, err);
	xpath_release(&unused);
	xml_free(doc);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/xpath.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/xalloc.h"

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

/* The first thing that libxml2 complains of. */
struct complaint {
	int code;
	char text[200];
};

static void on_error(void *ctx, xmlError *e)
{
	struct complaint *c = ctx;
	if (c->code != XML_ERR_OK)
		return;
	c->code = e->code;
	str_copy(c->text, sizeof(c->text), e->message ? e->message : "");
	c->text[strcspn(c->text, "\n")] = '\0';
}

static bool is_too_much(int code)
{
	static const int codes[] = {
		XML_XPATH_EXPRESSION_OK + XPATH_OP_LIMIT_EXCEEDED,
		XML_XPATH_EXPRESSION_OK + XPATH_RECURSION_LIMIT_EXCEEDED,
	};
	for (size_t i = 0; i < COUNTOF(codes); i++)
		if (code == codes[i])
			return true;
	return false;
}

static int fail(
    const char *expression, const struct complaint *c, struct err *err)
{
	if (is_too_much(c->code))
		return err_set(err, ERR_LIMIT,
		    "the XPath expression '%.200s' takes too much work",
		    expression);
	err_set(err, ERR_CASE, "the XPath expression '%.200s' is wrong: %s",
	    expression, c->text[0] ? c->text : "it cannot be evaluated");
	if (c->code == XML_XPATH_EXPRESSION_OK + XPATH_UNDEF_PREFIX_ERROR)
		err_hint(
		    err, "declare the prefix with xmlns:… in the case file");
	return -1;
}

static xmlXPathContext *new_context(
    xmlDoc *tree, const struct xml_ns_list *ns, struct complaint *complaint)
{
	xmlXPathContext *ctx = xmlXPathNewContext(tree);
	if (!ctx)
		BUG("no XPath context");
	ctx->error = on_error;
	ctx->userData = complaint;
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
	struct complaint complaint = { 0 };
	*out = (struct xpath_result){ 0 };
	if (check_length(expression, err) < 0)
		return -1;
	xmlXPathContext *ctx = new_context(xml_tree(doc), ns, &complaint);
	ctx->node = (xmlNode *)xml_tree(doc);
	xmlXPathObject *value = xmlXPathEval((const xmlChar *)expression, ctx);
	int rc = 0;
	if (value && complaint.code == XML_ERR_OK)
		take(out, value);
	else
		rc = fail(expression, &complaint, err);
	xmlXPathFreeObject(value);
	xmlXPathFreeContext(ctx);
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

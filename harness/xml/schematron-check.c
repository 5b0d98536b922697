/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/quiet.h"
#include "xml/schematron-inside.h"
#include "xml/xslt.h"

#include <libxml/xpath.h>

/*
 * libxslt names no place in the schema, tells of a prefix, a variable or a
 * function only once it meets it, and passes over an element that it does not
 * know: so each of them is looked at here first.
 */

/* ---- Elements and attributes */

static const char *const elements[] = { "active", "assert", "diagnostic",
	"diagnostics", "dir", "emph", "extends", "include", "let", "name", "ns",
	"p", "param", "pattern", "phase", "properties", "property", "report",
	"rule", "schema", "span", "title", "value-of" };

static const struct {
	const char *element, *attribute;
} required[] = {
	{ "active", "pattern" },
	{ "assert", "test" },
	{ "diagnostic", "id" },
	{ "let", "name" },
	{ "ns", "prefix" },
	{ "ns", "uri" },
	{ "param", "name" },
	{ "param", "value" },
	{ "phase", "id" },
	{ "property", "id" },
	{ "report", "test" },
	{ "value-of", "select" },
};

/* What a schema may take of XSLT; the last ones of a function (XSLT 2). */
static const char *const instructions[] = { "key", "decimal-format", "function",
	"analyze-string", "attribute", "call-template", "choose", "copy",
	"copy-of", "element", "fallback", "for-each", "for-each-group", "if",
	"matching-substring", "non-matching-substring", "number", "otherwise",
	"param", "perform-sort", "sequence", "sort", "text", "value-of",
	"variable", "when", "with-param" };

static int check_known(const struct source *s, const xmlNode *node)
{
	const char *name = (const char *)node->name;
	bool xsl = xml_is(node, XSL, NULL);
	const char *const *known = xsl ? instructions : elements;
	size_t count = xsl ? COUNTOF(instructions) : COUNTOF(elements);
	if (!xsl && !is_sch(node, NULL))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (streq(name, known[i]))
			return 0;
	source_fail(s, node, ERR_CASE,
	    xsl ? "a rule set has no use of XSLT's '%s'"
		: "Schematron has no element '%s'",
	    name);
	const char *near = str_nearest(name, known, count);
	if (!xsl && streq(name, "key"))
		near = "xsl:key";
	return near ? err_hint(s->err, "did you mean '%s'?", near) : -1;
}

static int check_required(const struct source *s, const xmlNode *node)
{
	for (size_t i = 0; i < COUNTOF(required); i++)
		if (is_sch(node, required[i].element) &&
		    !xml_attr(node, required[i].attribute))
			return source_fail(s, node, ERR_CASE,
			    "'%s' has no attribute '%s'", required[i].element,
			    required[i].attribute);
	if (is_sch(node, "rule") && !is_abstract(node) &&
	    !xml_attr(node, "context"))
		return source_fail(s, node, ERR_CASE, "'rule' has no context");
	return 0;
}

static bool has_id(const xmlNode *parent, const char *element, const char *id)
{
	XML_EACH_CHILD (node, parent) {
		const char *its = xml_attr(node, "id");
		if (is_sch(node, element) && its && streq(its, id))
			return true;
	}
	return false;
}

static int check_active(const struct source *s, const xmlNode *node)
{
	const char *named = xml_attr(node, "pattern");
	if (!is_sch(node, "active") ||
	    has_id(xml_root(s->at[0]), "pattern", named))
		return 0;
	return source_fail_at(
	    s, node, "pattern", "no pattern has the id '%s'", named);
}

static int check_names_below(const struct source *s, const xmlNode *top)
{
	if (check_known(s, top) < 0 || check_required(s, top) < 0 ||
	    check_active(s, top) < 0)
		return -1;
	XML_EACH_CHILD (node, top)
		if (check_names_below(s, node) < 0)
			return -1;
	return 0;
}

int schematron_check_names(const struct source *s)
{
	return check_names_below(s, xml_root(s->at[0]));
}

/* ---- Words of expressions */

struct word {
	const char *at;
	size_t len;
};

static bool word_is(struct word w, const char *text)
{
	return strlen(text) == w.len && strncmp(text, w.at, w.len) == 0;
}

static const char *find_prefix(const struct source *s, struct word prefix)
{
	XML_EACH_CHILD (ns, xml_root(s->at[0]))
		if (is_sch(ns, "ns") && word_is(prefix, xml_attr(ns, "prefix")))
			return xml_attr(ns, "uri");
	return NULL;
}

static bool has_let(
    const xmlNode *parent, const xmlNode *before, struct word name)
{
	for (const xmlNode *c = xml_first(parent); c && c != before;
	     c = xml_next(c))
		if (is_sch(c, "let") && word_is(name, xml_attr(c, "name")))
			return true;
	return false;
}

/* At the element, above it, and, for a let of a rule, only before it. */
static bool is_variable(const xmlNode *node, struct word name)
{
	const xmlNode *let = is_sch(node, "let") ? node : NULL;
	for (const xmlNode *up = node->parent; up; up = up->parent)
		if (has_let(up, let && is_sch(up, "rule") ? let : NULL, name))
			return true;
	return false;
}

/* Space before and behind each. XPath 1.0 4 and XSLT 1.0 12; the operators and
 * node tests that a parenthesis may follow. */
static const char xpath1[] =
    " and or div mod comment text node processing-instruction last position "
    "count id local-name namespace-uri name string concat starts-with contains "
    "substring-before substring-after substring string-length normalize-space "
    "translate boolean not true false lang number sum floor ceiling round "
    "current format-number function-available element-available generate-id "
    "key system-property ";

/* Of libexslt: not those that read the clock or make long texts of nothing. */
static const struct {
	const char *uri, *names;
} exslt[] = {
	{ "http://exslt.org/common", " node-set object-type " },
	{ "http://exslt.org/math",
	    " min max highest lowest constant sqrt power log abs sin cos tan "
	    "asin acos atan atan2 exp " },
	{ "http://exslt.org/sets",
	    " difference intersection distinct has-same-node leading "
	    "trailing " },
	{ "http://exslt.org/strings",
	    " tokenize split replace align concat encode-uri decode-uri " },
	{ "http://exslt.org/dates-and-times",
	    " date time year leap-year month-in-year month-name "
	    "month-abbreviation week-in-year week-in-month day-in-year "
	    "day-in-month day-of-week-in-month day-in-week day-name "
	    "day-abbreviation hour-in-day minute-in-hour second-in-minute "
	    "seconds sum add add-duration difference duration parse-date " },
};

/* XPath 2 and 3: whatever reaches outside of the document. */
static const char outside[] =
    " doc doc-available document collection uri-collection unparsed-text "
    "unparsed-text-lines unparsed-text-available unparsed-entity-uri json-doc "
    "environment-variable available-environment-variables transform "
    "load-xquery-module function-lookup ";

static bool is_listed(const char *list, struct word w)
{
	for (const char *at = list; (at = memmem(at, strlen(at), w.at, w.len));
	     at += w.len)
		if (at > list && at[-1] == ' ' && at[w.len] == ' ')
			return true;
	return false;
}

static struct word local_part(struct word w, struct word *prefix)
{
	const char *colon = memchr(w.at, ':', w.len);
	*prefix = (struct word){ w.at, 0 };
	if (!colon)
		return w;
	prefix->len = (size_t)(colon - w.at);
	return (struct word){ colon + 1, w.len - prefix->len - 1 };
}

static bool is_function(const struct source *s, struct word w)
{
	struct word prefix, name = local_part(w, &prefix);
	const char *uri = prefix.len ? find_prefix(s, prefix) : "";
	if (s->binding == BINDING_XSLT2)
		return !is_listed(outside, name);
	if (!prefix.len)
		return is_listed(xpath1, name);
	for (size_t i = 0; uri && i < COUNTOF(exslt); i++)
		if (streq(uri, exslt[i].uri))
			return is_listed(exslt[i].names, name);
	return false;
}

static int fail_function(const struct source *s, const xmlNode *node,
    const char *attribute, struct word w)
{
	struct word prefix, name = local_part(w, &prefix);
	int len = (int)(w.len < 80 ? w.len : 80);
	if (is_listed(outside, name))
		return source_fail_at(s, node, attribute,
		    "the function '%.*s' reaches outside of the document, "
		    "which a rule set may not",
		    len, w.at);
	source_fail_at(s, node, attribute,
	    "the function '%.*s' is not known here", len, w.at);
	return err_hint(s->err,
	    "functions are those of XPath 1.0, XSLT 1.0 and EXSLT (common, "
	    "math, sets, strings, dates-and-times); for those of XPath 2 write "
	    "queryBinding=\"xslt2\"");
}

static int check_token(const struct source *s, const xmlNode *node,
    const char *attribute, const struct token *t)
{
	struct word w = { t->at, t->len }, prefix;
	int len = (int)(w.len < 80 ? w.len : 80);
	local_part(w, &prefix);
	if (t->kind == TOKEN_PREFIX)
		prefix = w;
	if (prefix.len && !word_is(prefix, "xml") && !find_prefix(s, prefix) &&
	    s->binding == BINDING_XSLT1)
		return source_fail_at(s, node, attribute,
		    "no 'ns' declares the prefix '%.*s'",
		    (int)(prefix.len < 80 ? prefix.len : 80), prefix.at);
	if (t->kind == TOKEN_VARIABLE && s->binding == BINDING_XSLT1 &&
	    !is_variable(node, w))
		return source_fail_at(s, node, attribute,
		    "no 'let' declares the variable '$%.*s' here", len, w.at);
	if (t->kind == TOKEN_FUNCTION && !is_function(s, w))
		return fail_function(s, node, attribute, w);
	return 0;
}

/* ---- Expressions */

static void on_error(void *ctx, xmlError *e)
{
	struct buf *why = ctx;
	buf_clear(why);
	buf_adds(why, e && e->message ? e->message : "faulty");
	while (why->len && str_is_space(why->ptr[why->len - 1]))
		why->ptr[--why->len] = '\0';
}

static bool compiles_alone(const char *text, struct buf *why)
{
	struct xml_quiet quiet;
	xmlXPathContext *ctx = xmlXPathNewContext(NULL);
	ctx->error = on_error;
	ctx->userData = why;
	xml_quiet_begin(&quiet, on_error, why);
	xmlXPathCompExpr *compiled =
	    xmlXPathCtxtCompile(ctx, (const xmlChar *)text);
	xml_quiet_end(&quiet);
	bool good = compiled && !why->len;
	xmlXPathFreeCompExpr(compiled);
	xmlXPathFreeContext(ctx);
	return good;
}

/* Also within a function: libxml2 takes an unfinished "count(". */
static bool compiles(const char *text, struct buf *why)
{
	char *within = xasprintf("boolean(%s)", text);
	bool good = compiles_alone(text, why) && compiles_alone(within, why);
	free(within);
	return good;
}

static int check_expression(
    const struct source *s, const xmlNode *node, const char *attribute)
{
	const char *text = xml_attr(node, attribute), *at = text;
	struct buf why = BUF_INIT(200);
	struct token t;
	int rc = 0;
	if (!text)
		return 0;
	if (s->binding == BINDING_XSLT1 && !compiles(text, &why))
		rc = source_fail_at(s, node, attribute,
		    "'%.200s' is no XPath 1.0 expression: %s", text, why.ptr);
	buf_release(&why);
	while (rc == 0 && xpath_next_token(&at, &t))
		rc = check_token(s, node, attribute, &t);
	return rc;
}

static const struct {
	const char *element, *attribute;
} expressions[] = {
	{ "let", "value" },
	{ "assert", "test" },
	{ "assert", "subject" },
	{ "report", "test" },
	{ "report", "subject" },
	{ "value-of", "select" },
	{ "name", "path" },
};

static int check_context(const struct source *s, const xmlNode *rule)
{
	const char *text = xml_attr(rule, "context"), *at = text;
	struct buf why = BUF_INIT(200);
	struct token t;
	int rc = 0;
	while (rc == 0 && xpath_next_token(&at, &t))
		rc = check_token(s, rule, "context", &t);
	if (rc == 0 && s->binding == BINDING_XSLT1 &&
	    !xslt_is_pattern(text, xml_root(s->at[0]), &why)) {
		rc = source_fail_at(s, rule, "context",
		    "'%.200s' is no pattern of XSLT 1.0: %s", text, why.ptr);
		err_hint(s->err,
		    "a context has the axes child and attribute, and '//'; "
		    "others belong in its predicates");
	}
	buf_release(&why);
	return rc;
}

/* Twice at the same place. */
static int check_let(const struct source *s, const xmlNode *let)
{
	const char *name = xml_attr(let, "name");
	for (const xmlNode *c = xml_first(let->parent); c != let;
	     c = xml_next(c))
		if (is_sch(c, "let") && streq(xml_attr(c, "name"), name))
			return source_fail_at(s, let, "name",
			    "the variable '$%s' is declared twice here", name);
	return 0;
}

/* Those of a function (XSLT 2), with its content. */
static int check_instruction(const struct source *s, const xmlNode *top)
{
	if (xml_attr(top, "expand-text") || xml_attr(top, "_select"))
		return source_fail(s, top, ERR_CASE,
		    "a rule set has no use of text value templates");
	for (const xmlAttr *a = top->properties; a; a = a->next)
		if (s->binding == BINDING_XSLT2 &&
		    check_expression(s, top, (const char *)a->name) < 0)
			return -1;
	XML_EACH_CHILD (node, top)
		if (check_instruction(s, node) < 0)
			return -1;
	return 0;
}

static int check_below(const struct source *s, const xmlNode *top)
{
	XML_EACH_CHILD (node, top) {
		if (is_sch(node, "diagnostics") || is_sch(node, "properties") ||
		    is_sch(node, "phase"))
			continue;
		if ((is_sch(node, "rule") && check_context(s, node) < 0) ||
		    (is_sch(node, "let") && check_let(s, node) < 0) ||
		    (xml_is(node, XSL, NULL) && check_instruction(s, node) < 0))
			return -1;
		for (size_t i = 0; i < COUNTOF(expressions); i++)
			if (is_sch(node, expressions[i].element) &&
			    check_expression(
				s, node, expressions[i].attribute) < 0)
				return -1;
		if (check_below(s, node) < 0)
			return -1;
	}
	return 0;
}

int schematron_check(const struct source *s)
{
	return check_below(s, xml_root(s->at[0]));
}

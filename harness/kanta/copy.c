/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/copy.h"

#include "base/str.h"

#define XMLNS_XSI "http://www.w3.org/2001/XMLSchema-instance"

void copy_text(struct buf *to, const char *s, size_t len)
{
	const char *end = s + len;
	while (s < end) {
		const char *p = s;
		while (p < end && *p != '<' && *p != '>' && *p != '&' &&
		       *p != '\r')
			p++;
		buf_add(to, s, (size_t)(p - s));
		if (p < end)
			buf_add_xml(to, p++, 1);
		s = p;
	}
}

void put_empty(struct buf *to, const char *name,
    const struct put_attribute *attributes, size_t count)
{
	buf_addc(to, '<');
	buf_adds(to, name);
	for (size_t i = 0; i < count; i++) {
		if (!attributes[i].value)
			continue;
		buf_addc(to, ' ');
		buf_adds(to, attributes[i].name);
		buf_adds(to, "=\"");
		buf_add_xmls(to, attributes[i].value);
		buf_addc(to, '"');
	}
	buf_adds(to, "/>");
}

void put_1(
    struct buf *to, const char *name, const char *attribute, const char *value)
{
	const struct put_attribute one = { attribute, value };
	put_empty(to, name, &one, 1);
}

void put_2(struct buf *to, const char *name, const char *a, const char *av,
    const char *b, const char *bv)
{
	const struct put_attribute two[] = { { a, av }, { b, bv } };
	put_empty(to, name, two, 2);
}

/* ---- Copying */

static const char *prefix_of(const xmlAttr *attribute)
{
	const char *prefix =
	    attribute->ns ? (const char *)attribute->ns->prefix : NULL;
	/* xml: is bound everywhere. */
	return prefix && !streq(prefix, "xml") ? prefix : NULL;
}

/* Whether an attribute before `stop` brought this prefix along already. */
static bool is_declared(
    const xmlNode *node, const xmlAttr *stop, const char *prefix)
{
	for (xmlAttr *a = node->properties; a && a != stop; a = a->next) {
		const char *has = prefix_of(a);
		if (has && streq(has, prefix))
			return true;
	}
	return false;
}

static void declare(struct buf *to, const char *prefix, const char *uri)
{
	buf_addf(to, " xmlns:%s=\"", prefix);
	buf_add_xmls(to, uri);
	buf_addc(to, '"');
}

/* xsi:type="p:CD" needs p although no name uses it. */
static void declare_type_prefix(
    struct buf *to, const xmlNode *node, const char *value)
{
	const char *colon = strchr(value, ':');
	if (!colon)
		return;
	char prefix[64];
	size_t n = (size_t)(colon - value);
	if (n >= sizeof(prefix))
		return;
	memcpy(prefix, value, n);
	prefix[n] = '\0';
	if (is_declared(node, NULL, prefix))
		return;
	xmlNode *from = (xmlNode *)(uintptr_t)node; /* only read */
	xmlNs *ns = xmlSearchNs(node->doc, from, (const xmlChar *)prefix);
	if (ns)
		declare(to, prefix, (const char *)ns->href);
}

static void copy_attribute(
    struct buf *to, const xmlNode *node, const xmlAttr *attribute)
{
	const char *prefix = prefix_of(attribute);
	bool is_xml = attribute->ns && !prefix;
	xmlChar *value =
	    xmlNodeListGetString(node->doc, attribute->children, 1);
	const char *text = value ? (const char *)value : "";
	const char *name = (const char *)attribute->name;
	const char *uri =
	    attribute->ns && prefix ? (const char *)attribute->ns->href : "";

	if (prefix && !is_declared(node, attribute, prefix))
		declare(to, prefix, uri);
	if (streq(uri, XMLNS_XSI) && streq(name, "type"))
		declare_type_prefix(to, node, text);
	buf_addf(to, " %s%s%s=\"",
	    is_xml   ? "xml"
	    : prefix ? prefix
		     : "",
	    is_xml || prefix ? ":" : "", name);
	buf_add_xmls(to, text);
	buf_addc(to, '"');
	xmlFree(value);
}

static bool is_blank(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s == '\0';
}

static void copy_content(struct buf *to, const xmlNode *node, const char *ns)
{
	bool has_elements = xml_first(node) != NULL;
	for (const xmlNode *c = node->children; c; c = c->next) {
		const char *text = (const char *)c->content;
		if (c->type == XML_ELEMENT_NODE)
			copy_element(to, c, ns, NULL);
		else if ((c->type == XML_TEXT_NODE ||
			     c->type == XML_CDATA_SECTION_NODE) &&
			 text && !(has_elements && is_blank(text)))
			copy_text(to, text, strlen(text));
	}
}

void copy_element(
    struct buf *to, const xmlNode *node, const char *ns, const char *name)
{
	const char *own = node->ns ? (const char *)node->ns->href : "";
	if (!name)
		name = (const char *)node->name;
	buf_addc(to, '<');
	buf_adds(to, name);
	if (!streq(own, ns)) {
		buf_adds(to, " xmlns=\"");
		buf_add_xmls(to, own);
		buf_addc(to, '"');
	}
	for (const xmlAttr *a = node->properties; a; a = a->next)
		copy_attribute(to, node, a);
	if (!node->children) {
		buf_adds(to, "/>");
		return;
	}
	buf_addc(to, '>');
	copy_content(to, node, own);
	buf_adds(to, "</");
	buf_adds(to, name);
	buf_addc(to, '>');
}

void copy_children(struct buf *to, const xmlNode *parent, const char *name)
{
	XML_EACH_CHILD (node, parent)
		if (xml_is(node, XMLNS_V3, name))
			copy_element(to, node, XMLNS_V3, NULL);
}

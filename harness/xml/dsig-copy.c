/* SPDX-License-Identifier: Apache-2.0 */
#include "base/compiler.h"
#include "base/str.h"
#include "xml/dsig-inside.h"

#include <string.h>

/* Trees of our own, in which white space may be changed. */

static bool is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE ||
	       node->type == XML_CDATA_SECTION_NODE;
}

bool dsig_is_blank(const xmlNode *node)
{
	if (!is_text(node))
		return false;
	const char *p = node->content ? (const char *)node->content : "";
	while (str_is_space(*p))
		p++;
	return !*p;
}

static const xmlNode *after(const xmlNode *node, const xmlNode *top)
{
	if (node->type == XML_ELEMENT_NODE && node->children)
		return node->children;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

size_t dsig_count(const xmlNode *top, size_t most)
{
	size_t n = 0;
	for (const xmlNode *p = top; p && n <= most; p = after(p, top))
		n++;
	return n;
}

size_t dsig_weight(const xmlNode *top, size_t most)
{
	size_t n = 0;
	for (const xmlNode *p = top; p && n <= most; p = after(p, top)) {
		n += sizeof(*p);
		if (p->type != XML_ELEMENT_NODE && p->content)
			n += strlen((const char *)p->content);
	}
	return n;
}

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* As a parser sees the canonical form: texts side by side are one. */
static void tidy(xmlNode *parent)
{
	xmlNode *before = NULL;
	for (xmlNode *c = parent->children, *next; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE) {
			tidy(c);
			before = NULL;
		} else if (!is_text(c)) {
			drop(c);
		} else if (before) {
			xmlNodeAddContent(before, c->content);
			drop(c);
		} else {
			if (c->type == XML_CDATA_SECTION_NODE) {
				xmlNode *text =
				    xmlNewDocText(c->doc, c->content);
				xmlReplaceNode(c, text);
				xmlFreeNode(c);
				c = text;
			}
			before = c;
		}
	}
}

/* The namespaces that the subtree had around it. */
static void add_namespaces(const xmlNode *top, xmlNode *copy)
{
	xmlNs **all = xmlGetNsList(top->doc, (xmlNode *)(uintptr_t)top);
	for (size_t i = 0; all && all[i]; i++) {
		const xmlNs *has = copy->nsDef;
		while (has && !xmlStrEqual(has->prefix, all[i]->prefix))
			has = has->next;
		if (!has)
			xmlNewNs(copy, all[i]->href, all[i]->prefix);
	}
	xmlFree(all);
}

xmlDoc *dsig_copy(const xmlNode *top)
{
	xmlDoc *doc = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *copy = xmlDocCopyNode((xmlNode *)(uintptr_t)top, doc, 1);
	if (!doc || !copy)
		BUG("no memory for a copy");
	xmlDocSetRootElement(doc, copy);
	add_namespaces(top, copy);
	tidy(copy);
	return doc;
}

/* XPath's normalize-space, in place. */
static void squeeze(char *text)
{
	char *to = text;
	for (const char *from = text; *from;) {
		if (!str_is_space(*from)) {
			*to++ = *from++;
			continue;
		}
		while (str_is_space(*from))
			from++;
		if (to > text && *from)
			*to++ = ' ';
	}
	*to = '\0';
}

void dsig_normalise(xmlNode *node)
{
	for (xmlNode *c = node->children, *next; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE) {
			dsig_normalise(c);
			continue;
		}
		squeeze((char *)c->content);
		if (!*c->content)
			drop(c);
	}
}

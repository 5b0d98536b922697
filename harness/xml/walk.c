/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/doc.h"

#include "base/limits.h"
#include "base/xalloc.h"

static const xmlChar *x(const char *s)
{
	return (const xmlChar *)s;
}

bool xml_is(const xmlNode *node, const char *ns, const char *name)
{
	if (!node || node->type != XML_ELEMENT_NODE ||
	    (name && !xmlStrEqual(node->name, x(name))))
		return false;
	return !ns || (node->ns && xmlStrEqual(node->ns->href, x(ns)));
}

static xmlNode *element_from(xmlNode *node)
{
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->next;
	return node;
}

xmlNode *xml_first(const xmlNode *parent)
{
	return parent ? element_from(parent->children) : NULL;
}

xmlNode *xml_next(const xmlNode *node)
{
	return node ? element_from(node->next) : NULL;
}

xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name)
{
	XML_EACH_CHILD (node, parent)
		if (xml_is(node, ns, name))
			return node;
	return NULL;
}

/* Same local name and same namespace. */
static bool same_name(const xmlNode *a, const xmlNode *b)
{
	return xmlStrEqual(a->name, b->name) &&
	       xmlStrEqual(
		   a->ns ? a->ns->href : NULL, b->ns ? b->ns->href : NULL);
}

xmlNode *xml_next_same(const xmlNode *node)
{
	xmlNode *next = xml_next(node);
	while (next && !same_name(next, node))
		next = xml_next(next);
	return next;
}

/* The first child whose name is the `len` bytes at `name`. */
static xmlNode *child_named(
    const xmlNode *parent, const char *ns, const char *name, size_t len)
{
	XML_EACH_CHILD (node, parent) {
		const char *local = (const char *)node->name;
		if (strncmp(local, name, len) == 0 && !local[len] &&
		    xml_is(node, ns, local))
			return node;
	}
	return NULL;
}

xmlNode *xml_down(const xmlNode *from, const char *ns, const char *path)
{
	xmlNode *node = NULL;
	for (const char *p = path; *p;) {
		size_t len = strcspn(p, "/");
		node = child_named(from, ns, p, len);
		if (!node)
			return NULL;
		from = node;
		p += len + (p[len] == '/');
	}
	return node;
}

/* Without a DTD and entities a value is one text node, or none when empty. */
static const char *value_of(const xmlAttr *attribute)
{
	const xmlNode *text = attribute->children;
	return text && text->content ? (const char *)text->content : "";
}

const char *xml_attr(const xmlNode *node, const char *name)
{
	if (!node || node->type != XML_ELEMENT_NODE)
		return NULL;
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (!a->ns && xmlStrEqual(a->name, x(name)))
			return value_of(a);
	return NULL;
}

bool xml_lang_is(const xmlNode *node, const char *lang)
{
	if (!node || node->type != XML_ELEMENT_NODE)
		return false;
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->ns && xmlStrEqual(a->name, x("lang")) &&
		    xmlStrEqual(a->ns->href, XML_XML_NAMESPACE))
			return streq(value_of(a), lang);
	return false;
}

/* The node after `node` in document order, below `top`; NULL = no more. */
static const xmlNode *next_below(const xmlNode *node, const xmlNode *top)
{
	if (node->type == XML_ELEMENT_NODE && node->children)
		return node->children;
	while (node != top && !node->next)
		node = node->parent;
	return node == top ? NULL : node->next;
}

/* As deep as LIMIT_XML_DEPTH. */
static uint64_t burden_at(const xmlNode *node, uint64_t depth)
{
	uint64_t children = 0, sum = 4 * depth;
	XML_EACH_CHILD (child, node) {
		children++;
		sum += burden_at(child, depth + 1);
	}
	return sum + children * children;
}

uint64_t xml_burden(const xmlNode *top)
{
	return burden_at(top, 0);
}

static const char *piece_of(const xmlNode *node)
{
	if (node->type != XML_TEXT_NODE && node->type != XML_CDATA_SECTION_NODE)
		return NULL;
	return (const char *)node->content;
}

/* Twice through the tree: a large text is then copied once, and exactly. */
char *xml_text(const xmlNode *node)
{
	size_t len = 0;
	for (const xmlNode *n = node; n; n = next_below(n, node)) {
		const char *piece = piece_of(n);
		len += piece ? strlen(piece) : 0;
	}
	char *out = xmalloc(len + 1);
	char *end = out;
	for (const xmlNode *n = node; n; n = next_below(n, node)) {
		const char *piece = piece_of(n);
		end = piece ? stpcpy(end, piece) : end;
	}
	*end = '\0';
	return out;
}

static bool is_twin(const xmlNode *n, const xmlNode *node)
{
	return n->type == XML_ELEMENT_NODE && same_name(n, node);
}

/* "/name", and "[n]" where siblings share the name. */
static void add_step(struct buf *to, const xmlNode *node, unsigned *work)
{
	unsigned before = 0;
	bool behind = false;
	for (const xmlNode *n = node->prev; n && *work > 0; n = n->prev) {
		before += is_twin(n, node);
		--*work;
	}
	for (const xmlNode *n = node->next;
	     n && before == 0 && !behind && *work > 0; n = n->next) {
		behind = is_twin(n, node);
		--*work;
	}
	buf_addf(to, "/%s", (const char *)node->name);
	if (*work > 0 && (before > 0 || behind))
		buf_addf(to, "[%u]", before + 1);
}

static void add_path(struct buf *to, const xmlNode *node, unsigned *work)
{
	if (!node || node->type == XML_DOCUMENT_NODE)
		return;
	add_path(to, node->parent, work);
	if (node->type == XML_ELEMENT_NODE)
		add_step(to, node, work);
}

void xml_path(struct buf *to, const xmlNode *node, const char *attribute)
{
	unsigned work = LIMIT_XML_PATH;
	add_path(to, node, &work);
	if (attribute)
		buf_addf(to, "/@%s", attribute);
}

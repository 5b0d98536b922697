/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"

#include <stdarg.h>

/* Where a part of an expanded schema came from. */

static size_t file_of(const struct source *s, const xmlNode *node)
{
	size_t index = 0;
	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
		xmlAttr *mark = xmlHasNsProp(
		    node, (const xmlChar *)"file", (const xmlChar *)ESI);
		if (!mark || !mark->children)
			continue;
		index =
		    strtoul((const char *)mark->children->content, NULL, 10);
		break;
	}
	return index < s->count ? index : 0;
}

int source_fail(const struct source *s, const xmlNode *node, enum err_kind kind,
    const char *fmt, ...)
{
	char why[sizeof(s->err->msg)];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return xml_fail(s->at[file_of(s, node)], node, s->err, kind, "%s", why);
}

int source_fail_at(const struct source *s, const xmlNode *node,
    const char *attribute, const char *fmt, ...)
{
	char why[sizeof(s->err->msg)];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return xml_fail_at(s->at[file_of(s, node)], node, attribute, s->err,
	    ERR_CASE, "%s", why);
}

/* libxml2 copies everything but what xml/doc.h knows. */
static void copy_places(xmlNode *to, const xmlNode *from)
{
	to->_private = from->_private;
	xmlNode *child = xml_first(to);
	XML_EACH_CHILD (was, from) {
		copy_places(child, was);
		child = xml_next(child);
	}
}

static size_t count_nodes(const xmlNode *node)
{
	size_t count = 1;
	XML_EACH_CHILD (child, node)
		count += count_nodes(child);
	return count;
}

xmlNode *source_copy(struct source *s, xmlNode *place, xmlNode *node)
{
	char index[24];
	s->nodes += count_nodes(node);
	if (s->nodes > LIMIT_SCHEMATRON_NODES) {
		source_fail(s, place, ERR_LIMIT,
		    "the schema grows over %d elements",
		    LIMIT_SCHEMATRON_NODES);
		return NULL;
	}
	xmlNode *copy = xmlDocCopyNode(node, place->doc, 1);
	if (!copy)
		BUG("no copy of a node");
	copy_places(copy, node);
	snprintf(index, sizeof(index), "%zu", file_of(s, node));
	copy = xmlAddPrevSibling(place, copy);
	xmlSetNsProp(
	    copy, s->marks, (const xmlChar *)"file", (const xmlChar *)index);
	return copy;
}

bool is_abstract(const xmlNode *node)
{
	const char *abstract = xml_attr(node, "abstract");
	return abstract && streq(abstract, "true");
}

void set_attr(xmlNode *node, const char *name, const char *value)
{
	xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)value);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/index.h"

#include "base/str.h"
#include "base/vec.h"
#include "base/xalloc.h"

#include <libxml/dict.h>

/* A parser keeps each name once, in a dictionary: then the same name is the
 * same pointer. */
struct xml_index {
	struct {
		VEC(struct entry {
			const xmlChar *name;
			const xmlNode *node;
		});
	} all;
	xmlDict *names; /* NULL = some name is not of it */
};

static const xmlNode *after(const xmlNode *node, const xmlNode *top)
{
	const xmlNode *next = xml_first(node);
	while (!next && node != top) {
		next = xml_next(node);
		node = node->parent;
	}
	return next;
}

struct xml_index *xml_index_new(const struct xml_doc *doc)
{
	struct xml_index *index = xcalloc(1, sizeof(*index));
	const xmlNode *top = xml_root(doc);
	index->names = xml_tree(doc)->dict;
	for (const xmlNode *n = top; n; n = after(n, top)) {
		*VEC_PUSH(&index->all) = (struct entry){ n->name, n };
		if (index->names && xmlDictOwns(index->names, n->name) != 1)
			index->names = NULL;
	}
	return index;
}

void xml_index_free(struct xml_index *index)
{
	if (!index)
		return;
	VEC_RELEASE(&index->all);
	free(index);
}

static bool is_in(const xmlNode *node, const char *uri)
{
	return node->ns ? streq((const char *)node->ns->href, uri) : !*uri;
}

void xml_index_find(const struct xml_index *index, const char *uri,
    const char *name, xml_index_hear *each, void *ctx)
{
	const xmlChar *wanted = (const xmlChar *)name;
	if (index->names)
		wanted = xmlDictExists(index->names, wanted, -1);
	if (!wanted)
		return;
	VEC_EACH (const struct entry, e, &index->all) {
		bool named = index->names ? e->name == wanted
					  : xmlStrEqual(e->name, wanted);
		if (named && is_in(e->node, uri))
			each(ctx, e->node);
	}
}

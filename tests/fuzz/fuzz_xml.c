/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "xml/doc.h"

#include <stdint.h>

/*
 * The one way XML is loaded: any bytes become a tree whose elements know their
 * places, or are refused with a kind of fault, its sentence and a place in the
 * text.
 *
 * Parser: harness/xml/doc.c harness/xml/fault.c harness/xml/encoding.c
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const xmlNode *next(const xmlNode *node, const xmlNode *top)
{
	const xmlNode *child = xml_first(node);
	if (child)
		return child;
	while (node != top && !xml_next(node))
		node = node->parent;
	return node == top ? NULL : xml_next(node);
}

static void look_at(const struct xml_doc *doc)
{
	const xmlNode *root = xml_root(doc);
	struct err err = { .kind = ERR_NONE };
	if (xml_fail_at(doc, root, "b", &err, ERR_CASE, "it") == 0 ||
	    err.line < xml_line(root))
		BUG("a failure at another place");
	for (const xmlNode *n = root; n; n = next(n, root)) {
		struct buf path = BUF_INIT(LIMIT_MIB(1));
		if (xml_line(n) == 0 || xml_column(n) == 0)
			BUG("an element without a place");
		xml_path(&path, n, NULL);
		if (path.len == 0 || path.ptr[0] != '/')
			BUG("an element without a path");
		buf_release(&path);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { .kind = ERR_NONE };
	struct xml_fault why;
	struct xml_peek peek;
	struct xml_doc *doc = xml_parse_telling(data, size, "it", &why, &err);
	bool peeked = xml_peek_root(data, size, &peek);
	if (!doc && (err.kind == ERR_NONE || !err.msg[0]))
		BUG("a failure without a reason");
	if (doc && !peeked)
		BUG("a root that cannot be peeked at");
	if (doc)
		look_at(doc);
	xml_free(doc);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-inside.h"

/*
 * Where an editor finds what the guard found. A byte's offset counts only where
 * nothing was put right before it; of what was unpacked, except the document
 * that the caller has, only what holds it has a line.
 */

void place_render(struct buf *to, const struct place *p)
{
	if (p->outer) {
		place_render(to, p->outer);
		buf_adds(to, " > ");
	}
	if (p->unpacked)
		buf_adds(to, p->unpacked);
	else if (!p->node)
		buf_addf(to, "byte %zu", p->byte);
	else if (p->node->type == XML_ELEMENT_NODE)
		xml_path(to, p->node, p->attribute);
	if (p->node && p->node->type == XML_COMMENT_NODE)
		buf_adds(to, "comment()");
	if (p->node && p->node->type == XML_PI_NODE)
		buf_adds(to, "processing-instruction()");
}

/* In `bytes`, in characters; not in UTF-16, whose line ends are others. */
static void find_byte(
    struct guard_finding *f, const char *bytes, size_t len, size_t byte)
{
	if (byte > len || memchr(bytes, '\0', byte))
		return;
	f->line = f->column = 1;
	for (size_t i = 0; i < byte; i++) {
		if (bytes[i] == '\n') {
			f->line++;
			f->column = 1;
		} else if (((unsigned char)bytes[i] & 0xC0) != 0x80) {
			f->column++;
		}
	}
}

/* The innermost element of the outermost tree: a comment has no line. */
static const xmlNode *node_with_line(
    const struct place *at, const struct place *stop)
{
	const xmlNode *found = NULL;

	for (; at && at != stop; at = at->outer) {
		const xmlNode *n = at->node;
		while (n && n->type != XML_ELEMENT_NODE)
			n = n->parent;
		if (n && (!found || n->doc != found->doc))
			found = n;
	}
	return found;
}

static const struct place *outermost(
    const struct place *at, const struct place *stop)
{
	while (at && at->outer != stop)
		at = at->outer;
	return at;
}

void place_find(
    const struct scan *s, const struct place *at, struct guard_finding *f)
{
	const struct place *stop = NULL, *top;
	const char *bytes = s->bytes;
	size_t len = s->len;

	for (const struct place *p = at; p && s->inner_at; p = p->outer)
		if (p == s->inner_at)
			stop = p;
	if (stop) {
		f->in_inner = true;
		bytes = s->known->inner_bytes;
		len = s->known->inner_len;
	}
	const xmlNode *n = node_with_line(at, stop);
	top = outermost(at, stop);
	if (n) {
		f->line = xml_line(n);
		f->column = xml_column(n);
	} else if (top && top->exact) {
		find_byte(f, bytes, len, top->byte);
	}
}

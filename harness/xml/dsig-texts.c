/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "xml/c14n.h"
#include "xml/dsig-inside.h"

/* A character that XML 1.0 cannot hold shows where to cut. */
#define MARK "\1"

/* ---- Places */

/* Elements between which nothing but white space stands may be indented; their
 * white space may go away. */
static bool holds_elements_only(const xmlNode *node)
{
	bool element = false;
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			element = true;
		else if (!dsig_is_blank(c))
			return false;
	}
	return element;
}

/* Takes the text away, or puts the mark where none is. */
static void mark(
    struct dsig_place *p, xmlNode *parent, xmlNode *text, xmlNode *element)
{
	if (text) {
		p->blank = dsig_is_blank(text);
		p->text = (char *)text->content;
		text->content = xmlStrdup((const xmlChar *)MARK);
		if (!p->text)
			p->text = (char *)xmlStrdup((const xmlChar *)"");
		return;
	}
	text = xmlNewDocText(parent->doc, (const xmlChar *)MARK);
	if (element)
		xmlAddPrevSibling(element, text);
	else
		xmlAddChild(parent, text);
}

/* One place before each element and one at the end, unless nothing stands
 * there that could be another. */
static void find_places(
    struct dsig_form *form, xmlNode *node, unsigned depth, bool nested)
{
	bool between = holds_elements_only(node);
	xmlNode *c = node->children, *element;
	do {
		xmlNode *text = c && c->type != XML_ELEMENT_NODE ? c : NULL;
		element = text ? text->next : c;
		if (text || between) {
			struct dsig_place *p = VEC_PUSH(&form->places);
			*p = (struct dsig_place){
				.between = between,
				.nested = nested && between,
				.depth = depth + (element != NULL),
			};
			mark(p, node, text, element);
		}
		c = element ? element->next : NULL;
		if (element)
			find_places(
			    form, element, depth + 1, nested && between);
	} while (element);
}

/* ---- The form */

static bool cut(struct dsig_form *form)
{
	const char *at = form->bytes.ptr, *end = at + form->bytes.len;
	VEC_EACH (struct dsig_place, p, &form->places) {
		const char *hit = memchr(at, *MARK, (size_t)(end - at));
		if (!hit)
			return false;
		p->before = (size_t)(hit - at);
		at = hit + 1;
	}
	return !memchr(at, *MARK, (size_t)(end - at));
}

bool dsig_form_make(struct dsig_form *form, const xmlNode *top, bool exclusive)
{
	*form = (struct dsig_form){ .bytes = BUF_INIT(LIMIT_XML_BYTES) };
	xmlDoc *copy = dsig_copy(top);
	xmlNode *root = xmlDocGetRootElement(copy);
	find_places(form, root, 0, true);
	bool made = xml_c14n_bytes(root, exclusive, &form->bytes) == 0;
	xmlFreeDoc(copy);
	return made && cut(form);
}

void dsig_form_release(struct dsig_form *form)
{
	VEC_EACH (struct dsig_place, p, &form->places)
		xmlFree(p->text);
	VEC_RELEASE(&form->places);
	buf_release(&form->bytes);
}

void dsig_put(struct buf *to, const char *text, size_t len)
{
	static const char *const escapes[UCHAR_MAX + 1] = {
		['&'] = "&amp;",
		['<'] = "&lt;",
		['>'] = "&gt;",
		['\r'] = "&#xD;",
	};
	const char *from = text, *end = text + len;
	for (const char *p = text; p < end; p++) {
		const char *escape = escapes[(unsigned char)*p];
		if (!escape)
			continue;
		buf_add(to, from, (size_t)(p - from));
		buf_adds(to, escape);
		from = p + 1;
	}
	buf_add(to, from, (size_t)(end - from));
}

void dsig_form_write(struct buf *to, const struct dsig_form *form,
    dsig_rewrite *rewrite, const void *how)
{
	const char *at = form->bytes.ptr;
	VEC_EACH (struct dsig_place, p, &form->places) {
		buf_add(to, at, p->before);
		rewrite(to, p, how);
		at += p->before + 1;
	}
	buf_add(to, at, form->bytes.len - (size_t)(at - form->bytes.ptr));
}

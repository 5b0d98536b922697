/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"
#include "xml/xpath.h"

/* SVRL (ISO/IEC 19757-3, annex D), read from anybody: libxslt, Saxon, a file
 * that says it is one. */
struct reading {
	const struct xml_doc *doc;
	const struct places *places; /* NULL = by their locations */
	size_t index;
	struct {
		VEC(char *);
	} texts; /* to be freed */
};

/* Its text with single spaces, cut at the limit; borrowed from `r`. */
static const char *take_text(struct reading *r, const xmlNode *node)
{
	static const char cut[] = "…";
	char *text = xml_text(node), *to = text;
	size_t room = LIMIT_SCHEMATRON_TEXT;
	for (const char *p = text; *p && room > 0; p++) {
		if (!str_is_space(*p))
			*to++ = *p;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
		room -= ((unsigned char)p[1] & 0xC0) != 0x80;
	}
	if (room == 0) {
		char *whole = xasprintf("%.*s%s", (int)(to - text), text, cut);
		free(text);
		*VEC_PUSH(&r->texts) = whole;
		return whole;
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
	*VEC_PUSH(&r->texts) = text;
	return text;
}

static const char *lang_of(const xmlNode *node)
{
	xmlAttr *lang =
	    xmlHasNsProp(node, (const xmlChar *)"lang", XML_XML_NAMESPACE);
	return lang && lang->children ? (const char *)lang->children->content
				      : NULL;
}

/* ---- Places */

static void set_place(struct schematron_hit *hit, const xmlNode *node)
{
	if (node->type == XML_ATTRIBUTE_NODE)
		hit->attribute = (const char *)node->name;
	while (node && node->type != XML_ELEMENT_NODE)
		node = node->type == XML_NAMESPACE_DECL ? NULL : node->parent;
	hit->node = node;
}

/* The attribute that "…/@*[local-name()="x" …" or "…/@p:x" means. */
static const char *find_attribute(const xmlNode *node, const char *location)
{
	const char *at = strstr(location, "/@");
	if (!at || !node)
		return NULL;
	const char *quote = strchr(at, '"'), *colon = strchr(at, ':');
	const char *name = quote ? quote + 1 : colon ? colon + 1 : at + 2;
	for (const xmlAttr *a = node->properties; a; a = a->next) {
		size_t len = strlen((const char *)a->name);
		if (strncmp(name, (const char *)a->name, len) == 0 &&
		    (!name[len] || name[len] == '"'))
			return (const char *)a->name;
	}
	return NULL;
}

static void find_place(
    struct reading *r, struct schematron_hit *hit, const char *location)
{
	struct err ignored = { 0 };
	struct xml_ns_list none = { NULL, 0, 0 };
	struct xpath_result found;
	if (!location || *location != '/' || !location[1] ||
	    xpath_eval(r->doc, location, &none, &found, &ignored) < 0)
		return;
	hit->node = found.node;
	hit->attribute = find_attribute(found.node, location);
	xpath_release(&found);
}

/* ---- A hit */

static void read_child(
    struct reading *r, struct schematron_hit *hit, const xmlNode *child)
{
	struct schematron_note *note = NULL;
	if (xml_is(child, SVRL, "text"))
		hit->text = take_text(r, child);
	if (xml_is(child, SVRL, "diagnostic-reference")) {
		note = VEC_PUSH(&hit->diagnostics);
		note->id = xml_attr(child, "diagnostic");
	}
	if (xml_is(child, SVRL, "property-reference")) {
		note = VEC_PUSH(&hit->properties);
		note->id = xml_attr(child, "property");
	}
	if (!note)
		return;
	note->lang = lang_of(child);
	note->text = take_text(r, child);
}

static void read_hit(
    struct reading *r, const xmlNode *node, schematron_hear *each, void *ctx)
{
	struct schematron_hit hit = {
		.is_report = xml_is(node, SVRL, "successful-report"),
		.id = xml_attr(node, "id"),
		.role = xml_attr(node, "role"),
		.flag = xml_attr(node, "flag"),
		.see = xml_attr(node, "see"),
		.test = xml_attr(node, "test"),
	};
	XML_EACH_CHILD (child, node)
		if (hit.diagnostics.count < LIMIT_SCHEMATRON_NOTES &&
		    hit.properties.count < LIMIT_SCHEMATRON_NOTES)
			read_child(r, &hit, child);
	if (!r->places)
		find_place(r, &hit, xml_attr(node, "location"));
	else if (r->index < r->places->count)
		set_place(&hit, r->places->at[r->index]);
	r->index++;
	each(ctx, &hit);
	VEC_RELEASE(&hit.diagnostics);
	VEC_RELEASE(&hit.properties);
	VEC_EACH (char *, text, &r->texts)
		free(*text);
	VEC_RELEASE(&r->texts);
}

int schematron_read_places(const xmlNode *svrl, const struct xml_doc *doc,
    const struct places *places, schematron_hear *each, void *ctx,
    struct err *err)
{
	struct reading r = { .doc = doc, .places = places };
	if (!svrl || !xml_is(svrl, SVRL, "schematron-output"))
		return err_set(err, ERR_CASE,
		    "SVRL was expected of a Schematron run, found '%s'",
		    svrl ? (const char *)svrl->name : "nothing");
	XML_EACH_CHILD (node, svrl)
		if (r.index < LIMIT_SCHEMATRON_HITS &&
		    (xml_is(node, SVRL, "failed-assert") ||
			xml_is(node, SVRL, "successful-report")))
			read_hit(&r, node, each, ctx);
	return 0;
}

int schematron_read_svrl(const xmlNode *svrl, const struct xml_doc *doc,
    schematron_hear *each, void *ctx, struct err *err)
{
	return schematron_read_places(svrl, doc, NULL, each, ctx, err);
}

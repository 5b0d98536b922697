/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/dsig-inside.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/c14n.h"

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/*
 * Which chains of transforms there may be:
 *     enveloped-signature? stylesheet? XPath-Filter-2? c14n?
 *     c14n XPath
 * The stylesheet is one, known by its content: Kela's prescriptions carry it.
 */

enum kind {
	KIND_ENVELOPED,
	KIND_STYLESHEET,
	KIND_FILTER,
	KIND_EXCLUSIVE,
	KIND_INCLUSIVE,
	KIND_XPATH,
};
/* In the order of their places, but for the last one. */
static const struct {
	const char *uri, *name;
	enum kind kind;
} transforms_known[] = {
	{ XMLNS_DS "enveloped-signature", "enveloped-signature",
	    KIND_ENVELOPED },
	{ "http://www.w3.org/TR/1999/REC-xslt-19991116", "XSLT",
	    KIND_STYLESHEET },
	{ "http://www.w3.org/2002/06/xmldsig-filter2", "XPath Filter 2",
	    KIND_FILTER },
	{ "http://www.w3.org/2001/10/xml-exc-c14n#", "exc-c14n",
	    KIND_EXCLUSIVE },
	{ "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "c14n",
	    KIND_INCLUSIVE },
	{ "http://www.w3.org/TR/1999/REC-xpath-19991116", "XPath", KIND_XPATH },
};

#define XMLNS_FILTER "http://www.w3.org/2002/06/xmldsig-filter2"
#define XMLNS_XSL    "http://www.w3.org/1999/XSL/Transform"

void dsig_refuse(
    struct dsig_reference *r, enum dsig_trouble trouble, const char *what)
{
	if (r->trouble != DSIG_FINE)
		return;
	r->trouble = trouble;
	str_copy(r->what, sizeof(r->what), what);
}

/* ---- Stylesheet */

/*
 * SHA-256 of the stylesheet's exclusive canonical form without the white space
 * between its elements. It copies elements, attributes and comments, and of
 * each text its normalize-space; two templates, three instructions.
 */
static const char stylesheet_digest[] =
    "0b6c3889c83d26f8288e26f288b1e003878465ec4a9247ff6cd149d76d0cb407";

enum {
	STYLESHEET_NODES =
	    40 /* the known one has fewer, indentation included */
};

static void drop_blanks(xmlNode *node)
{
	for (xmlNode *c = node->children, *next; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE)
			drop_blanks(c);
		else if (dsig_is_blank(c)) {
			xmlUnlinkNode(c);
			xmlFreeNode(c);
		}
	}
}

static bool is_known_stylesheet(const xmlNode *transform)
{
	xmlNode *sheet = xml_first(transform);
	uint8_t digest[32];
	char text[65];
	size_t len = sizeof(digest);
	if (!sheet || xml_next(sheet) || !xml_is(sheet, XMLNS_XSL, NULL) ||
	    dsig_count(sheet, STYLESHEET_NODES) > STYLESHEET_NODES)
		return false;
	xmlDoc *copy = dsig_copy(sheet);
	xmlNode *top = xmlDocGetRootElement(copy);
	drop_blanks(top);
	bool known = xml_c14n_hash(top, true, "SHA256", digest, &len) == 0;
	xmlFreeDoc(copy);
	if (!known)
		return false;
	str_hex(text, digest, sizeof(digest));
	return streq(text, stylesheet_digest);
}

/* ---- XPath */

/* The text without the white space around it, or NULL when it is too long. */
static bool text_of(const xmlNode *node, char *to, size_t size)
{
	char *text = xml_text(node), *from = text;
	while (str_is_space(*from))
		from++;
	size_t len = strlen(from);
	while (len > 0 && str_is_space(from[len - 1]))
		len--;
	from[len] = '\0';
	bool fits = len < size;
	if (fits)
		memcpy(to, from, len + 1);
	free(text);
	return fits;
}

/* The only element of this name, in any namespace when `ns` is NULL; how many
 * there are (two = two or more). */
static size_t find_named(const xmlNode *from, const char *ns, const char *name,
    const xmlNode **found)
{
	size_t n = 0;
	if (xml_is(from, ns, name)) {
		*found = from;
		n++;
	}
	for (const xmlNode *c = xml_first(from); c && n < 2; c = xml_next(c))
		n += find_named(c, ns, name, found);
	return n;
}

/* The two expressions that there are: begin, quote, word, quote, ']'. */
static const struct filter_form {
	const char *begin;
	bool by_id;
} filter_forms[] = {
	{ "/"
	  "/*[@ID=",
	    true },
	{ "/"
	  "/*[local-name()=",
	    false },
};

/* The word in quotes, cut out in place; NULL = of another form. */
static char *filter_word(char *text, bool *by_id)
{
	for (size_t i = 0; i < COUNTOF(filter_forms); i++) {
		const struct filter_form *f = &filter_forms[i];
		char *at = text + strlen(f->begin), *end;
		if (!str_starts(text, f->begin) || (*at != '"' && *at != '\''))
			continue;
		*by_id = f->by_id;
		end = strchr(at + 1, *at);
		if (!end || !streq(end + 1, "]"))
			return NULL;
		*end = '\0';
		return at + 1;
	}
	return NULL;
}

/* Filter="intersect" with one element: by its ID, or by its name when no other
 * has it. */
static void read_filter(struct dsig_reference *r, const xmlNode *transform,
    const struct dsig_ids *ids)
{
	const xmlNode *xpath = xml_first(transform);
	const char *filter = xml_attr(xpath, "Filter");
	char text[DSIG_WHAT] = "", *word = NULL;
	bool by_id = false;
	if (xml_is(xpath, XMLNS_FILTER, "XPath") && !xml_next(xpath) &&
	    filter && streq(filter, "intersect") && !*r->uri &&
	    text_of(xpath, text, sizeof(text)))
		word = filter_word(text, &by_id);
	if (!word) {
		dsig_refuse(r, DSIG_TRANSFORM, "XPath Filter 2");
		return;
	}
	xmlNode *root = xmlDocGetRootElement(xpath->doc);
	size_t count = by_id ? dsig_ids_find(ids, word, &r->target)
			     : find_named(root, NULL, word, &r->target);
	if (count > 1)
		dsig_refuse(r, DSIG_AMBIGUOUS, word);
	else if (count == 0 || (by_id && !xml_attr(r->target, "ID")))
		dsig_refuse(r, DSIG_MISSING, word);
}

/* "ancestor-or-self::P:NAME": the subtree of the one element NAME. */
static void read_xpath(struct dsig_reference *r, const xmlNode *transform)
{
	static const char begin[] = "ancestor-or-self::";
	const xmlNode *xpath = xml_first(transform);
	char text[DSIG_WHAT] = "";
	char *prefix = text + strlen(begin), *name = NULL;
	if (xml_is(xpath, XMLNS_DS, "XPath") && !xml_next(xpath) && !*r->uri &&
	    text_of(xpath, text, sizeof(text)) && str_starts(text, begin))
		name = strchr(prefix, ':');
	if (!name || xmlValidateNCName((const xmlChar *)name + 1, 0) != 0) {
		dsig_refuse(r, DSIG_TRANSFORM, "XPath");
		return;
	}
	*name++ = '\0';
	xmlNs *ns = xmlSearchNs(
	    xpath->doc, (xmlNode *)(uintptr_t)xpath, (const xmlChar *)prefix);
	xmlNode *root = xmlDocGetRootElement(xpath->doc);
	if (!ns) {
		dsig_refuse(r, DSIG_TRANSFORM, "XPath");
		return;
	}
	size_t count =
	    find_named(root, (const char *)ns->href, name, &r->target);
	if (count != 1)
		dsig_refuse(r, count ? DSIG_AMBIGUOUS : DSIG_MISSING, name);
	r->is_filtered = true;
	r->filter = transform;
}

/* ---- The chain */

static const char *algorithm_of(const xmlNode *transform)
{
	const char *uri = xml_attr(transform, "Algorithm");
	return uri ? uri : "";
}

/* Its row, or the number of rows. */
static size_t find_row(const xmlNode *transform)
{
	size_t i = 0;
	while (i < COUNTOF(transforms_known) &&
	       !streq(transforms_known[i].uri, algorithm_of(transform)))
		i++;
	return i;
}

static void read_transform(struct dsig_reference *r, const xmlNode *transform,
    enum kind kind, const struct dsig_ids *ids)
{
	switch (kind) {
	case KIND_ENVELOPED:
		break;
	case KIND_STYLESHEET:
		r->is_styled = true;
		if (!is_known_stylesheet(transform))
			dsig_refuse(r, DSIG_TRANSFORM, "XSLT");
		break;
	case KIND_FILTER:
		read_filter(r, transform, ids);
		break;
	case KIND_EXCLUSIVE:
	case KIND_INCLUSIVE:
		r->c14n = transform;
		r->is_exclusive = kind == KIND_EXCLUSIVE;
		break;
	case KIND_XPATH:
		read_xpath(r, transform);
		break;
	}
}

/* Whether one of this row may follow one of the last; `last` = none yet. */
static bool may_follow(size_t row, size_t last, const struct dsig_reference *r)
{
	if (transforms_known[row].kind == KIND_XPATH)
		return r->c14n && !r->is_styled && !r->is_filtered;
	if (r->c14n)
		return false;
	return last == COUNTOF(transforms_known) || row > last;
}

static bool is_within(const xmlNode *node, const xmlNode *top)
{
	while (node && node != top)
		node = node->parent;
	return node != NULL;
}

/* What costs more than the element itself: each node of the tree is asked
 * about, or the element is copied. */
static bool is_slow(const struct dsig_reference *r)
{
	return r->is_styled || r->is_filtered || !r->is_exclusive;
}

void dsig_read_transforms(struct dsig_reference *r, const xmlNode *transforms,
    const xmlNode *signature, const struct dsig_ids *ids)
{
	size_t last = COUNTOF(transforms_known), count = 0;
	XML_EACH_CHILD (t, transforms) {
		size_t row = find_row(t);
		bool fits = xml_is(t, XMLNS_DS, "Transform") &&
			    row < COUNTOF(transforms_known);
		if (++count > LIMIT_SIGNATURE_TRANSFORMS)
			dsig_refuse(r, DSIG_LIMIT, "Transform");
		else if (!fits || !may_follow(row, last, r))
			dsig_refuse(r, DSIG_TRANSFORM,
			    fits ? transforms_known[row].name
				 : algorithm_of(t));
		else
			read_transform(r, t, transforms_known[row].kind, ids);
		if (r->trouble != DSIG_FINE)
			return;
		last = row;
	}
	if (r->target && is_within(signature, r->target) && r->is_styled)
		dsig_refuse(r, DSIG_TRANSFORM, "enveloped-signature");
	if (is_slow(r) && dsig_ids_are_of_many(ids))
		dsig_refuse(r, DSIG_LIMIT, "c14n");
}

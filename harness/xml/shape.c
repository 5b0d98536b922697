/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/shape.h"

#include "base/limits.h"
#include "base/oid.h"
#include "base/str.h"

enum {
	NAMES = 64,
	TAG = 160
};

struct checking {
	const struct xml_doc *doc;
	const char *ns;
	struct err *err;
};

/* ---- Values */

static bool is_any(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s != '\0';
}

static bool is_id(const char *s)
{
	if (!str_is_alpha(*s) || strlen(s) > 64)
		return false;
	for (; *s; s++)
		if (!str_is_alpha(*s) && !str_is_digit(*s) &&
		    !strchr("._-", *s))
			return false;
	return true;
}

static bool is_number(const char *s)
{
	size_t digits = strspn(s, "0123456789");
	return digits > 0 && digits <= 9 && !s[digits];
}

static bool is_lang(const char *s)
{
	return streq(s, "fi") || streq(s, "en");
}

static bool is_flag(const char *s)
{
	return streq(s, "true") || streq(s, "false");
}

static const struct type {
	bool (*holds)(const char *s);
	const char *what;
} types[] = {
	[SHAPE_TEXT] = { is_any, "some text" },
	[SHAPE_ID] = { is_id,
	    "a letter, then letters, digits, '.', '_' or '-', at most 64 in "
	    "all" },
	[SHAPE_NUMBER] = { is_number, "a whole number of at most 9 digits" },
	[SHAPE_OID] = { oid_is_valid, "an OID such as 1.2.246.537.6.12" },
	[SHAPE_CHOICE] = { NULL, "one of" },
	[SHAPE_LANG] = { is_lang, "'fi' or 'en'" },
	[SHAPE_FLAG] = { is_flag, "'true' or 'false'" },
};

/* "F|I|U" cut into its words; `room` holds them. */
static size_t split_choices(
    const char *choices, char *room, size_t size, const char *words[NAMES])
{
	size_t n = 0;
	str_copy(room, size, choices);
	for (char *at = room; at && n < NAMES;) {
		words[n++] = at;
		at = strchr(at, '|');
		if (at)
			*at++ = '\0';
	}
	return n;
}

static int check_choice(struct checking *c, const xmlNode *node,
    const struct shape_attribute *a, const char *value)
{
	char room[1024], what[TAG];
	const char *words[NAMES];
	size_t n = split_choices(a->choices, room, sizeof(room), words);
	for (size_t i = 0; i < n; i++)
		if (streq(words[i], value))
			return 0;
	xml_fail_at(c->doc, node, a->name, c->err, ERR_CASE,
	    "'%s' of '%s' can't be '%s'", a->name, (const char *)node->name,
	    value);
	const char *near = str_nearest(value, words, n);
	snprintf(what, sizeof(what), "did you mean '%s'? ", near ? near : "");
	struct buf list = BUF_INIT(sizeof(c->err->hint) - TAG);
	for (size_t i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", words[i]);
	err_hint(c->err, "%sit can be: %s", near ? what : "", list.ptr);
	buf_release(&list);
	return -1;
}

static int check_value(struct checking *c, const xmlNode *node,
    const struct shape_attribute *a, const char *value)
{
	if (a->type == SHAPE_CHOICE)
		return check_choice(c, node, a, value);
	if (types[a->type].holds(value))
		return 0;
	return xml_fail_at(c->doc, node, a->name, c->err, ERR_CASE,
	    "'%s' of '%s' is '%.100s', but must be %s", a->name,
	    (const char *)node->name, value, types[a->type].what);
}

/* ---- Attributes */

/* As the tables name it: "id", "xml:lang". Other prefixes are never known. */
static void name_of(char name[TAG], const xmlAttr *a)
{
	const char *prefix = a->ns ? (const char *)a->ns->prefix : NULL;
	snprintf(name, TAG, "%.60s%s%.90s", prefix ? prefix : "",
	    prefix ? ":" : "", (const char *)a->name);
}

static int unknown_attribute(struct checking *c, const xmlNode *node,
    const struct shape *shape, const char *name)
{
	const char *names[NAMES] = { NULL };
	size_t n = 0;
	struct buf list = BUF_INIT(sizeof(c->err->hint) - TAG);
	for (; n < shape->attribute_count && n < NAMES; n++) {
		names[n] = shape->attributes[n].name;
		buf_addf(&list, "%s%s", n ? ", " : "", names[n]);
	}
	const char *near = str_nearest(name, names, n);
	xml_fail_at(c->doc, node, name, c->err, ERR_CASE,
	    "'%s' has no attribute '%s'", shape->element, name);
	if (near)
		err_hint(c->err, "did you mean '%s'? it can have: %s", near,
		    list.ptr);
	else if (n > 0)
		err_hint(c->err, "it can have: %s", list.ptr);
	else
		err_hint(c->err, "it has no attributes");
	buf_release(&list);
	return -1;
}

static int check_attributes(
    struct checking *c, const xmlNode *node, const struct shape *shape)
{
	uint64_t seen = 0;
	for (const xmlAttr *at = node->properties; at; at = at->next) {
		char name[TAG];
		name_of(name, at);
		size_t i = 0;
		while (i < shape->attribute_count &&
		       !streq(shape->attributes[i].name, name))
			i++;
		if (i == shape->attribute_count)
			return unknown_attribute(c, node, shape, name);
		const char *value = at->children && at->children->content
					? (const char *)at->children->content
					: "";
		if (check_value(c, node, &shape->attributes[i], value) < 0)
			return -1;
		seen |= UINT64_C(1) << i;
	}
	for (size_t i = 0; i < shape->attribute_count; i++)
		if (shape->attributes[i].required && !(seen & UINT64_C(1) << i))
			return xml_fail(c->doc, node, c->err, ERR_CASE,
			    "'%s' lacks the attribute '%s'", shape->element,
			    shape->attributes[i].name);
	return 0;
}

/* ---- Children */

static int unknown_child(
    struct checking *c, const xmlNode *node, const struct shape *parent)
{
	const char *names[NAMES] = { NULL };
	size_t n = 0;
	struct buf list = BUF_INIT(sizeof(c->err->hint) - TAG);
	for (; n < parent->child_count && n < NAMES; n++) {
		names[n] = parent->children[n].shape->element;
		buf_addf(&list, "%s%s", n ? ", " : "", names[n]);
	}
	const char *name = (const char *)node->name;
	const char *near = str_nearest(name, names, n);
	if (!xml_is(node, c->ns, NULL) && near && streq(near, name))
		xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' is not in the namespace '%s'", name, c->ns);
	else
		xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' cannot hold the element '%s'", parent->element, name);
	if (near && !streq(near, name))
		err_hint(c->err, "did you mean '%s'? it can hold: %s", near,
		    list.ptr);
	else if (n > 0)
		err_hint(c->err, "it can hold: %s", list.ptr);
	else
		err_hint(c->err, "it holds no elements");
	buf_release(&list);
	return -1;
}

/* Whether an element of this name and language stands in `node`. */
static bool has_lang(const struct checking *c, const xmlNode *node,
    const char *name, const char *lang)
{
	XML_EACH_CHILD (child, node)
		if (xml_is(child, c->ns, name) && xml_lang_is(child, lang))
			return true;
	return false;
}

/* A text that must stand in Finnish and in English. */
static int lacks_language(
    struct checking *c, const xmlNode *node, const char *name)
{
	bool finnish = !has_lang(c, node, name, "fi");
	xml_fail(c->doc, node, c->err, ERR_CASE,
	    "'%s' in %s (xml:lang=\"%s\") is missing", name,
	    finnish ? "Finnish" : "English", finnish ? "fi" : "en");
	return err_hint(c->err, "every text stands in Finnish and in English");
}

static int too_few(struct checking *c, const xmlNode *node,
    const struct shape *shape, const struct shape_child *child)
{
	const struct shape *texts = child->shape;
	if (texts->attribute_count == 1 &&
	    texts->attributes[0].type == SHAPE_LANG)
		return lacks_language(c, node, texts->element);
	if (child->min == 1)
		return xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' lacks the element '%s'", shape->element,
		    child->shape->element);
	return xml_fail(c->doc, node, c->err, ERR_CASE,
	    "'%s' must hold '%s' at least %u times", shape->element,
	    child->shape->element, child->min);
}

static int too_many(struct checking *c, const xmlNode *node,
    const struct shape *shape, const struct shape_child *child)
{
	if (child->max == 1)
		return xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' can hold only one '%s'", shape->element,
		    child->shape->element);
	return xml_fail(c->doc, node, c->err, ERR_CASE,
	    "'%s' can hold '%s' at most %u times", shape->element,
	    child->shape->element, child->max);
}

static size_t child_index(
    struct checking *c, const xmlNode *node, const struct shape *shape)
{
	size_t i = 0;
	while (i < shape->child_count &&
	       !xml_is(node, c->ns, shape->children[i].shape->element))
		i++;
	return i;
}

static int check_node(
    struct checking *c, const xmlNode *node, const struct shape *shape);

static int check_children(
    struct checking *c, const xmlNode *node, const struct shape *shape)
{
	unsigned seen[NAMES] = { 0 };
	size_t last = 0;
	if (shape->child_count > NAMES)
		BUG("a shape with too many children");
	XML_EACH_CHILD (child, node) {
		size_t i = child_index(c, child, shape);
		if (i == shape->child_count)
			return unknown_child(c, child, shape);
		const struct shape_child *row = &shape->children[i];
		if (i < last && shape->content == SHAPE_CHILDREN)
			return xml_fail(c->doc, child, c->err, ERR_CASE,
			    "'%s' must stand before '%s'", row->shape->element,
			    shape->children[last].shape->element);
		last = i;
		if (++seen[i] > row->max && row->max)
			return too_many(c, child, shape, row);
		if (check_node(c, child, row->shape) < 0)
			return -1;
	}
	for (size_t i = 0; i < shape->child_count; i++)
		if (seen[i] < shape->children[i].min)
			return too_few(c, node, shape, &shape->children[i]);
	return 0;
}

/* ---- Elements */

/* Whether there is text other than white space directly in it. */
static bool has_text(const xmlNode *node)
{
	for (const xmlNode *n = node->children; n; n = n->next)
		if ((n->type == XML_TEXT_NODE ||
			n->type == XML_CDATA_SECTION_NODE) &&
		    n->content && is_any((const char *)n->content))
			return true;
	return false;
}

static int check_text(
    struct checking *c, const xmlNode *node, const struct shape *shape)
{
	bool text = has_text(node);
	bool wants = shape->content == SHAPE_HAS_TEXT;
	bool may = wants || shape->content == SHAPE_MAY_TEXT;
	if (text && !may)
		return xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' cannot hold text", shape->element);
	if (!text && wants)
		return xml_fail(c->doc, node, c->err, ERR_CASE,
		    "'%s' is empty, but must hold text", shape->element);
	return 0;
}

static int check_node(
    struct checking *c, const xmlNode *node, const struct shape *shape)
{
	if (shape->attribute_count > NAMES)
		BUG("a shape with too many attributes");
	if (check_attributes(c, node, shape) < 0 ||
	    check_text(c, node, shape) < 0)
		return -1;
	return check_children(c, node, shape);
}

/* Whether two namespaces differ in nothing but the number at their end. */
static bool same_format(const char *a, const char *b)
{
	const char *va = strrchr(a, ':'), *vb = strrchr(b, ':');
	return va && vb && va - a == vb - b &&
	       strncmp(a, b, (size_t)(va - a)) == 0 && is_number(va + 1);
}

int shape_check(const struct xml_doc *doc, const char *ns,
    const struct shape *root, struct err *err)
{
	struct checking c = { .doc = doc, .ns = ns, .err = err };
	const xmlNode *node = xml_root(doc);
	if (xml_is(node, ns, root->element))
		return check_node(&c, node, root);

	const char *found = node->ns ? (const char *)node->ns->href : "";
	if (xml_is(node, ns, NULL))
		return xml_fail(doc, node, err, ERR_CASE,
		    "the root element is '%s', but must be '%s'",
		    (const char *)node->name, root->element);
	if (same_format(found, ns)) {
		xml_fail(doc, node, err, ERR_CASE,
		    "version %s of the format is not known here",
		    strrchr(found, ':') + 1);
		return err_hint(err,
		    "this esitesti reads version %s: %s; a newer one may read "
		    "the other",
		    strrchr(ns, ':') + 1, ns);
	}
	xml_fail(doc, node, err, ERR_CASE,
	    "the root element is '%s' in %s%s%s, but must be '%s'",
	    (const char *)node->name,
	    *found ? "the namespace '" : "no namespace", found,
	    *found ? "'" : "", root->element);
	return err_hint(
	    err, "begin with <%s xmlns=\"%s\"…>", root->element, ns);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/dialect-private.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "xml/shape.h"

#include <libxml/tree.h>
#include <stdlib.h>

/* ---- The file's shape; cases/dialect.rng says the same */

static const struct shape_attribute lang_attributes[] = {
	{ .name = "xml:lang", .type = SHAPE_LANG, .required = true },
};
static const struct shape title_shape = {
	.element = "title",
	.content = SHAPE_HAS_TEXT,
	.attributes = lang_attributes,
	.attribute_count = COUNTOF(lang_attributes),
};
static const struct shape_attribute value_attributes[] = {
	{ .name = "key", .type = SHAPE_TEXT, .required = true },
	{ .name = "mark",
	    .type = SHAPE_CHOICE,
	    .required = true,
	    .choices = "F|I|U" },
	{ .name = "source", .type = SHAPE_TEXT, .required = true },
};
static const struct shape value_shape = {
	.element = "value",
	.content = SHAPE_MAY_TEXT,
	.attributes = value_attributes,
	.attribute_count = COUNTOF(value_attributes),
};
static const struct shape item_shape = {
	.element = "item",
	.content = SHAPE_HAS_TEXT,
};
static const struct shape_child list_children[] = {
	{ .shape = &item_shape },
};
static const struct shape list_shape = {
	.element = "list",
	.content = SHAPE_CHILDREN,
	.attributes = value_attributes,
	.attribute_count = COUNTOF(value_attributes),
	.children = list_children,
	.child_count = COUNTOF(list_children),
};
static const struct shape_attribute dialect_attributes[] = {
	{ .name = "name", .type = SHAPE_ID, .required = true },
	{ .name = "extends", .type = SHAPE_ID },
};
static const struct shape_child dialect_children[] = {
	{ .shape = &title_shape, .min = 2, .max = 2 },
	{ .shape = &value_shape },
	{ .shape = &list_shape },
};
static const struct shape dialect_shape = {
	.element = "dialect",
	.content = SHAPE_MIXED_ORDER,
	.attributes = dialect_attributes,
	.attribute_count = COUNTOF(dialect_attributes),
	.children = dialect_children,
	.child_count = COUNTOF(dialect_children),
};

/* ---- Values */

struct reader {
	const struct xml_doc *doc;
	struct dialect *d;
	bool recorded; /* maybe by another version: unknown keys pass */
	struct err *err;
};

static char *trimmed_text(const xmlNode *node)
{
	char *text = xml_text(node);
	char *from = text;
	while (str_is_space(*from))
		from++;
	size_t n = strlen(from);
	while (n > 0 && str_is_space(from[n - 1]))
		n--;
	char *out = xstrndup(from, n);
	free(text);
	return out;
}

/* A failure of a helper that knew no place, told with the place. */
static int fail_as(struct reader *r, const xmlNode *node, const struct err *why)
{
	xml_fail(r->doc, node, r->err, ERR_CASE, "%s: %s",
	    xml_attr(node, "key"), why->msg);
	return why->hint[0] ? err_hint(r->err, "%s", why->hint) : -1;
}

static int set_number(
    struct reader *r, const xmlNode *node, struct dialect_value *v)
{
	struct err why = { .kind = ERR_NONE };
	if (str_number(v->text, 1, UINT32_MAX, &v->number, &why) != 0)
		return fail_as(r, node, &why);
	return 0;
}

static int set_choice(struct reader *r, const xmlNode *node,
    enum dialect_key key, struct dialect_value *v)
{
	const char *words[8];
	size_t count = 0;
	char *list = xstrdup(dialect_key_choices(key));
	for (char *p = list; p && count < COUNTOF(words); count++) {
		words[count] = p;
		p = strchr(p, '|');
		if (p)
			*p++ = '\0';
	}
	struct err why = { .kind = ERR_NONE };
	v->choice = str_choice(v->text, words, count, "the value", &why);
	int rc = v->choice < 0 ? fail_as(r, node, &why) : 0;
	free(list);
	return rc;
}

static int set_value(struct reader *r, const xmlNode *node,
    enum dialect_key key, struct dialect_value *v)
{
	v->text = trimmed_text(node);
	/* HL7 table 0103; whatever a dialect says, this stays unsaid. */
	if (key == DK_PROCESSING_CODE && streq(v->text, "P"))
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "%s: 'P' means production, not test",
		    dialect_key_name(key));
	switch (dialect_type(key)) {
	case DIALECT_TEXT:
	case DIALECT_LIST:
		return 0;
	case DIALECT_NAME:
		if (xmlValidateNCName((const xmlChar *)v->text, 0) == 0)
			return 0;
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "%s: '%s' can't be the name of an element",
		    dialect_key_name(key), v->text);
	case DIALECT_OID:
		if (oid_is_valid(v->text))
			return 0;
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "%s: '%s' is no OID", dialect_key_name(key), v->text);
	case DIALECT_NUMBER:
		return set_number(r, node, v);
	case DIALECT_CHOICE:
		return set_choice(r, node, key, v);
	}
	BUG("unknown dialect_type");
}

static void set_list(const xmlNode *node, struct dialect_value *v)
{
	v->text = xstrdup("");
	XML_EACH_CHILD (item, node)
		*VEC_PUSH(v) = trimmed_text(item);
}

/* ---- Keys */

static int fail_unknown(struct reader *r, const xmlNode *node, const char *name)
{
	const char *names[DK_COUNT];
	for (int i = 0; i < DK_COUNT; i++)
		names[i] = dialect_key_name((enum dialect_key)i);
	const char *near = str_nearest(name, names, DK_COUNT);
	xml_fail(
	    r->doc, node, r->err, ERR_CASE, "a dialect has no key '%s'", name);
	if (near)
		return err_hint(r->err, "did you mean '%s'?", near);
	return err_hint(r->err,
	    "'esitesti show dialect' lists the keys and what they mean");
}

static int check_key(
    struct reader *r, const xmlNode *node, const char *name, int key)
{
	if (key < 0)
		return fail_unknown(r, node, name);
	if (r->d->value[key].set)
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "key '%s' was given before", name);
	bool is_list = xml_is(node, DIALECT_NS, "list");
	bool wants_list = dialect_type((enum dialect_key)key) == DIALECT_LIST;
	if (is_list != wants_list)
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "key '%s' takes a %s", name,
		    wants_list ? "<list> of <item>" : "<value>");
	return 0;
}

static int read_entry(struct reader *r, const xmlNode *node)
{
	const char *name = xml_attr(node, "key");
	int key = dialect_key_find(name);
	if (key < 0 && r->recorded)
		return 0;
	if (check_key(r, node, name, key) != 0)
		return -1;
	struct dialect_value *v = &r->d->value[key];
	v->set = true;
	v->mark = (enum mark)mark_find(xml_attr(node, "mark"));
	v->source = xstrdup(xml_attr(node, "source"));
	if (dialect_type((enum dialect_key)key) == DIALECT_LIST)
		set_list(node, v);
	else if (set_value(r, node, (enum dialect_key)key, v) != 0)
		return -1;
	return 0;
}

static int read_title(struct reader *r, const xmlNode *node)
{
	char **title = &r->d->title[xml_lang_is(node, "fi") ? 0 : 1];
	if (*title)
		return xml_fail(r->doc, node, r->err, ERR_CASE,
		    "there is a title in this language already; one in "
		    "Finnish and one in English are expected");
	*title = trimmed_text(node);
	return 0;
}

struct dialect *dialect_from_xml(
    const struct xml_doc *doc, bool recorded, struct err *err)
{
	if (shape_check(doc, DIALECT_NS, &dialect_shape, err) != 0)
		return NULL;
	xmlNode *root = xml_root(doc);
	struct dialect *d = xcalloc(1, sizeof(*d));
	struct reader r = {
		.doc = doc, .d = d, .recorded = recorded, .err = err
	};
	const char *extends = xml_attr(root, "extends");
	d->name = xstrdup(xml_attr(root, "name"));
	d->extends = extends ? xstrdup(extends) : NULL;
	XML_EACH_CHILD (node, root) {
		int rc = xml_is(node, DIALECT_NS, "title")
			     ? read_title(&r, node)
			     : read_entry(&r, node);
		if (rc != 0) {
			dialect_free(d);
			return NULL;
		}
	}
	return d;
}

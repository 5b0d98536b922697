/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/schema-inside.h"
#include "kanta/cda-order.h"
#include "kanta/classes.h"

#include <string.h>

/*
 * A child that a schema did not expect: is it unknown there, in the wrong
 * place, one too many, or is another one missing before it? libxml2 stops at
 * the first such child of an element; so the whole sequence is looked at here,
 * beside what the class holds (kanta/classes.h), or beside what libxml2
 * expected where the class is not known.
 */

/* ---- What was expected: "{urn:hl7-org:v3}id, {urn:hl7-org:v3}code" */

#define EXPECTED_MAX 16
struct expected {
	char name[EXPECTED_MAX][SCHEMA_NAME]; /* as people write them */
	char ns[EXPECTED_MAX][SCHEMA_NAME];
	size_t count;
};

static void copy_part(char *to, const char *from, size_t len)
{
	if (len >= SCHEMA_NAME)
		len = SCHEMA_NAME - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

static void take_expected(struct expected *e, const char *s, size_t len)
{
	char name[SCHEMA_NAME], full[SCHEMA_NAME + 8];
	const char *end = *s == '{' ? memchr(s, '}', len) : NULL;
	size_t skip = end ? (size_t)(end - s) + 1 : 0;
	copy_part(e->ns[e->count], s + 1, skip > 1 ? skip - 2 : 0);
	copy_part(name, s + skip, len - skip);
	snprintf(full, sizeof(full), "%s%s",
	    streq(e->ns[e->count], XMLNS_HL7FI) ? "hl7fi:" : "", name);
	str_copy(e->name[e->count], SCHEMA_NAME, full);
	/* A wildcard is no name. */
	if (len > skip && !strchr(name, '*') && !strchr(name, '.'))
		e->count++;
}

static void read_expected(struct expected *e, const char *message)
{
	const char *at = strstr(message, "Expected is ");
	e->count = 0;
	at = at ? strstr(at, "( ") : NULL;
	if (!at)
		return;
	at += 2;
	while (e->count < EXPECTED_MAX) {
		size_t len = strcspn(at, ", )");
		if (len > 0)
			take_expected(e, at, len);
		at += len;
		if (*at != ',')
			return;
		at += strspn(at, ", ");
	}
}

static void list_expected(char out[SCHEMA_LIST], const struct expected *e)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));
	for (size_t i = 0; i < e->count; i++)
		buf_addf(&text, "%s%s", i ? ", " : "", e->name[i]);
	str_copy(out, SCHEMA_LIST, text.ptr ? text.ptr : "");
	buf_release(&text);
}

/* ---- The siblings */

static const xmlNode *previous(const xmlNode *node)
{
	const xmlNode *n = node->prev;
	while (n && n->type != XML_ELEMENT_NODE)
		n = n->prev;
	return n;
}

static bool has_name(const xmlNode *node, const char *name)
{
	char own[SCHEMA_NAME];
	schema_name(own, node);
	return streq(own, name) || streq((const char *)node->name, name);
}

static const xmlNode *earlier(const xmlNode *node, const char *name)
{
	const xmlNode *n = previous(node);
	while (n && !has_name(n, name))
		n = previous(n);
	return n;
}

static const xmlNode *later(const xmlNode *node, const char *name)
{
	const xmlNode *n = xml_next(node);
	while (n && !has_name(n, name))
		n = xml_next(n);
	return n;
}

/* ---- Telling */

struct child_fault {
	struct schema_hearing *h;
	const xmlNode *node, *parent;
	char name[SCHEMA_NAME], parent_name[SCHEMA_NAME];
	const struct cda_class *class;
	struct expected expected;
};

/* What stands behind the fault has not been looked at by anybody. */
static void tell_rest(const struct child_fault *c, struct finding *f)
{
	struct note stopped = say_sch_stopped(c->parent_name);
	if (xml_next(c->node) || xml_first(c->node))
		schema_add(f, &stopped);
}

static struct finding *find(
    const struct child_fault *c, enum rule rule, struct note text)
{
	return look_find(c->h->l, rule, c->h->part, c->node, NULL, text);
}

static void tell_order(
    const struct child_fault *c, const char *name, const char *before)
{
	struct note hint = say_sch_do_order(name, before);
	struct finding *f = find(
	    c, RULE_SCH_ORDER, say_sch_order(name, before, c->parent_name));
	schema_field(f, c->parent, name);
	schema_hint(f, &hint);
	tell_rest(c, f);
}

static void tell_repeated(const struct child_fault *c)
{
	struct finding *f = find(
	    c, RULE_SCH_REPEATED, say_sch_repeated(c->name, c->parent_name));
	schema_field(f, c->node, NULL);
	tell_rest(c, f);
}

static void set_lacks(struct finding *f, const char *child)
{
	if (f && child)
		f->lacks = xstrdup(child);
}

/* The parent lacks it; the place is told by what stands around. */
static void tell_missing(const struct child_fault *c, const char *name)
{
	char near[SCHEMA_NAME];
	const xmlNode *after = previous(c->node);
	schema_name(near, after ? after : c->node);
	struct finding *f =
	    look_find(c->h->l, RULE_SCH_MISSING, c->h->part, c->parent, NULL,
		after ? say_sch_missing_after(name, c->parent_name, near)
		      : say_sch_missing_before(name, c->parent_name, near));
	set_lacks(f, name);
	schema_field(f, c->parent, name);
	tell_rest(c, f);
}

static void tell_namespace(const struct child_fault *c, size_t expected)
{
	const char *ns = c->node->ns ? (const char *)c->node->ns->href : "";
	struct finding *f = find(c, RULE_SCH_UNEXPECTED,
	    say_sch_namespace(
		(const char *)c->node->name, ns, c->expected.ns[expected]));
	schema_field(f, c->parent, (const char *)c->node->name);
	tell_rest(c, f);
}

static void tell_unexpected(const struct child_fault *c)
{
	char list[SCHEMA_LIST];
	const char *words[EXPECTED_MAX];
	list_expected(list, &c->expected);
	struct finding *f = find(c, RULE_SCH_UNEXPECTED,
	    *list ? say_sch_unexpected(c->name, c->parent_name, list)
		  : say_sch_unexpected_end(c->name, c->parent_name));
	for (size_t i = 0; i < c->expected.count; i++)
		words[i] = c->expected.name[i];
	/* A name that there is was meant: the schema is another one. */
	const char *near = cda_has_name((const char *)c->node->name)
			       ? NULL
			       : str_nearest(c->name, words, c->expected.count);
	if (near && !streq(near, c->name)) {
		struct note hint = say_sch_do_near(near);
		schema_hint(f, &hint);
	}
	schema_field(f, c->parent, NULL);
	tell_rest(c, f);
}

/* ---- Where the class is known */

/* The first sibling before it that should stand behind it. */
static const xmlNode *overtaken(
    const struct child_fault *c, const struct cda_child *own)
{
	XML_EACH_CHILD (n, c->parent) {
		struct cda_child other;
		if (n == c->node)
			break;
		if (cda_class_child(c->class, (const char *)n->name, &other) &&
		    other.rank > own->rank)
			return n;
	}
	return NULL;
}

/* A mandatory child that should stand before it and does not. */
static bool skipped(const struct child_fault *c, const struct cda_child *own,
    struct cda_child *out)
{
	const char *at = c->class->children;
	struct cda_child all;
	*out = (struct cda_child){ .rank = 0 };
	while (cda_class_next(&at, out))
		if (out->required && !earlier(c->node, out->name) &&
		    cda_class_child(c->class, out->name, &all) &&
		    all.rank < own->rank)
			return true;
	return false;
}

static bool tell_by_class(const struct child_fault *c)
{
	struct cda_child own, wanted;
	char before[SCHEMA_NAME];
	const char *name = (const char *)c->node->name;
	if (!c->class || !cda_class_child(c->class, name, &own))
		return false;
	const xmlNode *passed = overtaken(c, &own);
	if (!own.repeats && earlier(c->node, name)) {
		tell_repeated(c);
	} else if (passed) {
		schema_name(before, passed);
		tell_order(c, c->name, before);
	} else if (skipped(c, &own, &wanted)) {
		if (later(c->node, wanted.name))
			tell_order(c, wanted.name, c->name);
		else
			tell_missing(c, wanted.name);
	} else {
		return false;
	}
	return true;
}

/* ---- Where it is not */

static bool tell_by_siblings(const struct child_fault *c)
{
	const xmlNode *before = previous(c->node);
	for (size_t i = 0; i < c->expected.count; i++)
		if (streq(c->expected.name[i], (const char *)c->node->name) &&
		    c->node->ns &&
		    !streq(
			c->expected.ns[i], (const char *)c->node->ns->href)) {
			tell_namespace(c, i);
			return true;
		}
	if (before && has_name(before, c->name)) {
		tell_repeated(c);
		return true;
	}
	for (size_t i = 0; i < c->expected.count; i++)
		if (later(c->node, c->expected.name[i]) && c->class == NULL) {
			tell_order(c, c->expected.name[i], c->name);
			return true;
		}
	return false;
}

/* ---- Too few */

/* The mandatory one that is not there, if the class is known. */
static bool lacking(
    const struct child_fault *c, const xmlNode *parent, struct cda_child *out)
{
	const char *at = c->class ? c->class->children : "";
	*out = (struct cda_child){ .rank = 0 };
	while (cda_class_next(&at, out)) {
		bool there = false;
		XML_EACH_CHILD (n, parent)
			there = there || has_name(n, out->name);
		if (out->required && !there)
			return true;
	}
	return false;
}

static const xmlNode *last_child(const xmlNode *parent)
{
	const xmlNode *last = NULL;
	XML_EACH_CHILD (n, parent)
		last = n;
	return last;
}

static void tell_too_few(struct schema_hearing *h, struct child_fault *c)
{
	char list[SCHEMA_LIST], after[SCHEMA_NAME];
	const xmlNode *parent = c->node, *last = last_child(parent);
	struct cda_child child;
	bool known = lacking(c, parent, &child);
	const char *name = known ? child.name : c->expected.name[0];
	if (last)
		schema_name(after, last);
	list_expected(list, &c->expected);
	struct note text = !known && c->expected.count != 1
			       ? say_sch_missing_any(list, c->name)
			   : last ? say_sch_missing_after(name, c->name, after)
				  : say_sch_missing(name, c->name);
	struct finding *f =
	    look_find(h->l, RULE_SCH_MISSING, h->part, parent, NULL, text);
	if (!known && c->expected.count != 1)
		name = NULL;
	set_lacks(f, name);
	schema_field(f, parent, name);
}

void schema_tell_child(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	struct child_fault c = { .h = h, .node = fault->node };
	bool too_few = strstr(fault->message, "Missing child") != NULL;
	schema_name(c.name, c.node);
	read_expected(&c.expected, fault->message);
	c.parent = c.node->parent;
	if (too_few || !c.parent || c.parent->type != XML_ELEMENT_NODE) {
		c.class = cda_class_of(c.node);
		tell_too_few(h, &c);
		return;
	}
	schema_name(c.parent_name, c.parent);
	c.class = cda_class_of(c.parent);
	if (!tell_by_class(&c) && !tell_by_siblings(&c))
		tell_unexpected(&c);
}

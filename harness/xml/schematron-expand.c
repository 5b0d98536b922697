/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"

/*
 * Before a schema is compiled (ISO/IEC 19757-3, 6.2 to 6.4): sch:include and
 * sch:extends with href are replaced by what they name, abstract patterns by
 * their instances, sch:extends with rule by what the abstract rule holds.
 */
struct expanding {
	const struct xml_doc *doc;
	struct file_list *files;
	char *folder; /* of the schema, canonical */
	size_t nodes; /* copied so far: an abstract rule may name others */
	struct err *err;
};

static const char *attr(const xmlNode *node, const char *name)
{
	return xml_attr(node, name);
}

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

static size_t count_nodes(const xmlNode *node)
{
	size_t count = 1;
	XML_EACH_CHILD (child, node)
		count += count_nodes(child);
	return count;
}

/* A copy of `node` before `place`; ERR_LIMIT when all copies are too many. */
static xmlNode *copy_before(struct expanding *x, xmlNode *place, xmlNode *node)
{
	x->nodes += count_nodes(node);
	if (x->nodes > LIMIT_SCHEMATRON_NODES) {
		xml_fail(x->doc, place, x->err, ERR_LIMIT,
		    "the schema grows over %d elements",
		    LIMIT_SCHEMATRON_NODES);
		return NULL;
	}
	xmlNode *copy = xmlDocCopyNode(node, place->doc, 1);
	if (!copy)
		BUG("no copy of a node");
	return xmlAddPrevSibling(place, copy);
}

/* ---- Files */

/* The path that href means from `from`, canonical; it must be below the
 * schema's folder. */
static char *find_file(
    struct expanding *x, const char *from, const char *href, const xmlNode *at)
{
	char *beside = path_beside(from, href);
	char *path = realpath(beside, NULL);
	size_t len = strlen(x->folder);
	free(beside);
	if (path && strncmp(path, x->folder, len) == 0 && path[len] == '/')
		return path;
	free(path);
	xml_fail(x->doc, at, x->err, ERR_CASE,
	    "'%s' is not in the schema's folder or below it", href);
	return NULL;
}

static int expand_includes(
    struct expanding *x, xmlNode *in, const char *from, unsigned depth);

/* Puts the file's root (include), or what it holds (extends), before `node`. */
static int include_file(struct expanding *x, xmlNode *node, const char *path,
    bool whole, unsigned depth)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_SCHEMA_BYTES, x->err);
	int rc = doc ? expand_includes(x, xml_root(doc), path, depth + 1) : -1;
	xmlNode *root = rc == 0 ? xml_root(doc) : NULL;
	if (root && whole && !copy_before(x, node, root))
		rc = -1;
	if (root && !whole)
		XML_EACH_CHILD (child, root)
			if (rc == 0 && !copy_before(x, node, child))
				rc = -1;
	xml_free(doc);
	return rc;
}

static int expand_include(
    struct expanding *x, xmlNode *node, const char *from, unsigned depth)
{
	bool whole = xml_is(node, SCH, "include");
	if (depth >= LIMIT_SCHEMATRON_DEPTH)
		return xml_fail(x->doc, node, x->err, ERR_LIMIT,
		    "files include each other deeper than %d",
		    LIMIT_SCHEMATRON_DEPTH);
	char *path = find_file(x, from, attr(node, "href"), node);
	if (!path)
		return -1;
	*VEC_PUSH(x->files) = path;
	if (include_file(x, node, path, whole, depth) < 0)
		return -1;
	drop(node);
	return 0;
}

static bool names_file(const xmlNode *node)
{
	return (xml_is(node, SCH, "include") || xml_is(node, SCH, "extends")) &&
	       attr(node, "href");
}

static int expand_includes(
    struct expanding *x, xmlNode *in, const char *from, unsigned depth)
{
	xmlNode *next;
	for (xmlNode *node = xml_first(in); node; node = next) {
		next = xml_next(node);
		if (names_file(node)) {
			if (expand_include(x, node, from, depth) < 0)
				return -1;
		} else if (expand_includes(x, node, from, depth) < 0) {
			return -1;
		}
	}
	return 0;
}

/* ---- Abstract patterns */

static xmlNode *find_abstract(
    const xmlNode *from, const char *name, const char *id)
{
	XML_EACH_CHILD (node, from)
		if (xml_is(node, SCH, name) && attr(node, "abstract") &&
		    streq(attr(node, "abstract"), "true") && attr(node, "id") &&
		    streq(attr(node, "id"), id))
			return node;
	return NULL;
}

static bool goes_on(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '_' || c == '-' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

/* Every $NAME of the parameters, the longest name first by the end of it. */
static char *put_params(const xmlNode *instance, const char *text)
{
	struct buf out = BUF_INIT(LIMIT_SCHEMA_BYTES);
	while (*text) {
		const char *value = NULL;
		size_t len = 0;
		if (*text == '$')
			while (goes_on(text[1 + len]))
				len++;
		XML_EACH_CHILD (param, instance)
			if (len && xml_is(param, SCH, "param") &&
			    attr(param, "name") &&
			    strlen(attr(param, "name")) == len &&
			    strncmp(attr(param, "name"), text + 1, len) == 0)
				value = attr(param, "value");
		if (value) {
			buf_adds(&out, value);
			text += 1 + len;
		} else {
			buf_addc(&out, *text++);
		}
	}
	return buf_detach(&out, NULL);
}

static void put_params_below(const xmlNode *instance, xmlNode *node)
{
	for (xmlAttr *a = node->properties; a; a = a->next) {
		xmlChar *text = xmlNodeGetContent((xmlNode *)a);
		if (text && strchr((const char *)text, '$')) {
			char *value = put_params(instance, (const char *)text);
			xmlSetNsProp(
			    node, a->ns, a->name, (const xmlChar *)value);
			free(value);
		}
		xmlFree(text);
	}
	XML_EACH_CHILD (child, node)
		put_params_below(instance, child);
}

static int expand_instance(struct expanding *x, xmlNode *pattern)
{
	const char *is_a = attr(pattern, "is-a");
	xmlNode *abstract = find_abstract(pattern->parent, "pattern", is_a);
	if (!abstract)
		return xml_fail(x->doc, pattern, x->err, ERR_CASE,
		    "no abstract pattern has the id '%s'", is_a);
	XML_EACH_CHILD (node, abstract) {
		if (xml_is(node, SCH, "param"))
			continue;
		xmlNode *mark = xmlNewDocNode(
		    pattern->doc, NULL, (const xmlChar *)"mark", NULL);
		xmlAddChild(pattern, mark);
		xmlNode *copy = copy_before(x, mark, node);
		drop(mark);
		if (!copy)
			return -1;
		put_params_below(pattern, copy);
	}
	return 0;
}

/* ---- Abstract rules */

static int expand_extends(struct expanding *x, xmlNode *node, unsigned depth)
{
	xmlNode *rule = node->parent;
	const char *id = attr(node, "rule");
	xmlNode *abstract = find_abstract(rule->parent, "rule", id);
	if (!abstract || abstract == rule)
		return xml_fail(x->doc, node, x->err, ERR_CASE,
		    "no abstract rule of this pattern has the id '%s'", id);
	if (depth >= LIMIT_SCHEMATRON_DEPTH)
		return xml_fail(x->doc, node, x->err, ERR_LIMIT,
		    "rules extend each other deeper than %d",
		    LIMIT_SCHEMATRON_DEPTH);
	XML_EACH_CHILD (child, abstract) {
		xmlNode *copy = copy_before(x, node, child);
		if (!copy)
			return -1;
		if (xml_is(copy, SCH, "extends") && attr(copy, "rule") &&
		    expand_extends(x, copy, depth + 1) < 0)
			return -1;
	}
	drop(node);
	return 0;
}

static int expand_rules(struct expanding *x, xmlNode *pattern)
{
	XML_EACH_CHILD (rule, pattern) {
		const char *abstract = attr(rule, "abstract");
		if (!xml_is(rule, SCH, "rule") ||
		    (abstract && streq(abstract, "true")))
			continue;
		xmlNode *next;
		for (xmlNode *node = xml_first(rule); node; node = next) {
			next = xml_next(node);
			if (xml_is(node, SCH, "extends") &&
			    attr(node, "rule") &&
			    expand_extends(x, node, 0) < 0)
				return -1;
		}
	}
	return 0;
}

int schematron_expand(
    struct xml_doc *doc, struct file_list *files, struct err *err)
{
	struct expanding x = { .doc = doc, .files = files, .err = err };
	xmlNode *root = xml_root(doc);
	char *path = realpath(xml_name(doc), NULL);
	int rc = 0;
	if (!path)
		return err_errno(
		    err, ERR_IO, "cannot read '%s'", xml_name(doc));
	x.folder = path_dir(path);
	*VEC_PUSH(files) = path;
	rc = expand_includes(&x, root, path, 0);
	XML_EACH_CHILD (node, root)
		if (rc == 0 && xml_is(node, SCH, "pattern") &&
		    attr(node, "is-a"))
			rc = expand_instance(&x, node);
	XML_EACH_CHILD (node, root)
		if (rc == 0 && xml_is(node, SCH, "pattern"))
			rc = expand_rules(&x, node);
	free(x.folder);
	return rc;
}

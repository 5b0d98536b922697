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

static const char *attr(const xmlNode *node, const char *name)
{
	return xml_attr(node, name);
}

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* ---- Files */

/* The path that href means from `from`, canonical; it must be below the
 * schema's folder. */
static char *find_file(
    const struct source *s, const char *from, const xmlNode *at)
{
	const char *href = attr(at, "href");
	char *beside = path_beside(from, href);
	char *path = realpath(beside, NULL);
	size_t len = strlen(s->folder);
	free(beside);
	if (path && strncmp(path, s->folder, len) == 0 && path[len] == '/')
		return path;
	if (path)
		source_fail_at(s, at, "href",
		    "'%s' is not in the schema's folder or below it", href);
	else
		source_fail_at(s, at, "href", "there is no file '%s'", href);
	free(path);
	return NULL;
}

static int expand_includes(
    struct source *s, xmlNode *in, const char *from, unsigned depth);

/* Reads a file into the list of sources, its inclusions in their places. */
static xmlNode *read_file(struct source *s, const char *path, unsigned depth)
{
	char index[24];
	/* named as the schema was: beside it or below */
	char *folder = path_dir(xml_name(s->at[0]));
	char *name = streq(folder, ".")
			 ? xstrdup(path + strlen(s->folder) + 1)
			 : path_join(folder, path + strlen(s->folder) + 1);
	struct xml_doc *doc = xml_read_file(name, LIMIT_SCHEMA_BYTES, s->err);
	free(name);
	free(folder);
	if (!doc)
		return NULL;
	snprintf(index, sizeof(index), "%zu", s->count);
	*VEC_PUSH(s) = doc;
	xmlNode *root = xml_root(doc);
	xmlNs *ns = xmlNewNs(
	    root, (const xmlChar *)ESI, (const xmlChar *)"esitesti-mark");
	xmlSetNsProp(root, ns, (const xmlChar *)"file", (const xmlChar *)index);
	return expand_includes(s, root, path, depth + 1) < 0 ? NULL : root;
}

static int check_number(
    const struct source *s, const xmlNode *node, unsigned depth)
{
	if (depth >= LIMIT_SCHEMATRON_DEPTH)
		return source_fail(s, node, ERR_LIMIT,
		    "files include each other deeper than %d",
		    LIMIT_SCHEMATRON_DEPTH);
	if (s->count >= LIMIT_SCHEMATRON_FILES)
		return source_fail(s, node, ERR_LIMIT,
		    "more than %d files in one schema", LIMIT_SCHEMATRON_FILES);
	return 0;
}

/* Puts the file's root (include), or what it holds (extends), before `node`. */
static int expand_include(
    struct source *s, xmlNode *node, const char *from, unsigned depth)
{
	if (check_number(s, node, depth) < 0)
		return -1;
	char *path = find_file(s, from, node);
	xmlNode *root = path ? read_file(s, path, depth) : NULL;
	free(path);
	if (!root)
		return -1;
	if (is_sch(node, "include")) {
		if (!source_copy(s, node, root))
			return -1;
	} else {
		XML_EACH_CHILD (child, root)
			if (!source_copy(s, node, child))
				return -1;
	}
	drop(node);
	return 0;
}

static bool names_file(const xmlNode *node)
{
	return (is_sch(node, "include") || is_sch(node, "extends")) &&
	       attr(node, "href");
}

static int expand_includes(
    struct source *s, xmlNode *in, const char *from, unsigned depth)
{
	xmlNode *next;
	for (xmlNode *node = xml_first(in); node; node = next) {
		next = xml_next(node);
		if (names_file(node)) {
			if (expand_include(s, node, from, depth) < 0)
				return -1;
		} else if (expand_includes(s, node, from, depth) < 0) {
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
		if (is_sch(node, name) && is_abstract(node) &&
		    attr(node, "id") && streq(attr(node, "id"), id))
			return node;
	return NULL;
}

static bool goes_on(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '_' || c == '-' ||
	       c == '.' || (unsigned char)c >= 0x80;
}

static const char *param_value(
    const xmlNode *instance, const char *name, size_t len)
{
	XML_EACH_CHILD (param, instance)
		if (is_sch(param, "param") && attr(param, "name") &&
		    strlen(attr(param, "name")) == len &&
		    strncmp(attr(param, "name"), name, len) == 0)
			return attr(param, "value");
	return NULL;
}

/* The longest parameter at `name`, which ends at a '.' or '-' when it is not
 * the whole word: "$a" is neither in "$ab" nor absent from "$a.". */
static const char *find_param(
    const xmlNode *instance, const char *name, size_t *len)
{
	const char *value = NULL;
	*len = 0;
	while (goes_on(name[*len]))
		++*len;
	while (*len > 0 && !(value = param_value(instance, name, *len)))
		do
			--*len;
		while (*len > 0 && name[*len] != '.' && name[*len] != '-');
	return value;
}

static char *put_params(const xmlNode *instance, const char *text)
{
	struct buf out = BUF_INIT(LIMIT_SCHEMA_BYTES);
	while (*text) {
		size_t len = 0;
		const char *value =
		    *text == '$' ? find_param(instance, text + 1, &len) : NULL;
		if (value) {
			buf_adds(&out, value);
			text += 1 + len;
		} else {
			buf_addc(&out, *text++);
		}
	}
	return buf_detach(&out, NULL);
}

static void put_into_attributes(const xmlNode *instance, xmlNode *node)
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
}

static void put_params_below(const xmlNode *instance, xmlNode *node)
{
	put_into_attributes(instance, node);
	for (xmlNode *child = node->children; child; child = child->next) {
		const char *text = (const char *)child->content;
		if (child->type == XML_ELEMENT_NODE)
			put_params_below(instance, child);
		else if (child->type == XML_TEXT_NODE && strchr(text, '$')) {
			char *value = put_params(instance, text);
			/* xmlNodeSetContent would read entities into it */
			xmlNode *put =
			    xmlNewDocText(node->doc, (const xmlChar *)value);
			xmlFreeNode(xmlReplaceNode(child, put));
			child = put;
			free(value);
		}
	}
}

static int expand_instance(struct source *s, xmlNode *pattern)
{
	const char *is_a = attr(pattern, "is-a");
	xmlNode *abstract = find_abstract(pattern->parent, "pattern", is_a);
	if (!abstract)
		return source_fail_at(s, pattern, "is-a",
		    "no abstract pattern has the id '%s'", is_a);
	XML_EACH_CHILD (node, abstract) {
		if (is_sch(node, "param"))
			continue;
		xmlNode *mark = xmlNewDocNode(
		    pattern->doc, NULL, (const xmlChar *)"mark", NULL);
		xmlAddChild(pattern, mark);
		xmlNode *copy = source_copy(s, mark, node);
		drop(mark);
		if (!copy)
			return -1;
		put_params_below(pattern, copy);
	}
	return 0;
}

/* ---- Abstract rules */

/* Of the same pattern, else of another one. */
static xmlNode *find_rule(const xmlNode *pattern, const char *id)
{
	xmlNode *found = find_abstract(pattern, "rule", id);
	XML_EACH_CHILD (other, pattern->parent)
		if (!found &&
		    (is_sch(other, "pattern") || is_sch(other, "rules")))
			found = find_abstract(other, "rule", id);
	return found;
}

static int expand_extends(struct source *s, xmlNode *node, unsigned depth)
{
	xmlNode *rule = node->parent;
	const char *id = attr(node, "rule");
	xmlNode *abstract = find_rule(rule->parent, id);
	if (!abstract || abstract == rule)
		return source_fail_at(
		    s, node, "rule", "no abstract rule has the id '%s'", id);
	if (depth >= LIMIT_SCHEMATRON_DEPTH)
		return source_fail(s, node, ERR_LIMIT,
		    "rules extend each other deeper than %d",
		    LIMIT_SCHEMATRON_DEPTH);
	XML_EACH_CHILD (child, abstract) {
		xmlNode *copy = source_copy(s, node, child);
		if (!copy)
			return -1;
		if (is_sch(copy, "extends") && attr(copy, "rule") &&
		    expand_extends(s, copy, depth + 1) < 0)
			return -1;
	}
	drop(node);
	return 0;
}

static int expand_rule(struct source *s, xmlNode *rule)
{
	xmlNode *next;
	for (xmlNode *node = xml_first(rule); node; node = next) {
		next = xml_next(node);
		if (is_sch(node, "extends") && attr(node, "rule") &&
		    expand_extends(s, node, 0) < 0)
			return -1;
	}
	return 0;
}

static int expand_rules(struct source *s, xmlNode *pattern)
{
	XML_EACH_CHILD (rule, pattern)
		if (is_sch(rule, "rule") && !is_abstract(rule) &&
		    expand_rule(s, rule) < 0)
			return -1;
	return 0;
}

int schematron_expand(struct source *s)
{
	struct xml_doc *doc = s->at[0];
	xmlNode *root = xml_root(doc);
	char *path = realpath(xml_name(doc), NULL);
	if (!path)
		return err_errno(
		    s->err, ERR_IO, "cannot read '%s'", xml_name(doc));
	s->folder = path_dir(path);
	s->marks = xmlNewNs(
	    root, (const xmlChar *)ESI, (const xmlChar *)"esitesti-mark");
	int rc = expand_includes(s, root, path, 0);
	free(path);
	XML_EACH_CHILD (node, root)
		if (rc == 0 && is_sch(node, "pattern") && attr(node, "is-a"))
			rc = expand_instance(s, node);
	XML_EACH_CHILD (node, root)
		if (rc == 0 && is_sch(node, "pattern") && !is_abstract(node))
			rc = expand_rules(s, node);
	return rc;
}

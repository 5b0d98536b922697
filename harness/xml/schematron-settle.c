/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"

/*
 * An expanded schema becomes one of plain parts: what the phase leaves out and
 * what is abstract goes, the phase's variables become the schema's, each
 * assertion gets an id and the diagnostics and properties that it names, and
 * the variables of a pattern, which XSLT knows only as the whole stylesheet's,
 * get names of their own.
 */

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* ---- The phase */

/* "#ALL" gives NULL. */
static int choose_phase(
    const struct source *s, const char *wanted, xmlNode **phase)
{
	const xmlNode *root = xml_root(s->at[0]);
	const char *own = xml_attr(root, "defaultPhase");
	*phase = NULL;
	if (!wanted || streq(wanted, "#DEFAULT"))
		wanted = own ? own : "#ALL";
	if (streq(wanted, "#ALL"))
		return 0;
	struct buf known = BUF_INIT(400);
	XML_EACH_CHILD (node, root) {
		const char *id = xml_attr(node, "id");
		if (!is_sch(node, "phase") || !id)
			continue;
		if (streq(id, wanted))
			*phase = node;
		buf_addf(&known, "%s%s", known.len ? ", " : "", id);
	}
	if (!*phase)
		err_set(s->err, ERR_USAGE, "'%s' has no phase '%s'",
		    xml_name(s->at[0]), wanted);
	if (!*phase && known.len)
		err_hint(s->err, "its phases are %s", known.ptr);
	buf_release(&known);
	return *phase ? 0 : -1;
}

static bool is_active(const xmlNode *pattern, const xmlNode *phase)
{
	const char *id = xml_attr(pattern, "id");
	if (!phase)
		return true;
	XML_EACH_CHILD (node, phase) {
		const char *named = xml_attr(node, "pattern");
		if (is_sch(node, "active") && id && named && streq(named, id))
			return true;
	}
	return false;
}

static void keep_phase(xmlNode *root, xmlNode *phase)
{
	xmlNode *next;
	for (xmlNode *node = xml_first(root); node; node = next) {
		next = xml_next(node);
		if (is_sch(node, "pattern") &&
		    (is_abstract(node) || !is_active(node, phase)))
			drop(node);
	}
	for (xmlNode *node = xml_first(phase); node; node = next) {
		next = xml_next(node);
		if (is_sch(node, "let"))
			xmlAddPrevSibling(phase, node);
	}
	XML_EACH_CHILD (pattern, root)
		for (xmlNode *node = xml_first(pattern); node; node = next) {
			next = xml_next(node);
			if (is_sch(node, "rule") && is_abstract(node))
				drop(node);
		}
}

/* ---- Variables */

static char *rename_in(const char *text, const char *name, const char *to)
{
	struct buf out = BUF_INIT(LIMIT_SCHEMA_BYTES);
	struct token t;
	const char *at = text, *from = text;
	while (xpath_next_token(&at, &t)) {
		if (t.kind != TOKEN_VARIABLE || t.len != strlen(name) ||
		    strncmp(t.at, name, t.len) != 0)
			continue;
		buf_add(&out, from, (size_t)(t.at - from));
		buf_adds(&out, to);
		from = t.at + t.len;
	}
	buf_adds(&out, from);
	return buf_detach(&out, NULL);
}

static bool is_expression(const xmlAttr *a)
{
	static const char *const names[] = { "context", "test", "subject",
		"value", "select", "path" };
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (!a->ns && streq((const char *)a->name, names[i]))
			return true;
	return false;
}

static void rename_below(xmlNode *top, const char *name, const char *to)
{
	for (xmlAttr *a = top->properties; a; a = a->next) {
		const char *value =
		    a->children ? (const char *)a->children->content : NULL;
		if (!value || !is_expression(a) || !strchr(value, '$'))
			continue;
		char *put = rename_in(value, name, to);
		set_attr(top, (const char *)a->name, put);
		free(put);
	}
	if (is_sch(top, "let") && streq(xml_attr(top, "name"), name))
		set_attr(top, "name", to);
	XML_EACH_CHILD (child, top)
		rename_below(child, name, to);
}

static void rename_lets(xmlNode *pattern, size_t index)
{
	XML_EACH_CHILD (let, pattern) {
		const char *given = xml_attr(let, "name");
		if (!is_sch(let, "let") || strchr(given, ':'))
			continue;
		char *name = xstrdup(given);
		char *own = xasprintf("%s.in-pattern-%zu", name, index);
		rename_below(pattern, name, own);
		free(own);
		free(name);
	}
}

/* What a variable holds is data: its braces are no value templates of XSLT. */
static void double_braces(xmlNode *top)
{
	for (xmlAttr *a = top->properties; a; a = a->next) {
		xmlChar *text = xmlNodeGetContent((xmlNode *)a);
		struct buf out = BUF_INIT(LIMIT_SCHEMA_BYTES);
		for (const char *p = (const char *)text; p && *p; p++) {
			if (*p == '{' || *p == '}')
				buf_addc(&out, *p);
			buf_addc(&out, *p);
		}
		xmlSetNsProp(top, a->ns, a->name, (const xmlChar *)out.ptr);
		buf_release(&out);
		xmlFree(text);
	}
	XML_EACH_CHILD (node, top)
		double_braces(node);
}

static void settle_contents(xmlNode *top)
{
	XML_EACH_CHILD (node, top) {
		if (!is_sch(node, "let")) {
			settle_contents(node);
			continue;
		}
		XML_EACH_CHILD (content, node)
			if (!xml_is(content, XSL, NULL))
				double_braces(content);
	}
}

/* ---- Assertions */

/* Copies of what the assertion names by id, into it. */
static int take_in(struct source *s, xmlNode *assertion, const char *attribute,
    const char *list, const char *item)
{
	const char *named = xml_attr(assertion, attribute);
	const xmlNode *all = xml_child(xml_root(s->at[0]), SCH, list);
	char *words = xstrdup(named ? named : ""), *rest = words, *id;
	int rc = 0;
	while (rc == 0 && (id = strsep(&rest, " \t\r\n"))) {
		xmlNode *found = NULL;
		XML_EACH_CHILD (node, all) {
			const char *its = xml_attr(node, "id");
			if (!found && is_sch(node, item) && its &&
			    streq(its, id))
				found = node;
		}
		if (*id && !found)
			rc = source_fail_at(s, assertion, attribute,
			    "no %s has the id '%s'", item, id);
		if (!found)
			continue;
		xmlNode *mark = xmlNewDocNode(
		    assertion->doc, NULL, (const xmlChar *)"mark", NULL);
		xmlAddChild(assertion, mark);
		rc = source_copy(s, mark, found) ? 0 : -1;
		drop(mark);
	}
	free(words);
	return rc;
}

static int settle_assertion(struct source *s, xmlNode *node, size_t *count)
{
	static const char *const inherited[] = { "role", "flag", "see",
		"subject" };
	++*count;
	if (!xml_attr(node, "id")) {
		char id[32];
		snprintf(id, sizeof(id), "assert-%zu", *count);
		set_attr(node, "id", id);
	}
	for (size_t i = 0; i < COUNTOF(inherited); i++) {
		const char *given = xml_attr(node->parent, inherited[i]);
		if (given && !xml_attr(node, inherited[i]))
			set_attr(node, inherited[i], given);
	}
	if (take_in(s, node, "diagnostics", "diagnostics", "diagnostic") < 0)
		return -1;
	return take_in(s, node, "properties", "properties", "property");
}

static int settle_rule(struct source *s, xmlNode *rule, size_t *count)
{
	XML_EACH_CHILD (node, rule)
		if ((is_sch(node, "assert") || is_sch(node, "report")) &&
		    settle_assertion(s, node, count) < 0)
			return -1;
	return 0;
}

int schematron_settle(struct source *s, const char *phase)
{
	xmlNode *root = xml_root(s->at[0]), *chosen;
	size_t count = 0, index = 0;
	char text[24];
	if (choose_phase(s, phase, &chosen) < 0)
		return -1;
	keep_phase(root, chosen);
	settle_contents(root);
	XML_EACH_CHILD (pattern, root) {
		if (!is_sch(pattern, "pattern"))
			continue;
		XML_EACH_CHILD (rule, pattern)
			if (is_sch(rule, "rule") &&
			    settle_rule(s, rule, &count) < 0)
				return -1;
		rename_lets(pattern, ++index);
	}
	snprintf(text, sizeof(text), "%zu", count);
	xmlSetNsProp(root, s->marks, (const xmlChar *)"assertions",
	    (const xmlChar *)text);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"

/*
 * Which nodes a rule's context can match is told by the last step of its path:
 * "a/b[c]" is only ever a 'b'. So the stylesheet goes over a document once,
 * whatever the number of patterns, and tries at each node the patterns that may
 * know it. The result are marks of ours at the end of the schema:
 *
 *     <walk match="t:b"><in pattern="1"/><in pattern="4"/></walk>
 *     <pass select="/descendant::t:b"/>
 *     <pass select="/descendant::t:c[@d]" mode="M2"
 *         indexed="esi:elements('urn:t', 'c')[@d]"/>
 *
 * The mode is that of the only pattern that may know the nodes. What is
 * indexed is for libxslt, which then walks the document for no name.
 */

enum node_class {
	CLASS_ROOT,
	CLASS_ELEMENT,
	CLASS_ATTRIBUTE,
	CLASS_TEXT,
	CLASS_COMMENT,
	CLASS_PI,
};
#define CLASS_COUNT 6

static const char *const any_of[CLASS_COUNT] = { "/", "*", "@*", "text()",
	"comment()", "processing-instruction()" };

/* A last step: what it matches, in words of XSLT. */
struct step {
	enum node_class class;
	size_t pattern;	  /* from 1 */
	char *test;	  /* without "@": "t:b", "t:*", "*" */
	const char *uri;  /* NULL = any */
	const char *name; /* in `test`; NULL = any */
	char *path;	  /* without predicates, when it begins at the root */
	char *filter; /* its predicate, when it is a plain one: "[t:c/@d]" */
};

struct steps {
	VEC(struct step);
	const struct source *source;
};

static const char *uri_of(
    const struct source *s, const char *prefix, size_t len)
{
	XML_EACH_CHILD (ns, xml_root(s->at[0])) {
		const char *its =
		    is_sch(ns, "ns") ? xml_attr(ns, "prefix") : NULL;
		if (its && strlen(its) == len && !strncmp(its, prefix, len))
			return xml_attr(ns, "uri");
	}
	return NULL;
}

static void add_any(struct steps *list, enum node_class class, size_t pattern)
{
	struct step *step = VEC_PUSH(list);
	step->class = class;
	step->pattern = pattern;
	step->test = xstrdup("*");
}

static void add_all(struct steps *list, size_t pattern)
{
	for (int i = 0; i < CLASS_COUNT; i++)
		add_any(list, (enum node_class)i, pattern);
}

static bool is_name(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!str_is_alpha(s[i]) && !str_is_digit(s[i]) &&
		    !strchr("_-.:*", s[i]) && (unsigned char)s[i] < 0x80)
			return false;
	return len > 0;
}

/* "t:b", "b", "t:*", "*" */
static void add_name(struct steps *list, enum node_class class, size_t pattern,
    const char *test, size_t len)
{
	const char *colon = memchr(test, ':', len);
	const char *uri =
	    colon ? uri_of(list->source, test, (size_t)(colon - test)) : "";
	if (!is_name(test, len) || (colon && !uri)) {
		add_all(list, pattern);
		return;
	}
	struct step *step = VEC_PUSH(list);
	step->class = class;
	step->pattern = pattern;
	step->test = xasprintf("%.*s", (int)len, test);
	step->name = colon ? step->test + (colon - test) + 1 : step->test;
	step->uri = uri;
	if (streq(step->name, "*"))
		step->name = NULL;
	if (streq(step->test, "*"))
		step->uri = NULL;
}

static const struct {
	const char *test;
	enum node_class class;
} tests[] = {
	{ "text", CLASS_TEXT },
	{ "comment", CLASS_COMMENT },
	{ "processing-instruction", CLASS_PI },
};

/* "/a/b[c]" is "/a/b"; NULL when it is no such plain path. */
static char *plain_path(const char *s, const char *end)
{
	struct buf out = BUF_INIT(LIMIT_SCHEMA_BYTES);
	unsigned nested = 0;
	bool plain = *s == '/' && s[1] != '/';
	for (const char *p = s; p < end && plain; p++) {
		const char *quote = NULL;
		if (*p == '"' || *p == '\'')
			quote = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (quote) {
			p = quote;
			continue;
		}
		nested += *p == '[';
		if (nested == 0) {
			plain = (is_name(p, 1) || *p == '/') &&
				!(*p == '/' && p > s && p[-1] == '/');
			buf_addc(&out, *p);
		}
		nested -= *p == ']';
	}
	if (plain)
		return buf_detach(&out, NULL);
	buf_release(&out);
	return NULL;
}

static bool is_plain_path(const char *s, const char *end)
{
	for (; s < end; s++)
		if (*s == '*' || (!is_name(s, 1) && *s != '/' && *s != '@'))
			return false;
	return true;
}

/* Paths, compared and joined by 'and' and 'or': nothing is called, which could
 * be position(), and nothing computed. This is so in XPath 1.0 only. */
static bool is_plain_condition(const char *s, const char *end)
{
	unsigned nested = 0;
	for (const char *p = s; p < end; p++) {
		const char *quote = NULL;
		if (*p == '"' || *p == '\'')
			quote = memchr(p + 1, *p, (size_t)(end - p - 1));
		if (quote) {
			p = quote;
			continue;
		}
		bool minus = *p == '-' && !is_name(p - 1, 1);
		if (*p == '*' || minus ||
		    (!is_name(p, 1) && !strchr("/@ =[]", *p)))
			return false;
		if (str_starts(p, "div") || str_starts(p, "mod"))
			return false;
		nested += *p == '[';
		if (*p == ']' && nested-- == 0)
			return false;
	}
	return nested == 0;
}

/* It is true or false, whatever the position; NULL when it is anything that
 * might be a number. */
static char *plain_filter(
    const struct steps *list, const char *s, const char *end)
{
	if (end - s < 3 || *s != '[' || end[-1] != ']' ||
	    (!str_is_alpha(s[1]) && s[1] != '@'))
		return NULL;
	bool plain = is_plain_path(s + 1, end - 1) ||
		     (list->source->binding == BINDING_XSLT1 &&
			 is_plain_condition(s + 1, end - 1));
	return plain ? xasprintf("%.*s", (int)(end - s), s) : NULL;
}

/* The step without its predicates and white space at its ends. */
static void add_step(
    struct steps *list, size_t pattern, const char *s, size_t len)
{
	enum node_class class = CLASS_ELEMENT;
	size_t skip = 0;
	if (len > 0 && *s == '@') {
		class = CLASS_ATTRIBUTE;
		skip = 1;
	} else if (len > 11 && str_starts(s, "attribute::")) {
		class = CLASS_ATTRIBUTE;
		skip = 11;
	} else if (len > 7 && str_starts(s, "child::")) {
		skip = 7;
	}
	while (skip < len && str_is_space(s[skip]))
		skip++;
	s += skip;
	len -= skip;
	const char *paren = memchr(s, '(', len);
	if (!paren) {
		add_name(list, class, pattern, s, len);
		return;
	}
	for (size_t i = 0; i < COUNTOF(tests); i++)
		if (class == CLASS_ELEMENT && str_starts(s, tests[i].test)) {
			add_any(list, tests[i].class, pattern);
			return;
		}
	add_all(list, pattern);
}

/* One path of a context: finds its last step. */
static void add_path(
    struct steps *list, size_t pattern, const char *s, const char *end)
{
	unsigned nested = 0;
	while (s < end && str_is_space(*s))
		s++;
	while (end > s && str_is_space(end[-1]))
		end--;
	if (end == s + 1 && *s == '/') {
		add_any(list, CLASS_ROOT, pattern);
		return;
	}
	const char *step = s, *stop = end;
	for (const char *p = s; p < end; p++) {
		if (*p == '"' || *p == '\'') {
			const char *q =
			    memchr(p + 1, *p, (size_t)(end - p - 1));
			p = q ? q : end - 1;
		} else if (*p == '[' || *p == '(') {
			if (nested++ == 0 && *p == '[' && stop == end)
				stop = p;
		} else if (*p == ']' || *p == ')') {
			nested -= nested > 0;
		} else if (*p == '/' && nested == 0) {
			step = p + 1;
			stop = end;
		}
	}
	const char *predicate = stop;
	while (step < stop && str_is_space(*step))
		step++;
	while (stop > step && str_is_space(stop[-1]))
		stop--;
	size_t before = list->count;
	add_step(list, pattern, step, (size_t)(stop - step));
	if (list->count != before + 1)
		return;
	struct step *added = &list->at[before];
	if (added->name)
		added->path = plain_path(s, end);
	if (added->class == CLASS_ELEMENT)
		added->filter = plain_filter(list, predicate, end);
}

/* The paths of a context stand between '|', outside of brackets and quotes. */
static void add_context(struct steps *list, size_t pattern, const char *s)
{
	unsigned nested = 0;
	const char *path = s;
	for (; *s; s++) {
		if (*s == '"' || *s == '\'') {
			const char *quote = strchr(s + 1, *s);
			if (!quote)
				break;
			s = quote;
		} else if (*s == '[' || *s == '(') {
			nested++;
		} else if (*s == ']' || *s == ')') {
			nested -= nested > 0;
		} else if (*s == '|' && nested == 0) {
			add_path(list, pattern, path, s);
			path = s + 1;
		}
	}
	add_path(list, pattern, path, path + strlen(path));
}

/* ---- What is tried where */

static bool same_text(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

static bool same_nodes(const struct step *a, const struct step *b)
{
	return a->class == b->class && same_text(a->uri, b->uri) &&
	       same_text(a->name, b->name);
}

/* Whether every node of `b` is one of `a`. */
static bool covers(const struct step *a, const struct step *b)
{
	return a->class == b->class && (!a->uri || same_text(a->uri, b->uri)) &&
	       (!a->name || same_text(a->name, b->name));
}

static xmlNode *add_mark(const struct source *s, xmlNode *to, const char *name)
{
	return xmlNewChild(to, s->marks, (const xmlChar *)name, NULL);
}

static void mark_step(const struct steps *list, const struct step *step)
{
	xmlNode *root = xml_root(list->source->at[0]);
	xmlNode *walk = add_mark(list->source, root, "walk");
	char *match =
	    step->uri || step->name
		? xasprintf("%s%s", step->class == CLASS_ATTRIBUTE ? "@" : "",
		      step->test)
		: xstrdup(any_of[step->class]);
	size_t last = 0;
	set_attr(walk, "match", match);
	free(match);
	VEC_EACH (struct step, other, list) {
		char index[24];
		if (other->pattern == last || !covers(other, step))
			continue;
		last = other->pattern;
		snprintf(index, sizeof(index), "%zu", last);
		set_attr(add_mark(list->source, walk, "in"), "pattern", index);
	}
}

static bool is_first(const struct steps *list, const struct step *step)
{
	VEC_EACH (struct step, other, list)
		if (same_nodes(other, step))
			return other == step;
	return true;
}

static xmlNode *mark_pass(const struct source *s, const char *select)
{
	xmlNode *pass = add_mark(s, xml_root(s->at[0]), "pass");
	set_attr(pass, "select", select);
	return pass;
}

/* ---- Passes by name */

/* "t:b" of the index; NULL when it is no name. */
static char *indexed(const struct source *s, const char *test, size_t len)
{
	const char *colon = memchr(test, ':', len);
	size_t prefix = colon ? (size_t)(colon - test) : 0;
	const char *uri = colon ? uri_of(s, test, prefix) : "";
	const char *name = colon ? colon + 1 : test;
	if (!is_name(test, len) || memchr(test, '*', len) || !uri ||
	    strchr(uri, '\''))
		return NULL;
	return xasprintf(
	    "esi:elements('%s', '%.*s')", uri, (int)(test + len - name), name);
}

static void set_mode(xmlNode *pass, size_t pattern)
{
	char mode[24];
	snprintf(mode, sizeof(mode), "M%zu", pattern);
	set_attr(pass, "mode", mode);
}

/* The only pattern that may know the nodes of `step`; 0 = there are more. */
static size_t only_pattern(const struct steps *list, const struct step *step)
{
	VEC_EACH (struct step, other, list)
		if (covers(other, step) && other->pattern != step->pattern)
			return 0;
	return step->pattern;
}

/* The predicate that all nodes have which the contexts know. */
static const char *filter_of(const struct steps *list, const struct step *step)
{
	VEC_EACH (struct step, other, list)
		if (covers(other, step) &&
		    !same_text(other->filter, step->filter))
			return "";
	return step->filter ? step->filter : "";
}

/* Where the nodes of a step are looked for: each node has but one step that is
 * nearest to it, so that nothing is met twice. */
static void mark_own_pass(const struct steps *list, const struct step *step)
{
	bool attribute = step->class == CLASS_ATTRIBUTE, same = step->path;
	size_t pattern = only_pattern(list, step);
	const char *filter = filter_of(list, step);
	VEC_EACH (struct step, other, list)
		if (same_nodes(other, step))
			same = same && same_text(other->path, step->path);
	char *select = same ? xstrdup(step->path)
			    : xasprintf("/descendant::%s%s%s",
				  attribute ? "*/@" : "", step->test, filter);
	xmlNode *pass = mark_pass(list->source, select);
	char *elements = same || attribute ? NULL
					   : indexed(list->source, step->test,
						 strlen(step->test));
	free(select);
	if (elements) {
		select = xasprintf("%s%s", elements, filter);
		set_attr(pass, "indexed", select);
		free(select);
		free(elements);
	}
	if (pattern)
		set_mode(pass, pattern);
}

/*
 * A set that has but one context looks for it by its predicate, too. Otherwise
 * each node would be tried as a pattern, for which libxslt finds its position
 * among its siblings: it remembers that of the last one tried, which a child
 * has taken by then, and so counts all siblings of each anew.
 */
static bool mark_filtered_pass(const struct steps *list)
{
	const struct step *step = list->at;
	if (list->count != 1 || !step->filter || step->name)
		return false;
	char *select = xasprintf("/descendant::%s%s", step->test, step->filter);
	xmlNode *pass = mark_pass(list->source, select);
	free(select);
	char *child =
	    indexed(list->source, step->filter + 1, strlen(step->filter) - 2);
	if (child) {
		select = xasprintf("%s/parent::%s", child, step->test);
		set_attr(pass, "indexed", select);
		free(select);
		free(child);
	}
	set_mode(pass, step->pattern);
	return true;
}

/* Everything of a class goes in one pass when a context asks for anything. */
static void mark_passes(const struct steps *list)
{
	bool any[CLASS_COUNT] = { false };
	if (mark_filtered_pass(list))
		return;
	VEC_EACH (struct step, step, list)
		if (!step->name)
			any[step->class] = true;
	bool mixed = any[CLASS_TEXT] || any[CLASS_COMMENT] || any[CLASS_PI];
	if (any[CLASS_ROOT])
		mark_pass(list->source, "/");
	if (mixed)
		mark_pass(list->source, "/descendant::node()");
	else if (any[CLASS_ELEMENT])
		mark_pass(list->source, "/descendant::*");
	if (any[CLASS_ATTRIBUTE])
		mark_pass(list->source, "/descendant::*/@*");
	VEC_EACH (struct step, step, list)
		if (!any[step->class] && is_first(list, step) &&
		    !(mixed && step->class == CLASS_ELEMENT))
			mark_own_pass(list, step);
}

int schematron_walk(struct source *s)
{
	struct steps list = { .source = s };
	size_t pattern = 0;
	XML_EACH_CHILD (node, xml_root(s->at[0])) {
		if (!is_sch(node, "pattern"))
			continue;
		pattern++;
		XML_EACH_CHILD (rule, node)
			if (is_sch(rule, "rule"))
				add_context(
				    &list, pattern, xml_attr(rule, "context"));
	}
	int rc = 0;
	if (list.count > LIMIT_SCHEMATRON_CONTEXTS)
		rc = source_fail(s, xml_root(s->at[0]), ERR_LIMIT,
		    "more than %d contexts in one schema",
		    LIMIT_SCHEMATRON_CONTEXTS);
	VEC_EACH (struct step, step, &list)
		if (rc == 0 && is_first(&list, step))
			mark_step(&list, step);
	if (rc == 0)
		mark_passes(&list);
	VEC_EACH (struct step, step, &list) {
		free(step->test);
		free(step->path);
		free(step->filter);
	}
	VEC_RELEASE(&list);
	return rc;
}

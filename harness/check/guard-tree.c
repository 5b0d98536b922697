/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-inside.h"

#include "base/str.h"

/* What an element's root or codeSystem says its codes are. */
enum codes_are {
	CODES_ANY,
	CODES_IDENTITY,
	CODES_TEMPORARY,
};

static enum codes_are codes_by_root(const char *root)
{
	size_t len;

	while (str_is_space(*root))
		root++;
	if (str_starts(root, "urn:oid:"))
		root += 8;
	len = strlen(root);
	while (len > 0 && str_is_space(root[len - 1]))
		len--;
	if (len == strlen(HETU_ROOT) && memcmp(root, HETU_ROOT, len) == 0)
		return CODES_IDENTITY;
	/* ….22.<year>: persons without an identity code yet. */
	if (len < 8 || memcmp(root + len - 8, ".22.", 4) != 0)
		return CODES_ANY;
	for (size_t i = len - 4; i < len; i++)
		if (!str_is_digit(root[i]))
			return CODES_ANY;
	return CODES_TEMPORARY;
}

/* The value of an attribute; *owned is to be freed. */
static const char *attribute_value(const xmlAttr *a, xmlChar **owned)
{
	const xmlNode *text = a->children;

	*owned = NULL;
	if (!text)
		return "";
	if (text->type == XML_TEXT_NODE && !text->next && text->content)
		return (const char *)text->content;
	*owned = xmlNodeListGetString(a->doc, a->children, 1);
	return *owned ? (const char *)*owned : "";
}

static enum codes_are codes_of(const xmlNode *element)
{
	enum codes_are is = CODES_ANY;
	xmlChar *owned;

	for (const xmlAttr *a = element->properties; a && !is; a = a->next) {
		if (!streq((const char *)a->name, "root") &&
		    !streq((const char *)a->name, "codeSystem"))
			continue;
		is = codes_by_root(attribute_value(a, &owned));
		xmlFree(owned);
	}
	return is;
}

/*
 * An identity field's value: the code, maybe with white space around it or
 * without its separator (which no free text rule would take for a code).
 */
static bool read_field(const char *value, struct hetu *h, struct code *c)
{
	size_t len;

	while (str_is_space(*value))
		value++;
	len = strlen(value);
	while (len > 0 && str_is_space(value[len - 1]))
		len--;
	if (len == HETU_LENGTH)
		*c = code_at(value);
	else if (len == HETU_LENGTH - 1)
		(void)snprintf(
		    c->text, sizeof(c->text), "%.6s-%.4s", value, value + 6);
	else
		return false;
	return hetu_read(c->text, h);
}

static void scan_field(struct scan *s, const struct place *at,
    const char *value, enum codes_are is)
{
	struct hetu h;
	struct code c;

	if (!read_field(value, &h, &c))
		return;
	if (is == CODES_IDENTITY || !hetu_is_test(&h))
		judge_code(s, at, &h, c.text, PROOF_SHAPE);
	else if (s->pool && s->temporary.count < TEMPORARY_MAX)
		*VEC_PUSH(&s->temporary) = c;
}

static void scan_attributes(
    struct scan *s, const struct place *outer, const xmlNode *element)
{
	enum codes_are is = codes_of(element);

	for (const xmlAttr *a = element->properties; a; a = a->next) {
		xmlChar *owned;
		const char *value = attribute_value(a, &owned);
		struct place at = { .outer = outer,
			.node = element,
			.attribute = (const char *)a->name };
		size_t len = strlen(value);
		if (is != CODES_ANY)
			scan_field(s, &at, value, is);
		scan_text(s, (struct text){ value, len, &at, false }, false);
		xmlFree(owned);
	}
}

/*
 * The end of the text before and the beginning of the next: a code can be cut
 * by an element, a comment or a CDATA section and still be read as one.
 */
struct seam {
	char text[2 * (HETU_LENGTH + 1)];
	size_t before, len;
};

static void scan_seam(struct scan *s, const struct place *at, struct seam *m)
{
	for (size_t i = 0; i < m->before; i++) {
		size_t end = i + HETU_LENGTH;
		struct code c;
		struct hetu h;
		if (end <= m->before || end > m->len)
			continue;
		if ((i > 0 && str_is_digit(m->text[i - 1])) ||
		    (end < m->len && str_is_digit(m->text[end])))
			continue;
		c = code_at(m->text + i);
		if (hetu_read(c.text, &h))
			judge_code(s, at, &h, c.text, PROOF_CHECK);
	}
}

/* The next piece of text: looks over the seam, then remembers its end. */
static void seam_add(struct scan *s, const struct place *at, struct seam *m,
    const char *text, size_t len)
{
	size_t head = len < HETU_LENGTH + 1 ? len : HETU_LENGTH + 1;
	size_t keep;

	memcpy(m->text + m->before, text, head);
	m->len = m->before + head;
	if (m->before > 0)
		scan_seam(s, at, m);
	if (head < len) {
		memcpy(
		    m->text, text + len - (HETU_LENGTH + 1), HETU_LENGTH + 1);
		m->before = HETU_LENGTH + 1;
		return;
	}
	keep = m->len < HETU_LENGTH + 1 ? m->len : HETU_LENGTH + 1;
	memmove(m->text, m->text + m->len - keep, keep);
	m->before = keep;
}

static bool is_white(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s == '\0';
}

/* Text, CDATA, comment or processing instruction. */
static void scan_leaf(struct scan *s, const struct place *outer,
    struct seam *seam, const xmlNode *n)
{
	const char *text = (const char *)n->content;
	const bool is_text =
	    n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
	struct place parent = { .outer = outer, .node = n->parent };
	struct place self = { .outer = outer, .node = n };
	struct place *at = &self;

	if (!text || is_white(text))
		return;
	if (is_text)
		at = &parent;
	else if (n->parent && n->parent->type == XML_ELEMENT_NODE)
		self.outer = &parent;
	size_t len = strlen(text);
	if (is_text) {
		seam_add(s, at, seam, text, len);
		opaque_declared(s, at, n, len);
	}
	scan_text(s, (struct text){ text, len, at, false }, false);
}

static const xmlNode *next_in_tree(const xmlNode *n)
{
	if (n->type == XML_ELEMENT_NODE && n->children)
		return n->children;
	while (n && !n->next)
		n = n->parent;
	return n ? n->next : NULL;
}

void scan_tree(
    struct scan *s, const struct place *outer, const struct xml_doc *doc)
{
	const xmlNode *n = xml_tree(doc)->children;
	struct seam seam = { .before = 0 };

	for (; n; n = next_in_tree(n)) {
		if (n->type == XML_ELEMENT_NODE) {
			scan_attributes(s, outer, n);
			scan_name(s, outer, n);
			opaque_encrypted(s, outer, n);
		} else {
			scan_leaf(s, outer, &seam, n);
		}
	}
}

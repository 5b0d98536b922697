/* SPDX-License-Identifier: Apache-2.0 */
#include "check/schema-inside.h"

#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/header.h"

#include <libxml/valid.h>
#include <string.h>

/*
 * libxml2 says what a grammar says ("This element is not expected. Expected is
 * one of ( … )"). Here it becomes what a person can act on.
 */

/* ---- Sentences */

static void join(char **text, const char *more)
{
	char *both = *text ? xasprintf("%s %s", *text, more) : xstrdup(more);
	free(*text);
	*text = both;
}

static char *render(const struct note *note, enum lang lang)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, note, lang);
	char *out = finding_text(text.ptr ? text.ptr : "");
	buf_release(&text);
	return out;
}

void schema_add(struct finding *f, const struct note *sentence)
{
	if (!f || sentence->word == W_none)
		return;
	for (int i = 0; i < LANG_COUNT; i++) {
		char *more = render(sentence, (enum lang)i);
		join(&f->text[i], more);
		free(more);
	}
}

void schema_hint(struct finding *f, const struct note *hint)
{
	if (!f)
		return;
	for (int i = 0; i < LANG_COUNT; i++) {
		free(f->hint[i]);
		f->hint[i] = render(hint, (enum lang)i);
	}
}

void schema_field(struct finding *f, const xmlNode *node, const char *child)
{
	const struct header_field *field =
	    f ? header_field_of(node, child) : NULL;
	if (!field)
		return;
	free(f->field);
	f->field = xstrdup(field->number);
	for (int i = 0; i < LANG_COUNT; i++) {
		struct note note = say_sch_field(field->number, field->name[i]);
		char *more = render(&note, (enum lang)i);
		join(&f->text[i], more);
		free(more);
	}
}

/* ---- Names and values */

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

void schema_name(char out[SCHEMA_NAME], const xmlNode *node)
{
	const char *ns = node->ns ? (const char *)node->ns->href : "";
	const char *prefix = streq(ns, XMLNS_HL7FI) ? "hl7fi:" : "";
	char name[SCHEMA_NAME];
	snprintf(
	    name, sizeof(name), "%s%.100s", prefix, (const char *)node->name);
	str_copy(out, SCHEMA_NAME, name);
}

/* "{namespace}type" as libxml2 writes it, without the namespace. */
static const char *plain(const char *attribute)
{
	const char *end = attribute ? strrchr(attribute, '}') : NULL;
	return end ? end + 1 : attribute;
}

static const xmlAttr *find_attribute(const xmlNode *node, const char *name)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (streq((const char *)a->name, name))
			return a;
	return NULL;
}

/* What stands in the attribute, or in the element; malloc'ed. */
static char *value_of(const xmlNode *node, const char *attribute)
{
	const xmlAttr *a = attribute ? find_attribute(node, attribute) : NULL;
	if (!a)
		return xml_text(node);
	xmlChar *value = xmlNodeGetContent((const xmlNode *)a);
	char *copy = xstrdup(value ? (const char *)value : "");
	xmlFree(value);
	return copy;
}

/* ---- Attributes and values */

static struct finding *find(struct schema_hearing *h, enum rule rule,
    const struct xml_invalid *fault, struct note text)
{
	return look_find(
	    h->l, rule, h->part, fault->node, plain(fault->attribute), text);
}

/* libxml2 tells neither the attribute's name apart nor the place. */
static bool quoted(char out[SCHEMA_NAME], const char *message, const char *mark)
{
	const char *at = strstr(message, mark);
	if (!at)
		return false;
	at += strlen(mark);
	size_t len = strcspn(at, "'");
	if (at[len] == '\0' || len >= SCHEMA_NAME)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

static void tell_attribute(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	static const char *const known[] = { "assigningAuthorityName",
		"classCode", "code", "codeSystem", "codeSystemName",
		"codeSystemVersion", "contextConductionInd",
		"contextControlCode", "determinerCode", "displayName",
		"extension", "inversionInd", "mediaType", "moodCode",
		"negationInd", "nullFlavor", "qualifier", "representation",
		"root", "styleCode", "typeCode", "unit", "use", "value", "ID" };
	char element[SCHEMA_NAME];
	const char *name = plain(fault->attribute);
	schema_name(element, fault->node);
	struct finding *f = find(h, RULE_SCH_ATTRIBUTE, fault,
	    say_sch_attribute(name ? name : "?", element));
	/* Nearly every word is near to three letters. */
	const char *near = name && strlen(name) > 3
			       ? str_nearest(name, known, COUNTOF(known))
			       : NULL;
	if (near && !streq(near, name)) {
		struct note hint = say_sch_do_near(near);
		schema_hint(f, &hint);
	}
	schema_field(f, fault->node, NULL);
}

static void tell_no_attribute(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	char element[SCHEMA_NAME], name[SCHEMA_NAME];
	schema_name(element, fault->node);
	if (!quoted(name, fault->message, "The attribute '"))
		str_copy(name, sizeof(name), "?");
	schema_field(find(h, RULE_SCH_NO_ATTRIBUTE, fault,
			 say_sch_no_attribute(plain(name), element)),
	    fault->node, NULL);
}

static void tell_type(struct schema_hearing *h, const struct xml_invalid *fault)
{
	char element[SCHEMA_NAME];
	char *type = value_of(fault->node, "type");
	h->mistyped = fault->node;
	bool exists = strstr(fault->message, "specified by xsi:type") != NULL;
	schema_name(element, fault->node);
	find(h, RULE_SCH_TYPE, fault,
	    exists ? say_sch_type(type, element)
		   : say_sch_type_unknown(type, element));
	free(type);
}

/* An ID that would fit, had another element not got it. */
static bool tell_id(struct schema_hearing *h, const struct xml_invalid *fault,
    const char *value)
{
	if (!strstr(fault->message, "type 'xs:ID'") ||
	    xmlValidateNCName((const xmlChar *)value, 1) != 0)
		return false;
	const xmlAttr *other =
	    xmlGetID(fault->node->doc, (const xmlChar *)value);
	struct buf path = BUF_INIT(LIMIT_KIB(16));
	if (other && other->parent)
		xml_path(&path, other->parent, NULL);
	schema_field(find(h, RULE_SCH_ID, fault,
			 say_sch_id(value, path.ptr ? path.ptr : "?")),
	    fault->node, NULL);
	buf_release(&path);
	return true;
}

static void tell_value(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	char element[SCHEMA_NAME];
	const char *attribute = plain(fault->attribute);
	if (fault->attribute && str_starts(fault->attribute, "{" XSI "}")) {
		tell_type(h, fault);
		return;
	}
	char *value = value_of(fault->node, attribute);
	struct note shape = schema_shape(fault->message);
	schema_name(element, fault->node);
	if (!tell_id(h, fault, value)) {
		struct finding *f = find(h, RULE_SCH_VALUE, fault,
		    attribute ? say_sch_value(value, attribute)
			      : say_sch_value_of_element(value, element));
		schema_add(f, &shape);
		schema_field(f, fault->node, NULL);
	}
	free(value);
}

static void tell_fixed(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	char fixed[SCHEMA_NAME];
	const char *attribute = plain(fault->attribute);
	char *value = value_of(fault->node, attribute);
	if (!quoted(fixed, fault->message, "fixed value constraint '"))
		str_copy(fixed, sizeof(fixed), "?");
	schema_field(
	    find(h, RULE_SCH_FIXED, fault,
		say_sch_fixed(value, attribute ? attribute : "?", fixed)),
	    fault->node, NULL);
	free(value);
}

/* ---- Content */

/* The first text of the element's own that is no white space; malloc'ed. */
static char *own_text(const xmlNode *node)
{
	static const char space[] = " \t\r\n";
	for (const xmlNode *n = node->children; n; n = n->next) {
		const char *s = (const char *)n->content;
		bool is_text = n->type == XML_TEXT_NODE ||
			       n->type == XML_CDATA_SECTION_NODE;
		if (!is_text || !s || !s[strspn(s, space)])
			continue;
		char *copy = xstrdup(s + strspn(s, space));
		size_t len = strlen(copy);
		while (len > 0 && strchr(space, copy[len - 1]))
			copy[--len] = '\0';
		return copy;
	}
	return xstrdup("");
}

static void tell_content(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	char element[SCHEMA_NAME], child[SCHEMA_NAME] = "?";
	bool is_text = strstr(fault->message, "Character content") != NULL;
	schema_name(element, fault->node);
	if (xml_first(fault->node))
		schema_name(child, xml_first(fault->node));
	char *text = own_text(fault->node);
	schema_field(
	    is_text ? find(h, RULE_SCH_TEXT, fault, say_sch_text(element, text))
		    : find(h, RULE_SCH_CONTENT, fault,
			  say_sch_content(element, child)),
	    fault->node, NULL);
	free(text);
}

/* ---- Types and roots */

static void tell_no_type(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	char element[SCHEMA_NAME];
	if (h->mistyped == fault->node)
		return;
	schema_name(element, fault->node);
	find(h, RULE_SCH_NO_TYPE, fault, say_sch_no_type(element));
}

static void tell_root(struct schema_hearing *h, const struct xml_invalid *fault)
{
	const xmlNode *node = fault->node;
	const char *ns = node->ns ? (const char *)node->ns->href : "";
	if (node == h->l->message)
		h->unknown_root = true;
	else
		find(h, RULE_SCH_ROOT, fault,
		    say_sch_root((const char *)node->name, ns));
}

static void tell_other(
    struct schema_hearing *h, const struct xml_invalid *fault)
{
	find(h, RULE_SCH_OTHER, fault, say_sch_other(fault->message));
}

/* ---- Which is which */

static const struct telling {
	int code;
	void (*tell)(struct schema_hearing *h, const struct xml_invalid *f);
} tellings[] = {
	{ XML_SCHEMAV_ELEMENT_CONTENT, schema_tell_child },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_1, tell_attribute },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_3_2_2, tell_attribute },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_4, tell_no_attribute },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_1, tell_content },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_2, tell_content },
	{ XML_SCHEMAV_CVC_COMPLEX_TYPE_2_3, tell_content },
	{ XML_SCHEMAV_CVC_TYPE_3_1_2, tell_content },
	{ XML_SCHEMAV_CVC_TYPE_2, tell_no_type },
	{ XML_SCHEMAV_CVC_ELT_2, tell_no_type },
	{ XML_SCHEMAV_CVC_ELT_4_1, tell_type },
	{ XML_SCHEMAV_CVC_ELT_4_2, tell_type },
	{ XML_SCHEMAV_CVC_ELT_4_3, tell_type },
	{ XML_SCHEMAV_CVC_ELT_1, tell_root },
	{ XML_SCHEMAV_CVC_AU, tell_fixed },
	{ XML_SCHEMAV_CVC_ELT_5_2_2_2_2, tell_fixed },
	{ XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_1, tell_value },
	{ XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_2, tell_value },
	{ XML_SCHEMAV_CVC_DATATYPE_VALID_1_2_3, tell_value },
	{ XML_SCHEMAV_CVC_PATTERN_VALID, tell_value },
	{ XML_SCHEMAV_CVC_ENUMERATION_VALID, tell_value },
	{ XML_SCHEMAV_CVC_LENGTH_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MINLENGTH_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MAXLENGTH_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MININCLUSIVE_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MAXINCLUSIVE_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MINEXCLUSIVE_VALID, tell_value },
	{ XML_SCHEMAV_CVC_MAXEXCLUSIVE_VALID, tell_value },
	{ XML_SCHEMAV_CVC_TOTALDIGITS_VALID, tell_value },
	{ XML_SCHEMAV_CVC_FRACTIONDIGITS_VALID, tell_value },
};

/* The second of two messages about one value: the list's, behind its item's. */
static bool was_told(
    struct schema_hearing *h, const struct xml_invalid *fault, bool is_value)
{
	const char *attribute = fault->attribute ? fault->attribute : "";
	bool again = is_value && h->last == fault->node &&
		     streq(h->last_attribute, attribute);
	h->last = is_value ? fault->node : NULL;
	str_copy(h->last_attribute, sizeof(h->last_attribute), attribute);
	return again;
}

void schema_tell(void *hearing, const struct xml_invalid *fault)
{
	struct schema_hearing *h = hearing;
	void (*tell)(struct schema_hearing *, const struct xml_invalid *) =
	    tell_other;
	for (size_t i = 0; i < COUNTOF(tellings); i++)
		if (tellings[i].code == fault->code)
			tell = tellings[i].tell;
	if (!fault->node || was_told(h, fault, tell == tell_value))
		return;
	tell(h, fault);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/fault.h"

#include "base/str.h"
#include "base/words.h"

#include <libxml/parserInternals.h>
#include <stdint.h>
#include <stdio.h>

size_t xml_fault_args(enum xml_fault_kind kind)
{
	static const size_t args[XML_FAULT_COUNT] = {
#define XML_FAULT(id, args) [XML_FAULT_##id] = (args),
#include "xml/fault.def"
#undef XML_FAULT
	};
	return args[kind];
}

struct note xml_fault_say(const struct xml_fault *f)
{
	static const enum word words[XML_FAULT_COUNT] = {
#define XML_FAULT(id, args) [XML_FAULT_##id] = W_fault_##id,
#include "xml/fault.def"
#undef XML_FAULT
	};
	const char *args[] = { f->arg[0], f->arg[1], f->arg[2] };
	return note_make(words[f->kind], xml_fault_args(f->kind), args);
}

void xml_fault_set(struct xml_fault *f, enum xml_fault_kind kind, const char *a,
    const char *b, const char *c)
{
	const char *const args[XML_FAULT_ARGS] = { a, b, c };
	if (!f || f->kind != XML_FAULT_NONE)
		return;
	f->kind = kind;
	for (size_t i = 0; i < XML_FAULT_ARGS; i++)
		str_copy(f->arg[i], sizeof(f->arg[i]), args[i] ? args[i] : "");
}

void xml_fault_set_number(
    struct xml_fault *f, enum xml_fault_kind kind, size_t n)
{
	char number[24];
	snprintf(number, sizeof(number), "%zu", n);
	xml_fault_set(f, kind, number, NULL, NULL);
}

/* ---- The text around the place */

/* The name at `at`, "" when there is none. */
static void name_at(
    char *to, size_t size, const struct xml_fault_place *p, size_t at)
{
	size_t n = 0;
	while (at + n < p->len && !strchr(" \t\r\n<>/='\"?&", p->text[at + n]))
		n++;
	char name[XML_FAULT_ARG];
	if (n >= sizeof(name))
		n = sizeof(name) - 1;
	memcpy(name, p->text + at, n);
	name[n] = '\0';
	str_copy(to, size, name);
}

/* A few words of what stands at `at`, up to the end of the line. */
static void words_at(
    char *to, size_t size, const struct xml_fault_place *p, size_t at)
{
	enum {
		SHOWN = 40
	};
	char words[SHOWN + 1];
	size_t n = 0;
	while (at < p->len && str_is_space(p->text[at]))
		at++;
	while (n < SHOWN && at + n < p->len && p->text[at + n] != '\n' &&
	       p->text[at + n] != '\0')
		n++;
	memcpy(words, p->text + at, n);
	words[str_utf8_span(words, n)] = '\0';
	str_copy(to, size, words);
}

/* Where the last '<' before the place is; the place itself when none is. */
static size_t last_tag(const struct xml_fault_place *p)
{
	const char *tag = memrchr(p->text, '<', p->at);
	return tag ? (size_t)(tag - p->text) : p->at;
}

/* The byte before the place, 0 at the start. */
static char before(const struct xml_fault_place *p)
{
	return p->at > 0 ? p->text[p->at - 1] : '\0';
}

static bool stands_at(
    const struct xml_fault_place *p, size_t at, const char *text)
{
	size_t len = strlen(text);
	return p->len >= len && at <= p->len - len &&
	       memcmp(p->text + at, text, len) == 0;
}

/* ---- Errors that mean more than one thing */

typedef void learn_fn(struct xml_fault *f, const xmlError *e,
    const struct xml_fault_place *place);

static void number_of_line(char to[24], int line)
{
	snprintf(to, 24, "%d", line);
}

static void learn_mismatch(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char open[XML_FAULT_ARG] = "", closed[XML_FAULT_ARG], line[24];
	const xmlNode *node = p->open;
	if (node && node->ns && node->ns->prefix)
		snprintf(open, sizeof(open),
		    "%.60s:", (const char *)node->ns->prefix);
	size_t n = strlen(open);
	str_copy(open + n, sizeof(open) - n, e->str1 ? e->str1 : "");
	name_at(closed, sizeof(closed), p, last_tag(p) + 2);
	number_of_line(line, e->int1);
	xml_fault_set(f, XML_FAULT_TAG_MISMATCH, open, line, closed);
}

static void learn_unclosed(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char line[24];
	(void)p;
	number_of_line(line, e->int1);
	xml_fault_set(f, XML_FAULT_NOT_CLOSED, e->str1, line, NULL);
}

/* "</a b>" comes without a name. */
static void learn_unfinished(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char name[XML_FAULT_ARG], line[24];
	size_t tag = last_tag(p);
	name_at(name, sizeof(name), p, tag + 1 + stands_at(p, tag, "</"));
	number_of_line(line, e->str1 ? e->int1 : e->line);
	xml_fault_set(
	    f, XML_FAULT_TAG_UNFINISHED, e->str1 ? e->str1 : name, line, NULL);
}

static void learn_no_root(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char words[XML_FAULT_ARG];
	(void)e;
	words_at(words, sizeof(words), p, p->at ? p->at - 1 : 0);
	if (*words)
		xml_fault_set(f, XML_FAULT_NO_ROOT, words, NULL, NULL);
	else
		xml_fault_set(f, XML_FAULT_EMPTY, NULL, NULL, NULL);
}

static void learn_behind_root(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char words[XML_FAULT_ARG];
	(void)e;
	if (p->at < p->len && p->text[p->at] == '<') {
		name_at(words, sizeof(words), p, p->at + 1);
		if (*words && *words != '!') {
			xml_fault_set(
			    f, XML_FAULT_SECOND_ROOT, words, NULL, NULL);
			return;
		}
	}
	words_at(words, sizeof(words), p, p->at);
	xml_fault_set(f, XML_FAULT_BEHIND_ROOT, words, NULL, NULL);
}

/* <?xml …?> where none may be, or not as it must be. */
static void learn_declaration(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char words[XML_FAULT_ARG];
	size_t tag = last_tag(p);
	(void)e;
	words_at(words, sizeof(words), p, 0);
	if (tag == 0)
		xml_fault_set(f, XML_FAULT_DECLARATION_FORM, NULL, NULL, NULL);
	else if (stands_at(p, 0, "<?xml "))
		xml_fault_set(f, XML_FAULT_DECLARATION_TWICE, NULL, NULL, NULL);
	else
		xml_fault_set(f, XML_FAULT_DECLARATION_LATE,
		    stands_at(p, tag, words) ? " " : words, NULL, NULL);
}

static void learn_character(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char name[24];
	uint32_t c = (uint32_t)e->int1;
	bool reference =
	    e->message && str_starts(e->message, "xmlParseCharRef");
	if (reference && c == 0) {
		xml_fault_set(f, XML_FAULT_REFERENCE_FORM, NULL, NULL, NULL);
		return;
	}
	if (c == 0 && p->at < p->len)
		str_utf8(p->text + p->at, p->len - p->at, &c);
	snprintf(name, sizeof(name), "U+%04X", (unsigned)c);
	xml_fault_set(f,
	    reference ? XML_FAULT_CHARACTER_REFERENCE : XML_FAULT_CHARACTER,
	    name, NULL, NULL);
}

/* A name was expected, and what stands before the place tells of what. */
static void learn_no_name(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	enum xml_fault_kind kind = XML_FAULT_ATTRIBUTE_NAME;
	size_t tag = last_tag(p);
	(void)e;
	if (stands_at(p, tag, "<!DOCTYPE"))
		kind = XML_FAULT_DOCTYPE;
	else if (before(p) == '&')
		kind = XML_FAULT_AMPERSAND;
	else if (before(p) == '<' && stands_at(p, p->at, "/"))
		kind = XML_FAULT_STRAY_END_TAG;
	else if (before(p) == '<')
		kind = XML_FAULT_LESS_THAN;
	xml_fault_set(f, kind, NULL, NULL, NULL);
}

/* "attributes construct error", and blanks in <?xml …?>. */
static void learn_no_space(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	enum xml_fault_kind kind = XML_FAULT_ATTRIBUTE_SPACE;
	size_t tag = last_tag(p);
	if (p->at == p->len) { /* the text ends within a tag */
		learn_unfinished(f, e, p);
		return;
	}
	if (stands_at(p, tag, "<!DOCTYPE"))
		kind = XML_FAULT_DOCTYPE;
	else if (stands_at(p, tag, "<?xml"))
		kind = XML_FAULT_DECLARATION_FORM;
	else if (stands_at(p, tag, "<?"))
		kind = XML_FAULT_INSTRUCTION;
	xml_fault_set(f, kind, NULL, NULL, NULL);
}

static void learn_prefix(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	(void)p;
	xml_fault_set(f,
	    e->str3 ? XML_FAULT_PREFIX_ATTRIBUTE : XML_FAULT_PREFIX, e->str1,
	    e->str2, e->str3);
}

static void learn_namespace(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char words[XML_FAULT_ARG];
	(void)p;
	str_copy(words, sizeof(words), e->message ? e->message : "");
	words[strcspn(words, "\n")] = '\0';
	if (e->str1)
		xml_fault_set(
		    f, XML_FAULT_NAMESPACE_EMPTY, e->str1, NULL, NULL);
	else
		xml_fault_set(f, XML_FAULT_NAMESPACE, words, NULL, NULL);
}

static void learn_colons(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	char name[XML_FAULT_ARG];
	(void)e;
	name_at(name, sizeof(name), p, last_tag(p) + 1);
	xml_fault_set(f, XML_FAULT_COLONS, name, NULL, NULL);
}

static void learn_uri(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *p)
{
	(void)p;
	xml_fault_set(f, XML_FAULT_NAMESPACE_URI, e->str1, e->str2, NULL);
}

/* ---- All errors that are told apart */

static const struct {
	int code;
	enum xml_fault_kind kind; /* with str1 as its word, if it has one … */
	learn_fn *learn;	  /* … or told by this */
} errors[] = {
	{ XML_ERR_DOCUMENT_EMPTY, 0, learn_no_root },
	{ XML_ERR_DOCUMENT_END, 0, learn_behind_root },
	{ XML_ERR_TAG_NAME_MISMATCH, 0, learn_mismatch },
	{ XML_ERR_TAG_NOT_FINISHED, 0, learn_unclosed },
	{ XML_ERR_GT_REQUIRED, 0, learn_unfinished },
	{ XML_ERR_RESERVED_XML_NAME, 0, learn_declaration },
	{ XML_ERR_XMLDECL_NOT_FINISHED, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_VERSION_MISSING, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_ENCODING_NAME, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_STANDALONE_VALUE, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_STRING_NOT_STARTED, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_STRING_NOT_CLOSED, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_EQUAL_REQUIRED, XML_FAULT_DECLARATION_FORM, NULL },
	{ XML_ERR_UNKNOWN_VERSION, XML_FAULT_VERSION, NULL },
	{ XML_ERR_INVALID_CHAR, 0, learn_character },
	{ XML_ERR_INVALID_HEX_CHARREF, XML_FAULT_REFERENCE_FORM, NULL },
	{ XML_ERR_INVALID_DEC_CHARREF, XML_FAULT_REFERENCE_FORM, NULL },
	{ XML_ERR_INVALID_CHARREF, XML_FAULT_REFERENCE_FORM, NULL },
	{ XML_ERR_UNDECLARED_ENTITY, XML_FAULT_ENTITY, NULL },
	{ XML_WAR_UNDECLARED_ENTITY, XML_FAULT_ENTITY, NULL },
	{ XML_ERR_ENTITYREF_SEMICOL_MISSING, XML_FAULT_SEMICOLON, NULL },
	{ XML_ERR_ATTRIBUTE_REDEFINED, XML_FAULT_ATTRIBUTE_TWICE, NULL },
	{ XML_NS_ERR_ATTRIBUTE_REDEFINED, XML_FAULT_ATTRIBUTE_TWICE, NULL },
	{ XML_ERR_ATTRIBUTE_NOT_STARTED, XML_FAULT_ATTRIBUTE_UNQUOTED, NULL },
	{ XML_ERR_ATTRIBUTE_NOT_FINISHED, XML_FAULT_ATTRIBUTE_OPEN, NULL },
	{ XML_ERR_ATTRIBUTE_WITHOUT_VALUE, XML_FAULT_ATTRIBUTE_NO_VALUE, NULL },
	{ XML_ERR_LT_IN_ATTRIBUTE, XML_FAULT_ATTRIBUTE_LESS_THAN, NULL },
	{ XML_ERR_SPACE_REQUIRED, 0, learn_no_space },
	{ XML_ERR_NAME_REQUIRED, 0, learn_no_name },
	{ XML_ERR_COMMENT_NOT_FINISHED, XML_FAULT_COMMENT_OPEN, NULL },
	{ XML_ERR_HYPHEN_IN_COMMENT, XML_FAULT_COMMENT_HYPHENS, NULL },
	{ XML_ERR_CDATA_NOT_FINISHED, XML_FAULT_CDATA_OPEN, NULL },
	{ XML_ERR_MISPLACED_CDATA_END, XML_FAULT_CDATA_END, NULL },
	{ XML_ERR_PI_NOT_FINISHED, XML_FAULT_INSTRUCTION, NULL },
	{ XML_ERR_PI_NOT_STARTED, XML_FAULT_INSTRUCTION, NULL },
	{ XML_ERR_DOCTYPE_NOT_FINISHED, XML_FAULT_DOCTYPE, NULL },
	{ XML_NS_ERR_UNDEFINED_NAMESPACE, 0, learn_prefix },
	{ XML_NS_ERR_XML_NAMESPACE, 0, learn_namespace },
	{ XML_NS_ERR_EMPTY, 0, learn_namespace },
	{ XML_NS_ERR_QNAME, 0, learn_colons },
	{ XML_NS_ERR_COLON, 0, learn_colons },
	{ XML_WAR_NS_URI, 0, learn_uri },
};

void xml_fault_learn(
    struct xml_fault *f, const xmlError *e, const struct xml_fault_place *place)
{
	char words[XML_FAULT_ARG];
	for (size_t i = 0; i < COUNTOF(errors); i++) {
		if (errors[i].code != e->code)
			continue;
		if (errors[i].learn)
			errors[i].learn(f, e, place);
		else
			xml_fault_set(f, errors[i].kind, e->str1, NULL, NULL);
		return;
	}
	str_copy(words, sizeof(words), e->message ? e->message : "");
	words[strcspn(words, "\n")] = '\0';
	xml_fault_set(f, XML_FAULT_OTHER, words, NULL, NULL);
}

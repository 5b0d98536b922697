/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/stage.h"
#include "kanta/soap.h"
#include "kanta/why.h"
#include "xml/encoding.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

/*
 * Kela's first stage: can the file be read at all, and what is it? What it
 * reads is what the other stages look at.
 */

/* ---- What cannot be read */

/* Which rule a fault breaks, where it is not ESI-SYN-01. */
static const struct {
	enum xml_fault_kind kind;
	enum rule rule;
} fault_rules[] = {
	{ XML_FAULT_NO_ROOT, RULE_SYN_ROOT },
	{ XML_FAULT_TAG_MISMATCH, RULE_SYN_TAGS },
	{ XML_FAULT_STRAY_END_TAG, RULE_SYN_TAGS },
	{ XML_FAULT_NOT_CLOSED, RULE_SYN_END },
	{ XML_FAULT_TAG_UNFINISHED, RULE_SYN_END },
	{ XML_FAULT_ATTRIBUTE_OPEN, RULE_SYN_END },
	{ XML_FAULT_SECOND_ROOT, RULE_SYN_ROOT },
	{ XML_FAULT_BEHIND_ROOT, RULE_SYN_ROOT },
	{ XML_FAULT_DECLARATION_LATE, RULE_SYN_DECLARATION },
	{ XML_FAULT_DECLARATION_TWICE, RULE_SYN_DECLARATION },
	{ XML_FAULT_DECLARATION_FORM, RULE_SYN_DECLARATION },
	{ XML_FAULT_VERSION, RULE_SYN_DECLARATION },
	{ XML_FAULT_CHARACTER, RULE_SYN_CHARACTER },
	{ XML_FAULT_CHARACTER_REFERENCE, RULE_SYN_CHARACTER },
	{ XML_FAULT_NUL, RULE_SYN_CHARACTER },
	{ XML_FAULT_REFERENCE_FORM, RULE_SYN_REFERENCE },
	{ XML_FAULT_ENTITY, RULE_SYN_REFERENCE },
	{ XML_FAULT_AMPERSAND, RULE_SYN_REFERENCE },
	{ XML_FAULT_SEMICOLON, RULE_SYN_REFERENCE },
	{ XML_FAULT_LESS_THAN, RULE_SYN_REFERENCE },
	{ XML_FAULT_ATTRIBUTE_TWICE, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_ATTRIBUTE_UNQUOTED, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_ATTRIBUTE_NO_VALUE, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_ATTRIBUTE_LESS_THAN, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_ATTRIBUTE_SPACE, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_ATTRIBUTE_NAME, RULE_SYN_ATTRIBUTE },
	{ XML_FAULT_COMMENT_OPEN, RULE_SYN_SECTION },
	{ XML_FAULT_COMMENT_HYPHENS, RULE_SYN_SECTION },
	{ XML_FAULT_CDATA_OPEN, RULE_SYN_SECTION },
	{ XML_FAULT_CDATA_END, RULE_SYN_SECTION },
	{ XML_FAULT_INSTRUCTION, RULE_SYN_SECTION },
	{ XML_FAULT_PREFIX, RULE_SYN_NAMESPACE },
	{ XML_FAULT_PREFIX_ATTRIBUTE, RULE_SYN_NAMESPACE },
	{ XML_FAULT_COLONS, RULE_SYN_NAMESPACE_FORM },
	{ XML_FAULT_NAMESPACE, RULE_SYN_NAMESPACE_FORM },
	{ XML_FAULT_NAMESPACE_EMPTY, RULE_SYN_NAMESPACE_FORM },
	{ XML_FAULT_NAMESPACE_URI, RULE_SYN_NAMESPACE_FORM },
	{ XML_FAULT_DOCTYPE, RULE_SYN_DOCTYPE },
	{ XML_FAULT_TOO_LARGE, RULE_SYN_TOO_BIG },
	{ XML_FAULT_TOO_DEEP, RULE_SYN_TOO_BIG },
	{ XML_FAULT_TOO_MANY_ATTRIBUTES, RULE_SYN_TOO_BIG },
	{ XML_FAULT_TOO_MANY_NAMESPACES, RULE_SYN_TOO_BIG },
	{ XML_FAULT_TOO_MANY_NODES, RULE_SYN_TOO_BIG },
	{ XML_FAULT_TOO_MANY_NAMES, RULE_SYN_TOO_BIG },
	{ XML_FAULT_ENCODING_UTF32, RULE_SYN_ENCODING },
	{ XML_FAULT_ENCODING_UNKNOWN, RULE_SYN_ENCODING },
	{ XML_FAULT_ENCODING_CONTRADICTED, RULE_SYN_ENCODING },
	{ XML_FAULT_ENCODING_BYTES, RULE_SYN_ENCODING },
	{ XML_FAULT_BYTE_NOT_UTF8, RULE_SYN_ENCODING },
	{ XML_FAULT_BYTE_LATIN1, RULE_SYN_ENCODING },
};

static enum rule fault_rule(enum xml_fault_kind kind)
{
	for (size_t i = 0; i < COUNTOF(fault_rules); i++)
		if (fault_rules[i].kind == kind)
			return fault_rules[i].rule;
	return RULE_SYN_WELL_FORMED;
}

static void place_at(struct finding *f, unsigned line, unsigned column)
{
	if (!f)
		return;
	f->line = line;
	f->column = column;
}

/* There is no place in it to correct. */
static void hint_at_empty(struct finding *f)
{
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		free(f->hint[lang]);
		f->hint[lang] =
		    xstrdup(word_text(W_hint_syn_empty, (enum lang)lang));
	}
}

/* The tree of one part, or NULL and a finding. */
static struct xml_doc *read_part(struct look *l, enum part part,
    const void *bytes, size_t len, const char *name)
{
	struct err err = { 0 };
	struct xml_fault why;
	struct xml_doc *doc = xml_parse_telling(bytes, len, name, &why, &err);
	if (doc)
		return doc;
	struct finding *f = look_find(
	    l, fault_rule(why.kind), part, NULL, NULL, xml_fault_say(&why));
	place_at(f, err.line, err.column);
	if (f && why.kind == XML_FAULT_EMPTY)
		hint_at_empty(f);
	return NULL;
}

/* ---- What can be read, but is not as it should be */

/* A finding at byte `at` of the part. */
static void find_at(struct look *l, enum rule rule, enum part part,
    const char *text, size_t at, struct note note)
{
	unsigned line = 1, column = 1;
	xml_advance(&line, &column, text, at);
	place_at(look_find(l, rule, part, NULL, NULL, note), line, column);
}

/*
 * UTF-8 whose bytes were taken for ISO-8859-1 or windows-1252 and encoded
 * again: the letters of Finnish and Swedish show it.
 */
static void look_for_twice(
    struct look *l, enum part part, const char *text, size_t len)
{
	static const struct {
		const char *wrong, *right;
	} pairs[] = {
		{ "\xC3\x83\xC2\xA4", "ä" },
		{ "\xC3\x83\xC2\xB6", "ö" },
		{ "\xC3\x83\xC2\xA5", "å" },
		{ "\xC3\x83\xC2\x84", "Ä" },
		{ "\xC3\x83\xE2\x80\x9E", "Ä" },
		{ "\xC3\x83\xC2\x96", "Ö" },
		{ "\xC3\x83\xE2\x80\x93", "Ö" },
		{ "\xC3\x83\xC2\x85", "Å" },
		{ "\xC3\x83\xE2\x80\xA6", "Å" },
	};
	const char *at = text, *end = text + len;
	while ((at = memmem(at, (size_t)(end - at), "\xC3\x83", 2))) {
		for (size_t i = 0; i < COUNTOF(pairs); i++) {
			size_t n = strlen(pairs[i].wrong);
			if ((size_t)(end - at) < n ||
			    memcmp(at, pairs[i].wrong, n) != 0)
				continue;
			find_at(l, RULE_SYN_TWICE_ENCODED, part, text,
			    (size_t)(at - text),
			    say_syn_twice_encoded(
				pairs[i].wrong, pairs[i].right));
			return;
		}
		at += 2;
	}
}

/* A value that "esitesti run" fills in, the first: "${oid}". */
static void look_for_template(
    struct look *l, enum part part, const char *text, size_t len)
{
	static const char name_bytes[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789._-:";
	const char *at = text, *end = text + len;
	while ((at = memmem(at, (size_t)(end - at), "\"${", 3))) {
		const char *stop = at + 3;
		while (stop < end && *stop && strchr(name_bytes, *stop))
			stop++;
		if (stop < end && *stop == '}' && stop > at + 3) {
			char *name = xstrndup(at + 1, (size_t)(stop - at));
			find_at(l, RULE_SYN_TEMPLATE, part, text,
			    (size_t)(at + 1 - text), say_syn_template(name));
			free(name);
			return;
		}
		at += 3;
	}
}

/* A part that could be parsed: its encoding, its mark, lost characters. */
static void look_at_bytes(
    struct look *l, enum part part, const char *bytes, size_t len)
{
	static const char bom[] = "\xEF\xBB\xBF", lost[] = "\xEF\xBF\xBD";
	char encoding[XML_ENCODING];
	xml_encoding(encoding, bytes, len);
	if (len >= 3 && memcmp(bytes, bom, 3) == 0)
		place_at(
		    look_find(l, RULE_SYN_BOM, part, NULL, NULL, say_syn_bom()),
		    1, 1);
	if (strcasecmp(encoding, "UTF-8") != 0 &&
	    strcasecmp(encoding, "US-ASCII") != 0) {
		place_at(look_find(l, RULE_SYN_NOT_UTF8, part, NULL, NULL,
			     say_syn_not_utf8(encoding)),
		    1, 1);
		return;
	}
	const char *at = memmem(bytes, len, lost, 3);
	if (at)
		find_at(l, RULE_SYN_REPLACED, part, bytes, (size_t)(at - bytes),
		    say_syn_replaced());
	look_for_twice(l, part, bytes, len);
	look_for_template(l, part, bytes, len);
}

/* ---- The document inside of a message */

static enum rule mime_rule(enum mime_fault_kind kind)
{
	if (kind == MIME_BASE64_BYTE || kind == MIME_BASE64_CUT)
		return RULE_SYN_BASE64;
	return kind == MIME_TOO_LARGE ? RULE_SYN_DOCUMENT_SIZE : RULE_SYN_MIME;
}

static xmlNode *clinical_document(xmlNode *message)
{
	xmlNode *subject =
	    xml_down(message, XMLNS_V3, "controlActProcess/subject");
	return subject ? xml_child(subject, XMLNS_V3, "clinicalDocument")
		       : NULL;
}

/* A message without a document (a query, an acknowledgement) is fine. */
static void take_document(struct look *l)
{
	xmlNode *node = clinical_document(l->message);
	xmlNode *text = node ? xml_child(node, XMLNS_V3, "text") : NULL;
	struct err err = { 0 };
	struct mime_fault why;
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	if (!text)
		return;
	if (frame_part(node, &bytes, &l->content_id, &why, &err) < 0) {
		look_find(l, mime_rule(why.kind), PART_FILE, text, NULL,
		    mime_fault_say(&why));
	} else {
		l->document_part = PART_DOCUMENT;
		l->document_bytes = buf_detach(&bytes, &l->document_len);
		l->document = read_part(l, PART_DOCUMENT, l->document_bytes,
		    l->document_len, "the document");
		if (l->document)
			look_at_bytes(l, PART_DOCUMENT, l->document_bytes,
			    l->document_len);
	}
	buf_release(&bytes);
}

static void look_at_burden(
    struct look *l, enum part part, const struct xml_doc *doc)
{
	if (!doc || xml_burden(xml_root(doc)) <= LIMIT_XML_BURDEN)
		return;
	l->is_burdensome = true;
	look_find(l, RULE_SYN_BURDEN, part, xml_root(doc), NULL,
	    say_stage_burdensome());
}

/* ---- What the file is */

/* A V3 message is told by its first element: the wrapper's id, and an
 * interactionId. */
static bool is_message(const xmlNode *root)
{
	return xml_child(root, XMLNS_V3, "interactionId") != NULL;
}

static void recognise(struct look *l)
{
	xmlNode *root = xml_root(l->file);
	struct soap soap = { 0 };
	struct err err = { 0 };
	if (soap_read(&soap, l->file, &err) < 0) {
		look_find(l, RULE_SYN_KIND, PART_FILE, root, NULL,
		    why_quote(say_syn_soap, &soap.why, NULL));
		soap_release(&soap);
		return;
	}
	if (soap.payload && soap.payload != root)
		l->out->content = CONTENT_SOAP;
	xmlNode *node = soap.payload;
	soap_release(&soap);
	if (node && xml_is(node, XMLNS_V3, "ClinicalDocument") &&
	    node == root) {
		l->out->content = CONTENT_CDA;
		l->document = l->file;
		l->document_bytes = l->bytes;
		l->document_len = l->len;
	} else if (node && is_message(node)) {
		if (l->out->content != CONTENT_SOAP)
			l->out->content = CONTENT_FRAME;
		l->message = node;
		take_document(l);
	} else {
		look_find(l, RULE_SYN_KIND, PART_FILE, node ? node : root, NULL,
		    say_syn_kind((const char *)root->name));
	}
}

/* A document alone that is larger than one may be: told by its beginning,
 * before anybody works on the rest. */
static bool is_too_large(struct look *l)
{
	struct xml_peek root;
	char bytes[24], most[24];
	if (l->len <= LIMIT_DOCUMENT ||
	    !xml_peek_root(l->bytes, l->len, &root) ||
	    !streq(root.name, "ClinicalDocument"))
		return false;
	snprintf(bytes, sizeof(bytes), "%zu", l->len);
	snprintf(most, sizeof(most), "%zu", LIMIT_DOCUMENT);
	look_find(l, RULE_SYN_DOCUMENT_SIZE, PART_FILE, NULL, NULL,
	    say_syn_document_size(bytes, most));
	return true;
}

static struct note say_basis(const struct look *l)
{
	static const char parser[] = "libxml2 " LIBXML_DOTTED_VERSION;
	char encoding[XML_ENCODING];
	const unsigned char *b = l->bytes;
	const char *mark = NULL;
	xml_encoding(encoding, l->bytes, l->len);
	if (l->len >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF)
		mark = "UTF-8 (EF BB BF)";
	else if (l->len >= 2 && (b[0] ^ b[1]) == 1 && (b[0] | b[1]) == 0xFF)
		mark = "UTF-16 (FE FF, FF FE)";
	return mark ? say_syn_basis_marked(encoding, mark, parser)
		    : say_syn_basis(encoding, parser);
}

static void look_syntactic(
    struct look *l, struct stage_result *result, void *own)
{
	(void)own;
	result->basis = say_basis(l);
	l->is_too_large = is_too_large(l);
	if (l->is_too_large)
		return;
	l->file = read_part(l, PART_FILE, l->bytes, l->len, l->out->name);
	if (!l->file)
		return;
	look_at_bytes(l, PART_FILE, l->bytes, l->len);
	recognise(l);
	look_at_burden(l, PART_FILE, l->file);
	if (l->document != l->file)
		look_at_burden(l, PART_DOCUMENT, l->document);
}

const struct stage_kind stage_syntactic = { .look = look_syntactic };

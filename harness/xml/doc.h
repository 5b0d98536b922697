/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_DOC_H
#define XML_DOC_H

#include "base/buf.h"
#include "base/err.h"
#include "xml/fault.h"

#include <libxml/tree.h>
#include <stdint.h>

/*
 * The one way XML is loaded, whoever wrote it: no DTD (a DOCTYPE is an error),
 * no entity beyond the five of XML, no network, no file beside the bytes at
 * hand, namespace-well-formed (an undeclared prefix is an error although
 * libxml2 lets it pass), within the caps of base/limits.h. Every element knows
 * its line and column, also beyond line 65535.
 */
struct xml_doc;

/*
 * Parses `len` bytes (UTF-8, US-ASCII, UTF-16, ISO-8859-1, ISO-8859-15 or
 * windows-1252, as they say themselves); `name` names them in messages
 * ("case.xml", "the answer"). The bytes are not kept, but for a copy of up to
 * LIMIT_CASE_FILE for later excerpts. Returns NULL with ERR_XML (not
 * well-formed, with line, column and an excerpt for the caret) or ERR_LIMIT.
 */
struct xml_doc *xml_parse(
    const void *bytes, size_t len, const char *name, struct err *err);

/* The same, and on failure also why, for who tells it in another language.
 * `why` needs no preparation. */
struct xml_doc *xml_parse_telling(const void *bytes, size_t len,
    const char *name, struct xml_fault *why, struct err *err);

/*
 * The local name of the root element and its namespace ("" = none), looking at
 * the first 64 KiB only: for a file that is too large for what it is. False
 * when no start tag was read there.
 */
struct xml_peek {
	char name[64], ns[128];
};
bool xml_peek_root(const void *bytes, size_t len, struct xml_peek *out);

/* xml_parse of a file of at most `cap` bytes. */
struct xml_doc *xml_read_file(const char *path, size_t cap, struct err *err);

void xml_free(struct xml_doc *doc); /* NULL is fine */

xmlNode *xml_root(const struct xml_doc *doc);
xmlDoc *xml_tree(const struct xml_doc *doc); /* borrowed */
const char *xml_name(const struct xml_doc *doc);

/* Where the element's start tag begins, in characters from 1; 0,0 when it was
 * not parsed. */
unsigned xml_line(const xmlNode *node);
unsigned xml_column(const xmlNode *node);

/*
 * err_at with the place of `node` in `doc`, and the excerpt where the source
 * is still there (at most LIMIT_CASE_FILE).
 */
int xml_fail(const struct xml_doc *doc, const xmlNode *node, struct err *err,
    enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* As xml_fail, with the place of the attribute as it is written in the tag. */
int xml_fail_at(const struct xml_doc *doc, const xmlNode *node,
    const char *attribute, struct err *err, enum err_kind kind, const char *fmt,
    ...) PRINTF_LIKE(6, 7);

/* ---- Walking. Namespace NULL = in any; name NULL = any. Text is borrowed
 * unless it says otherwise. */
bool xml_is(const xmlNode *node, const char *ns, const char *name);
xmlNode *xml_first(const xmlNode *parent); /* first element child, or NULL */
xmlNode *xml_next(const xmlNode *node);	   /* next element sibling */
xmlNode *xml_child(const xmlNode *parent, const char *ns, const char *name);
xmlNode *xml_next_same(const xmlNode *node); /* next sibling of this name */
/* Down a path of child names, all in `ns`: "recordTarget/patientRole/id". */
xmlNode *xml_down(const xmlNode *from, const char *ns, const char *path);
/* An attribute in no namespace; NULL when it is absent. */
const char *xml_attr(const xmlNode *node, const char *name);
/* The element's text content, malloc'ed; never NULL. */
char *xml_text(const xmlNode *node);
/* Whether the attribute xml:lang is `lang`. */
bool xml_lang_is(const xmlNode *node, const char *lang);

/* What work can cost that goes from sibling to sibling, and from an element up
 * to the top: the sum, over all elements at and below `top`, of the square of
 * the number of their children and of four times their depth. */
uint64_t xml_burden(const xmlNode *top);

#define XML_EACH_CHILD(node, parent) \
 for (xmlNode *node = xml_first(parent); node; node = xml_next(node))

/*
 * The XPath of a node as people write it, by local names:
 * "/ClinicalDocument/recordTarget[1]/patientRole/id/@extension" (attribute may
 * be NULL). An index appears only where siblings share the name; among more
 * than LIMIT_XML_PATH of them it is left out, for thousands of places are told
 * of one document.
 */
void xml_path(struct buf *to, const xmlNode *node, const char *attribute);

#define XMLNS_V3     "urn:hl7-org:v3"
#define XMLNS_HL7FI  "urn:hl7finland"
#define XMLNS_SOAP11 "http://schemas.xmlsoap.org/soap/envelope/"
#define XMLNS_SOAP12 "http://www.w3.org/2003/05/soap-envelope"

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/doc.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/encoding.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <stdarg.h>

struct xml_doc {
	xmlDoc *tree;
	char *name;
	char *source; /* UTF-8; NULL when the text was too large to keep */
	size_t source_len;
};

_Static_assert(sizeof(void *) >= 8, "a place must fit into a pointer");

/* What the handlers below share while one document is being parsed. */
struct loading {
	const char *text;
	size_t len, given; /* given: how much libxml2 has taken */
	const char *name;
	struct xml_fault *why;
	struct err *err;
	struct xml_peek *peek; /* only the root element is wanted; or NULL */
	bool failed;
	bool in_text;
	size_t nodes;
	unsigned depth;
	/* the place of byte `at`; only ever moves on */
	size_t at;
	unsigned line, column;
};

static void move_to(struct loading *l, size_t offset)
{
	if (offset > l->len)
		offset = l->len;
	if (offset <= l->at)
		return;
	xml_advance(&l->line, &l->column, l->text + l->at, offset - l->at);
	l->at = offset;
}

/* The byte that libxml2 stands at. */
static size_t offset_now(xmlParserCtxt *ctxt, const struct loading *l)
{
	long offset = xmlByteConsumed(ctxt);
	return offset < 0 || (size_t)offset > l->len ? l->len : (size_t)offset;
}

/*
 * To the '<' of the start tag that has just been read. No '<' stands in an
 * attribute value, so it is the last one; it lies behind the tag before.
 */
static void move_to_tag(xmlParserCtxt *ctxt, struct loading *l)
{
	size_t now = offset_now(ctxt, l);
	if (now <= l->at)
		return;
	const char *from = l->text + l->at;
	const char *tag = memrchr(from, '<', now - l->at);
	if (tag)
		move_to(l, (size_t)(tag - l->text));
}

/*
 * Ends the parse at the place that was moved to: nothing is built any more,
 * and the reader gives no more bytes.
 */
static void fail(xmlParserCtxt *ctxt, enum err_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void fail(xmlParserCtxt *ctxt, enum err_kind kind, const char *fmt, ...)
{
	struct loading *l = ctxt->_private;
	ctxt->disableSAX = 1;
	if (l->failed)
		return;
	l->failed = true;

	char why[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	if (l->err->kind != ERR_NONE)
		return;
	err_at(l->err, kind, l->name, l->line, l->column, "%s", why);
	err_excerpt(l->err, l->text, l->len);
}

static void tell_cap(xmlParserCtxt *ctxt, enum xml_fault_kind kind, size_t cap)
{
	struct loading *l = ctxt->_private;
	xml_fault_set_number(l->why, kind, cap);
}

static void count_nodes(xmlParserCtxt *ctxt, int n)
{
	struct loading *l = ctxt->_private;
	l->nodes += (size_t)n;
	if (l->nodes <= LIMIT_XML_NODES || l->failed)
		return;
	move_to(l, offset_now(ctxt, l));
	tell_cap(ctxt, XML_FAULT_TOO_MANY_NODES, LIMIT_XML_NODES);
	fail(ctxt, ERR_LIMIT,
	    "more than %d elements, attributes and texts in one document",
	    LIMIT_XML_NODES);
}

static void check_caps(xmlParserCtxt *ctxt, int attributes)
{
	struct loading *l = ctxt->_private;
	if (++l->depth > LIMIT_XML_DEPTH) {
		tell_cap(ctxt, XML_FAULT_TOO_DEEP, LIMIT_XML_DEPTH);
		fail(ctxt, ERR_LIMIT, "elements nested deeper than %d",
		    LIMIT_XML_DEPTH);
	}
	if (attributes > LIMIT_XML_ATTRIBUTES) {
		tell_cap(
		    ctxt, XML_FAULT_TOO_MANY_ATTRIBUTES, LIMIT_XML_ATTRIBUTES);
		fail(ctxt, ERR_LIMIT, "more than %d attributes in one element",
		    LIMIT_XML_ATTRIBUTES);
	}
	if (ctxt->nsNr > 2 * LIMIT_XML_NAMESPACES) {
		tell_cap(
		    ctxt, XML_FAULT_TOO_MANY_NAMESPACES, LIMIT_XML_NAMESPACES);
		fail(ctxt, ERR_LIMIT,
		    "more than %d namespace declarations in scope",
		    LIMIT_XML_NAMESPACES);
	}
	/* libxml2's table of them grows slow long before it is full */
	if (xmlDictSize(ctxt->dict) > LIMIT_XML_NAMES) {
		tell_cap(ctxt, XML_FAULT_TOO_MANY_NAMES, LIMIT_XML_NAMES);
		fail(ctxt, ERR_LIMIT,
		    "more than %d different names in one document",
		    LIMIT_XML_NAMES);
	}
	count_nodes(ctxt, 1 + attributes);
}

/* NOLINTNEXTLINE(readability-function-size): as libxml2 declares it */
static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
    const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
    int attribute_count, int defaulted, const xmlChar **attributes)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	move_to_tag(ctxt, l);
	l->in_text = false;
	if (l->peek) {
		str_copy(
		    l->peek->name, sizeof(l->peek->name), (const char *)name);
		str_copy(l->peek->ns, sizeof(l->peek->ns),
		    uri ? (const char *)uri : "");
		fail(ctxt, ERR_LIMIT, "the rest is not wanted");
	}
	check_caps(ctxt, attribute_count + namespace_count);
	if (l->failed)
		return;
	xmlSAX2StartElementNs(ctx, name, prefix, uri, namespace_count,
	    namespaces, attribute_count, defaulted, attributes);
	if (ctxt->node) /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
		ctxt->node->_private =
		    (void *)(uintptr_t)((uint64_t)l->line << 32 | l->column);
}

static void on_end(
    void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	l->depth--;
	l->in_text = false;
	xmlSAX2EndElementNs(ctx, name, prefix, uri);
}

/* A text comes in pieces; libxml2 makes one node of them. */
static void on_text(void *ctx, const xmlChar *text, int len)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	if (!l->in_text)
		count_nodes(ctxt, 1);
	l->in_text = true;
	if (!l->failed)
		xmlSAX2Characters(ctx, text, len);
}

static void on_cdata(void *ctx, const xmlChar *text, int len)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	l->in_text = false;
	count_nodes(ctxt, 1);
	if (!l->failed)
		xmlSAX2CDataBlock(ctx, text, len);
}

static void on_comment(void *ctx, const xmlChar *text)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	l->in_text = false;
	count_nodes(ctxt, 1);
	if (!l->failed)
		xmlSAX2Comment(ctx, text);
}

static void on_instruction(
    void *ctx, const xmlChar *target, const xmlChar *data)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	l->in_text = false;
	count_nodes(ctxt, 1);
	if (!l->failed)
		xmlSAX2ProcessingInstruction(ctx, target, data);
}

static void on_doctype(void *ctx, const xmlChar *name,
    const xmlChar *external_id, const xmlChar *system_id)
{
	(void)name;
	(void)external_id;
	(void)system_id;
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	if (l->failed)
		return;
	move_to_tag(ctxt, l);
	xml_fault_set(l->why, XML_FAULT_DOCTYPE, NULL, NULL, NULL);
	fail(ctxt, ERR_XML,
	    "a document type declaration (DOCTYPE) is not allowed");
	err_hint(l->err, "DTDs and entities are never read: leave it out");
}

static void on_error(void *ctx, xmlError *e)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	/* without a DTD, validity is about xml:id alone */
	bool about_id =
	    e->domain == XML_FROM_VALID || e->code == XML_DTD_XMLID_VALUE;
	if (e->level < XML_ERR_ERROR || about_id || l->failed)
		return;
	const struct xml_fault_place place = { l->text, l->len,
		offset_now(ctxt, l), ctxt->node };
	if (e->domain == XML_FROM_NAMESPACE)
		move_to_tag(ctxt, l);
	else
		move_to(l, place.at);
	xml_fault_learn(l->why, e, &place);
	char why[400];
	str_copy(why, sizeof(why), e->message ? e->message : "unknown error");
	why[strcspn(why, "\n")] = '\0';
	/* "Opening and ending tag …", but "StartTag: …" and "EntityRef: …"; not
	 * the first letter of "XML" */
	if (why[0] >= 'A' && why[0] <= 'Z' && !(why[1] >= 'A' && why[1] <= 'Z'))
		why[0] = (char)(why[0] - 'A' + 'a');
	fail(ctxt, ERR_XML, "not well-formed XML: %s", why);
}

/*
 * Hands the text out in pieces, so that libxml2 keeps no copy of it, and none
 * at all once something failed. Repeated attributes and namespaces are sought
 * with one loop in another: a tag with a million of them must not get so far.
 */
static int read_piece(void *ctx, char *to, int size)
{
	xmlParserCtxt *ctxt = ctx;
	struct loading *l = ctxt->_private;
	if (ctxt->maxatts > 4 * 5 * LIMIT_XML_ATTRIBUTES ||
	    ctxt->nsNr > 4 * (LIMIT_XML_ATTRIBUTES + LIMIT_XML_NAMESPACES)) {
		move_to_tag(ctxt, l);
		tell_cap(
		    ctxt, XML_FAULT_TOO_MANY_ATTRIBUTES, LIMIT_XML_ATTRIBUTES);
		fail(ctxt, ERR_LIMIT, "more than %d attributes in one element",
		    LIMIT_XML_ATTRIBUTES);
	}
	size_t n = l->len - l->given;
	if (l->failed || size <= 0)
		return 0;
	if (n > (size_t)size)
		n = (size_t)size;
	memcpy(to, l->text + l->given, n);
	l->given += n;
	return (int)n;
}

/* The default handlers build the tree; nothing can be declared. */
static void set_handlers(xmlSAXHandler *sax)
{
	*sax = (xmlSAXHandler){ .initialized = XML_SAX2_MAGIC };
	sax->setDocumentLocator = xmlSAX2SetDocumentLocator;
	sax->startDocument = xmlSAX2StartDocument;
	sax->endDocument = xmlSAX2EndDocument;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->cdataBlock = on_cdata;
	sax->comment = on_comment;
	sax->processingInstruction = on_instruction;
	sax->internalSubset = on_doctype;
	sax->serror = on_error;
}

static xmlDoc *build(struct loading *l)
{
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	if (!ctxt)
		BUG("no parser context");
	set_handlers(ctxt->sax);
	ctxt->_private = l;
	xmlDoc *tree = xmlCtxtReadIO(ctxt, read_piece, NULL, ctxt, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_IGNORE_ENC |
		XML_PARSE_BIG_LINES);
	if (!tree || !xmlDocGetRootElement(tree) || !ctxt->wellFormed ||
	    !ctxt->nsWellFormed) {
		xml_fault_set(l->why, XML_FAULT_OTHER, "?", NULL, NULL);
		fail(ctxt, ERR_XML, "not well-formed XML");
	}
	xmlFreeParserCtxt(ctxt);
	if (l->failed) {
		xmlFreeDoc(tree);
		return NULL;
	}
	return tree;
}

/* The tree of the text, with a copy of it for excerpts. */
static struct xml_doc *parse_text(struct loading *l)
{
	xmlDoc *tree = build(l);
	if (!tree)
		return NULL;
	struct xml_doc *doc = xcalloc(1, sizeof(*doc));
	doc->tree = tree;
	doc->name = xstrdup(l->name);
	if (l->len <= LIMIT_CASE_FILE) {
		doc->source = xstrndup(l->text, l->len);
		doc->source_len = l->len;
	}
	return doc;
}

struct xml_doc *xml_parse_telling(const void *bytes, size_t len,
    const char *name, struct xml_fault *why, struct err *err)
{
	struct xml_doc *doc = NULL;
	struct buf own = BUF_INIT(LIMIT_XML_BYTES);
	struct loading l = {
		.text = bytes,
		.len = len,
		.name = name,
		.why = why,
		.err = err,
		.line = 1,
		.column = 1,
	};
	why->kind = XML_FAULT_NONE;
	if (len > LIMIT_XML_BYTES) {
		xml_fault_set_number(why, XML_FAULT_TOO_LARGE, LIMIT_XML_BYTES);
		err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", name,
		    LIMIT_XML_BYTES);
	} else if (len == 0) {
		xml_fault_set(why, XML_FAULT_EMPTY, NULL, NULL, NULL);
		err_at(err, ERR_XML, name, 1, 1, "it is empty");
	} else if (xml_to_utf8(&l.text, &l.len, &own, name, why, err) == 0) {
		doc = parse_text(&l);
	}
	if (!doc) /* a trouble without a code of its own */
		xml_fault_set(why, XML_FAULT_OTHER, err->msg, NULL, NULL);
	buf_release(&own);
	return doc;
}

struct xml_doc *xml_parse(
    const void *bytes, size_t len, const char *name, struct err *err)
{
	struct xml_fault why;
	return xml_parse_telling(bytes, len, name, &why, err);
}

bool xml_peek_root(const void *bytes, size_t len, struct xml_peek *out)
{
	struct buf own = BUF_INIT(LIMIT_MIB(1));
	struct err err = { 0 };
	struct loading l = {
		.text = bytes,
		.len = len < LIMIT_XML_PEEK ? len : LIMIT_XML_PEEK,
		.name = "",
		.err = &err,
		.peek = out,
		.line = 1,
		.column = 1,
	};
	*out = (struct xml_peek){ .name = "" };
	/* a character may be cut in two at the end: that is not looked at */
	if (xml_to_utf8(&l.text, &l.len, &own, "", NULL, &err) < 0)
		err.kind = ERR_NONE;
	xmlFreeDoc(build(&l));
	buf_release(&own);
	return out->name[0] != '\0';
}

struct xml_doc *xml_read_file(const char *path, size_t cap, struct err *err)
{
	struct xml_doc *doc = NULL;
	struct buf bytes = BUF_INIT(cap);
	if (buf_read_file(&bytes, path, err) == 0)
		doc = xml_parse(bytes.ptr, bytes.len, path, err);
	buf_release(&bytes);
	return doc;
}

void xml_free(struct xml_doc *doc)
{
	if (!doc)
		return;
	xmlFreeDoc(doc->tree);
	free(doc->name);
	free(doc->source);
	free(doc);
}

xmlNode *xml_root(const struct xml_doc *doc)
{
	return xmlDocGetRootElement(doc->tree);
}

xmlDoc *xml_tree(const struct xml_doc *doc)
{
	return doc->tree;
}

const char *xml_name(const struct xml_doc *doc)
{
	return doc->name;
}

unsigned xml_line(const xmlNode *node)
{
	return (unsigned)((uint64_t)(uintptr_t)node->_private >> 32);
}

unsigned xml_column(const xmlNode *node)
{
	return (unsigned)((uintptr_t)node->_private & 0xFFFFFFFF);
}

/* Where `line` and `column` are in the source; NULL when it is not there. */
static const char *source_at(
    const struct xml_doc *doc, unsigned line, unsigned column)
{
	const char *at = line ? doc->source : NULL;
	for (; at && line > 1; line--) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	for (; at && *at && column > 1; column--)
		for (at++; ((unsigned char)*at & 0xC0) == 0x80;)
			at++;
	return at;
}

/* The attribute's name in the start tag at `tag`, or NULL. */
static const char *find_attribute(const char *tag, const char *attribute)
{
	static const char ends[] = " \t\r\n=/>";
	size_t len = strlen(attribute);
	for (const char *at = tag + strcspn(tag, ends); *at;) {
		at += strspn(at, " \t\r\n");
		size_t n = strcspn(at, ends);
		if (n == 0)
			return NULL;
		if (n == len && memcmp(at, attribute, len) == 0)
			return at;
		at += n;
		at += strcspn(at, "\"'");
		char quote = *at;
		const char *end = quote ? strchr(at + 1, quote) : NULL;
		if (!end)
			return NULL;
		at = end + 1;
	}
	return NULL;
}

static int fail_here(const struct xml_doc *doc, unsigned line, unsigned column,
    struct err *err, enum err_kind kind, const char *fmt, va_list args)
    __attribute__((format(printf, 6, 0)));

static int fail_here(const struct xml_doc *doc, unsigned line, unsigned column,
    struct err *err, enum err_kind kind, const char *fmt, va_list args)
{
	if (err->kind != ERR_NONE)
		return -1;
	char why[sizeof(err->msg)];
	vsnprintf(why, sizeof(why), fmt, args);
	err_at(err, kind, doc->name, line, column, "%s", why);
	if (doc->source)
		err_excerpt(err, doc->source, doc->source_len);
	return -1;
}

int xml_fail(const struct xml_doc *doc, const xmlNode *node, struct err *err,
    enum err_kind kind, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fail_here(doc, xml_line(node), xml_column(node), err, kind, fmt, args);
	va_end(args);
	return -1;
}

int xml_fail_at(const struct xml_doc *doc, const xmlNode *node,
    const char *attribute, struct err *err, enum err_kind kind, const char *fmt,
    ...)
{
	unsigned line = xml_line(node), column = xml_column(node);
	const char *tag = source_at(doc, line, column);
	const char *found = tag ? find_attribute(tag, attribute) : NULL;
	if (found)
		xml_advance(&line, &column, tag, (size_t)(found - tag));

	va_list args;
	va_start(args, fmt);
	fail_here(doc, line, column, err, kind, fmt, args);
	va_end(args);
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/stage.h"
#include "kanta/soap.h"

#include <string.h>

/*
 * Kela's first stage: can the file be read at all, and what is it? What it
 * reads is what the other stages look at.
 */

/* The parser's own words stand in both languages' sentences. */
static void find_unreadable(
    struct look *l, enum part part, const struct err *why)
{
	enum rule rule =
	    why->kind == ERR_LIMIT ? RULE_SYN_TOO_BIG : RULE_SYN_WELL_FORMED;
	struct finding *f =
	    look_find(l, rule, part, NULL, NULL, say_syn_unreadable(why->msg));
	if (!f)
		return;
	f->line = why->line;
	f->column = why->column;
}

static xmlNode *clinical_document(xmlNode *message)
{
	xmlNode *subject =
	    xml_down(message, XMLNS_V3, "controlActProcess/subject");
	return subject ? xml_child(subject, XMLNS_V3, "clinicalDocument")
		       : NULL;
}

/* The document inside a message; a message without one (a query, an
 * acknowledgement) is fine. */
static void take_document(struct look *l)
{
	xmlNode *node = clinical_document(l->message);
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	char *content_id = NULL;
	if (!node || !xml_child(node, XMLNS_V3, "text"))
		return;
	if (frame_part(node, &bytes, &content_id, &err) < 0) {
		look_find(l, RULE_SYN_MIME, PART_FILE,
		    xml_child(node, XMLNS_V3, "text"), NULL,
		    say_syn_mime(err.msg));
	} else {
		l->document_part = PART_DOCUMENT;
		l->document_bytes = buf_detach(&bytes, &l->document_len);
		l->document = xml_parse(
		    l->document_bytes, l->document_len, "the document", &err);
		if (!l->document)
			find_unreadable(l, PART_DOCUMENT, &err);
	}
	free(content_id);
	buf_release(&bytes);
}

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
		    say_syn_soap(err.msg));
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

static void look_syntactic(
    struct look *l, struct stage_result *result, void *own)
{
	static const char bom[] = "\xef\xbb\xbf";
	struct err err = { 0 };
	(void)own;
	(void)result;
	if (l->len >= 3 && memcmp(l->bytes, bom, 3) == 0)
		look_find(
		    l, RULE_SYN_BOM, PART_FILE, NULL, NULL, say_syn_bom());
	l->file = xml_parse(l->bytes, l->len, l->out->name, &err);
	if (l->file)
		recognise(l);
	else
		find_unreadable(l, PART_FILE, &err);
}

const struct stage_kind stage_syntactic = { .look = look_syntactic };

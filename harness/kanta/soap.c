/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/soap.h"

#include "base/xalloc.h"

#include <stdlib.h>

static char *text_of(xmlNode *parent, const char *name)
{
	xmlNode *node = xml_child(parent, NULL, name);
	return node ? xml_text(node) : xstrdup("");
}

static void read_fault(struct soap *s, xmlNode *fault)
{
	s->is_fault = true;
	s->fault.code = text_of(fault, "faultcode");
	s->fault.reason = text_of(fault, "faultstring");
	s->fault.detail = text_of(fault, "detail");
}

static int read_body(
    struct soap *s, const struct xml_doc *doc, xmlNode *body, struct err *err)
{
	xmlNode *message = xml_first(body);
	if (!message)
		return xml_fail(doc, body, err, ERR_KANTA,
		    "the SOAP body is empty, one message was expected");
	xmlNode *second = xml_next(message);
	if (second)
		return xml_fail(doc, second, err, ERR_KANTA,
		    "the SOAP body holds '%s' behind '%s', one message was "
		    "expected",
		    (const char *)second->name, (const char *)message->name);
	if (xml_is(message, XMLNS_SOAP11, "Fault"))
		read_fault(s, message);
	else
		s->payload = message;
	return 0;
}

static int read_envelope(
    struct soap *s, const struct xml_doc *doc, xmlNode *root, struct err *err)
{
	xmlNode *body = NULL;
	XML_EACH_CHILD (node, root) {
		bool header = xml_is(node, XMLNS_SOAP11, "Header");
		bool is_body = xml_is(node, XMLNS_SOAP11, "Body");
		if ((header && node != xml_first(root)) || (is_body && body) ||
		    (!header && !is_body))
			return xml_fail(doc, node, err, ERR_KANTA,
			    "'%s' may not stand here in a SOAP 1.1 envelope: "
			    "it holds one Header or none, then one Body",
			    (const char *)node->name);
		if (is_body)
			body = node;
	}
	if (!body)
		return xml_fail(
		    doc, root, err, ERR_KANTA, "the SOAP envelope has no Body");
	return read_body(s, doc, body, err);
}

int soap_read(struct soap *s, const struct xml_doc *doc, struct err *err)
{
	xmlNode *root = xml_root(doc);
	*s = (struct soap){ .envelope = ENVELOPE_BARE };
	if (xml_is(root, XMLNS_SOAP12, "Envelope")) {
		xml_fail(doc, root, err, ERR_KANTA,
		    "this is a SOAP 1.2 envelope; SOAP 1.1 or the bare message "
		    "was expected");
		return err_hint(
		    err, "the namespace of SOAP 1.1 is '" XMLNS_SOAP11 "'");
	}
	if (!xml_is(root, XMLNS_SOAP11, "Envelope")) {
		s->payload = root;
		return 0;
	}
	s->envelope = ENVELOPE_SOAP11;
	return read_envelope(s, doc, root, err);
}

void soap_release(struct soap *s)
{
	free(s->fault.code);
	free(s->fault.reason);
	free(s->fault.detail);
	*s = (struct soap){ .payload = NULL };
}

/* ---- Writing */

static const struct {
	const char *open, *close;
} envelopes[] = {
	[ENVELOPE_BARE] = { "", "" },
	[ENVELOPE_SOAP11] = { "<soap:Envelope xmlns:soap=\"" XMLNS_SOAP11
			      "\"><soap:Body>",
	    "</soap:Body></soap:Envelope>" },
};

void soap_open(struct buf *to, enum envelope envelope)
{
	buf_adds(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_adds(to, envelopes[envelope].open);
}

void soap_close(struct buf *to, enum envelope envelope)
{
	buf_adds(to, envelopes[envelope].close);
}

void soap_write_fault(
    struct buf *to, const char *code, const char *reason, const char *detail)
{
	soap_open(to, ENVELOPE_SOAP11);
	buf_adds(to, "<soap:Fault><faultcode>soap:");
	buf_add_xmls(to, code);
	buf_adds(to, "</faultcode><faultstring>");
	buf_add_xmls(to, reason);
	buf_adds(to, "</faultstring>");
	if (detail && *detail) {
		/* SOAP 1.1 4.4: detail holds elements */
		buf_adds(to, "<detail><text>");
		buf_add_xmls(to, detail);
		buf_adds(to, "</text></detail>");
	}
	buf_adds(to, "</soap:Fault>");
	soap_close(to, ENVELOPE_SOAP11);
}

const char *envelope_media_type(enum envelope e)
{
	(void)e; /* SOAP 1.1 section 6; a bare message travels the same way */
	return "text/xml; charset=UTF-8";
}

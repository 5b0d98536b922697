/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/soap.h"

#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/why.h"

#include <stdlib.h>

/* ---- What differs between the versions */

static const struct version {
	const char *ns, *name, *open, *close, *media_type;
} versions[] = {
	[ENVELOPE_BARE] = { "", "no envelope", "", "",
	    "text/xml; charset=UTF-8" },
	[ENVELOPE_SOAP11] = { XMLNS_SOAP11, "SOAP 1.1",
	    "<soap:Envelope xmlns:soap=\"" XMLNS_SOAP11 "\">",
	    "</soap:Envelope>", "text/xml; charset=UTF-8" },
	[ENVELOPE_SOAP12] = { XMLNS_SOAP12, "SOAP 1.2",
	    "<soap:Envelope xmlns:soap=\"" XMLNS_SOAP12 "\">",
	    "</soap:Envelope>", "application/soap+xml; charset=UTF-8" },
};

static const char *const codes[SOAP_CODE_COUNT][2] = {
	[SOAP_SENDER] = { "Client", "Sender" },
	[SOAP_RECEIVER] = { "Server", "Receiver" },
	[SOAP_MUST_UNDERSTAND] = { "MustUnderstand", "MustUnderstand" },
	[SOAP_VERSION_MISMATCH] = { "VersionMismatch", "VersionMismatch" },
};

const char *soap_code_name(enum soap_code code, enum envelope envelope)
{
	return codes[code][envelope == ENVELOPE_SOAP12];
}

int soap_code_find(const char *text)
{
	const char *colon = strchr(text, ':');
	const char *name = colon ? colon + 1 : text;
	size_t len = strcspn(name, ". \t\r\n");

	for (int code = 0; code < SOAP_CODE_COUNT; code++)
		for (size_t i = 0; i < COUNTOF(codes[0]); i++)
			if (strlen(codes[code][i]) == len &&
			    !strncmp(codes[code][i], name, len))
				return code;
	return -1;
}

/* ---- Reading */

static char *text_of(xmlNode *parent, const char *ns, const char *path)
{
	xmlNode *node = xml_down(parent, ns, path);
	char *text = node ? xml_text(node) : xstrdup("");
	size_t from = 0, len = strlen(text);

	while (len > 0 && str_is_space(text[len - 1]))
		len--;
	while (from < len && str_is_space(text[from]))
		from++;
	memmove(text, text + from, len - from);
	text[len - from] = '\0';
	return text;
}

/* SOAP 1.1 4.4 has its children in no namespace, SOAP 1.2 5.4 in its own. */
static void read_fault(struct soap *s, xmlNode *fault)
{
	bool is_11 = s->envelope == ENVELOPE_SOAP11;
	const char *ns = is_11 ? NULL : XMLNS_SOAP12;

	s->is_fault = true;
	s->fault.code = text_of(fault, ns, is_11 ? "faultcode" : "Code/Value");
	s->fault.reason =
	    text_of(fault, ns, is_11 ? "faultstring" : "Reason/Text");
	s->fault.detail = text_of(fault, ns, is_11 ? "detail" : "Detail");
}

static int read_body(
    struct soap *s, const struct xml_doc *doc, xmlNode *body, struct err *err)
{
	xmlNode *message = xml_first(body);
	if (!message)
		return why_fail(
		    &s->why, doc, body, err, ERR_KANTA, say_soap_empty());
	xmlNode *second = xml_next(message);
	if (second)
		return why_fail(&s->why, doc, second, err, ERR_KANTA,
		    say_soap_second((const char *)second->name,
			(const char *)message->name));
	if (xml_is(message, versions[s->envelope].ns, "Fault"))
		read_fault(s, message);
	else
		s->payload = message;
	return 0;
}

static int read_envelope(
    struct soap *s, const struct xml_doc *doc, xmlNode *root, struct err *err)
{
	const struct version *v = &versions[s->envelope];
	xmlNode *body = NULL;
	XML_EACH_CHILD (node, root) {
		bool header = xml_is(node, v->ns, "Header");
		bool is_body = xml_is(node, v->ns, "Body");
		if ((header && node != xml_first(root)) || (is_body && body) ||
		    (!header && !is_body))
			return why_fail(&s->why, doc, node, err, ERR_KANTA,
			    say_soap_place((const char *)node->name, v->name));
		if (header)
			s->header = node;
		else
			body = node;
	}
	if (!body)
		return why_fail(
		    &s->why, doc, root, err, ERR_KANTA, say_soap_no_body());
	return read_body(s, doc, body, err);
}

static int fail_version(struct soap *s, const struct xml_doc *doc,
    const xmlNode *root, struct err *err)
{
	s->wrong = SOAP_VERSION_MISMATCH;
	why_fail(&s->why, doc, root, err, ERR_KANTA,
	    say_soap_version(root->ns ? (const char *)root->ns->href : ""));
	return err_hint(
	    err, "SOAP 1.1 is '" XMLNS_SOAP11 "', SOAP 1.2 '" XMLNS_SOAP12 "'");
}

int soap_read(struct soap *s, const struct xml_doc *doc, struct err *err)
{
	xmlNode *root = xml_root(doc);

	*s = (struct soap){ .envelope = ENVELOPE_BARE, .wrong = SOAP_SENDER };
	if (!xml_is(root, NULL, "Envelope")) {
		s->payload = root;
		return 0;
	}
	for (size_t i = ENVELOPE_SOAP11; i < COUNTOF(versions); i++)
		if (xml_is(root, versions[i].ns, "Envelope"))
			s->envelope = (enum envelope)i;
	if (s->envelope == ENVELOPE_BARE)
		return fail_version(s, doc, root, err);
	return read_envelope(s, doc, root, err);
}

void soap_release(struct soap *s)
{
	free(s->fault.code);
	free(s->fault.reason);
	free(s->fault.detail);
	*s = (struct soap){ .payload = NULL };
}

/* ---- Header blocks */

/* An attribute of the envelope's namespace. */
static bool attribute_is(const xmlNode *node, const char *ns, const char *name,
    const char *const *values, size_t count)
{
	xmlChar *value =
	    xmlGetNsProp(node, BAD_CAST name, BAD_CAST ns); /* a copy */
	bool is = false;

	for (size_t i = 0; value && i < count; i++)
		is |= streq((const char *)value, values[i]);
	xmlFree(value);
	return is;
}

bool soap_must_understand(const xmlNode *block, enum envelope envelope)
{
	static const char *const yes[] = { "1", "true" };
	/* Whom a block can be for that is us: whoever comes next, or the last
	 * one. Without the attribute it is for the last one. */
	static const char *const us[] = { "",
		"http://schemas.xmlsoap.org/soap/actor/next",
		XMLNS_SOAP12 "/role/next",
		XMLNS_SOAP12 "/role/ultimateReceiver" };
	const char *ns = versions[envelope].ns;
	const char *role = envelope == ENVELOPE_SOAP11 ? "actor" : "role";

	if (!attribute_is(block, ns, "mustUnderstand", yes, COUNTOF(yes)))
		return false;
	return !xmlHasNsProp(block, BAD_CAST role, BAD_CAST ns) ||
	       attribute_is(block, ns, role, us, COUNTOF(us));
}

void soap_write_upgrade(struct buf *to)
{
	buf_adds(to, "<up:Upgrade xmlns:up=\"" XMLNS_SOAP12 "\">");
	for (size_t i = ENVELOPE_SOAP11; i < COUNTOF(versions); i++)
		buf_addf(to,
		    "<up:SupportedEnvelope qname=\"e:Envelope\" "
		    "xmlns:e=\"%s\"/>",
		    versions[i].ns);
	buf_adds(to, "</up:Upgrade>");
}

void soap_write_not_understood(struct buf *to, const xmlNode *block)
{
	buf_adds(
	    to, "<nu:NotUnderstood xmlns:nu=\"" XMLNS_SOAP12 "\" xmlns:b=\"");
	buf_add_xmls(to, block->ns ? (const char *)block->ns->href : "");
	buf_adds(to, "\" qname=\"b:");
	buf_add_xmls(to, (const char *)block->name);
	buf_adds(to, "\"/>");
}

/* ---- Writing */

void soap_open_header(
    struct buf *to, enum envelope envelope, const char *header)
{
	buf_adds(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_adds(to, versions[envelope].open);
	if (envelope == ENVELOPE_BARE)
		return;
	if (header && *header)
		buf_addf(to, "<soap:Header>%s</soap:Header>", header);
	buf_adds(to, "<soap:Body>");
}

void soap_open(struct buf *to, enum envelope envelope)
{
	soap_open_header(to, envelope, NULL);
}

void soap_close(struct buf *to, enum envelope envelope)
{
	if (envelope != ENVELOPE_BARE)
		buf_adds(to, "</soap:Body>");
	buf_adds(to, versions[envelope].close);
}

/* A detail holds elements (SOAP 1.1 4.4, SOAP 1.2 5.4.5). */
static void write_detail(struct buf *to, const char *name, const char *detail)
{
	if (!detail || !*detail)
		return;
	buf_addf(to, "<%s><text>", name);
	buf_add_xmls(to, detail);
	buf_addf(to, "</text></%s>", name);
}

static void write_fault_11(struct buf *to, const struct soap_fault_draft *draft)
{
	buf_addf(to, "<soap:Fault><faultcode>soap:%s</faultcode><faultstring>",
	    soap_code_name(draft->code, ENVELOPE_SOAP11));
	buf_add_xmls(to, draft->reason[0] ? draft->reason[0] : "");
	buf_adds(to, "</faultstring>");
	write_detail(to, "detail", draft->detail);
}

static void write_fault_12(struct buf *to, const struct soap_fault_draft *draft)
{
	buf_addf(to,
	    "<soap:Fault><soap:Code><soap:Value>soap:%s</soap:Value>"
	    "</soap:Code><soap:Reason>",
	    soap_code_name(draft->code, ENVELOPE_SOAP12));
	for (size_t i = 0; i < LANG_COUNT; i++) {
		if (!draft->reason[i])
			continue;
		buf_addf(to, "<soap:Text xml:lang=\"%s\">", lang_names[i]);
		buf_add_xmls(to, draft->reason[i]);
		buf_adds(to, "</soap:Text>");
	}
	buf_adds(to, "</soap:Reason>");
	write_detail(to, "soap:Detail", draft->detail);
}

void soap_write_fault(struct buf *to, const struct soap_fault_draft *draft)
{
	bool is_12 = draft->envelope == ENVELOPE_SOAP12;
	enum envelope envelope = is_12 ? ENVELOPE_SOAP12 : ENVELOPE_SOAP11;

	soap_open_header(to, envelope, draft->header);
	if (is_12)
		write_fault_12(to, draft);
	else
		write_fault_11(to, draft);
	buf_adds(to, "</soap:Fault>");
	soap_close(to, envelope);
}

/* ---- On the wire */

const char *envelope_media_type(enum envelope e)
{
	return versions[e].media_type;
}

void soap_action(
    struct buf *to, const struct dialect *d, const char *interaction)
{
	static const char hole[] = "{interaction}";
	const char *pattern = dialect_text(d, DK_SOAP_ACTION);
	const char *at = strstr(pattern, hole);

	if (!at) {
		buf_adds(to, pattern);
		return;
	}
	buf_add(to, pattern, (size_t)(at - pattern));
	buf_adds(to, interaction);
	buf_adds(to, at + strlen(hole));
}

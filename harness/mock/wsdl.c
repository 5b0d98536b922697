/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "kanta/soap.h"
#include "mock/inquiry.h"
#include "mock/page.h"

/* What is asked, and what answers when nothing is wrong. */
static const struct operation {
	enum frame_kind kind;
	enum dialect_key asks, answers;
} operations[] = {
	{ FRAME_ARCHIVE, DK_INTERACTION_ARCHIVE, DK_INTERACTION_ACK },
	{ FRAME_REPLACE, DK_INTERACTION_REPLACE, DK_INTERACTION_ACK },
	{ FRAME_CANCEL, DK_INTERACTION_CANCEL, DK_INTERACTION_ACK },
	{ FRAME_QUERY, DK_INTERACTION_QUERY, DK_INTERACTION_QUERY_ANSWER },
	{ FRAME_FETCH, DK_INTERACTION_FETCH, DK_INTERACTION_FETCH_ANSWER },
};

#define MESSAGES (2 * COUNTOF(operations))

/* The names of all messages, each once. */
struct names {
	const char *at[MESSAGES];
	size_t count;
};

static void add_name(struct names *n, const char *name)
{
	for (size_t i = 0; i < n->count; i++)
		if (streq(n->at[i], name))
			return;
	n->at[n->count++] = name;
}

static struct names list_names(const struct dialect *d)
{
	struct names n = { .count = 0 };

	for (size_t i = 0; i < COUNTOF(operations); i++) {
		if (!receive_takes(operations[i].kind))
			continue;
		add_name(&n, dialect_text(d, operations[i].asks));
		add_name(&n, dialect_text(d, operations[i].answers));
	}
	return n;
}

/* A dialect may call two messages the same: one operation does for both. */
static bool is_operation(const struct dialect *d, size_t at)
{
	const char *name = dialect_text(d, operations[at].asks);

	if (!receive_takes(operations[at].kind))
		return false;
	for (size_t i = 0; i < at; i++)
		if (streq(dialect_text(d, operations[i].asks), name))
			return false;
	return true;
}

static void add_note(struct buf *to, const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));

	for (size_t i = 0; i < LANG_COUNT; i++) {
		buf_clear(&text);
		note_render(&text, note, (enum lang)i);
		buf_addf(to, "%s: ", lang_names[i]);
		buf_add_xmls(to, text.ptr);
		buf_adds(to, "\n");
	}
	buf_release(&text);
}

static void add_documentation(struct buf *to, const struct dialect *d)
{
	char guesses[16];
	struct note what = say_wsdl_what();
	struct note content = say_wsdl_content();
	snprintf(guesses, sizeof(guesses), "%u", dialect_guesses(d));
	struct note names = say_wsdl_names(dialect_name(d), guesses);

	buf_adds(to, "<wsdl:documentation>\n");
	add_note(to, &what);
	add_note(to, &names);
	add_note(to, &content);
	buf_adds(to, "</wsdl:documentation>\n");
}

/* Names are those of XML elements: the dialect's reader sees to it. */
static void add_schema(struct buf *to, const struct names *n)
{
	buf_adds(to, "<wsdl:types>\n<xs:schema targetNamespace=\"" XMLNS_V3
		     "\" elementFormDefault=\"qualified\">\n");
	for (size_t i = 0; i < n->count; i++)
		buf_addf(to, "<xs:element name=\"%s\" type=\"hl7:Message\"/>\n",
		    n->at[i]);
	buf_adds(to,
	    "<xs:complexType name=\"Message\">\n<xs:sequence>\n"
	    "<xs:any namespace=\"##any\" processContents=\"lax\" "
	    "minOccurs=\"0\" maxOccurs=\"unbounded\"/>\n</xs:sequence>\n"
	    "<xs:attribute name=\"ITSVersion\" type=\"xs:string\" "
	    "use=\"required\"/>\n</xs:complexType>\n"
	    "</xs:schema>\n</wsdl:types>\n");
	for (size_t i = 0; i < n->count; i++)
		buf_addf(to,
		    "<wsdl:message name=\"%s\"><wsdl:part name=\"message\" "
		    "element=\"hl7:%s\"/></wsdl:message>\n",
		    n->at[i], n->at[i]);
}

static void add_port_type(struct buf *to, const struct dialect *d)
{
	buf_adds(to, "<wsdl:portType name=\"Archive\">\n");
	for (size_t i = 0; i < COUNTOF(operations); i++) {
		const struct operation *o = &operations[i];
		if (!is_operation(d, i))
			continue;
		buf_addf(to, "<wsdl:operation name=\"%s\">\n",
		    dialect_text(d, o->asks));
		buf_addf(to, "<wsdl:documentation>%s. %s.</wsdl:documentation>",
		    dialect_key_meaning(o->asks, LANG_FI),
		    dialect_key_meaning(o->asks, LANG_EN));
		buf_addf(to, "\n<wsdl:input message=\"tns:%s\"/>\n",
		    dialect_text(d, o->asks));
		buf_addf(to, "<wsdl:output message=\"tns:%s\"/>\n",
		    dialect_text(d, o->answers));
		buf_adds(to, "</wsdl:operation>\n");
	}
	buf_adds(to, "</wsdl:portType>\n");
}

/* `soap` is the prefix of the version's namespace in WSDL. */
static void add_binding(
    struct buf *to, const struct dialect *d, const char *name, const char *soap)
{
	buf_addf(to,
	    "<wsdl:binding name=\"%s\" type=\"tns:Archive\">\n"
	    "<%s:binding style=\"document\" "
	    "transport=\"http://schemas.xmlsoap.org/soap/http\"/>\n",
	    name, soap);
	for (size_t i = 0; i < COUNTOF(operations); i++) {
		const char *asks = dialect_text(d, operations[i].asks);
		struct buf action = BUF_INIT(LIMIT_KIB(4));
		if (!is_operation(d, i))
			continue;
		soap_action(&action, d, asks);
		buf_addf(to, "<wsdl:operation name=\"%s\">", asks);
		buf_addf(to, "<%s:operation soapAction=\"", soap);
		buf_add_xmls(to, action.ptr);
		buf_addf(to,
		    "\"/><wsdl:input><%s:body use=\"literal\"/></wsdl:input>"
		    "<wsdl:output><%s:body use=\"literal\"/></wsdl:output>"
		    "</wsdl:operation>\n",
		    soap, soap);
		buf_release(&action);
	}
	buf_adds(to, "</wsdl:binding>\n");
}

static void add_port(
    struct buf *to, const char *name, const char *soap, const char *url)
{
	buf_addf(to, "<wsdl:port name=\"%s\" binding=\"tns:%s\">", name, name);
	buf_addf(to, "<%s:address location=\"", soap);
	buf_add_xmls(to, url);
	buf_adds(to, "\"/></wsdl:port>\n");
}

void wsdl_write(struct buf *to, const struct dialect *d, const char *url)
{
	const struct names names = list_names(d);

	buf_adds(to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<wsdl:definitions name=\"Archive\" "
	    "targetNamespace=\"urn:esitesti:mock\"\n"
	    "    xmlns:tns=\"urn:esitesti:mock\" xmlns:hl7=\"" XMLNS_V3 "\"\n"
	    "    xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\"\n"
	    "    xmlns:soap11=\"http://schemas.xmlsoap.org/wsdl/soap/\"\n"
	    "    xmlns:soap12=\"http://schemas.xmlsoap.org/wsdl/soap12/\"\n"
	    "    xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\n");
	add_documentation(to, d);
	add_schema(to, &names);
	add_port_type(to, d);
	add_binding(to, d, "ArchiveSoap11", "soap11");
	add_binding(to, d, "ArchiveSoap12", "soap12");
	buf_adds(to, "<wsdl:service name=\"ArchiveMock\">\n");
	add_port(to, "ArchiveSoap11", "soap11", url);
	add_port(to, "ArchiveSoap12", "soap12", url);
	buf_adds(to, "</wsdl:service>\n</wsdl:definitions>\n");
}

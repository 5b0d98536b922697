/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/addressing.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <stdlib.h>

static const struct version {
	const char *ns, *anonymous, *fault;
} versions[] = {
	{ "http://www.w3.org/2005/08/addressing",
	    "http://www.w3.org/2005/08/addressing/anonymous",
	    "http://www.w3.org/2005/08/addressing/soap/fault" },
	{ "http://schemas.xmlsoap.org/ws/2004/08/addressing",
	    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
	    "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault" },
};

static const struct version *version_of(const char *ns)
{
	for (size_t i = 0; ns && i < COUNTOF(versions); i++)
		if (streq(versions[i].ns, ns))
			return &versions[i];
	return NULL;
}

static const char *ns_of(const xmlNode *block)
{
	return block->ns ? (const char *)block->ns->href : NULL;
}

bool addressing_knows(const xmlNode *block)
{
	static const char *const names[] = { "MessageID", "Action", "To",
		"From", "ReplyTo", "FaultTo", "RelatesTo" };

	if (!version_of(ns_of(block)))
		return false;
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (streq(names[i], (const char *)block->name))
			return true;
	return false;
}

/* Without the white space around it; "" = no such element. */
static char *text_of(const xmlNode *parent, const char *ns, const char *path)
{
	xmlNode *node = xml_down(parent, ns, path);
	char *text = node ? xml_text(node) : xstrdup("");
	size_t from = 0, len = 0;

	while (str_is_space(text[from]))
		from++;
	len = strlen(text + from);
	if (len > LIMIT_HEADER_TEXT)
		len = str_utf8_span(text + from, LIMIT_HEADER_TEXT);
	while (len > 0 && str_is_space(text[from + len - 1]))
		len--;
	memmove(text, text + from, len);
	text[len] = '\0';
	return text;
}

void addressing_read(struct addressing *a, const xmlNode *header)
{
	const struct version *v = NULL;

	*a = (struct addressing){ .ns = NULL };
	for (xmlNode *b = header ? xml_first(header) : NULL; b && !v;
	     b = xml_next(b))
		if (addressing_knows(b))
			v = version_of(ns_of(b));
	if (!v)
		return;
	a->ns = v->ns;
	a->message_id = text_of(header, v->ns, "MessageID");
	a->action = text_of(header, v->ns, "Action");
	a->reply_to = text_of(header, v->ns, "ReplyTo/Address");
	a->elsewhere = *a->reply_to && !streq(a->reply_to, v->anonymous);
}

void addressing_release(struct addressing *a)
{
	free(a->message_id);
	free(a->action);
	free(a->reply_to);
	*a = (struct addressing){ .ns = NULL };
}

const char *addressing_fault_action(const struct addressing *a)
{
	const struct version *v = version_of(a->ns);

	return v ? v->fault : "";
}

static void write_block(
    struct buf *to, const char *ns, const char *name, const char *text)
{
	if (!*text)
		return;
	buf_addf(to, "<wsa:%s xmlns:wsa=\"%s\">", name, ns);
	buf_add_xmls(to, text);
	buf_addf(to, "</wsa:%s>", name);
}

void addressing_write(struct buf *to, const struct addressing *asked,
    const char *action, const char *id)
{
	const struct version *v = version_of(asked->ns);

	if (!v)
		return;
	write_block(
	    to, v->ns, "To", *asked->reply_to ? asked->reply_to : v->anonymous);
	write_block(to, v->ns, "Action", action);
	write_block(to, v->ns, "MessageID", id);
	write_block(to, v->ns, "RelatesTo", asked->message_id);
}

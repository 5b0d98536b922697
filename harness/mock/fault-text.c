/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault-inside.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/soap.h"

/* ---- Changing bytes */

void fault_replace_all(struct buf *b, const char *from, const char *to)
{
	struct buf changed = BUF_INIT(LIMIT_MESSAGE);
	size_t len = strlen(from), at = 0;

	while (len && at < b->len) {
		const char *hit = memmem(b->ptr + at, b->len - at, from, len);
		size_t next = hit ? (size_t)(hit - b->ptr) : b->len;
		buf_add(&changed, b->ptr + at, next - at);
		if (hit)
			buf_adds(&changed, to);
		at = next + (hit ? len : 0);
	}
	buf_release(b);
	*b = changed;
}

void fault_replace_answer(
    struct received *r, const char *media_type, const char *body)
{
	buf_clear(&r->answer);
	buf_adds(&r->answer, body);
	str_copy(r->media_type, sizeof(r->media_type), media_type);
}

/* `len` bytes at `at` become `text`. */
static void splice(struct buf *b, size_t at, size_t len, const char *text)
{
	struct buf changed = BUF_INIT(LIMIT_MESSAGE);

	buf_add(&changed, b->ptr, at);
	buf_adds(&changed, text);
	buf_add(&changed, b->ptr + at + len, b->len - at - len);
	buf_release(b);
	*b = changed;
}

static size_t find(const struct buf *b, size_t from, const char *text)
{
	const char *hit =
	    memmem(b->ptr + from, b->len - from, text, strlen(text));

	return hit ? (size_t)(hit - b->ptr) : b->len;
}

/* Behind the XML declaration. */
static size_t behind_declaration(const struct buf *b)
{
	size_t end = find(b, 0, "?>");

	return end < b->len && str_starts(b->ptr, "<?xml") ? end + 2 : 0;
}

/* A place where an element or a comment may stand in any answer. */
static size_t place_inside(const struct buf *b)
{
	static const char *const before[] = { "<acknowledgement", "<faultcode",
		"</" };

	for (size_t i = 0; i < COUNTOF(before); i++) {
		size_t at = find(b, 0, before[i]);
		if (at < b->len)
			return at;
	}
	return b->len;
}

/* ---- Acknowledgement */

/* From its start tag to behind its end tag; len 0 = there is none. */
struct span {
	size_t at, len;
};

static struct span find_ack(const struct buf *b)
{
	static const char close[] = "</acknowledgement>";
	size_t at = find(b, 0, "<acknowledgement>");
	size_t attribute = find(b, 0, "<acknowledgement ");

	if (attribute < at)
		at = attribute;
	size_t end = at < b->len ? find(b, at, close) : b->len;
	if (end == b->len)
		return (struct span){ 0, 0 };
	return (struct span){ at, end + strlen(close) - at };
}

typedef void bend_text(struct received *r, const struct fault_use *use);

static void bend_ack_missing(struct received *r, const struct fault_use *use)
{
	struct span ack = find_ack(&r->answer);

	(void)use;
	splice(&r->answer, ack.at, ack.len, "");
}

static void bend_ack_twice(struct received *r, const struct fault_use *use)
{
	struct span ack = find_ack(&r->answer);
	char *copy = xstrndup(r->answer.ptr + ack.at, ack.len);

	(void)use;
	splice(&r->answer, ack.at, 0, copy);
	free(copy);
}

/* ---- Frame */

/* Whether an element's name begins at `i`: behind "<", "</" or a prefix. */
static bool is_element_name(const struct buf *b, size_t i, size_t len)
{
	char behind = i + len < b->len ? b->ptr[i + len] : '>';
	size_t at = i;

	if (!str_is_space(behind) && behind != '>' && behind != '/')
		return false;
	if (at > 0 && b->ptr[at - 1] == ':') {
		at--;
		while (at > 0 && str_is_alpha(b->ptr[at - 1]))
			at--;
	}
	return at > 0 &&
	       (b->ptr[at - 1] == '<' ||
		   (at > 1 && b->ptr[at - 1] == '/' && b->ptr[at - 2] == '<'));
}

static void bend_rename(struct received *r, const struct fault_use *use)
{
	struct buf to = BUF_INIT(LIMIT_MESSAGE);
	size_t len = strlen(use->value);

	for (size_t i = 0; i < r->answer.len;) {
		bool is = i + len <= r->answer.len &&
			  memcmp(r->answer.ptr + i, use->value, len) == 0 &&
			  is_element_name(&r->answer, i, len);
		if (is)
			buf_adds(&to, "other-");
		buf_add(&to, r->answer.ptr + i, is ? len : 1);
		i += is ? len : 1;
	}
	buf_release(&r->answer);
	r->answer = to;
}

/* Root element and interactionId say the same, as they must. */
static void bend_interaction(struct received *r, const struct fault_use *use)
{
	static const char before[] = "<interactionId extension=\"";
	size_t at = find(&r->answer, 0, before);
	const char *name = r->answer.ptr + at + strlen(before);

	if (at == r->answer.len)
		return;
	char *own = xstrndup(name, strcspn(name, "\""));
	fault_replace_all(&r->answer, own, use->value);
	free(own);
}

/* ---- Documents as they travel */

/* The first half of the lines of each base64 part. */
static void bend_truncated(struct received *r, const struct fault_use *use)
{
	size_t part = find(&r->answer, 0, "Content-ID: ");

	(void)use;
	while (part < r->answer.len) {
		size_t from = find(&r->answer, part, "\n\n") + 2;
		size_t end = find(&r->answer, part, "\n--");
		if (from >= end)
			return;
		size_t half = find(&r->answer, from + (end - from) / 2, "\n");
		splice(&r->answer, half, end - half, "\n");
		part = find(&r->answer, half, "Content-ID: ");
	}
}

/* ---- SOAP */

static void bend_ok(struct received *r, const struct fault_use *use)
{
	(void)use;
	r->status = 200;
	fault_replace_answer(r, "text/plain; charset=utf-8", "ok");
}

static void bend_nothing(struct received *r, const struct fault_use *use)
{
	(void)use;
	r->status = 200;
	fault_replace_answer(r, "", "");
}

static void bend_no_fault(struct received *r, const struct fault_use *use)
{
	(void)use;
	if (r->is_fault)
		fault_replace_answer(r, "text/html; charset=utf-8",
		    "<!DOCTYPE html>\n<html><head><title>Error</title></head>"
		    "<body>Internal error</body></html>\n");
}

static void say_fault(struct received *r, int status, const char *body)
{
	static const char *const usual = "text/xml; charset=UTF-8";

	r->is_fault = true;
	r->status = status;
	fault_replace_answer(r, usual, body);
}

#define IN_SOAP11(body)                         \
 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
 "<soap:Envelope xmlns:soap=\"" XMLNS_SOAP11 "\">" body "</soap:Envelope>"
#define FAULT_11(reason)                                              \
 "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>" reason \
 "</faultstring></soap:Fault>"
#define REASON "java.lang.NullPointerException"

static void bend_fault(struct received *r, const struct fault_use *use)
{
	(void)use;
	say_fault(
	    r, 500, IN_SOAP11("<soap:Body>" FAULT_11(REASON) "</soap:Body>"));
}

static void bend_fault_200(struct received *r, const struct fault_use *use)
{
	bend_fault(r, use);
	r->status = 200;
}

static void bend_fault_empty(struct received *r, const struct fault_use *use)
{
	(void)use;
	say_fault(r, 500, IN_SOAP11("<soap:Body><soap:Fault/></soap:Body>"));
}

static void bend_fault_several(struct received *r, const struct fault_use *use)
{
	(void)use;
	say_fault(r, 500,
	    IN_SOAP11("<soap:Body>" FAULT_11(REASON)
		    FAULT_11("timeout") "</soap:Body>"));
}

static void bend_fault_1_2(struct received *r, const struct fault_use *use)
{
	(void)use;
	say_fault(r, 500,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<env:Envelope xmlns:env=\"" XMLNS_SOAP12 "\"><env:Body>"
	    "<env:Fault><env:Code><env:Value>env:Receiver</env:Value>"
	    "</env:Code><env:Reason><env:Text xml:lang=\"en\">" REASON
	    "</env:Text></env:Reason></env:Fault></env:Body></env:Envelope>");
	str_copy(r->media_type, sizeof(r->media_type),
	    "application/soap+xml; charset=UTF-8");
}

static void bend_no_body(struct received *r, const struct fault_use *use)
{
	(void)use;
	fault_replace_answer(r, "text/xml; charset=UTF-8", IN_SOAP11(""));
}

static void bend_empty_body(struct received *r, const struct fault_use *use)
{
	(void)use;
	fault_replace_answer(
	    r, "text/xml; charset=UTF-8", IN_SOAP11("<soap:Body/>"));
}

static void bend_mtom(struct received *r, const struct fault_use *use)
{
	struct buf body = BUF_INIT(LIMIT_MESSAGE);

	(void)use;
	buf_adds(&body, "--uuid:esitesti\r\nContent-Type: application/xop+xml; "
			"charset=UTF-8; type=\"text/xml\"\r\n"
			"Content-Transfer-Encoding: binary\r\n"
			"Content-ID: <root@esitesti>\r\n\r\n");
	buf_add(&body, r->answer.ptr, r->answer.len);
	buf_adds(&body, "\r\n--uuid:esitesti--\r\n");
	buf_release(&r->answer);
	r->answer = body;
	str_copy(r->media_type, sizeof(r->media_type),
	    "multipart/related; boundary=\"uuid:esitesti\"");
}

/* ---- XML */

static void bend_two_envelopes(struct received *r, const struct fault_use *use)
{
	size_t from = behind_declaration(&r->answer);
	char *copy = xstrndup(r->answer.ptr + from, r->answer.len - from);

	(void)use;
	buf_adds(&r->answer, copy);
	free(copy);
}

static void bend_two_declarations(
    struct received *r, const struct fault_use *use)
{
	(void)use;
	splice(
	    &r->answer, 0, 0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

static void bend_malformed(struct received *r, const struct fault_use *use)
{
	const char *last = memrchr(r->answer.ptr, '<', r->answer.len);
	const char *before =
	    last ? memrchr(r->answer.ptr, '<', (size_t)(last - r->answer.ptr))
		 : NULL;

	(void)use;
	if (before)
		splice(&r->answer, (size_t)(before - r->answer.ptr),
		    r->answer.len - (size_t)(before - r->answer.ptr), "");
}

/* The "billion laughs": each entity is ten of the one before. */
static void bend_dtd(struct received *r, const struct fault_use *use)
{
	struct buf dtd = BUF_INIT(LIMIT_KIB(4));

	(void)use;
	buf_adds(&dtd, "<!DOCTYPE answer [<!ENTITY a \"aaaaaaaaaa\">");
	for (char c = 'b'; c <= 'j'; c++) {
		buf_addf(&dtd, "<!ENTITY %c \"", c);
		for (int i = 0; i < 10; i++)
			buf_addf(&dtd, "&%c;", c - 1);
		buf_adds(&dtd, "\">");
	}
	buf_adds(&dtd, "]>");
	splice(&r->answer, place_inside(&r->answer), 0, "&j;");
	splice(&r->answer, behind_declaration(&r->answer), 0, dtd.ptr);
	buf_release(&dtd);
}

static void bend_prefix(struct received *r, const struct fault_use *use)
{
	(void)use;
	splice(&r->answer, place_inside(&r->answer), 0, "<lisa:tieto/>");
}

static void bend_encoding(struct received *r, const struct fault_use *use)
{
	(void)use;
	splice(&r->answer, place_inside(&r->answer), 0,
	    "<!-- p\xe4iv\xe4\xe4 -->");
}

static void bend_bom(struct received *r, const struct fault_use *use)
{
	(void)use;
	splice(&r->answer, 0, 0, "\xef\xbb\xbf");
}

static bend_text *const text_benders[FAULT_COUNT] = {
	[FAULT_ACK_MISSING] = bend_ack_missing,
	[FAULT_ACK_TWICE] = bend_ack_twice,
	[FAULT_RENAME] = bend_rename,
	[FAULT_INTERACTION] = bend_interaction,
	[FAULT_TRUNCATED] = bend_truncated,
	[FAULT_SAY_OK] = bend_ok,
	[FAULT_SAY_NOTHING] = bend_nothing,
	[FAULT_NO_FAULT] = bend_no_fault,
	[FAULT_SOAP_FAULT] = bend_fault,
	[FAULT_SOAP_FAULT_200] = bend_fault_200,
	[FAULT_SOAP_FAULT_EMPTY] = bend_fault_empty,
	[FAULT_SOAP_FAULT_SEVERAL] = bend_fault_several,
	[FAULT_SOAP_FAULT_1_2] = bend_fault_1_2,
	[FAULT_NO_BODY] = bend_no_body,
	[FAULT_EMPTY_BODY] = bend_empty_body,
	[FAULT_TWO_ENVELOPES] = bend_two_envelopes,
	[FAULT_TWO_DECLARATIONS] = bend_two_declarations,
	[FAULT_MALFORMED] = bend_malformed,
	[FAULT_DTD] = bend_dtd,
	[FAULT_UNDECLARED_PREFIX] = bend_prefix,
	[FAULT_ENCODING] = bend_encoding,
	[FAULT_BOM] = bend_bom,
	[FAULT_MTOM] = bend_mtom,
};

void fault_bend_text(const struct fault_list *list, struct received *r)
{
	for (int f = 0; list && list->count && f < FAULT_COUNT; f++) {
		const struct fault_use *use = fault_find(list, (enum fault)f);
		if (use && text_benders[f])
			text_benders[f](r, use);
	}
}

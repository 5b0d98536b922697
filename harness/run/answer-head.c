/* SPDX-License-Identifier: Apache-2.0 */
#include "run/answer-head.h"

#include "base/str.h"

#include <strings.h>

void answer_field(
    const struct buf *head, const char *name, char *to, size_t size)
{
	size_t len = strlen(name);
	const char *line = head->ptr;

	str_copy(to, size, "");
	while ((line = strchr(line, '\n'))) {
		line++;
		if (strncasecmp(line, name, len) != 0 || line[len] != ':')
			continue;
		const char *value = line + len + 1;
		value += strspn(value, " \t");
		size_t n = strcspn(value, "\r\n");
		str_copy(to, n < size ? n + 1 : size, value);
		return;
	}
}

/* ---- Somebody else */

static const char *status_text(const struct exchange *x, char to[16])
{
	snprintf(to, 16, "%d", x->http_status);
	return to;
}

/* XML may be a page, too. */
static bool holds_message(const struct judge *j)
{
	const struct soap *s = &j->view.soap;

	return j->view.has_soap &&
	       (s->envelope != ENVELOPE_BARE ||
		   (s->payload && s->payload->ns &&
		       streq((const char *)s->payload->ns->href, XMLNS_V3)));
}

static bool find_in(const struct buf *body, const char *text, const char **at)
{
	*at = memmem(body->ptr, body->len, text, strlen(text));
	return *at;
}

/* Pages of firewalls and of the networks before a server, by the words in front
 * of the number that their support asks for. */
static const char *const block_marks[] = {
	"support ID is:",	  /* F5 BIG-IP */
	"Incapsula incident ID:", /* Imperva */
	"Reference&#32;&#35;",	  /* Akamai */
	"Ray ID:",		  /* Cloudflare */
	"Request Rejected",	  /* F5, its number taken away */
};

static void read_block_id(const char *from, const char *end, char id[64])
{
	size_t n = 0;

	while (from < end && (*from == ' ' || *from == '<')) {
		if (*from == '<')
			while (from < end && *from != '>')
				from++;
		from++;
	}
	for (; from < end && n < 63; from++) {
		if (!str_is_alpha(*from) && !str_is_digit(*from) &&
		    *from != '-' && *from != '.')
			break;
		id[n++] = *from;
	}
	id[n] = '\0';
}

/* Only a page: a message may speak of anything. */
static bool is_blocked(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	const struct buf *body = &x->response.body;
	const char *at = NULL;
	char id[64] = "", status[16];
	size_t i = 0;

	if (holds_message(j) || !strstr(x->response.media_type, "html"))
		return false;
	while (i < COUNTOF(block_marks) && !find_in(body, block_marks[i], &at))
		i++;
	if (!at)
		return false;
	if (!streq(block_marks[i], "Request Rejected"))
		read_block_id(
		    at + strlen(block_marks[i]), body->ptr + body->len, id);
	out->kind = RESULT_INCONCLUSIVE;
	out->found = say_found_blocked(status_text(x, status), *id ? id : "–");
	out->cause = say_cause_blocked();
	out->next = *id ? say_next_blocked(id) : say_next_try_later();
	return true;
}

/* Too many requests, and a gateway whose server is away (RFC 6585 4, RFC 9110
 * 15.6), unless it is a message that says so. */
static bool is_away(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	bool away = x->http_status == 429 ||
		    (x->http_status >= 502 && x->http_status <= 504);
	char status[16];

	if (!away || holds_message(j))
		return false;
	out->kind = RESULT_INCONCLUSIVE;
	out->found = say_found_status(status_text(x, status));
	out->cause = say_cause_maintenance();
	out->next = say_next_try_later();
	return true;
}

static bool is_redirect(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	char status[16], location[256];

	(void)j;
	if (x->http_status < 300 || x->http_status > 399)
		return false;
	answer_field(&x->response.head, "Location", location, sizeof(location));
	out->kind = RESULT_FAIL;
	out->found = say_found_redirect(
	    status_text(x, status), *location ? location : "–");
	out->cause = say_cause_redirect();
	out->next = say_next_address();
	return true;
}

/* A status of failure, and not even a message that says why. */
static bool is_http_refusal(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	const char *type = x->response.media_type;
	char status[16];

	if (x->http_status < 400 || holds_message(j) ||
	    (j->view.doc && strstr(type, "xml")))
		return false;
	status_text(x, status);
	out->kind = RESULT_FAIL;
	out->found = x->response.body.len && *type
			 ? say_found_status_type(status, type)
			 : say_found_status_empty(status);
	out->cause = say_cause_http_refusal();
	out->next = x->document_oid[0] ? say_next_look_up(x->document_oid)
				       : say_next_read_answer();
	return true;
}

/* ---- An answer that contradicts itself */

static bool is_compressed(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	char encoding[64];

	(void)j;
	answer_field(
	    &x->response.head, "Content-Encoding", encoding, sizeof(encoding));
	if (!*encoding || strcasecmp(encoding, "identity") == 0)
		return false;
	out->kind = RESULT_FAIL;
	out->found = say_found_compressed(encoding);
	return true;
}

/* What the XML calls itself; "" = bytes that are no text of single bytes. */
static void declared_encoding(const struct buf *body, char to[64])
{
	static const char bom[] = "\xef\xbb\xbf", word[] = "encoding=";
	const char *at = body->ptr;

	if (str_starts(at, bom))
		at += strlen(bom);
	str_copy(to, 64, at[0] == '<' ? "UTF-8" : "");
	const char *end = str_starts(at, "<?xml") ? strstr(at, "?>") : NULL;
	at = end ? strstr(at, word) : NULL;
	if (!at || at > end)
		return;
	at += strlen(word) + 1; /* and a quote */
	size_t n = strcspn(at, "\"'");
	str_copy(to, n < 64 ? n + 1 : 64, at);
}

/* What a SOAP client would read the message as (RFC 7303 3: the charset is
 * told by the transport first), against what its XML says. Latin letters
 * without accents are the same in all of them. */
static bool is_other_charset(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	char type[256], charset[64], declared[64];

	answer_field(&x->response.head, "Content-Type", type, sizeof(type));
	const char *at = strcasestr(type, "charset=");
	if (!at || !j->view.doc)
		return false;
	at += strlen("charset=");
	at += *at == '"';
	size_t n = strcspn(at, "\"; \t");
	str_copy(charset, n < sizeof(charset) ? n + 1 : sizeof(charset), at);
	declared_encoding(&x->response.body, declared);
	if (!*declared || strcasecmp(charset, declared) == 0 ||
	    strcasecmp(charset, "us-ascii") == 0)
		return false;
	out->kind = RESULT_FAIL;
	out->found = say_found_charset(charset, declared);
	return true;
}

static bool is_other_type(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	const char *type = x->response.media_type;

	if (!holds_message(j) || !*type || strstr(type, "xml"))
		return false;
	out->kind = RESULT_FAIL;
	out->found = say_found_media_type(type);
	return true;
}

/* WS-I Basic Profile 1.1, R1124: success travels with 2xx. */
static bool is_failed_success(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	char status[16];

	if (!j->view.has_ack || j->view.ack.outcome != ACK_ACCEPTED ||
	    (x->http_status >= 200 && x->http_status < 300) || !x->http_status)
		return false;
	out->kind = RESULT_FAIL;
	out->found =
	    say_found_ack_status(j->view.ack.code, status_text(x, status));
	return true;
}

/* An answer is none of the messages that are sent. */
static bool is_request(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	static const enum dialect_key requests[] = { DK_INTERACTION_ARCHIVE,
		DK_INTERACTION_REPLACE, DK_INTERACTION_CANCEL,
		DK_INTERACTION_QUERY, DK_INTERACTION_FETCH };
	const xmlNode *payload = j->view.has_soap ? j->view.soap.payload : NULL;

	(void)x;
	for (size_t i = 0; payload && i < COUNTOF(requests); i++) {
		const char *name = dialect_text(j->dialect, requests[i]);
		if (!name || !streq((const char *)payload->name, name))
			continue;
		out->kind = RESULT_FAIL;
		out->found = say_found_request(name);
		return true;
	}
	return false;
}

typedef bool head_rule(
    const struct judge *j, const struct exchange *x, struct verdict *out);

static head_rule *const rules[] = { is_blocked, is_away, is_redirect,
	is_http_refusal, is_compressed, is_other_type, is_other_charset,
	is_failed_success, is_request };

bool answer_head_judge(
    const struct judge *j, const struct exchange *x, struct verdict *out)
{
	for (size_t i = 0; i < COUNTOF(rules); i++) {
		if (!rules[i](j, x, out))
			continue;
		str_copy(out->where, sizeof(out->where), "HTTP");
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "mock/door.h"

#include <ctype.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>

/*
 * What evhttp lets pass though RFC 9112 does not, and what two readers of HTTP
 * could take for two different requests. One row for each rule.
 */
struct seen {
	const struct connection *connection;
	struct evhttp_request *request;
	const char *path;
	const char *coding; /* the last Transfer-Encoding */
	unsigned lengths, odd_lengths, codings, hosts, odd_names;
};

static bool is_surplus(const struct seen *s)
{
	return s->connection->surplus;
}

static bool is_other_version(const struct seen *s)
{
	return s->request->major != 1;
}

static bool has_nul(const struct seen *s)
{
	const struct buf *head = &s->connection->head;

	return memchr(head->ptr, '\0', head->len);
}

/* RFC 9112 5: a name is a token, and ends at its colon. */
static bool has_odd_name(const struct seen *s)
{
	return s->odd_names > 0;
}

/* RFC 9112 3.2 */
static bool lacks_host(const struct seen *s)
{
	return s->hosts > 1 || (s->hosts == 0 && s->request->minor > 0);
}

/* RFC 9112 6.1: how long the body is must not depend on the reader. */
static bool has_two_lengths(const struct seen *s)
{
	return s->lengths + s->codings > 1 || s->odd_lengths ||
	       (s->codings > 0 && s->request->minor == 0);
}

static bool has_other_coding(const struct seen *s)
{
	return s->coding && strcasecmp(s->coding, "chunked") != 0;
}

static bool is_long_path(const struct seen *s)
{
	return strlen(s->path) > LIMIT_MOCK_PATH;
}

static bool is_plain_byte(char c)
{
	return c > ' ' && c < 0x7f && !strchr("\"<>\\^`{|}", c);
}

/* Behind a '%': two hexadecimal digits, and no NUL. */
static bool is_encoded(const char *p)
{
	return isxdigit((unsigned char)p[1]) && isxdigit((unsigned char)p[2]) &&
	       !(p[1] == '0' && p[2] == '0');
}

/* How long a dot is at `p`: plain, or encoded; 0 = there is none. */
static size_t dot(const char *p)
{
	if (*p == '.')
		return 1;
	return strncasecmp(p, "%2e", 3) == 0 ? 3 : 0;
}

/* Whether "." or ".." stands at `p`: another place than it says. */
static bool is_dots(const char *p)
{
	size_t n = dot(p);

	if (n > 0)
		n += dot(p + n);
	return n > 0 && (p[n] == '/' || !p[n]);
}

/* RFC 3986 3.3; an archive's name is its path as it is written. */
static bool is_odd_path(const struct seen *s)
{
	if (*s->path && *s->path != '/')
		return true;
	for (const char *p = s->path; *p; p++)
		if (!is_plain_byte(*p) || (*p == '%' && !is_encoded(p)) ||
		    (*p == '/' && is_dots(p + 1)))
			return true;
	return false;
}

static const struct rule {
	bool (*broken)(const struct seen *s);
	struct door_refusal refusal;
} rules[] = {
	{ is_surplus, { 503, "too many connections", "Retry-After", "1" } },
	{ is_other_version,
	    { 505, "of HTTP the mock speaks version 1.1", NULL, NULL } },
	{ has_nul, { 400, "a NUL in the request's head", NULL, NULL } },
	{ has_odd_name,
	    { 400, "a header field's name is no token", NULL, NULL } },
	{ lacks_host, { 400, "a request names one Host", NULL, NULL } },
	{ has_two_lengths,
	    { 400, "the length of the body is told twice, or not plainly", NULL,
		NULL } },
	{ has_other_coding,
	    { 501, "of the transfer codings the mock knows 'chunked'", NULL,
		NULL } },
	{ is_long_path, { 414, "the URL's path is too long", NULL, NULL } },
	{ is_odd_path,
	    { 400, "the URL's path has characters or dots that name no place",
		NULL, NULL } },
};

static bool is_token(const char *name)
{
	static const char special[] = "!#$%&'*+-.^_`|~";
	const char *p = name;

	while (
	    str_is_alpha(*p) || str_is_digit(*p) || (*p && strchr(special, *p)))
		p++;
	return p > name && !*p;
}

static void look(struct seen *s)
{
	const struct evkeyvalq *fields =
	    evhttp_request_get_input_headers(s->request);
	const struct evkeyval *f = NULL;

	TAILQ_FOREACH(f, fields, next)
	{
		if (strcasecmp(f->key, "Content-Length") == 0) {
			s->lengths++;
			s->odd_lengths += !str_is_digit(*f->value);
		}
		s->hosts += strcasecmp(f->key, "Host") == 0;
		s->odd_names += !is_token(f->key);
		if (strcasecmp(f->key, "Transfer-Encoding") == 0) {
			s->codings++;
			s->coding = f->value;
		}
	}
}

const struct door_refusal *door_check_request(
    const struct connection *c, struct evhttp_request *request)
{
	const char *path =
	    evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
	struct seen seen = {
		.connection = c, .request = request, .path = path ? path : ""
	};

	look(&seen);
	for (size_t i = 0; i < COUNTOF(rules); i++)
		if (rules[i].broken(&seen))
			return &rules[i].refusal;
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/http.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <stdint.h>
#include <stdlib.h>

void http_init(struct http_request *r, size_t max_body)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->head, LIMIT_HEAD);
	buf_init(&r->body, max_body);
	r->max_body = max_body;
}

void http_release(struct http_request *r)
{
	buf_release(&r->head);
	buf_release(&r->body);
	free(r->target);
	r->target = NULL;
}

static void bad(struct http_request *r, int status, const char *why)
{
	r->state = HTTP_BAD;
	r->status = status;
	r->why = why;
	r->keep_alive = false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the `len` bytes at `s` are `word`, whatever the case. */
static bool is_word(const char *s, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++)
		if (!word[i] || lower(s[i]) != word[i])
			return false;
	return !word[len];
}

/* RFC 9110 5.6.2 */
static bool is_token(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!str_is_digit(s[i]) && !str_is_alpha(s[i]) &&
		    !(s[i] && strchr("!#$%&'*+-.^_`|~", s[i])))
			return false;
	return len > 0;
}

/* What is known while the head is read, field by field. */
struct head {
	struct http_request *r;
	bool has_length, chunked, close, stay;
	size_t length;
};

typedef void field_reader(struct head *h, const char *value, size_t len);

static void read_length(struct head *h, const char *value, size_t len)
{
	size_t n = 0;

	if (len == 0 || len > 15) {
		bad(h->r, 400, "Content-Length is no number");
		return;
	}
	for (size_t i = 0; i < len; i++) {
		if (!str_is_digit(value[i])) {
			bad(h->r, 400, "Content-Length is no number");
			return;
		}
		n = n * 10 + (size_t)(value[i] - '0');
	}
	if (h->has_length && h->length != n)
		bad(h->r, 400, "two different Content-Length fields");
	h->has_length = true;
	h->length = n;
}

static void read_coding(struct head *h, const char *value, size_t len)
{
	if (!is_word(value, len, "chunked") || h->chunked)
		bad(h->r, 501, "only the transfer coding 'chunked' is known");
	h->chunked = true;
}

static void read_type(struct head *h, const char *value, size_t len)
{
	size_t n = 0;

	while (n < len && value[n] != ';' && !str_is_space(value[n]) &&
	       n < sizeof(h->r->media_type) - 1) {
		h->r->media_type[n] = lower(value[n]);
		n++;
	}
	h->r->media_type[n] = '\0';
}

static void read_connection(struct head *h, const char *value, size_t len)
{
	if (is_word(value, len, "close"))
		h->close = true;
	else if (is_word(value, len, "keep-alive"))
		h->stay = true;
}

static void read_expect(struct head *h, const char *value, size_t len)
{
	if (is_word(value, len, "100-continue"))
		h->r->wants_continue = true;
	else
		bad(h->r, 417, "only the expectation '100-continue' is known");
}

static const struct field {
	const char *name; /* lower case */
	field_reader *read;
} fields[] = {
	{ "connection", read_connection },
	{ "content-length", read_length },
	{ "content-type", read_type },
	{ "expect", read_expect },
	{ "transfer-encoding", read_coding },
};

static void read_field(struct head *h, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	size_t name = colon ? (size_t)(colon - line) : 0;

	if (!colon || !is_token(line, name)) {
		bad(h->r, 400, "a header line that is none");
		return;
	}
	const char *value = colon + 1;
	const char *end = line + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	for (const char *p = value; p < end; p++)
		if ((unsigned char)*p < 0x20 && *p != '\t') {
			bad(h->r, 400, "a control character in the head");
			return;
		}
	for (size_t i = 0; i < COUNTOF(fields); i++)
		if (is_word(line, name, fields[i].name))
			fields[i].read(h, value, (size_t)(end - value));
}

/* "POST /path HTTP/1.1" */
static void read_start(struct head *h, const char *line, size_t len)
{
	struct http_request *r = h->r;
	const char *space = memchr(line, ' ', len);
	size_t method = space ? (size_t)(space - line) : 0;

	if (!space || !is_token(line, method) || method >= sizeof(r->method)) {
		bad(r, 400, "no HTTP request");
		return;
	}
	memcpy(r->method, line, method);
	r->method[method] = '\0';
	const char *target = space + 1;
	size_t rest = len - method - 1;
	space = memchr(target, ' ', rest);
	size_t n = space ? (size_t)(space - target) : 0;
	if (!space || *target != '/' || rest - n != sizeof(" HTTP/1.1") - 1 ||
	    memcmp(space, " HTTP/1.", 8) != 0) {
		bad(r, 400, "no HTTP/1.1 request");
		return;
	}
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)target[i] <= 0x20 || target[i] == 0x7f) {
			bad(r, 400, "a control character in the path");
			return;
		}
	h->stay = space[8] != '0';
	const char *query = memchr(target, '?', n);
	r->target = xstrndup(target, query ? (size_t)(query - target) : n);
}

static void after_head(struct head *h)
{
	struct http_request *r = h->r;

	r->keep_alive = h->stay && !h->close;
	if (h->chunked && h->has_length) {
		bad(r, 400, "Content-Length beside Transfer-Encoding");
	} else if (h->has_length && h->length > r->max_body) {
		bad(r, HTTP_TOO_LARGE, "the message is too large");
	} else if (h->chunked) {
		r->state = HTTP_CHUNK_SIZE;
	} else {
		r->left = h->length;
		r->state = r->left ? HTTP_BODY : HTTP_DONE;
	}
	if (r->state == HTTP_DONE)
		r->wants_continue = false;
}

static void read_head(struct http_request *r)
{
	struct head h = { .r = r };
	const char *line = r->head.ptr;
	const char *end = line + r->head.len - 2; /* the empty line */

	for (bool first = true; line < end && r->state != HTTP_BAD;
	     first = false) {
		const char *cr = memchr(line, '\r', (size_t)(end - line));
		if (!cr || cr[1] != '\n') {
			bad(r, 400, "a line that does not end in CRLF");
			return;
		}
		if (first)
			read_start(&h, line, (size_t)(cr - line));
		else
			read_field(&h, line, (size_t)(cr - line));
		line = cr + 2;
	}
	if (r->state != HTTP_BAD)
		after_head(&h);
}

/* Up to the empty line, byte by byte: heads are small. */
static size_t feed_head(struct http_request *r, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len && r->state == HTTP_HEAD) {
		char c = data[used++];
		/* RFC 9112 2.2: an empty line before the request is skipped */
		if (r->head.len == 0 && (c == '\r' || c == '\n'))
			continue;
		buf_addc(&r->head, c);
		if (r->head.overflow)
			bad(r, 431, "the head is too large");
		else if (c == '\n' && r->head.len >= 4 &&
			 memcmp(r->head.ptr + r->head.len - 4, "\r\n\r\n", 4) ==
			     0)
			read_head(r);
	}
	return used;
}

static size_t feed_bytes(struct http_request *r, const char *data, size_t len)
{
	size_t n = len < r->left ? len : r->left;

	buf_add(&r->body, data, n);
	r->left -= n;
	if (r->left == 0)
		r->state = r->state == HTTP_BODY ? HTTP_DONE : HTTP_CHUNK_END;
	return n;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, lower(c)) : NULL;
	return p ? (int)(p - digits) : -1;
}

/* "1a2b[;extension]" */
static void chunk_line(struct http_request *r)
{
	size_t n = 0, i = 0;

	for (; i < r->line_len && hex_digit(r->line[i]) >= 0; i++)
		n = n * 16 + (size_t)hex_digit(r->line[i]);
	if (i == 0 || i > 8 || (i < r->line_len && r->line[i] != ';')) {
		bad(r, 400, "a chunk's size is no number");
		return;
	}
	r->line_len = 0;
	if (n > r->max_body - r->body.len) {
		bad(r, HTTP_TOO_LARGE, "the message is too large");
		return;
	}
	r->left = n;
	r->state = n ? HTTP_CHUNK : HTTP_TRAILER;
}

/* A short line up to LF: a chunk's size, or the end of its bytes. */
static size_t feed_line(struct http_request *r, const char *data, size_t len)
{
	size_t used = 0;
	enum http_state state = r->state;

	while (used < len && r->state == state) {
		char c = data[used++];
		if (c == '\n' && state == HTTP_CHUNK_SIZE) {
			chunk_line(r);
		} else if (c == '\n') {
			r->line_len = 0;
			r->state = HTTP_CHUNK_SIZE;
		} else if (c != '\r' && (state == HTTP_CHUNK_END ||
					    r->line_len == sizeof(r->line))) {
			bad(r, 400, "a chunk that is none");
		} else if (c != '\r') {
			r->line[r->line_len++] = c;
		}
	}
	return used;
}

/* Field lines behind the last chunk are read away, within the head's cap. */
static size_t feed_trailer(struct http_request *r, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len && r->state == HTTP_TRAILER) {
		char c = data[used++];
		if (++r->trailer_len > LIMIT_HEAD)
			bad(r, 431, "the trailer is too large");
		else if (c == '\n' && r->line_len == 0)
			r->state = HTTP_DONE;
		else if (c == '\n')
			r->line_len = 0;
		else if (c != '\r')
			r->line_len = 1;
	}
	return used;
}

static size_t feed_some(struct http_request *r, const char *data, size_t len)
{
	switch (r->state) {
	case HTTP_HEAD:
		return feed_head(r, data, len);
	case HTTP_BODY:
	case HTTP_CHUNK:
		return feed_bytes(r, data, len);
	case HTTP_CHUNK_SIZE:
	case HTTP_CHUNK_END:
		return feed_line(r, data, len);
	case HTTP_TRAILER:
		return feed_trailer(r, data, len);
	case HTTP_DONE:
	case HTTP_BAD:
		return 0;
	}
	BUG("unknown http_state");
}

size_t http_feed(struct http_request *r, const char *data, size_t len)
{
	size_t used = 0;

	while (used < len) {
		size_t n = feed_some(r, data + used, len - used);
		if (n == 0)
			break;
		used += n;
		if (r->wants_continue)
			break;
	}
	return used;
}

static const struct phrase {
	int status;
	const char *text;
} phrases[] = {
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 405, "Method Not Allowed" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
};

void http_write_head(struct buf *to, int status, const char *media_type,
    size_t len, bool keep_alive, const char *extra)
{
	const char *text = "Answer";

	for (size_t i = 0; i < COUNTOF(phrases); i++)
		if (phrases[i].status == status)
			text = phrases[i].text;
	buf_addf(to, "HTTP/1.1 %d %s\r\n", status, text);
	if (*media_type)
		buf_addf(to, "Content-Type: %s\r\n", media_type);
	buf_addf(to, "Content-Length: %zu\r\n", len);
	if (!keep_alive)
		buf_adds(to, "Connection: close\r\n");
	buf_adds(to, extra);
	buf_adds(to, "\r\n");
}

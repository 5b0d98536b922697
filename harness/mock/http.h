/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_HTTP_H
#define MOCK_HTTP_H

#include "base/buf.h"

/*
 * HTTP/1.1 requests as the mock reads them (RFC 9112), from pieces of any size:
 * strict (no folded lines, no two lengths, no other transfer coding than
 * chunked), within caps, and with the head's exact bytes kept. evhttp gives
 * neither: it reads away what is too large and keeps no bytes.
 */
struct http_request {
	struct buf head; /* start line and fields, as on the wire */
	struct buf body; /* chunks put together */
	char method[16];
	char *target;	      /* path without its query, malloc'ed */
	char media_type[128]; /* without parameters, lower case */
	bool keep_alive;
	bool wants_continue; /* Expect: 100-continue, and nothing read yet */

	enum http_state {
		HTTP_HEAD,
		HTTP_BODY,
		HTTP_CHUNK_SIZE,
		HTTP_CHUNK,
		HTTP_CHUNK_END,
		HTTP_TRAILER,
		HTTP_DONE,
		HTTP_BAD, /* `status` says how, `why` in words */
	} state;
	int status;
	const char *why;
	/* The reader's own */
	size_t left, line_len, trailer_len, max_body;
	char line[32];
};

enum {
	HTTP_TOO_LARGE = 413
}; /* status of a body over `max_body` */

void http_init(struct http_request *r, size_t max_body);
void http_release(struct http_request *r);

/*
 * Takes what it can use of `len` bytes and returns how many; it stops at
 * HTTP_DONE and HTTP_BAD, and behind the head of a request that waits for
 * "100 Continue".
 */
size_t http_feed(struct http_request *r, const char *data, size_t len);

/* An answer's head; `extra` are further field lines with CRLF, or "". */
void http_write_head(struct buf *to, int status, const char *media_type,
    size_t len, bool keep_alive, const char *extra);

#endif

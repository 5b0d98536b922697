/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_RAW_H
#define MOCK_RAW_H

#include "base/buf.h"

#include <stdint.h>

/*
 * An answer that no HTTP library would write: exactly these bytes, at this
 * pace, and then this end. It goes around evhttp, which has read the request
 * and knows nothing of what comes back; the connection ends with it.
 */
enum raw_end {
	RAW_CLOSE,  /* in order: TLS close_notify, then TCP's FIN */
	RAW_ABRUPT, /* FIN alone */
	RAW_RESET,  /* RST */
	RAW_STALL,  /* nothing more, as long as the client likes to listen */
};

struct raw {
	struct buf bytes;
	size_t head;	 /* how many of them are the answer's head */
	uint64_t filler; /* so many spaces behind the bytes */
	size_t pace;	 /* bytes in RAW_INTERVAL_MS; 0 = all at once */
	enum raw_end end;
};
enum {
	RAW_INTERVAL_MS = 100,
};

struct raw *raw_new(enum raw_end end);
void raw_free(struct raw *raw);

/* ---- Sending: connection.c alone */

struct server;
struct evhttp_connection;

/* Takes over `raw`, and the connection until somebody ends it. */
void raw_send(
    struct server *s, struct evhttp_connection *evcon, struct raw *raw);

#endif

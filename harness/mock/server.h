/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_SERVER_H
#define MOCK_SERVER_H

#include "mock/keeper.h"

#include <event2/event.h>
#include <openssl/ssl.h>

/*
 * Connections and TLS on 127.0.0.1, with evhttp for HTTP. One event loop:
 * requests are read here, judged by the keeper, and answered here. What
 * happened is told to two functions, which keep the journal. What evhttp
 * refuses by itself (no HTTP, a head or a body over its cap) is told to nobody.
 */
struct told_exchange {
	struct job *job;
	const struct tls_facts *tls;
	const struct buf *head; /* of the answer; empty = none left */
	bool lost;		/* the client had gone */
};

struct server_options {
	struct event_base *base;
	SSL_CTX *tls;	 /* stays the caller's; its info callback is taken */
	unsigned port;	 /* 0 = any */
	bool keep_heads; /* the exact bytes of each request's head */
	const struct world *world;
	const struct receive_context *receive;
	void *ctx;
	void (*exchanged)(void *ctx, const struct told_exchange *x);
	/* A handshake that failed; alert -1 = none was sent or received. */
	void (*refused)(void *ctx, int alert, const char *reason);
};

struct server;
struct server *server_start(
    const struct server_options *options, struct err *err);
unsigned server_port(const struct server *s);
/* Closes everything; before the event base and the archive go. */
void server_stop(struct server *s);

#endif

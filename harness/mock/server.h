/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_SERVER_H
#define MOCK_SERVER_H

#include "mock/keeper.h"

#include <event2/event.h>
#include <openssl/ssl.h>

/*
 * Connections and TLS on 127.0.0.1, with evhttp for HTTP. One event loop:
 * requests are read here, judged by the keeper, and answered here. What
 * happened is told to three functions, which keep the journal. So is what no
 * judge ever sees: no HTTP, caps crossed, a client that is too slow or goes
 * away in the middle (its job has `from` NULL and as much as came). Of each
 * kind of such trouble LIMIT_MOCK_TOLD are told one by one within
 * LIMIT_MOCK_TOLD_MS; the others are counted and told in one sentence.
 */
enum trouble {
	TROUBLE_TLS,	    /* no handshake */
	TROUBLE_UNREADABLE, /* no HTTP, or it ended in the middle */
	TROUBLE_SLOW,	    /* a head, a body or an answer took too long */
	TROUBLE_FULL,	    /* ended to make room for others */
};
#define TROUBLE_COUNT 4

struct told_exchange {
	struct job *job;
	const struct tls_facts *tls;
	const struct buf *head; /* of the answer; empty = none left */
	bool lost;		/* the client had gone */
};

struct server_options {
	struct event_base *base;
	SSL_CTX *tls;  /* stays the caller's; its info callback is taken */
	unsigned port; /* 0 = any */
	/* For a handshake, a head, the first second of a body or an answer; 0 =
	 * LIMIT_MOCK_PATIENCE_MS. */
	unsigned patience_ms;
	size_t connections; /* at once; 0 = LIMIT_MOCK_CONNECTIONS */
	size_t held;	    /* bytes of all; 0 = LIMIT_MOCK_HELD */
	const struct fault_list *faults;
	const struct tls_faults *tls_faults; /* NULL = none */
	bool case_faults; /* a message may ask for one (FAULT_FIELD) */
	const struct world *world;
	const struct receive_context *receive;
	void *ctx;
	void (*exchanged)(void *ctx, const struct told_exchange *x);
	/* A handshake that failed; alert -1 = none was sent or received. */
	void (*refused)(void *ctx, int alert, const char *reason);
	/* So many more of the same. */
	void (*counted)(void *ctx, enum trouble trouble, unsigned more);
};

struct server;
struct server *server_start(
    const struct server_options *options, struct err *err);
unsigned server_port(const struct server *s);
/* Closes everything; before the event base and the archive go. */
void server_stop(struct server *s);

#endif

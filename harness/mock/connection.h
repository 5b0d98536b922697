/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_CONNECTION_H
#define MOCK_CONNECTION_H

#include "mock/server.h"

#include "net/tls.h"

#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <sys/queue.h>

/* Shared by server.c (TLS and the listening socket), door.c (who is turned
 * away) and connection.c (one client's requests). */

/* Where a connection is; door.c knows how long it may stay there. */
enum phase {
	PHASE_HANDSHAKE,
	PHASE_IDLE, /* no byte of a request has come */
	PHASE_HEAD,
	PHASE_BODY,
	PHASE_WAITING, /* the keeper has its request */
	PHASE_ANSWER,  /* an answer is on its way out */
	PHASE_STALLED, /* it gets none, on purpose */
	PHASE_LEAVING, /* it was turned away: its last words go out */
};
#define PHASE_COUNT 8

struct connection {
	LIST_ENTRY(connection) link;
	struct server *server; /* NULL = it has ended */
	struct bufferevent *bev;
	bool secured;
	bool surplus; /* over the cap: its first request hears so */
	int alert;
	unsigned long why; /* the handshake failed: OpenSSL's code */
	struct tls_facts tls;
	bool has_organisation;
	char organisation[128]; /* of the client certificate */
	enum phase phase;
	int64_t since;	/* when the phase began, monotonic */
	size_t moved;	/* bytes in this phase, in its direction */
	size_t in, out; /* bytes held: of the request, of answers */
	/* Of the request that is read: */
	struct buf head;
	bool head_whole;
	int64_t started;
	struct buf own; /* what evhttp answered by itself */
};

/* One kind of trouble with clients: the first few are told one by one. */
struct tally {
	int64_t since; /* monotonic */
	unsigned told, more;
};

struct server {
	struct server_options o;
	struct keeper *keeper;
	struct event *done; /* the keeper's */
	struct evhttp *http;
	struct evconnlistener *listener; /* evhttp's; NULL = we are ending */
	struct event *tick;		 /* door.c's */
	struct tally tallies[TROUBLE_COUNT];
	size_t cap;	   /* of connections */
	size_t kept_bytes; /* with the keeper */
	int tls_slot;	   /* ends a connection with its SSL */
	unsigned port;
	size_t open; /* connections and lingering descriptors */
	uint64_t requests, handshakes;
	LIST_HEAD(connections, connection) connections;
	LIST_HEAD(lingers, lingering) lingers;
	LIST_HEAD(delays, delay) delays;
};

/* One more, or one less: above cap and surplus nobody is let in. */
void server_count(struct server *s, int change);

/*
 * Keeps a copy of `fd` open, written out (SHUT_WR), and reads away what still
 * comes, until the client closes or LIMIT_MOCK_LINGER_MS are over: closing at
 * once would make the kernel send a reset that overtakes our last bytes.
 */
void server_linger(struct server *s, int fd);

/*
 * What hangs on a connection lives as long as its SSL, for libevent tells
 * nobody of a connection that ends before its first request. The exact bytes
 * of a request's head are copied as they arrive, since evhttp keeps none.
 */
void connection_set_up(struct server *s);
/* At the end: those still open forget the server. */
void connection_abandon_all(struct server *s);
/* evhttp's, `server` as arg: a socket for a new client; a whole request. */
struct bufferevent *connection_new(struct event_base *base, void *server);
void connection_request(struct evhttp_request *request, void *server);
void connection_enter(struct connection *c, enum phase phase);
/* TLS facts, once there are any. */
void connection_learn(struct connection *c);
/* Where a request's or an answer's head ends; 0 = not in these bytes. */
size_t connection_head_length(const struct buf *b);
/* A job came back from the keeper: it is answered, or a fault delays it. */
void connection_answer(struct server *s, struct job *job);
/* At the end: nobody waits any longer. */
void connection_hurry_all(struct server *s);

#endif

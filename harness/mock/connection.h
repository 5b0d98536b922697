/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_CONNECTION_H
#define MOCK_CONNECTION_H

#include "mock/server.h"

#include <event2/http.h>
#include <event2/listener.h>
#include <sys/queue.h>

/* Shared by server.c (who may come in, who is sent away) and connection.c (one
 * client's requests). */
struct server {
	struct server_options o;
	struct keeper *keeper;
	struct event *done; /* the keeper's */
	struct evhttp *http;
	struct evconnlistener *listener; /* evhttp's; NULL = we are ending */
	int tls_slot;			 /* ends a connection with its SSL */
	unsigned port;
	size_t open; /* connections and lingering descriptors */
	uint64_t requests;
	LIST_HEAD(connections, connection) connections;
	LIST_HEAD(lingers, lingering) lingers;
};

/* One more, or one less: above the cap nobody is let in. */
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
/* A job came back from the keeper. */
void connection_answer(struct server *s, struct job *job);

#endif

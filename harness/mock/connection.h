/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_CONNECTION_H
#define MOCK_CONNECTION_H

#include "mock/server.h"

#include <event2/listener.h>
#include <sys/queue.h>

/* Shared by server.c (who may come in, who is sent away) and connection.c (one
 * client's requests). */
struct server {
	struct server_options o;
	struct keeper *keeper;
	struct event *done; /* the keeper's */
	struct evconnlistener *listener;
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
void server_linger_end_all(struct server *s);

void connection_open(struct server *s, int fd);
/* At the end: every client is let go, then, when the keeper's jobs are
 * told, what is left is freed. */
void connection_abandon_all(struct server *s);
void connection_free_all(struct server *s);
/* A job came back from the keeper. */
void connection_answer(struct job *job);
/* The info callback of the server's SSL_CTX. */
void connection_tls_info(const SSL *ssl, int where, int value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_HOUSE_H
#define TESTS_HOUSE_H

#include "mock/door.h"

#include <pthread.h>

/* What tests of the mock's server share: a server in a thread of its own and
 * clients that send it bytes. */

/* A server of the mock's, in a thread of its own, and what it told last. */
struct house {
	struct dialect *dialect;
	struct archive *archive;
	struct fault_list faults;
	struct world world;
	struct receive_context receive;
	struct event_base *base;
	SSL_CTX *tls, *client;
	struct server *server;
	pthread_t thread;
	int stop;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t news;
	unsigned told, refused, counted;
	int status;
	bool lost;
	char trouble[256], reason[256];
	struct buf head, answer_head, answer;
};

void house_open(struct house *h, unsigned patience_ms, size_t connections);
void house_open_with(struct house *h, struct server_options options);
void house_close(struct house *h);
/* Until `*what` is `wanted`; fails after ten seconds. */
void house_await(struct house *h, const unsigned *what, unsigned wanted);

int house_connect(const struct house *h); /* TCP alone */
SSL *house_connect_tls(const struct house *h);
void house_hang_up(SSL *ssl);
/* To the end of the stream; ten seconds of silence fail. */
void house_read_all(SSL *ssl, struct buf *to);
void house_read_until(SSL *ssl, struct buf *to, const char *wanted);
unsigned house_count(const struct buf *in, const char *what);

#define HOST  "Host: localhost\r\n"
#define XML   "Content-Type: text/xml\r\n"
#define CLOSE "Connection: close\r\n"
#define POST  "POST / HTTP/1.1\r\n" HOST XML

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SENDING_H
#define TESTS_SENDING_H

#include "check/target.h"
#include "net/client.h"
#include "tlsserver.h"

/* One exchange between a client and a server of tlsserver.h. */
struct setting {
	struct tlsserver_options server;
	const struct identity *identity;
	const char *ca;	 /* NULL = the right one */
	const char *url; /* NULL = the server's */
	unsigned exchange_ms;
	bool probe;
	const char *soap_action;
};

#define OK_HEAD	  "HTTP/1.1 200 OK\r\nContent-Type: Text/XML; charset=utf-8\r\n"
#define OK_ANSWER OK_HEAD "Content-Length: 4\r\n\r\n<b/>"

/* Mutual TLS with the test PKI; the body sent is <a/>. */
struct setting sending_usual(const char *reply, enum tlsserver_then then);
struct client *sending_client(const struct setting *s);
void sending_with(struct client *c, const struct setting *s, unsigned port,
    struct exchange *x);
/* With a server and a client of its own. */
void sending_once(const struct setting *s, struct exchange *x);
void sending_expect(const struct setting *s, enum ending ending);

/* The right identity; NULL before sending_setup. */
const struct identity *sending_identity(void);

/* For cmocka's group. */
int sending_setup(void **state);
int sending_teardown(void **state);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_TLSSERVER_H
#define TESTS_TLSSERVER_H

#include <stddef.h>

/*
 * A server on 127.0.0.1 for tests of the client: speaks TLS honestly, then
 * answers each request with given bytes and misbehaves as told. One thread for
 * each connection; tlsserver_stop ends all of them.
 */
enum tlsserver_then {
	THEN_KEEP,  /* waits for the next request */
	THEN_CLOSE, /* says close_notify and closes */
	THEN_RESET, /* a TCP reset */
	THEN_STALL, /* says nothing more until it is stopped */
};

struct tlsserver_options {
	const char *certificate, *key; /* PEM */
	const char *client_ca;	       /* asks for a certificate; NULL = not */
	int max_version;	       /* TLS1_2_VERSION; 0 = the newest */
	const char *reply;	       /* raw bytes of the answer */
	size_t len;
	enum tlsserver_then then;
	unsigned honest;     /* this many answers are "ok" and kept first */
	int reset_at_accept; /* once the client has said hello */
};

struct tlsserver;

struct tlsserver *tlsserver_start(const struct tlsserver_options *options);
unsigned tlsserver_port(const struct tlsserver *s);
unsigned tlsserver_requests(struct tlsserver *s);    /* received whole */
unsigned tlsserver_connections(struct tlsserver *s); /* accepted */
/* The last request as it came; valid until the next. */
const char *tlsserver_request(struct tlsserver *s);
void tlsserver_stop(struct tlsserver *s);

/* The cached test PKI, in a cache of the tests' own below build/. */
const char *test_pki(void);
/* DIR/NAME of it, in one of a few static buffers. */
const char *test_pki_file(const char *name);

#endif

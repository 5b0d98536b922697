/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CLIENT_H
#define NET_CLIENT_H

#include "base/clock.h"
#include "check/guard.h"
#include "net/tls.h"

/*
 * Sends cleared messages over mutual TLS and says exactly what happened. One
 * client belongs to one thread; it keeps its connection for the next message.
 *
 * - the target's CA file is a real pin: the system's CAs do not count;
 * - no Expect: 100-continue, no redirect followed, no proxy, HTTP/1.1;
 * - the answer has caps (LIMIT_HEAD, LIMIT_MESSAGE) and a deadline;
 * - TLS 1.3 lets the client finish its handshake before the server refuses its
 *   certificate, so that a reset can overtake the alert: a connection that
 *   broke without an alert before any answer is probed once more (a handshake
 *   without a body) to find out why;
 * - nothing is ever sent twice here: what a lost answer means is the runner's.
 */
struct client;

struct client_options {
	const char *ca;	 /* PEM */
	const char *crl; /* PEM or DER: the server's certificate must not be in
			    it (net/crl.h); NULL = not checked */
	const struct identity *identity; /* empty = no client certificate */
	unsigned connect_ms, exchange_ms;
	bool plain; /* http and nothing else: for a cleared validation request
		       (check/guard.h); needs no CA file */
};

struct client *client_new(
    const struct client_options *options, struct err *err);
void client_free(struct client *c);

/*
 * Sends, and fills ending, http_status, request head and body, response, tls,
 * timing, media_type, trouble and remark of `x` (exchange_init before). The
 * request's head is empty when no byte of it left; its body is always there.
 * Every failure of the peer or the network is an ending, not an error; -1 only
 * when the harness itself is broken (ERR_INTERNAL).
 */
NODISCARD int net_send(struct client *c, const struct cleared_message *m,
    const struct world *world, struct exchange *x, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_DOOR_H
#define MOCK_DOOR_H

#include "mock/connection.h"

/*
 * Who may stay. Four times a second each connection is looked at: whoever takes
 * longer than the patience for a handshake or a head, or longer than patience
 * and LIMIT_MOCK_RATE together for a body or an answer, is turned away, in
 * HTTP's own form (408) where a request has begun. When all connections hold
 * more than LIMIT_MOCK_HELD bytes, those that hold most go (503). When there
 * are too many connections, the one that has kept us waiting longest goes; and
 * where that is none, the new one hears 503 with Retry-After.
 */

/* How many connections: LIMIT_MOCK_CONNECTIONS, or what the descriptors that
 * this process may have allow (it asks for as many as it needs). */
size_t door_cap(void);
void door_open(struct server *s);
/* Tells what was only counted so far. */
void door_close(struct server *s);

/* A new connection: makes room for it, or marks it as surplus. */
void door_admit(struct connection *c);

/* What a request that breaks RFC 9112 or our caps is answered; NULL = fine. */
struct door_refusal {
	int status;
	const char *why, *field, *field_value;
};
const struct door_refusal *door_check_request(
    const struct connection *c, struct evhttp_request *request);
/* The same as an answer of ours. */
void door_refuse(struct received *r, const struct door_refusal *why);

/* The connection ends: tells of it when that was not as it should be. */
void door_leave(struct connection *c);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/raw.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "mock/connection.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	FILLER_PIECE = 65536,
	/* What was sent should be read before a reset overtakes it. */
	RESET_WAIT_MS = 100,
};

struct sending {
	struct evhttp_connection *evcon;
	struct bufferevent *bev;
	struct raw *raw;
	struct event *pause;
	size_t sent;	 /* of the bytes */
	uint64_t filled; /* of the filler */
	bool resetting;
};

struct raw *raw_new(enum raw_end end)
{
	struct raw *raw = xcalloc(1, sizeof(*raw));

	raw->end = end;
	buf_init(&raw->bytes, LIMIT_MESSAGE + LIMIT_MIB(4));
	return raw;
}

void raw_free(struct raw *raw)
{
	if (!raw)
		return;
	buf_release(&raw->bytes);
	free(raw);
}

/* Whoever ends the connection: the sending ends with it. */
static void on_close(struct evhttp_connection *evcon, void *sending)
{
	struct sending *s = sending;

	(void)evcon;
	if (s->raw->end != RAW_ABRUPT)
		SSL_shutdown(bufferevent_openssl_get_ssl(s->bev));
	ERR_clear_error();
	event_free(s->pause);
	raw_free(s->raw);
	free(s);
}

static void end(struct sending *s)
{
	evhttp_connection_free(s->evcon);
}

/* Dissolving a TCP connection resets it at once. */
static void reset(struct sending *s)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	(void)connect(bufferevent_getfd(s->bev), &nobody, sizeof(nobody));
	end(s);
}

static void wait_ms(struct sending *s, int ms)
{
	const struct timeval time = {
		.tv_sec = ms / 1000,
		.tv_usec = (ms % 1000) * 1000,
	};

	event_add(s->pause, &time);
}

static void finish(struct sending *s)
{
	switch (s->raw->end) {
	case RAW_CLOSE:
	case RAW_ABRUPT:
		end(s);
		return;
	case RAW_RESET:
		s->resetting = true;
		if (s->sent > 0)
			wait_ms(s, RESET_WAIT_MS);
		else
			reset(s);
		return;
	case RAW_STALL:
		return;
	}
	BUG("unknown raw_end");
}

static void fill(struct sending *s)
{
	char spaces[FILLER_PIECE];
	uint64_t left = s->raw->filler - s->filled;
	size_t n = left < sizeof(spaces) ? (size_t)left : sizeof(spaces);

	memset(spaces, ' ', n);
	s->filled += n;
	bufferevent_write(s->bev, spaces, n);
}

/* The next piece, when the one before has left. */
static void go_on(struct sending *s)
{
	const struct raw *raw = s->raw;
	size_t n = raw->bytes.len - s->sent;

	if (raw->pace && n > raw->pace)
		n = raw->pace;
	if (n > 0) {
		bufferevent_write(s->bev, raw->bytes.ptr + s->sent, n);
		s->sent += n;
	} else if (s->filled < raw->filler) {
		fill(s);
	} else {
		finish(s);
	}
}

static void on_written(struct bufferevent *bev, void *sending)
{
	struct sending *s = sending;

	(void)bev;
	if (s->raw->pace && s->sent < s->raw->bytes.len)
		wait_ms(s, RAW_INTERVAL_MS);
	else
		go_on(s);
}

static void on_pause(evutil_socket_t fd, short events, void *sending)
{
	struct sending *s = sending;

	(void)fd;
	(void)events;
	if (s->resetting)
		reset(s);
	else
		go_on(s);
}

/* The client has gone, or its connection is broken. */
static void on_event(struct bufferevent *bev, short events, void *sending)
{
	(void)bev;
	(void)events;
	end(sending);
}

void raw_send(
    struct server *server, struct evhttp_connection *evcon, struct raw *raw)
{
	struct sending *s = xcalloc(1, sizeof(*s));

	s->evcon = evcon;
	s->bev = evhttp_connection_get_bufferevent(evcon);
	s->raw = raw;
	s->pause = event_new(server->o.base, -1, 0, on_pause, s);
	evhttp_connection_set_closecb(evcon, on_close, s);
	bufferevent_setcb(s->bev, NULL, on_written, on_event, s);
	bufferevent_set_timeouts(s->bev, NULL, NULL);
	bufferevent_setwatermark(s->bev, EV_READ, 0, 0);
	bufferevent_enable(s->bev, EV_READ | EV_WRITE);
	go_on(s);
}

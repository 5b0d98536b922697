/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/door.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/resource.h>

#define TICK_US	      250000
#define OTHER_FILES   64 /* the archive's, the run folder's … */
#define LAST_WORDS_MS 2000

static const struct door_refusal
    slow_head = { 408, "the request's head did not come in time", NULL, NULL },
    slow_body = { 408, "the request's body came too slowly", NULL, NULL },
    slow_reader = { 0, "the client read its answer too slowly", NULL, NULL },
    held_too_much = { 503, "too many bytes are on their way at once",
	    "Retry-After", "1" },
    too_many = { 503, "too many connections", "Retry-After", "1" };

/* ---- What is told */

static bool may_tell(struct server *s, enum trouble trouble)
{
	struct tally *t = &s->tallies[trouble];

	if (t->told == LIMIT_MOCK_TOLD) {
		t->more++;
		return false;
	}
	if (t->told == 0)
		t->since = clock_monotonic();
	t->told++;
	return true;
}

static void tell_more(struct server *s, int64_t over)
{
	for (int i = 0; i < TROUBLE_COUNT; i++) {
		struct tally *t = &s->tallies[i];
		if (t->since > over)
			continue;
		if (t->more)
			s->o.counted(s->o.ctx, (enum trouble)i, t->more);
		*t = (struct tally){ 0 };
	}
}

void door_refuse(struct received *r, const struct door_refusal *why)
{
	buf_init(&r->answer, LIMIT_HEAD);
	r->outcome = OUTCOME_UNREADABLE;
	r->status = why->status;
	r->field = why->field;
	r->field_value = why->field_value;
	r->unread = true; /* no judge looks at its body */
	str_copy(r->trouble, sizeof(r->trouble), why->why);
	if (!why->status)
		return;
	buf_addf(&r->answer, "%s\n", why->why);
	str_copy(
	    r->media_type, sizeof(r->media_type), "text/plain; charset=utf-8");
}

/* A request that never became one: as much of it as came. `head` is that of
 * the answer, its body already in `r`. */
static void tell_request(struct connection *c, enum trouble trouble,
    struct received *r, const struct buf *head)
{
	struct server *s = c->server;
	struct job *job = NULL;

	if (!may_tell(s, trouble)) {
		received_release(r);
		return;
	}
	job = xcalloc(1, sizeof(*job));
	job->number = ++s->requests;
	job->started = c->started;
	job->method = "-";
	job->path = xstrdup("");
	job->received = *r;
	buf_init(&job->head, LIMIT_HEAD);
	buf_add(&job->head, c->head.ptr, c->head.len);
	const struct told_exchange x = { job, &c->tls, head, r->status == 0 };
	s->o.exchanged(s->o.ctx, &x);
	job_free(job);
}

/* evhttp's own refusal, as its bytes were. */
static void tell_own(struct connection *c)
{
	size_t len = connection_head_length(&c->own);
	struct buf head = BUF_INIT(LIMIT_HEAD);
	struct received r = { 0 };
	struct door_refusal why = { 0 };
	const char *code = memchr(c->own.ptr, ' ', c->own.len);

	why.status = code ? (int)strtol(code, NULL, 10) : 0;
	why.why = why.status == 413
		      ? "the body is too large, or its chunks make no sense"
		      : "no HTTP request that can be read";
	door_refuse(&r, &why);
	buf_clear(&r.answer);
	buf_add(&head, c->own.ptr, len);
	buf_add(&r.answer, c->own.ptr + len, c->own.len - len);
	str_copy(r.media_type, sizeof(r.media_type), "text/html");
	tell_request(c, TROUBLE_UNREADABLE, &r, &head);
	buf_release(&head);
}

static void tell_without_answer(
    struct connection *c, enum trouble trouble, const char *why)
{
	static const struct buf none = BUF_INIT(0);
	const struct door_refusal refusal = { 0, why, NULL, NULL };
	struct received r = { 0 };

	door_refuse(&r, &refusal);
	tell_request(c, trouble, &r, &none);
}

static void tell_tls(struct connection *c)
{
	struct server *s = c->server;
	const char *why = c->why ? ERR_reason_error_string(c->why) : NULL;

	if (may_tell(s, TROUBLE_TLS))
		s->o.refused(s->o.ctx, c->alert,
		    why ? why
			: "the client closed the connection or kept silent");
}

void door_leave(struct connection *c)
{
	if (!c->secured)
		tell_tls(c);
	else if (c->own.len > 0)
		tell_own(c);
	else if (c->phase == PHASE_HEAD || c->phase == PHASE_BODY)
		tell_without_answer(c, TROUBLE_UNREADABLE,
		    "the client went away in the middle of its request");
}

/* ---- Turning away */

/* libevent takes a connection apart one turn of its loop after it has ended:
 * until then it is listed, and nobody is behind it. */
static bool has_ended(const struct connection *c)
{
	bufferevent_event_cb gone = NULL;

	bufferevent_getcb(c->bev, NULL, NULL, &gone, NULL);
	return !gone;
}

/* As evhttp ends a connection whose time is over. */
static void end(struct connection *c)
{
	bufferevent_event_cb gone = NULL;
	void *evhttp = NULL;

	bufferevent_getcb(c->bev, NULL, NULL, &gone, &evhttp);
	if (gone)
		gone(c->bev, BEV_EVENT_READING | BEV_EVENT_TIMEOUT, evhttp);
}

static void on_said(struct bufferevent *bev, void *evhttp)
{
	struct connection *c =
	    SSL_get_app_data(bufferevent_openssl_get_ssl(bev));

	(void)evhttp;
	SSL_shutdown(bufferevent_openssl_get_ssl(bev));
	ERR_clear_error();
	if (c->server)
		server_linger(c->server, bufferevent_getfd(bev));
	end(c);
}

/* Its last words; the connection ends when they are out, or soon after. */
static void say_goodbye(
    struct connection *c, const struct received *r, const struct buf *head)
{
	bufferevent_event_cb gone = NULL;
	void *evhttp = NULL;

	bufferevent_getcb(c->bev, NULL, NULL, &gone, &evhttp);
	connection_enter(c, PHASE_LEAVING);
	bufferevent_disable(c->bev, EV_READ);
	bufferevent_setcb(c->bev, NULL, on_said, gone, evhttp);
	bufferevent_write(c->bev, head->ptr, head->len);
	bufferevent_write(c->bev, r->answer.ptr, r->answer.len);
	bufferevent_enable(c->bev, EV_WRITE);
}

static void write_head(struct buf *head, const struct received *r)
{
	buf_addf(head, "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n", r->status,
	    r->status == 408 ? "Request Timeout" : "Service Unavailable",
	    r->media_type);
	if (r->field)
		buf_addf(head, "%s: %s\r\n", r->field, r->field_value);
	buf_addf(head, "Connection: close\r\nContent-Length: %zu\r\n\r\n",
	    r->answer.len);
}

static void turn_away(
    struct connection *c, enum trouble trouble, const struct door_refusal *why)
{
	struct received r = { 0 };
	struct buf head = BUF_INIT(LIMIT_HEAD);

	connection_learn(c);
	if (!why->status) {
		tell_without_answer(c, trouble, why->why);
		end(c);
		return;
	}
	door_refuse(&r, why);
	write_head(&head, &r);
	say_goodbye(c, &r, &head);
	tell_request(c, trouble, &r, &head);
	buf_release(&head);
}

/* ---- Time */

/* Microseconds from the phase's begin, or INT64_MAX. */
static int64_t time_for(const struct connection *c)
{
	int64_t patience = c->server->o.patience_ms * INT64_C(1000);
	int64_t by_rate =
	    (int64_t)c->moved * 1000000 / (int64_t)LIMIT_MOCK_RATE;

	switch (c->phase) {
	case PHASE_HANDSHAKE:
	case PHASE_HEAD:
		return patience;
	case PHASE_BODY:
	case PHASE_ANSWER:
		return patience + by_rate;
	case PHASE_LEAVING:
		return LAST_WORDS_MS * INT64_C(1000);
	case PHASE_IDLE: /* evhttp's */
	case PHASE_WAITING:
	case PHASE_STALLED:
		return INT64_MAX;
	}
	return INT64_MAX;
}

static void lose_patience(struct connection *c)
{
	switch (c->phase) {
	case PHASE_HEAD:
		turn_away(c, TROUBLE_SLOW, &slow_head);
		break;
	case PHASE_BODY:
		turn_away(c, TROUBLE_SLOW, &slow_body);
		break;
	case PHASE_ANSWER:
		turn_away(c, TROUBLE_SLOW, &slow_reader);
		break;
	case PHASE_HANDSHAKE:
	case PHASE_LEAVING:
	case PHASE_IDLE:
	case PHASE_WAITING:
	case PHASE_STALLED:
		end(c);
		break;
	}
}

static void look_at_times(struct server *s, int64_t now)
{
	struct connection *c = LIST_FIRST(&s->connections);

	while (c) {
		struct connection *next = LIST_NEXT(c, link);
		if (now - c->since > time_for(c) && !has_ended(c))
			lose_patience(c);
		c = next;
	}
}

/* ---- Bytes */

static bool may_go(const struct connection *c)
{
	return (c->phase == PHASE_HEAD || c->phase == PHASE_BODY ||
		   c->phase == PHASE_ANSWER) &&
	       !has_ended(c);
}

static size_t all_held(const struct server *s)
{
	const struct connection *c = NULL;
	size_t held = s->kept_bytes;

	LIST_FOREACH(c, &s->connections, link)
	held += has_ended(c) ? 0 : c->in + c->out;
	return held;
}

static struct connection *holds_most(const struct server *s)
{
	struct connection *c = NULL, *most = NULL;

	LIST_FOREACH(c, &s->connections, link)
	if (may_go(c) && (!most || c->in + c->out > most->in + most->out))
		most = c;
	return most;
}

static void look_at_bytes(struct server *s)
{
	struct connection *c = NULL;

	while (all_held(s) > s->o.held && (c = holds_most(s))) {
		c->in = 0; /* in the counts it is gone */
		if (c->phase != PHASE_ANSWER) {
			turn_away(c, TROUBLE_FULL, &held_too_much);
			continue;
		}
		const struct door_refusal cut = { 0, held_too_much.why, NULL,
			NULL };
		turn_away(c, TROUBLE_FULL, &cut);
	}
}

/* ---- Connections */

size_t door_cap(void)
{
	const rlim_t wanted =
	    LIMIT_MOCK_CONNECTIONS + LIMIT_MOCK_SURPLUS + OTHER_FILES;
	const rlim_t spare = LIMIT_MOCK_SURPLUS + OTHER_FILES;
	struct rlimit have;

	if (getrlimit(RLIMIT_NOFILE, &have) < 0)
		return LIMIT_MOCK_CONNECTIONS;
	if (have.rlim_cur < wanted) {
		have.rlim_cur = wanted < have.rlim_max ? wanted : have.rlim_max;
		setrlimit(RLIMIT_NOFILE, &have);
	}
	if (have.rlim_cur >= wanted)
		return LIMIT_MOCK_CONNECTIONS;
	return have.rlim_cur > 2 * spare ? have.rlim_cur - spare
					 : have.rlim_cur / 2;
}

/* Of those that we wait for, the one that has kept us waiting longest. */
static struct connection *waited_longest(const struct server *s)
{
	struct connection *c = NULL, *longest = NULL;

	LIST_FOREACH(c, &s->connections, link)
	if ((c->phase == PHASE_HANDSHAKE || c->phase == PHASE_IDLE ||
		c->phase == PHASE_HEAD) &&
	    !has_ended(c) && (!longest || c->since < longest->since))
		longest = c;
	return longest;
}

void door_admit(struct connection *c)
{
	struct server *s = c->server;
	struct connection *other = NULL;

	if (s->open < s->cap)
		return;
	other = waited_longest(s);
	c->surplus = !other;
	if (!other)
		return;
	if (other->phase == PHASE_HEAD) {
		turn_away(other, TROUBLE_FULL, &too_many);
		return;
	}
	/* Keep-alive ends when either side likes (RFC 9112 9.6): counted */
	s->tallies[TROUBLE_FULL].more++;
	end(other);
}

/* ---- The tick */

static void on_tick(evutil_socket_t fd, short events, void *arg)
{
	struct server *s = arg;
	int64_t now = clock_monotonic();

	(void)fd;
	(void)events;
	look_at_times(s, now);
	look_at_bytes(s);
	tell_more(s, now - LIMIT_MOCK_TOLD_MS * INT64_C(1000));
}

void door_open(struct server *s)
{
	const struct timeval often = { .tv_usec = TICK_US };

	if (!s->o.patience_ms)
		s->o.patience_ms = LIMIT_MOCK_PATIENCE_MS;
	if (!s->o.held)
		s->o.held = LIMIT_MOCK_HELD;
	s->tick = event_new(s->o.base, -1, EV_PERSIST, on_tick, s);
	event_add(s->tick, &often);
}

void door_close(struct server *s)
{
	if (!s->tick)
		return;
	event_free(s->tick);
	s->tick = NULL;
	tell_more(s, INT64_MAX);
}

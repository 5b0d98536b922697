/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/connection.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/guard.h"
#include "mock/door.h"
#include "mock/fault-tls.h"
#include "mock/raw.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct bufferevent *socket_of(struct evhttp_request *request)
{
	return evhttp_connection_get_bufferevent(
	    evhttp_request_get_connection(request));
}

static struct connection *connection_of(struct bufferevent *bev)
{
	return SSL_get_app_data(bufferevent_openssl_get_ssl(bev));
}

/* ---- From the first byte to the last */

void connection_enter(struct connection *c, enum phase phase)
{
	c->phase = phase;
	c->since = clock_monotonic();
	c->moved = 0;
}

/* RFC 9112 2.2: a lone LF ends a line, too. */
size_t connection_head_length(const struct buf *b)
{
	const char *end = b->ptr + b->len;
	const char *lf = memchr(b->ptr, '\n', b->len);

	while (lf) {
		const char *next = lf + 1;
		if (next < end && *next == '\r')
			next++;
		if (next < end && *next == '\n')
			return (size_t)(next + 1 - b->ptr);
		lf = memchr(lf + 1, '\n', (size_t)(end - lf - 1));
	}
	return 0;
}

/* Takes over what `in` holds behind `from`, up to the head's end. */
static void copy_head(struct connection *c, struct evbuffer *in, size_t from)
{
	struct evbuffer_ptr at;
	size_t n = evbuffer_get_length(in) - from;
	size_t room = c->head.cap - c->head.len;

	if (n == 0 || c->head_whole)
		return;
	if (c->head.len == 0)
		c->started = world_now(c->server->o.world);
	if (n > room)
		n = room;
	evbuffer_ptr_set(in, &at, from, EVBUFFER_PTR_SET);
	evbuffer_copyout_from(in, &at, buf_reserve(&c->head, n), n);
	buf_grew(&c->head, n);
	size_t len = connection_head_length(&c->head);
	c->head_whole = len > 0;
	if (len) {
		c->head.len = len;
		c->head.ptr[len] = '\0';
	}
}

/* What came moves the connection on: to its request's head, to its body. */
static void follow_input(struct connection *c)
{
	if (c->phase == PHASE_IDLE && c->head.len > 0)
		connection_enter(c, PHASE_HEAD);
	if (c->phase == PHASE_HEAD && c->head_whole)
		connection_enter(c, PHASE_BODY);
}

static void on_input(
    struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
	struct connection *c = arg;

	if (!info->n_added || !c->server)
		return;
	c->in += info->n_added;
	if (c->phase == PHASE_BODY)
		c->moved += info->n_added;
	copy_head(c, in, info->orig_size);
	follow_input(c);
}

static void copy_own(struct connection *c, struct evbuffer *out,
    const struct evbuffer_cb_info *info)
{
	struct evbuffer_ptr at;
	size_t n = info->n_added;

	if (n > c->own.cap - c->own.len)
		n = c->own.cap - c->own.len;
	evbuffer_ptr_set(out, &at, info->orig_size, EVBUFFER_PTR_SET);
	evbuffer_copyout_from(out, &at, buf_reserve(&c->own, n), n);
	buf_grew(&c->own, n);
}

/* Bytes that go out while a request comes in are evhttp's own refusal of it; or
 * a 100 that asks for the body. */
static void notice_own(struct connection *c, struct evbuffer *out,
    const struct evbuffer_cb_info *info)
{
	static const char go_on[] = "HTTP/1.1 100 ";
	bool reading = c->phase == PHASE_IDLE || c->phase == PHASE_HEAD ||
		       c->phase == PHASE_BODY;

	if (!info->n_added || (!reading && c->own.len == 0))
		return;
	copy_own(c, out, info);
	if (str_starts(c->own.ptr, go_on)) {
		buf_clear(&c->own);
	} else if (reading) {
		connection_learn(c);
		connection_enter(c, PHASE_ANSWER);
	}
}

/* The answer has left; what follows it may be here already. */
static void on_answered(struct connection *c)
{
	if (c->own.len > 0) {
		/* Closing at once could overtake it */
		server_linger(c->server, bufferevent_getfd(c->bev));
		return;
	}
	connection_enter(c, PHASE_IDLE);
	follow_input(c);
}

static void on_output(
    struct evbuffer *out, const struct evbuffer_cb_info *info, void *arg)
{
	struct connection *c = arg;

	if (!c->server)
		return;
	c->out = info->orig_size + info->n_added - info->n_deleted;
	notice_own(c, out, info);
	if (c->phase == PHASE_ANSWER && info->n_deleted) {
		c->moved += info->n_deleted;
		if (c->out == 0)
			on_answered(c);
	}
}

struct bufferevent *connection_new(struct event_base *base, void *server)
{
	struct server *s = server;
	struct connection *c = xcalloc(1, sizeof(*c));
	SSL *ssl = SSL_new(s->o.tls);
	struct bufferevent *bev = NULL;

	c->server = s;
	c->alert = -1;
	c->tls.alert = -1;
	buf_init(&c->head, LIMIT_HEAD);
	buf_init(&c->own, LIMIT_HEAD);
	connection_enter(c, PHASE_HANDSHAKE);
	door_admit(c);
	LIST_INSERT_HEAD(&s->connections, c, link);
	server_count(s, +1);
	if (!ssl || !SSL_set_app_data(ssl, c) ||
	    !SSL_set_ex_data(ssl, s->tls_slot, c))
		BUG("SSL_new failed");
	s->handshakes++;
	if (s->o.tls_faults)
		tls_faults_bend(s->o.tls_faults, ssl, s->handshakes);
	bev = bufferevent_openssl_socket_new(
	    base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (!bev)
		BUG("bufferevent_openssl_socket_new failed");
	/* A client that does not wait for answers fills no more than this. */
	bufferevent_setwatermark(bev, EV_READ, 0, LIMIT_MESSAGE + LIMIT_HEAD);
	c->bev = bev;
	evbuffer_add_cb(bufferevent_get_input(bev), on_input, c);
	evbuffer_add_cb(bufferevent_get_output(bev), on_output, c);
	return bev;
}

/* The SSL goes, and with it what hung on it. */
static void connection_end(void *ssl, void *connection, CRYPTO_EX_DATA *data,
    int slot, long argl, void *argp)
{
	struct connection *c = connection;

	(void)ssl;
	(void)data;
	(void)slot;
	(void)argl;
	(void)argp;
	if (!c)
		return;
	if (c->server) {
		LIST_REMOVE(c, link);
		door_leave(c);
		server_count(c->server, -1);
	}
	buf_release(&c->head);
	buf_release(&c->own);
	free(c->tls.peer_chain);
	free(c->tls.own_subject);
	free(c);
}

static void on_tls(const SSL *ssl, int where, int value)
{
	struct connection *c = SSL_get_app_data(ssl);

	if (!c || !c->server)
		return;
	if (where & SSL_CB_HANDSHAKE_DONE && !c->secured) {
		c->secured = true;
		connection_enter(c, PHASE_IDLE);
	}
	if (where == SSL_CB_ACCEPT_EXIT && value <= 0)
		c->why = ERR_peek_last_error();
	if (!(where & SSL_CB_ALERT) || value >> 8 != SSL3_AL_FATAL)
		return;
	c->alert = value & 0xff;
	if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT)
		server_linger(c->server, SSL_get_fd(ssl));
}

void connection_set_up(struct server *s)
{
	s->tls_slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, connection_end);
	SSL_CTX_set_info_callback(s->o.tls, on_tls);
}

void connection_abandon_all(struct server *s)
{
	struct connection *c = NULL;

	LIST_FOREACH(c, &s->connections, link)
	c->server = NULL;
}

/* ---- Requests */

static void copy_media_type(char *to, size_t size, const char *type)
{
	size_t n = 0;

	for (; type && n < size - 1 && !strchr("; \t", type[n]); n++)
		to[n] = type[n] >= 'A' && type[n] <= 'Z'
			    ? (char)(type[n] - 'A' + 'a')
			: type[n] > ' ' && type[n] < 0x7f ? type[n]
							  : '?';
	to[n] = '\0';
}

static void take_body(struct buf *to, struct evbuffer *from)
{
	size_t len = evbuffer_get_length(from);

	buf_init(to, LIMIT_MESSAGE);
	if (len == 0)
		return;
	evbuffer_remove(from, buf_reserve(to, len), len);
	buf_grew(to, len);
}

/* evhttp leaves the end of the connection to TCP alone; TLS has its own. */
static void on_close(struct evhttp_connection *evcon, void *ssl)
{
	(void)evcon;
	SSL_shutdown(ssl);
	ERR_clear_error();
}

void connection_learn(struct connection *c)
{
	SSL *ssl = bufferevent_openssl_get_ssl(c->bev);

	if (*c->tls.version)
		return;
	tls_facts_copy(&c->tls, ssl);
	c->has_organisation = tls_peer_organisation(c->organisation, ssl);
}

/* For the log alone: whatever it is, it is no POST. */
static const char *method_name(const struct evhttp_request *request)
{
	static const struct {
		enum evhttp_cmd_type type;
		const char *name;
	} rows[] = {
		{ EVHTTP_REQ_GET, "GET" },
		{ EVHTTP_REQ_POST, "POST" },
		{ EVHTTP_REQ_HEAD, "HEAD" },
		{ EVHTTP_REQ_PUT, "PUT" },
		{ EVHTTP_REQ_DELETE, "DELETE" },
		{ EVHTTP_REQ_OPTIONS, "OPTIONS" },
		{ EVHTTP_REQ_PATCH, "PATCH" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (evhttp_request_get_command(request) == rows[i].type)
			return rows[i].name;
	return "(another method)";
}

/* Those of the command line, and what the message's case asks for: who is not
 * started by a run of our own listens to no such wish. */
static void choose_faults(
    const struct server *s, struct evhttp_request *request, struct job *job)
{
	struct err ignored = { 0 };
	struct fault_use own;
	const char *word =
	    s->o.case_faults
		? evhttp_find_header(
		      evhttp_request_get_input_headers(request), FAULT_FIELD)
		: NULL;
	bool asks = word && fault_parse_send(&own, word, &ignored) == 0;

	fault_select(
	    &job->faults, s->o.faults, job->number, asks ? &own : NULL);
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* What the head says of the request. */
static void take_fields(struct job *job, struct evhttp_request *request)
{
	struct evkeyvalq *fields = evhttp_request_get_input_headers(request);
	const char *type = evhttp_find_header(fields, "Content-Type");

	copy_media_type(job->media_type, sizeof(job->media_type), type);
	job->content_type = copy_text(type);
	job->content_encoding =
	    copy_text(evhttp_find_header(fields, "Content-Encoding"));
	job->host = copy_text(evhttp_find_header(fields, "Host"));
	job->query = copy_text(
	    evhttp_uri_get_query(evhttp_request_get_evhttp_uri(request)));
}

/* What comes behind the request that was read may be here already. */
static void begin_next(struct connection *c)
{
	struct evbuffer *in = bufferevent_get_input(c->bev);

	buf_init(&c->head, LIMIT_HEAD);
	c->head_whole = false;
	c->in = evbuffer_get_length(in);
	copy_head(c, in, 0);
}

static struct job *new_job(struct connection *c, struct evhttp_request *request)
{
	struct server *s = c->server;
	struct job *job = xcalloc(1, sizeof(*job));
	const char *path =
	    evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));

	job->from = request;
	job->number = ++s->requests;
	job->started = c->started;
	job->is_post = evhttp_request_get_command(request) == EVHTTP_REQ_POST;
	job->method = method_name(request);
	job->path = xstrdup(path && *path ? path : "/");
	str_clean(job->path);
	take_fields(job, request);
	choose_faults(s, request, job);
	take_body(&job->body, evhttp_request_get_input_buffer(request));
	job->head = c->head;
	job->held = job->body.len;
	return job;
}

void connection_request(struct evhttp_request *request, void *server)
{
	struct server *s = server;
	struct connection *c = connection_of(socket_of(request));
	const struct door_refusal *refusal = door_check_request(c, request);
	struct job *job = new_job(c, request);

	if (!*c->tls.version)
		evhttp_connection_set_closecb(
		    evhttp_request_get_connection(request), on_close,
		    bufferevent_openssl_get_ssl(c->bev));
	connection_learn(c);
	job->has_organisation = c->has_organisation;
	str_copy(job->organisation, sizeof(job->organisation), c->organisation);
	begin_next(c);
	connection_enter(c, PHASE_WAITING);
	s->kept_bytes += job->held;
	if (!refusal) {
		keeper_give(s->keeper, job);
		return;
	}
	door_refuse(&job->received, refusal);
	job->last = true;
	connection_answer(s, job);
}

/* ---- Answers */

/* evhttp reads nothing while a request waits for its answer. */
static bool client_is_gone(struct bufferevent *bev)
{
	struct pollfd p = { .fd = bufferevent_getfd(bev), .events = POLLRDHUP };

	return poll(&p, 1, 0) > 0;
}

static void send_answer(
    struct job *job, struct bufferevent *bev, struct buf *head)
{
	const struct received *r = &job->received;
	struct evkeyvalq *fields = evhttp_request_get_output_headers(job->from);
	struct evbuffer *out = bufferevent_get_output(bev);
	struct evbuffer *body = evbuffer_new();
	size_t before = evbuffer_get_length(out);
	struct evbuffer_ptr at;

	if (evhttp_request_get_command(job->from) != EVHTTP_REQ_HEAD)
		evbuffer_add(body, r->answer.ptr, r->answer.len);
	size_t len = evbuffer_get_length(body);
	if (*r->media_type)
		evhttp_add_header(fields, "Content-Type", r->media_type);
	if (r->field)
		evhttp_add_header(fields, r->field, r->field_value);
	if (job->last)
		evhttp_add_header(fields, "Connection", "close");
	evhttp_send_reply(job->from, r->status, NULL, body);
	evbuffer_free(body);

	/* Nothing is written before the loop goes on: the head is still here */
	len = evbuffer_get_length(out) - before - len;
	evbuffer_ptr_set(out, &at, before, EVBUFFER_PTR_SET);
	evbuffer_copyout_from(out, &at, buf_reserve(head, len), len);
	buf_grew(head, len);
}

static void tell(struct server *s, struct job *job, const struct tls_facts *tls,
    const struct buf *head, bool lost)
{
	const struct told_exchange x = { job, tls, head, lost };

	s->o.exchanged(s->o.ctx, &x);
}

static void answer(struct server *s, struct job *job)
{
	struct evhttp_connection *evcon =
	    evhttp_request_get_connection(job->from);
	struct bufferevent *bev = socket_of(job->from);
	struct connection *c = connection_of(bev);
	struct buf head = BUF_INIT(LIMIT_HEAD);
	bool lost = !s->listener || client_is_gone(bev);

	connection_enter(c, PHASE_ANSWER);
	if (!lost && job->received.deed == DEED_ANSWER)
		send_answer(job, bev, &head);
	tell(s, job, &c->tls, &head, lost);
	if (lost) {
		evhttp_connection_free(evcon);
	} else if (job->received.deed == DEED_RAW) {
		connection_enter(c, PHASE_STALLED);
		raw_send(s, evcon, job->received.raw);
		job->received.raw = NULL;
	}
	buf_release(&head);
}

static void answer_now(struct server *s, struct job *job)
{
	static const struct tls_facts unknown = { .alert = -1 };
	static const struct buf none = BUF_INIT(0);

	s->kept_bytes -= job->held;
	if (evhttp_request_get_connection(job->from)) {
		answer(s, job);
	} else { /* broken off meanwhile: evhttp has left the request to us */
		tell(s, job, &unknown, &none, true);
		evhttp_request_free(job->from);
	}
	job_free(job);
}

/* ---- Answers that a fault delays */

struct delay {
	LIST_ENTRY(delay) link;
	struct server *server;
	struct job *job;
	struct event *event;
};

static void delay_end(struct delay *d)
{
	struct server *s = d->server;
	struct job *job = d->job;

	LIST_REMOVE(d, link);
	event_free(d->event);
	free(d);
	answer_now(s, job);
}

static void on_delayed(evutil_socket_t fd, short events, void *delay)
{
	(void)fd;
	(void)events;
	delay_end(delay);
}

static void put_off(struct server *s, struct job *job, unsigned ms)
{
	const struct timeval time = {
		.tv_sec = ms / 1000,
		.tv_usec = (suseconds_t)(ms % 1000) * 1000,
	};
	struct delay *d = xcalloc(1, sizeof(*d));

	d->server = s;
	d->job = job;
	d->event = event_new(s->o.base, -1, 0, on_delayed, d);
	LIST_INSERT_HEAD(&s->delays, d, link);
	event_add(d->event, &time);
}

void connection_hurry_all(struct server *s)
{
	struct delay *d = LIST_FIRST(&s->delays);

	while (d) {
		struct delay *next = LIST_NEXT(d, link);
		delay_end(d);
		d = next;
	}
}

void connection_answer(struct server *s, struct job *job)
{
	if (job->received.delay_ms && s->listener)
		put_off(s, job, job->received.delay_ms);
	else
		answer_now(s, job);
}

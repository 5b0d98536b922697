/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/connection.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/guard.h"
#include "net/tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	READ_AHEAD = 256 * 1024
};

struct connection {
	LIST_ENTRY(connection) link;
	struct server *server;
	struct bufferevent *bev; /* NULL = the client has gone */
	enum {
		CONN_READING,
		CONN_WAITING, /* for the keeper */
		CONN_WRITING,
		CONN_STALLED,
	} state;
	bool secured, stays, numbered;
	int alert;
	struct http_request request;
	struct tls_facts tls;
	int64_t started;
};

static void free_connection(struct connection *c)
{
	LIST_REMOVE(c, link);
	server_count(c->server, -1);
	http_release(&c->request);
	free(c->tls.peer_chain);
	free(c->tls.own_subject);
	free(c);
}

/* The keeper may still hold a job of this connection: then it stays as a
 * stump until the job comes back. */
static void close_connection(struct connection *c)
{
	SSL_set_app_data(bufferevent_openssl_get_ssl(c->bev), NULL);
	bufferevent_free(c->bev);
	c->bev = NULL;
	if (c->state != CONN_WAITING)
		free_connection(c);
}

static void close_gently(struct connection *c)
{
	SSL *ssl = bufferevent_openssl_get_ssl(c->bev);

	SSL_shutdown(ssl);
	ERR_clear_error();
	server_linger(c->server, bufferevent_getfd(c->bev));
	close_connection(c);
}

/* A reset instead of an orderly end. */
static void close_hard(struct connection *c)
{
	struct linger none = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(bufferevent_getfd(c->bev), SOL_SOCKET, SO_LINGER, &none,
	    sizeof(none));
	close_connection(c);
}

/* ---- Answers */

static void tell(struct connection *c, struct job *job, const struct buf *head)
{
	struct server *s = c->server;
	struct told_exchange x = {
		.job = job,
		.tls = &c->tls,
		.head = head,
		.lost = !c->bev,
	};

	s->o.exchanged(s->o.ctx, &x);
}

static void write_answer(
    struct connection *c, const struct job *job, const struct buf *head)
{
	struct evbuffer *out = evbuffer_new();

	evbuffer_add(out, head->ptr, head->len);
	evbuffer_add(out, job->received.answer.ptr, job->received.answer.len);
	bufferevent_write_buffer(c->bev, out);
	evbuffer_free(out);
}

/* `extra`: field lines of the answer's head. */
static void finish(struct connection *c, struct job *job, const char *extra)
{
	const struct received *r = &job->received;
	struct buf head = BUF_INIT(LIMIT_HEAD);

	c->stays = job->request.keep_alive;
	if (r->deed == DEED_ANSWER)
		http_write_head(&head, r->status, r->media_type, r->answer.len,
		    c->stays, extra);
	tell(c, job, &head);
	if (!c->bev) {
		free_connection(c);
	} else if (r->deed == DEED_RESET) {
		c->state = CONN_WRITING;
		close_hard(c);
	} else if (r->deed == DEED_STALL) {
		c->state = CONN_STALLED;
		bufferevent_set_timeouts(c->bev, NULL, NULL);
	} else {
		c->state = CONN_WRITING;
		write_answer(c, job, &head);
	}
	buf_release(&head);
	job_free(job);
}

void connection_answer(struct job *job)
{
	finish(job->from, job, "");
}

static struct job *new_job(struct connection *c)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->from = c;
	job->number = c->server->requests;
	job->started = c->started;
	job->request = c->request;
	http_init(&c->request, c->server->o.max_body);
	return job;
}

/* No judge saw this body: what was cut off is dropped, and identity codes in
 * the rest keep it out of the run folder. */
static void look_at_body(struct job *job)
{
	struct guard_report report = { 0 };
	struct http_request *r = &job->request;

	if (r->state != HTTP_DONE)
		buf_release(&r->body);
	job->received.withheld =
	    !guard_scan(&report, r->body.ptr, r->body.len, NULL);
}

/* What is no message at all is answered at once, in plain words. */
static void answer_plainly(
    struct connection *c, int status, const char *text, const char *extra)
{
	struct job *job = new_job(c);
	struct received *r = &job->received;

	buf_init(&r->answer, LIMIT_KIB(4));
	buf_addf(&r->answer, "%s\n", text);
	str_copy(
	    r->media_type, sizeof(r->media_type), "text/plain; charset=utf-8");
	r->status = status;
	r->outcome = OUTCOME_UNREADABLE;
	str_copy(r->trouble, sizeof(r->trouble), text);
	look_at_body(job);
	fault_bend_answer(c->server->o.faults, job->number, r);
	finish(c, job, extra);
}

/* ---- Requests */

static const char *const media_types[] = { "text/xml", "application/xml" };

static bool is_xml_type(const char *type)
{
	for (size_t i = 0; i < COUNTOF(media_types); i++)
		if (streq(type, media_types[i]))
			return true;
	return false;
}

static void handle_request(struct connection *c)
{
	const struct http_request *r = &c->request;

	if (!streq(r->method, "POST")) {
		answer_plainly(c, 405,
		    "this is a mock of an archive: it takes messages by POST",
		    "Allow: POST\r\n");
	} else if (r->body.len == 0) {
		answer_plainly(c, 400, "the POST has no body", "");
	} else if (streq(r->media_type, "application/soap+xml")) {
		answer_plainly(c, 415,
		    "application/soap+xml means SOAP 1.2: this version of the "
		    "mock knows SOAP 1.1 and bare messages, as text/xml",
		    "Accept-Post: text/xml, application/xml\r\n");
	} else if (!is_xml_type(r->media_type)) {
		answer_plainly(c, 415,
		    "a message's Content-Type is text/xml or application/xml",
		    "Accept-Post: text/xml, application/xml\r\n");
	} else {
		c->state = CONN_WAITING;
		keeper_give(c->server->keeper, new_job(c));
	}
}

static void handle_bad(struct connection *c)
{
	int status = c->request.status;

	if (status == HTTP_TOO_LARGE)
		status = c->server->o.too_large_status;
	answer_plainly(c, status, c->request.why, "");
}

/* A request is counted when its first byte is there. */
static void number_request(struct connection *c)
{
	if (c->numbered)
		return;
	c->numbered = true;
	c->server->requests++;
	c->started = world_now(c->server->o.world);
}

static void on_read(struct bufferevent *bev, void *arg)
{
	struct connection *c = arg;
	struct evbuffer *in = bufferevent_get_input(bev);

	while (c->state == CONN_READING) {
		struct evbuffer_iovec v = { 0 };
		if (evbuffer_peek(in, -1, NULL, &v, 1) < 1 || v.iov_len == 0)
			return;
		number_request(c);
		evbuffer_drain(
		    in, http_feed(&c->request, v.iov_base, v.iov_len));
		if (c->request.wants_continue && c->request.state != HTTP_BAD) {
			static const char go_on[] =
			    "HTTP/1.1 100 Continue\r\n\r\n";
			c->request.wants_continue = false;
			bufferevent_write(bev, go_on, sizeof(go_on) - 1);
		}
		if (c->request.state == HTTP_DONE) {
			handle_request(c);
			return; /* the connection may be gone */
		}
		if (c->request.state == HTTP_BAD) {
			handle_bad(c);
			return;
		}
	}
}

static void on_written(struct bufferevent *bev, void *arg)
{
	struct connection *c = arg;

	if (c->state != CONN_WRITING)
		return;
	if (!c->stays) {
		close_gently(c);
		return;
	}
	c->state = CONN_READING;
	c->numbered = false;
	on_read(bev, c);
}

static void tell_refused(struct connection *c, short events)
{
	struct server *s = c->server;
	unsigned long code = bufferevent_get_openssl_error(c->bev);
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	if (!why)
		why = events & BEV_EVENT_TIMEOUT
			  ? "the client kept silent"
			  : "the client closed the connection";
	s->o.refused(s->o.ctx, c->alert, why);
}

static void on_event(struct bufferevent *bev, short events, void *arg)
{
	struct connection *c = arg;

	if (events & BEV_EVENT_CONNECTED) {
		c->secured = true;
		tls_facts_copy(&c->tls, bufferevent_openssl_get_ssl(bev));
		return;
	}
	if (!c->secured)
		tell_refused(c, events);
	close_connection(c);
}

void connection_tls_info(const SSL *ssl, int where, int value)
{
	struct connection *c = SSL_get_app_data(ssl);

	if (!(where & SSL_CB_ALERT) || !c)
		return;
	if (value >> 8 == SSL3_AL_FATAL) {
		c->alert = value & 0xff;
		if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT)
			server_linger(c->server, SSL_get_fd(ssl));
	}
}

void connection_open(struct server *s, int fd)
{
	const struct timeval idle = { .tv_sec = LIMIT_MOCK_IDLE_S };
	struct connection *c = xcalloc(1, sizeof(*c));
	SSL *ssl = SSL_new(s->o.tls);

	if (!ssl)
		BUG("SSL_new failed");
	c->server = s;
	c->alert = -1;
	c->tls.alert = -1;
	http_init(&c->request, s->o.max_body);
	SSL_set_app_data(ssl, c);
	c->bev = bufferevent_openssl_socket_new(s->o.base, fd, ssl,
	    BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (!c->bev)
		BUG("bufferevent_openssl_socket_new failed");
	LIST_INSERT_HEAD(&s->connections, c, link);
	server_count(s, +1);
	bufferevent_setcb(c->bev, on_read, on_written, on_event, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, READ_AHEAD);
	bufferevent_set_timeouts(c->bev, &idle, &idle);
	bufferevent_enable(c->bev, EV_READ | EV_WRITE);
}

void connection_abandon_all(struct server *s)
{
	struct connection *c = LIST_FIRST(&s->connections);

	while (c) {
		struct connection *next = LIST_NEXT(c, link);
		if (c->bev)
			close_connection(c);
		c = next;
	}
}

void connection_free_all(struct server *s)
{
	struct connection *c = LIST_FIRST(&s->connections);

	while (c) {
		struct connection *next = LIST_NEXT(c, link);
		free_connection(c);
		c = next;
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/server.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "mock/connection.h"
#include "mock/door.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void server_count(struct server *s, int change)
{
	s->open = change > 0 ? s->open + 1 : s->open - 1;
	if (!s->listener)
		return;
	if (s->open >= s->cap + LIMIT_MOCK_SURPLUS)
		evconnlistener_disable(s->listener);
	else
		evconnlistener_enable(s->listener);
}

/* ---- Lingering */

struct lingering {
	LIST_ENTRY(lingering) link;
	struct server *server;
	struct event *event;
	int fd;
	int64_t until; /* monotonic */
};

static void linger_end(struct lingering *l)
{
	LIST_REMOVE(l, link);
	event_free(l->event);
	close(l->fd);
	server_count(l->server, -1);
	free(l);
}

static void on_linger(evutil_socket_t fd, short events, void *arg)
{
	struct lingering *l = arg;
	char away[16384];

	if (events & EV_READ) {
		ssize_t n = read(fd, away, sizeof(away));
		bool more =
		    n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
		if (more && clock_monotonic() < l->until)
			return;
	}
	linger_end(l);
}

void server_linger(struct server *s, int fd)
{
	const struct timeval longest = {
		.tv_sec = LIMIT_MOCK_LINGER_MS / 1000,
		.tv_usec = (LIMIT_MOCK_LINGER_MS % 1000) * 1000,
	};
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	struct lingering *l = NULL;

	if (copy < 0)
		return;
	shutdown(copy, SHUT_WR);
	l = xcalloc(1, sizeof(*l));
	l->server = s;
	l->fd = copy;
	l->until = clock_monotonic() + LIMIT_MOCK_LINGER_MS * INT64_C(1000);
	l->event =
	    event_new(s->o.base, copy, EV_READ | EV_PERSIST, on_linger, l);
	LIST_INSERT_HEAD(&s->lingers, l, link);
	server_count(s, +1);
	event_add(l->event, &longest);
}

static void linger_end_all(struct server *s)
{
	struct lingering *l = LIST_FIRST(&s->lingers);

	while (l) {
		struct lingering *next = LIST_NEXT(l, link);
		linger_end(l);
		l = next;
	}
}

/* ---- The door */

/* Out of descriptors: the loop would spin on the waiting connection. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct server *s = arg;

	if (s->open > 0)
		evconnlistener_disable(listener);
}

static void on_done(evutil_socket_t fd, short events, void *arg)
{
	struct server *s = arg;
	struct job *job = keeper_take(s->keeper);

	(void)fd;
	(void)events;
	while (job) {
		struct job *next = job->next;
		connection_answer(s, job);
		job = next;
	}
}

/* 127.0.0.1 and nothing else. The accepted sockets inherit TCP_NODELAY, without
 * which each answer in two records waits for the client's delayed ACK. */
static int listen_here(struct server *s, struct err *err)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)s->o.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_errno(err, ERR_NET, "cannot open a socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) < 0) {
		/* The port is the user's word. */
		err_errno(
		    err, ERR_USAGE, "cannot listen on 127.0.0.1:%u", s->o.port);
		close(fd);
		return err_hint(err, "choose another port with --port, or 0");
	}
	s->port = ntohs(address.sin_port);
	s->listener = evconnlistener_new(s->o.base, NULL, NULL,
	    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, LIMIT_MOCK_BACKLOG,
	    fd);
	if (!s->listener) {
		close(fd);
		return err_set(
		    err, ERR_NET, "cannot listen on 127.0.0.1:%u", s->port);
	}
	if (!evhttp_bind_listener(s->http, s->listener))
		BUG("evhttp_bind_listener failed");
	evconnlistener_set_error_cb(s->listener, on_accept_error);
	return 0;
}

static void start_http(struct server *s)
{
	s->http = evhttp_new(s->o.base);
	if (!s->http)
		BUG("evhttp_new failed");
	evhttp_set_bevcb(s->http, connection_new, s);
	evhttp_set_gencb(s->http, connection_request, s);
	/* It counts no line ends: three bytes may be counted as one */
	evhttp_set_max_headers_size(s->http, LIMIT_HEAD / 3);
	evhttp_set_max_body_size(s->http, LIMIT_MESSAGE);
	evhttp_set_timeout(s->http, LIMIT_MOCK_IDLE_S);
	evhttp_set_allowed_methods(s->http, UINT16_MAX);
	evhttp_set_default_content_type(s->http, NULL);
}

struct server *server_start(
    const struct server_options *options, struct err *err)
{
	struct server *s = xcalloc(1, sizeof(*s));

	s->o = *options;
	LIST_INIT(&s->connections);
	LIST_INIT(&s->lingers);
	LIST_INIT(&s->delays);
	s->cap = options->connections ? options->connections : door_cap();
	connection_set_up(s);
	start_http(s);
	s->keeper = keeper_start(s->o.receive, err);
	if (!s->keeper || listen_here(s, err) < 0)
		goto fail;
	s->done = event_new(
	    s->o.base, keeper_fd(s->keeper), EV_READ | EV_PERSIST, on_done, s);
	event_add(s->done, NULL);
	door_open(s);
	return s;
fail:
	server_stop(s);
	return NULL;
}

unsigned server_port(const struct server *s)
{
	return s->port;
}

void server_stop(struct server *s)
{
	if (!s)
		return;
	s->listener = NULL;
	keeper_end(s->keeper);
	if (s->done) {
		on_done(0, 0, s); /* what was kept is told */
		event_free(s->done);
	}
	keeper_free(s->keeper);
	door_close(s);
	connection_hurry_all(s);
	connection_abandon_all(s);
	evhttp_free(s->http);
	linger_end_all(s);
	free(s);
}

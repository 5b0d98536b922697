/* SPDX-License-Identifier: Apache-2.0 */
#include "tlsserver.h"

#include "base/xalloc.h"
#include "net/pki.h"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	MAX_THREADS = 1024,
	MAX_REQUEST = 1 << 20
};

struct tlsserver {
	struct tlsserver_options options;
	SSL_CTX *ctx;
	int listening, stop[2];
	unsigned port;
	atomic_uint requests, connections;
	pthread_t acceptor, threads[MAX_THREADS];
	size_t thread_count;
	pthread_mutex_t lock;
	char *last;
};

struct connection {
	struct tlsserver *server;
	int fd;
};

static const char honest[] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
			     "Content-Length: 2\r\n\r\nok";

static void check(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	ERR_print_errors_fp(stderr);
	abort();
}

/* False when the server is being stopped. */
static bool wait_readable(const struct tlsserver *s, int fd)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = s->stop[0], .events = POLLIN } };
	return poll(p, 2, 20000) > 0 && !(p[1].revents);
}

static int read_some(
    const struct tlsserver *s, SSL *ssl, int fd, char *to, size_t room)
{
	if (!SSL_pending(ssl) && !wait_readable(s, fd))
		return -1;
	return SSL_read(ssl, to, (int)room);
}

/* A whole request; false at the end of the connection. */
static bool read_request(struct tlsserver *s, SSL *ssl, int fd)
{
	char *text = xcalloc(MAX_REQUEST, 1);
	size_t len = 0, need = SIZE_MAX;
	while (len < need && len < MAX_REQUEST - 1) {
		int n =
		    read_some(s, ssl, fd, text + len, MAX_REQUEST - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
		char *end = strstr(text, "\r\n\r\n");
		char *field = strcasestr(text, "content-length:");
		if (end)
			need = (size_t)(end - text) + 4 +
			       (field ? strtoul(field + 15, NULL, 10) : 0);
	}
	if (len < need) {
		free(text);
		return false;
	}
	pthread_mutex_lock(&s->lock);
	free(s->last);
	s->last = text;
	pthread_mutex_unlock(&s->lock);
	atomic_fetch_add(&s->requests, 1);
	return true;
}

static void reset(int fd)
{
	struct linger off = { .l_onoff = 1, .l_linger = 0 };
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &off, sizeof(off));
}

static void talk(struct tlsserver *s, SSL *ssl, int fd)
{
	const struct tlsserver_options *o = &s->options;
	while (read_request(s, ssl, fd)) {
		if (atomic_load(&s->requests) <= o->honest) {
			SSL_write(ssl, honest, sizeof(honest) - 1);
			continue;
		}
		if (o->len > 0)
			SSL_write(ssl, o->reply, (int)o->len);
		if (o->then == THEN_KEEP)
			continue;
		if (o->then == THEN_STALL)
			wait_readable(s, s->stop[0]);
		if (o->then == THEN_RESET)
			reset(fd);
		if (o->then == THEN_CLOSE)
			SSL_shutdown(ssl);
		return;
	}
}

static void *serve(void *arg)
{
	struct connection *c = arg;
	struct tlsserver *s = c->server;
	SSL *ssl = SSL_new(s->ctx);
	SSL_set_fd(ssl, c->fd);
	bool hello = wait_readable(s, c->fd);
	if (s->options.reset_at_accept)
		reset(c->fd);
	else if (hello && SSL_accept(ssl) == 1)
		talk(s, ssl, c->fd);
	ERR_clear_error();
	SSL_free(ssl);
	close(c->fd);
	free(c);
	return NULL;
}

static void *accept_all(void *arg)
{
	struct tlsserver *s = arg;
	while (wait_readable(s, s->listening)) {
		struct connection *c = xmalloc(sizeof(*c));
		*c = (struct connection){ s,
			accept4(s->listening, NULL, NULL, SOCK_CLOEXEC) };
		struct timeval patience = { .tv_sec = 20 };
		setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		    sizeof(patience));
		atomic_fetch_add(&s->connections, 1);
		check(s->thread_count < MAX_THREADS, "too many connections");
		check(pthread_create(
			  &s->threads[s->thread_count++], NULL, serve, c) == 0,
		    "pthread_create");
	}
	return NULL;
}

static void listen_anywhere(struct tlsserver *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	check(bind(s->listening, (void *)&at, sizeof(at)) == 0, "bind");
	check(listen(s->listening, 128) == 0, "listen");
	getsockname(s->listening, (void *)&at, &len);
	s->port = ntohs(at.sin_port);
}

struct tlsserver *tlsserver_start(const struct tlsserver_options *options)
{
	struct tlsserver *s = xcalloc(1, sizeof(*s));
	s->options = *options;
	s->ctx = SSL_CTX_new(TLS_server_method());
	pthread_mutex_init(&s->lock, NULL);
	check(SSL_CTX_use_certificate_chain_file(
		  s->ctx, options->certificate) == 1,
	    "certificate");
	check(SSL_CTX_use_PrivateKey_file(
		  s->ctx, options->key, SSL_FILETYPE_PEM) == 1,
	    "key");
	SSL_CTX_set_session_cache_mode(s->ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(s->ctx, 0);
	if (options->max_version)
		SSL_CTX_set_max_proto_version(s->ctx, options->max_version);
	if (options->client_ca) {
		check(SSL_CTX_load_verify_file(s->ctx, options->client_ca) == 1,
		    "client CA");
		SSL_CTX_set_verify(s->ctx,
		    SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	check(pipe(s->stop) == 0, "pipe");
	listen_anywhere(s);
	check(pthread_create(&s->acceptor, NULL, accept_all, s) == 0,
	    "pthread_create");
	return s;
}

unsigned tlsserver_port(const struct tlsserver *s)
{
	return s->port;
}

unsigned tlsserver_requests(struct tlsserver *s)
{
	return atomic_load(&s->requests);
}

unsigned tlsserver_connections(struct tlsserver *s)
{
	return atomic_load(&s->connections);
}

const char *tlsserver_request(struct tlsserver *s)
{
	pthread_mutex_lock(&s->lock);
	const char *last = s->last ? s->last : "";
	pthread_mutex_unlock(&s->lock);
	return last;
}

void tlsserver_stop(struct tlsserver *s)
{
	check(write(s->stop[1], "x", 1) == 1, "stop");
	pthread_join(s->acceptor, NULL);
	for (size_t i = 0; i < s->thread_count; i++)
		pthread_join(s->threads[i], NULL);
	close(s->listening);
	close(s->stop[0]);
	close(s->stop[1]);
	SSL_CTX_free(s->ctx);
	pthread_mutex_destroy(&s->lock);
	free(s->last);
	free(s);
}

const char *test_pki(void)
{
	static char dir[4096];
	struct err err = { 0 };
	if (*dir)
		return dir;
	char *here = realpath(".", NULL), *made, *cache;
	cache = xasprintf("%s/build/test-cache", here);
	setenv("XDG_CACHE_HOME", cache, 1);
	made = pki_cached("certs/profiles.xml", &err);
	if (!made)
		err_print(stderr, &err);
	check(made != NULL, "test PKI");
	snprintf(dir, sizeof(dir), "%s", made);
	free(made);
	free(cache);
	free(here);
	return dir;
}

const char *test_pki_file(const char *name)
{
	static _Thread_local char paths[32][4096 + 64];
	static _Thread_local unsigned next;
	char *path = paths[next++ % 32];
	snprintf(path, sizeof(paths[0]), "%s/%s", test_pki(), name);
	return path;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "house.h"

#include "base/limits.h"
#include "base/str.h"
#include "tlsserver.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>
#include <stdlib.h>

/* ---- What is told */

static void on_exchanged(void *ctx, const struct told_exchange *x)
{
	struct house *h = ctx;
	const struct received *r = &x->job->received;

	pthread_mutex_lock(&h->lock);
	h->told++;
	h->status = r->status;
	h->lost = x->lost;
	str_copy(h->trouble, sizeof(h->trouble), r->trouble);
	buf_clear(&h->head);
	buf_add(&h->head, x->job->head.ptr, x->job->head.len);
	buf_clear(&h->answer_head);
	buf_add(&h->answer_head, x->head->ptr, x->head->len);
	buf_clear(&h->answer);
	buf_add(&h->answer, r->answer.ptr, r->answer.len);
	pthread_cond_broadcast(&h->news);
	pthread_mutex_unlock(&h->lock);
}

static void on_refused(void *ctx, int alert, const char *reason)
{
	struct house *h = ctx;

	(void)alert;
	pthread_mutex_lock(&h->lock);
	h->refused++;
	str_copy(h->reason, sizeof(h->reason), reason);
	pthread_cond_broadcast(&h->news);
	pthread_mutex_unlock(&h->lock);
}

static void on_counted(void *ctx, enum trouble trouble, unsigned more)
{
	struct house *h = ctx;

	(void)trouble;
	pthread_mutex_lock(&h->lock);
	h->counted += more;
	pthread_mutex_unlock(&h->lock);
}

void house_await(struct house *h, const unsigned *what, unsigned wanted)
{
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&h->lock);
	while (*what < wanted && rc == 0)
		rc = pthread_cond_timedwait(&h->news, &h->lock, &until);
	pthread_mutex_unlock(&h->lock);
	assert_int_equal(*what, wanted);
}

/* ---- The server */

static void on_stop(evutil_socket_t fd, short events, void *base)
{
	(void)fd;
	(void)events;
	event_base_loopbreak(base);
}

static void *serve(void *arg)
{
	struct house *h = arg;
	struct event *stop =
	    event_new(h->base, h->stop, EV_READ, on_stop, h->base);

	event_add(stop, NULL);
	event_base_dispatch(h->base);
	event_free(stop);
	server_stop(h->server);
	return NULL;
}

static SSL_CTX *make_tls(const SSL_METHOD *method)
{
	SSL_CTX *tls = SSL_CTX_new(method);

	assert_int_equal(SSL_CTX_use_certificate_chain_file(
			     tls, test_pki_file("server.pem")),
	    1);
	assert_int_equal(SSL_CTX_use_PrivateKey_file(tls,
			     test_pki_file("server.key"), SSL_FILETYPE_PEM),
	    1);
	return tls;
}

void house_open_with(struct house *h, struct server_options options)
{
	struct err err = { 0 };

	memset(h, 0, sizeof(*h));
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->news, NULL);
	buf_init(&h->head, LIMIT_HEAD);
	buf_init(&h->answer_head, LIMIT_HEAD);
	buf_init(&h->answer, LIMIT_HEAD);
	h->dialect = dialect_load("cases/dialects", "kanta", &err);
	h->archive = archive_open(NULL, &err);
	h->world = world_real();
	h->receive = (struct receive_context){
		.archive = h->archive, .dialect = h->dialect, .world = &h->world
	};
	h->base = event_base_new();
	h->tls = make_tls(TLS_server_method());
	h->client = SSL_CTX_new(TLS_client_method());
	h->stop = eventfd(0, EFD_CLOEXEC);
	options.faults = &h->faults;
	options.base = h->base;
	options.tls = h->tls;
	options.world = &h->world;
	options.receive = &h->receive;
	options.ctx = h;
	options.exchanged = on_exchanged;
	options.refused = on_refused;
	options.counted = on_counted;
	h->server = server_start(&options, &err);
	assert_non_null(h->server);
	assert_int_equal(pthread_create(&h->thread, NULL, serve, h), 0);
}

void house_open(struct house *h, unsigned patience_ms, size_t connections)
{
	house_open_with(h, (struct server_options){
			       .patience_ms = patience_ms,
			       .connections = connections,
			   });
}

void house_close(struct house *h)
{
	const uint64_t one = 1;

	assert_int_equal(write(h->stop, &one, sizeof(one)), sizeof(one));
	pthread_join(h->thread, NULL);
	close(h->stop);
	archive_close(h->archive);
	dialect_free(h->dialect);
	SSL_CTX_free(h->tls);
	SSL_CTX_free(h->client);
	event_base_free(h->base);
	buf_release(&h->head);
	buf_release(&h->answer_head);
	buf_release(&h->answer);
	pthread_cond_destroy(&h->news);
	pthread_mutex_destroy(&h->lock);
}

/* ---- Clients */

int house_connect(const struct house *h)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)server_port(h->server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct timeval longest = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest));
	return fd;
}

SSL *house_connect_tls(const struct house *h)
{
	SSL *ssl = SSL_new(h->client);

	SSL_set_fd(ssl, house_connect(h));
	assert_int_equal(SSL_connect(ssl), 1);
	return ssl;
}

void house_hang_up(SSL *ssl)
{
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
}

void house_read_all(SSL *ssl, struct buf *to)
{
	char data[4096];
	int n = 0;

	while ((n = SSL_read(ssl, data, sizeof(data))) > 0)
		buf_add(to, data, (size_t)n);
	if (SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ)
		fail_msg("no end behind: %s", to->len ? to->ptr : "nothing");
}

void house_read_until(SSL *ssl, struct buf *to, const char *wanted)
{
	char c = '\0';

	while (!to->len || !strstr(to->ptr, wanted)) {
		assert_int_equal(SSL_read(ssl, &c, 1), 1);
		buf_addc(to, c);
	}
}

unsigned house_count(const struct buf *in, const char *what)
{
	unsigned n = 0;

	for (const char *at = in->len ? strstr(in->ptr, what) : NULL; at;
	     at = strstr(at + 1, what))
		n++;
	return n;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/door.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "tlsserver.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>
#include <stdlib.h>

/* A server of the mock's, in a thread of its own, and what it told last. */
struct house {
	struct dialect *dialect;
	struct archive *archive;
	struct fault_list faults;
	struct world world;
	struct receive_context receive;
	struct event_base *base;
	SSL_CTX *tls, *client;
	struct server *server;
	pthread_t thread;
	int stop;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t news;
	unsigned told, refused, counted;
	int status;
	bool lost;
	char trouble[256], reason[256];
	struct buf head, answer_head, answer;
};

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

/* Until `*what` is `wanted`; fails after ten seconds. */
static void await(struct house *h, const unsigned *what, unsigned wanted)
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

static void open_house(
    struct house *h, unsigned patience_ms, size_t connections)
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
	const struct server_options options = { .base = h->base,
		.faults = &h->faults,
		.tls = h->tls,
		.patience_ms = patience_ms,
		.connections = connections,
		.world = &h->world,
		.receive = &h->receive,
		.ctx = h,
		.exchanged = on_exchanged,
		.refused = on_refused,
		.counted = on_counted };
	h->server = server_start(&options, &err);
	assert_non_null(h->server);
	assert_int_equal(pthread_create(&h->thread, NULL, serve, h), 0);
}

static void close_house(struct house *h)
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

static int connect_plainly(struct house *h)
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

static SSL *connect_tls(struct house *h)
{
	SSL *ssl = SSL_new(h->client);

	SSL_set_fd(ssl, connect_plainly(h));
	assert_int_equal(SSL_connect(ssl), 1);
	return ssl;
}

static void hang_up(SSL *ssl)
{
	close(SSL_get_fd(ssl));
	SSL_free(ssl);
}

/* To the end of the stream; ten seconds of silence fail. */
static void read_all(SSL *ssl, struct buf *to)
{
	char data[4096];
	int n = 0;

	while ((n = SSL_read(ssl, data, sizeof(data))) > 0)
		buf_add(to, data, (size_t)n);
	if (SSL_get_error(ssl, n) == SSL_ERROR_WANT_READ)
		fail_msg("no end behind: %s", to->len ? to->ptr : "nothing");
}

static void read_until(SSL *ssl, struct buf *to, const char *wanted)
{
	char c = '\0';

	while (!to->len || !strstr(to->ptr, wanted)) {
		assert_int_equal(SSL_read(ssl, &c, 1), 1);
		buf_addc(to, c);
	}
}

static unsigned count(const struct buf *in, const char *what)
{
	unsigned n = 0;

	for (const char *at = in->len ? strstr(in->ptr, what) : NULL; at;
	     at = strstr(at + 1, what))
		n++;
	return n;
}

/* ---- Requests of all kinds, and what each is answered */

#define HOST	"Host: localhost\r\n"
#define XML	"Content-Type: text/xml\r\n"
#define CLOSE	"Connection: close\r\n"
#define POST	"POST / HTTP/1.1\r\n" HOST XML
#define TEXT(s) s, sizeof(s) - 1

static const struct row {
	const char *name, *bytes;
	size_t len;
	int status;
	const char *trouble; /* as told; NULL = a judge's own business */
} rows[] = {
	{ "plain", TEXT(POST CLOSE "Content-Length: 4\r\n\r\n<a/>"), 500,
	    NULL },
	{ "HTTP/1.0",
	    TEXT("POST / HTTP/1.0\r\n" XML "Content-Length: 4\r\n\r\n<a/>"),
	    500, NULL },
	{ "HTTP/1.0 without a Host", TEXT("PUT / HTTP/1.0\r\n\r\n"), 405,
	    "POST" },
	{ "lone line feeds",
	    TEXT("PUT / HTTP/1.1\nHost: localhost\nConnection: close\n\n"), 405,
	    "POST" },
	{ "chunks with an extension, of which evhttp knows none",
	    TEXT(POST "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n<a"), 413,
	    "the body" },
	{ "chunks",
	    TEXT(POST CLOSE "Transfer-Encoding: chunked\r\n\r\n"
			    "2\r\n<a\r\n02\r\n/>\r\n0\r\n\r\n"),
	    500, NULL },
	{ "chunks with a trailer",
	    TEXT(POST CLOSE "Transfer-Encoding: chunked\r\n\r\n"
			    "4\r\n<a/>\r\n0\r\nX: y\r\n\r\n"),
	    500, NULL },
	{ "a chunk of no size",
	    TEXT(POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n<a/>\r\n"), 413,
	    "the body" },
	{ "a chunk of a negative size",
	    TEXT(POST "Transfer-Encoding: chunked\r\n\r\n-4\r\n<a/>\r\n"), 413,
	    "the body" },
	{ "a chunk of a huge size",
	    TEXT(POST "Transfer-Encoding: chunked\r\n\r\n"
		      "7fffffffffffffff\r\n<a/>\r\n"),
	    413, "the body" },
	{ "chunks and a length",
	    TEXT(POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
		      "4\r\n<a/>\r\n0\r\n\r\n"),
	    400, NULL },
	{ "two lengths",
	    TEXT(POST "Content-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>"),
	    400, NULL },
	{ "the same length twice",
	    TEXT(POST "Content-Length: 4\r\nContent-Length: 4\r\n\r\n<a/>"),
	    400, NULL },
	{ "a list of lengths", TEXT(POST "Content-Length: 4, 4\r\n\r\n<a/>"),
	    400, "no HTTP request" },
	{ "a negative length", TEXT(POST "Content-Length: -4\r\n\r\n"), 400,
	    "no HTTP request" },
	{ "a length with a sign", TEXT(POST "Content-Length: +4\r\n\r\n<a/>"),
	    400, "length" },
	{ "a length beyond all",
	    TEXT(POST CLOSE "Content-Length: 99999999999999999999\r\n\r\n"),
	    413, "the body" },
	{ "another coding",
	    TEXT(POST "Transfer-Encoding: gzip\r\nContent-Type: x/y\r\n\r\n"),
	    501, "chunked" },
	{ "chunks in HTTP/1.0",
	    TEXT("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "0\r\n\r\n"),
	    400, NULL },
	{ "no length", TEXT(POST CLOSE "\r\n"), 400, "no body" },
	{ "no Host", TEXT("PUT / HTTP/1.1\r\n\r\n"), 400, "Host" },
	{ "two Hosts", TEXT("PUT / HTTP/1.1\r\n" HOST HOST "\r\n"), 400,
	    "Host" },
	{ "HTTP/2.0", TEXT("PUT / HTTP/2.0\r\n" HOST "\r\n"), 400,
	    "no HTTP request" },
	{ "HTTP/0.9", TEXT("PUT / HTTP/0.9\r\n" HOST "\r\n"), 505,
	    "version 1.1" },
	{ "another protocol", TEXT("EHLO mail.example.org\r\n\r\n"), 400,
	    "no HTTP request" },
	{ "no request line", TEXT("\r\n\r\n"), 400, "no HTTP request" },
	{ "bytes", TEXT("\x16\x03\x01\x02\x00\x01\xff\xfe\r\n\r\n"), 400,
	    "no HTTP request" },
	{ "a method of no sense, but a method",
	    TEXT("BREW / HTTP/1.1\r\n" HOST CLOSE "\r\n"), 405, "POST" },
	{ "a field without a colon",
	    TEXT("PUT / HTTP/1.1\r\n" HOST "nonsense\r\n\r\n"), 400,
	    "no HTTP request" },
	{ "a space before the colon",
	    TEXT("PUT / HTTP/1.1\r\n" HOST "X : y\r\n\r\n"), 400, "token" },
	{ "a field without a name",
	    TEXT("PUT / HTTP/1.1\r\n" HOST ": y\r\n\r\n"), 400, "token" },
	{ "a NUL in the path", TEXT("PUT /a\0b HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "no HTTP request" },
	{ "a NUL in a field", TEXT("PUT / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n"),
	    400, "NUL" },
	{ "an absolute target",
	    TEXT("PUT https://localhost/a HTTP/1.1\r\n" HOST CLOSE "\r\n"), 405,
	    "POST" },
	{ "an asterisk", TEXT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "path" },
	{ "a way up", TEXT("PUT /a/../b HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "dots" },
	{ "a way up at the end", TEXT("PUT /a/.. HTTP/1.1\r\n" HOST "\r\n"),
	    400, "dots" },
	{ "dots in a name", TEXT("PUT /a..b/.c HTTP/1.1\r\n" HOST CLOSE "\r\n"),
	    405, "POST" },
	{ "percents", TEXT("PUT /a%20b HTTP/1.1\r\n" HOST CLOSE "\r\n"), 405,
	    "POST" },
	{ "hidden dots", TEXT("PUT /%2e%2E/b HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "dots" },
	{ "a hidden NUL", TEXT("PUT /a%00b HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "dots" },
	{ "a percent alone", TEXT("PUT /a%2 HTTP/1.1\r\n" HOST "\r\n"), 400,
	    "dots" },
	{ "Latin 1 in the path", TEXT("PUT /\xe4 HTTP/1.1\r\n" HOST "\r\n"),
	    400, "dots" },
	{ "an unknown expectation",
	    TEXT(POST "Expect: a-miracle\r\nContent-Length: 4\r\n\r\n<a/>"),
	    417, "no HTTP request" },
};

static void expect_told(struct house *h, const struct row *row)
{
	char line[32];

	pthread_mutex_lock(&h->lock);
	snprintf(line, sizeof(line), " %d ", row->status);
	if (h->status != row->status || !strstr(h->answer_head.ptr, line) ||
	    (row->trouble && !strstr(h->trouble, row->trouble)) ||
	    !h->head.len || h->lost)
		fail_msg("%s: told %d '%s', head of %zu bytes, answer's %s",
		    row->name, h->status, h->trouble, h->head.len,
		    h->answer_head.ptr);
	pthread_mutex_unlock(&h->lock);
}

static void test_requests(void **state)
{
	struct house h;
	(void)state;

	open_house(&h, 5000, 0);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct row *row = &rows[i];
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = connect_tls(&h);
		char wanted[16];

		SSL_write(ssl, row->bytes, (int)row->len);
		read_all(ssl, &got);
		hang_up(ssl);
		snprintf(wanted, sizeof(wanted), " %d ", row->status);
		if (!got.len || !strstr(got.ptr, wanted) ||
		    count(&got, "HTTP/") != 1)
			fail_msg("%s: %s", row->name, got.len ? got.ptr : "-");
		await(&h, &h.told, (unsigned)i + 1);
		expect_told(&h, row);
		buf_release(&got);
		memset(h.server->tallies, 0, sizeof(h.server->tallies));
	}
	close_house(&h);
}

/* ---- What one connection may do in a row */

static void test_pipelining(void **state)
{
	static const char two[] = "PUT /one HTTP/1.1\r\n" HOST "\r\n"
				  "POST /two HTTP/1.1\r\n" HOST XML CLOSE
				  "Content-Length: 4\r\n\r\n<a/>";
	struct buf got = BUF_INIT(LIMIT_HEAD);
	struct house h;
	SSL *ssl = NULL;
	(void)state;

	open_house(&h, 5000, 0);
	ssl = connect_tls(&h);
	SSL_write(ssl, two, sizeof(two) - 1);
	read_all(ssl, &got);
	hang_up(ssl);
	assert_int_equal(count(&got, "HTTP/1.1 405 "), 1);
	assert_int_equal(count(&got, "HTTP/1.1 500 "), 1);
	await(&h, &h.told, 2);
	assert_int_equal(strncmp(h.head.ptr, "POST /two", 9), 0);
	close_house(&h);
	buf_release(&got);
}

static void test_expect(void **state)
{
	static const char head[] =
	    POST CLOSE "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n";
	struct buf got = BUF_INIT(LIMIT_HEAD);
	struct house h;
	SSL *ssl = NULL;
	(void)state;

	open_house(&h, 5000, 0);
	ssl = connect_tls(&h);
	SSL_write(ssl, head, sizeof(head) - 1);
	read_until(ssl, &got, "100 Continue\r\n\r\n");
	SSL_write(ssl, "<a/>", 4);
	read_all(ssl, &got);
	hang_up(ssl);
	assert_int_equal(count(&got, "HTTP/1.1 500 "), 1);
	await(&h, &h.told, 1);
	assert_int_equal(h.status, 500);
	close_house(&h);
	buf_release(&got);
}

static void test_long(void **state)
{
	static const char *const begins[] = { "PUT /",
		"PUT / HTTP/1.1\r\nX: " };
	static const struct {
		size_t begin, len;
		int status;
	} longs[] = { { 0, 600, 414 }, { 0, 100000, 400 }, { 1, 100000, 400 } };
	struct house h;
	(void)state;

	open_house(&h, 5000, 0);
	for (size_t i = 0; i < COUNTOF(longs); i++) {
		struct buf sent = BUF_INIT(LIMIT_MIB(1));
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = connect_tls(&h);
		char wanted[32];

		buf_adds(&sent, begins[longs[i].begin]);
		for (size_t n = 0; n < longs[i].len; n++)
			buf_addc(&sent, 'x');
		buf_adds(&sent, " HTTP/1.1\r\n" HOST "\r\n");
		SSL_write(ssl, sent.ptr, (int)sent.len);
		read_all(ssl, &got);
		hang_up(ssl);
		snprintf(wanted, sizeof(wanted), " %d ", longs[i].status);
		assert_true(got.len && strstr(got.ptr, wanted));
		await(&h, &h.told, (unsigned)i + 1);
		buf_release(&sent);
		buf_release(&got);
	}
	close_house(&h);
}

/* ---- Patience */

static void test_slow(void **state)
{
	static const struct {
		const char *sent;
		const char *trouble;
	} slow[] = {
		{ "POST / HT", "the request's head" },
		{ POST "Content-Length: 400\r\n\r\n<a>", "the request's body" },
	};
	struct house h;
	(void)state;

	open_house(&h, 300, 0);
	for (size_t i = 0; i < COUNTOF(slow); i++) {
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = connect_tls(&h);
		SSL_write(ssl, slow[i].sent, (int)strlen(slow[i].sent));
		read_all(ssl, &got);
		hang_up(ssl);
		assert_int_equal(count(&got, "HTTP/1.1 408 "), 1);
		assert_int_equal(count(&got, "Connection: close\r\n"), 1);
		await(&h, &h.told, (unsigned)i + 1);
		assert_non_null(strstr(h.trouble, slow[i].trouble));
		assert_string_equal(h.head.ptr,
		    i ? POST "Content-Length: 400\r\n\r\n" : "POST / HT");
		buf_release(&got);
	}
	close_house(&h);
}

static void test_silent_handshake(void **state)
{
	struct house h;
	char c = '\0';
	(void)state;

	open_house(&h, 300, 0);
	int fd = connect_plainly(&h);
	assert_int_equal(write(fd, "\x16\x03\x01", 3), 3);
	assert_true(read(fd, &c, 1) <= 0);
	close(fd);
	await(&h, &h.refused, 1);
	assert_non_null(strstr(h.reason, "silent"));
	close_house(&h);
}

static bool is_told(struct house *h, const char *trouble)
{
	pthread_mutex_lock(&h->lock);
	bool is = strstr(h->trouble, trouble);
	pthread_mutex_unlock(&h->lock);
	return is;
}

/* Who asks and asks but never reads fills no memory, and goes. */
static void test_slow_reader(void **state)
{
	static const char get[] = "GET / HTTP/1.1\r\n" HOST "\r\n";
	struct buf many = BUF_INIT(LIMIT_MIB(64));
	struct house h;
	int small = 2048;
	(void)state;

	open_house(&h, 1000, 0);
	for (int i = 0; i < 5000; i++)
		buf_add(&many, get, sizeof(get) - 1);
	SSL *ssl = connect_tls(&h);
	setsockopt(
	    SSL_get_fd(ssl), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	SSL_write(ssl, many.ptr, (int)many.len);
	for (int i = 0; i < 100 && !is_told(&h, "read its answer"); i++)
		usleep(100000);
	assert_true(is_told(&h, "read its answer"));
	hang_up(ssl);
	close_house(&h);
	buf_release(&many);
}

static void test_half_a_request(void **state)
{
	struct house h;
	(void)state;

	open_house(&h, 5000, 0);
	SSL *ssl = connect_tls(&h);
	SSL_write(ssl, POST, sizeof(POST) - 1);
	SSL_shutdown(ssl);
	hang_up(ssl);
	await(&h, &h.told, 1);
	assert_true(h.lost);
	assert_non_null(strstr(h.trouble, "in the middle"));
	assert_string_equal(h.head.ptr, POST);
	close_house(&h);
}

/* ---- Caps */

/* The first few of a kind are told, the others counted. */
static void test_many_troubles(void **state)
{
	enum {
		MANY = LIMIT_MOCK_TOLD + 5
	};
	struct house h;
	(void)state;

	open_house(&h, 5000, 0);
	for (int i = 0; i < MANY; i++) {
		int fd = connect_plainly(&h);
		char c = '\0';
		assert_int_equal(write(fd, "no TLS\r\n", 8), 8);
		while (read(fd, &c, 1) > 0)
			continue;
		close(fd);
	}
	await(&h, &h.refused, LIMIT_MOCK_TOLD);
	close_house(&h);
	assert_int_equal(h.refused, LIMIT_MOCK_TOLD);
	assert_int_equal(h.counted, MANY - LIMIT_MOCK_TOLD);
}

static void ask(SSL *ssl, const char *answer)
{
	static const char get[] = "PUT / HTTP/1.1\r\n" HOST "\r\n";
	struct buf got = BUF_INIT(LIMIT_HEAD);

	SSL_write(ssl, get, sizeof(get) - 1);
	read_until(ssl, &got, "\r\n\r\n");
	assert_non_null(strstr(got.ptr, answer));
	buf_release(&got);
}

/* Who has been idle longest makes room for who comes. */
static void test_room(void **state)
{
	SSL *idle[4];
	struct house h;
	char c = '\0';
	(void)state;

	open_house(&h, 5000, COUNTOF(idle));
	for (size_t i = 0; i < COUNTOF(idle); i++)
		idle[i] = connect_tls(&h);
	SSL *busy = connect_tls(&h);
	ask(busy, "405");
	assert_int_equal(SSL_read(idle[0], &c, 1), 0); /* it went */
	ask(idle[3], "405");
	for (size_t i = 0; i < COUNTOF(idle); i++)
		hang_up(idle[i]);
	hang_up(busy);
	close_house(&h);
	assert_int_equal(h.counted, 1);
}

/* Where none is idle, the new one hears it. */
static void test_no_room(void **state)
{
	static const char half[] = POST "Content-Length: 400\r\n\r\n<a>";
	SSL *busy[2];
	struct house h;
	(void)state;

	open_house(&h, 5000, COUNTOF(busy));
	for (size_t i = 0; i < COUNTOF(busy); i++) {
		busy[i] = connect_tls(&h);
		SSL_write(busy[i], half, sizeof(half) - 1);
	}
	usleep(100000); /* until they are read */
	SSL *late = connect_tls(&h);
	ask(late, "503 ");
	hang_up(late);
	for (size_t i = 0; i < COUNTOF(busy); i++)
		hang_up(busy[i]);
	close_house(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_silent_handshake),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_half_a_request),
		cmocka_unit_test(test_many_troubles),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_no_room),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

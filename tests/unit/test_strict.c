/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/door.h"

#include "base/limits.h"
#include "base/str.h"
#include "house.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

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

	house_open(&h, 5000, 0);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const struct row *row = &rows[i];
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = house_connect_tls(&h);
		char wanted[16];

		SSL_write(ssl, row->bytes, (int)row->len);
		house_read_all(ssl, &got);
		house_hang_up(ssl);
		snprintf(wanted, sizeof(wanted), " %d ", row->status);
		if (!got.len || !strstr(got.ptr, wanted) ||
		    house_count(&got, "HTTP/") != 1)
			fail_msg("%s: %s", row->name, got.len ? got.ptr : "-");
		house_await(&h, &h.told, (unsigned)i + 1);
		expect_told(&h, row);
		buf_release(&got);
		memset(h.server->tallies, 0, sizeof(h.server->tallies));
	}
	house_close(&h);
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

	house_open(&h, 5000, 0);
	ssl = house_connect_tls(&h);
	SSL_write(ssl, two, sizeof(two) - 1);
	house_read_all(ssl, &got);
	house_hang_up(ssl);
	assert_int_equal(house_count(&got, "HTTP/1.1 405 "), 1);
	assert_int_equal(house_count(&got, "HTTP/1.1 500 "), 1);
	house_await(&h, &h.told, 2);
	assert_int_equal(strncmp(h.head.ptr, "POST /two", 9), 0);
	house_close(&h);
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

	house_open(&h, 5000, 0);
	ssl = house_connect_tls(&h);
	SSL_write(ssl, head, sizeof(head) - 1);
	house_read_until(ssl, &got, "100 Continue\r\n\r\n");
	SSL_write(ssl, "<a/>", 4);
	house_read_all(ssl, &got);
	house_hang_up(ssl);
	assert_int_equal(house_count(&got, "HTTP/1.1 500 "), 1);
	house_await(&h, &h.told, 1);
	assert_int_equal(h.status, 500);
	house_close(&h);
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

	house_open(&h, 5000, 0);
	for (size_t i = 0; i < COUNTOF(longs); i++) {
		struct buf sent = BUF_INIT(LIMIT_MIB(1));
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = house_connect_tls(&h);
		char wanted[32];

		buf_adds(&sent, begins[longs[i].begin]);
		for (size_t n = 0; n < longs[i].len; n++)
			buf_addc(&sent, 'x');
		buf_adds(&sent, " HTTP/1.1\r\n" HOST "\r\n");
		SSL_write(ssl, sent.ptr, (int)sent.len);
		house_read_all(ssl, &got);
		house_hang_up(ssl);
		snprintf(wanted, sizeof(wanted), " %d ", longs[i].status);
		assert_true(got.len && strstr(got.ptr, wanted));
		house_await(&h, &h.told, (unsigned)i + 1);
		buf_release(&sent);
		buf_release(&got);
	}
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_long),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

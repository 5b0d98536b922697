/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/http.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

enum {
	MAX_BODY = 100
};

/* Feeds `text` in pieces of `step` bytes; returns how many were used. */
static size_t feed(
    struct http_request *r, const char *text, size_t len, size_t step)
{
	size_t used = 0;

	http_release(r);
	http_init(r, MAX_BODY);
	while (used < len) {
		size_t n = len - used < step ? len - used : step;
		size_t took = http_feed(r, text + used, n);
		r->wants_continue = false;
		used += took;
		if (took == 0)
			break;
	}
	return used;
}

static void reads_a_request_in_any_pieces(void **state)
{
	static const char text[] = "POST /a/b?c HTTP/1.1\r\nHost: x\r\n"
				   "Content-Type: Text/XML; charset=utf-8\r\n"
				   "CONTENT-LENGTH: 4 \r\n\r\n<a/>POST";
	struct http_request r = { 0 };

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		size_t used = feed(&r, text, sizeof(text) - 1, step);
		assert_int_equal(r.state, HTTP_DONE);
		assert_int_equal(used, sizeof(text) - 1 - 4);
		assert_string_equal(r.method, "POST");
		assert_string_equal(r.target, "/a/b");
		assert_string_equal(r.media_type, "text/xml");
		assert_string_equal(r.body.ptr, "<a/>");
		assert_int_equal(r.head.len, sizeof(text) - 1 - 8);
		assert_true(r.keep_alive);
	}
	http_release(&r);
}

static void puts_chunks_together(void **state)
{
	static const char text[] =
	    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "3;x=y\r\n<a/\r\n1\r\n>\r\n0\r\nTrailer: 1\r\n\r\n";
	struct http_request r = { 0 };

	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		assert_int_equal(
		    feed(&r, text, sizeof(text) - 1, step), sizeof(text) - 1);
		assert_int_equal(r.state, HTTP_DONE);
		assert_string_equal(r.body.ptr, "<a/>");
	}
	http_release(&r);
}

static void knows_when_to_stay(void **state)
{
	static const struct {
		const char *text;
		bool stays;
	} heads[] = {
		{ "GET / HTTP/1.1\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false },
	};
	struct http_request r = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(heads); i++) {
		feed(&r, heads[i].text, strlen(heads[i].text), 100);
		assert_int_equal(r.state, HTTP_DONE);
		assert_int_equal(r.keep_alive, heads[i].stays);
	}
	http_release(&r);
}

static void refuses_what_is_no_request(void **state)
{
#define POST "POST / HTTP/1.1\r\n"
	static const struct {
		const char *text;
		int status;
	} wrong[] = {
		{ "hello\r\n\r\n", 400 },
		{ "\x16\x03\x01\r\n\r\n", 400 },
		{ "GET /\r\n\r\n", 400 },
		{ "GET  / HTTP/1.1\r\n\r\n", 400 },
		{ "GET http://a/ HTTP/1.1\r\n\r\n", 400 },
		{ "GET / HTTP/2.0\r\n\r\n", 400 },
		{ "GET /\x01 HTTP/1.1\r\n\r\n", 400 },
		{ "GETGETGETGETGETGET / HTTP/1.1\r\n\r\n", 400 },
		{ POST "no colon\r\n\r\n", 400 },
		{ POST ": x\r\n\r\n", 400 },
		{ POST " folded: x\r\n\r\n", 400 },
		{ POST "A: x\ry\r\n\r\n", 400 },
		{ POST "A: \x01\r\n\r\n", 400 },
		{ POST "Content-Length: x\r\n\r\n", 400 },
		{ POST "Content-Length: -1\r\n\r\n", 400 },
		{ POST "Content-Length:\r\n\r\n", 400 },
		{ POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400 },
		{ POST "Content-Length: 99999999999999999999\r\n\r\n", 400 },
		{ POST "Content-Length: 101\r\n\r\n", 413 },
		{ POST "Transfer-Encoding: gzip\r\n\r\n", 501 },
		{ POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"
		       "\r\n",
		    400 },
		{ POST "Expect: wonders\r\n\r\n", 417 },
		{ POST "Transfer-Encoding: chunked\r\n\r\nx\r\n", 400 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n\r\n", 400 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n65\r\n", 413 },
		{ POST "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n", 400 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400 },
	};
	struct http_request r = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(wrong); i++)
		for (size_t step = 1; step < 40; step += 13) {
			feed(&r, wrong[i].text, strlen(wrong[i].text), step);
			if (r.state != HTTP_BAD || r.status != wrong[i].status)
				fail_msg("%zu: state %d, status %d", i,
				    (int)r.state, r.status);
			assert_non_null(r.why);
			assert_false(r.keep_alive);
		}
	http_release(&r);
#undef POST
}

static void caps_head_and_trailer(void **state)
{
	struct http_request r = { 0 };
	struct buf text = BUF_INIT(3 * LIMIT_HEAD);

	(void)state;
	buf_adds(&text, "GET / HTTP/1.1\r\nA: ");
	while (text.len < LIMIT_HEAD + 10)
		buf_addc(&text, 'x');
	feed(&r, text.ptr, text.len, 1000);
	assert_int_equal(r.state, HTTP_BAD);
	assert_int_equal(r.status, 431);
	buf_clear(&text);
	buf_adds(&text,
	    "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
	while (text.len < LIMIT_HEAD + 200)
		buf_addc(&text, 'x');
	feed(&r, text.ptr, text.len, 1000);
	assert_int_equal(r.state, HTTP_BAD);
	assert_int_equal(r.status, 431);
	buf_release(&text);
	http_release(&r);
}

static void waits_behind_the_head_for_100(void **state)
{
	static const char text[] = "POST / HTTP/1.1\r\nExpect: 100-continue\r\n"
				   "Content-Length: 1\r\n\r\nx";
	struct http_request r = { 0 };
	size_t used = 0;

	(void)state;
	http_init(&r, MAX_BODY);
	used = http_feed(&r, text, sizeof(text) - 1);
	assert_true(r.wants_continue);
	assert_int_equal(used, sizeof(text) - 2);
	r.wants_continue = false;
	used = http_feed(&r, text + used, 1);
	assert_int_equal(used, 1);
	assert_int_equal(r.state, HTTP_DONE);
	http_release(&r);
}

static void writes_heads(void **state)
{
	struct buf head = BUF_INIT(LIMIT_HEAD);

	(void)state;
	http_write_head(&head, 405, "text/plain", 3, false, "Allow: POST\r\n");
	assert_string_equal(head.ptr,
	    "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 3\r\nConnection: close\r\nAllow: POST\r\n\r\n");
	buf_release(&head);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request_in_any_pieces),
		cmocka_unit_test(puts_chunks_together),
		cmocka_unit_test(knows_when_to_stay),
		cmocka_unit_test(refuses_what_is_no_request),
		cmocka_unit_test(caps_head_and_trailer),
		cmocka_unit_test(waits_behind_the_head_for_100),
		cmocka_unit_test(writes_heads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

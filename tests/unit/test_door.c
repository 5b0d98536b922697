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

	house_open(&h, 300, 0);
	for (size_t i = 0; i < COUNTOF(slow); i++) {
		struct buf got = BUF_INIT(LIMIT_HEAD);
		SSL *ssl = house_connect_tls(&h);
		SSL_write(ssl, slow[i].sent, (int)strlen(slow[i].sent));
		house_read_all(ssl, &got);
		house_hang_up(ssl);
		assert_int_equal(house_count(&got, "HTTP/1.1 408 "), 1);
		assert_int_equal(house_count(&got, "Connection: close\r\n"), 1);
		house_await(&h, &h.told, (unsigned)i + 1);
		assert_non_null(strstr(h.trouble, slow[i].trouble));
		assert_string_equal(h.head.ptr,
		    i ? POST "Content-Length: 400\r\n\r\n" : "POST / HT");
		buf_release(&got);
	}
	house_close(&h);
}

static void test_silent_handshake(void **state)
{
	struct house h;
	char c = '\0';
	(void)state;

	house_open(&h, 300, 0);
	int fd = house_connect(&h);
	assert_int_equal(write(fd, "\x16\x03\x01", 3), 3);
	assert_true(read(fd, &c, 1) <= 0);
	close(fd);
	house_await(&h, &h.refused, 1);
	assert_non_null(strstr(h.reason, "silent"));
	house_close(&h);
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

	house_open(&h, 1000, 0);
	for (int i = 0; i < 5000; i++)
		buf_add(&many, get, sizeof(get) - 1);
	SSL *ssl = house_connect_tls(&h);
	setsockopt(
	    SSL_get_fd(ssl), SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	SSL_write(ssl, many.ptr, (int)many.len);
	for (int i = 0; i < 100 && !is_told(&h, "read its answer"); i++)
		usleep(100000);
	assert_true(is_told(&h, "read its answer"));
	house_hang_up(ssl);
	house_close(&h);
	buf_release(&many);
}

static void test_half_a_request(void **state)
{
	struct house h;
	(void)state;

	house_open(&h, 5000, 0);
	SSL *ssl = house_connect_tls(&h);
	SSL_write(ssl, POST, sizeof(POST) - 1);
	SSL_shutdown(ssl);
	house_hang_up(ssl);
	house_await(&h, &h.told, 1);
	assert_true(h.lost);
	assert_non_null(strstr(h.trouble, "in the middle"));
	assert_string_equal(h.head.ptr, POST);
	house_close(&h);
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

	house_open(&h, 5000, 0);
	for (int i = 0; i < MANY; i++) {
		int fd = house_connect(&h);
		char c = '\0';
		assert_int_equal(write(fd, "no TLS\r\n", 8), 8);
		while (read(fd, &c, 1) > 0)
			continue;
		close(fd);
	}
	house_await(&h, &h.refused, LIMIT_MOCK_TOLD);
	house_close(&h);
	assert_int_equal(h.refused, LIMIT_MOCK_TOLD);
	assert_int_equal(h.counted, MANY - LIMIT_MOCK_TOLD);
}

static void ask(SSL *ssl, const char *answer)
{
	static const char get[] = "PUT / HTTP/1.1\r\n" HOST "\r\n";
	struct buf got = BUF_INIT(LIMIT_HEAD);

	SSL_write(ssl, get, sizeof(get) - 1);
	house_read_until(ssl, &got, "\r\n\r\n");
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

	house_open(&h, 5000, COUNTOF(idle));
	for (size_t i = 0; i < COUNTOF(idle); i++)
		idle[i] = house_connect_tls(&h);
	SSL *busy = house_connect_tls(&h);
	ask(busy, "405");
	assert_int_equal(SSL_read(idle[0], &c, 1), 0); /* it went */
	ask(idle[3], "405");
	for (size_t i = 0; i < COUNTOF(idle); i++)
		house_hang_up(idle[i]);
	house_hang_up(busy);
	house_close(&h);
	assert_int_equal(h.counted, 1);
}

/* Where none is idle, the new one hears it. */
static void test_no_room(void **state)
{
	static const char half[] = POST "Content-Length: 400\r\n\r\n<a>";
	SSL *busy[2];
	struct house h;
	(void)state;

	house_open(&h, 5000, COUNTOF(busy));
	for (size_t i = 0; i < COUNTOF(busy); i++) {
		busy[i] = house_connect_tls(&h);
		SSL_write(busy[i], half, sizeof(half) - 1);
	}
	usleep(100000); /* until they are read */
	SSL *late = house_connect_tls(&h);
	ask(late, "503 ");
	house_hang_up(late);
	for (size_t i = 0; i < COUNTOF(busy); i++)
		house_hang_up(busy[i]);
	house_close(&h);
}

/* Who holds most goes when all hold too much; who holds little stays. */
static void test_held(void **state)
{
	static const char large[] = POST "Content-Length: 900000\r\n\r\n";
	static const char small[] = POST CLOSE "Content-Length: 4\r\n\r\n";
	char bytes[10000] = "";
	struct buf got = BUF_INIT(LIMIT_HEAD);
	struct house h;
	(void)state;

	house_open_with(&h, (struct server_options){ .held = 200000 });
	SSL *little = house_connect_tls(&h);
	SSL *much = house_connect_tls(&h);
	SSL_write(little, small, sizeof(small) - 1);
	SSL_write(much, large, sizeof(large) - 1);
	for (int i = 0; i < 25; i++)
		SSL_write(much, bytes, sizeof(bytes));
	house_read_all(much, &got);
	assert_int_equal(house_count(&got, "HTTP/1.1 503 "), 1);
	assert_int_equal(house_count(&got, "Retry-After: 1\r\n"), 1);
	house_await(&h, &h.told, 1);
	assert_true(is_told(&h, "too many bytes"));
	buf_clear(&got);
	SSL_write(little, "<a/>", 4);
	house_read_all(little, &got);
	assert_int_equal(house_count(&got, "HTTP/1.1 500 "), 1);
	house_hang_up(little);
	house_hang_up(much);
	house_close(&h);
	buf_release(&got);
}

/* A connection that was ended stays in libevent's hands for a moment: whoever
 * comes within that moment does not end it once more. */
static void test_rush(void **state)
{
	enum {
		CAP = 4,
		MANY = 300
	};
	int fds[MANY];
	struct house h;
	(void)state;

	house_open(&h, 20000, CAP);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < MANY; i++)
			fds[i] = house_connect(&h);
		for (size_t i = 0; i < MANY; i++)
			close(fds[i]);
	}
	house_hang_up(house_connect_tls(&h));
	house_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_silent_handshake),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_half_a_request),
		cmocka_unit_test(test_many_troubles),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_rush),
		cmocka_unit_test(test_held),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client.h"

#include "base/limits.h"
#include "net/identity.h"
#include "sending.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>

/* ---- Answers */

static void answered(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.soap_action = "urn:hl7-org:v3:x";
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = sending_client(&s);
	sending_with(c, &s, tlsserver_port(server), &x);
	assert_int_equal(x.ending, ENDED_ANSWERED);
	assert_int_equal(x.http_status, 200);
	assert_string_equal(
	    x.response.head.ptr, OK_HEAD "Content-Length: 4\r\n\r\n");
	assert_string_equal(x.response.body.ptr, "<b/>");
	assert_string_equal(x.response.media_type, "text/xml");
	assert_string_equal(x.request.media_type, "text/xml");
	assert_string_equal(x.request.body.ptr, "<a/>");
	/* Head and body are what the server saw, byte for byte. */
	char *sent = xasprintf("%s%s", x.request.head.ptr, x.request.body.ptr);
	assert_string_equal(sent, tlsserver_request(server));
	assert_non_null(strstr(sent, "POST / HTTP/1.1\r\n"));
	assert_non_null(
	    strstr(sent, "Content-Type: text/xml; charset=UTF-8\r\n"));
	assert_non_null(strstr(sent, "SOAPAction: \"urn:hl7-org:v3:x\"\r\n"));
	assert_null(strcasestr(sent, "expect"));
	assert_string_equal(x.tls.version, "TLSv1.3");
	assert_true(x.tls.cipher[0] != '\0');
	assert_int_equal(x.tls.alert, -1);
	assert_string_equal(x.tls.own_subject, sending_identity()->subject);
	const char *first = strstr(x.tls.peer_chain, "BEGIN CERTIFICATE");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "BEGIN CERTIFICATE"));
	assert_true(x.timing.connected > 0);
	assert_true(x.timing.secured >= x.timing.connected);
	assert_true(x.timing.first_byte >= x.timing.secured);
	assert_true(x.timing.ended >= x.timing.first_byte);
	assert_string_equal(x.trouble, "");
	free(sent);
	exchange_release(&x);
	client_free(c);
	tlsserver_stop(server);
}

static void connection_is_kept(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = sending_client(&s);
	for (int i = 0; i < 20; i++) {
		struct exchange x;
		sending_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(x.ending, ENDED_ANSWERED);
		assert_string_equal(x.tls.version, "TLSv1.3");
		assert_non_null(x.tls.peer_chain);
		exchange_release(&x);
	}
	assert_int_equal(tlsserver_connections(server), 1);
	assert_int_equal(tlsserver_requests(server), 20);
	client_free(c);
	tlsserver_stop(server);
}

static void answers(void **state)
{
	static const struct {
		const char *reply;
		int status;
		const char *head_ends, *body;
	} rows[] = {
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\n"
			  "3\r\nabc\r\n2\r\nde\r\n0\r\nTrail: er\r\n\r\n",
		    200, "chunked\r\n\r\n", "abcde" },
		{ "HTTP/1.1 100 Continue\r\n\r\n" OK_ANSWER, 200, "4\r\n\r\n",
		    "<b/>" },
		{ "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\n"
		  "Content-Length: 0\r\n\r\n",
		    302, "0\r\n\r\n", "" },
		{ "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno", 500,
		    "2\r\n\r\n", "no" },
		{ "HTTP/1.1 204 Empty\r\n\r\n", 204, "y\r\n\r\n", "" },
		{ "HTTP/1.0 200 OK\r\n\r\nuntil the end", 200, "K\r\n\r\n",
		    "until the end" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct setting s = sending_usual(rows[i].reply, THEN_CLOSE);
		struct exchange x;
		sending_once(&s, &x);
		assert_int_equal(x.ending, ENDED_ANSWERED);
		assert_int_equal(x.http_status, rows[i].status);
		assert_string_equal(x.response.body.ptr, rows[i].body);
		size_t tail = strlen(rows[i].head_ends);
		assert_true(x.response.head.len > tail);
		assert_string_equal(
		    x.response.head.ptr + x.response.head.len - tail,
		    rows[i].head_ends);
		assert_int_equal(memcmp(x.response.head.ptr, "HTTP/1.", 7), 0);
		exchange_release(&x);
	}
}

static void bad_answers(void **state)
{
	static const struct {
		const char *reply;
		enum tlsserver_then then;
		enum ending ending;
	} rows[] = {
		{ "", THEN_CLOSE, ENDED_LOST },
		{ "", THEN_RESET, ENDED_LOST },
		{ OK_HEAD "Content-Length: 40\r\n\r\ncut", THEN_CLOSE,
		    ENDED_LOST },
		{ OK_HEAD "Content-Length: 40\r\n\r\ncut", THEN_RESET,
		    ENDED_LOST },
		{ OK_HEAD "Content-Le", THEN_RESET, ENDED_LOST },
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\n9\r\ncut",
		    THEN_CLOSE, ENDED_LOST },
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\nx",
		    THEN_CLOSE, ENDED_UNREADABLE },
		{ OK_HEAD "Content-Length: many\r\n\r\nx", THEN_CLOSE,
		    ENDED_UNREADABLE },
		{ OK_HEAD "Content-Length: 99999999999\r\n\r\nx", THEN_CLOSE,
		    ENDED_UNREADABLE },
		{ "this is no HTTP at all\r\n\r\n", THEN_CLOSE,
		    ENDED_UNREADABLE },
		{ "\x16\x03\x01\x02\x05\r\n", THEN_CLOSE, ENDED_UNREADABLE },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct setting s = sending_usual(rows[i].reply, rows[i].then);
		sending_expect(&s, rows[i].ending);
	}
}

static void large_head(void **state)
{
	size_t len = LIMIT_HEAD + 1000;
	struct buf reply = BUF_INIT(LIMIT_MIB(1));
	struct exchange x;
	(void)state;
	buf_adds(&reply, "HTTP/1.1 200 OK\r\n");
	while (reply.len < len)
		buf_adds(
		    &reply, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
	buf_adds(&reply, "Content-Length: 0\r\n\r\n");
	struct setting s = sending_usual(reply.ptr, THEN_CLOSE);
	sending_once(&s, &x);
	assert_int_equal(x.ending, ENDED_UNREADABLE);
	assert_true(x.response.head.len <= LIMIT_HEAD);
	assert_non_null(strstr(x.trouble, "limit"));
	exchange_release(&x);

	buf_clear(&reply); /* one line that libcurl itself does not take */
	buf_adds(&reply, "HTTP/1.1 200 OK\r\nX: ");
	for (int i = 0; i < 200000; i++)
		buf_addc(&reply, 'a');
	struct setting line = sending_usual(reply.ptr, THEN_CLOSE);
	sending_expect(&line, ENDED_UNREADABLE);
	buf_release(&reply);
}

/* A body without Content-Length that goes on beyond the cap. */
static void large_body(void **state)
{
	size_t len = LIMIT_MESSAGE + LIMIT_MIB(1);
	char *reply = xmalloc(len + 1);
	struct exchange x;
	(void)state;
	memset(reply, 'a', len);
	reply[len] = '\0';
	memcpy(reply, "HTTP/1.0 200 OK\r\n\r\n", 19);
	struct setting s = sending_usual(reply, THEN_CLOSE);
	s.exchange_ms = 60000;
	sending_once(&s, &x);
	assert_int_equal(x.ending, ENDED_UNREADABLE);
	assert_true(x.response.body.len <= LIMIT_MESSAGE);
	exchange_release(&x);
	free(reply);
}

static void deadline(void **state)
{
	struct setting s = sending_usual("", THEN_STALL);
	int64_t start = clock_monotonic();
	(void)state;
	s.exchange_ms = 300;
	sending_expect(&s, ENDED_TIMEOUT);
	assert_true(clock_monotonic() - start < 3000000);
	struct setting half = sending_usual(OK_HEAD, THEN_STALL);
	half.exchange_ms = 300;
	sending_expect(&half, ENDED_TIMEOUT);
}

/* ---- Nothing is sent twice */

static void lost_on_kept_connection(void **state)
{
	struct setting s = sending_usual("", THEN_CLOSE);
	struct exchange x;
	(void)state;
	for (int i = 0; i < 2; i++) {
		s.server.honest = 1;
		s.server.then = i ? THEN_RESET : THEN_CLOSE;
		struct tlsserver *server = tlsserver_start(&s.server);
		struct client *c = sending_client(&s);
		sending_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(x.ending, ENDED_ANSWERED);
		exchange_release(&x);
		sending_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(x.ending, ENDED_LOST);
		assert_string_equal(x.request.body.ptr, "<a/>");
		exchange_release(&x);
		assert_int_equal(tlsserver_requests(server), 2);
		client_free(c);
		tlsserver_stop(server);
	}
}

static void no_ca(void **state)
{
	struct err err = { 0 };
	struct client_options options = { .ca = "/nonexistent.pem" };
	(void)state;
	assert_null(client_new(&options, &err));
	assert_int_equal(err.kind, ERR_IO);
	err = (struct err){ 0 };
	options.ca = NULL;
	assert_null(client_new(&options, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	client_free(NULL);
}

/* ---- Threads, each with a client of its own */

static struct setting shared;
static unsigned shared_port;

static void *worker(void *arg)
{
	struct client *c = sending_client(&shared);
	unsigned *answered_count = arg;
	for (int i = 0; i < 60; i++) {
		struct exchange x;
		sending_with(c, &shared, shared_port, &x);
		*answered_count += x.ending == ENDED_ANSWERED;
		exchange_release(&x);
	}
	client_free(c);
	return NULL;
}

static void threads(void **state)
{
	pthread_t ids[8];
	unsigned counts[8] = { 0 };
	(void)state;
	shared = sending_usual(OK_ANSWER, THEN_KEEP);
	struct tlsserver *server = tlsserver_start(&shared.server);
	shared_port = tlsserver_port(server);
	for (size_t i = 0; i < COUNTOF(ids); i++)
		pthread_create(&ids[i], NULL, worker, &counts[i]);
	for (size_t i = 0; i < COUNTOF(ids); i++) {
		pthread_join(ids[i], NULL);
		assert_int_equal(counts[i], 60);
	}
	tlsserver_stop(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answered),
		cmocka_unit_test(connection_is_kept),
		cmocka_unit_test(answers),
		cmocka_unit_test(bad_answers),
		cmocka_unit_test(large_head),
		cmocka_unit_test(large_body),
		cmocka_unit_test(deadline),
		cmocka_unit_test(lost_on_kept_connection),
		cmocka_unit_test(no_ca),
		cmocka_unit_test(threads),
	};
	return cmocka_run_group_tests(tests, sending_setup, sending_teardown);
}

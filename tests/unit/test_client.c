/* SPDX-License-Identifier: Apache-2.0 */
#include "net/client.h"

#include "base/limits.h"
#include "check/target.h"
#include "net/identity.h"
#include "tlsserver.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	REPEATS = 50
};

static struct target_rules *rules;
static struct identity client_id;

/* ---- One exchange, from server to client */

struct setting {
	struct tlsserver_options server;
	const struct identity *identity;
	const char *ca;	 /* NULL = the right one */
	const char *url; /* NULL = the server's */
	unsigned exchange_ms;
	bool probe;
	const char *soap_action;
};

static struct setting usual(const char *reply, enum tlsserver_then then)
{
	return (struct setting){
		.server = { .certificate = test_pki_file("server.pem"),
		    .key = test_pki_file("server.key"),
		    .client_ca = test_pki_file("ca.pem"),
		    .reply = reply,
		    .len = strlen(reply),
		    .then = then },
		.identity = &client_id,
		.exchange_ms = 5000,
	};
}

static struct cleared_message *clear(
    const struct setting *s, unsigned port, const char *body, size_t len)
{
	struct target t = { 0 };
	struct err err = { 0 };
	struct guard_report report = { 0 };
	char *url = xasprintf("https://127.0.0.1:%u/", port);
	assert_int_equal(target_set_url(&t, s->url ? s->url : url, &err), 0);
	struct outgoing what = { .body = body,
		.len = len,
		.media_type = "text/xml; charset=UTF-8",
		.soap_action = s->soap_action,
		.is_probe = s->probe };
	struct guard_context where = {
		.target = &t, .rules = rules, .processing_code = "D"
	};
	struct cleared_message *m = guard_clear(&what, &where, &report);
	assert_non_null(m);
	target_release(&t);
	free(url);
	return m;
}

static struct client *new_client(const struct setting *s)
{
	struct err err = { 0 };
	struct client_options options = {
		.ca = s->ca ? s->ca : test_pki_file("ca.pem"),
		.identity = s->identity,
		.connect_ms = 5000,
		.exchange_ms = s->exchange_ms,
	};
	struct client *c = client_new(&options, &err);
	if (!c)
		err_print(stderr, &err);
	assert_non_null(c);
	return c;
}

static void send_with(struct client *c, const struct setting *s, unsigned port,
    struct exchange *x)
{
	struct world world = world_real();
	struct err err = { 0 };
	const char *body = s->probe ? "" : "<a/>";
	struct cleared_message *m = clear(s, port, body, strlen(body));
	exchange_init(x);
	int rc = net_send(c, m, &world, x, &err);
	if (rc != 0)
		err_print(stderr, &err);
	assert_int_equal(rc, 0);
	cleared_free(m);
}

static void send_once(const struct setting *s, struct exchange *x)
{
	struct tlsserver *server = tlsserver_start(&s->server);
	struct client *c = new_client(s);
	send_with(c, s, tlsserver_port(server), x);
	client_free(c);
	tlsserver_stop(server);
}

static void expect_ending(const struct setting *s, enum ending ending)
{
	struct exchange x;
	send_once(s, &x);
	if (x.ending != ending)
		print_error("%s instead of %s: %s\n", ending_name(x.ending),
		    ending_name(ending), x.trouble);
	assert_int_equal(x.ending, ending);
	assert_true(ending == ENDED_ANSWERED || x.trouble[0]);
	exchange_release(&x);
}

/* ---- Answers */

#define OK_HEAD	  "HTTP/1.1 200 OK\r\nContent-Type: Text/XML; charset=utf-8\r\n"
#define OK_ANSWER OK_HEAD "Content-Length: 4\r\n\r\n<b/>"

static void answered(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.soap_action = "urn:hl7-org:v3:x";
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = new_client(&s);
	send_with(c, &s, tlsserver_port(server), &x);
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
	assert_string_equal(x.tls.own_subject, client_id.subject);
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
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = new_client(&s);
	for (int i = 0; i < 20; i++) {
		struct exchange x;
		send_with(c, &s, tlsserver_port(server), &x);
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
		struct setting s = usual(rows[i].reply, THEN_CLOSE);
		struct exchange x;
		send_once(&s, &x);
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
		struct setting s = usual(rows[i].reply, rows[i].then);
		expect_ending(&s, rows[i].ending);
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
	struct setting s = usual(reply.ptr, THEN_CLOSE);
	send_once(&s, &x);
	assert_int_equal(x.ending, ENDED_UNREADABLE);
	assert_true(x.response.head.len <= LIMIT_HEAD);
	assert_non_null(strstr(x.trouble, "limit"));
	exchange_release(&x);

	buf_clear(&reply); /* one line that libcurl itself does not take */
	buf_adds(&reply, "HTTP/1.1 200 OK\r\nX: ");
	for (int i = 0; i < 200000; i++)
		buf_addc(&reply, 'a');
	struct setting line = usual(reply.ptr, THEN_CLOSE);
	expect_ending(&line, ENDED_UNREADABLE);
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
	struct setting s = usual(reply, THEN_CLOSE);
	s.exchange_ms = 60000;
	send_once(&s, &x);
	assert_int_equal(x.ending, ENDED_UNREADABLE);
	assert_true(x.response.body.len <= LIMIT_MESSAGE);
	exchange_release(&x);
	free(reply);
}

static void deadline(void **state)
{
	struct setting s = usual("", THEN_STALL);
	int64_t start = clock_monotonic();
	(void)state;
	s.exchange_ms = 300;
	expect_ending(&s, ENDED_TIMEOUT);
	assert_true(clock_monotonic() - start < 3000000);
	struct setting half = usual(OK_HEAD, THEN_STALL);
	half.exchange_ms = 300;
	expect_ending(&half, ENDED_TIMEOUT);
}

/* ---- Nothing is sent twice */

static void lost_on_kept_connection(void **state)
{
	struct setting s = usual("", THEN_CLOSE);
	struct exchange x;
	(void)state;
	for (int i = 0; i < 2; i++) {
		s.server.honest = 1;
		s.server.then = i ? THEN_RESET : THEN_CLOSE;
		struct tlsserver *server = tlsserver_start(&s.server);
		struct client *c = new_client(&s);
		send_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(x.ending, ENDED_ANSWERED);
		exchange_release(&x);
		send_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(x.ending, ENDED_LOST);
		assert_string_equal(x.request.body.ptr, "<a/>");
		exchange_release(&x);
		assert_int_equal(tlsserver_requests(server), 2);
		client_free(c);
		tlsserver_stop(server);
	}
}

/* ---- TLS */

static void no_server(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.url = "https://127.0.0.1:1/";
	send_once(&s, &x);
	assert_int_equal(x.ending, ENDED_UNREACHABLE);
	assert_int_equal(x.request.head.len, 0);
	assert_string_equal(x.tls.version, "");
	assert_int_equal(x.timing.secured, -1);
	exchange_release(&x);
}

static void server_distrusted(void **state)
{
	struct exchange x;
	(void)state;
	/* From another CA: refused, although the system may trust it. */
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	s.server.certificate = test_pki_file("bad/unknown-ca.pem");
	s.server.key = test_pki_file("bad/unknown-ca.key");
	send_once(&s, &x);
	assert_int_equal(x.ending, ENDED_TLS_DISTRUST);
	assert_non_null(x.tls.peer_chain); /* also then one sees what it was */
	assert_int_equal(x.request.head.len, 0);
	assert_false(x.tls.alert_from_peer);
	assert_int_equal(x.tls.alert, 48);
	exchange_release(&x);
	/* The right CA, another host's name. */
	s.server.certificate = test_pki_file("client.pem");
	s.server.key = test_pki_file("client.key");
	expect_ending(&s, ENDED_TLS_DISTRUST);
	s.server.certificate = test_pki_file("bad/expired.pem");
	s.server.key = test_pki_file("bad/expired.key");
	expect_ending(&s, ENDED_TLS_DISTRUST);
}

static void pin_is_real(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	/* A CA file of somebody else's: ours must not be found elsewhere. */
	s.ca = test_pki_file("bad/self-signed.pem");
	expect_ending(&s, ENDED_TLS_DISTRUST);
}

static void reset_before_handshake(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	s.server.reset_at_accept = 1;
	expect_ending(&s, ENDED_TLS_FAILED);
	s.probe = true;
	expect_ending(&s, ENDED_TLS_FAILED);
}

static void refused_as(const char *name, int version, int alert, bool probe)
{
	struct identity id = { 0 };
	struct err err = { 0 };
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	if (name) {
		char *pem = xasprintf("bad/%s.pem", name);
		char *key = xasprintf("bad/%s.key", name);
		assert_int_equal(identity_load_pem(&id, test_pki_file(pem),
				     test_pki_file(key), NULL, &err),
		    0);
		free(pem);
		free(key);
	}
	s.identity = &id;
	s.server.max_version = version;
	s.probe = probe;
	struct tlsserver *server = tlsserver_start(&s.server);
	for (int i = 0; i < (probe ? 5 : REPEATS); i++) {
		struct exchange x;
		struct client *c = new_client(&s);
		send_with(c, &s, tlsserver_port(server), &x);
		if (x.ending != ENDED_TLS_REFUSED)
			print_error("%s: %s, %s\n", name ? name : "none",
			    ending_name(x.ending), x.trouble);
		assert_int_equal(x.ending, ENDED_TLS_REFUSED);
		assert_true(x.tls.alert_from_peer);
		assert_int_equal(x.tls.alert, alert);
		assert_true(tls_alert_is_about_client_certificate(x.tls.alert));
		assert_int_equal(x.tls.own_subject != NULL, name != NULL);
		exchange_release(&x);
		client_free(c);
	}
	assert_int_equal(tlsserver_requests(server), 0);
	tlsserver_stop(server);
	identity_release(&id);
}

static void refused(void **state)
{
	(void)state;
	refused_as(NULL, TLS1_3_VERSION, 116, false);
	refused_as(NULL, TLS1_2_VERSION, 40, false);
	refused_as("unknown-ca", TLS1_3_VERSION, 48, false);
	refused_as("unknown-ca", TLS1_2_VERSION, 48, false);
	refused_as("expired", TLS1_3_VERSION, 45, true);
	refused_as("not-yet-valid", TLS1_3_VERSION, 42, true);
	refused_as("wrong-usage", TLS1_3_VERSION, 43, true);
	refused_as("no-chain", TLS1_3_VERSION, 48, true);
	refused_as("self-signed", TLS1_2_VERSION, 48, true);
}

static void probe_open(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	s.probe = true;
	for (int i = 0; i < 2; i++) {
		struct exchange x;
		s.server.max_version = i ? TLS1_2_VERSION : TLS1_3_VERSION;
		send_once(&s, &x);
		assert_int_equal(x.ending, ENDED_PROBE_OPEN);
		assert_int_equal(x.request.head.len, 0);
		assert_true(x.timing.secured > 0);
		assert_string_equal(x.tls.own_subject, client_id.subject);
		exchange_release(&x);
	}
}

/* A probe must not spoil what is told of the message after it. */
static void message_after_probe(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = new_client(&s);
	for (int i = 0; i < 3; i++) {
		s.probe = i == 1;
		send_with(c, &s, tlsserver_port(server), &x);
		assert_int_equal(
		    x.ending, s.probe ? ENDED_PROBE_OPEN : ENDED_ANSWERED);
		assert_non_null(x.tls.peer_chain);
		exchange_release(&x);
	}
	client_free(c);
	tlsserver_stop(server);
}

static void tls12(void **state)
{
	struct setting s = usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.server.max_version = TLS1_2_VERSION;
	send_once(&s, &x);
	assert_int_equal(x.ending, ENDED_ANSWERED);
	assert_string_equal(x.tls.version, "TLSv1.2");
	assert_string_equal(x.tls.own_subject, client_id.subject);
	exchange_release(&x);
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
	struct client *c = new_client(&shared);
	unsigned *answered_count = arg;
	for (int i = 0; i < 60; i++) {
		struct exchange x;
		send_with(c, &shared, shared_port, &x);
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
	shared = usual(OK_ANSWER, THEN_KEEP);
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

static void alert_names(void **state)
{
	char name[64];
	(void)state;
	tls_alert_name(name, 116);
	assert_string_equal(name, "certificate_required (116)");
	tls_alert_name(name, 250);
	assert_string_equal(name, "unknown (250)");
	assert_true(tls_alert_is_about_client_certificate(48));
	assert_false(tls_alert_is_about_client_certificate(70));
	assert_false(tls_alert_is_about_client_certificate(-1));
}

static int setup(void **state)
{
	struct err err = { 0 };
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	rules = target_rules_load("cases/targets.xml", &err);
	return rules
		   ? identity_load_pem(&client_id, test_pki_file("client.pem"),
			 test_pki_file("client.key"), NULL, &err)
		   : -1;
}

static int teardown(void **state)
{
	(void)state;
	identity_release(&client_id);
	target_rules_free(rules);
	curl_global_cleanup();
	return 0;
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
		cmocka_unit_test(no_server),
		cmocka_unit_test(server_distrusted),
		cmocka_unit_test(pin_is_real),
		cmocka_unit_test(reset_before_handshake),
		cmocka_unit_test(refused),
		cmocka_unit_test(probe_open),
		cmocka_unit_test(message_after_probe),
		cmocka_unit_test(tls12),
		cmocka_unit_test(no_ca),
		cmocka_unit_test(threads),
		cmocka_unit_test(alert_names),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

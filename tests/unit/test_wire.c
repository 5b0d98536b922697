/* SPDX-License-Identifier: Apache-2.0 */
#include "net/wire.h"

#include "net/identity.h"
#include "sending.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/ssl.h>
#include <stdlib.h>

enum {
	REPEATS = 50
};

static void no_server(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.url = "https://127.0.0.1:1/";
	sending_once(&s, &x);
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
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	s.server.certificate = test_pki_file("bad/unknown-ca.pem");
	s.server.key = test_pki_file("bad/unknown-ca.key");
	sending_once(&s, &x);
	assert_int_equal(x.ending, ENDED_TLS_DISTRUST);
	assert_non_null(x.tls.peer_chain); /* also then one sees what it was */
	assert_int_equal(x.request.head.len, 0);
	assert_false(x.tls.alert_from_peer);
	assert_int_equal(x.tls.alert, 48);
	exchange_release(&x);
	/* The right CA, another host's name. */
	s.server.certificate = test_pki_file("client.pem");
	s.server.key = test_pki_file("client.key");
	sending_expect(&s, ENDED_TLS_DISTRUST);
	s.server.certificate = test_pki_file("bad/expired.pem");
	s.server.key = test_pki_file("bad/expired.key");
	sending_expect(&s, ENDED_TLS_DISTRUST);
}

static void pin_is_real(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	/* A CA file of somebody else's: ours must not be found elsewhere. */
	s.ca = test_pki_file("bad/self-signed.pem");
	sending_expect(&s, ENDED_TLS_DISTRUST);
}

static void reset_before_handshake(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	s.server.reset_at_accept = 1;
	sending_expect(&s, ENDED_TLS_FAILED);
	s.probe = true;
	sending_expect(&s, ENDED_TLS_FAILED);
}

static void refused_as(const char *name, int version, int alert, bool probe)
{
	struct identity id = { 0 };
	struct err err = { 0 };
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
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
		struct client *c = sending_client(&s);
		sending_with(c, &s, tlsserver_port(server), &x);
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
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	(void)state;
	s.probe = true;
	for (int i = 0; i < 2; i++) {
		struct exchange x;
		s.server.max_version = i ? TLS1_2_VERSION : TLS1_3_VERSION;
		sending_once(&s, &x);
		assert_int_equal(x.ending, ENDED_PROBE_OPEN);
		assert_int_equal(x.request.head.len, 0);
		assert_true(x.timing.secured > 0);
		assert_string_equal(
		    x.tls.own_subject, sending_identity()->subject);
		exchange_release(&x);
	}
}

/* A probe must not spoil what is told of the message after it. */
static void message_after_probe(void **state)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client *c = sending_client(&s);
	for (int i = 0; i < 3; i++) {
		s.probe = i == 1;
		sending_with(c, &s, tlsserver_port(server), &x);
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
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	(void)state;
	s.server.max_version = TLS1_2_VERSION;
	sending_once(&s, &x);
	assert_int_equal(x.ending, ENDED_ANSWERED);
	assert_string_equal(x.tls.version, "TLSv1.2");
	assert_string_equal(x.tls.own_subject, sending_identity()->subject);
	exchange_release(&x);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_server),
		cmocka_unit_test(server_distrusted),
		cmocka_unit_test(pin_is_real),
		cmocka_unit_test(reset_before_handshake),
		cmocka_unit_test(refused),
		cmocka_unit_test(probe_open),
		cmocka_unit_test(message_after_probe),
		cmocka_unit_test(tls12),
		cmocka_unit_test(alert_names),
	};
	return cmocka_run_group_tests(tests, sending_setup, sending_teardown);
}

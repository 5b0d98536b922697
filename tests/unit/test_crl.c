/* SPDX-License-Identifier: Apache-2.0 */
#include "net/crl.h"

#include "base/file.h"
#include "net/client.h"
#include "net/identity.h"
#include "sending.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- Files */

static void reads_both_forms(void **state)
{
	STACK_OF(X509_CRL) *list = NULL;
	struct err err = { 0 };
	unsigned char *der = NULL;
	char path[] = "/tmp/esitesti-crl.XXXXXX";
	(void)state;
	assert_int_equal(crls_read(&list, test_pki_file("crl.pem"), &err), 0);
	assert_int_equal(sk_X509_CRL_num(list), 1);
	int len = i2d_X509_CRL(sk_X509_CRL_value(list, 0), &der);
	assert_true(len > 0);
	sk_X509_CRL_pop_free(list, X509_CRL_free);

	int fd = mkstemp(path);
	assert_int_equal(write(fd, der, (size_t)len), len);
	assert_int_equal(crls_read(&list, path, &err), 0);
	assert_int_equal(sk_X509_CRL_num(list), 1);
	sk_X509_CRL_pop_free(list, X509_CRL_free);
	/* Something behind it: not what it seems. */
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(crls_read(&list, path, &err), -1);
	assert_int_equal(err.kind, ERR_TLS);
	close(fd);
	unlink(path);
	OPENSSL_free(der);
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "", "holds no revocation list" },
		{ "text", "holds no revocation list" },
		{ "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n",
		    "damaged" },
	};
	STACK_OF(X509_CRL) *list = NULL;
	struct err err = { 0 };
	(void)state;
	assert_int_equal(crls_read(&list, test_pki_file("ca.pem"), &err), -1);
	assert_non_null(strstr(err.msg, "holds a certificate"));
	assert_non_null(strstr(err.hint, "distribution point"));
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char path[] = "/tmp/esitesti-crl.XXXXXX";
		struct err one = { 0 };
		int fd = mkstemp(path);
		ssize_t len = (ssize_t)strlen(rows[i].text);
		assert_int_equal(write(fd, rows[i].text, (size_t)len), len);
		close(fd);
		assert_int_equal(crls_read(&list, path, &one), -1);
		assert_null(list);
		assert_int_equal(one.kind, ERR_TLS);
		assert_non_null(strstr(one.msg, rows[i].says));
		unlink(path);
	}
	struct err none = { 0 };
	assert_int_equal(crls_read(&list, "/nowhere/crl.pem", &none), -1);
	assert_int_equal(none.kind, ERR_IO);
}

static void finds_the_revoked(void **state)
{
	static const struct {
		const char *file;
		bool revoked;
	} rows[] = {
		{ "bad/revoked.pem", true },
		{ "bad-server/revoked.pem", true },
		{ "client.pem", false },
		{ "bad/unknown-ca.pem", false },
	};
	STACK_OF(X509_CRL) *list = NULL;
	struct err err = { 0 };
	(void)state;
	assert_int_equal(crls_read(&list, test_pki_file("crl.pem"), &err), 0);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		STACK_OF(X509) *certs = NULL;
		assert_int_equal(certificates_read(
				     &certs, test_pki_file(rows[i].file), &err),
		    0);
		int64_t at = crls_revoked(list, sk_X509_value(certs, 0));
		assert_int_equal(at > 1700000000, rows[i].revoked);
		assert_int_equal(
		    crls_revoked(NULL, sk_X509_value(certs, 0)), 0);
		sk_X509_pop_free(certs, X509_free);
	}
	sk_X509_CRL_pop_free(list, X509_CRL_free);
}

/* ---- A client that has one */

struct row {
	const char *server, *crl;
	enum ending ending;
	enum word word;
};

static void send_one(const struct row *row)
{
	struct setting s = sending_usual(OK_ANSWER, THEN_KEEP);
	struct exchange x;
	struct err err = { 0 };
	char *pem = xasprintf("%s/%s.pem", test_pki(), row->server);
	char *key = xasprintf("%s/%s.key", test_pki(), row->server);
	char *crl =
	    row->crl ? xasprintf("%s/%s.pem", test_pki(), row->crl) : NULL;
	s.server.certificate = pem;
	s.server.key = key;
	struct tlsserver *server = tlsserver_start(&s.server);
	struct client_options options = { .ca = test_pki_file("ca.pem"),
		.crl = crl,
		.identity = sending_identity(),
		.connect_ms = 5000,
		.exchange_ms = 5000 };
	struct client *c = client_new(&options, &err);
	assert_non_null(c);
	sending_with(c, &s, tlsserver_port(server), &x);
	if (x.ending != row->ending)
		print_error("%s with %s: %s\n", row->server,
		    row->crl ? row->crl : "nothing", x.trouble);
	assert_int_equal(x.ending, row->ending);
	assert_int_equal(x.remark.word, row->word);
	exchange_release(&x);
	client_free(c);
	tlsserver_stop(server);
	free(crl);
	free(key);
	free(pem);
}

static void client_checks(void **state)
{
	static const struct row rows[] = {
		{ "server", NULL, ENDED_ANSWERED, W_none },
		{ "server", "crl", ENDED_ANSWERED, W_none },
		{ "bad-server/revoked", NULL, ENDED_ANSWERED, W_none },
		{ "bad-server/revoked", "crl", ENDED_TLS_DISTRUST,
		    W_net_revoked },
		{ "server", "bad-crl/expired", ENDED_TLS_DISTRUST,
		    W_net_crl_expired },
		{ "server", "bad-crl/not-yet-valid", ENDED_TLS_DISTRUST,
		    W_net_crl_early },
		{ "server", "bad-crl/unknown-ca", ENDED_TLS_DISTRUST,
		    W_net_crl_of_another },
		/* Nothing to do with revocation, and not said to be. */
		{ "bad-server/wrong-host", "crl", ENDED_TLS_DISTRUST, W_none },
		{ "bad-server/expired", "crl", ENDED_TLS_DISTRUST, W_none },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		send_one(&rows[i]);
}

static void client_wants_a_list(void **state)
{
	struct client_options options = { .ca = test_pki_file("ca.pem"),
		.crl = test_pki_file("client.pem") };
	struct err err = { 0 };
	(void)state;
	assert_null(client_new(&options, &err));
	assert_int_equal(err.kind, ERR_TLS);
	assert_non_null(strstr(err.msg, "CRL file: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_both_forms),
		cmocka_unit_test(refuses),
		cmocka_unit_test(finds_the_revoked),
		cmocka_unit_test(client_checks),
		cmocka_unit_test(client_wants_a_list),
	};
	return cmocka_run_group_tests(tests, sending_setup, sending_teardown);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "net/certificate.h"

#include "base/clock.h"
#include "net/crl.h"
#include "net/identity.h"
#include "tlsserver.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/x509v3.h>
#include <time.h>

enum {
	DAY = 24 * 60 * 60
};

static struct target_rules *rules;
static EVP_PKEY *strong, *weak, *ec;

/* A certificate of any kind; one key signs them all. */
struct recipe {
	const char *issuer, *serial_number, *usage, *extended, *title;
	int from, days;
	EVP_PKEY *key;
	const EVP_MD *digest;
};

/* As DVV makes them. */
#define DVV_TEST "DVV TEST Social Welfare and Healthcare Service Certs - G3R"
static struct recipe server(void)
{
	return (struct recipe){ DVV_TEST, "1.2.246.10.1234567.10.0",
		"digitalSignature,keyEncipherment", "serverAuth,clientAuth",
		NULL, -1, 365, strong, EVP_sha256() };
}

static void name_add(X509_NAME *name, const char *field, const char *value)
{
	if (value)
		X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
		    (const unsigned char *)value, -1, -1, 0);
}

static void extend(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	if (!value)
		return;
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	X509_add_ext(cert, e, -1);
	X509_EXTENSION_free(e);
}

static X509 *cook(const struct recipe *r)
{
	X509 *cert = X509_new();
	X509_NAME *issuer = X509_NAME_new();
	time_t from = time(NULL) + (time_t)r->from * DAY;
	X509_set_version(cert, X509_VERSION_3);
	ASN1_TIME_set(X509_getm_notBefore(cert), from);
	ASN1_TIME_set(X509_getm_notAfter(cert), from + (time_t)r->days * DAY);
	name_add(issuer, "C", "FI");
	name_add(issuer, "CN", r->issuer);
	X509_set_issuer_name(cert, issuer);
	X509_NAME_free(issuer);
	X509_NAME *subject = X509_get_subject_name(cert);
	name_add(subject, "C", "FI");
	name_add(subject, "O", "Esimerkkiorganisaatio (testi)");
	name_add(subject, "serialNumber", r->serial_number);
	name_add(subject, "title", r->title);
	name_add(subject, "CN", "Esimerkki");
	X509_set_pubkey(cert, r->key);
	extend(cert, NID_basic_constraints, "CA:FALSE");
	extend(cert, NID_key_usage, r->usage);
	extend(cert, NID_ext_key_usage, r->extended);
	assert_true(X509_sign(cert, strong, r->digest) > 0);
	return cert;
}

/* The leaf's description and number of faults; an issuer stands behind it when
 * `chained`. */
static size_t describe(const struct recipe *r, bool chained, struct buf *text)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct world world = world_real();
	X509 *ca = X509_new();
	X509_NAME *name = X509_NAME_new();
	sk_X509_push(certs, cook(r));
	name_add(name, "C", "FI");
	name_add(name, "CN", r->issuer);
	X509_set_subject_name(ca, name);
	X509_set_issuer_name(ca, name);
	X509_set_pubkey(ca, strong);
	X509_NAME_free(name);
	X509_sign(ca, strong, EVP_sha256());
	if (chained)
		sk_X509_push(certs, ca);
	else
		X509_free(ca);
	size_t faults = certificate_describe(
	    text, certs, 0, NULL, rules, world_now(&world));
	sk_X509_pop_free(certs, X509_free);
	return faults;
}

static void expect(const struct recipe *r, size_t faults, const char *says)
{
	struct buf text = BUF_INIT(100000);
	size_t found = describe(r, true, &text);
	if (found != faults || !strstr(text.ptr, says))
		print_error("%s", text.ptr);
	assert_int_equal(found, faults);
	assert_non_null(strstr(text.ptr, says));
	buf_release(&text);
}

static void good_ones(void **state)
{
	struct recipe r = server();
	(void)state;
	expect(&r, 0, "a server certificate");
	expect(&r, 0, "Esimerkkiorganisaatio (testi), 1.2.246.10.1234567.10.0");
	expect(&r, 0, "nothing about it is known to be wrong");
	r.key = ec;
	expect(&r, 0, "EC, 256 bits");
	r = server();
	r.issuer = "VRK TEST CA for Social Welfare and Health Care Service "
		   "Providers";
	r.usage = "digitalSignature,nonRepudiation";
	r.extended = NULL;
	r.days = 730;
	expect(&r, 0, "a system signature certificate");
	r = server();
	r.issuer = "DVV TEST Social Welfare and Healthcare Prof. Certs - G2R";
	r.usage = "nonRepudiation";
	r.extended = NULL;
	r.serial_number = "90000000001";
	r.title = "Testi";
	r.days = 1800;
	expect(&r, 0, "a professional's certificate");
}

static void faults(void **state)
{
	struct recipe r = server();
	(void)state;
	r.issuer = "DVV Social Welfare and Healthcare Service Certs - G3R";
	expect(&r, 1, "production CA");
	r.issuer = "Oma CA";
	expect(&r, 1, "local mock only");
	r = server();
	r.from = -400;
	expect(&r, 1, "has expired");
	r.from = 10;
	expect(&r, 1, "not valid yet");
	r.from = -345;
	expect(&r, 0, "note: it expires in");
	r = server();
	r.days = 730;
	expect(&r, 1, "valid for 730 days");
	r = server();
	r.serial_number = NULL;
	expect(&r, 1, "no serialNumber");
	r.serial_number = "12345";
	expect(&r, 1, "no OID of a Finnish organisation");
	r.serial_number = "1.2.246.100.1";
	expect(&r, 1, "no OID of a Finnish organisation");
	r.serial_number = "1.2.246.537.10.1234567";
	expect(&r, 0, "1.2.246.537.10.1234567");
	r = server();
	r.extended = "serverAuth";
	expect(&r, 1, "no clientAuth");
	r = server();
	r.usage = "keyEncipherment";
	expect(&r, 1, "no digitalSignature");
	r = server();
	r.usage = "keyAgreement";
	r.extended = NULL;
	expect(&r, 1, "neither for TLS nor for signatures");
	r = server();
	r.key = weak;
	expect(&r, 1, "1024 bits is weak");
	r = server();
	r.digest = EVP_sha1();
	expect(&r, 1, "signed with SHA1");
}

static void chain(void **state)
{
	struct recipe r = server();
	struct buf text = BUF_INIT(100000);
	(void)state;
	assert_int_equal(describe(&r, false, &text), 1);
	assert_non_null(
	    strstr(text.ptr, "issuing CA's certificate is missing"));
	buf_release(&text);
}

/* Those of our own PKI: good for the mock, and the description says so. */
static void own_pki(void **state)
{
	static const struct {
		const char *file;
		size_t faults;
		const char *says;
	} rows[] = {
		{ "ca.pem", 0, "a CA certificate" },
		{ "server.pem", 1, "local mock only" },
		{ "client.pem", 1, "local mock only" },
		{ "signer.pem", 1, "system signature certificate" },
		{ "bad/expired.pem", 2, "has expired" },
		{ "bad/not-yet-valid.pem", 2, "not valid yet" },
		{ "bad/wrong-usage.pem", 2, "no clientAuth" },
		{ "bad/no-chain.pem", 2, "is missing behind it" },
		{ "bad/self-signed.pem", 2, "signed by itself" },
		{ "bad/revoked.pem", 2, "its issuer revoked it on 20" },
		{ "bad/weak-key.pem", 2, "1024 bits is weak" },
		{ "bad/sha1.pem", 2, "signed with SHA1" },
		{ "bad/not-a-ca.pem", 2, "its issuer is no CA" },
		{ "odd/no-organisation.pem", 2, "no serialNumber" },
		{ "odd/wrong-organisation.pem", 1, "7654321" },
		{ "bad-server/wildcard.pem", 1, "CN=*.esimerkki" },
		{ "bad-server/wrong-usage.pem", 1, "no serverAuth" },
	};
	struct world world = world_real();
	STACK_OF(X509_CRL) *crls = NULL;
	struct err err = { 0 };
	(void)state;
	assert_int_equal(crls_read(&crls, test_pki_file("crl.pem"), &err), 0);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		STACK_OF(X509) *certs = NULL;
		struct buf text = BUF_INIT(100000);
		assert_int_equal(certificates_read(
				     &certs, test_pki_file(rows[i].file), &err),
		    0);
		size_t found = certificate_describe(
		    &text, certs, 0, crls, rules, world_now(&world));
		if (found != rows[i].faults)
			print_error("%s: %s", rows[i].file, text.ptr);
		assert_int_equal(found, rows[i].faults);
		assert_non_null(strstr(text.ptr, rows[i].says));
		buf_release(&text);
		sk_X509_pop_free(certs, X509_free);
	}
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
}

/* All of each file: the issuers of the leaf are in order, but for one. */
static void issuers(void **state)
{
	static const struct {
		const char *file, *says;
		size_t faults;
	} rows[] = {
		{ "client.pem", "a CA certificate", 0 },
		{ "bad/revoked.pem", "a CA certificate", 0 },
		{ "bad/too-long-chain.pem", "allows 0 CAs below itself", 1 },
	};
	struct world world = world_real();
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		STACK_OF(X509) *certs = NULL;
		struct buf text = BUF_INIT(100000);
		struct err err = { 0 };
		size_t faults = 0;
		assert_int_equal(certificates_read(
				     &certs, test_pki_file(rows[i].file), &err),
		    0);
		for (int k = 1; k < sk_X509_num(certs); k++)
			faults += certificate_describe(
			    &text, certs, k, NULL, rules, world_now(&world));
		assert_int_equal(faults, rows[i].faults);
		assert_non_null(strstr(text.ptr, rows[i].says));
		buf_release(&text);
		sk_X509_pop_free(certs, X509_free);
	}
}

static int setup(void **state)
{
	struct err err = { 0 };
	(void)state;
	test_pki();
	rules = target_rules_load("cases/targets.xml", &err);
	strong = EVP_RSA_gen(2048);
	weak = EVP_RSA_gen(1024);
	ec = EVP_EC_gen("P-256");
	return rules && strong && weak && ec ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	target_rules_free(rules);
	EVP_PKEY_free(strong);
	EVP_PKEY_free(weak);
	EVP_PKEY_free(ec);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_ones),
		cmocka_unit_test(faults),
		cmocka_unit_test(chain),
		cmocka_unit_test(own_pki),
		cmocka_unit_test(issuers),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

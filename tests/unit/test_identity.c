/* SPDX-License-Identifier: Apache-2.0 */
#include "net/identity.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "net/tls.h"
#include "tlsserver.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/esitesti-identity.XXXXXX";

static const char *in(const char *name)
{
	static char paths[32][128];
	static unsigned next;
	char *path = paths[next++ % 32];
	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static const char *write_file(const char *name, const void *data, size_t len)
{
	struct err err = { 0 };
	const char *path = in(name);
	assert_int_equal(file_write_whole(path, data, len, 0600, &err), 0);
	return path;
}

static const char *write_text(const char *name, const char *text)
{
	return write_file(name, text, strlen(text));
}

static struct buf read_pki(const char *name)
{
	struct buf b = BUF_INIT(LIMIT_CERT_FILE);
	struct err err = { 0 };
	assert_int_equal(buf_read_file(&b, test_pki_file(name), &err), 0);
	return b;
}

static const char *write_bio(const char *name, BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);
	const char *path = write_file(name, data, (size_t)len);
	BIO_free(bio);
	return path;
}

/* The client's identity, to write it in other forms. */
static struct identity client(void)
{
	struct identity id;
	struct err err = { 0 };
	assert_int_equal(identity_load_pem(&id, test_pki_file("client.pem"),
			     test_pki_file("client.key"), NULL, &err),
	    0);
	return id;
}

/* ---- PEM */

static void pem(void **state)
{
	struct identity id = client();
	(void)state;
	assert_int_equal(sk_X509_num(id.chain), 1);
	assert_non_null(strstr(id.issuer,
	    "CN=ESITESTI TEST Social Welfare and Healthcare Service Certs"));
	assert_int_equal(
	    strncmp(id.subject, "CN=asiakas.esimerkki.example,", 29), 0);
	identity_release(&id);
	identity_release(&id); /* harmless */
}

static void one_file_for_both(void **state)
{
	struct buf both = BUF_INIT(LIMIT_CERT_FILE);
	struct buf cert = read_pki("client.pem"), key = read_pki("client.key");
	struct identity id;
	struct err err = { 0 };
	(void)state;
	buf_add(&both, key.ptr, key.len);
	buf_add(&both, cert.ptr, cert.len);
	const char *path = write_file("both.pem", both.ptr, both.len);
	assert_int_equal(identity_load_pem(&id, path, path, NULL, &err), 0);
	identity_release(&id);
	buf_release(&both);
	buf_release(&cert);
	buf_release(&key);
}

static void encrypted_key(void **state)
{
	struct identity id = client(), again;
	BIO *bio = BIO_new(BIO_s_mem());
	(void)state;
	PEM_write_bio_PKCS8PrivateKey(
	    bio, id.key, EVP_aes_256_cbc(), "salasana", 8, NULL, NULL);
	const char *key = write_bio("encrypted.key", bio);
	const char *cert = test_pki_file("client.pem");
	static const struct {
		const char *pass, *says;
	} rows[] = {
		{ "salasana", NULL },
		{ "toinen", "does not open" },
		{ "", "does not open" },
		{ NULL, "needs a pass phrase" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		int rc =
		    identity_load_pem(&again, cert, key, rows[i].pass, &err);
		assert_int_equal(rc, rows[i].says ? -1 : 0);
		if (rows[i].says)
			assert_non_null(strstr(err.msg, rows[i].says));
		identity_release(&again);
	}
	identity_release(&id);
}

static void faulty_pem(void **state)
{
	struct buf cert = read_pki("client.pem");
	struct identity id = client();
	BIO *bio = BIO_new(BIO_s_mem());
	(void)state;
	X509_REQ *request = X509_REQ_new();
	X509_REQ_set_pubkey(request, id.key);
	X509_REQ_sign(request, id.key, EVP_sha256());
	PEM_write_bio_X509_REQ(bio, request);
	X509_REQ_free(request);
	identity_release(&id);
	struct buf many = BUF_INIT(LIMIT_CERT_FILE);
	for (int i = 0; i < LIMIT_CHAIN; i++)
		buf_add(&many, cert.ptr, cert.len);
	struct buf damaged = BUF_INIT(LIMIT_CERT_FILE);
	buf_add(&damaged, cert.ptr, cert.len);
	memcpy(damaged.ptr + damaged.len / 4, "!!!!", 4);
	char *huge = xcalloc(LIMIT_CERT_FILE + 1, 1);
	const struct {
		const char *path, *says;
		enum err_kind kind;
	} rows[] = {
		{ in("none.pem"), "cannot open", ERR_IO },
		{ write_text("empty.pem", ""), "is empty", ERR_TLS },
		{ write_text("garbage.pem", "not a certificate at all\n"),
		    "no certificate", ERR_TLS },
		{ write_text("garbage2.pem",
		      "-----BEGIN CERTIFICATE-----\nAAAA\n"
		      "-----END CERTIFICATE-----\n"),
		    "damaged", ERR_TLS },
		{ write_text("truncated.pem", "-----BEGIN CERTIFICATE-----\n"),
		    "damaged", ERR_TLS },
		{ write_file("damaged.pem", damaged.ptr, damaged.len),
		    "damaged", ERR_TLS },
		{ test_pki_file("client.key"), "private key, no certificate",
		    ERR_TLS },
		{ write_bio("request.pem", bio), "certificate request",
		    ERR_TLS },
		{ write_file("many.pem", many.ptr, many.len), "more than 10",
		    ERR_LIMIT },
		{ write_file("huge.pem", huge, LIMIT_CERT_FILE + 1),
		    "larger than", ERR_LIMIT },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		assert_int_equal(identity_load_pem(&id, rows[i].path,
				     test_pki_file("client.key"), NULL, &err),
		    -1);
		if (!strstr(err.msg, rows[i].says))
			print_error("%zu: %s\n", i, err.msg);
		assert_non_null(strstr(err.msg, rows[i].says));
		assert_int_equal(err.kind, rows[i].kind);
		assert_null(id.leaf);
	}
	free(huge);
	buf_release(&cert);
	buf_release(&many);
	buf_release(&damaged);
}

static void faulty_key(void **state)
{
	const struct {
		const char *path, *says;
	} rows[] = {
		{ test_pki_file("server.key"), "does not belong" },
		{ test_pki_file("client.pem"), "no private key" },
		{ write_text("empty.key", ""), "is empty" },
		{ write_text("broken.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"
					   "-----END PRIVATE KEY-----\n"),
		    "cannot read the private key" },
		{ in("none.key"), "cannot open" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct identity id;
		struct err err = { 0 };
		assert_int_equal(
		    identity_load_pem(&id, test_pki_file("client.pem"),
			rows[i].path, NULL, &err),
		    -1);
		if (!strstr(err.msg, rows[i].says))
			print_error("%zu: %s\n", i, err.msg);
		assert_non_null(strstr(err.msg, rows[i].says));
		assert_int_equal((int)ERR_peek_error(), 0);
	}
}

static void der(void **state)
{
	struct identity id = client();
	STACK_OF(X509) *list = NULL;
	struct err err = { 0 };
	BIO *bio = BIO_new(BIO_s_mem());
	(void)state;
	i2d_X509_bio(bio, id.leaf);
	const char *path = write_bio("client.cer", bio);
	assert_int_equal(certificates_read(&list, path, &err), 0);
	assert_int_equal(sk_X509_num(list), 1);
	sk_X509_pop_free(list, X509_free);

	bio = BIO_new(BIO_s_mem());
	i2d_X509_bio(bio, id.leaf);
	BIO_write(bio, "x", 1); /* something behind it */
	path = write_bio("tail.cer", bio);
	assert_int_equal(certificates_read(&list, path, &err), -1);
	assert_null(list);
	identity_release(&id);
}

/* ---- PKCS#12 */

static const char *write_pkcs12(
    const char *name, const char *pass, int cipher, bool with_key)
{
	struct identity id = client();
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS12 *p12 = PKCS12_create(pass, "x", with_key ? id.key : NULL,
	    with_key ? id.leaf : NULL, id.chain, cipher, cipher, 0, 0, 0);
	assert_non_null(p12);
	i2d_PKCS12_bio(bio, p12);
	PKCS12_free(p12);
	identity_release(&id);
	return write_bio(name, bio);
}

static void expect_pkcs12(
    const char *path, const char *pass, const char *says, const char *hint)
{
	struct identity id;
	struct err err = { 0 };
	int rc = identity_load_pkcs12(&id, path, pass, &err);
	if (rc == 0 || !says || !strstr(err.msg, says))
		print_message("%s: %s\n", path, rc == 0 ? "ok" : err.msg);
	assert_int_equal(rc, says ? -1 : 0);
	if (says)
		assert_non_null(strstr(err.msg, says));
	if (hint)
		assert_non_null(strstr(err.hint, hint));
	assert_int_equal((int)ERR_peek_error(), 0);
	identity_release(&id);
}

static void pkcs12(void **state)
{
	int aes = NID_aes_256_cbc;
	const char *good = write_pkcs12("good.p12", "salasana", aes, true);
	(void)state;
	expect_pkcs12(good, "salasana", NULL, NULL);
	expect_pkcs12(good, "toinen", "does not open", NULL);
	expect_pkcs12(good, NULL, "needs a pass phrase", "ESITESTI_PASS");
	expect_pkcs12(
	    write_pkcs12("open.p12", "", aes, true), NULL, NULL, NULL);
	expect_pkcs12(write_pkcs12("keyless.p12", "salasana", aes, false),
	    "salasana", "holds no private key", NULL);
	expect_pkcs12(
	    write_text("garbage.p12", "garbage"), "x", "no PKCS#12", NULL);
	expect_pkcs12(write_text("empty.p12", ""), "x", "empty", NULL);
	expect_pkcs12(test_pki_file("client.pem"), "x", "no PKCS#12", NULL);
}

/* As Windows and old OpenSSL wrote them: RC2 of 40 bits. */
static void legacy_pkcs12(void **state)
{
	OSSL_PROVIDER *legacy = OSSL_PROVIDER_load(NULL, "legacy");
	OSSL_PROVIDER *usual = OSSL_PROVIDER_load(NULL, "default");
	(void)state;
	if (!legacy) {
		print_message("no legacy provider here: skipped\n");
		ERR_clear_error();
		OSSL_PROVIDER_unload(usual);
		skip();
	}
	const char *path = write_pkcs12(
	    "legacy.p12", "salasana", NID_pbe_WithSHA1And40BitRC2_CBC, true);
	OSSL_PROVIDER_unload(legacy);
	ERR_clear_error();
	expect_pkcs12(path, "salasana", "not supported any more", "-legacy");
	expect_pkcs12(path, "toinen", "does not open", NULL);
	OSSL_PROVIDER_unload(usual);
}

/* ---- What a target names */

static char *text(const char *s)
{
	return xstrdup(s);
}

static void targets(void **state)
{
	struct identity id;
	struct err err = { 0 };
	struct target none = { .name = text("mock") };
	(void)state;
	assert_int_equal(identity_load_target(&id, &none, &err), 0);
	assert_null(id.leaf);
	target_release(&none);

	struct target t = { .name = text("at"),
		.pkcs12 = text(test_pki_file("client.p12")),
		.pass_file = text(test_pki_file("client.p12.pass")) };
	assert_int_equal(identity_load_target(&id, &t, &err), 0);
	identity_release(&id);

	free(t.pass_file);
	t.pass_file = NULL;
	t.pass_environment = text("ESITESTI_TEST_PASS");
	unsetenv("ESITESTI_TEST_PASS");
	assert_int_equal(identity_load_target(&id, &t, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "target 'at'"));
	setenv("ESITESTI_TEST_PASS", "wrong", 1);
	err = (struct err){ 0 };
	assert_int_equal(identity_load_target(&id, &t, &err), -1);
	assert_int_equal(err.kind, ERR_TLS);
	target_release(&t);
}

static void pass_phrases(void **state)
{
	struct err err = { 0 };
	char *pass = NULL;
	(void)state;
	const char *path = write_text("pass", "sala sana\r\nmore\n");
	assert_int_equal(pass_phrase_read(&pass, path, NULL, &err), 0);
	assert_string_equal(pass, "sala sana");
	pass_phrase_free(pass);
	assert_int_equal(pass_phrase_read(&pass, NULL, NULL, &err), 0);
	assert_null(pass);
	pass_phrase_free(pass);
	assert_int_equal(pass_phrase_read(&pass, in("none"), NULL, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	char *large = xcalloc(2000, 1);
	memset(large, 'a', 1999);
	err = (struct err){ 0 };
	assert_int_equal(
	    pass_phrase_read(&pass, write_text("large", large), NULL, &err),
	    -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	free(large);
}

static void use(void **state)
{
	struct identity id = client(), none = { 0 };
	struct err err = { 0 };
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	STACK_OF(X509) *chain = NULL;
	(void)state;
	assert_int_equal(tls_common(ctx, &err), 0);
	assert_int_equal(identity_use(&none, ctx, &err), 0);
	assert_null(SSL_CTX_get0_certificate(ctx));
	/* A root in the file is not sent. */
	STACK_OF(X509) *roots = NULL;
	assert_int_equal(
	    certificates_read(&roots, test_pki_file("ca.pem"), &err), 0);
	sk_X509_push(id.chain, sk_X509_shift(roots));
	assert_int_equal(identity_use(&id, ctx, &err), 0);
	assert_ptr_equal(SSL_CTX_get0_certificate(ctx), id.leaf);
	SSL_CTX_get0_chain_certs(ctx, &chain);
	assert_int_equal(sk_X509_num(chain), 1);
	SSL_CTX_free(ctx);
	sk_X509_free(roots);
	identity_release(&id);
}

static int setup(void **state)
{
	(void)state;
	test_pki();
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return dir_remove(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem),
		cmocka_unit_test(one_file_for_both),
		cmocka_unit_test(encrypted_key),
		cmocka_unit_test(faulty_pem),
		cmocka_unit_test(faulty_key),
		cmocka_unit_test(der),
		cmocka_unit_test(pkcs12),
		cmocka_unit_test(legacy_pkcs12),
		cmocka_unit_test(targets),
		cmocka_unit_test(pass_phrases),
		cmocka_unit_test(use),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}

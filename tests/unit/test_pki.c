/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pki.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "net/identity.h"
#include "tlsserver.h"

/* cmocka wants these first */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROFILES "certs/profiles.xml"

static char *scratch(void)
{
	char path[] = "/tmp/esitesti-pki.XXXXXX";
	assert_non_null(mkdtemp(path));
	return xstrdup(path);
}

static char *in(const char *dir, const char *name)
{
	return path_join(dir, name);
}

static mode_t mode_of(const char *dir, const char *name)
{
	struct stat st;
	char *path = in(dir, name);
	assert_int_equal(stat(path, &st), 0);
	free(path);
	return st.st_mode & 0777;
}

/* What OpenSSL says to a chain in a file, as a client's or a server's. */
static int verify(const char *name, int purpose)
{
	STACK_OF(X509) *chain = NULL;
	struct err err = { 0 };
	assert_int_equal(
	    certificates_read(&chain, test_pki_file(name), &err), 0);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_load_file(store, test_pki_file("ca.pem"));
	X509_STORE_load_file(store, test_pki_file("crl.pem"));
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE_CTX_init(ctx, store, sk_X509_value(chain, 0), chain);
	X509_STORE_CTX_set_purpose(ctx, purpose);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_CRL_CHECK);
	X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(ctx), 2);
	X509_verify_cert(ctx);
	int result = X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	sk_X509_pop_free(chain, X509_free);
	return result;
}

static void chains(void **state)
{
	static const struct {
		const char *file;
		int purpose, result;
	} rows[] = {
		{ "server.pem", X509_PURPOSE_SSL_SERVER, X509_V_OK },
		{ "client.pem", X509_PURPOSE_SSL_CLIENT, X509_V_OK },
		{ "signer.pem", X509_PURPOSE_ANY, X509_V_OK },
		{ "bad/unknown-ca.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "bad/expired.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_CERT_HAS_EXPIRED },
		{ "bad/not-yet-valid.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_CERT_NOT_YET_VALID },
		{ "bad/wrong-usage.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_INVALID_PURPOSE },
		{ "bad/no-chain.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "bad/self-signed.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
		{ "bad/revoked.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_CERT_REVOKED },
		{ "bad/weak-key.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_EE_KEY_TOO_SMALL },
		{ "bad/sha1.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_CA_MD_TOO_WEAK },
		{ "bad/not-a-ca.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_INVALID_CA },
		{ "bad/too-long-chain.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_ERR_PATH_LENGTH_EXCEEDED },
		{ "odd/no-organisation.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_OK },
		{ "odd/wrong-organisation.pem", X509_PURPOSE_SSL_CLIENT,
		    X509_V_OK },
		{ "bad-server/expired.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_CERT_HAS_EXPIRED },
		{ "bad-server/not-yet-valid.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_CERT_NOT_YET_VALID },
		{ "bad-server/unknown-ca.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "bad-server/self-signed.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
		{ "bad-server/no-chain.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "bad-server/wrong-usage.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_INVALID_PURPOSE },
		{ "bad-server/revoked.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_CERT_REVOKED },
		{ "bad-server/weak-key.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_ERR_EE_KEY_TOO_SMALL },
		/* Whose name it is, is another check. */
		{ "bad-server/wrong-host.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_OK },
		{ "bad-server/wildcard.pem", X509_PURPOSE_SSL_SERVER,
		    X509_V_OK },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		int got = verify(rows[i].file, rows[i].purpose);
		if (got != rows[i].result)
			print_error("%s: %s\n", rows[i].file,
			    X509_verify_cert_error_string(got));
		assert_int_equal(got, rows[i].result);
	}
}

static void identities(void **state)
{
	static const char *const names[] = { "server", "client", "signer",
		"bad/unknown-ca", "bad/expired", "bad/not-yet-valid",
		"bad/wrong-usage", "bad/no-chain", "bad/self-signed" };
	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++) {
		struct identity id;
		struct err err = { 0 };
		char *pem = xasprintf("%s/%s.pem", test_pki(), names[i]);
		char *key = xasprintf("%s/%s.key", test_pki(), names[i]);
		assert_int_equal(
		    identity_load_pem(&id, pem, key, NULL, &err), 0);
		assert_non_null(
		    strstr(id.subject, "serialNumber=1.2.246.10.1234567.10.0,"
				       "O=Esimerkkiorganisaatio (testi),C=FI"));
		assert_int_equal(EVP_PKEY_get_bits(id.key), 2048);
		struct stat st;
		assert_int_equal(stat(key, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
		identity_release(&id);
		free(pem);
		free(key);
	}
}

static void server_names(void **state)
{
	STACK_OF(X509) *chain = NULL;
	struct err err = { 0 };
	(void)state;
	assert_int_equal(
	    certificates_read(&chain, test_pki_file("server.pem"), &err), 0);
	X509 *leaf = sk_X509_value(chain, 0);
	assert_int_equal(sk_X509_num(chain), 2);
	assert_int_equal(X509_check_host(leaf, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(leaf, "127.0.0.1", 0), 1);
	assert_int_equal(X509_check_ip_asc(leaf, "::1", 0), 1);
	char *issuer = certificate_name_text(X509_get_issuer_name(leaf));
	assert_non_null(strstr(issuer, "TEST"));
	free(issuer);
	sk_X509_pop_free(chain, X509_free);
}

static void pkcs12(void **state)
{
	char *pass = NULL;
	struct identity id;
	struct err err = { 0 };
	(void)state;
	assert_int_equal(mode_of(test_pki(), "client.p12"), 0600);
	assert_int_equal(mode_of(test_pki(), "client.p12.pass"), 0600);
	assert_int_equal(pass_phrase_read(&pass,
			     test_pki_file("client.p12.pass"), NULL, &err),
	    0);
	assert_true(strlen(pass) >= 32);
	assert_int_equal(
	    identity_load_pkcs12(&id, test_pki_file("client.p12"), pass, &err),
	    0);
	assert_int_equal(sk_X509_num(id.chain), 1);
	identity_release(&id);
	pass_phrase_free(pass);
}

static void create_anew(void **state)
{
	char *top = scratch(), *dir = in(top, "a/b");
	struct err err = { 0 };
	int64_t start = clock_monotonic();
	(void)state;
	assert_int_equal(pki_create(dir, PROFILES, &err), 0);
	print_message("created in %lld ms\n",
	    (long long)(clock_monotonic() - start) / 1000);
	assert_int_equal(mode_of(dir, "client.key"), 0600);
	assert_int_equal(mode_of(dir, "."), 0700);
	/* Keys are never overwritten. */
	assert_int_equal(pki_create(dir, PROFILES, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "not empty"));
	dir_remove(top);
	free(dir);
	free(top);
}

static void cannot_write(void **state)
{
	struct err err = { 0 };
	(void)state;
	assert_int_equal(pki_create("/proc/esitesti-none", PROFILES, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
}

static void faulty_profiles(void **state)
{
#define TOP "<profiles xmlns='urn:esitesti:pki:1'>"
#define ROOT                                               \
 "<ca id='root' file='ca' key='k' issuer='root' days='9' " \
 "organisation='o' common-name='TEST'/>"
#define LEAF(more)                                        \
 "<certificate id='a' file='a' key='k' organisation='o' " \
 "common-name='c' days='9' " more "/></profiles>"
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ TOP ROOT LEAF("issuer='root' usage='digitalSignature' "
				"colour='red'"),
		    "colour" },
		{ TOP ROOT LEAF("issuer='none' usage='digitalSignature'"),
		    "issuer 'none'" },
		{ TOP ROOT LEAF("issuer='root' usage='dancing'"),
		    "certificate 'a'" },
		{ TOP ROOT LEAF("issuer='root'"), "usage" },
		{ TOP ROOT LEAF("issuer='root' usage='digitalSignature' "
				"age='3' ahead='4'"),
		    "both age and ahead" },
		{ TOP ROOT LEAF("issuer='root' usage='digitalSignature' "
				"age='99999'"),
		    "age" },
		{ TOP ROOT ROOT LEAF("issuer='root' usage='digitalSignature'"),
		    "two 'root'" },
		{ TOP ROOT "<certificate id='a' file='../x' key='k' "
			   "issuer='root' organisation='o' common-name='c' "
			   "days='9' usage='digitalSignature'/></profiles>",
		    "plain file name" },
		{ TOP ROOT LEAF("issuer='root' usage='digitalSignature' "
				"digest='md5'"),
		    "digest" },
		{ TOP ROOT "<certificate id='a' file='a' key='k' "
			   "issuer='root' organisation='o' common-name='c' "
			   "days='9' usage='digitalSignature'/>"
			   "<crl file='crl' issuer='none' days='9'/>"
			   "</profiles>",
		    "issuer 'none'" },
		{ TOP "</profiles>", "" },
		{ "", "" },
	};
	char *top = scratch(), *file = in(top, "p.xml"), *dir = in(top, "d");
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		assert_int_equal(file_write_whole(file, rows[i].text,
				     strlen(rows[i].text), 0600, &err),
		    0);
		assert_int_equal(pki_create(dir, file, &err), -1);
		if (!strstr(err.msg, rows[i].says))
			print_error("%zu: %s\n", i, err.msg);
		assert_non_null(strstr(err.msg, rows[i].says));
		assert_int_equal(access(dir, F_OK), -1);
	}
	dir_remove(top);
	free(top);
	free(file);
	free(dir);
}

static ino_t inode(const char *dir, const char *name)
{
	struct stat st;
	char *path = in(dir, name);
	int rc = stat(path, &st);
	free(path);
	return rc == 0 ? st.st_ino : 0;
}

static char *cached(const char *profiles)
{
	struct err err = { 0 };
	char *dir = pki_cached(profiles, &err);
	if (!dir)
		err_print(stderr, &err);
	assert_non_null(dir);
	return dir;
}

/* One RSA key only, valid for so many days: quick to make. */
static char *small_profiles(const char *top, unsigned days)
{
	struct err err = { 0 };
	char *path = in(top, "small.xml");
	char *text = xasprintf(TOP ROOT "<certificate id='a' file='a' key='k' "
					"issuer='root' organisation='o' "
					"common-name='c' days='%u' "
					"usage='digitalSignature' "
					"pkcs12='true'/></profiles>",
	    days);
	assert_int_equal(
	    file_write_whole(path, text, strlen(text), 0600, &err), 0);
	free(text);
	return path;
}

/* The organisation's OID that the client's certificate names. */
static void expect_organisation(const char *dir, const char *oid)
{
	STACK_OF(X509) *certs = NULL;
	struct err err = { 0 };
	char *path = in(dir, "client.pem"), text[512];
	assert_int_equal(certificates_read(&certs, path, &err), 0);
	X509_NAME_oneline(
	    X509_get_subject_name(sk_X509_value(certs, 0)), text, sizeof(text));
	assert_non_null(strstr(text, oid));
	assert_non_null(strstr(text, "(testi)"));
	sk_X509_pop_free(certs, X509_free);
	free(path);
}

/* Each organisation has certificates of its own; they do not meet. */
static void cache_for_an_organisation(void **state)
{
	static const char oid[] = "1.2.246.10.7777777.10.0";
	char *top = scratch(), *was = xstrdup(getenv("XDG_CACHE_HOME"));
	struct err err = { 0 };
	(void)state;
	setenv("XDG_CACHE_HOME", top, 1);
	char *usual = cached(PROFILES);
	char *own = pki_cached_for(PROFILES, oid, &err);
	char *same = pki_cached_for(PROFILES, "1.2.246.10.1234567.10.0", &err);
	char *none = pki_cached_for(PROFILES, "../evil", &err);
	assert_non_null(own);
	assert_string_not_equal(own, usual);
	assert_string_equal(same, usual);
	assert_string_equal(none, usual);
	expect_organisation(own, oid);
	expect_organisation(usual, "1.2.246.10.1234567.10.0");
	ino_t before = inode(own, "client.pem");
	char *again = pki_cached_for(PROFILES, oid, &err);
	assert_true(inode(again, "client.pem") == before);
	setenv("XDG_CACHE_HOME", was, 1);
	(void)dir_remove(top);
	free(usual);
	free(own);
	free(same);
	free(none);
	free(again);
	free(was);
	free(top);
}

static void cache(void **state)
{
	char *was = xstrdup(getenv("XDG_CACHE_HOME"));
	char *top = scratch(), *small = small_profiles(top, 9);
	(void)state;
	setenv("XDG_CACHE_HOME", top, 1);
	char *dir = cached(small);
	ino_t first = inode(dir, "a.pem");
	assert_non_null(strstr(dir, "/esitesti/pki-v2"));
	assert_int_not_equal(first, 0);

	char *again = cached(small); /* nothing to do */
	assert_int_equal(inode(dir, "a.pem"), first);
	free(again);

	char *gone = in(dir, "a.p12.pass"); /* a file is missing */
	unlink(gone);
	free(gone);
	free(cached(small));
	ino_t second = inode(dir, "a.pem");
	assert_int_not_equal(inode(dir, "a.p12.pass"), 0);

	free(small); /* the profiles changed, and it expires within 7 days */
	small = small_profiles(top, 5);
	free(cached(small));
	ino_t third = inode(dir, "a.pem");
	assert_int_not_equal(third, second);
	free(cached(small));
	assert_int_not_equal(inode(dir, "a.pem"), third);

	setenv("XDG_CACHE_HOME", was, 1);
	dir_remove(top);
	free(dir);
	free(small);
	free(top);
	free(was);
}

static void no_home(void **state)
{
	struct err err = { 0 };
	char *was = xstrdup(getenv("XDG_CACHE_HOME"));
	char *home = getenv("HOME") ? xstrdup(getenv("HOME")) : NULL;
	(void)state;
	unsetenv("HOME");
	setenv("XDG_CACHE_HOME", "relative", 1);
	assert_null(pki_cached(PROFILES, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "HOME"));
	assert_non_null(strstr(err.hint, "certs init"));
	setenv("XDG_CACHE_HOME", was, 1);
	if (home)
		setenv("HOME", home, 1);
	free(home);
	free(was);
}

static void the_bad_ones(void **state)
{
	static const struct {
		enum pki_side side;
		const char *name, *subject;
	} rows[] = {
		{ PKI_CLIENT, "expired", "CN=vanhentunut" },
		{ PKI_CLIENT, "no-organisation", "CN=tunnukseton" },
		{ PKI_SERVER, "expired", "CN=localhost" },
		{ PKI_SERVER, "wrong-host", "CN=muu." },
	};
	static const struct {
		enum pki_side side;
		const char *name;
	} none[] = {
		{ PKI_SERVER, "no-organisation" },
		{ PKI_CLIENT, "wrong-host" },
		{ PKI_CLIENT, "../client" },
		{ PKI_CLIENT, "" },
	};
	struct identity id;
	struct err err = { 0 };
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		assert_int_equal(pki_load_bad(&id, test_pki(), rows[i].side,
				     rows[i].name, &err),
		    0);
		assert_non_null(strstr(id.subject, rows[i].subject));
		assert_true(id.is_bad);
		identity_release(&id);
	}
	for (size_t i = 0; i < COUNTOF(none); i++) {
		struct err one = { 0 };
		assert_int_equal(pki_load_bad(&id, test_pki(), none[i].side,
				     none[i].name, &one),
		    -1);
		assert_int_equal(one.kind, ERR_USAGE);
		identity_release(&id);
	}
}

/* What is weak can be shown all the same, or no server could refuse it. */
static void weak_ones_can_be_used(void **state)
{
	static const char *const names[] = { "weak-key", "sha1" };
	(void)state;
	for (size_t i = 0; i < COUNTOF(names); i++) {
		struct identity id;
		struct err err = { 0 };
		SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
		SSL_CTX_set_security_level(ctx, 2);
		assert_int_equal(
		    pki_load_bad(&id, test_pki(), PKI_CLIENT, names[i], &err),
		    0);
		assert_int_equal(identity_use(&id, ctx, &err), 0);
		identity_release(&id);
		SSL_CTX_free(ctx);
	}
}

static int make_pki(void **state)
{
	(void)state;
	test_pki();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains),
		cmocka_unit_test(identities),
		cmocka_unit_test(server_names),
		cmocka_unit_test(pkcs12),
		cmocka_unit_test(create_anew),
		cmocka_unit_test(cannot_write),
		cmocka_unit_test(faulty_profiles),
		cmocka_unit_test(cache_for_an_organisation),
		cmocka_unit_test(cache),
		cmocka_unit_test(no_home),
		cmocka_unit_test(the_bad_ones),
		cmocka_unit_test(weak_ones_can_be_used),
	};
	return cmocka_run_group_tests(tests, make_pki, NULL);
}

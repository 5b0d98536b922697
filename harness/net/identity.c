/* SPDX-License-Identifier: Apache-2.0 */
#include "net/identity.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>

static const char convert_hint[] =
    "its encryption (RC2 or 3DES) is of an old kind; convert it: openssl "
    "pkcs12 -legacy -in OLD.p12 -out all.pem -nodes && openssl pkcs12 -export "
    "-in all.pem -out NEW.p12 (and delete all.pem)";

char *certificate_name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	if (!bio)
		BUG("no memory BIO");
	/* RFC 2253, but letters beyond ASCII as they are: UTF-8. What cannot
	 * be printed of a stranger's name is left out. */
	(void)X509_NAME_print_ex(bio, name, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	ERR_clear_error();
	long len = BIO_get_mem_data(bio, &data);
	char *text = xstrndup(data, (size_t)len);
	BIO_free(bio);
	return text;
}

static int read_file(struct buf *to, const char *path, struct err *err)
{
	if (buf_read_file(to, path, err) < 0)
		return -1;
	if (to->len > 0)
		return 0;
	return err_set(err, ERR_TLS, "'%s' is empty", path);
}

/* ---- Certificates */

/* What else people give for a certificate, and what to tell them. */
static int not_a_certificate(
    const struct buf *file, const char *path, struct err *err)
{
	static const struct {
		const char *mark, *what, *hint;
	} others[] = {
		{ "CERTIFICATE REQUEST-----",
		    "holds a certificate request (CSR)",
		    "send it to DVV; the certificate that comes back goes "
		    "here" },
		{ "PRIVATE KEY-----", "holds a private key, no certificate",
		    "give the certificate file (it begins with -----BEGIN "
		    "CERTIFICATE-----)" },
		{ "PUBLIC KEY-----", "holds a public key, no certificate",
		    "give the certificate file (it begins with -----BEGIN "
		    "CERTIFICATE-----)" },
	};
	for (size_t i = 0; i < COUNTOF(others); i++) {
		if (!memmem(file->ptr, file->len, others[i].mark,
			strlen(others[i].mark)))
			continue;
		err_set(err, ERR_TLS, "'%s' %s", path, others[i].what);
		return err_hint(err, "%s", others[i].hint);
	}
	err_set(
	    err, ERR_TLS, "'%s' holds no certificate in PEM or DER form", path);
	if (file->len > 0 && file->ptr[0] == '<')
		return err_hint(err, "it begins like XML: a certificate is PEM "
				     "(-----BEGIN CERTIFICATE-----), DER or "
				     "PKCS#12 (.p12)");
	return err_hint(err, "a certificate is PEM (-----BEGIN "
			     "CERTIFICATE-----), DER or PKCS#12 (.p12)");
}

/* All certificates of PEM text; -1 when one of them cannot be read. */
static int read_pem(STACK_OF(X509) * list, const struct buf *file,
    const char *path, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(file->ptr, (int)file->len);
	X509 *cert = NULL;
	int rc = 0;
	while (rc == 0 && (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		if (sk_X509_push(list, cert) <= 0)
			BUG("cannot keep a certificate");
		if (sk_X509_num(list) > LIMIT_CHAIN)
			rc = err_set(err, ERR_LIMIT,
			    "'%s' holds more than %d certificates", path,
			    LIMIT_CHAIN);
	}
	unsigned long last = ERR_peek_last_error();
	bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM &&
		      ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
	if (rc == 0 && !at_end)
		rc = tls_fail(err, "'%s' holds a damaged certificate (no. %d)",
		    path, sk_X509_num(list) + 1);
	ERR_clear_error();
	BIO_free(bio);
	return rc;
}

static void read_der(STACK_OF(X509) * list, const struct buf *file)
{
	const unsigned char *p = (const unsigned char *)file->ptr;
	X509 *cert = d2i_X509(NULL, &p, (long)file->len);
	if (cert && p == (const unsigned char *)file->ptr + file->len) {
		if (sk_X509_push(list, cert) <= 0)
			BUG("cannot keep a certificate");
		cert = NULL;
	}
	X509_free(cert);
	ERR_clear_error();
}

int certificates_read(STACK_OF(X509) * *out, const char *path, struct err *err)
{
	struct buf file = BUF_INIT(LIMIT_CERT_FILE);
	STACK_OF(X509) *list = sk_X509_new_null();
	int rc = -1;
	*out = NULL;
	if (!list)
		BUG("cannot make a list of certificates");
	if (read_file(&file, path, err) < 0)
		goto out;
	if (memmem(file.ptr, file.len, "-----BEGIN", 10)) {
		if (read_pem(list, &file, path, err) < 0)
			goto out;
	} else {
		read_der(list, &file);
	}
	if (sk_X509_num(list) == 0) {
		not_a_certificate(&file, path, err);
		goto out;
	}
	*out = list;
	list = NULL;
	rc = 0;
out:
	sk_X509_pop_free(list, X509_free);
	buf_release(&file);
	return rc;
}

/* ---- Keys */

struct pass_request {
	const char *pass;
	bool asked;
};

/* Without it OpenSSL would ask on the terminal. */
static int give_pass(char *to, int size, int writing, void *ctx)
{
	struct pass_request *request = ctx;
	(void)writing;
	request->asked = true;
	size_t len = request->pass ? strlen(request->pass) : 0;
	if (!request->pass || len > (size_t)size)
		return -1;
	memcpy(to, request->pass, len);
	return (int)len;
}

static int key_fail(const struct buf *file, const char *path,
    const struct pass_request *request, struct err *err)
{
	if (request->asked && !request->pass) {
		ERR_clear_error();
		err_set(err, ERR_TLS,
		    "the key in '%s' needs a pass phrase and none was given",
		    path);
		return err_hint(err,
		    "put the pass phrase into a file that only you can read "
		    "and name it (pass-file), or set the environment variable "
		    "(pass-environment)");
	}
	if (request->asked) {
		ERR_clear_error();
		return err_set(err, ERR_TLS,
		    "the pass phrase does not open the key in '%s'", path);
	}
	if (!memmem(file->ptr, file->len, "PRIVATE KEY-----", 16)) {
		ERR_clear_error();
		err_set(err, ERR_TLS, "'%s' holds no private key in PEM form",
		    path);
		return err_hint(err,
		    "the key file begins with -----BEGIN PRIVATE KEY----- or "
		    "-----BEGIN ENCRYPTED PRIVATE KEY-----");
	}
	return tls_fail(err, "cannot read the private key in '%s'", path);
}

static EVP_PKEY *read_key(const char *path, const char *pass, struct err *err)
{
	struct buf file = BUF_INIT(LIMIT_CERT_FILE);
	struct pass_request request = { .pass = pass };
	EVP_PKEY *key = NULL;
	if (read_file(&file, path, err) == 0) {
		BIO *bio = BIO_new_mem_buf(file.ptr, (int)file.len);
		key = PEM_read_bio_PrivateKey(bio, NULL, give_pass, &request);
		if (!key)
			key_fail(&file, path, &request, err);
		BIO_free(bio);
		ERR_clear_error();
	}
	OPENSSL_cleanse(file.ptr, file.len);
	buf_release(&file);
	return key;
}

/* ---- Identities */

/* Names the parts; key and certificate must belong together. */
static int finish(struct identity *id, const char *certificate, const char *key,
    struct err *err)
{
	id->issuer = certificate_name_text(X509_get_issuer_name(id->leaf));
	id->subject = certificate_name_text(X509_get_subject_name(id->leaf));
	if (X509_check_private_key(id->leaf, id->key) == 1)
		return 0;
	ERR_clear_error();
	err_set(err, ERR_TLS,
	    "the private key in '%s' does not belong to the first certificate "
	    "in '%s'",
	    key, certificate);
	return err_hint(err,
	    "the leaf comes first, its issuing CA behind it; the key is the "
	    "one that the certificate request was made with");
}

int identity_load_pem(struct identity *id, const char *certificate,
    const char *key, const char *pass, struct err *err)
{
	*id = (struct identity){ 0 };
	if (certificates_read(&id->chain, certificate, err) < 0)
		return -1;
	id->leaf = sk_X509_shift(id->chain);
	id->key = read_key(key, pass, err);
	if (id->key && finish(id, certificate, key, err) == 0)
		return 0;
	identity_release(id);
	return -1;
}

static PKCS12 *read_pkcs12(const char *path, struct err *err)
{
	struct buf file = BUF_INIT(LIMIT_CERT_FILE);
	PKCS12 *p12 = NULL;
	if (read_file(&file, path, err) == 0) {
		const unsigned char *p = (const unsigned char *)file.ptr;
		p12 = d2i_PKCS12(NULL, &p, (long)file.len);
		ERR_clear_error();
		if (!p12)
			err_set(err, ERR_TLS, "'%s' is no PKCS#12 file", path);
	}
	buf_release(&file);
	return p12;
}

/* Why OpenSSL could not decrypt what the right pass phrase protects. */
static int pkcs12_fail(const char *path, struct err *err)
{
	bool unsupported = false;
	for (unsigned long code; (code = ERR_get_error()) != 0;) {
		int reason = ERR_GET_REASON(code);
		unsupported |= reason == ERR_R_UNSUPPORTED ||
			       (ERR_GET_LIB(code) == ERR_LIB_EVP &&
				   reason == EVP_R_UNSUPPORTED_ALGORITHM);
	}
	if (unsupported) {
		err_set(err, ERR_TLS,
		    "'%s' is encrypted in a way that is not supported any more",
		    path);
		return err_hint(err, "%s", convert_hint);
	}
	return err_set(
	    err, ERR_TLS, "'%s' is damaged: it cannot be decrypted", path);
}

static int check_pass(
    PKCS12 *p12, const char *pass, const char *path, struct err *err)
{
	bool right = PKCS12_verify_mac(p12, pass, -1) == 1 ||
		     (!pass && PKCS12_verify_mac(p12, "", 0) == 1);
	ERR_clear_error();
	if (right || !PKCS12_mac_present(p12))
		return 0;
	if (pass)
		return err_set(
		    err, ERR_TLS, "the pass phrase does not open '%s'", path);
	err_set(
	    err, ERR_TLS, "'%s' needs a pass phrase and none was given", path);
	return err_hint(err,
	    "put it into a file that only you can read and name that file "
	    "(pass-file), or set the environment variable (a target's "
	    "pass-environment; for 'certs show' ESITESTI_PASS)");
}

int identity_load_pkcs12(
    struct identity *id, const char *path, const char *pass, struct err *err)
{
	int rc = -1;
	*id = (struct identity){ 0 };
	PKCS12 *p12 = read_pkcs12(path, err);
	if (!p12 || check_pass(p12, pass, path, err) < 0)
		goto out;
	if (PKCS12_parse(
		p12, pass ? pass : "", &id->key, &id->leaf, &id->chain) != 1) {
		pkcs12_fail(path, err);
		goto out;
	}
	if (!id->key || !id->leaf) {
		err_set(err, ERR_TLS, "'%s' holds no %s", path,
		    id->key ? "certificate for its key" : "private key");
		goto out;
	}
	if (sk_X509_num(id->chain) > LIMIT_CHAIN) {
		err_set(err, ERR_LIMIT, "'%s' holds more than %d certificates",
		    path, LIMIT_CHAIN);
		goto out;
	}
	if (!id->chain)
		id->chain = sk_X509_new_null();
	rc = finish(id, path, path, err);
out:
	if (rc < 0)
		identity_release(id);
	PKCS12_free(p12);
	return rc;
}

int pass_phrase_read(
    char **out, const char *file, const char *environment, struct err *err)
{
	struct buf text = BUF_INIT(1024);
	const char *value = environment ? getenv(environment) : NULL;
	*out = NULL;
	if (file) {
		if (buf_read_file(&text, file, err) < 0) {
			buf_release(&text);
			return err_wrap(err, "pass phrase");
		}
		/* One line: an editor's line end is not part of it. */
		text.ptr[strcspn(text.ptr, "\r\n")] = '\0';
		*out = xstrdup(text.ptr);
		OPENSSL_cleanse(text.ptr, text.len);
		buf_release(&text);
	} else if (value) {
		*out = xstrdup(value);
	} else if (environment) {
		return err_set(err, ERR_USAGE,
		    "the environment variable '%s', which should hold the "
		    "pass phrase, is not set",
		    environment);
	}
	return 0;
}

void pass_phrase_free(char *pass)
{
	if (pass)
		OPENSSL_cleanse(pass, strlen(pass));
	free(pass);
}

int identity_load_target(
    struct identity *id, const struct target *t, struct err *err)
{
	char *pass = NULL;
	int rc = 0;
	*id = (struct identity){ 0 };
	if (!t->pkcs12 && !t->certificate)
		return 0;
	if (pass_phrase_read(&pass, t->pass_file, t->pass_environment, err) < 0)
		rc = -1;
	else if (t->pkcs12)
		rc = identity_load_pkcs12(id, t->pkcs12, pass, err);
	else
		rc = identity_load_pem(id, t->certificate,
		    t->key ? t->key : t->certificate, pass, err);
	pass_phrase_free(pass);
	return rc < 0 ? err_wrap(err, "target '%s'", t->name) : 0;
}

void identity_release(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->leaf);
	sk_X509_pop_free(id->chain, X509_free);
	free(id->issuer);
	free(id->subject);
	*id = (struct identity){ 0 };
}

/* The chain as it is sent: a root in the file stays at home. */
static STACK_OF(X509) * without_root(const struct identity *id)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	for (int i = 0; i < sk_X509_num(id->chain); i++) {
		X509 *ca = sk_X509_value(id->chain, i);
		if (X509_self_signed(ca, 0) != 1 && !sk_X509_push(chain, ca))
			BUG("cannot keep a certificate");
	}
	return chain;
}

int identity_use(const struct identity *id, SSL_CTX *ctx, struct err *err)
{
	/* What we were given is what the peer sees: OpenSSL would add issuers
	 * that it finds among the CAs that we trust. */
	SSL_CTX_set_mode(ctx, SSL_MODE_NO_AUTO_CHAIN);
	if (!id || !id->leaf)
		return 0;
	if (id->is_bad)
		SSL_CTX_set_security_level(ctx, 0);
	STACK_OF(X509) *chain = without_root(id);
	int ok = SSL_CTX_use_cert_and_key(ctx, id->leaf, id->key, chain, 1);
	sk_X509_free(chain);
	if (ok != 1)
		return tls_fail(
		    err, "cannot use the certificate of '%s'", id->subject);
	return 0;
}

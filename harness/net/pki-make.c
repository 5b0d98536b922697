/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pki-make.h"

#include "base/str.h"
#include "net/tls.h"

#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <pthread.h>

enum {
	DAY = 24 * 60 * 60
};

EVP_PKEY *pki_key_of(const struct pki *p, const struct profile *profile)
{
	VEC_EACH (struct pki_key, k, &p->keys)
		if (streq(k->name, profile->key))
			return k->key;
	BUG("a profile without its key");
}

/* Keys are what takes time: two threads make every other one. */
struct share {
	struct pki *pki;
	size_t from;
};

static void *make_share(void *arg)
{
	struct share *s = arg;
	for (size_t i = s->from; i < s->pki->keys.count; i += 2)
		s->pki->keys.at[i].key = EVP_RSA_gen(s->pki->keys.at[i].bits);
	return NULL;
}

static int make_keys(struct pki *p, struct err *err)
{
	struct share odd = { p, 1 }, even = { p, 0 };
	pthread_t other;
	bool threaded = pthread_create(&other, NULL, make_share, &odd) == 0;
	make_share(&even);
	if (threaded)
		pthread_join(other, NULL);
	else
		make_share(&odd);
	VEC_EACH (struct pki_key, k, &p->keys)
		if (!k->key)
			return tls_fail(err, "cannot make an RSA key");
	return 0;
}

static bool add_name(X509_NAME *name, const char *field, const char *value)
{
	return !value || X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
			     (const unsigned char *)value, -1, -1, 0) == 1;
}

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	if (!value)
		return true;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = extension && X509_add_ext(cert, extension, -1) == 1;
	X509_EXTENSION_free(extension);
	return ok;
}

static bool add_extensions(X509 *cert, X509 *issuer, const struct profile *c)
{
	char usage[256], basic[64];
	snprintf(basic, sizeof(basic), "critical,CA:%s%s%s",
	    c->is_ca ? "TRUE" : "FALSE", c->path_length ? ",pathlen:" : "",
	    c->path_length ? c->path_length : "");
	snprintf(usage, sizeof(usage), "critical,%s",
	    c->is_ca ? "keyCertSign,cRLSign" : c->usage);
	const struct {
		int nid;
		const char *value;
	} rows[] = {
		{ NID_basic_constraints, basic },
		{ NID_key_usage, usage },
		{ NID_ext_key_usage, c->extended_usage },
		{ NID_subject_alt_name, c->alternative_names },
		{ NID_subject_key_identifier, "hash" },
		{ NID_authority_key_identifier, "keyid" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (!add_extension(cert, issuer, rows[i].nid, rows[i].value))
			return false;
	return true;
}

static bool set_serial(ASN1_INTEGER *to)
{
	unsigned char bytes[16]; /* DVV's serial numbers have become long */
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (bytes[0] & 0x7F) | 0x40; /* positive, full length */
	BIGNUM *n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	bool ok = n && BN_to_ASN1_INTEGER(n, to);
	BN_free(n);
	return ok;
}

static bool fill(X509 *cert, const struct profile *c, X509 *issuer,
    EVP_PKEY *key, int64_t now)
{
	X509_NAME *name = X509_get_subject_name(cert);
	int64_t from = now + ((int64_t)c->ahead - (int64_t)c->age) * DAY;
	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	       set_serial(X509_get_serialNumber(cert)) &&
	       ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)from) &&
	       ASN1_TIME_set(X509_getm_notAfter(cert),
		   (time_t)(from + (int64_t)c->days * DAY)) &&
	       add_name(name, "C", "FI") &&
	       add_name(name, "O", c->organisation) &&
	       add_name(name, "serialNumber", c->serial_number) &&
	       add_name(name, "CN", c->common_name) &&
	       X509_set_issuer_name(cert, X509_get_subject_name(issuer)) == 1 &&
	       X509_set_pubkey(cert, key) == 1 &&
	       add_extensions(cert, issuer, c);
}

static int make_one(
    struct pki *p, struct profile *c, int64_t now, struct err *err)
{
	struct profile *by = &p->profiles.at[c->issuer];
	const EVP_MD *digest =
	    c->digest && streq(c->digest, "sha1") ? EVP_sha1() : EVP_sha256();
	c->made = X509_new();
	if (c->made && fill(c->made, c, by->made, pki_key_of(p, c), now) &&
	    X509_sign(c->made, pki_key_of(p, by), digest) > 0)
		return 0;
	tls_fail(err, "cannot make the certificate '%s'", c->id);
	err_hint(err, "see its profile in %s, line %u", p->path, c->line);
	return -1;
}

/* ---- CRLs */

static bool add_revoked(X509_CRL *crl, const X509 *cert, int64_t when)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)when);
	bool ok =
	    entry && time &&
	    X509_REVOKED_set_serialNumber(entry,
		(ASN1_INTEGER *)(uintptr_t)X509_get0_serialNumber(cert)) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, time) == 1 &&
	    X509_CRL_add0_revoked(crl, entry) == 1;
	if (!ok)
		X509_REVOKED_free(entry);
	ASN1_TIME_free(time);
	return ok;
}

static bool set_crl_times(X509_CRL *crl, const struct pki_crl *c, int64_t from)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)from);
	bool ok =
	    time && X509_CRL_set1_lastUpdate(crl, time) == 1 &&
	    ASN1_TIME_set(time, (time_t)(from + (int64_t)c->days * DAY)) &&
	    X509_CRL_set1_nextUpdate(crl, time) == 1;
	ASN1_TIME_free(time);
	return ok;
}

static bool add_crl_extensions(X509_CRL *crl, X509 *issuer)
{
	X509V3_CTX ctx;
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	X509V3_set_ctx(&ctx, issuer, NULL, NULL, crl, 0);
	X509_EXTENSION *key = X509V3_EXT_conf_nid(
	    NULL, &ctx, NID_authority_key_identifier, "keyid");
	bool ok = key && number && set_serial(number) &&
		  X509_CRL_add_ext(crl, key, -1) == 1 &&
		  X509_CRL_add1_ext_i2d(crl, NID_crl_number, number, 0, 0) == 1;
	X509_EXTENSION_free(key);
	ASN1_INTEGER_free(number);
	return ok;
}

static bool fill_crl(struct pki *p, struct pki_crl *c, int64_t now)
{
	X509 *issuer = p->profiles.at[c->issuer].made;
	int64_t from = now + ((int64_t)c->ahead - (int64_t)c->age) * DAY;
	c->made = X509_CRL_new();
	bool ok = c->made && X509_CRL_set_version(c->made, 1) == 1 &&
		  X509_CRL_set_issuer_name(
		      c->made, X509_get_subject_name(issuer)) == 1 &&
		  set_crl_times(c->made, c, from) &&
		  add_crl_extensions(c->made, issuer);
	VEC_EACH (struct profile, profile, &p->profiles)
		if (ok && profile->revoked && profile->issuer == c->issuer)
			ok = add_revoked(c->made, profile->made, from);
	return ok && X509_CRL_sort(c->made) == 1;
}

static int make_crl(
    struct pki *p, struct pki_crl *c, int64_t now, struct err *err)
{
	struct profile *by = &p->profiles.at[c->issuer];
	if (fill_crl(p, c, now) &&
	    X509_CRL_sign(c->made, pki_key_of(p, by), EVP_sha256()) > 0)
		return 0;
	tls_fail(err, "cannot make the revocation list '%s'", c->file);
	return err_hint(err, "see it in %s, line %u", p->path, c->line);
}

int pki_make(struct pki *p, int64_t now, struct err *err)
{
	if (make_keys(p, err) < 0)
		return -1;
	VEC_EACH (struct profile, c, &p->profiles)
		if (make_one(p, c, now, err) < 0)
			return -1;
	VEC_EACH (struct pki_crl, c, &p->crls)
		if (make_crl(p, c, now, err) < 0)
			return -1;
	return 0;
}

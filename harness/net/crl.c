/* SPDX-License-Identifier: Apache-2.0 */
#include "net/crl.h"

#include "base/buf.h"
#include "base/limits.h"
#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/* ---- Reading */

static void keep(STACK_OF(X509_CRL) * list, X509_CRL *crl)
{
	if (sk_X509_CRL_push(list, crl) <= 0)
		BUG("cannot keep a revocation list");
}

static int read_pem(STACK_OF(X509_CRL) * list, const struct buf *file,
    const char *path, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(file->ptr, (int)file->len);
	X509_CRL *crl;
	while ((crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)))
		keep(list, crl);
	unsigned long last = ERR_peek_last_error();
	bool at_end = ERR_GET_LIB(last) == ERR_LIB_PEM &&
		      ERR_GET_REASON(last) == PEM_R_NO_START_LINE;
	BIO_free(bio);
	if (!at_end)
		return tls_fail(
		    err, "'%s' holds a damaged revocation list", path);
	ERR_clear_error();
	return 0;
}

static void read_der(STACK_OF(X509_CRL) * list, const struct buf *file)
{
	const unsigned char *p = (const unsigned char *)file->ptr;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)file->len);
	if (crl && p == (const unsigned char *)file->ptr + file->len)
		keep(list, crl);
	else
		X509_CRL_free(crl);
	ERR_clear_error();
}

static int no_list(const struct buf *file, const char *path, struct err *err)
{
	bool certificate = memmem(file->ptr, file->len, "CERTIFICATE-----", 16);
	err_set(err, ERR_TLS,
	    certificate
		? "'%s' holds a certificate, no revocation list"
		: "'%s' holds no revocation list (CRL) in PEM or DER form",
	    path);
	return err_hint(err,
	    "the address of the list is in the server's certificate, as its "
	    "CRL distribution point; 'openssl x509 -noout -ext "
	    "crlDistributionPoints' shows it");
}

int crls_read(STACK_OF(X509_CRL) * *out, const char *path, struct err *err)
{
	struct buf file = BUF_INIT(LIMIT_CRL_FILE);
	STACK_OF(X509_CRL) *list = sk_X509_CRL_new_null();
	int rc = -1;
	*out = NULL;
	if (!list)
		BUG("cannot make a list of revocation lists");
	if (buf_read_file(&file, path, err) < 0)
		goto out;
	if (!memmem(file.ptr, file.len, "-----BEGIN", 10))
		read_der(list, &file);
	else if (read_pem(list, &file, path, err) < 0)
		goto out;
	if (sk_X509_CRL_num(list) == 0) {
		no_list(&file, path, err);
		goto out;
	}
	*out = list;
	list = NULL;
	rc = 0;
out:
	sk_X509_CRL_pop_free(list, X509_CRL_free);
	buf_release(&file);
	return rc;
}

/* ---- Checking */

int crls_use(STACK_OF(X509_CRL) * crls, SSL_CTX *ctx, struct err *err)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	if (!crls)
		return 0;
	for (int i = 0; i < sk_X509_CRL_num(crls); i++)
		if (X509_STORE_add_crl(store, sk_X509_CRL_value(crls, i)) != 1)
			return tls_fail(err, "cannot use a revocation list");
	if (X509_VERIFY_PARAM_set_flags(
		SSL_CTX_get0_param(ctx), X509_V_FLAG_CRL_CHECK) != 1)
		return tls_fail(err, "cannot check for revocation");
	return 0;
}

struct note crl_explain(int code, const char *file)
{
	switch (code) {
	case X509_V_ERR_CERT_REVOKED:
		return say_net_revoked(file);
	case X509_V_ERR_UNABLE_TO_GET_CRL:
		return say_net_crl_of_another(file);
	case X509_V_ERR_CRL_HAS_EXPIRED:
		return say_net_crl_expired(file);
	case X509_V_ERR_CRL_NOT_YET_VALID:
		return say_net_crl_early(file);
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
		return say_net_crl_forged(file);
	default:
		return say_none();
	}
}

int64_t crls_revoked(const STACK_OF(X509_CRL) * crls, X509 *cert)
{
	int days = 0, seconds = 0;
	for (int i = 0; i < sk_X509_CRL_num(crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(crls, i);
		X509_REVOKED *entry = NULL;
		if (X509_NAME_cmp(X509_CRL_get_issuer(crl),
			X509_get_issuer_name(cert)) != 0 ||
		    X509_CRL_get0_by_cert(crl, &entry, cert) != 1)
			continue;
		ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
		bool ok =
		    epoch && ASN1_TIME_diff(&days, &seconds, epoch,
				 X509_REVOKED_get0_revocationDate(entry)) == 1;
		ASN1_TIME_free(epoch);
		return ok ? (int64_t)days * 24 * 60 * 60 + seconds : 1;
	}
	return 0;
}

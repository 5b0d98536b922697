/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CRL_H
#define NET_CRL_H

#include "base/err.h"
#include "base/words.h"

#include <openssl/ssl.h>

/*
 * Revocation lists (CRL, RFC 5280 5.) of files. None is fetched from the
 * network: which address a certificate names is its issuer's business, and a
 * test must not depend on it.
 */

/* All lists of a PEM or DER file; at least one. ERR_TLS when it holds none,
 * with a hint on what it holds. Free with sk_X509_CRL_pop_free(…,
 * X509_CRL_free). */
NODISCARD int crls_read(
    STACK_OF(X509_CRL) * *out, const char *path, struct err *err);

/* The peer's own certificate (not its issuers') is looked for in `crls`, and a
 * list of its issuer must be there and in its time. NULL = no check. */
NODISCARD int crls_use(
    STACK_OF(X509_CRL) * crls, SSL_CTX *ctx, struct err *err);

/* What a failed check of the chain has to do with revocation, in words;
 * W_none when it has nothing. `code` is an X509_V_ERR_…, `file` the list's. */
struct note crl_explain(int code, const char *file);

/* The list of the certificate's issuer that names it: when it was revoked, in
 * seconds since 1970; 0 = no list does. */
int64_t crls_revoked(const STACK_OF(X509_CRL) * crls, X509 *cert);

#endif

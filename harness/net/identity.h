/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_IDENTITY_H
#define NET_IDENTITY_H

#include "base/err.h"
#include "check/target.h"

#include <openssl/ssl.h>

/*
 * Who we are in a handshake: key, leaf and chain, read once from PEM or
 * PKCS#12 by ourselves, so that run, mock and `certs show` go one way and each
 * defect has its own message (curl reports a wrong pass phrase and a legacy
 * RC2 file with the same code). A pass phrase comes from a file or the
 * environment, never from argv.
 */
struct identity {
	EVP_PKEY *key;
	X509 *leaf;
	STACK_OF(X509) *chain; /* issuing CAs, without the root */
	char *issuer;  /* of the leaf, RFC 2253 */
	char *subject;
};

/* `certificate` holds the leaf, then its issuers; `key` may be the same file. */
NODISCARD int identity_load_pem(struct identity *id, const char *certificate,
    const char *key, const char *pass, struct err *err);
NODISCARD int identity_load_pkcs12(
    struct identity *id, const char *path, const char *pass, struct err *err);
/* What the target names; a target that names none gives an empty identity. */
NODISCARD int identity_load_target(
    struct identity *id, const struct target *t, struct err *err);
void identity_release(struct identity *id);

/* Installs key, leaf and chain; nothing for an empty identity. */
NODISCARD int identity_use(
    const struct identity *id, SSL_CTX *ctx, struct err *err);

/* All certificates of a PEM or DER file, in order; caller frees with
 * sk_X509_pop_free(…, X509_free). */
NODISCARD int certificates_read(
    STACK_OF(X509) **out, const char *path, struct err *err);

#endif

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
	STACK_OF(X509) * chain; /* what follows the leaf in the file */
	char *issuer;		/* of the leaf, RFC 2253 */
	char *subject;
	bool is_bad; /* on purpose: pki_load_bad */
};

/* `certificate` holds the leaf, then its issuers; `key` may be the same file.
 */
NODISCARD int identity_load_pem(struct identity *id, const char *certificate,
    const char *key, const char *pass, struct err *err);
NODISCARD int identity_load_pkcs12(
    struct identity *id, const char *path, const char *pass, struct err *err);
/* What the target names; a target that names none gives an empty identity. */
NODISCARD int identity_load_target(
    struct identity *id, const struct target *t, struct err *err);
void identity_release(struct identity *id);

/* Installs key, leaf and chain (without a root, and nothing that is not in the
 * file); nothing for an empty identity. */
NODISCARD int identity_use(
    const struct identity *id, SSL_CTX *ctx, struct err *err);

/*
 * A pass phrase: the first line of `file`, else the environment variable
 * `environment`; NULL in *out when neither is named. ERR_USAGE when the
 * variable is not set, ERR_IO when the file cannot be read. Freed with its
 * memory wiped.
 */
NODISCARD int pass_phrase_read(
    char **out, const char *file, const char *environment, struct err *err);
void pass_phrase_free(char *pass);

/* A name as RFC 2253 text, UTF-8, malloc'ed: "CN=…,O=…,C=FI". */
char *certificate_name_text(const X509_NAME *name);

/* All certificates of a PEM or DER file, in order; caller frees with
 * sk_X509_pop_free(…, X509_free). */
NODISCARD int certificates_read(
    STACK_OF(X509) * *out, const char *path, struct err *err);

#endif

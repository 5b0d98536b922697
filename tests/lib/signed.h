/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SIGNED_H
#define TESTS_SIGNED_H

#include "base/buf.h"
#include "check/signature.h"
#include "kanta/sign.h"

#include <openssl/x509.h>

/* Certificates made in a test, and documents signed with them. */
struct signer_wish {
	const char *issuer; /* common name */
	const char *serial; /* of the subject */
	int64_t from, to;   /* seconds since 1970 */
};
/* RSA of 2048 bits, made once; nobody frees it. */
EVP_PKEY *signer_key(void);
X509 *signer_certificate(const struct signer_wish *wish);

/* 2026-11-21T18:22:03Z */
#define SIGNED_AT INT64_C(1795285323)

/* A care record's skeleton with a body whose ID is "OID1.2.3.0", unsigned. */
extern const char signed_document[];
/* At SIGNED_AT with a fit certificate, which is the caller's to free. */
struct signing signing_fit(void);
/* `text` signed like that; malloc'ed. */
char *signed_text(const char *text);
/* The first `from` in it replaced; frees `text`. */
char *signed_replace(char *text, const char *from, const char *to);
/* The first tag of this name, "<a" or "</a", becomes "other" and the number. */
char *signed_rename(char *text, const char *tag, size_t number);

/* What the check of a text's signatures says at SIGNED_AT. */
struct heard {
	size_t count;
	enum rule rule[64];
	enum severity severity[64];
	enum word word[64];
	char where[64][512];
};

struct heard signed_check(
    const char *text, bool archived, const struct target_rules *issuers);

#endif

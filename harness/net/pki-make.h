/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PKI_MAKE_H
#define NET_PKI_MAKE_H

#include "base/err.h"
#include "base/vec.h"

#include <openssl/x509.h>
#include <stdint.h>

/* The halves of net/pki.c: what certs/profiles.xml asks for, and making it. */

struct profile {
	char *id, *file, *key; /* file: without ending; NULL = not written */
	char *organisation, *serial_number, *common_name;
	char *usage, *extended_usage, *alternative_names; /* or NULL */
	char *digest;	   /* of the signature: "sha1"; NULL = SHA-256 */
	char *path_length; /* of a CA, or NULL */
	size_t issuer;	   /* its index; its own = self-signed */
	unsigned age, ahead, days;
	bool is_ca, chain, pkcs12, revoked;
	unsigned line; /* in profiles.xml */
	X509 *made;
};

struct pki_crl {
	char *file;
	size_t issuer; /* which profile signs it */
	unsigned age, ahead, days;
	unsigned line;
	X509_CRL *made;
};

struct pki_key {
	char *name;
	unsigned bits;
	EVP_PKEY *key;
};

struct pki {
	struct {
		VEC(struct profile);
	} profiles;
	struct {
		VEC(struct pki_crl);
	} crls;
	struct {
		VEC(struct pki_key);
	} keys; /* each name once */
	char *path;
	char digest[65]; /* of profiles.xml */
};

/* The folders that a file of the PKI may be in, beside the top. */
#define PKI_SHELVES 4
extern const char *const pki_shelves[PKI_SHELVES];

NODISCARD int pki_read(struct pki *p, const char *path, struct err *err);
void pki_release(struct pki *p);

/* The key that a profile names. */
EVP_PKEY *pki_key_of(const struct pki *p, const struct profile *profile);

/* All keys, certificates and CRLs, in memory; `now` in seconds since 1970. */
NODISCARD int pki_make(struct pki *p, int64_t now, struct err *err);

#endif

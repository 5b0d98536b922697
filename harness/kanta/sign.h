/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_SIGN_H
#define KANTA_SIGN_H

#include "base/buf.h"

#include <openssl/x509.h>
#include <stdint.h>

/*
 * The system signature of a clinical document (type 3 of 40127.2006), as seen
 * in 2017 test-environment messages: signatureCollection of the local header
 * with two references, to the time stamp and to the body; rsa-sha256, exc-c14n,
 * sha256, one X509Certificate.
 *
 * It is put into the text at its place in the header; every other byte of
 * `document` stays as it was. ERR_KANTA when there is no local header, no body
 * with an ID, or a signature already (unless `replace`: then all that there
 * are go); ERR_XML when it is no XML in UTF-8.
 */
struct signing {
	EVP_PKEY *key;	   /* RSA */
	X509 *certificate; /* of that key */
	int64_t now;
	uint64_t serial[2]; /* makes the ids of the signature's parts unique */
	bool replace;
};
NODISCARD int document_sign(struct buf *document, const char *name,
    const struct signing *s, struct err *err);

#endif

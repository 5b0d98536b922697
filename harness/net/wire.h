/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_WIRE_H
#define NET_WIRE_H

#include "net/tls.h"

/*
 * What the client sees of TLS on one connection, while it happens: curl forgets
 * it afterwards. Hooked into an SSL_CTX, which must not outlive the wire.
 */
struct wire {
	struct tls_facts facts; /* own_subject = NULL unless it was asked for */
	bool opened;		/* a connection was made since wire_reset */
	bool certificate_asked; /* the server sent a CertificateRequest */
	int verify_error; /* X509_V_ERR_… of the peer's chain; 0 = none */
};

void wire_reset(struct wire *w);
void wire_release(struct wire *w);

/* Prepares the context: versions, identity (may be NULL), hooks. */
NODISCARD int wire_attach(struct wire *w, SSL_CTX *ctx,
    const struct identity *identity, struct err *err);

/* The facts as one exchange keeps them. */
void wire_facts(const struct wire *w, const struct identity *identity,
    struct tls_facts *to);

#endif

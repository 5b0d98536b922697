/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/identity.h"
#include "record/exchange.h"

/*
 * TLS as both sides of this program use it: versions 1.2 and 1.3, resumption
 * off (each connection's evidence holds a full chain), and the facts of a
 * handshake copied while it happens (curl's SSL pointer is gone afterwards).
 */

/* RFC 8446 6. and RFC 5246 7.2: our own table, for OpenSSL 3.0 calls alert 116
 * "unknown". "certificate_required (116)" */
void tls_alert_name(char out[64], int alert);
/* Whether the alert says that our certificate was not accepted or missing. */
bool tls_alert_is_about_client_certificate(int alert);

/* What both sides set on their SSL_CTX. */
NODISCARD int tls_common(SSL_CTX *ctx, struct err *err);

/* Version, cipher and the peer's chain (PEM) of a finished handshake. */
void tls_facts_copy(struct tls_facts *to, SSL *ssl);

/* Whose certificate the peer showed: its subject's serialNumber, where DVV
 * writes the organisation's OID; "" = it has none. False without one. */
bool tls_peer_organisation(char out[128], const SSL *ssl);

/* `leaf` and what follows it in `chain` (NULL = nothing), as PEM. */
void tls_chain_copy(struct tls_facts *to, X509 *leaf, STACK_OF(X509) * chain);

/* Takes all of OpenSSL's error queue into one message. */
int tls_fail(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif

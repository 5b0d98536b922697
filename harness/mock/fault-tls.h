/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_FAULT_TLS_H
#define MOCK_FAULT_TLS_H

#include "mock/fault.h"

#include <openssl/ssl.h>

/*
 * The faults of level tls: each connection's SSL is bent before its handshake.
 * The SSL_CTX stays the mock's own, but for its client hello callback.
 */
struct tls_faults;

/* Reads the certificates that the list needs from the folder of test
 * certificates; NULL with a reason. */
struct tls_faults *tls_faults_new(const struct fault_list *list, SSL_CTX *ctx,
    const char *certs, struct err *err);
void tls_faults_free(struct tls_faults *f);

/* `n` counts connections from 1. */
void tls_faults_bend(const struct tls_faults *f, SSL *ssl, uint64_t n);

#endif

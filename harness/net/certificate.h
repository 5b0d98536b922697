/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include "base/buf.h"
#include "check/target.h"

#include <openssl/x509.h>
#include <stdint.h>

/*
 * A certificate in words: what it is (server certificate, system signature
 * certificate, professional's, CA), whose, until when, and what about it would
 * not do for Kanta (facts 2 and 4): not a DVV test issuer, expired, longer than
 * a server certificate may be, organisation OID missing in serialNumber, wrong
 * key usage, weak key, issuing CA missing behind the leaf.
 */
void certificate_describe(struct buf *to, X509 *leaf, size_t position,
    const struct target_rules *rules, int64_t now);

#endif

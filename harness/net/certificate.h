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
 *
 * Describes certificate number `index` of `certs`, which are those of one file
 * in its order: the leaf, then its issuers. Returns how many things about it
 * would not do; what is worth knowing but does no harm is not counted. `now`
 * is in microseconds since 1970. `crls` are revocation lists to look into, or
 * NULL.
 */
size_t certificate_describe(struct buf *to, STACK_OF(X509) * certs, int index,
    const STACK_OF(X509_CRL) * crls, const struct target_rules *rules,
    int64_t now);

#endif

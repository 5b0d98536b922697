/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PKI_H
#define NET_PKI_H

#include "base/err.h"

/*
 * A test PKI for rehearsals, shaped like DVV's (root, issuing CA, leaf), made
 * from certs/profiles.xml. It proves nothing about a real one.
 *
 * pki_create leaves in `dir` (which must be free):
 *     ca.pem                     the root
 *     server.pem, server.key     chain included; localhost and 127.0.0.1
 *     client.pem, client.key     leaf, then issuing CA
 *     client.p12, client.p12.pass
 *     signer.pem, signer.key     leaf, then issuing CA
 *     bad/<defect>.pem, .key     one defect each, named in the profile
 * Keys have mode 0600. Texts of subjects say that they are for tests only.
 */
NODISCARD int pki_create(
    const char *dir, const char *profiles, struct err *err);

/*
 * The cached PKI: ${XDG_CACHE_HOME:-~/.cache}/esitesti/pki-v1, made once under
 * a lock and renewed before it expires. Returns its folder, malloc'ed.
 */
char *pki_cached(const char *profiles, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PKI_H
#define NET_PKI_H

#include "net/identity.h"

/*
 * A test PKI for rehearsals, shaped like DVV's (root, issuing CA, leaf), made
 * from certs/profiles.xml. It proves nothing about a real one.
 *
 * pki_create leaves in `dir` (which must be free):
 *     ca.pem                     the root
 *     crl.pem                    the issuing CA's revocation list
 *     server.pem, server.key     chain included; localhost and 127.0.0.1
 *     client.pem, client.key     leaf, then issuing CA
 *     client.p12, client.p12.pass
 *     signer.pem, signer.key     leaf, then issuing CA
 *     bad/<defect>.pem, .key     of a client: one defect each, which a server
 *                                refuses in the handshake
 *     odd/<defect>.pem, .key     of a client: TLS takes them, but the
 *                                organisation in them is not the sender's
 *     bad-server/<defect>.pem    of a server, and .key
 *     bad-crl/<defect>.pem       revocation lists
 * Keys have mode 0600. Texts of subjects say that they are for tests only.
 */
NODISCARD int pki_create(
    const char *dir, const char *profiles, struct err *err);

/*
 * The cached PKI: ${XDG_CACHE_HOME:-~/.cache}/esitesti/pki-v2, made once under
 * a lock and renewed before it expires. Returns its folder, malloc'ed.
 */
char *pki_cached(const char *profiles, struct err *err);

/*
 * The same, with all that is made out for the profiles' own organisation (that
 * of the profile "client") made out for the one with this OID: a folder of its
 * own, pki-v2-OID. Names and issuers stay those of a test. NULL, or what no
 * certificate could name: as pki_cached.
 */
char *pki_cached_for(
    const char *profiles, const char *organisation, struct err *err);

/*
 * One of the deliberately bad certificates: "expired", "unknown-ca", … of
 * bad/ or odd/ for a client, of bad-server/ for a server. identity_use of it
 * lowers the context's security level, for OpenSSL would not show a weak one.
 * ERR_USAGE when `dir` has none of that name.
 */
enum pki_side {
	PKI_CLIENT,
	PKI_SERVER,
};
NODISCARD int pki_load_bad(struct identity *id, const char *dir,
    enum pki_side side, const char *name, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_C14N_H
#define XML_C14N_H

#include "base/buf.h"
#include "xml/doc.h"

#include <stdint.h>

/*
 * SHA-256 over the exclusive canonical form (no comments) of the subtree at
 * `node`, computed as a stream: no second copy of a large document. Two
 * subtrees are canonically equal when their digests are.
 * (W3C Exclusive XML Canonicalization 1.0; facts 4: what Kanta signatures use.)
 */
NODISCARD int xml_c14n_digest(const struct xml_doc *doc, const xmlNode *node,
    uint8_t digest[32], struct err *err);

/*
 * The same by any hash of OpenSSL's ("SHA1"), exclusive or inclusive (Canonical
 * XML 1.0 of the subtree with the namespaces around it), without words: -1 when
 * it cannot be done or `digest` has fewer than *len bytes' room.
 */
NODISCARD int xml_c14n_hash(const xmlNode *node, bool exclusive,
    const char *hash, uint8_t *digest, size_t *len);

/* The canonical form itself; -1 when there is none. */
NODISCARD int xml_c14n_bytes(
    const xmlNode *node, bool exclusive, struct buf *to);

#endif

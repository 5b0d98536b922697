/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_SAME_DOCUMENT_H
#define RUN_SAME_DOCUMENT_H

#include "base/buf.h"
#include "kanta/dialect.h"

/*
 * Whether a returned document is the one that was sent: body and signatures
 * canonically equal, the header equal but for the elements that the dialect
 * says the archive fills (copyTime, declaredTime, …), and the signatures
 * verify unless they did not when it was sent. Equal bytes are equal.
 * `place` gets the XPath of the first difference. -1 when one of them is no
 * ClinicalDocument; its `err` says which.
 */
NODISCARD int same_document(const struct buf *sent, const struct buf *returned,
    const struct dialect *d, struct buf *place, struct err *err);

#endif

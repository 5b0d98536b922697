/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_PAGE_H
#define MOCK_PAGE_H

#include "mock/receive.h"

/*
 * What the mock answers to GET and HEAD: PATH?wsdl describes the service to any
 * SOAP client, any other path tells a person what this is.
 */

/* true = it was such a request, and `out` is its answer (OUTCOME_PAGE). */
bool page_answer(struct received *out, const struct request_in *in,
    const struct receive_context *ctx);

/*
 * WSDL 1.1, document/literal, bindings for SOAP 1.1 and 1.2: an operation for
 * each message that the dialect names, called as the message is. What stands
 * inside a message is left open (xs:any), for Kanta's own schema is not public,
 * and neither is its WSDL: the document says so. `url` is the service's
 * address.
 */
void wsdl_write(struct buf *to, const struct dialect *d, const char *url);

/* How many of the dialect's values are guesses. */
unsigned dialect_guesses(const struct dialect *d);

#endif

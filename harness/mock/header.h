/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_HEADER_H
#define MOCK_HEADER_H

#include "base/words.h"
#include "kanta/soap.h"

/*
 * The blocks of a request's SOAP header: WS-Addressing is understood, anything
 * else is passed over unless it says that it must be understood.
 */
struct header_refusal {
	struct note why;
	struct buf blocks; /* for the fault's own header: SOAP 1.2 5.4.8 */
	char where[256];   /* XPath of the first of them */
};

/* true = a block must be understood and is not; `out` is then to be released
 * by header_refusal_release. */
bool header_is_refused(struct header_refusal *out, const struct soap *soap);
void header_refusal_release(struct header_refusal *out);

#endif

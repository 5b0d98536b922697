/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_RULES_H
#define MOCK_RULES_H

#include "mock/inquiry.h"

/* What is judged by a policy (mock/policy.h), without the archive. */

/* Receiver, processing code, trigger event, age, the certificate's
 * organisation. */
void rules_of_message(struct inquiry *q);
/* What is archived: q->cda and q->terms are there. */
void rules_of_document(struct inquiry *q);

/*
 * What 'esitesti check' finds in the message and its document, by the same
 * code: its errors, with their rules. The guard has looked already, and
 * signatures have a policy of their own. Without ctx->checker nothing is done.
 */
void rules_of_content(struct inquiry *q);

/* ---- Parts of the latter, in rules-document.c */

/* The header and its localHeader in the order of CDA_Fi.xsd. */
void check_header_order(struct inquiry *q);
/* The signatures, by the rules ESI-SIG-nn (check/signature.h): errors as the
 * policy says, warnings as warnings. */
void check_signature(struct inquiry *q);

#endif

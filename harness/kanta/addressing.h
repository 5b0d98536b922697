/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_ADDRESSING_H
#define KANTA_ADDRESSING_H

#include "kanta/soap.h"

/*
 * WS-Addressing in a SOAP header: version 1.0 of 2006 and the submission of
 * 2004/08. Whether Kanta uses any is not public, so an answer has it when the
 * request had it.
 */
struct addressing {
	const char *ns; /* of the version that was used; NULL = none was */
	char *message_id, *action, *reply_to; /* malloc'ed; "" = not given */
	/* The answer is wanted at another place than on this connection. */
	bool elsewhere;
};

/* `header` may be NULL. Texts are cut at LIMIT_HEADER_TEXT. */
void addressing_read(struct addressing *a, const xmlNode *header);
void addressing_release(struct addressing *a);

/* Whether the block is one of WS-Addressing's that are understood here. */
bool addressing_knows(const xmlNode *block);

/* The action of a fault (WS-Addressing 1.0 SOAP binding, section 6). */
const char *addressing_fault_action(const struct addressing *a);

/*
 * The answer's header blocks: RelatesTo is the request's MessageID, To its
 * ReplyTo or the anonymous address; nothing when the request had none.
 * `id` is a fresh IRI.
 */
void addressing_write(struct buf *to, const struct addressing *asked,
    const char *action, const char *id);

#endif

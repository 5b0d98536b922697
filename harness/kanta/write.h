/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_WRITE_H
#define KANTA_WRITE_H

#include "kanta/answer.h"
#include "kanta/frame.h"

/* What the writers of frames and of answers share; inside this room. */

struct wrapper {
	const char *root, *message_id, *creation_time, *interaction;
	const char *processing_code, *accept_ack;
	const char *receiver, *sender;
	bool profiles; /* with profileId */
};
/* From the root's start tag to acceptAckCode; then receiver and sender. */
void wrapper_open(
    struct buf *to, const struct wrapper *w, const struct dialect *d);
void wrapper_parties(struct buf *to, const struct wrapper *w);
void wrapper_close(struct buf *to, const struct wrapper *w);

#define TIME_TEXT 40
/* creationTime as the archive writes it: local, with milliseconds, or to the
 * second with its zone. */
void creation_time(char out[TIME_TEXT], int64_t now, const struct dialect *d);

#define V3_INTERACTIONS "2.16.840.1.113883.1.6"	 /* HL7InteractionID */
#define V3_TRIGGERS	"2.16.840.1.113883.1.18" /* HL7TriggerEventCode */

/* clinicalDocument inside a subject: frame metadata and the MIME text. */
struct document_draft {
	const struct cda *cda;
	const char *const *set; /* by field; NULL entries: from the document */
	const void *bytes;
	size_t len;
	bool metadata_only; /* no text */
	const char *content_id;
	const char *status; /* statusCode */
	const char *reason; /* reasonCode/@code, NULL = none */
	const char *reason_system;
	bool related; /* with relatedDocument */
	int64_t now;
	uint64_t serial;
};
void document_write(struct buf *to, const struct document_draft *draft,
    const struct dialect *d);

#endif

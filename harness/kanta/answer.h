/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_ANSWER_H
#define KANTA_ANSWER_H

#include "kanta/frame.h"

/*
 * What comes back: the acknowledgement in all forms of facts 1.7 and the
 * answers to queries (facts 9.3, 9.4).
 */
enum ack_outcome {
	ACK_ACCEPTED,
	ACK_REFUSED,
	ACK_UNCLEAR, /* a code that the dialect does not list */
	ACK_ABSENT,
};

struct ack_detail {
	char *type; /* E, W, I; attribute */
	char *code, *code_system, *text, *location;
};

struct ack {
	enum ack_outcome outcome;
	enum ack_form form;
	char *code; /* as written: "AA" */
	char
	    *target_id; /* root of targetMessage/id: the request's message id */
	VEC(struct ack_detail);
	struct note why; /* when reading failed */
};

/*
 * Reads the acknowledgement of `message`, wherever and however it stands: child
 * element or attribute, before receiver or behind sender, in the transmission
 * or beside a query answer. Texts are malloc'ed and never NULL. ERR_KANTA when
 * there are two, or more details than LIMIT_ACK_DETAILS.
 */
NODISCARD int ack_read(
    struct ack *a, xmlNode *message, const struct dialect *d, struct err *err);
void ack_release(struct ack *a);
void ack_detail_release(struct ack_detail *d);

/* ---- Writing: the mock's side */

struct answer_document {
	const void *bytes; /* as the archive returns it; its header becomes the
			    * metadata */
	size_t len;
	const char *oid;
	bool metadata_only; /* without text */
	const char *status; /* statusCode; NULL = the dialect's */
};

struct answer_draft {
	enum frame_kind kind; /* FRAME_ACK, FRAME_QUERY_ANSWER or
			       * FRAME_FETCH_ANSWER */
	const char *code;     /* "AA" */
	const char *target_id;
	const char *message_id;	       /* of the answer */
	const char *receiver, *sender; /* crossed over from the request */
	int64_t now;
	struct {
		VEC(struct ack_detail);
	} details;
	const struct answer_document *documents;
	size_t document_count;
	/* queryAck: the documents of this answer are resultCurrentQuantity,
	 * what is missing to the total resultRemainingQuantity. */
	size_t query_total;	/* found in all; less than documents = those */
	const char *query_id;	/* echoed */
	const char *query_code; /* OK, NF */
	const xmlNode *query;	/* the request's queryByParameter, copied; NULL
				 * = one with the id alone */
	uint64_t serial;
};
/* As the dialect says: form and place of the acknowledgement. No envelope. */
NODISCARD int answer_write(struct buf *to, const struct answer_draft *draft,
    const struct dialect *d, struct err *err);

/* The documents in an answer: metadata, and the content where there is. */
struct answer_entry {
	const char *oid, *set_id, *version, *status; /* borrowed; "" = none */
	const xmlNode *node;			     /* clinicalDocument */
	bool has_content;			     /* text is there … */
	struct buf content;			     /* … decoded */
};
struct answer_documents {
	VEC(struct answer_entry);
	struct note why; /* when reading failed */
};
/* ERR_KANTA with what is wrong; more than LIMIT_ANSWER_DOCUMENTS: ERR_LIMIT. */
NODISCARD int answer_documents_read(
    struct answer_documents *out, const struct frame *answer, struct err *err);
void answer_documents_release(struct answer_documents *docs);

#endif

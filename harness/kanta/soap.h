/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_SOAP_H
#define KANTA_SOAP_H

#include "kanta/dialect.h"
#include "xml/doc.h"

/*
 * SOAP 1.1 around exactly one message, or none (facts 9.0: which of them Kanta
 * uses is unknown, so both are read and the dialect says which is written).
 */
struct soap_fault {
	/* malloc'ed texts; NULL without a fault */
	char *code, *reason, *detail;
};

struct soap {
	enum envelope envelope;
	xmlNode *payload; /* the message's root element; NULL with a fault */
	bool is_fault;
	struct soap_fault fault;
};

/*
 * ERR_KANTA when an envelope holds no body, nothing, or more than one message.
 * A document whose root is no envelope is its own payload.
 */
NODISCARD int soap_read(
    struct soap *s, const struct xml_doc *doc, struct err *err);
void soap_release(struct soap *s);

/* Before and behind a message; the XML declaration comes with either. */
void soap_open(struct buf *to, enum envelope envelope);
void soap_close(struct buf *to, enum envelope envelope);
/* A whole SOAP 1.1 fault; `code` is "Client" or "Server". */
void soap_write_fault(
    struct buf *to, const char *code, const char *reason, const char *detail);

/* The media type of a message in this envelope. */
const char *envelope_media_type(enum envelope e);

#endif

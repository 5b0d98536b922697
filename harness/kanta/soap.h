/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_SOAP_H
#define KANTA_SOAP_H

#include "base/words.h"
#include "kanta/dialect.h"
#include "xml/doc.h"

/*
 * SOAP 1.1 or 1.2 around exactly one message, or none (facts 9.0: which of them
 * Kanta uses is unknown, so all are read and the dialect says which is
 * written).
 */

/* The fault codes that both versions know: SOAP 1.1 4.4.1, SOAP 1.2 part 1
 * 5.4.6. */
enum soap_code {
	SOAP_SENDER,   /* 1.1: Client */
	SOAP_RECEIVER, /* 1.1: Server */
	SOAP_MUST_UNDERSTAND,
	SOAP_VERSION_MISMATCH,
};
#define SOAP_CODE_COUNT 4
/* As that version writes it, without prefix; a bare message's fault is one of
 * SOAP 1.1. */
const char *soap_code_name(enum soap_code code, enum envelope envelope);
/* The code in "soap:Client", "Client.Authentication" (SOAP 1.1 4.4.1) or
 * "env:Sender"; -1 = none of them. */
int soap_code_find(const char *text);

struct soap_fault {
	/* malloc'ed texts; NULL without a fault. Of several reasons (SOAP 1.2
	 * 5.4.2) the first. */
	char *code, *reason, *detail;
};

struct soap {
	enum envelope envelope;
	xmlNode *header;  /* NULL = none */
	xmlNode *payload; /* the message's root element; NULL with a fault */
	bool is_fault;
	struct soap_fault fault;
	enum soap_code wrong; /* soap_read failed: how to answer that … */
	struct note why;      /* … and why */
};

/*
 * ERR_KANTA when an envelope holds no body, nothing, or more than one message,
 * or is of no version that is known. A document whose root is no Envelope is
 * its own payload.
 */
NODISCARD int soap_read(
    struct soap *s, const struct xml_doc *doc, struct err *err);
void soap_release(struct soap *s);

/*
 * A header block that we may not pass over: it must be understood, and by us
 * (SOAP 1.1 4.2.2 and 4.2.3, SOAP 1.2 part 1 5.2).
 */
bool soap_must_understand(const xmlNode *block, enum envelope envelope);

/* Before and behind a message; the XML declaration comes with either. `header`
 * is the header blocks' XML, NULL or "" = no header. */
void soap_open(struct buf *to, enum envelope envelope);
void soap_open_header(
    struct buf *to, enum envelope envelope, const char *header);
void soap_close(struct buf *to, enum envelope envelope);

/* A whole fault. */
struct soap_fault_draft {
	enum envelope envelope; /* ENVELOPE_BARE: a fault of SOAP 1.1 */
	enum soap_code code;
	/* SOAP 1.1 has room for one: the first. NULL = left out */
	const char *reason[LANG_COUNT];
	const char *detail; /* NULL or "" = none */
	const char *header; /* header blocks' XML, or NULL */
};
void soap_write_fault(struct buf *to, const struct soap_fault_draft *draft);

/* What a fault's header says of itself, as XML: the envelopes that we know
 * (5.4.7), and a block that we do not (5.4.8). */
void soap_write_upgrade(struct buf *to);
void soap_write_not_understood(struct buf *to, const xmlNode *block);

/* The media type of a message in this envelope. */
const char *envelope_media_type(enum envelope e);
/* The dialect's action with the interaction's name in its hole. */
void soap_action(
    struct buf *to, const struct dialect *d, const char *interaction);

#endif

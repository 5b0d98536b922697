/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_SHARK_H
#define KANTA_SHARK_H

#include "base/buf.h"
#include "base/vec.h"
#include "base/words.h"

/*
 * The validation service of social welfare documents (SHARK), as a public
 * client of it speaks with it: one POST of a JSON object with five texts, an
 * empty answer when all is well, and a numbered list of what is not.
 */
#define SHARK_PATH   "/shark-validointi/validoi/asiakirja/tulos"
#define SHARK_SYSTEM "1.2.246.537.6.1503" /* service requests, all versions */

enum shark_field {
	SHARK_MESSAGE_ID,
	SHARK_SERVICE, /* "SP1" */
	SHARK_LEVEL,
	SHARK_FRAME,
	SHARK_DOCUMENT,
};
#define SHARK_FIELDS 5
extern const char *const shark_field_names[SHARK_FIELDS];

/*
 * The request of a frame (an HL7 V3 message alone) and its document; NULL
 * document = the one inside the frame. Both become UTF-8 with line feeds and
 * exactly one XML declaration, for without one a firewall turns the request
 * away, and with carriage returns the service does not see the body. The
 * service request is the frame's reasonCode out of SHARK_SYSTEM. ERR_XML,
 * ERR_KANTA.
 */
struct shark_draft {
	const void *frame, *document;
	size_t frame_len, document_len;
	const char *frame_name, *document_name; /* for messages */
	const char *message_id;			/* a UUID */
};
NODISCARD int shark_write(
    struct buf *to, const struct shark_draft *draft, struct err *err);

/* Reads such a request; the texts are malloc'ed. ERR_KANTA when it is not
 * exactly that. */
struct shark_request {
	char *field[SHARK_FIELDS];
	struct note why; /* when reading failed */
};
NODISCARD int shark_read_request(
    struct shark_request *r, const void *bytes, size_t len, struct err *err);
void shark_request_release(struct shark_request *r);

/* ---- What it answers */

enum shark_outcome {
	SHARK_VALID,   /* 200 and nothing in it */
	SHARK_FOUND,   /* a description of what is wrong */
	SHARK_BLOCKED, /* "Request Rejected": a firewall, not the service */
	SHARK_STRANGE, /* anything else */
};
struct shark_answer {
	enum shark_outcome outcome;
	char support_id[40]; /* of the firewall; "" = none told */
	char code[80];	     /* "" = none told */
	struct {
		VEC(char *);
	} items; /* of the description, without their numbers */
};
void shark_read_answer(
    struct shark_answer *a, int status, const void *body, size_t len);
void shark_answer_release(struct shark_answer *a);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_EXCHANGE_H
#define RECORD_EXCHANGE_H

#include "base/buf.h"
#include "base/words.h"
#include "record/digest.h"
#include "record/result.h"

#include <stdint.h>

/*
 * One request and what came of it: the shared language of the client, the
 * mock, the judge and the reports. Bytes are exact, heads apart from bodies.
 */

/* Who made the message (design, Laws 3). */
enum maker {
	MAKER_SHIPPED_FIXTURE,
	MAKER_VENDOR_FILE,
	MAKER_VENDOR_COMMAND,
	MAKER_VENDOR_SYSTEM, /* observed */
	MAKER_IMPORTED_LOG,
	MAKER_REPLAY,
	MAKER_HARNESS, /* no document in it: a query, a probe, raw bytes */
	MAKER_UNKNOWN, /* the mock cannot know */
};
#define MAKER_COUNT 8

/* By which way it came into the record. */
enum way {
	WAY_SENT,     /* we opened the connection */
	WAY_RECEIVED, /* we are the server */
	WAY_IMPORTED,
};
#define WAY_COUNT 3

/* What answered. */
enum answerer {
	ANSWERER_NONE,		/* nothing left, or nothing came back */
	ANSWERER_EMBEDDED_MOCK, /* started by this run */
	ANSWERER_LOOPBACK,	/* something on this machine */
	ANSWERER_TARGET,	/* a named target: a real environment */
	ANSWERER_OURSELVES,	/* the mock's own record */
};
#define ANSWERER_COUNT 5

/* How it ended, as seen on the wire; whether that is good is the judge's. */
enum ending {
	ENDED_ANSWERED,	     /* a whole HTTP answer */
	ENDED_GUARD_REFUSED, /* no byte left */
	ENDED_TLS_REFUSED,   /* the peer ended the handshake with an alert */
	ENDED_TLS_DISTRUST,  /* we did not accept the peer's certificate */
	ENDED_TLS_FAILED,    /* the handshake failed without an alert */
	ENDED_UNREACHABLE,   /* no connection: refused, no route, no name */
	ENDED_TIMEOUT,	     /* the deadline passed */
	ENDED_LOST,	     /* sent, then the connection broke: unknown whether
				the receiver kept it */
	ENDED_UNREADABLE,    /* an answer that is no HTTP, or over its cap */
	ENDED_PROBE_OPEN,    /* a probe: the handshake stood, no alert came */
};
#define ENDING_COUNT 10

extern const char *const maker_names[MAKER_COUNT];
extern const char *const way_names[WAY_COUNT];
extern const char *const answerer_names[ANSWERER_COUNT];
extern const char *const ending_names[ENDING_COUNT];

const char *maker_name(enum maker m); /* "vendor-file" */
const char *way_name(enum way w);
const char *answerer_name(enum answerer a);
const char *ending_name(enum ending e);

/*
 * Where a head or a body stands in a run folder, and what it is to be there.
 * Filled in by the folder's writer and by its reader, which knows it also where
 * the bytes are not loaded. No bytes, or withheld: no file, no digest.
 */
struct stored {
	char file[192]; /* plain name in messages/ */
	size_t bytes;
	char sha256[DIGEST_TEXT];
};

struct message {
	struct buf head; /* start line and header fields, CRLF as on the wire */
	struct buf body;
	char media_type[128]; /* without parameters, lower case; "" = unknown */
	bool withheld; /* identity codes in it: bytes are not recorded here */
	struct stored head_stored, body_stored;
};

struct tls_facts {
	char version[16]; /* "TLSv1.3"; "" = no handshake got that far */
	char cipher[64];
	int alert; /* RFC 8446 6.; -1 = none */
	bool alert_from_peer;
	char *peer_chain; /* PEM, leaf first, malloc'ed; NULL = none seen */
	char peer_chain_sha256[DIGEST_TEXT]; /* by the run folder's writer and
						reader, as in struct stored */
	char *own_subject; /* of the certificate that we showed, or NULL */
};

/* Microseconds since `started` (wall clock, world_now); -1 = not reached. */
struct timing {
	int64_t started;
	int64_t connected, secured, first_byte, ended;
};

struct exchange {
	unsigned seq; /* NNNN, from 1, given by the run folder when written */
	char case_id[NAME_MAX_ID], step_id[NAME_MAX_ID];
	unsigned attempt; /* from 1 */

	enum maker maker;
	enum way way;
	enum answerer answerer;
	enum ending ending;
	char initiator[128]; /* "esitesti", or whose system */
	char responder[128]; /* "the embedded mock", a target's name */
	char url[512];
	char identity[64]; /* which client identity: "client", "none", … */
	char message[64];  /* what was meant: "archive", "fetch", "raw" */
	char document[NAME_MAX_ID]; /* the case's name for it, or "" */
	char document_oid[128];	    /* to look up after a lost answer, or "" */
	char document_file[512];    /* the vendor's file that was sent, or "" */
	char message_id[160];	    /* root of the V3 message id, or "" */

	int http_status; /* 0 = none */
	struct message request, response;
	struct tls_facts tls;
	struct timing timing;
	char trouble[256]; /* the library's words when it did not end well */
	char where[256];   /* what the guard stopped it for: its place, or "" */
	struct note remark; /* ours, when there is more to say */
};

/* Zeroed but for caps of buffers, the first attempt and the -1 of what was not
 * reached. */
void exchange_init(struct exchange *x);
void exchange_release(struct exchange *x);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_RECEIVE_H
#define MOCK_RECEIVE_H

#include "base/clock.h"
#include "base/words.h"
#include "kanta/addressing.h"
#include "mock/archive.h"
#include "mock/fault.h"
#include "mock/policy.h"

/*
 * A request's bytes become an answer's bytes. Nothing here knows of sockets:
 * the answer follows from request, archive, dialect, faults and clock alone.
 * What is accepted is put into the archive's open transaction; the caller
 * commits before it lets the answer go, or calls received_fail.
 */
struct check_plan; /* check/check.h */
struct checker;
struct receive_context {
	struct archive *archive;
	const struct dialect *dialect;
	const struct world *world;
	const struct policies *policies;  /* NULL = the dialect's own */
	const struct check_plan *content; /* of the policy; NULL = none */
	struct checker *checker;	  /* the thread's own; or NULL */
};

struct request_in {
	const char *partition; /* the URL's path */
	const void *body;
	size_t len;
	uint64_t number; /* of the request since the start, from 1 */
	bool is_post;
	const char *media_type;		 /* without parameters, lower case */
	const struct fault_list *faults; /* for this message; or NULL */
	/* As the client wrote them; NULL = unknown, not given */
	const char *method, *query, *host, *content_type, *content_encoding;
	const char *organisation; /* of the client certificate; NULL = none */
};

enum outcome {
	OUTCOME_ACCEPTED,
	OUTCOME_REFUSED,    /* understood, and something in it is wrong */
	OUTCOME_REJECTED,   /* a message that cannot be processed */
	OUTCOME_UNREADABLE, /* no message: a SOAP fault */
	OUTCOME_BROKEN,	    /* trouble of our own: a SOAP fault */
	OUTCOME_PAGE,	    /* a GET: the WSDL, or what this is */
};
#define OUTCOME_COUNT 6
extern const char *const outcome_names[OUTCOME_COUNT];

enum refusal_level {
	LEVEL_ERROR, /* refuses */
	LEVEL_WARNING,
	LEVEL_INFORMATION,
};

/* What is to be said of a message; each becomes an acknowledgementDetail. */
struct refusal {
	enum refusal_level level;
	bool by_policy; /* what follows tells which; else it is a rule */
	enum policy policy;
	enum mark mark;	       /* of the policy's value in the dialect */
	enum dialect_key code; /* DK_ERROR_… */
	const char *rule;      /* "ESI-SIG-12"; NULL = it has no name */
	struct note what;
	char where[256]; /* XPath in the message; "" = nowhere */
};

enum deed {
	DEED_ANSWER, /* by evhttp, as it should be */
	DEED_RAW,    /* as `raw` says */
};

struct received {
	enum outcome outcome;
	/* As in the message, but printable and short; "" = unknown. */
	char interaction[65], message_id[160], document_oid[128];
	struct {
		VEC(struct refusal);
	} findings;
	struct policy_use policies[POLICY_COUNT];
	bool on_archive;      /* the answer rests on what the archive holds */
	bool stored;	      /* a change waits for the commit */
	bool is_query;	      /* that was answered: how many documents … */
	uint64_t found, told; /* … were found, and are in the answer */
	size_t errors;	      /* findings that refuse, also unlisted ones */
	bool withheld;	      /* identity codes in the request … */
	bool withheld_answer; /* … that came back in the answer */
	bool is_fault;	      /* the answer is a SOAP fault */
	bool unread;	      /* too large: the body is not kept */
	enum envelope envelope;
	struct addressing addressing; /* the request's, echoed */
	char answer_id[160];	      /* of the answer's V3 message */

	enum deed deed;
	int status;
	char media_type[64];		 /* of the answer, with parameters */
	const char *field, *field_value; /* one more in its head; or NULL */
	struct buf answer;
	struct raw *raw;   /* mock/raw.h; or NULL */
	unsigned delay_ms; /* before the answer leaves */
	char trouble[256]; /* our words for the log; "" = none */
};

/*
 * In three steps: the first and the last touch no archive and may be taken in
 * any thread (the context is read only), the second needs the archive's open
 * transaction and is taken by one thread, in order of arrival.
 * `out` needs no preparation; received_release afterwards. `in`, its body and
 * `ctx` stay the caller's until the last step.
 */
struct inquiry;
struct inquiry *inquiry_open(struct received *out, const struct request_in *in,
    const struct receive_context *ctx); /* reads and judges the message */
/* Looks up, stores, finds. -1: the transaction is to be rolled back, for a part
 * of the change may have been made. */
NODISCARD int inquiry_archive(struct inquiry *q, struct err *err);
void inquiry_close(struct inquiry *q); /* writes the answer, frees `q` */
/* The transaction failed: the answer becomes a SOAP fault that says so, as it
 * is, whatever fault was to bend it. Behind inquiry_close; also for a zeroed
 * struct that inquiry_open never saw. */
void received_fail(struct received *r, const struct err *why);
void received_release(struct received *r);
/* What a finding says, with its policy; not masked any further. */
void refusal_render(struct buf *to, const struct refusal *f, enum lang lang);

#endif

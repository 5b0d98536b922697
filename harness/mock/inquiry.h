/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_INQUIRY_H
#define MOCK_INQUIRY_H

#include "check/guard.h"
#include "kanta/answer.h"
#include "kanta/query.h"
#include "kanta/soap.h"
#include "mock/receive.h"
#include "record/digest.h"

/*
 * A request while it is judged; what receive.c, refuse.c, judge.c and apply.c
 * share (reply.c writes, terms.c tells what is searched). All that is borrowed
 * comes from `in` or from the parsed documents here, which live until
 * inquiry_close.
 */
struct inquiry {
	const struct receive_context *ctx;
	const struct request_in *in;
	struct received *out;

	struct guard_trees trees; /* what the guard parsed on its way */
	struct xml_doc *message;  /* NULL = unreadable; borrowed from them */
	struct soap soap;
	struct frame frame;
	const char *target; /* the message id that is acknowledged */
	bool is_frame;	    /* `frame` is read, the archive may be asked */
	bool answered;	    /* a fault or plain words: nothing more to write */

	char message_sha256[DIGEST_TEXT], document_sha256[DIGEST_TEXT];
	struct buf document; /* inside the message, decoded */
	char *content_id;    /* of its part; NULL = none */
	struct xml_doc *cda_doc;
	struct cda cda; /* zeroed when it is no ClinicalDocument */

	struct archive_terms terms; /* the document's, or those asked for */
	struct query query;
	struct archive_results results; /* what the archive found … */
	struct {
		VEC(struct buf);
	} documents;	   /* … and as it is returned */
	struct buf strays; /* likewise, what nobody asked for: a fault */
	bool keeps;	   /* false: nothing is stored */
};

/* Whether such a message is one that is asked of us. */
bool receive_takes(enum frame_kind kind);

/* What is no message at all is answered in plain words: true = it was. */
bool refuse_plainly(struct received *out, const struct request_in *in,
    const struct receive_context *ctx);

/* judge.c, without the archive: adds what is wrong. */
void judge_archive(struct inquiry *q);
void judge_cancel(struct inquiry *q);
void judge_query(struct inquiry *q); /* for metadata or content */
void judge_unknown(struct inquiry *q);

/* apply.c, with the archive: adds what is wrong, stores what is right, finds
 * what is asked for; -1 = trouble of our own. */
NODISCARD int apply_archive(struct inquiry *q, struct err *err);
NODISCARD int apply_cancel(struct inquiry *q, struct err *err);
NODISCARD int apply_query(struct inquiry *q, struct err *err);

/* terms.c: what a document is searched by; what a query searches. */
void terms_of_document(struct archive_terms *to, const struct cda *cda);
void terms_of_query(struct archive_terms *to, const struct query *query);

/* reply.c. `blocks` is for the fault's header, or NULL. */
#define REPLY_MAX	   (LIMIT_MESSAGE + 4096)
#define REPLY_STATUS_FAULT 500 /* SOAP 1.1 6.2, SOAP 1.2 part 2 table 20 */
void reply_fault(struct received *r, int status, enum soap_code code,
    const struct note *why, const char *blocks);
NODISCARD int reply_write(
    struct inquiry *q, const char *target, struct err *err);

/* A field of the frame; never NULL. */
const char *inquiry_value(const struct inquiry *q, enum frame_field f);
/* A reason for refusing, at a field of the frame (FF_COUNT = nowhere). */
void inquiry_find(struct inquiry *q, enum dialect_key code,
    enum frame_field where, struct note what);
/* The same at an XPath; one without its beginning gets the message's name. */
void inquiry_find_at(struct inquiry *q, enum dialect_key code,
    const char *where, struct note what);
/*
 * The same by a policy: an error or a warning, as its value says. Whoever
 * judges by one asks first whether it is to be looked at, so that the journal
 * tells also what found nothing.
 */
bool policy_looks(struct inquiry *q, enum policy p);
void policy_find(
    struct inquiry *q, enum policy p, enum frame_field where, struct note what);
/* The new entry, or NULL when there are as many as an answer may hold. */
struct refusal *policy_find_at(
    struct inquiry *q, enum policy p, const char *where, struct note what);
/* A warning, whatever the policy's value. */
struct refusal *policy_warn_at(
    struct inquiry *q, enum policy p, const char *where, struct note what);
enum policy_value policy_value(const struct inquiry *q, enum policy p);
/* Identity codes outside the 900 series in it, masked. */
void note_mask(struct note *note);

#endif

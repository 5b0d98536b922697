/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECEIVING_H
#define RECEIVING_H

#include "kanta/answer.h"
#include "kanta/soap.h"
#include "mock/receive.h"

/* One archive, one dialect, and the last message with its answer. */
struct world_of_test {
	struct dialect *dialect;
	struct archive *archive;
	struct fault_list faults;
	struct policies policies;
	struct world world;
	int64_t now;
	uint64_t number;
	const char *organisation; /* of the client certificate */
	struct buf message;
	char sent_id[64]; /* of the last message written */
	struct received got;
	struct xml_doc *doc; /* the answer */
	struct soap soap;
	struct ack ack;
};

/* What a test's message says of itself; NULL or 0 = as it should be. */
struct wish {
	const char *oid, *set, *version, *patient, *patient_root, *service,
	    *service_system, *interaction, *related, *related_version;
	const char *in_document; /* the document's own patient, if different */
	const char *message_id;	 /* else another one in each message */
	const char *reason, *reason_system; /* of a replacement */
	const char *time, *author, *unit, *encounter, *custodian;
	const char *reg, *trigger, *processing, *receiver, *sender,
	    *confidentiality;
	const char *more;    /* XML in the header, before the body */
	const char *body_id; /* attribute ID of structuredBody */
	bool replaces, soap;
};

/* Set-up and tear-down of a test, with every policy off. */
int receiving_begin(void **state);
int receiving_end(void **state);
/* "NAME=VALUE": this one, and the others off. */
void use_policy(struct world_of_test *w, const char *word);
/* The dialect with another value of one key. */
void use_dialect(struct world_of_test *w, const char *key, const char *value);

void write_document(struct buf *to, const struct wish *m);
/* Into w->message: */
void write_message(struct world_of_test *w, const struct wish *m);
void write_query(struct world_of_test *w, const char *const ids[]);
/* `parameters` is what stands in queryByParameter. */
void write_metadata_query(struct world_of_test *w, const char *parameters);
void write_content_query(struct world_of_test *w, const char *parameters);
void write_cancel(struct world_of_test *w, const struct wish *m);

/* Sends w->message, reads the answer. */
void deliver(struct world_of_test *w);
void deliver_wish(struct world_of_test *w, struct wish m);

void expect_accepted(struct world_of_test *w);
/* Refused with `count` details; the first has `code`, its text `words`. */
void expect_refused(struct world_of_test *w, const char *code, size_t count,
    const char *words, const char *where);
size_t count_documents(struct world_of_test *w);

#endif

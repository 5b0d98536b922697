/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_FAULT_H
#define MOCK_FAULT_H

#include "base/opt.h"
#include "base/vec.h"

#include <stdint.h>

/*
 * Misbehaviour on command: a table of named faults, each of which changes one
 * thing and leaves the rest of an honest answer as it is.
 *     NAME            at every message
 *     NAME@3          at the third message only (counted from 1 by arrival)
 *     NAME=VALUE[@N]  with a value
 */
enum fault {
	FAULT_ACK_FLIP,	   /* accepting instead of refusing, and the reverse */
	FAULT_ACK_TARGET,  /* acknowledges another message's id */
	FAULT_DETAIL_DROP, /* no acknowledgementDetail */
	FAULT_STATUS,	   /* =NNN: another HTTP status, same body */
	FAULT_NO_FAULT,	   /* an HTML page where a SOAP fault belongs */
	FAULT_RENAME,	   /* =NAME: answer elements of that name get another */
	FAULT_DOCUMENT, /* one letter of a returned document's body changed */
	FAULT_NO_CLIENT_CHECK, /* takes any client certificate, or none */
	FAULT_SAY_OK,	       /* 200, text/plain, "ok" */
	FAULT_SAY_NOTHING,     /* 200, empty */
	FAULT_ALWAYS_ACCEPT,   /* accepts everything, stores nothing */
	FAULT_RESET,	       /* closes the connection instead of answering */
	FAULT_STALL,	       /* never answers */
};
#define FAULT_COUNT 13
extern const struct fault_row {
	const char *name; /* "ack-flip" */
	bool has_value;
	const char *meaning;
} fault_rows[FAULT_COUNT];

struct fault_use {
	enum fault fault;
	char value[64]; /* "" = none */
	uint64_t at;	/* 0 = every message */
};
struct fault_list {
	VEC(struct fault_use);
};
/* ERR_USAGE lists the names. */
NODISCARD int fault_parse(
    struct fault_list *out, const struct opt_list *words, struct err *err);
/* The use of `fault` that holds for message number `n`, or NULL. */
const struct fault_use *fault_find(
    const struct fault_list *list, enum fault fault, uint64_t n);

/* ---- Bending an answer */

struct answer_draft;
struct inquiry;
struct received;

/*
 * The draft of message number `n`, before it is written. What it newly points
 * to lives in `memory` or in the inquiry's documents.
 */
struct fault_memory {
	char target[192];
};
void fault_bend_draft(const struct fault_list *list, struct inquiry *q,
    struct answer_draft *draft, struct fault_memory *memory);

/* The written answer: its bytes, status, and whether it is sent at all. */
void fault_bend_answer(
    const struct fault_list *list, uint64_t n, struct received *r);

#endif

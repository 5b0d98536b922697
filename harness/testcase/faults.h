/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_FAULTS_H
#define TESTCASE_FAULTS_H

#include "base/opt.h"
#include "base/vec.h"
#include "base/words.h"

#include <stdint.h>

/*
 * Misbehaviour on command: a table of named faults, each of which changes one
 * thing and leaves the rest of an honest answer as it is. The mock shows them
 * (mock/fault.h); `--fault` and a case's <send fault="…"> name them, which is
 * why the names stand here.
 *     NAME            at every message
 *     NAME@3          at the third message only (counted from 1 by arrival;
 *                     at level tls: the third connection)
 *     NAME=VALUE[@N]  with a value
 */
enum fault {
#define FAULT(id, name, level, value, usual, fi, en) FAULT_##id,
#include "testcase/fault-rows.def"
#undef FAULT
	FAULT_COUNT
};

/* Where it shows, from the wire up. */
enum fault_level {
	LEVEL_TLS,
	LEVEL_HTTP,
	LEVEL_SOAP,
	LEVEL_FRAME,
	LEVEL_ACK,
	LEVEL_ARCHIVE,
	LEVEL_CASE, /* about the faults of cases */
};
#define LEVEL_COUNT 7
extern const char *const fault_level_names[LEVEL_COUNT]; /* "tls" */

enum fault_value {
	VALUE_NONE,
	VALUE_STATUS, /* an HTTP status, 200 to 599 */
	VALUE_BYTES,
	VALUE_PART, /* bytes, or 1% to 99% */
	VALUE_KIB,
	VALUE_MIB,
	VALUE_MS,
	VALUE_TEXT,
	VALUE_ALERT,  /* a TLS alert's name or number */
	VALUE_DEFECT, /* of a certificate */
};
#define VALUE_COUNT 10

extern const struct fault_row {
	const char *name; /* "ack-flip" */
	enum fault_level level;
	enum fault_value value;
	const char *usual; /* value when none is given; NULL = none */
	const char *meaning[LANG_COUNT];
} fault_rows[FAULT_COUNT];
/* What may be written behind the name: "", "=STATUS", "[=BYTES]". */
void fault_syntax(const struct fault_row *row, char out[32]);

/* What is wrong with a server's certificate, and which file of the test
 * certificates (without ending) is such a one. */
extern const struct fault_defect {
	const char *name, *file;
} fault_defects[];

struct fault_use {
	enum fault fault;
	char value[64];	 /* as given, or the usual one; "" = none */
	uint64_t number; /* the value, where it is one; of a PART, of an ALERT,
			    index of a DEFECT */
	bool percent;
	uint64_t at; /* 0 = every message */
};
struct fault_list {
	VEC(struct fault_use);
};
/* ERR_USAGE asks for the name that was meant, or says what is wrong with the
 * value. */
NODISCARD int fault_parse_one(
    struct fault_use *use, const char *word, struct err *err);
NODISCARD int fault_parse(
    struct fault_list *out, const struct opt_list *words, struct err *err);
/* As a case may ask for it at one message: no "@N", nothing of TLS. */
NODISCARD int fault_parse_send(
    struct fault_use *use, const char *word, struct err *err);

#endif

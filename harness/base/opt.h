/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include "base/err.h"
#include "base/vec.h"

#include <stdint.h>
#include <stdio.h>

/*
 * A command's options as one table, which feeds getopt_long, --help, the
 * environment and a test against the man page. Tables are constant: a row names
 * its member of the command's options struct by OPT_INTO, and the member's type
 * follows from `type`.
 */
enum opt_type {
	OPT_FLAG,   /* bool: present = true */
	OPT_TEXT,   /* const char *: lives as long as argv or environ */
	OPT_NUMBER, /* uint64_t within [min, max] */
	OPT_CHOICE, /* int: index into `choices` */
	OPT_LIST,   /* struct opt_list: may be given several times */
};

#define OPT_INTO(type, member) offsetof(type, member)

struct opt_list {
	VEC(const char *);
};

struct opt {
	const char *name; /* "port-file" for --port-file */
	char letter;	  /* 'o' for -o, 0 = none */
	enum opt_type type;
	const char *arg; /* its name in --help: "FILE"; NULL for a flag */
	size_t into;	 /* OPT_INTO(struct run_options, junit) */
	const char *help;
	uint64_t min, max;
	const char *const *choices;
	size_t choice_count;
	/* Not from the environment, where it is an error: what chooses a real
	 * target must stand on the command line (design, Laws 9). */
	bool no_environment;
};

/* A command as --help shows it. Rows are sorted by name: tested. */
struct opt_set {
	const char *command;  /* "run" */
	const char *operands; /* "[CASE|DIR|ID]…", "" = takes none */
	const char *summary;  /* the line of the command table */
	const struct opt *opts;
	size_t count;
	const char *notes; /* printed behind the options, or NULL */
};

/*
 * Sets members of `*into` from the environment (ESITESTI_<NAME>, '-' as '_'),
 * then from argv, and returns the index of the first operand; 0 when --help was
 * asked for and printed to `out`; -1 with ERR_USAGE and, where one is near,
 * the name that was meant. Options may stand behind operands; "--" ends them.
 */
NODISCARD int opt_parse(const struct opt_set *set, void *into, int argc,
    char *argv[], FILE *out, struct err *err);

void opt_help(const struct opt_set *set, FILE *out);

#endif

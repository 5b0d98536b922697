/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/compiler.h"

#include <stdio.h>

/*
 * What went wrong, for people: where, what was found, what to do next.
 * Zero-initialise it, pass it down, report it once. It owns nothing and needs
 * no release.
 */
enum err_kind {
	ERR_NONE,
	ERR_USAGE,    /* wrong words on the command line, in the environment
			 or in the project file */
	ERR_CASE,     /* a case, fixture, dialect or rule set is invalid */
	ERR_XML,      /* XML that is not what it should be */
	ERR_KANTA,    /* a message or document breaks the field's rules */
	ERR_TLS,      /* certificates, keys, handshakes */
	ERR_NET,      /* the peer could not be reached or did not answer */
	ERR_IO,	      /* a file, a database, a disk */
	ERR_LIMIT,    /* a cap of base/limits.h was crossed */
	ERR_RECORD,   /* a run folder cannot be read or trusted */
	ERR_GUARD,    /* the guard lets nothing leave */
	ERR_INTERNAL, /* a library refused what should have worked */
};

struct err {
	enum err_kind kind;
	unsigned line, column; /* from 1, in characters; 0 = unknown */
	char file[512];
	char msg[1024];
	char excerpt[256]; /* the source line, for the caret */
	char hint[512];	   /* the next step */
};

/*
 * Record a failure and return -1, so that a caller can write
 *     return err_set(err, ERR_IO, "cannot open '%s': %s", path, why);
 * The first failure wins: later calls change nothing. Messages begin in lower
 * case, carry no full stop and quote names with ''.
 */
int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* As err_set, with the place. `line` and `column` count from 1. */
int err_at(struct err *err, enum err_kind kind, const char *file, unsigned line,
    unsigned column, const char *fmt, ...) PRINTF_LIKE(6, 7);

/* As err_set, with the text of errno behind it. */
int err_errno(struct err *err, enum err_kind kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Put "<context>: " before the recorded text; returns -1. */
int err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What the reader should do next, unless a hint is there; returns -1. */
int err_hint(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Take the line `err->line` out of `text` (len bytes) as excerpt, so that
 * err_print can put a caret under the column.
 */
void err_excerpt(struct err *err, const char *text, size_t len);

/*
 * "esitesti: file:line:column: message", the excerpt with a caret, the hint.
 */
void err_print(FILE *to, const struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_INPUTS_H
#define CHECK_INPUTS_H

#include "base/buf.h"
#include "base/vec.h"

/*
 * The files that are to be checked, in the order they were named; those of a
 * folder and its folders in the order of their paths.
 */
struct inputs {
	VEC(char *);	    /* paths; "-" is the standard input */
	size_t passed_over; /* files of folders that are nothing for a check */
};

/*
 * Adds a file, whether it is there or not; "-"; or what is in a folder: *.xml
 * and whatever begins like a document or a message. Passed over are hidden
 * files and folders, run folders, links to folders, and esitesti's own files.
 * ERR_LIMIT.
 */
NODISCARD int inputs_add(
    struct inputs *in, const char *operand, struct err *err);
void inputs_release(struct inputs *in);

/*
 * The bytes of one, into an empty buffer that has room for LIMIT_MESSAGE.
 * ERR_USAGE when it cannot be opened or read, ERR_LIMIT when it is larger than
 * a document or message may be: a file is told by its beginning and its size,
 * before it is read; of a stream no more is read than may be.
 */
NODISCARD int input_read(struct buf *to, const char *name, struct err *err);
/* Whether it may be read once before that: a file, and neither the standard
 * input nor a pipe, whose bytes come but once. */
bool input_stays(const char *name);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_INDEX_H
#define RECORD_INDEX_H

#include "record/event.h"
#include "record/names.h"

/*
 * One pass over a journal of any origin: checks chain and seal, and remembers
 * where each case's lines stand. A line that is no event breaks the chain and
 * belongs to no case.
 */
struct index_line {
	uint64_t offset;
	uint32_t len, number;
	uint32_t next; /* of the same case: index + 1; 0 = last */
};

struct index_span {
	uint32_t first, last; /* lines: index + 1 */
};

struct index_input {
	size_t bytes;
	char sha256[DIGEST_TEXT];
};

struct index {
	VEC(struct index_line);
	struct names cases; /* the first is "": the events of no case */
	struct {
		VEC(struct index_span);
	} spans;	     /* of the cases, by number */
	struct names inputs; /* the first event of each name counts */
	struct {
		VEC(struct index_input);
	} input;

	struct event begin; /* the first line */
	enum seal_state seal;
	unsigned broken_at;
	bool interrupted;
	int64_t ended;
};

/* ERR_RECORD when there is no first event, ERR_LIMIT for a line, a journal or
 * counts over their caps, ERR_IO. Release in either case. */
NODISCARD int index_build(struct index *index, int fd, struct err *err);
void index_release(struct index *index);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_ORIGIN_H
#define CHECK_ORIGIN_H

#include "base/err.h"
#include "base/vec.h"

/*
 * Which files a schema or a rule set was made of, so that a reader can prove it
 * with sha256sum alone: the SHA-256 of the file named; with more files, also
 * how many more, and one digest over all of them, which is the SHA-256 of what
 * sha256sum prints of them (names without folders, in the order of strcmp).
 */
struct origin {
	struct origin_file {
		const char *path; /* borrowed */
		char digest[65];
	} * files; /* the one named first, until origin_say */
	size_t count;
};
/* "HEX" or "HEX, +7: HEX", each digest cut to `digits`; NULL = a file cannot
 * be read. */
char *origin_say(struct origin *o, int digits, struct err *err);

#endif

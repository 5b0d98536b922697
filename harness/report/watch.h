/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_WATCH_H
#define REPORT_WATCH_H

#include "base/err.h"
#include "base/words.h"

/*
 * The run folder of a mock as one page: its newest exchanges, and why some of
 * them were refused. There are no verdicts in it, for nothing was expected.
 * The end of the journal is read, also while the mock writes it, so that the
 * cost does not grow with the run.
 */
struct watch_options {
	const char *out;  /* the page's file; it appears whole */
	const char *data; /* for cases/facts.xml */
	enum lang lang;
	bool live; /* the page loads itself anew, as the mock goes on */
};

/* Whether the folder's journal begins as a mock's. */
bool watch_is_mock(const char *dir);

/* ERR_RECORD when the journal cannot be read, ERR_IO. */
NODISCARD int watch_render(
    const char *dir, const struct watch_options *o, struct err *err);

#endif

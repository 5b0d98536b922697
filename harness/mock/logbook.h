/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_LOGBOOK_H
#define MOCK_LOGBOOK_H

#include "mock/renderer.h"
#include "mock/screen.h"
#include "record/writer.h"

/*
 * What the mock tells of its exchanges: on the screen, and the same kind of run
 * folder as a run's. A message with an identity code outside the 900 series
 * goes to the folder's quarantine/ and nowhere else.
 */
struct logbook {
	struct record *record; /* NULL = no run folder */
	struct screen screen;
	struct renderer *renderer; /* NULL = none */
	const struct world *world;
	const struct policies *policies; /* NULL = not told of */
	char url[64];
	bool failed; /* the folder cannot be written: said once */
};

/* Opens the run folder that the options name, if any. */
NODISCARD int logbook_open(struct logbook *j,
    const struct mock_options *options, unsigned port, struct err *err);
/* Seals it; the journal is closed in any case. */
NODISCARD int logbook_close(struct logbook *j, struct err *err);

void logbook_exchanged(void *logbook, const struct told_exchange *x);
void logbook_refused(void *logbook, int alert, const char *reason);
void logbook_counted(void *logbook, enum trouble trouble, unsigned more);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_FILL_H
#define MOCK_FILL_H

#include "base/buf.h"
#include "kanta/dialect.h"

#include <stdint.h>

/*
 * What the archive fills in what it returns: the header elements that the
 * dialect's archive.fills lists, of those known here: copyTime, and of the
 * localHeader declaredTime, retentionPeriod, activeCustodian and
 * activeCustodianName. They are put into the text at their places in the
 * schema; every other byte stays as it was stored, signatures hold.
 *
 * `document` is left alone when the dialect's archive.returns says so, or when
 * it is not in UTF-8, no XML, or has no place for an element.
 */
struct fill_facts {
	int64_t received; /* when it was archived */
	int64_t now;	  /* when this copy is made */
};
void fill_document(struct buf *document, const struct fill_facts *facts,
    const struct dialect *d);

#endif

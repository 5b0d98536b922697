/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_TEMPLATE_H
#define TESTCASE_TEMPLATE_H

#include "testcase/document.h"

/*
 * A shipped document template: XML with "${oid}", "${patient.code}" …, whose
 * values come from clock and seed, from the project file, from the version
 * before, and from the case's own `with`, which wins. The names are a closed
 * list, esitesti-case(5) tells what each means.
 */
enum template_number { /* what each of a document's fresh numbers is for */
	NUMBER_DOCUMENT,
	NUMBER_ENCOUNTER,
	NUMBER_UUID_HIGH,
	NUMBER_UUID_LOW,
	NUMBER_SIGNATURE_HIGH,
	NUMBER_SIGNATURE_LOW,
};
extern const char *const template_names[];
extern const size_t template_name_count;

/* The root of the service provider's OIDs, malloc'ed; NULL = none is named. */
char *document_org(const struct project *project);

/* The values for a request; a name without value is left out (no pool in the
 * project: no patient.*), and using it is an error with a hint. */
NODISCARD int template_values(
    struct vars *to, const struct document_request *request, struct err *err);

/* The fixture with its values. ERR_CASE with the place in the fixture. */
NODISCARD int template_render(
    struct buf *to, const struct document_request *request, struct err *err);

#endif

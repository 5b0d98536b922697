/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_SHARK_H
#define MOCK_SHARK_H

#include "mock/receive.h"

/*
 * A stand-in for the validation service of social welfare documents, at its
 * path (kanta/shark.h): empty 200, a numbered list with 400, and, when an XML
 * declaration is missing, the page of a firewall. The sentences are the mock's
 * own. true = it was a request to it, and `out` is its answer.
 */
bool shark_validate(struct received *out, const struct request_in *in);

#endif

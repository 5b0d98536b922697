/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_COVERAGE_H
#define TESTCASE_COVERAGE_H

#include "base/buf.h"
#include "testcase/case.h"

/*
 * What is known of Kanta against the cases that rest on it, for people: every
 * fact with its mark, text and source, and the cases of the set that name it,
 * each with the worst mark that it rests on itself. Certain facts first; a fact
 * that no case rests on is named as such, and counted at the end. Lines have at
 * most COVERAGE_WIDTH characters, but for a word that is longer.
 */
#define COVERAGE_WIDTH 80
void coverage_write(struct buf *to, const struct facts *facts,
    const struct case_set *cases, enum lang lang);

#endif

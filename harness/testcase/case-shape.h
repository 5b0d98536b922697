/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_CASE_SHAPE_H
#define TESTCASE_CASE_SHAPE_H

#include "testcase/own-xml.h"

#define CASE_NS "urn:esitesti:case:1"

/*
 * What cases/case.rng says, no more and no less: elements, attributes, values,
 * one verb a step, the attributes of each kind of expectation, both languages.
 * A mutant test holds the two to the same verdict. What refers from one place
 * to another is case-check.h's.
 */
NODISCARD int case_shape_check(const struct own_file *file, struct err *err);

#endif

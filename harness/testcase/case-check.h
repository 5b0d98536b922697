/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_CASE_CHECK_H
#define TESTCASE_CASE_CHECK_H

#include "testcase/case.h"
#include "testcase/own-xml.h"

/*
 * Where faults go: with `fault`, every one of a file is told and checking goes
 * on; without, the first one ends it and stays in `err`.
 */
struct fault_sink {
	void (*fault)(void *ctx, const struct err *err);
	void *ctx;
};

/* Reads a case as testcase_parse does; NULL when there was any fault. */
struct testcase *testcase_read(const void *bytes, size_t len, const char *name,
    const struct facts *facts, const struct fault_sink *sink, struct err *err);

/*
 * What refers from one place of a case to another, or to the tables of facts,
 * dialect and frame. `file` has the right shape and `tc` was read from it.
 */
NODISCARD int case_check(const struct testcase *tc, const struct own_file *file,
    const struct facts *facts, const struct fault_sink *sink, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_RESULT_H
#define RECORD_RESULT_H

#include "base/err.h"
#include "base/words.h"

/*
 * What a judgement can be. The words never overlap: `fail` is a wrong answer,
 * `error` a harness that could not judge, `inconclusive` an environment that
 * was down or lost the answer (design, Laws 5 and "Result kinds").
 */
enum result_kind {
	RESULT_PASS,
	RESULT_FAIL,
	RESULT_ERROR,
	RESULT_INCONCLUSIVE,
	RESULT_GUARD_REFUSED,
	RESULT_SKIP,
	RESULT_OMIT,
	RESULT_MANUAL,
};
#define RESULT_COUNT 8

extern const char *const result_names[RESULT_COUNT];

const char *result_name(enum result_kind kind); /* "guard-refused" */
int result_exit(enum result_kind kind, bool strict);

/* Exit codes, and which of two is the worse: 130, 8, 5, 2, 3, 6, 1, 4, 7, 0. */
enum exit_code {
	EXIT_PASSED = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_INVALID = 3,
	EXIT_INCONCLUSIVE = 4,
	EXIT_GUARD = 5,
	EXIT_EVIDENCE = 6,
	EXIT_STRICT = 7,
	EXIT_ERROR = 8,
	EXIT_INTERRUPTED = 130,
};
int exit_worse(int a, int b);
int exit_of_error(const struct err *err);

/* The worse of two kinds for a case's summary; pass is the best. */
enum result_kind result_worse(enum result_kind a, enum result_kind b);

/*
 * One judgement of one expectation. Names are copied; it owns nothing.
 * A failure names place, expectation, finding, rule and next step.
 */
#define NAME_MAX_ID 65 /* ids of cases, steps, expectations, with the NUL */
struct verdict {
	char case_id[NAME_MAX_ID], step_id[NAME_MAX_ID],
	    expectation_id[NAME_MAX_ID];
	enum result_kind kind;
	unsigned exchange; /* its number NNNN in the run folder; 0 = none */
	char where[256];   /* XPath, line or file that was looked at */
	struct note expected, found, cause, next;
	char rule[192]; /* what it rests on: "facts 1.7 (U); dialect key …" */
};

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "record/result.h"

const char *const result_names[RESULT_COUNT] = {
	[RESULT_PASS] = "pass",
	[RESULT_FAIL] = "fail",
	[RESULT_ERROR] = "error",
	[RESULT_INCONCLUSIVE] = "inconclusive",
	[RESULT_GUARD_REFUSED] = "guard-refused",
	[RESULT_SKIP] = "skip",
	[RESULT_OMIT] = "omit",
	[RESULT_MANUAL] = "manual",
};

/* What each kind means for the exit code, and its place in a case's summary:
 * the greater wins. A manual step asks for a person, a skipped one was counted
 * at its cause: so manual tells more. */
static const struct {
	int exit;
	int weight;
} meaning[RESULT_COUNT] = {
	[RESULT_PASS] = { EXIT_PASSED, 0 },
	[RESULT_OMIT] = { EXIT_PASSED, 1 },
	[RESULT_SKIP] = { EXIT_PASSED, 2 },
	[RESULT_MANUAL] = { EXIT_PASSED, 3 },
	[RESULT_INCONCLUSIVE] = { EXIT_INCONCLUSIVE, 4 },
	[RESULT_FAIL] = { EXIT_FAILED, 5 },
	[RESULT_GUARD_REFUSED] = { EXIT_GUARD, 6 },
	[RESULT_ERROR] = { EXIT_ERROR, 7 },
};

/* The best first. */
static const int exits[] = { EXIT_PASSED, EXIT_STRICT, EXIT_INCONCLUSIVE,
	EXIT_FAILED, EXIT_EVIDENCE, EXIT_INVALID, EXIT_USAGE, EXIT_GUARD,
	EXIT_ERROR, EXIT_INTERRUPTED };

static const int error_exits[] = {
	[ERR_NONE] = EXIT_PASSED,
	[ERR_USAGE] = EXIT_USAGE,
	[ERR_CASE] = EXIT_INVALID,
	[ERR_XML] = EXIT_INVALID,
	[ERR_KANTA] = EXIT_INVALID,
	[ERR_TLS] = EXIT_USAGE, /* before any exchange: a configured file */
	[ERR_NET] = EXIT_INCONCLUSIVE,
	[ERR_IO] = EXIT_ERROR,
	[ERR_LIMIT] = EXIT_ERROR,
	[ERR_RECORD] = EXIT_ERROR,
	[ERR_GUARD] = EXIT_GUARD,
	[ERR_INTERNAL] = EXIT_ERROR,
};

const char *result_name(enum result_kind kind)
{
	return result_names[kind];
}

int result_exit(enum result_kind kind, bool strict)
{
	if (kind == RESULT_MANUAL && strict)
		return EXIT_STRICT;
	return meaning[kind].exit;
}

enum result_kind result_worse(enum result_kind a, enum result_kind b)
{
	return meaning[a].weight >= meaning[b].weight ? a : b;
}

/* A code that nobody knows is the worst of all: it must not disappear. */
static size_t rank(int code)
{
	size_t i = 0;
	while (i < COUNTOF(exits) && exits[i] != code)
		i++;
	return i;
}

int exit_worse(int a, int b)
{
	return rank(a) >= rank(b) ? a : b;
}

int exit_of_error(const struct err *err)
{
	return error_exits[err->kind];
}

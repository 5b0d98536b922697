/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CASEFILE_H
#define TESTS_CASEFILE_H

/* The sample case, which holds every part of the format once, and copies of it
 * with one thing changed. */
#include "base/limits.h"
#include "testcase/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define SAMPLE "tests/lib/testcase/sample.xml"
#define FACTS  "tests/lib/testcase/facts.xml"

static struct facts *facts;
static struct buf sample = BUF_INIT(LIMIT_CASE_FILE);

static inline int set_up(void **state)
{
	(void)state;
	struct err err = { 0 };
	facts = facts_load(FACTS, &err);
	assert_non_null(facts);
	return buf_read_file(&sample, SAMPLE, &err);
}

static inline int tear_down(void **state)
{
	(void)state;
	facts_free(facts);
	buf_release(&sample);
	return 0;
}

/* The sample with the first `from` replaced. */
static inline struct buf changed(const char *from, const char *to)
{
	struct buf b = BUF_INIT(LIMIT_CASE_FILE * 4);
	const char *at = strstr(sample.ptr, from);
	if (!at)
		fail_msg("the sample has no '%s'", from);
	buf_add(&b, sample.ptr, (size_t)(at - sample.ptr));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	return b;
}

#endif

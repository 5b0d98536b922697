/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RUNS_H
#define TESTS_RUNS_H

#include "record/reader.h"
#include "record/writer.h"

/* Run folders for tests. All names are freed by their caller. */

/* Ends the test with the error's text when the call, which takes &err, fails.
 */
#define OK(call)            \
 do {                       \
  struct err err = { 0 };   \
  if ((call) < 0)           \
   fail_msg("%s", err.msg); \
 } while (0)

/* Each test has a folder that is not there yet, in one that is removed: for
 * cmocka_unit_test_setup_teardown. */
struct runs_place {
	char *scratch, *run;
	struct world world;
};
int runs_setup(void **state);
int runs_teardown(void **state);

/* The run in that folder, with ptv-01 and ptv-02 planned; opened again. */
struct record *runs_create(const struct runs_place *p);
struct run_log *runs_reopen(const struct runs_place *p);

/* A new empty folder below TMPDIR; remove it with dir_remove. */
char *runs_scratch(void);

/* A run of one job, "self-test", with the case ids planned. */
struct record_info runs_info(const char *const *planned, size_t count);

/* An exchange with something in every member but `remark`. */
void runs_exchange(struct exchange *x, const char *case_id, unsigned step);

/* A verdict with something in every member. */
struct verdict runs_verdict(const char *case_id, enum result_kind kind);

/*
 * A journal by hand: `lines` are the members behind "prev", braces left out:
 * "\"event\":\"begin\",…". Numbers and chain are right; no seal is added.
 * journal.jsonl in the new folder is the result, whose name is returned.
 */
char *runs_forge(const char *const *lines, size_t count);

/* The first event of a forged journal, of the present format. */
#define RUNS_BEGIN                                                   \
 "\"event\":\"begin\",\"format\":\"esitesti-run/1.0\",\"id\":\"x\"," \
 "\"role\":\"run\",\"answerer\":\"embedded-mock\""

#endif

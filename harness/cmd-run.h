/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_RUN_H
#define CMD_RUN_H

#include "base/clock.h"
#include "cmd.h"
#include "run/embedded.h"
#include "run/progress.h"
#include "run/shard.h"
#include "testcase/document.h"

/* The inside of the command 'run': its options, and one owner for all that a
 * run has, filled in step by step. */

/* What the options say. */
struct run_options {
	const char *target, *certs, *out, *junit, *project, *dialect, *shard;
	struct opt_list cases, tags, documents, faults;
	uint64_t deadline;   /* of an exchange, in seconds */
	uint64_t jobs, seed; /* seed 0: none was chosen */
	int lang;
	struct ci_options ci;
	bool fail_fast, strict;
};

/* What a run owns, from the first file read to the last one written. */
struct session {
	struct run_options o;
	struct io *io;
	struct shipped shipped;
	struct project *project;
	struct dialect *dialect;
	struct plan plan;
	struct shard shard;
	unsigned plan_cases; /* of all shards together */
	bool pre_test;
	struct target target;
	struct {
		VEC(char *);
	} own;
	struct project_pool pool;
	struct identity identity, signer; /* signer: of the fixtures */
	struct document_signer document_signer;
	struct embedded mock;
	bool mock_failed; /* it did not live to the end, or end in order */
	struct world world, clock; /* see run/run.h */
	int64_t seeded_at;
	char seed[24];
	struct record *record;
	char *dir;
	struct progress progress;
};

void session_release(struct session *s);

/* A text that lives as long as the session. */
const char *session_own(struct session *s, char *text);

/* ---- cmd-run-plan.c: the project, and what of the cases is to be run */
NODISCARD int session_load_project(struct session *s, struct err *err);
NODISCARD int session_load_cases(
    struct session *s, int argc, char *argv[], int first, struct err *err);

/* Without a word of the user's on which cases, only those of the dialect's
 * service stay. */
NODISCARD int session_keep_service(
    struct session *s, bool named, struct err *err);

/* ---- cmd-run-target.c: where it is sent, in which dialect, with which ids */
NODISCARD int session_choose_target(struct session *s, struct err *err);
NODISCARD int session_use_seed(struct session *s, struct err *err);
NODISCARD int session_load_dialect(struct session *s, struct err *err);
NODISCARD int session_start_mock(struct session *s, struct err *err);
/* A file that the user named and that is not there is the user's word. */
int as_usage(int rc, struct err *err);

/* ---- cmd-run-record.c: the run folder with its inputs, and its renderings */
NODISCARD int session_open_record(struct session *s, struct err *err);
/* The exit code, or -1. */
NODISCARD int session_write_reports(struct session *s, struct err *err);

#endif

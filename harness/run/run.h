/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include "base/clock.h"
#include "check/guard.h"
#include "kanta/dialect.h"
#include "net/identity.h"
#include "record/writer.h"
#include "testcase/case.h"
#include "testcase/document.h"
#include "testcase/project.h"

#include <stdatomic.h>

/*
 * Runs a plan: cases, in the plan's order, by `jobs` workers, each with its own
 * client. One case belongs to one worker; its steps run in order, teardown
 * steps also after failures. A step whose needs are missing (a variable
 * that no earlier step kept, an answer before it) is skipped, its cause being
 * counted already.
 */
struct plan {
	struct case_set cases;
	char digest[65]; /* over ids, case digests and dialect */
};

struct run_setup {
	const struct plan *plan;
	const struct project *project;
	const struct dialect *dialect;
	const struct target *target;
	const struct target_rules *rules;
	const struct identity_pool *pool; /* the project's; NULL = none */
	const struct identity *identity;  /* the "client" one */
	const char *bad_identities; /* the test PKI's folder; NULL on real */
	const struct document_signer *signer; /* of the fixtures, or NULL */
	const char *data;
	const struct world *world; /* of what messages say: ids and times */
	const struct world *clock; /* when they left: the real one, always */
	struct record *record;
	unsigned jobs;
	unsigned exchange_ms; /* from the first byte sent to the last read */
	bool fail_fast;
	const atomic_int *interrupted; /* set by the signal handler */
	/* Told at each case's begin, and after its end, once it is on the disk;
	 * from any worker, one at a time. */
	void (*begun)(void *ctx, const char *case_id);
	void (*progress)(void *ctx, const char *case_id, enum result_kind kind);
	void *ctx;
};

/* -1 = the harness itself is broken: the first reason is told. */
NODISCARD int run_execute(const struct run_setup *setup, struct err *err);

/* What answers at such a target, for the record. */
enum answerer run_answerer(enum target_kind kind);

void plan_digest(struct plan *plan, const struct dialect *d);

#endif

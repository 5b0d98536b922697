/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_SHARD_H
#define RUN_SHARD_H

#include "record/writer.h"
#include "testcase/case.h"

/*
 * One of several runs that share a plan, so that a build server can spread it
 * over machines. Which cases a shard takes follows from the ids of the whole
 * plan alone: sorted, as case_set_load leaves them, and dealt out in turn, so
 * that each case is in exactly one shard and no shard has two more than
 * another. Neither --jobs nor the order of the command line changes it.
 */
struct shard {
	unsigned index, total; /* 1 of 1 = the whole plan */
	char from[96];	       /* who said so: "--shard", "CI_NODE_INDEX and
				  CI_NODE_TOTAL"; "" = nobody */
};

/*
 * `option` is the value of --shard ("2/5"), or NULL; `from_environment` that it
 * came from ESITESTI_SHARD. Without it, the variables that build services set
 * for parallel jobs decide; `lookup` is getenv. A service that tells of one job
 * only has said nothing. ERR_USAGE for what is no shard, also from a variable.
 */
NODISCARD int shard_choose(struct shard *out, const char *option,
    bool from_environment, char *(*lookup)(const char *name), struct err *err);

/* Frees the cases of other shards and keeps the rest in the plan's order. */
void shard_take(const struct shard *s, struct case_set *cases);

/* Tells the report that this is a part, which one, and who said so. */
NODISCARD int shard_remark(const struct shard *s, size_t cases,
    struct record *record, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_PREFLIGHT_H
#define RUN_PREFLIGHT_H

#include "base/opt.h"
#include "run/run.h"

/*
 * What is looked at before a run begins: where one mistake would make every
 * case wrong, or pass in silence, one error is better. The kind of each error
 * gives its exit code.
 */

/* Each NAME of --document is a document's name or kind in a case of the plan:
 * ERR_USAGE. */
NODISCARD int preflight_options(const struct case_set *planned,
    const struct opt_list *documents, struct err *err);

/*
 * Each <document> of the project is one of some case's. ERR_USAGE with place
 * when it looks like a slip of the pen; what is like nothing may belong to
 * cases that are not run this time, and is told to `warn`.
 */
NODISCARD int preflight_project(const struct project *p,
    const struct case_set *const sets[], size_t count, FILE *warn,
    struct err *err);

/* The vendor's files that the plan sends can be sent: ERR_USAGE for one that
 * cannot be read, ERR_CASE with place for one that is no document. */
NODISCARD int preflight_files(
    const struct project *p, const struct case_set *planned, struct err *err);

/* The guard lets messages leave for this target at all: ERR_GUARD. Wants plan,
 * project, target, rules and identity of the setup. */
NODISCARD int preflight_target(const struct run_setup *setup, struct err *err);

#endif

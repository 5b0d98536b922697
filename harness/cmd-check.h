/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_CHECK_H
#define CMD_CHECK_H

#include "base/file.h"
#include "check/baseline.h"
#include "check/batch.h"
#include "cmd.h"
#include "report/checks.h"
#include "testcase/project.h"

/* The pieces of `esitesti check` (cmd-check*.c). */

struct check_command {
	struct check_sources with;
	int lang, format, fail_on;
	uint64_t jobs;
	const char *project, *pool; /* files of the same form */
	const char *stages, *out, *phase, *shark, *certs;
	const char *html, *json, *junit, *sarif; /* beside */
	bool github, list_rules;
	const char *write_baseline;
	const char *reason, *until, *by; /* of what is written */
};

/* One rendering on its way. */
struct check_output {
	const struct check_view *view;
	void *state;
	struct file_writer file; /* unless it goes to a stream */
};

enum {
	CHECK_OUTPUTS = CHECK_FORMATS + 3
};

struct checking {
	struct check_command *o;
	struct io *io;
	struct shipped shipped;
	struct dialect *dialect;
	struct project *project; /* what it is checked with; NULL = none */
	struct project *persons; /* whose test persons count; NULL = none */
	struct project_pool pool;
	struct {
		VEC(const char *);
	} known; /* names that the project tells */
	struct check_options options;
	struct check_plan *plan;
	struct baseline *baseline;
	struct inputs inputs;
	struct check_view_options view;
	struct check_output outputs[CHECK_OUTPUTS];
	size_t output_count;
	struct check_totals totals;
};

/* ---- cmd-check-pool.c */
/* The project file, if there is one: what it names is added to the options. */
NODISCARD int check_project_load(struct checking *c, struct err *err);
/* And what the guard's stage knows by it, or by another one (--pool). */
NODISCARD int check_pool_load(struct checking *c, struct err *err);
/* Whether this baseline is the very one that is about to be written. */
bool check_writes_baseline(const struct check_command *o, const char *path);
/* The files that options name: ERR_USAGE when one cannot be read. */
NODISCARD int check_named_files(const struct check_command *o, struct err *err);
void check_pool_release(struct checking *c);

/* ---- cmd-check-rules.c: id, severity, stage, clause and sentence of each */
NODISCARD int check_list_rules(
    const struct check_command *o, struct io *io, struct err *err);

/* ---- cmd-check-shark.c: a frame, and its document or NULL, to the validation
 * service of social welfare documents; the exit code */
NODISCARD int check_shark(const struct check_command *o, int count,
    char *names[], struct io *io, struct err *err);

/* ---- cmd-check-out.c */
/* Before long work: whether the files can be written. */
NODISCARD int check_places(const struct check_command *o, struct err *err);
NODISCARD int check_outputs_begin(struct checking *c, struct err *err);
void check_outputs_file(struct checking *c, const struct checked *checked);
void check_outputs_unread(
    struct checking *c, const char *name, const struct err *why);
/* Makes the files whole; of an interrupted check there are none. */
NODISCARD int check_outputs_end(struct checking *c, struct err *err);
void check_outputs_abandon(struct checking *c);

#endif

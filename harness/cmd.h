/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_H
#define CMD_H

#include "base/err.h"
#include "base/opt.h"

#include <stdio.h>

/*
 * Commands. Each returns an exit code (record/result.h), or -1 with `err` set,
 * which the dispatcher prints and turns into its exit code. The product goes to
 * io->out, everything else to io->errout.
 */
struct io {
	FILE *out, *errout;
};

typedef void table_fn(void *ctx, const struct opt_set *set);

struct command {
	const char *name, *summary; /* no full stop */
	int (*run)(int argc, char *argv[], struct io *io, struct err *err);
	/* The option table, for the test against the man page; a command with
	 * subcommands ("certs init") gives several. */
	void (*tables)(table_fn *each, void *ctx);
};
extern const struct command commands[];
extern const size_t command_count;

int esitesti_main(int argc, char *argv[], FILE *out, FILE *errout);

/* Whether `out` is a terminal that wants colours (NO_COLOR, TERM=dumb). */
bool wants_color(FILE *out);
/* Whether hosts and party ids are masked: CI=true. */
bool wants_mask(void);

/* ---- cmd-ci.c: what a build server is given beside the usual files */
struct ci_options {
	const char *tap; /* a file, "-" for the standard output, or NULL */
	bool github;	 /* also when GITHUB_ACTIONS=true */
};
struct report_paths;
struct report_options;
NODISCARD int ci_check(const struct ci_options *c, struct err *err);
/* Fills in both; where the table goes: TAP has the standard output alone. */
FILE *ci_outputs(const struct ci_options *c, struct io *io,
    struct report_paths *paths, struct report_options *options);

/* err_print as case_set_load wants it; `ctx` is the stream. */
void print_fault(void *ctx, const struct err *err);

/* ---- cmd-project.c: the project file */
struct project;
struct project_pool;
/* The one named, else esitesti.xml of the current folder, else `fallback`; NULL
 * when there is none of them. */
const char *project_choose(const char *named, const char *fallback);
/* Reads it, and what the guard must know of it; NULL with ERR_USAGE. A pool
 * that is NULL is not wanted. */
struct project *project_open(
    const char *path, struct project_pool *pool, struct err *err);
/* What documents are checked with, beside what is shipped; all borrowed. */
struct check_sources {
	const char *schema, *baseline; /* NULL = none */
	struct opt_list rules, codes;
};
/* What the project file names, as far as options did not: its rule sets and
 * lists come before theirs. ERR_USAGE when a file cannot be read. */
NODISCARD int check_sources_add(
    struct check_sources *s, const struct project *p, struct err *err);
void check_sources_release(struct check_sources *s);

/* What every command may need of the shipped data; loaded when asked for. */
struct shipped {
	char *dir; /* holds cases/, fixtures/, certs/ */
	struct facts *facts;
	struct target_rules *rules;
};
NODISCARD int shipped_load(struct shipped *s, struct err *err);
void shipped_release(struct shipped *s);
/* A file of it, malloc'ed: shipped_path(&s, "cases/dialects"). */
char *shipped_path(const struct shipped *s, const char *name);

#define COMMAND(name)                                                    \
 int cmd_##name(int argc, char *argv[], struct io *io, struct err *err); \
 void cmd_##name##_tables(table_fn *each, void *ctx)
COMMAND(certs);
COMMAND(check);
COMMAND(init);
COMMAND(lint);
COMMAND(list);
COMMAND(mock);
COMMAND(report);
COMMAND(run);
COMMAND(show);
COMMAND(sign);
#undef COMMAND

#endif

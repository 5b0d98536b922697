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

struct command {
	const char *name, *summary; /* no full stop */
	int (*run)(int argc, char *argv[], struct io *io, struct err *err);
	/* The option table, for the test against the man page; a command with
	 * subcommands ("certs init") gives several. */
	void (*tables)(void (*each)(void *ctx, const struct opt_set *set),
	    void *ctx);
};
extern const struct command commands[];
extern const size_t command_count;

int esitesti_main(int argc, char *argv[], FILE *out, FILE *errout);

#endif

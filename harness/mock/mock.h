/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_MOCK_H
#define MOCK_MOCK_H

#include "base/clock.h"
#include "base/opt.h"
#include "kanta/dialect.h"

#include <stdio.h>
#include <sys/types.h>

/*
 * A local stand-in for the archive: HTTPS with mutual TLS on 127.0.0.1, strict
 * where Kanta is known to be strict, by the dialect where it is not known. It
 * stores a document's exact bytes before it acknowledges. Each URL path is an
 * archive of its own ("/" the usual one), so that cases do not meet.
 * It is no Kanta, and everything it says tells so.
 */
struct facts;

/* A page that shows the run folder as it grows, made by somebody else. */
struct mock_page {
	const char *file;
	/* Starts a child that makes it, and does not wait; its pid, or -1. */
	pid_t (*render)(void *ctx);
	void (*rendered)(void *ctx); /* it has ended */
	void *ctx;
};

struct mock_options {
	const char *certs;     /* folder as pki_create leaves it */
	unsigned port;	       /* 0 = any free one */
	unsigned patience_s;   /* with slow clients, mock/door.h; 0 = usual */
	const char *port_file; /* appears by rename; or NULL */
	int ready_fd;	       /* the port as a decimal line; -1 = none */
	const char *archive;   /* SQLite file; NULL = in memory */
	const char *out;       /* a run folder; NULL = none */
	const struct dialect *dialect;
	const struct opt_list
	    *faults;	  /* "NAME[=VALUE][@N]", see testcase/faults.h */
	bool case_faults; /* a message may ask for one: a run's own mock */
	const struct opt_list *policies; /* "NAME=VALUE", mock/policy.h */
	/* What documents are checked with, as in check/check.h. */
	const char *schema;
	const struct opt_list *rules, *codes; /* or NULL */
	const struct world *world;
	FILE *log; /* what a person sees, mock/screen.h; NULL = silent */
	bool color;
	unsigned width; /* of the terminal, in columns; 0 = lines do not end */
	enum lang lang; /* of the screen */
	const struct facts *facts;    /* that it cites; NULL = none */
	const struct mock_page *page; /* NULL = none */
};

/* Serves until SIGTERM or SIGINT, then ends cleanly. */
NODISCARD int mock_serve(const struct mock_options *options, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_WORKER_H
#define RUN_WORKER_H

#include "net/client.h"
#include "run/judge.h"
#include "run/message.h"

#include <pthread.h>

/* The inside of a run: what its workers share, and what each has. */

struct run_shared {
	const struct run_setup *setup;
	atomic_size_t next;   /* index of the next case nobody has taken */
	atomic_bool stop;     /* --fail-fast, or the harness is broken */
	pthread_mutex_t lock; /* guards all below */
	struct err err;	      /* the first fault of the harness itself */
	struct {
		VEC(char *);
	} sent_oids; /* of the vendor's files: Laws 9 */
};

struct named_client {
	char *name; /* of the identity: "client", "none", "unknown-ca" */
	const struct identity *identity;
	struct identity *own; /* the same, unless it is the setup's */
	struct client *client;
};

struct worker {
	struct run_shared *shared;
	struct {
		VEC(struct named_client);
	} clients;
	pthread_t thread;
};

/* The client that shows `identity`, kept with its connection. */
struct named_client *worker_client(
    struct worker *w, const char *identity, struct err *err);

/* Runs one case from begin to end; -1 = the harness
 * itself is broken (the record cannot be written). */
NODISCARD int case_run(
    struct worker *w, const struct testcase *tc, struct err *err);

/* Notes that `oid` of a vendor's file is sent; true when it was before. */
bool shared_sent_before(struct run_shared *s, const char *oid);

/* Whether nothing new should begin. */
bool shared_stopping(const struct run_shared *s);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/pki.h"
#include "record/digest.h"
#include "run/worker.h"

void plan_digest(struct plan *plan, const struct dialect *d)
{
	struct buf all = BUF_INIT(LIMIT_JOURNAL);
	VEC_EACH (struct testcase *, tc, &plan->cases) {
		char digest[DIGEST_TEXT];
		digest_text((*tc)->source, (*tc)->source_len, digest);
		buf_addf(&all, "%s %s\n", (*tc)->id, digest);
	}
	dialect_write(&all, d);
	digest_text(all.ptr, all.len, plan->digest);
	buf_release(&all);
}

enum answerer run_answerer(enum target_kind kind)
{
	switch (kind) {
	case TARGET_EMBEDDED:
		return ANSWERER_EMBEDDED_MOCK;
	case TARGET_LOOPBACK:
		return ANSWERER_LOOPBACK;
	case TARGET_REAL:
		return ANSWERER_TARGET;
	}
	BUG("unknown target_kind");
}

/* ---- Clients */

static int load_identity(const struct run_setup *setup, const char *name,
    struct identity *own, struct err *err)
{
	if (!setup->bad_identities || !path_is_plain_name(name))
		return err_set(err, ERR_USAGE,
		    "identity '%s' belongs to the test certificates, which "
		    "this target does not use",
		    name);
	return pki_load_bad(own, setup->bad_identities, PKI_CLIENT, name, err);
}

/* What the client shows: the usual identity, none, or a bad one. It must stay
 * where it is as long as the client lives. */
static struct identity *make_identity(
    const struct run_setup *setup, const char *name, struct err *err)
{
	struct identity *own = xcalloc(1, sizeof(*own));
	if (streq(name, "none") || load_identity(setup, name, own, err) == 0)
		return own;
	free(own);
	return NULL;
}

static void drop_identity(struct identity *own)
{
	if (own)
		identity_release(own);
	free(own);
}

struct named_client *worker_client(
    struct worker *w, const char *identity, struct err *err)
{
	const struct run_setup *setup = w->shared->setup;
	VEC_EACH (struct named_client, c, &w->clients)
		if (streq(c->name, identity))
			return c;
	bool usual = streq(identity, "client");
	struct identity *own =
	    usual ? NULL : make_identity(setup, identity, err);
	if (!usual && !own)
		return NULL;
	struct client_options options = {
		.ca = setup->target->ca,
		.crl = setup->target->crl,
		.identity = usual ? setup->identity : own,
		.connect_ms = LIMIT_CONNECT_MS,
		.exchange_ms = setup->exchange_ms,
	};
	struct client *client = client_new(&options, err);
	if (!client) {
		drop_identity(own);
		return NULL;
	}
	struct named_client *c = VEC_PUSH(&w->clients);
	c->name = xstrdup(identity);
	c->own = own;
	c->identity = options.identity;
	c->client = client;
	return c;
}

static void worker_release(struct worker *w)
{
	VEC_EACH (struct named_client, c, &w->clients) {
		client_free(c->client);
		drop_identity(c->own);
		free(c->name);
	}
	VEC_RELEASE(&w->clients);
}

/* ---- What workers share */

bool shared_stopping(const struct run_shared *s)
{
	return atomic_load(&s->stop) ||
	       (s->setup->interrupted && atomic_load(s->setup->interrupted));
}

bool shared_sent_before(struct run_shared *s, const char *oid)
{
	bool before = false;
	pthread_mutex_lock(&s->lock);
	VEC_EACH (char *, sent, &s->sent_oids)
		before = before || streq(*sent, oid);
	if (!before)
		*VEC_PUSH(&s->sent_oids) = xstrdup(oid);
	pthread_mutex_unlock(&s->lock);
	return before;
}

static void keep_fault(struct run_shared *s, const struct err *err)
{
	pthread_mutex_lock(&s->lock);
	if (s->err.kind == ERR_NONE)
		s->err = *err;
	pthread_mutex_unlock(&s->lock);
	atomic_store(&s->stop, true);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct run_shared *s = w->shared;
	const struct case_set *cases = &s->setup->plan->cases;
	while (!shared_stopping(s)) {
		size_t n = atomic_fetch_add(&s->next, 1);
		if (n >= cases->count)
			break;
		struct err err = { 0 };
		if (case_run(w, cases->at[n], &err) < 0)
			keep_fault(s, &err);
	}
	worker_release(w);
	return NULL;
}

int run_execute(const struct run_setup *setup, struct err *err)
{
	struct run_shared shared = { .setup = setup };
	struct worker workers[LIMIT_JOBS] = { { 0 } };
	unsigned jobs = setup->jobs < LIMIT_JOBS ? setup->jobs : LIMIT_JOBS;
	if (jobs > setup->plan->cases.count)
		jobs = (unsigned)setup->plan->cases.count;
	if (setup->target->kind == TARGET_REAL || jobs == 0)
		jobs = 1;
	pthread_mutex_init(&shared.lock, NULL);
	unsigned started = 0;
	for (unsigned i = 0; i < jobs; i++)
		workers[i].shared = &shared;
	/* The last worker is this thread: one job needs no other. */
	for (; started + 1 < jobs; started++)
		if (pthread_create(&workers[started].thread, NULL, work,
			&workers[started]) != 0)
			break;
	work(&workers[started]);
	for (unsigned i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_mutex_destroy(&shared.lock);
	VEC_EACH (char *, oid, &shared.sent_oids)
		free(*oid);
	VEC_RELEASE(&shared.sent_oids);
	if (shared.err.kind == ERR_NONE)
		return 0;
	*err = shared.err;
	return -1;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/batch.h"

#include "base/str.h"
#include "base/xalloc.h"

#include <pthread.h>
#include <sched.h>

enum {
	AHEAD = 4 /* results kept for each thread */
};

struct result {
	struct checked checked;
	struct err err;
	bool unread, ready;
};

struct crowd {
	const struct batch *b;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct result *ring;
	size_t ring_size;
	size_t taken, told; /* files */
};

static bool is_interrupted(const struct batch *b)
{
	return b->interrupted && atomic_load(b->interrupted) > 0;
}

static void check_one(
    struct checker *checker, const char *name, struct result *to)
{
	struct buf bytes = BUF_INIT(LIMIT_XML_BYTES);
	to->err.kind = ERR_NONE;
	to->unread = input_read(&bytes, name, &to->err) < 0;
	if (!to->unread)
		checker_look(checker,
		    streq(name, "-") ? "standard input" : name, bytes.ptr,
		    bytes.len, &to->checked);
	buf_release(&bytes);
}

static void tell(const struct batch *b, const char *name, struct result *r)
{
	b->each(b->ctx, name, r->unread ? NULL : &r->checked,
	    r->unread ? &r->err : NULL);
	if (!r->unread)
		checked_release(&r->checked);
}

/* ---- Several threads */

/* The next file of this thread; false when there is none. */
static bool take_next(struct crowd *c, size_t *index)
{
	pthread_mutex_lock(&c->lock);
	while (c->taken < c->b->inputs->count && !is_interrupted(c->b) &&
	       c->taken >= c->told + c->ring_size)
		pthread_cond_wait(&c->changed, &c->lock);
	bool more = c->taken < c->b->inputs->count && !is_interrupted(c->b);
	*index = more ? c->taken++ : 0;
	pthread_mutex_unlock(&c->lock);
	return more;
}

static void *work(void *ctx)
{
	struct crowd *c = ctx;
	struct checker *checker = checker_new(c->b->plan);
	size_t i;
	while (take_next(c, &i)) {
		struct result *r = &c->ring[i % c->ring_size];
		check_one(checker, c->b->inputs->at[i], r);
		pthread_mutex_lock(&c->lock);
		r->ready = true;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
	}
	/* Who waits for this file must learn that nobody takes it. */
	pthread_mutex_lock(&c->lock);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	checker_free(checker);
	return NULL;
}

/* Waits for the next result; false when there will be none. */
static bool await(struct crowd *c, struct result *r)
{
	pthread_mutex_lock(&c->lock);
	while (!r->ready && !(is_interrupted(c->b) && c->told >= c->taken))
		pthread_cond_wait(&c->changed, &c->lock);
	bool ready = r->ready;
	pthread_mutex_unlock(&c->lock);
	return ready;
}

static void tell_all(struct crowd *c)
{
	while (c->told < c->b->inputs->count) {
		struct result *r = &c->ring[c->told % c->ring_size];
		if (!await(c, r))
			return;
		tell(c->b, c->b->inputs->at[c->told], r);
		pthread_mutex_lock(&c->lock);
		r->ready = false;
		c->told++;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
	}
}

static size_t run_crowd(const struct batch *b)
{
	struct crowd c = {
		.b = b,
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER,
		.ring_size = (size_t)b->jobs * AHEAD,
	};
	pthread_t threads[LIMIT_JOBS];
	unsigned started = 0;
	c.ring = xcalloc(c.ring_size, sizeof(*c.ring));
	while (started < b->jobs && started < LIMIT_JOBS &&
	       pthread_create(&threads[started], NULL, work, &c) == 0)
		started++;
	if (started == 0)
		BUG("no thread can be started");
	tell_all(&c);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(c.ring);
	pthread_mutex_destroy(&c.lock);
	pthread_cond_destroy(&c.changed);
	return c.told;
}

/* ---- One */

static size_t run_alone(const struct batch *b)
{
	struct checker *checker = checker_new(b->plan);
	struct result *r = xcalloc(1, sizeof(*r));
	size_t i = 0;
	for (; i < b->inputs->count && !is_interrupted(b); i++) {
		check_one(checker, b->inputs->at[i], r);
		tell(b, b->inputs->at[i], r);
		memset(r, 0, sizeof(*r));
	}
	free(r);
	checker_free(checker);
	return i;
}

static size_t run_part(const struct batch *b, size_t from, size_t count)
{
	struct inputs part = *b->inputs;
	struct batch of_part = *b;
	part.at += from;
	part.count = count;
	of_part.inputs = &part;
	return b->jobs > 1 && count > 1 ? run_crowd(&of_part)
					: run_alone(&of_part);
}

size_t batch_run(const struct batch *b)
{
	size_t told = 0, count = b->inputs->count;
	while (told < count && !is_interrupted(b)) {
		size_t next = check_plan_ahead(b->plan, b->inputs->at + told,
		    count - told, b->interrupted);
		size_t done = run_part(b, told, next);
		told += done;
		if (done < next)
			break;
	}
	return told;
}

unsigned batch_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	int count = CPU_COUNT(&set);
	return count < 1	    ? 1
	       : count > LIMIT_JOBS ? LIMIT_JOBS
				    : (unsigned)count;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/keeper.h"

#include "base/xalloc.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
	struct job *first, **last;
};

struct keeper {
	struct receive_context ctx;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct queue in, out; /* under the lock */
	bool ending;	      /* likewise */
	int fd;
};

void job_free(struct job *job)
{
	if (!job)
		return;
	free(job->path);
	buf_release(&job->head);
	buf_release(&job->body);
	received_release(&job->received);
	free(job);
}

static void queue_add(struct queue *q, struct job *job)
{
	*q->last = job;
	while (*q->last)
		q->last = &(*q->last)->next;
}

static struct job *queue_take(struct queue *q)
{
	struct job *all = q->first;

	q->first = NULL;
	q->last = &q->first;
	return all;
}

static void free_all(struct job *job)
{
	while (job) {
		struct job *next = job->next;
		job_free(job);
		job = next;
	}
}

/* Nothing of this group was kept: none of it may look as if it were. */
static void fail_stored(struct job *group, const struct err *why)
{
	for (struct job *j = group; j; j = j->next)
		if (j->received.stored)
			received_fail(&j->received, why);
}

static void work_group(struct keeper *w, struct job *group)
{
	struct err err = { 0 };

	if (archive_begin(w->ctx.archive, &err) < 0) {
		for (struct job *j = group; j; j = j->next)
			received_fail(&j->received, &err);
		return;
	}

	for (struct job *j = group; j; j = j->next) {
		struct request_in in = {
			.partition = j->path,
			.body = j->body.ptr,
			.len = j->body.len,
			.number = j->number,
			.is_post = j->is_post,
			.media_type = j->media_type,
		};
		receive(&j->received, &in, &w->ctx);
	}
	if (archive_commit(w->ctx.archive, &err) < 0) {
		archive_rollback(w->ctx.archive);
		fail_stored(group, &err);
	}
}

static void *work(void *arg)
{
	struct keeper *w = arg;
	const uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		struct job *group = queue_take(&w->in);
		if (!group) {
			pthread_cond_wait(&w->wake, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		work_group(w, group);
		pthread_mutex_lock(&w->lock);
		queue_add(&w->out, group);
		if (write(w->fd, &one, sizeof(one)) < 0)
			BUG("an eventfd refuses to count");
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are the event loop's. */
static int start_thread(struct keeper *w)
{
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

void keeper_free(struct keeper *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	free_all(w->in.first);
	free_all(w->out.first);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

struct keeper *keeper_start(const struct receive_context *ctx, struct err *err)
{
	struct keeper *w = xcalloc(1, sizeof(*w));

	w->ctx = *ctx;
	w->in.last = &w->in.first;
	w->out.last = &w->out.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0 || start_thread(w) != 0) {
		err_set(err, ERR_INTERNAL, "cannot start the mock's thread");
		keeper_free(w);
		return NULL;
	}
	return w;
}

void keeper_end(struct keeper *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
}

void keeper_give(struct keeper *w, struct job *job)
{
	pthread_mutex_lock(&w->lock);
	queue_add(&w->in, job);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

struct job *keeper_take(struct keeper *w)
{
	uint64_t count = 0;

	if (read(w->fd, &count, sizeof(count)) < 0)
		return NULL; /* nothing new */
	pthread_mutex_lock(&w->lock);
	struct job *all = queue_take(&w->out);
	pthread_mutex_unlock(&w->lock);
	return all;
}

int keeper_fd(const struct keeper *w)
{
	return w->fd;
}

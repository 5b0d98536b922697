/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/keeper.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "check/check.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct queue {
	struct job *first, **last;
};

/* A thread that reads, with what it alone may use. */
struct reader {
	struct keeper *keeper;
	struct receive_context ctx;
};

struct keeper {
	struct receive_context ctx;
	struct reader readers[LIMIT_MOCK_READERS];
	pthread_t threads[1 + LIMIT_MOCK_READERS];
	size_t thread_count;
	pthread_mutex_t lock; /* of all below, but for `fd` */
	pthread_cond_t to_read, to_keep;
	struct queue in, out;
	struct job *unread; /* in `in`; NULL = all are read, or being read */
	size_t ahead;	    /* bytes of messages read and not yet kept */
	bool ending;
	int fd;
};

void job_free(struct job *job)
{
	if (!job)
		return;
	if (job->inquiry) /* nobody will hear of it */
		inquiry_close(job->inquiry);
	free(job->path);
	free(job->query);
	free(job->host);
	free(job->content_type);
	free(job->content_encoding);
	buf_release(&job->head);
	buf_release(&job->body);
	VEC_RELEASE(&job->faults);
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

/* ---- Reading: any thread, any order */

static void read_job(const struct receive_context *ctx, struct job *job)
{
	job->in = (struct request_in){
		.partition = job->path,
		.body = job->body.ptr,
		.len = job->body.len,
		.number = job->number,
		.is_post = job->is_post,
		.media_type = job->media_type,
		.faults = &job->faults,
		.method = job->method,
		.query = job->query,
		.host = job->host,
		.content_type = job->content_type,
		.content_encoding = job->content_encoding,
		.organisation =
		    job->has_organisation ? job->organisation : NULL,
	};
	job->inquiry = inquiry_open(&job->received, &job->in, ctx);
}

/* What is read waits in memory, several times as large as it came: readers
 * run ahead of the archive only so far, but always by one message. */
static bool may_read(const struct keeper *w)
{
	return w->unread && (!w->ahead || w->ahead + w->unread->body.len <=
					      LIMIT_MOCK_AHEAD);
}

static void *read_jobs(void *arg)
{
	struct reader *reader = arg;
	struct keeper *w = reader->keeper;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		struct job *job = w->unread;
		if (!may_read(w)) {
			pthread_cond_wait(&w->to_read, &w->lock);
			continue;
		}
		w->unread = job->next;
		w->ahead += job->body.len;
		pthread_mutex_unlock(&w->lock);
		read_job(&reader->ctx, job);
		pthread_mutex_lock(&w->lock);
		job->is_read = true;
		if (w->in.first == job)
			pthread_cond_signal(&w->to_keep);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- Keeping: one thread, in order of arrival */

/* Nothing of this group was kept: none of it may look as if it were, nor may
 * what another of them found there. */
static void fail_group(struct job *group, const struct err *why)
{
	for (struct job *j = group; j; j = j->next)
		if (j->received.on_archive)
			received_fail(&j->received, why);
}

static void answer_job(struct job *job)
{
	inquiry_close(job->inquiry);
	job->inquiry = NULL;
}

static void keep_group(struct keeper *w, struct job *group)
{
	struct err err = { 0 };
	int rc = archive_begin(w->ctx.archive, &err);

	for (struct job *j = group; j; j = j->next) {
		if (rc == 0)
			rc = inquiry_archive(j->inquiry, &err);
		answer_job(j);
	}
	if (rc == 0)
		rc = archive_commit(w->ctx.archive, &err);
	if (rc == 0)
		return;
	archive_rollback(w->ctx.archive);
	fail_group(group, &err);
}

/* The lock is held. All that are read, up to the first that is not. */
static struct job *take_group(struct keeper *w)
{
	struct job *group = w->in.first, **end = &w->in.first;

	while (*end && (*end)->is_read) {
		w->ahead -= (*end)->body.len;
		end = &(*end)->next;
	}
	if (end == &w->in.first)
		return NULL;
	w->in.first = *end;
	*end = NULL;
	if (!w->in.first)
		w->in.last = &w->in.first;
	return group;
}

static void *keep_jobs(void *arg)
{
	struct keeper *w = arg;
	const uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		struct job *group = take_group(w);
		if (!group) {
			pthread_cond_wait(&w->to_keep, &w->lock);
			continue;
		}
		pthread_cond_broadcast(&w->to_read);
		pthread_mutex_unlock(&w->lock);
		keep_group(w, group);
		pthread_mutex_lock(&w->lock);
		queue_add(&w->out, group);
		if (write(w->fd, &one, sizeof(one)) < 0)
			BUG("an eventfd refuses to count");
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* ---- From start to end */

static size_t reader_count(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < 1)
		return 1;
	return n < LIMIT_MOCK_READERS ? (size_t)n : LIMIT_MOCK_READERS;
}

/* A thread that does not start leaves its checker to keeper_free. */
static struct reader *make_reader(struct keeper *w, size_t index)
{
	struct reader *reader = &w->readers[index];

	reader->keeper = w;
	reader->ctx = w->ctx;
	if (w->ctx.content)
		reader->ctx.checker = checker_new(w->ctx.content);
	return reader;
}

/* Signals are the event loop's. */
static int start_threads(struct keeper *w)
{
	size_t wanted = 1 + reader_count();
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (rc == 0 && w->thread_count < wanted) {
		size_t n = w->thread_count;
		pthread_t *thread = &w->threads[n];
		rc = n ? pthread_create(
			     thread, NULL, read_jobs, make_reader(w, n - 1))
		       : pthread_create(thread, NULL, keep_jobs, w);
		w->thread_count += rc == 0;
	}
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
	for (size_t i = 0; i < LIMIT_MOCK_READERS; i++)
		checker_free(w->readers[i].ctx.checker);
	pthread_cond_destroy(&w->to_read);
	pthread_cond_destroy(&w->to_keep);
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
	pthread_cond_init(&w->to_read, NULL);
	pthread_cond_init(&w->to_keep, NULL);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0 || start_threads(w) != 0) {
		err_set(err, ERR_INTERNAL, "cannot start the mock's threads");
		keeper_end(w);
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
	pthread_cond_broadcast(&w->to_read);
	pthread_cond_broadcast(&w->to_keep);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->thread_count; i++)
		pthread_join(w->threads[i], NULL);
	w->thread_count = 0;
}

void keeper_give(struct keeper *w, struct job *job)
{
	pthread_mutex_lock(&w->lock);
	queue_add(&w->in, job);
	if (!w->unread)
		w->unread = job;
	pthread_cond_signal(&w->to_read);
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

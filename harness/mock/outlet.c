/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/outlet.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/xalloc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct outlet {
	FILE *stream;
	int fd;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t wake;  /* the thread */
	pthread_cond_t idle;  /* who closes */
	struct buf waiting;
	unsigned long left_out; /* lines */
	bool writing, ending;
};

static unsigned long count_lines(const char *text, size_t len)
{
	unsigned long n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* ---- The stream */

static ssize_t take(void *outlet, const char *text, size_t len)
{
	struct outlet *o = outlet;

	pthread_mutex_lock(&o->lock);
	if (o->left_out && o->waiting.len == 0) {
		buf_addf(&o->waiting, "(%lu lines are not shown here)\n",
		    o->left_out);
		o->left_out = 0;
	}
	if (!o->left_out && len <= LIMIT_MOCK_UNSHOWN - o->waiting.len)
		buf_add(&o->waiting, text, len);
	else
		o->left_out += count_lines(text, len);
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
	return (ssize_t)len;
}

FILE *outlet_stream(struct outlet *o)
{
	return o->stream;
}

/* ---- The thread */

/* What cannot be written is lost: there is nobody to tell it to. */
static void write_all(int fd, const struct buf *b)
{
	const char *p = b->ptr;
	size_t left = b->len;

	while (left > 0) {
		ssize_t n = write(fd, p, left);
		if (n < 0 && errno != EINTR)
			return;
		p += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
}

static void *write_on(void *arg)
{
	struct outlet *o = arg;
	int before = 0;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	pthread_mutex_lock(&o->lock);
	while (o->waiting.len > 0 || !o->ending) {
		struct buf now = o->waiting;
		if (now.len == 0) {
			pthread_cond_wait(&o->wake, &o->lock);
			continue;
		}
		buf_init(&o->waiting, LIMIT_MOCK_UNSHOWN + LIMIT_KIB(1));
		o->writing = true;
		pthread_mutex_unlock(&o->lock);
		/* A reader that takes nothing can be left to itself */
		pthread_cleanup_push((void (*)(void *))buf_release, &now);
		pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &before);
		write_all(o->fd, &now);
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
		pthread_cleanup_pop(1);
		pthread_mutex_lock(&o->lock);
		o->writing = false;
		pthread_cond_signal(&o->idle);
	}
	pthread_mutex_unlock(&o->lock);
	return NULL;
}

/* Signals are the event loop's. */
static int start_thread(struct outlet *o)
{
	sigset_t all, before;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&o->thread, NULL, write_on, o);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* ---- Begin and end */

static void outlet_free(struct outlet *o)
{
	if (o->stream)
		fclose(o->stream);
	buf_release(&o->waiting);
	pthread_cond_destroy(&o->idle);
	pthread_cond_destroy(&o->wake);
	pthread_mutex_destroy(&o->lock);
	free(o);
}

struct outlet *outlet_open(FILE *to)
{
	const cookie_io_functions_t functions = { .write = take };
	struct outlet *o = NULL;

	if (!to || fileno(to) < 0)
		return NULL;
	fflush(to);
	o = xcalloc(1, sizeof(*o));
	o->fd = fileno(to);
	buf_init(&o->waiting, LIMIT_MOCK_UNSHOWN + LIMIT_KIB(1));
	pthread_mutex_init(&o->lock, NULL);
	pthread_cond_init(&o->wake, NULL);
	pthread_cond_init(&o->idle, NULL);
	o->stream = fopencookie(o, "w", functions);
	if (!o->stream || start_thread(o) != 0) {
		outlet_free(o);
		return NULL;
	}
	return o;
}

static bool wait_for_writer(struct outlet *o)
{
	struct timespec until;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LIMIT_MOCK_UNSHOWN_MS / 1000;
	while ((o->waiting.len > 0 || o->writing) && rc == 0)
		rc = pthread_cond_timedwait(&o->idle, &o->lock, &until);
	return rc == 0;
}

void outlet_close(struct outlet *o)
{
	if (!o)
		return;
	fflush(o->stream);
	pthread_mutex_lock(&o->lock);
	o->ending = true;
	pthread_cond_signal(&o->wake);
	bool written = wait_for_writer(o);
	if (!written)
		buf_clear(&o->waiting);
	pthread_mutex_unlock(&o->lock);
	if (!written)
		pthread_cancel(o->thread);
	pthread_join(o->thread, NULL);
	outlet_free(o);
}

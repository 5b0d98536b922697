/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/renderer.h"

#include "base/xalloc.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

enum {
	LOOK_MS = 100,	 /* how often a running child is looked at */
	PAUSE_MS = 1000, /* at least, between two */
	SHARE = 10,	 /* a child works at most a tenth of the time */
};

struct renderer {
	const struct mock_page *page;
	struct event *timer;
	pid_t child;	 /* 0 = none */
	int64_t started; /* monotonic */
	bool changed;	 /* since the last child was started */
};

static void look_again(struct renderer *r, int64_t ms)
{
	const struct timeval tv = { .tv_sec = ms / 1000,
		.tv_usec = ms % 1000 * 1000 };

	evtimer_add(r->timer, &tv);
}

static void start_child(struct renderer *r)
{
	r->changed = false;
	r->started = clock_monotonic();
	r->child = r->page->render(r->page->ctx);
	if (r->child > 0) {
		look_again(r, LOOK_MS);
	} else {
		r->child = 0;
		look_again(r, PAUSE_MS);
	}
}

/* A child has ended: the next one has time. */
static void end_child(struct renderer *r)
{
	int64_t took = (clock_monotonic() - r->started) / 1000;

	r->child = 0;
	r->page->rendered(r->page->ctx);
	look_again(r, took * SHARE > PAUSE_MS ? took * SHARE : PAUSE_MS);
}

static void on_timer(evutil_socket_t fd, short events, void *renderer)
{
	struct renderer *r = renderer;

	(void)fd;
	(void)events;
	if (r->child && waitpid(r->child, NULL, WNOHANG) == 0)
		look_again(r, LOOK_MS);
	else if (r->child)
		end_child(r);
	else if (r->changed)
		start_child(r);
}

struct renderer *renderer_start(
    struct event_base *base, const struct mock_page *page)
{
	struct renderer *r = xcalloc(1, sizeof(*r));

	r->page = page;
	r->timer = evtimer_new(base, on_timer, r);
	if (page)
		start_child(r);
	return r;
}

void renderer_changed(struct renderer *r)
{
	if (!r->page || r->changed)
		return;
	r->changed = true;
	if (!evtimer_pending(r->timer, NULL))
		look_again(r, LOOK_MS);
}

void renderer_stop(struct renderer *r)
{
	if (!r)
		return;
	event_free(r->timer);
	if (r->child) {
		kill(r->child, SIGTERM);
		waitpid(r->child, NULL, 0);
	}
	free(r);
}

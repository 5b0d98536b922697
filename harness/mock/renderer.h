/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_RENDERER_H
#define MOCK_RENDERER_H

#include "mock/mock.h"

#include <event2/event.h>

/*
 * Keeps the page of the run folder young while the mock serves: starts the
 * command's child at most once a second, one at a time and more seldom when it
 * takes long, and never waits for it.
 */
struct renderer;
/* `page` NULL = does nothing. */
struct renderer *renderer_start(
    struct event_base *base, const struct mock_page *page);
/* There is something new in the folder. */
void renderer_changed(struct renderer *r);
/* Ends the child that may still run; NULL is fine. */
void renderer_stop(struct renderer *r);

#endif

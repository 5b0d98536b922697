/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_RECEIVE_ONE_H
#define TESTS_RECEIVE_ONE_H

#include "mock/receive.h"

/* The three steps of mock/receive.h at once, in one thread. */
static inline void receive(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct inquiry *q = inquiry_open(out, in, ctx);
	struct err err = { 0 };
	int rc = inquiry_archive(q, &err);

	inquiry_close(q);
	if (rc < 0)
		received_fail(out, &err);
}

#endif

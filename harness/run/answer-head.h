/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_ANSWER_HEAD_H
#define RUN_ANSWER_HEAD_H

#include "run/judge-private.h"

/*
 * What HTTP says of an answer, before its message is judged: that somebody
 * else has answered (a firewall, a proxy, a redirect), or that the answer
 * contradicts itself (compressed, another charset, a message under a status of
 * failure). true = there is nothing more to judge: kind, found, cause and next
 * of `out` are set.
 */
bool answer_head_judge(
    const struct judge *j, const struct exchange *x, struct verdict *out);

/* A field of a head as it came, without white space around; `to` is "" when it
 * is not there. */
void answer_field(
    const struct buf *head, const char *name, char *to, size_t size);

#endif

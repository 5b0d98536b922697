/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_JUDGE_PRIVATE_H
#define RUN_JUDGE_PRIVATE_H

#include "base/limits.h"
#include "net/tls.h"
#include "run/answer-view.h"
#include "run/judge.h"

/* The inside of a judge, shared by judge.c and the table of expectations. */

struct sent_document {
	char *name;
	char *oid, *set_id, *version; /* of its frame; NULL = it had none */
	struct buf bytes;
};

struct judge {
	const struct testcase *tc;
	const struct dialect *dialect;
	struct vars vars;
	struct answer_view view; /* of the exchange learned last */
	struct {
		VEC(struct sent_document);
	} sent;
};

/*
 * One kind of expectation: how it is put in words, how it is judged, and what
 * it rests on. `judge` sets kind, found and, where there is more to say, cause,
 * next and where; it is called for answered exchanges only, unless
 * judges_ending.
 */
struct expectation {
	void (*describe)(
	    struct judge *j, const struct expect *e, struct note *expected);
	void (*judge)(struct judge *j, const struct expect *e,
	    const struct exchange *x, struct verdict *out);
	bool judges_ending;
	const char *rule;
};
extern const struct expectation expectations[EXPECT_KINDS];

/* Why there is no acknowledgement or message in an answer. */
struct note judge_no_message(const struct judge *j, const struct exchange *x);
/* What the case calls `name`, as it was sent; NULL when no exchange up to here
 * carried it. */
const struct sent_document *judge_sent(const struct judge *j, const char *name);

/* The kind `found` (found.c). */
void describe_found(
    struct judge *j, const struct expect *e, struct note *expected);
void judge_found(struct judge *j, const struct expect *e,
    const struct exchange *x, struct verdict *out);

/*
 * What an exchange that did not end in an answer means, whatever was expected
 * of the answer.
 */
void judge_ending(const struct exchange *x, struct verdict *out);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "mock/http.h"
#include "mock/receive.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Bytes of a connection as the mock takes them: HTTP requests, whole and in
 * pieces with the same result, each message judged and answered.
 *
 * Parser: harness/mock/http.c harness/mock/receive.c harness/mock/judge.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dialect *kanta;
static struct archive *archive;
static struct fault_list no_faults;
static int64_t now = INT64_C(1795285323000000);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	struct err err = { 0 };
	kanta = dialect_load("cases/dialects", "kanta", &err);
	archive = kanta ? archive_open(NULL, &err) : NULL;
	if (!archive) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

/* Feeds pieces of `piece` bytes; returns how many were used. */
static size_t feed(
    struct http_request *r, const uint8_t *data, size_t size, size_t piece)
{
	size_t used = 0;
	http_init(r, LIMIT_MESSAGE);
	while (used < size && r->state != HTTP_DONE && r->state != HTTP_BAD) {
		size_t n = size - used < piece ? size - used : piece;
		size_t took = http_feed(r, (const char *)data + used, n);
		if (took == 0 && !r->wants_continue)
			BUG("a reader that waits takes nothing");
		r->wants_continue = false;
		used += took;
	}
	return used;
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

static void answer(const struct http_request *r, uint64_t number)
{
	const struct world world = world_fixed(&now, 1);
	const struct receive_context ctx = { .archive = archive,
		.dialect = kanta,
		.faults = &no_faults,
		.world = &world };
	const struct request_in in = { .partition = r->target,
		.body = r->body.ptr ? r->body.ptr : "",
		.len = r->body.len,
		.number = number };
	struct received got;
	receive(&got, &in, &ctx);
	if (got.outcome == OUTCOME_BROKEN)
		BUG("a message brings trouble of our own");
	if (got.outcome != OUTCOME_ACCEPTED && !got.is_fault &&
	    got.findings.count == 0)
		BUG("a message is refused without a reason");
	if (got.answer.len == 0)
		BUG("a message without an answer");
	struct buf head = BUF_INIT(LIMIT_HEAD);
	http_write_head(&head, got.status, got.media_type, got.answer.len,
	    r->keep_alive, "");
	buf_release(&head);
	received_release(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	if (archive_begin(archive, &err) < 0)
		BUG("no transaction");
	for (uint64_t number = 1; size > 0; number++) {
		struct http_request whole, pieces;
		size_t used = feed(&whole, data, size, size);
		size_t again = feed(&pieces, data, size, 1);
		bool done = whole.state == HTTP_DONE;
		if (used != again || whole.state != pieces.state ||
		    whole.status != pieces.status ||
		    !same_bytes(&whole.head, &pieces.head) ||
		    !same_bytes(&whole.body, &pieces.body))
			BUG("pieces of a request are read as something else");
		if (done)
			answer(&whole, number);
		http_release(&whole);
		http_release(&pieces);
		if (!done || used == 0)
			break;
		data += used;
		size -= used;
	}
	archive_rollback(archive);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "mock/receive.h"
#include "receive-one.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * What the mock is sent: messages with a NUL between them, each judged, stored
 * and answered. Each answer can be read, refusals have reasons.
 *
 * Parser: harness/mock/receive.c harness/mock/judge.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dialect *kanta;
static struct archive *archive;
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

static void look_at(const struct received *got)
{
	struct err err = { 0 };
	if (got->outcome == OUTCOME_BROKEN)
		BUG("a message brings trouble of our own");
	if (got->outcome != OUTCOME_ACCEPTED && got->findings.count == 0)
		BUG("a message is refused without a reason");
	struct xml_doc *doc =
	    xml_parse(got->answer.ptr, got->answer.len, "answer", &err);
	if (!doc)
		BUG("an answer that cannot be read");
	xml_free(doc);
}

static void send(const uint8_t *data, size_t size, uint64_t number)
{
	const struct world world = world_fixed(&now, 1);
	const struct receive_context ctx = {
		.archive = archive, .dialect = kanta, .world = &world
	};
	const struct request_in in = { .partition = "/",
		.body = data,
		.len = size,
		.number = number,
		.is_post = true,
		.media_type = "text/xml" };
	struct received got;
	receive(&got, &in, &ctx);
	look_at(&got);
	received_release(&got);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	if (archive_begin(archive, &err) < 0)
		BUG("no transaction");
	for (uint64_t number = 1; size > 0; number++) {
		const uint8_t *end = memchr(data, '\0', size);
		size_t len = end ? (size_t)(end - data) : size;
		if (len > 0) /* nothing is answered in plain words */
			send(data, len, number);
		data += end ? len + 1 : len;
		size -= end ? len + 1 : len;
	}
	archive_rollback(archive);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_WRITTEN_H
#define TESTS_WRITTEN_H

/*
 * Frames written from tests/lib/sample.h's document, parsed and read again.
 * It holds the test program's dialect.
 */
#include "base/limits.h"
#include "kanta/frame.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define NOW INT64_C(1795285323123456) /* 2026-11-21T18:22:03.123456Z */

static struct dialect *kanta;

static inline int load_dialect(void **state)
{
	(void)state;
	struct err err = { .kind = ERR_NONE };
	kanta = dialect_load("cases/dialects", "kanta", &err);
	if (!kanta)
		err_print(stderr, &err);
	return kanta ? 0 : -1;
}

static inline int free_dialect(void **state)
{
	(void)state;
	dialect_free(kanta);
	return 0;
}

static inline struct xml_doc *load(const void *bytes, size_t len)
{
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_parse(bytes, len, "a test", &err);
	if (!doc)
		fail_msg("%u:%u: %s", err.line, err.column, err.msg);
	return doc;
}

static inline void read_file(struct buf *b, const char *path)
{
	struct err err = { .kind = ERR_NONE };
	buf_init(b, LIMIT_MIB(1));
	assert_int_equal(buf_read_file(b, path, &err), 0);
}

/* A written message, parsed and read. */
struct written {
	struct buf bytes;
	struct xml_doc *document, *doc;
	struct frame frame;
};

static inline struct frame_draft draft_of(enum frame_kind kind)
{
	return (struct frame_draft){
		.kind = kind,
		.value = { [FF_SENDER] = SAMPLE_SENDER },
		.bytes = SAMPLE_DOCUMENT,
		.len = strlen(SAMPLE_DOCUMENT),
		.now = NOW,
		.serial = 7,
	};
}

static inline void write_out(struct written *w, struct frame_draft *draft)
{
	struct err err = { .kind = ERR_NONE };
	buf_init(&w->bytes, LIMIT_MESSAGE);
	w->document = load(draft->bytes, draft->len);
	draft->document = w->document;
	if (frame_write(&w->bytes, draft, kanta, &err) != 0)
		fail_msg("%s", err.msg);
	w->doc = load(w->bytes.ptr, w->bytes.len);
}

static inline void write_and_read(struct written *w, struct frame_draft *draft)
{
	struct err err = { .kind = ERR_NONE };
	write_out(w, draft);
	if (frame_read(&w->frame, w->doc, xml_root(w->doc), kanta, &err) != 0)
		fail_msg("%s", err.msg);
}

static inline void release(struct written *w)
{
	xml_free(w->doc);
	xml_free(w->document);
	buf_release(&w->bytes);
}

static inline void check_value(
    const struct frame *f, enum frame_field field, const char *value)
{
	if (!f->value[field] || !streq(f->value[field], value))
		fail_msg("%s is '%s', expected '%s'", frame_field_name(field),
		    f->value[field] ? f->value[field] : "(absent)", value);
}

#endif

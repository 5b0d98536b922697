/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "kanta/mime.h"
#include "mimetext.h"

#include <stdint.h>

/*
 * A MIME text out of a message: it is read, or says why, and in which line.
 *
 * Parser: harness/kanta/mime.c harness/kanta/base64.c
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const char *text, const struct mime_part *part)
{
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(LIMIT_MIB(8)),
		   again = BUF_INIT(LIMIT_MIB(8));
	struct mime m;
	if (mime_decode(part, &bytes, &err) < 0) {
		struct mime_fault f = mime_part_fault(text, part);
		if (err.kind == ERR_NONE || f.line == 0)
			BUG("a failure without a reason or a place");
	} else {
		mime_write(&again, "----=_1", "m", "1.2", bytes.ptr, bytes.len);
		if (mime_parse(&m, again.ptr, again.len, &err) < 0)
			BUG("what was written cannot be read");
		mime_release(&m);
	}
	buf_release(&again);
	buf_release(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct err err = { 0 };
	struct mime m;
	if (mime_parse(&m, text, size, &err) < 0) {
		if (err.kind == ERR_NONE || m.fault.kind == MIME_OK)
			BUG("a failure without a reason");
		return 0;
	}
	VEC_EACH (struct mime_part, part, &m)
		decode(text, part);
	mime_release(&m);
	return 0;
}

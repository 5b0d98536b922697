/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MIMETEXT_H
#define TESTS_MIMETEXT_H

#include "kanta/mime.h"

/* A whole multipart with one part, as it stands in a message before it is
 * escaped. */
static inline void mime_write(struct buf *to, const char *boundary,
    const char *message_id, const char *content_id, const void *document,
    size_t len)
{
	mime_open(to, boundary, message_id, content_id);
	base64_encode(to, document, len, MIME_LINE);
	mime_close(to, boundary);
}

#endif

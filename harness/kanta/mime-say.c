/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/mime.h"

#include <stdio.h>

static const struct {
	enum word word;
	bool with_line, with_word;
} mime_words[MIME_FAULT_COUNT] = {
	[MIME_NO_FIELD] = { W_mime_NO_FIELD, true, false },
	[MIME_FIELD_TWICE] = { W_mime_FIELD_TWICE, true, false },
	[MIME_HEAD_OPEN] = { W_mime_HEAD_OPEN, true, false },
	[MIME_NOT_MULTIPART] = { W_mime_NOT_MULTIPART, true, false },
	[MIME_NO_BOUNDARY] = { W_mime_NO_BOUNDARY, true, false },
	[MIME_NO_DELIMITER] = { W_mime_NO_DELIMITER, true, false },
	[MIME_ENCODING] = { W_mime_ENCODING, true, true },
	[MIME_PARTS] = { W_mime_PARTS, false, true },
	[MIME_NOT_CLOSED] = { W_mime_NOT_CLOSED, false, false },
	[MIME_BASE64_BYTE] = { W_mime_BASE64_BYTE, true, true },
	[MIME_BASE64_CUT] = { W_mime_BASE64_CUT, true, false },
	[MIME_TOO_LARGE] = { W_mime_TOO_LARGE, false, false },
	[MIME_HEAD_LONG] = { W_mime_HEAD_LONG, true, false },
	[MIME_NO_TEXT] = { W_mime_NO_TEXT, false, false },
	[MIME_MEDIA_TYPE] = { W_mime_MEDIA_TYPE, false, true },
};

struct note mime_fault_say(const struct mime_fault *f)
{
	const char *args[2];
	char line[24];
	size_t count = 0;
	snprintf(line, sizeof(line), "%u", f->line);
	if (mime_words[f->kind].with_line)
		args[count++] = line;
	if (mime_words[f->kind].with_word)
		args[count++] = f->word;
	return note_make(mime_words[f->kind].word, count, args);
}

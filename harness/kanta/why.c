/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/why.h"

#include "base/limits.h"

#include <stdio.h>

/* Code begins its messages with a small letter; names keep their capitals. */
static void begin_small(char *text)
{
	bool is_word = text[0] >= 'A' && text[0] <= 'Z' &&
		       (text[1] == ' ' || (text[1] >= 'a' && text[1] <= 'z'));

	if (is_word)
		text[0] = (char)(text[0] - 'A' + 'a');
}

void why_english(struct buf *to, const struct note *reason)
{
	size_t begin = to->len;

	note_render(to, reason, LANG_EN);
	if (to->len > begin)
		begin_small(to->ptr + begin);
}

int why_fail(struct note *why, const struct xml_doc *doc, const xmlNode *node,
    struct err *err, enum err_kind kind, struct note reason)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));

	*why = reason;
	why_english(&text, &reason);
	xml_fail(doc, node, err, kind, "%s", text.ptr);
	buf_release(&text);
	return -1;
}

struct note why_quote(
    why_say *say, const struct note *reason, const struct err *at)
{
	struct buf text[LANG_COUNT];
	struct note note;

	for (int lang = 0; lang < LANG_COUNT; lang++) {
		buf_init(&text[lang], LIMIT_KIB(4));
		if (at && at->line)
			buf_addf(&text[lang], "%u:%u: ", at->line, at->column);
		note_render(&text[lang], reason, (enum lang)lang);
	}
	note = say(text[LANG_FI].ptr, text[LANG_EN].ptr);
	for (int lang = 0; lang < LANG_COUNT; lang++)
		buf_release(&text[lang]);
	return note;
}

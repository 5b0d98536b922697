/* SPDX-License-Identifier: Apache-2.0 */
#include "report/put.h"

#include "base/clock.h"
#include "report/inside.h"

#include <inttypes.h>

void put_attribute(struct buf *to, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	buf_addc(to, ' ');
	buf_adds(to, name);
	buf_adds(to, "=\"");
	buf_add_xmls(to, value);
	buf_addc(to, '"');
}

void put_number(struct buf *to, const char *name, int64_t value)
{
	buf_addf(to, " %s=\"%" PRId64 "\"", name, value);
}

void put_time(struct buf *to, const char *name, int64_t us)
{
	char text[CLOCK_TEXT];
	clock_rfc3339(text, us);
	put_attribute(to, name, text);
}

void put_text(struct buf *to, const char *element, const char *text)
{
	buf_addf(to, "<%s>", element);
	buf_add_xmls(to, text);
	buf_addf(to, "</%s>\n", element);
}

static void put_in(
    struct buf *to, const char *element, enum lang lang, const char *text)
{
	buf_addc(to, '<');
	buf_adds(to, element);
	put_attribute(to, "xml:lang", lang_names[lang]);
	buf_addc(to, '>');
	buf_add_xmls(to, text);
	buf_adds(to, "</");
	buf_adds(to, element);
	buf_adds(to, ">\n");
}

void put_pair(struct buf *to, const char *element, const struct text_pair *pair)
{
	for (int lang = 0; lang < LANG_COUNT; lang++)
		if (pair->text[lang])
			put_in(to, element, (enum lang)lang, pair->text[lang]);
}

void put_note(struct buf *to, struct report *r, const char *element,
    const struct note *note)
{
	if (note->word == W_none)
		return;
	struct note clean;
	report_clean_note(r, note, &clean);
	buf_addf(to, "<%s", element);
	put_attribute(to, "word", word_name(note->word));
	buf_adds(to, ">\n");
	for (size_t i = 0; i < word_params(note->word); i++) {
		buf_adds(to, "<arg");
		put_attribute(to, "name", word_param(note->word, i));
		buf_addc(to, '>');
		buf_add_xmls(to, clean.arg[i]);
		buf_adds(to, "</arg>\n");
	}
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		struct buf text = BUF_INIT(LIMIT_KIB(16));
		note_render(&text, &clean, (enum lang)lang);
		put_in(to, "text", (enum lang)lang, text.ptr);
		buf_release(&text);
	}
	buf_addf(to, "</%s>\n", element);
}

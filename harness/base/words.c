/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include "base/str.h"

const char *const lang_names[LANG_COUNT] = { "fi", "en" };

struct row {
	const char *name;
	size_t length; /* of the name */
	size_t params;
	const char *param[NOTE_ARGS];
	const char *text[LANG_COUNT];
};

static const struct row rows[W_COUNT] = {
#define NAME(id)	     #id, sizeof(#id) - 1
#define WORD0(id, fi, en)    [W_##id] = { NAME(id), 0, { NULL }, { fi, en } },
#define WORD1(id, a, fi, en) [W_##id] = { NAME(id), 1, { #a }, { fi, en } },
#define WORD2(id, a, b, fi, en) \
 [W_##id] = { NAME(id), 2, { #a, #b }, { fi, en } },
#define WORD3(id, a, b, c, fi, en) \
 [W_##id] = { NAME(id), 3, { #a, #b, #c }, { fi, en } },
#define WORD4(id, a, b, c, d, fi, en) \
 [W_##id] = { NAME(id), 4, { #a, #b, #c, #d }, { fi, en } },
#include "base/words.def"
#undef NAME
};

static void copy_argument(char to[NOTE_ARG], const char *from)
{
	static const char cut[] = "\xE2\x80\xA6"; /* … */
	str_copy(to, NOTE_ARG, from);
	if (strlen(from) >= NOTE_ARG) {
		str_copy(to, NOTE_ARG - sizeof(cut) + 1, from);
		memcpy(to + strlen(to), cut, sizeof(cut));
	}
	str_clean(to);
}

struct note note_make(enum word word, size_t count, const char *const args[])
{
	struct note note = { .word = word };
	for (size_t i = 0; i < count; i++)
		copy_argument(note.arg[i], args[i] ? args[i] : "");
	return note;
}

/* The index of the placeholder "{name}" at p, or -1; *len = its length. */
static int placeholder(const struct row *row, const char *p, size_t *len)
{
	const char *end = *p == '{' ? strchr(p, '}') : NULL;
	if (!end)
		return -1;
	*len = (size_t)(end - p) + 1;
	for (size_t i = 0; i < row->params; i++)
		if (strlen(row->param[i]) == *len - 2 &&
		    memcmp(row->param[i], p + 1, *len - 2) == 0)
			return (int)i;
	return -1;
}

void note_render(struct buf *to, const struct note *note, enum lang lang)
{
	const struct row *row = &rows[note->word];
	for (const char *p = row->text[lang]; *p;) {
		size_t len = 1;
		int n = placeholder(row, p, &len);
		if (n >= 0) {
			buf_adds(to, note->arg[n]);
			p += len;
		} else {
			buf_addc(to, *p++);
		}
	}
}

const char *word_name(enum word word)
{
	return rows[word].name;
}

size_t word_params(enum word word)
{
	return rows[word].params;
}

const char *word_param(enum word word, size_t index)
{
	return rows[word].param[index];
}

const char *word_text(enum word word, enum lang lang)
{
	return rows[word].text[lang];
}

int word_find(const char *name)
{
	size_t length = strlen(name);
	for (int i = 0; i < W_COUNT; i++)
		if (rows[i].length == length &&
		    memcmp(rows[i].name, name, length) == 0)
			return i;
	return -1;
}

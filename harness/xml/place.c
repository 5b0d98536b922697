/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/place.h"

#include "base/compiler.h"
#include "xml/encoding.h"

#include <string.h>

static bool find_begin(
    size_t *out, const char *text, size_t len, const xmlNode *node)
{
	unsigned line = 1, column = 1;
	size_t at = 0;
	while (at < len) {
		const char *lt = memchr(text + at, '<', len - at);
		if (!lt)
			break;
		*out = (size_t)(lt - text);
		xml_advance(&line, &column, text + at, *out - at);
		if (line == xml_line(node) && column == xml_column(node))
			return true;
		xml_advance(&line, &column, lt, 1);
		at = *out + 1;
	}
	return false;
}

/* Behind the next `mark` at or after `at`; len when there is none. */
static size_t behind(const char *text, size_t len, size_t at, const char *mark)
{
	const char *hit = memmem(text + at, len - at, mark, strlen(mark));
	return hit ? (size_t)(hit - text) + strlen(mark) : len;
}

/* Behind the '>' of the tag at `at`; '>' may stand in a value. */
static size_t behind_tag(const char *text, size_t len, size_t at)
{
	char quote = '\0';
	for (; at < len; at++) {
		char c = text[at];
		if (quote)
			quote = c == quote ? '\0' : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return at + 1;
	}
	return len;
}

static bool starts(const char *text, size_t len, size_t at, const char *with)
{
	size_t n = strlen(with);
	return len - at >= n && memcmp(text + at, with, n) == 0;
}

/* What is no tag, at '<': behind it; 0 = it is one. */
static size_t behind_other(const char *text, size_t len, size_t at)
{
	static const struct {
		const char *open, *close;
	} others[] = {
		{ "<!--", "-->" },
		{ "<![CDATA[", "]]>" },
		{ "<?", "?>" },
	};
	for (size_t i = 0; i < COUNTOF(others); i++)
		if (starts(text, len, at, others[i].open))
			return behind(text, len, at + strlen(others[i].open),
			    others[i].close);
	return 0;
}

bool xml_place(
    struct place *out, const char *text, size_t len, const xmlNode *node)
{
	size_t depth = 0, at = 0;
	if (!find_begin(&at, text, len, node))
		return false;
	out->begin = at;
	while (at < len) {
		size_t end = behind_other(text, len, at);
		if (end == 0) {
			end = behind_tag(text, len, at);
			bool closes = text[at + 1] == '/';
			bool empty = text[end - 2] == '/';
			out->close = closes ? at : end;
			if (closes)
				depth--;
			else if (!empty)
				depth++;
		}
		if (depth == 0) {
			out->end = end;
			return true;
		}
		const char *lt = memchr(text + end, '<', len - end);
		at = lt ? (size_t)(lt - text) : len;
	}
	return false;
}

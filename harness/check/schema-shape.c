/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/schema-inside.h"

#include <string.h>

/*
 * What a value must look like, in words: out of the pattern, the set or the
 * type that libxml2 names. Of several patterns it names the last one only.
 */

static const struct shape {
	const char *name;    /* of a type, ours or the official schema's */
	const char *pattern; /* part of one; NULL = none */
	enum word word;
} shapes[] = {
	{ "ts", "([+\\-][0-9]{1,4})?", W_sch_shape_time },
	{ "point-in-time", NULL, W_sch_shape_time },
	{ "uid", "[A-Za-z][A-Za-z0-9\\-]*", W_sch_shape_identifier },
	{ "identifier", NULL, W_sch_shape_identifier },
	{ "oid", "[0-2](\\.(0|[1-9][0-9]*))*", W_sch_shape_identifier },
	{ "cs", "[^\\s]+", W_sch_shape_word },
	{ "word", "\\S+", W_sch_shape_word },
	{ "st", NULL, W_sch_shape_words },
	{ "words", NULL, W_sch_shape_words },
	{ "bl", NULL, W_sch_shape_flag },
	{ "bn", NULL, W_sch_shape_flag },
	{ "flag", NULL, W_sch_shape_flag },
	{ "xs:boolean", NULL, W_sch_shape_flag },
	{ "int", NULL, W_sch_shape_integer },
	{ "whole-number", NULL, W_sch_shape_integer },
	{ "real", NULL, W_sch_shape_number },
	{ "number", NULL, W_sch_shape_number },
	{ "xs:double", NULL, W_sch_shape_number },
	{ "bin", NULL, W_sch_shape_base64 },
	{ "xs:base64Binary", NULL, W_sch_shape_base64 },
	{ "xs:ID", NULL, W_sch_shape_id },
	{ "xs:dateTime", NULL, W_sch_shape_datetime },
	{ "url", NULL, W_sch_shape_uri },
	{ "xs:anyURI", NULL, W_sch_shape_uri },
};

/* The text behind `mark` up to `end`. */
static bool between(char *out, size_t size, const char *message,
    const char *mark, const char *end)
{
	const char *from = strstr(message, mark);
	const char *to = from ? strstr(from + strlen(mark), end) : NULL;
	if (!to)
		return false;
	from += strlen(mark);
	size_t len = (size_t)(to - from);
	if (len >= size)
		return false;
	memcpy(out, from, len);
	out[len] = '\0';
	return true;
}

/* "EVN|INT|RQO": a pattern of mere words is a list. */
static bool is_choices(const char *pattern)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_/|\\.";
	return strchr(pattern, '|') && pattern[strspn(pattern, allowed)] == 0;
}

static struct note say_choices(const char *list, const char *between_two)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));
	for (const char *s = list; *s; s++) {
		if (*s == '\\' || *s == '\'')
			continue;
		if (strchr(between_two, *s))
			buf_adds(&text, *s == ' ' ? "" : ", ");
		else
			buf_addc(&text, *s);
	}
	struct note note = say_sch_shape_choices(text.ptr ? text.ptr : "");
	buf_release(&text);
	return note;
}

static struct note by_pattern(const char *pattern)
{
	for (size_t i = 0; i < COUNTOF(shapes); i++)
		if (shapes[i].pattern && strstr(pattern, shapes[i].pattern))
			return note_make(shapes[i].word, 0, NULL);
	if (is_choices(pattern))
		return say_choices(pattern, "|");
	return say_sch_shape_type(pattern);
}

static struct note by_type(const char *type)
{
	const char *end = strrchr(type, '}');
	const char *name = end ? end + 1 : type;
	for (size_t i = 0; i < COUNTOF(shapes); i++)
		if (streq(shapes[i].name, name))
			return note_make(shapes[i].word, 0, NULL);
	return say_sch_shape_type(name);
}

struct note schema_shape(const char *message)
{
	char text[1024];
	if (between(text, sizeof(text), message, "by the pattern '", "'."))
		return by_pattern(text);
	if (between(text, sizeof(text), message, "element of the set {", "}."))
		return say_choices(text, ", ");
	if (strstr(message, "[facet 'minLength']"))
		return note_make(W_sch_shape_words, 0, NULL);
	if (between(text, sizeof(text), message, " type '", "'."))
		return by_type(text);
	return (struct note){ .word = W_none };
}

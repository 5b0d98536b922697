/* SPDX-License-Identifier: Apache-2.0 */
#include "base/words.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the three above first */
#include <cmocka.h>

/* Whether the placeholder "{name}" stands in `text`. */
static bool uses(const char *text, const char *name)
{
	char wanted[80];
	snprintf(wanted, sizeof(wanted), "{%s}", name);
	return strstr(text, wanted);
}

static bool is_param(enum word word, const char *name, size_t len)
{
	for (size_t i = 0; i < word_params(word); i++)
		if (strlen(word_param(word, i)) == len &&
		    strncmp(word_param(word, i), name, len) == 0)
			return true;
	return false;
}

/* {fi} and {en}: a text for each language, and only for that one. */
static bool is_of_other(const char *name, enum lang lang)
{
	for (int other = 0; other < LANG_COUNT; other++)
		if ((enum lang)other != lang && streq(name, lang_names[other]))
			return true;
	return false;
}

static void check_placeholders(enum word word, enum lang lang)
{
	const char *text = word_text(word, lang);
	for (size_t i = 0; i < word_params(word); i++)
		if (!is_of_other(word_param(word, i), lang) &&
		    !uses(text, word_param(word, i)))
			fail_msg("%s (%s) does not use {%s}", word_name(word),
			    lang_names[lang], word_param(word, i));
	for (const char *at = text; (at = strpbrk(at, "{}")); at++) {
		size_t len = *at == '{' ? strcspn(at + 1, "{}") : 0;
		if (*at == '}' || at[1 + len] != '}' ||
		    !is_param(word, at + 1, len))
			fail_msg("%s (%s): unknown placeholder at '%s'",
			    word_name(word), lang_names[lang], at);
		at += len + 1;
	}
}

/*
 * Whether both languages may share it: no letters but in placeholders, or one
 * word with a capital letter, as names have it (OID, XPath, HTTP).
 */
static bool is_name(const char *text)
{
	size_t letters = 0, capitals = 0, spaces = 0;
	for (const char *at = text; *at; at++) {
		if (*at == '{')
			at += strcspn(at, "}");
		letters += str_is_alpha(*at);
		capitals += *at >= 'A' && *at <= 'Z';
		spaces += str_is_space(*at);
	}
	return letters == 0 || (capitals > 0 && spaces == 0);
}

static void every_text(void **state)
{
	(void)state;
	for (enum word w = W_none + 1; w < W_COUNT; w++) {
		const char *fi = word_text(w, LANG_FI);
		const char *en = word_text(w, LANG_EN);
		assert_true(*fi && *en);
		assert_true(str_is_utf8(fi, strlen(fi)));
		assert_true(str_is_utf8(en, strlen(en)));
		check_placeholders(w, LANG_FI);
		check_placeholders(w, LANG_EN);
		if (streq(fi, en) && !is_name(fi))
			fail_msg(
			    "%s is not translated: '%s'", word_name(w), fi);
		if (str_is_space(fi[0]) || str_ends(fi, " ") ||
		    str_is_space(en[0]) || str_ends(en, " "))
			fail_msg("%s begins or ends with space", word_name(w));
	}
}

static void names(void **state)
{
	(void)state;
	for (int w = 0; w < W_COUNT; w++)
		assert_int_equal(word_find(word_name((enum word)w)), w);
	assert_int_equal(word_find("no-such-word"), -1);
	assert_int_equal(word_find(""), -1);
	assert_string_equal(word_text(W_none, LANG_FI), "");
}

static void rendering(void **state)
{
	(void)state;
	/* an argument is plain text, whatever stands in it */
	static const char *const args[NOTE_ARGS] = { "{a}", "%s", "<", "}" };
	for (enum word w = 0; w < W_COUNT; w++) {
		struct note note = note_make(w, word_params(w), args);
		struct buf b = BUF_INIT(10000);
		for (int lang = 0; lang < LANG_COUNT; lang++)
			note_render(&b, &note, (enum lang)lang);
		for (size_t i = 0; i < word_params(w); i++)
			assert_non_null(strstr(b.ptr, args[i]));
		assert_int_equal(b.len > 0, w != W_none);
		buf_release(&b);
	}
}

static void arguments(void **state)
{
	(void)state;
	static const char cut[] = "\xE2\x80\xA6";
	char wide[NOTE_ARG + 2] = "";
	const char *args[] = { wide, NULL };
	memset(wide, 'x', NOTE_ARG - 1);
	struct note note = note_make(W_none, 2, args);
	assert_string_equal(note.arg[0], wide); /* just fits */
	assert_string_equal(note.arg[1], "");
	assert_string_equal(note.arg[2], "");

	wide[NOTE_ARG - 1] = 'x';
	note = note_make(W_none, 2, args);
	assert_true(str_ends(note.arg[0], cut));
	assert_int_equal(strlen(note.arg[0]), NOTE_ARG - 1);

	/* no escape sequence for a terminal, no half characters */
	args[0] = "a\033[2J\xC2\x9B"
		  "b\xFF\n";
	note = note_make(W_none, 1, args);
	assert_string_equal(note.arg[0], "a?[2J?b?\n");
	args[0] = wide;

	/* never through a letter */
	for (size_t shift = 0; shift < 2; shift++) {
		memset(wide, 'x', sizeof(wide) - 1);
		for (size_t i = shift; i + 2 < sizeof(wide); i += 2)
			memcpy(wide + i, "\xC3\xA4", 2);
		note = note_make(W_none, 1, args);
		assert_true(str_is_utf8(note.arg[0], strlen(note.arg[0])));
		assert_true(str_ends(note.arg[0], cut));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_text),
		cmocka_unit_test(names),
		cmocka_unit_test(rendering),
		cmocka_unit_test(arguments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

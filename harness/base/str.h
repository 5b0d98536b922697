/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "base/compiler.h"
#include "base/err.h"

#include <stdint.h>

/* Small questions about text that the C library answers badly. */

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* ASCII, whatever the locale; inline, for the guard looks at every byte. */
static inline bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool str_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* XML white space: space, tab, LF, CR. */
static inline bool str_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * Copies at most size-1 bytes and always ends `to`; cuts at a UTF-8 character.
 * For texts meant for people, where a cut is harmless; never for paths.
 */
void str_copy(char *to, size_t size, const char *from);

/*
 * The length of the well-formed UTF-8 character at s (at most len bytes) and
 * its code point; 0 when there is none (RFC 3629: no surrogates, no overlong
 * forms, nothing above U+10FFFF).
 */
size_t str_utf8(const char *s, size_t len, uint32_t *codepoint);
bool str_is_utf8(const char *s, size_t len);
/* How many of the bytes are well-formed UTF-8, from the first one on. */
size_t str_utf8_span(const char *s, size_t len);

/*
 * Makes text that may hold anybody's bytes safe to print and to store: what is
 * not UTF-8 and control characters (escape sequences of a terminal among them)
 * become '?', each one character; tab and line end stay.
 */
void str_clean(char *s);

/* A whole decimal number within [min, max], without sign or white space. */
NODISCARD int str_number(
    const char *s, uint64_t min, uint64_t max, uint64_t *out, struct err *err);

/*
 * One of `words` (count names), or -1 with a message that lists them and, when
 * one is near, asks whether it was meant. `what` names the thing: "--lang".
 */
NODISCARD int str_choice(const char *s, const char *const words[], size_t count,
    const char *what, struct err *err);

/* The nearest of `words` by edit distance, or NULL when none is near. */
const char *str_nearest(const char *s, const char *const words[], size_t count);

/* Lower-case hexadecimal; `out` holds 2*len+1 bytes. */
void str_hex(char *out, const uint8_t *data, size_t len);

/*
 * Shell-like match of '*' only, case-insensitive in ASCII: host names. The dot
 * of the root behind a host ("kela.fi.") changes nothing.
 */
bool str_matches_host(const char *pattern, const char *host);

#endif

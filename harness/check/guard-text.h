/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GUARD_TEXT_H
#define CHECK_GUARD_TEXT_H

#include "base/buf.h"

/*
 * The ways in which text can be something else (private to the guard). All of
 * them are lenient on purpose: what some receiver might make of the bytes
 * counts, not what a standard says.
 */

/*
 * The text with its escapes put right once: character references, %HH, \uHHHH
 * and \xHH, quoted-printable where the text names it; dashes and wide digits as
 * ASCII, invisible characters left out. Each escape makes it shorter, so that
 * `to` has room for `len` bytes, and may be `text` itself. Returns the new
 * length: `len` when there was none.
 */
size_t text_unescape(char *to, const char *text, size_t len);
/* Whether there may be escapes: quicker than to try, in long texts. */
bool text_has_escape(const char *text, size_t len);

/*
 * Base64 or base64url without any white space or padding rule: decodes what
 * belongs to the alphabet and skips the rest. `out` has room for 3/4 of `len`;
 * returns how much it was.
 */
size_t text_decode64(char *out, const char *text, size_t len);

/*
 * The next block of base64 at or after `from`: runs of its alphabet, with
 * white space but no empty line between them, at least TEXT_BASE64_MIN
 * characters of it.
 */
#define TEXT_BASE64_MIN 15 /* what an identity code alone comes to */
struct text_block {
	size_t start, len;
	bool joined;  /* there is white space inside */
	bool regular; /* … after every so many characters, as encoders do it */
};
bool text_next_block(
    const char *text, size_t len, size_t from, struct text_block *out);
/* The next run without white space inside of a block, of `min` at least. */
bool text_next_run(const char *text, size_t len, size_t from, size_t min,
    struct text_block *out);

/* Whether the bytes begin like text rather than like random ones. */
bool text_is_plausible(const char *bytes, size_t len);
/* Whether they begin like XML in some encoding. */
bool text_is_like_xml(const char *bytes, size_t len);
/* The name of a format that nobody can look into, or NULL. */
const char *text_packed_format(const char *bytes, size_t len);
/* Whether they are one value in DER, as certificates are: what is in it stands
 * there in plain. */
bool text_is_der(const char *bytes, size_t len);

#endif

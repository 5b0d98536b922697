/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-text.h"

#include "base/str.h"
#include "check/guard.h"
#include "hiding.h"
#include "kanta/ids.h"
#include "kanta/mime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* Large content is looked at in the memory where it was unpacked, which is
 * changed on the way: nothing may be missed for that, at no offset. */

/* Escapes put right in place give what they give aside. */
static void same_place_same_text(void **state)
{
	static const char *const words[] = { "%41", "&amp;", "&#x30;", "&#48",
		"\\u0031", "\\x2d", "\\/", "\xC2\xAD", "\xE2\x80\x90",
		"\xEF\xBC\x91", "=3D", "=\r\n", "&", "%", "\\", "a", "1",
		"\xE2", "%%", "&#", "Quoted-Printable", "\\u00", "" };
	uint32_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		char text[256], aside[256];
		size_t len = 0;
		for (size_t n = 0; n < 8; n++) {
			seed = seed * 1664525 + 1013904223;
			const char *w = words[(seed >> 8) % COUNTOF(words)];
			memcpy(text + len, w, strlen(w));
			len += strlen(w);
		}
		size_t changed = text_unescape(aside, text, len);
		bool same = changed == len && memcmp(aside, text, len) == 0;
		assert_true(
		    same || (changed < len && text_has_escape(text, len)));
		assert_int_equal(text_unescape(text, text, len), changed);
		assert_memory_equal(text, aside, changed);
	}
}

static void must_find(const struct buf *text, const char *what, size_t offset)
{
	static struct guard_report r;

	r = (struct guard_report){ .count = 0 };
	(void)guard_scan(&r, text->ptr, text->len, NULL);
	if (!has_rule(&r, GUARD_IDENTITY))
		fail_msg("%s at %zu is not found", what, offset);
}

static void pack(struct buf *to, const struct buf *content)
{
	buf_clear(to);
	buf_adds(to, "<a>");
	base64_encode(to, content->ptr, content->len, 76);
	buf_adds(to, "</a>");
}

enum guise {
	TWICE_ESCAPED,
	WIDE,
	WIDE_AND_EATEN, /* its first digit belongs to an escape in front */
	PLAIN,
};

/* The code in one of its guises, `fill` bytes behind other escapes; so much
 * behind it that all of it is moved. */
static void put_guise(struct buf *to, enum guise guise, size_t fill)
{
	static const char *const heads[] = { "%PDF-1.7\n",
		"Teksti: ", "<a>&amp;" };

	buf_clear(to);
	buf_adds(to, heads[fill % COUNTOF(heads)]);
	for (size_t i = 0; i < 150; i++)
		buf_adds(to, i % 3 ? "%25 " : "&amp;\\u0041");
	for (size_t i = 0; i < fill; i++)
		buf_addc(to, ".,;"[i % 3]);
	buf_adds(to, guise == WIDE_AND_EATEN ? " &#" : " ");
	for (const char *p = real_code; *p; p++) {
		if (guise == TWICE_ESCAPED)
			buf_addf(to, "%%25%02x", (unsigned char)*p);
		else
			buf_addc(to, *p);
		if (guise == WIDE || guise == WIDE_AND_EATEN)
			buf_addc(to, '\0');
	}
	for (size_t i = 0; i < 400; i++)
		buf_adds(to, " , ");
}

static void nothing_is_missed_in_changed_memory(void **state)
{
	struct buf content = BUF_INIT(LIMIT_MIB(1));
	struct buf inner = BUF_INIT(LIMIT_MIB(1)),
		   text = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	for (size_t fill = 0; fill < 80; fill++)
		for (int guise = TWICE_ESCAPED; guise <= PLAIN; guise++) {
			put_guise(&content, (enum guise)guise, fill);
			pack(&text, &content);
			must_find(&text, "packed once", fill);
			buf_clear(&inner);
			buf_adds(&inner, "\1%PDF %41 ");
			inner.ptr[0] = '\0';
			base64_encode(&inner, content.ptr, content.len, 0);
			pack(&text, &inner);
			must_find(&text, "packed twice", fill);
		}
	buf_release(&content);
	buf_release(&inner);
	buf_release(&text);
}

/* The parser is given its text in pieces: their ends show nowhere. */
static void nothing_is_missed_between_pieces(void **state)
{
	static const size_t ends[] = { 300, 1000, 4000, 4096, 8000, 8192, 12000,
		16384, 32768, 65536 };
	struct buf content = BUF_INIT(LIMIT_MIB(1)),
		   text = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	for (size_t e = 0; e < COUNTOF(ends); e++)
		for (size_t at = ends[e] - 20; at < ends[e] + 20; at++) {
			buf_clear(&text);
			buf_adds(&text, "<a>");
			while (text.len < at)
				buf_addc(&text, ".\n"[text.len % 70 == 0]);
			buf_addf(&text, " %s &amp; </a>", real_code);
			must_find(&text, "a text's code", at);
			buf_clear(&content);
			while (content.len < at)
				buf_addc(&content, '.');
			buf_addf(&content, " %s ", real_code);
			pack(&text, &content);
			must_find(&text, "a packed code", at);
		}
	buf_release(&content);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_place_same_text),
		cmocka_unit_test(nothing_is_missed_in_changed_memory),
		cmocka_unit_test(nothing_is_missed_between_pieces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

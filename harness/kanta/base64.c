/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/mime.h"

#include "base/str.h"

/*
 * By table, three bytes at a time: a document goes by in a tenth of a
 * millisecond, and the decoder sees every character that does not belong
 * (libcrypto's lets '=' pass in the middle).
 */
static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *encode_triples(char *to, const uint8_t *p, size_t triples)
{
	for (size_t i = 0; i < triples; i++, p += 3, to += 4) {
		uint32_t v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		to[0] = letters[v >> 18];
		to[1] = letters[v >> 12 & 63];
		to[2] = letters[v >> 6 & 63];
		to[3] = letters[v & 63];
	}
	return to;
}

static char *encode_rest(char *to, const uint8_t *p, size_t len)
{
	if (len == 0)
		return to;
	uint32_t v = (uint32_t)p[0] << 16;
	if (len == 2)
		v |= (uint32_t)p[1] << 8;
	*to++ = letters[v >> 18];
	*to++ = letters[v >> 12 & 63];
	*to++ = len == 2 ? letters[v >> 6 & 63] : '=';
	*to++ = '=';
	return to;
}

void base64_encode(struct buf *to, const void *data, size_t len, unsigned wrap)
{
	const uint8_t *p = data;
	size_t line = wrap ? wrap / 4 * 3 : len; /* bytes in one line */
	size_t need = (len + 2) / 3 * 4;
	if (line)
		need += len / line;
	char *start = buf_reserve(to, need);
	if (!start || len == 0)
		return;
	char *at = start;
	while (len > line) {
		at = encode_triples(at, p, line / 3);
		*at++ = '\n';
		p += line;
		len -= line;
	}
	at = encode_triples(at, p, len / 3);
	at = encode_rest(at, p + len / 3 * 3, len % 3);
	buf_grew(to, (size_t)(at - start));
}

/* ---- Decoding */

#define BAD   0x80 /* no letter of the alphabet, no white space */
#define SPACE 0x40

/* What each byte stands for: 0–63, SPACE or BAD. */
static void make_table(uint8_t table[256])
{
	memset(table, BAD, 256);
	for (unsigned i = 0; i < 64; i++)
		table[(uint8_t)letters[i]] = (uint8_t)i;
	for (const char *p = " \t\r\n"; *p; p++)
		table[(uint8_t)*p] = SPACE;
}

struct decoder {
	const uint8_t *start, *p, *end;
	uint8_t *to;
	uint32_t bits;
	unsigned held; /* characters in `bits`, 0–3 */
};

/* Whole groups of four without white space: nearly all of the text. */
static void decode_runs(struct decoder *d, const uint8_t table[256])
{
	while (d->end - d->p >= 4) {
		uint8_t a = table[d->p[0]], b = table[d->p[1]];
		uint8_t c = table[d->p[2]], e = table[d->p[3]];
		if ((a | b | c | e) & (BAD | SPACE))
			return;
		uint32_t v = (uint32_t)a << 18 | (uint32_t)b << 12 |
			     (uint32_t)c << 6 | e;
		d->to[0] = (uint8_t)(v >> 16);
		d->to[1] = (uint8_t)(v >> 8);
		d->to[2] = (uint8_t)v;
		d->to += 3;
		d->p += 4;
	}
}

/* One character; false at one that is no letter. */
static bool decode_one(struct decoder *d, const uint8_t table[256])
{
	uint8_t v = table[*d->p];
	if (v & BAD)
		return false;
	d->p++;
	if (v & SPACE)
		return true;
	d->bits = d->bits << 6 | v;
	if (++d->held < 4)
		return true;
	*d->to++ = (uint8_t)(d->bits >> 16);
	*d->to++ = (uint8_t)(d->bits >> 8);
	*d->to++ = (uint8_t)d->bits;
	d->held = 0;
	return true;
}

/* The padding and what it leaves; false when it is not right. */
static bool decode_end(struct decoder *d, const uint8_t table[256])
{
	unsigned pads = 0;
	for (; d->p < d->end && (*d->p == '=' || table[*d->p] == SPACE); d->p++)
		pads += *d->p == '=';
	if (d->p < d->end || (d->held == 0 ? pads != 0 : d->held + pads != 4))
		return false;
	if (d->held == 1)
		return false;
	if (d->held >= 2)
		*d->to++ = (uint8_t)(d->bits >> (6 * d->held - 8));
	if (d->held == 3)
		*d->to++ = (uint8_t)(d->bits >> 2);
	return true;
}

size_t base64_bad(const char *text, size_t len)
{
	uint8_t table[256];
	make_table(table);
	size_t at = 0;
	while (at < len && !(table[(uint8_t)text[at]] & BAD))
		at++;
	while (
	    at < len && (text[at] == '=' || table[(uint8_t)text[at]] == SPACE))
		at++;
	return at;
}

/* Room for what `text` can hold; exactly that where the cap is near. */
static char *reserve_decoded(
    struct buf *to, const char *text, size_t len, const uint8_t table[256])
{
	size_t need = len / 4 * 3 + 3;
	if (!to->overflow && need > to->cap - to->len) {
		size_t count = 0;
		for (size_t i = 0; i < len; i++)
			count += table[(uint8_t)text[i]] < 64;
		need = count / 4 * 3 + count % 4 * 3 / 4;
	}
	return buf_reserve(to, need);
}

int base64_decode(struct buf *to, const char *text, size_t len, struct err *err)
{
	uint8_t table[256];
	make_table(table);
	char *room = reserve_decoded(to, text, len, table);
	if (!room)
		return buf_check(to, "the decoded text", err);
	struct decoder d = {
		.start = (const uint8_t *)text,
		.p = (const uint8_t *)text,
		.end = (const uint8_t *)text + len,
		.to = (uint8_t *)room,
	};
	do {
		if (d.held == 0)
			decode_runs(&d, table);
	} while (d.p < d.end && decode_one(&d, table));

	bool ended = decode_end(&d, table);
	size_t got = (size_t)((char *)d.to - room);
	if (ended) {
		buf_grew(to, got);
		return 0;
	}
	*room = '\0'; /* nothing was added */
	if (d.p == d.end)
		return err_set(err, ERR_KANTA,
		    "the base64 text is cut off: its length is no multiple of "
		    "four characters");
	return err_set(err, ERR_KANTA,
	    "byte 0x%02x at offset %zu is not base64", *d.p,
	    (size_t)(d.p - d.start));
}

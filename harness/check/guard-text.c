/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-text.h"

#include "base/str.h"

#include <strings.h>

/* ---- Escapes */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* `digits` hexadecimal digits at s as a number; -1 when they are not there. */
static long hex_number(const char *s, size_t len, size_t digits)
{
	long n = 0;

	if (len < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int v = hex_value(s[i]);
		if (v < 0)
			return -1;
		n = n * 16 + v;
	}
	return n;
}

static bool is_dash(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 ||
	       c == 0xFE63 || c == 0xFF0D;
}

static bool is_invisible(uint32_t c)
{
	return c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

static void add(char **to, char c)
{
	*(*to)++ = c;
}

static void add_run(char **to, const char *run, size_t len)
{
	memmove(*to, run, len);
	*to += len;
}

/*
 * What a code could be written with, as ASCII; other characters only matter as
 * not being a letter or digit, so that one stand-in is enough for them.
 */
static void add_folded(char **to, uint32_t c)
{
	if (is_invisible(c))
		return;
	if (is_dash(c))
		add(to, '-');
	else if (c >= 0xFF01 && c <= 0xFF5E)
		add(to, (char)(c - 0xFF01 + '!'));
	else
		add(to, c < 0x80 ? (char)c : '\x1a');
}

/*
 * Each of these takes the escape at s, adds what it stands for and returns its
 * length; 0 when it is none.
 */
static size_t unescape_reference(char **to, const char *s, size_t len)
{
	static const struct {
		const char *name;
		char is;
	} named[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' },
		{ "&minus;", '-' }, { "&ndash;", '-' }, { "&hyphen;", '-' },
		{ "&dash;", '-' } };
	uint32_t c = 0;
	size_t i = 2, base = 10;

	for (size_t n = 0; n < COUNTOF(named); n++) {
		size_t l = strlen(named[n].name);
		if (len >= l && memcmp(s, named[n].name, l) == 0) {
			add(to, named[n].is);
			return l;
		}
	}
	if (len < 3 || s[1] != '#')
		return 0;
	if (s[2] == 'x' || s[2] == 'X') {
		base = 16;
		i = 3;
	}
	size_t first = i;
	for (; i < len && i < first + 12; i++) {
		int v = hex_value(s[i]);
		if (v < 0 || (size_t)v >= base || c > 0x10FFFF)
			break;
		c = c * (uint32_t)base + (uint32_t)v;
	}
	if (i == first)
		return 0;
	add_folded(to, c);
	return i < len && s[i] == ';' ? i + 1 : i;
}

static size_t unescape_percent(char **to, const char *s, size_t len)
{
	long n = hex_number(s + 1, len - 1, 2);

	if (n < 0)
		return 0;
	add(to, (char)n);
	return 3;
}

static size_t unescape_backslash(char **to, const char *s, size_t len)
{
	size_t digits;

	if (len < 2)
		return 0;
	if (s[1] == '/' || s[1] == '"' || s[1] == '\\') {
		add(to, s[1]);
		return 2;
	}
	if (s[1] == 'n' || s[1] == 'r' || s[1] == 't') {
		add(to, ' ');
		return 2;
	}
	digits = s[1] == 'u' ? 4 : s[1] == 'x' ? 2 : 0;
	long n = digits ? hex_number(s + 2, len - 2, digits) : -1;
	if (n < 0)
		return 0;
	add_folded(to, (uint32_t)n);
	return 2 + digits;
}

static size_t unescape_quoted_printable(char **to, const char *s, size_t len)
{
	if (len >= 2 && s[1] == '\n')
		return 2;
	if (len >= 3 && s[1] == '\r' && s[2] == '\n')
		return 3;
	long n = hex_number(s + 1, len - 1, 2);
	if (n < 0)
		return 0;
	add(to, (char)n);
	return 3;
}

static size_t fold_character(char **to, const char *s, size_t len)
{
	uint32_t c;
	size_t n = str_utf8(s, len, &c);

	if (n == 0 ||
	    (!is_dash(c) && !is_invisible(c) && !(c >= 0xFF01 && c <= 0xFF5E)))
		return 0;
	add_folded(to, c);
	return n;
}

/* An encoded word of RFC 2047. */
static bool has_encoded_word(const char *text, size_t len)
{
	const char *end = text + len;

	/* Few texts hold a '?', and memchr is much faster than memmem. */
	for (const char *p = text;
	     (p = memchr(p, '?', (size_t)(end - p))) != NULL; p++)
		if (end - p >= 3 && (p[1] == 'Q' || p[1] == 'q') && p[2] == '?')
			return true;
	return false;
}

static bool names_quoted_printable(const char *text, size_t len)
{
	static const char name[] = "uoted-printable";
	const char *end = text + len;

	if (has_encoded_word(text, len))
		return true;
	for (const char *p = text;
	     (p = memchr(p, '-', (size_t)(end - p))) != NULL; p++)
		if (p - text >= 5 && (size_t)(end - p) >= sizeof(name) - 6 &&
		    strncasecmp(p - 5, name, sizeof(name) - 1) == 0)
			return true;
	return false;
}

typedef size_t unescape(char **to, const char *s, size_t len);

static unescape *const unescapes[256] = {
	['&'] = unescape_reference,
	['%'] = unescape_percent,
	['\\'] = unescape_backslash,
	[0xC2] = fold_character,
	[0xE2] = fold_character,
	[0xEF] = fold_character,
};

static const char escape_begins[] = "&%\\\xC2\xE2\xEF";

/* The first byte that could be changed, or `len`. */
static size_t first_escape(const char *text, size_t len, bool quoted)
{
	size_t i = 0;

	while (i < len && !unescapes[(unsigned char)text[i]] &&
	       !(quoted && text[i] == '='))
		i++;
	return i;
}

bool text_has_escape(const char *text, size_t len)
{
	for (const char *c = escape_begins; *c; c++)
		if (memchr(text, *c, len))
			return true;
	return names_quoted_printable(text, len);
}

size_t text_unescape(char *to, const char *text, size_t len)
{
	bool quoted = names_quoted_printable(text, len);
	char *at = to;
	size_t plain = 0;
	size_t i = first_escape(text, len, quoted);

	while (i < len) {
		unescape *f = unescapes[(unsigned char)text[i]];
		if (!f)
			f = unescape_quoted_printable;
		add_run(&at, text + plain, i - plain);
		size_t n = f(&at, text + i, len - i);
		plain = i + n;
		i += n ? n : 1;
		i += first_escape(text + i, len - i, quoted);
	}
	add_run(&at, text + plain, len - plain);
	return (size_t)(at - to);
}

/* ---- Base64 */

/* The value of a digit with this bit; 0 = not one of the alphabet. */
#define DIGIT64 0x40
static const unsigned char digit64[256] = {
#define ROW(c, v) [c] = (v) | DIGIT64
	ROW('A', 0), ROW('B', 1), ROW('C', 2), ROW('D', 3), ROW('E', 4),
	ROW('F', 5), ROW('G', 6), ROW('H', 7), ROW('I', 8), ROW('J', 9),
	ROW('K', 10), ROW('L', 11), ROW('M', 12), ROW('N', 13), ROW('O', 14),
	ROW('P', 15), ROW('Q', 16), ROW('R', 17), ROW('S', 18), ROW('T', 19),
	ROW('U', 20), ROW('V', 21), ROW('W', 22), ROW('X', 23), ROW('Y', 24),
	ROW('Z', 25), ROW('a', 26), ROW('b', 27), ROW('c', 28), ROW('d', 29),
	ROW('e', 30), ROW('f', 31), ROW('g', 32), ROW('h', 33), ROW('i', 34),
	ROW('j', 35), ROW('k', 36), ROW('l', 37), ROW('m', 38), ROW('n', 39),
	ROW('o', 40), ROW('p', 41), ROW('q', 42), ROW('r', 43), ROW('s', 44),
	ROW('t', 45), ROW('u', 46), ROW('v', 47), ROW('w', 48), ROW('x', 49),
	ROW('y', 50), ROW('z', 51), ROW('0', 52), ROW('1', 53), ROW('2', 54),
	ROW('3', 55), ROW('4', 56), ROW('5', 57), ROW('6', 58), ROW('7', 59),
	ROW('8', 60), ROW('9', 61), ROW('+', 62), ROW('/', 63), ROW('-', 62),
	ROW('_', 63)
#undef ROW
};

static bool is_digit64(char c)
{
	return digit64[(unsigned char)c] != 0;
}

/* Four digits in a row, the usual case; 0 when there are not. */
static bool decode_four(char out[3], const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t a = digit64[u[0]], b = digit64[u[1]];
	uint32_t c = digit64[u[2]], d = digit64[u[3]];

	if (!(a & b & c & d & DIGIT64))
		return false;
	uint32_t bits =
	    (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
	out[0] = (char)(bits >> 16);
	out[1] = (char)(bits >> 8);
	out[2] = (char)bits;
	return true;
}

size_t text_decode64(char *out, const char *text, size_t len)
{
	size_t n = 0;
	char four[4];
	unsigned have = 0;

	for (size_t i = 0; i < len; i++) {
		while (have == 0 && i + 4 <= len &&
		       decode_four(out + n, text + i)) {
			n += 3;
			i += 4;
		}
		if (i >= len || !is_digit64(text[i]))
			continue;
		four[have++] = text[i];
		if (have == 4) {
			(void)decode_four(out + n, four);
			n += 3;
			have = 0;
		}
	}
	if (have < 2)
		return n;
	char rest[3];
	memset(four + have, 'A', sizeof(four) - have);
	(void)decode_four(rest, four);
	memcpy(out + n, rest, have - 1);
	return n + have - 1;
}

bool text_next_run(const char *text, size_t len, size_t from, size_t min,
    struct text_block *out)
{
	for (size_t i = from; i < len; i++) {
		size_t start = i;
		while (i < len && is_digit64(text[i]))
			i++;
		if (i - start >= min) {
			*out = (struct text_block){ start, i - start, false,
				true };
			return true;
		}
	}
	return false;
}

/* The white space at i that may stand inside of a block: 0 when an empty line
 * ends it. */
static size_t gap_in_block(const char *text, size_t len, size_t i)
{
	size_t start = i, lines = 0;

	for (; i < len && str_is_space(text[i]); i++)
		lines += text[i] == '\n';
	return lines <= 1 ? i - start : 0;
}

/* One block from `start`, which is a digit of base64. */
static struct text_block block_at(const char *text, size_t len, size_t start)
{
	struct text_block b = { start, 0, false, true };
	size_t i = start, gap = 0, first = 0;

	for (;;) {
		size_t line = i;
		while (i < len && is_digit64(text[i]))
			i++;
		b.len = i - start;
		first = first ? first : i - line;
		b.regular &= i - line <= first;
		gap = gap_in_block(text, len, i);
		if (gap == 0 || i + gap >= len || !is_digit64(text[i + gap]))
			return b;
		b.joined = true;
		b.regular &= i - line == first && first % 4 == 0;
		i += gap;
	}
}

/*
 * Every group of ASCII text that begins below 'h' begins with a capital in
 * base64, so that a short block with fewer than three of them is just words.
 */
static bool is_just_words(const char *text, const struct text_block *b)
{
	enum {
		SHORT = 256,
		CAPITALS = 3
	};
	size_t capitals = 0;

	if (b->len > SHORT)
		return false;
	for (size_t i = b->start; i < b->start + b->len; i++)
		capitals += text[i] >= 'A' && text[i] <= 'Z';
	return capitals < CAPITALS;
}

bool text_next_block(
    const char *text, size_t len, size_t from, struct text_block *out)
{
	for (size_t i = from; i < len; i++) {
		if (!is_digit64(text[i]))
			continue;
		*out = block_at(text, len, i);
		if (out->len >= TEXT_BASE64_MIN && !is_just_words(text, out))
			return true;
		i = out->start + out->len;
	}
	return false;
}

/* ---- What bytes look like */

struct signature {
	const char *name;
	const char *bytes;
	size_t len;
};

static bool begins_with(
    const char *bytes, size_t len, const char *sig, size_t sig_len)
{
	return len >= sig_len && memcmp(bytes, sig, sig_len) == 0;
}

bool text_is_plausible(const char *bytes, size_t len)
{
	size_t sample = len < 256 ? len : 256, odd = 0;

	if (text_is_like_xml(bytes, len))
		return true;
	for (size_t i = 0; i < sample;) {
		uint32_t c;
		size_t n = str_utf8(bytes + i, len - i, &c);
		if (n == 0 || (c < 0x20 && !str_is_space(bytes[i])))
			odd++;
		i += n ? n : 1;
	}
	/* Latin-1 letters and the NULs of UTF-16 are odd too, but regular. */
	return odd == 0 || (sample >= 2 && (!bytes[0] || !bytes[1])) ||
	       odd * 8 < sample;
}

bool text_is_like_xml(const char *bytes, size_t len)
{
	static const struct signature encoded[] = {
		{ "UTF-16BE", "\xFE\xFF", 2 },
		{ "UTF-16LE", "\xFF\xFE", 2 },
		{ "UTF-16BE", "\0<", 2 },
		{ "UTF-16LE", "<\0", 2 },
		{ "UTF-32BE", "\0\0\0<", 4 },
		{ "UTF-32BE", "\0\0\xFE\xFF", 4 },
		{ "EBCDIC", "\x4C\x6F\xA7\x94", 4 },
	};
	size_t i = 0;

	for (size_t n = 0; n < COUNTOF(encoded); n++)
		if (begins_with(bytes, len, encoded[n].bytes, encoded[n].len))
			return true;
	if (begins_with(bytes, len, "\xEF\xBB\xBF", 3))
		i = 3;
	while (i < len && str_is_space(bytes[i]))
		i++;
	return i + 1 < len && bytes[i] == '<' &&
	       (str_is_alpha(bytes[i + 1]) || strchr("_?!", bytes[i + 1]) ||
		   (unsigned char)bytes[i + 1] >= 0x80);
}

const char *text_packed_format(const char *bytes, size_t len)
{
	static const struct signature packed[] = {
		{ "gzip", "\x1F\x8B\x08", 3 },
		{ "ZIP", "PK\3\4", 4 },
		{ "bzip2", "BZh", 3 },
		{ "xz",
		    "\xFD"
		    "7zXZ\0",
		    6 },
		{ "7z", "7z\xBC\xAF\x27\x1C", 6 },
		{ "zstd", "\x28\xB5\x2F\xFD", 4 },
		{ "RAR", "Rar!\x1A\7", 6 },
		{ "PDF", "%PDF-", 5 },
		{ "PNG", "\x89PNG", 4 },
		{ "JPEG", "\xFF\xD8\xFF", 3 },
		{ "GIF", "GIF8", 4 },
		{ "TIFF", "II*\0", 4 },
		{ "TIFF", "MM\0*", 4 },
		{ "RIFF", "RIFF", 4 },
		{ "OLE", "\xD0\xCF\x11\xE0", 4 },
		{ "Ogg", "OggS", 4 },
		{ "PGP", "-----BEGIN PGP MESSAGE", 22 },
		{ "CMS, encrypted", "-----BEGIN PKCS7", 16 },
	};

	if (len < 20)
		return NULL;
	for (size_t n = 0; n < COUNTOF(packed); n++)
		if (begins_with(bytes, len, packed[n].bytes, packed[n].len))
			return packed[n].name;
	if (len > 132 && memcmp(bytes + 128, "DICM", 4) == 0)
		return "DICOM";
	if (memcmp(bytes + 4, "ftyp", 4) == 0)
		return "MP4";
	/* envelopedData, 1.2.840.113549.1.7.3, near the beginning */
	if (bytes[0] == '\x30' &&
	    memmem(bytes, len < 64 ? len : 64,
		"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03", 11))
		return "CMS, encrypted";
	return NULL;
}

bool text_is_der(const char *bytes, size_t len)
{
	const unsigned char *u = (const unsigned char *)bytes;
	size_t digits, told = 0;

	if (len < 4 || u[0] != 0x30)
		return false;
	if (u[1] < 0x80)
		return u[1] + (size_t)2 <= len && len <= u[1] + (size_t)5;
	digits = u[1] & 0x7f;
	if (digits < 1 || digits > 3)
		return false;
	for (size_t i = 0; i < digits; i++)
		told = told << 8 | u[2 + i];
	told += 2 + digits;
	return told <= len && len <= told + 3;
}

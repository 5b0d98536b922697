/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/encoding.h"

#include "base/limits.h"
#include "base/str.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

enum {
	DECLARATION = 512, /* bytes in which <?xml … ?> must end */
	CHUNK = 65536,
};

/* What a declaration may say, and what iconv calls it; NULL = as it is. */
static const struct {
	const char *name, *charset;
} encodings[] = {
	{ "UTF-8", NULL },
	{ "UTF8", NULL },
	{ "US-ASCII", "ASCII" },
	{ "ASCII", "ASCII" },
	{ "ISO-8859-1", "ISO-8859-1" },
	{ "LATIN1", "ISO-8859-1" },
	{ "ISO-8859-15", "ISO-8859-15" },
	{ "WINDOWS-1252", "CP1252" },
};

/* How the first bytes of a file give its encoding away. */
static const struct signature {
	const char *bytes;
	size_t len, skip;
	const char *charset; /* NULL = UTF-8, "" = refused */
} signatures[] = {
	{ "\xEF\xBB\xBF", 3, 3, NULL },
	{ "\xFF\xFE\0\0", 4, 4, "" },
	{ "\0\0\xFE\xFF", 4, 4, "" },
	{ "<\0\0\0", 4, 0, "" },
	{ "\0\0\0<", 4, 0, "" },
	{ "\xFF\xFE", 2, 2, "UTF-16LE" },
	{ "\xFE\xFF", 2, 2, "UTF-16BE" },
	{ "<\0", 2, 0, "UTF-16LE" },
	{ "\0<", 2, 0, "UTF-16BE" },
};

void xml_advance(unsigned *line, unsigned *column, const char *text, size_t len)
{
	const char *end = text + len;
	for (;;) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		if (!eol)
			break;
		++*line;
		*column = 1;
		text = eol + 1;
	}
	unsigned characters = 0;
	for (; text < end; text++)
		characters += ((unsigned char)*text & 0xC0) != 0x80;
	*column += characters;
}

/* What the parts of one conversion share. */
struct converting {
	const char *name;
	size_t skipped; /* bytes of the mark in front of the text */
	struct xml_fault *why;
	struct err *err;
};

/* The failure at byte `at` of UTF-8 `text`. */
static int fail_at(
    const struct converting *c, const char *text, size_t at, const char *words)
{
	unsigned line = 1, column = 1;
	xml_advance(&line, &column, text, at);
	return err_at(c->err, ERR_XML, c->name, line, column, "%s", words);
}

static int convert(const struct converting *c, const char *charset,
    const char *text, size_t len, struct buf *to)
{
	const char *start = text;
	iconv_t cd = iconv_open("UTF-8", charset);
	if (cd == (iconv_t)-1)
		return err_errno(
		    c->err, ERR_INTERNAL, "cannot convert from %s", charset);
	char words[80], byte[24];
	snprintf(words, sizeof(words), "these bytes are not %s", charset);
	int rc = 0;
	char *in = (char *)(uintptr_t)text; /* iconv does not write to it */
	while (len > 0 && rc == 0) {
		char *out = buf_reserve(to, CHUNK);
		if (!out)
			break;
		size_t room = CHUNK;
		size_t done = iconv(cd, &in, &len, &out, &room);
		buf_grew(to, CHUNK - room);
		if (done == (size_t)-1 && errno != E2BIG) {
			snprintf(byte, sizeof(byte), "%zu",
			    (size_t)(in - start) + c->skipped);
			xml_fault_set(c->why, XML_FAULT_ENCODING_BYTES, charset,
			    byte, NULL);
			rc = fail_at(c, to->ptr, to->len, words);
		}
	}
	iconv_close(cd);
	if (rc == 0 && to->overflow)
		xml_fault_set_number(c->why, XML_FAULT_TOO_LARGE, to->cap);
	return rc == 0 ? buf_check(to, c->name, c->err) : rc;
}

/* The value of encoding="…" in an XML declaration, or "" for none. */
static void declared(const char *text, size_t len, char *out, size_t size)
{
	char head[DECLARATION + 1];
	size_t n = len < DECLARATION ? len : DECLARATION;
	memcpy(head, text, n);
	head[n] = '\0';
	out[0] = '\0';
	char *end = strstr(head, "?>");
	if (!str_starts(head, "<?xml") || !str_is_space(head[5]) || !end)
		return;
	*end = '\0';
	const char *at = strstr(head, "encoding");
	if (!at)
		return;
	at += strlen("encoding");
	at += strspn(at, " \t\r\n=");
	if (*at != '"' && *at != '\'')
		return;
	const char quote[] = { *at++, '\0' };
	size_t value = strcspn(at, quote);
	if (value < size)
		size = value + 1;
	str_copy(out, size, at);
}

/* The declaration against what the bytes are. */
static int charset_of(const struct converting *c, const char *said, bool marked,
    const char **charset)
{
	if (!said[0])
		return 0;
	for (size_t i = 0; i < COUNTOF(encodings); i++) {
		if (strcasecmp(said, encodings[i].name) != 0)
			continue;
		if (!marked || !encodings[i].charset) {
			*charset = encodings[i].charset;
			return 0;
		}
	}
	if (marked || strncasecmp(said, "UTF-16", 6) == 0) {
		xml_fault_set(
		    c->why, XML_FAULT_ENCODING_CONTRADICTED, said, NULL, NULL);
		err_at(c->err, ERR_XML, c->name, 1, 1,
		    "it declares the encoding '%s', but its bytes are UTF-8",
		    said);
		return err_hint(c->err,
		    "write encoding=\"UTF-8\", or leave the encoding out");
	}
	xml_fault_set(c->why, XML_FAULT_ENCODING_UNKNOWN, said, NULL, NULL);
	err_at(c->err, ERR_XML, c->name, 1, 1,
	    "it declares the encoding '%s', which is not read here", said);
	return err_hint(c->err, "write the file as UTF-8");
}

/* A byte that is no UTF-8: which, where, and the letter that it is in
 * ISO-8859-1, for that is what it nearly always was meant to be. */
static void tell_byte(
    const struct converting *c, const char *text, size_t len, size_t at)
{
	unsigned char byte = (unsigned char)text[at];
	bool alone =
	    at + 1 == len || ((unsigned char)text[at + 1] & 0xC0) != 0x80;
	char hex[8], place[24];
	const char letter[] = { (char)(0xC0 | byte >> 6),
		(char)(0x80 | (byte & 0x3F)), '\0' };
	snprintf(hex, sizeof(hex), "0x%02X", byte);
	snprintf(place, sizeof(place), "%zu", at + c->skipped);
	if (byte > 0xA0 && alone)
		xml_fault_set(
		    c->why, XML_FAULT_BYTE_LATIN1, hex, place, letter);
	else
		xml_fault_set(
		    c->why, XML_FAULT_BYTE_NOT_UTF8, hex, place, NULL);
}

/* No NUL, and UTF-8 throughout. */
static int check_text(const struct converting *c, const char *text, size_t len)
{
	const char *nul = memchr(text, '\0', len);
	if (nul) {
		xml_fault_set_number(
		    c->why, XML_FAULT_NUL, (size_t)(nul - text) + c->skipped);
		return fail_at(
		    c, text, (size_t)(nul - text), "a NUL byte is not XML");
	}
	size_t good = str_utf8_span(text, len);
	if (good < len) {
		tell_byte(c, text, len, good);
		return fail_at(c, text, good, "this byte is not UTF-8");
	}
	return 0;
}

static const struct signature *signature_of(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNTOF(signatures); i++)
		if (len >= signatures[i].len &&
		    memcmp(text, signatures[i].bytes, signatures[i].len) == 0)
			return &signatures[i];
	return NULL;
}

void xml_encoding(char out[XML_ENCODING], const char *text, size_t len)
{
	const struct signature *sig = signature_of(text, len);

	str_copy(out, XML_ENCODING, "UTF-8");
	if (sig && sig->charset)
		str_copy(
		    out, XML_ENCODING, *sig->charset ? "UTF-16" : "UTF-32");
	if (sig)
		return;
	char said[XML_ENCODING];
	declared(text, len, said, sizeof(said));
	if (*said)
		str_copy(out, XML_ENCODING, said);
}

int xml_to_utf8(const char **text, size_t *len, struct buf *own,
    const char *name, struct xml_fault *why, struct err *err)
{
	const struct signature *sig = signature_of(*text, *len);
	struct converting c = { name, sig ? sig->skip : 0, why, err };
	const char *charset = sig ? sig->charset : NULL;
	*text += c.skipped;
	*len -= c.skipped;
	if (charset && !*charset) {
		xml_fault_set(why, XML_FAULT_ENCODING_UTF32, NULL, NULL, NULL);
		err_at(err, ERR_XML, name, 1, 1,
		    "it is UTF-32, which is not read here");
		return err_hint(err, "write the file as UTF-8");
	}
	/* UTF-16 is what it is, whatever the declaration says. */
	char said[64];
	if (!charset) {
		declared(*text, *len, said, sizeof(said));
		if (charset_of(&c, said, sig, &charset) < 0)
			return -1;
	}
	if (charset) {
		if (convert(&c, charset, *text, *len, own) < 0)
			return -1;
		*text = own->ptr;
		*len = own->len;
	}
	return check_text(&c, *text, *len);
}

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_MIME_H
#define KANTA_MIME_H

#include "base/buf.h"
#include "base/vec.h"
#include "base/words.h"

/*
 * The MIME multipart that carries the document inside clinicalDocument/text
 * (facts 1.6.1): one part, base64 of the whole signed ClinicalDocument. After
 * XML parsing its line ends are LF; real messages also lose the white space
 * before a folded "boundary=" line, so a header line without a colon continues
 * the one before (seen in the 2017 HUS message).
 */
struct mime_part {
	char *content_type; /* without parameters, lower case */
	char *content_id;   /* without < >, "" = none */
	bool base64;
	const char *data; /* borrowed from the parsed text, still encoded */
	size_t len;
};
/* Why a MIME text cannot be read, as a code: who tells people can do so in
 * their language. struct err says the same in English. */
enum mime_fault_kind {
	MIME_OK,
	MIME_NO_FIELD,	  /* a line that is no header field */
	MIME_FIELD_TWICE, /* a header field that stood there before */
	MIME_HEAD_OPEN,	  /* no empty line behind a header */
	MIME_NOT_MULTIPART,
	MIME_NO_BOUNDARY,  /* Content-Type names none */
	MIME_NO_DELIMITER, /* no line begins with it */
	MIME_ENCODING,	   /* word: the Content-Transfer-Encoding */
	MIME_PARTS,	   /* word: how many there are */
	MIME_NOT_CLOSED,   /* no closing boundary */
	MIME_BASE64_BYTE,  /* word: the byte, "0x2D" */
	MIME_BASE64_CUT,
	MIME_TOO_LARGE,
	MIME_HEAD_LONG,	 /* a header field above LIMIT_HEAD */
	MIME_NO_TEXT,	 /* no text element (kanta/frame.h) */
	MIME_MEDIA_TYPE, /* word: the text element's attribute (likewise) */
	MIME_FAULT_COUNT
};
struct mime_fault {
	enum mime_fault_kind kind;
	unsigned line; /* of the MIME text, from 1; 0 = the whole */
	char word[80];
};

/* Its sentence; W_none for MIME_OK. */
struct note mime_fault_say(const struct mime_fault *f);

struct mime {
	VEC(struct mime_part);
	bool closed;		 /* the closing boundary was there */
	struct mime_fault fault; /* when reading failed */
};

/*
 * Reads `text` (which must outlive the parts). ERR_KANTA says what is wrong
 * and in which line of the MIME text; ERR_LIMIT above LIMIT_MIME_PARTS.
 */
NODISCARD int mime_parse(
    struct mime *m, const char *text, size_t len, struct err *err);
void mime_release(struct mime *m);

/* What keeps base64 from being decoded, told by the line of `text` (the whole
 * MIME text) that it stands in. `part` lies within `text`. */
struct mime_fault mime_part_fault(
    const char *text, const struct mime_part *part);

/* The part's bytes, decoded. ERR_KANTA for what is no base64. */
NODISCARD int mime_decode(
    const struct mime_part *part, struct buf *to, struct err *err);

/*
 * The two ends of a multipart with one part, as in the real messages: header
 * lines, part header lines, base64 in lines of 76. Whoever writes one escapes
 * them and puts the base64 between (it needs no escaping in XML). `content_id`
 * is the document's OID; `boundary` must not occur in base64 (begin it with
 * "----=_").
 */
#define MIME_LINE 76
void mime_open(struct buf *to, const char *boundary, const char *message_id,
    const char *content_id);
void mime_close(struct buf *to, const char *boundary);

/*
 * Standard base64 (RFC 4648 4), in lines of `wrap` characters (a multiple of
 * four; 0 = one line) without a line end behind the last. Decoding skips XML
 * white space and nothing else, and wants the padding.
 */
void base64_encode(struct buf *to, const void *data, size_t len, unsigned wrap);
NODISCARD int base64_decode(
    struct buf *to, const char *text, size_t len, struct err *err);
/* The offset of the first character that is no base64; `len` = none is. */
size_t base64_bad(const char *text, size_t len);

#endif

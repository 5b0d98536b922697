/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_MIME_H
#define KANTA_MIME_H

#include "base/buf.h"
#include "base/vec.h"

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
struct mime {
	VEC(struct mime_part);
	bool closed; /* the closing boundary was there */
};

/*
 * Reads `text` (which must outlive the parts). ERR_KANTA says what is wrong
 * and in which line of the MIME text; ERR_LIMIT above LIMIT_MIME_PARTS.
 */
NODISCARD int mime_parse(
    struct mime *m, const char *text, size_t len, struct err *err);
void mime_release(struct mime *m);

/* The part's bytes, decoded. ERR_KANTA for what is no base64. */
NODISCARD int mime_decode(
    const struct mime_part *part, struct buf *to, struct err *err);

/*
 * The multipart with one part, as in the real messages: header lines, part
 * header lines, base64 in lines of 76. `content_id` is the document's OID;
 * `boundary` must not occur in base64 (begin it with "----=_").
 */
void mime_write(struct buf *to, const char *boundary, const char *message_id,
    const char *content_id, const void *document, size_t len);

/* Its two ends, for who escapes them and puts the base64 between (it needs no
 * escaping in XML). */
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

#endif

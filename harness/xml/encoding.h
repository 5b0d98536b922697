/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_ENCODING_H
#define XML_ENCODING_H

#include "base/buf.h"
#include "base/err.h"
#include "xml/fault.h"

/*
 * The bytes of an XML file as UTF-8 text without a byte order mark, before any
 * parser sees them: so that positions, excerpts and the parser speak of the
 * same characters, and so that no byte is hidden from anybody (a NUL ends the
 * text for libxml2 2.9 without a word).
 *
 * `text` and `len` give the bytes and get the text: the same bytes where they
 * are UTF-8 already (most are: nothing is copied), else those of `own`, which
 * the caller releases. Known are UTF-8, US-ASCII, UTF-16, ISO-8859-1,
 * ISO-8859-15 and windows-1252. ERR_XML with line and column; `why` may be
 * NULL.
 */
NODISCARD int xml_to_utf8(const char **text, size_t *len, struct buf *own,
    const char *name, struct xml_fault *why, struct err *err);

/*
 * What the bytes say of their encoding, by a mark or the declaration: "UTF-8"
 * when they say nothing, "UTF-16", or the declaration's own word.
 */
#define XML_ENCODING 64
void xml_encoding(char out[XML_ENCODING], const char *text, size_t len);

/* Moves line and column (from 1, in characters) over `len` bytes of UTF-8. */
void xml_advance(
    unsigned *line, unsigned *column, const char *text, size_t len);

#endif

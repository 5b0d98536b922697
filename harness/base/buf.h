/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/compiler.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdint.h>

/*
 * Bytes that grow up to a cap. `ptr` is never NULL and always NUL-terminated
 * (embedded NULs are fine: `len` counts). An append that would cross the cap
 * adds nothing and sets `overflow`, which stays; a writer appends straight on
 * and asks buf_check once at its end.
 */
struct buf {
	char *ptr;
	size_t len, alloc, cap;
	bool overflow;
};

/* Static initialiser; `cap` is the greatest length in bytes. */
#define BUF_INIT(cap_)            \
 {                                \
  .ptr = buf_empty, .cap = (cap_) \
 }
extern char buf_empty[1];

void buf_init(struct buf *b, size_t cap);
void buf_release(struct buf *b); /* back to empty, the cap stays */
void buf_clear(struct buf *b);	 /* length 0, memory stays */

void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/*
 * Text escaped for XML, in element content and in attribute values alike.
 * Characters that XML 1.0 cannot hold, and bytes that are not UTF-8, become
 * U+FFFD. Quotes, <, >, &, tab and line ends are escaped so that any parser
 * gives back the same characters.
 */
void buf_add_xml(struct buf *b, const char *s, size_t len);
void buf_add_xmls(struct buf *b, const char *s);

/* Room for `len` more bytes at the end, to be filled by the caller, who then
 * calls buf_grew; NULL (and overflow) when that crosses the cap. */
char *buf_reserve(struct buf *b, size_t len);
/* So many bytes were written into the room: counts and ends them. */
void buf_grew(struct buf *b, size_t len);

/* Gives the memory away (malloc'ed, NUL-terminated) and empties the buffer. */
char *buf_detach(struct buf *b, size_t *len);

/* 0, or ERR_LIMIT with `what` and the cap in its message. */
NODISCARD int buf_check(const struct buf *b, const char *what, struct err *err);

/*
 * A whole file, or all that `fd` gives. ERR_LIMIT over the buffer's cap,
 * ERR_IO when it cannot be read; the message names the file.
 */
NODISCARD int buf_read_file(struct buf *b, const char *path, struct err *err);
NODISCARD int buf_read_fd(
    struct buf *b, int fd, const char *name, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/str.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char buf_empty[1] = "";

void buf_init(struct buf *b, size_t cap)
{
	*b = (struct buf)BUF_INIT(cap);
}

void buf_release(struct buf *b)
{
	if (b->alloc)
		free(b->ptr);
	buf_init(b, b->cap);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->alloc)
		b->ptr[0] = '\0';
}

char *buf_reserve(struct buf *b, size_t len)
{
	if (b->overflow || len > b->cap || b->len > b->cap - len) {
		b->overflow = true;
		return NULL;
	}
	size_t need = b->len + len + 1;
	if (need > b->alloc) {
		size_t alloc = b->alloc ? b->alloc : 64;
		while (alloc < need)
			alloc *= 2;
		b->ptr = xreallocarray(b->alloc ? b->ptr : NULL, alloc, 1);
		b->alloc = alloc;
		b->ptr[b->len] = '\0';
	}
	return b->ptr + b->len;
}

void buf_grew(struct buf *b, size_t len)
{
	if (len == 0)
		return;
	if (b->len + len >= b->alloc)
		BUG("a buffer grew beyond its room");
	b->len += len;
	b->ptr[b->len] = '\0';
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	char *to = buf_reserve(b, len);
	if (!to)
		return;
	memcpy(to, data, len);
	to[len] = '\0';
	b->len += len;
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	if (n < 0)
		BUG("vsnprintf failed");
	char *to = buf_reserve(b, (size_t)n);
	if (to) {
		vsnprintf(to, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	buf_vaddf(b, fmt, args);
	va_end(args);
}

/* What a character becomes in XML; NULL = itself. */
static const char *xml_escape(uint32_t c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		break;
	}
	if (c < 0x20 || c == 0xFFFE || c == 0xFFFF)
		return "\xEF\xBF\xBD";
	return NULL;
}

void buf_add_xml(struct buf *b, const char *s, size_t len)
{
	size_t plain = 0; /* start of the run not yet added */
	for (size_t i = 0; i < len;) {
		uint32_t c = 0;
		size_t n = str_utf8(s + i, len - i, &c);
		const char *as = n ? xml_escape(c) : "\xEF\xBF\xBD";
		n = n ? n : 1;
		if (as) {
			buf_add(b, s + plain, i - plain);
			buf_adds(b, as);
			plain = i + n;
		}
		i += n;
	}
	buf_add(b, s + plain, len - plain);
}

void buf_add_xmls(struct buf *b, const char *s)
{
	buf_add_xml(b, s, strlen(s));
}

char *buf_detach(struct buf *b, size_t *len)
{
	if (len)
		*len = b->len;
	char *out = b->alloc ? b->ptr : xstrdup("");
	buf_init(b, b->cap);
	return out;
}

int buf_check(const struct buf *b, const char *what, struct err *err)
{
	if (!b->overflow)
		return 0;
	return err_set(
	    err, ERR_LIMIT, "%s is larger than %zu bytes", what, b->cap);
}

int buf_read_fd(struct buf *b, int fd, const char *name, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		if ((uintmax_t)st.st_size > b->cap)
			b->overflow = true;
		else
			buf_reserve(b, (size_t)st.st_size);
	}
	while (!b->overflow) {
		/* What lies beyond the cap sets overflow. */
		char chunk[16384];
		ssize_t n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(err, ERR_IO, "cannot read '%s'", name);
		if (n == 0)
			return 0;
		buf_add(b, chunk, (size_t)n);
	}
	return err_set(
	    err, ERR_LIMIT, "'%s' is larger than %zu bytes", name, b->cap);
}

int buf_read_file(struct buf *b, const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, ERR_IO, "cannot open '%s'", path);
	int rc = buf_read_fd(b, fd, path, err);
	close(fd);
	return rc;
}

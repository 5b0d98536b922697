/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

_Noreturn void bug_at(const char *file, int line, const char *why)
{
	fprintf(stderr,
	    "esitesti: %s:%d: a fault in esitesti itself: %s\n"
	    "  hint: please report it with the command that you gave\n",
	    file, line, why);
	abort();
}

static void set_message(struct err *err, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static void set_message(struct err *err, const char *fmt, va_list args)
{
	vsnprintf(err->msg, sizeof(err->msg), fmt, args);
	/* it quotes what others wrote, and may be cut within a character */
	str_clean(err->msg);
}

int err_set(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	if (err->kind != ERR_NONE)
		return -1;
	err->kind = kind;

	va_list args;
	va_start(args, fmt);
	set_message(err, fmt, args);
	va_end(args);
	return -1;
}

int err_at(struct err *err, enum err_kind kind, const char *file, unsigned line,
    unsigned column, const char *fmt, ...)
{
	if (err->kind != ERR_NONE)
		return -1;
	err->kind = kind;
	err->line = line;
	err->column = column;
	str_copy(err->file, sizeof(err->file), file);
	str_clean(err->file);

	va_list args;
	va_start(args, fmt);
	set_message(err, fmt, args);
	va_end(args);
	return -1;
}

int err_errno(struct err *err, enum err_kind kind, const char *fmt, ...)
{
	int saved = errno;
	if (err->kind != ERR_NONE)
		return -1;
	err->kind = kind;

	va_list args;
	va_start(args, fmt);
	set_message(err, fmt, args);
	va_end(args);

	char why[128] = "";
	const char *text = strerror_r(saved, why, sizeof(why));
	size_t used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", text);
	return -1;
}

int err_wrap(struct err *err, const char *fmt, ...)
{
	char inner[sizeof(err->msg)];
	str_copy(inner, sizeof(inner), err->msg);

	va_list args;
	va_start(args, fmt);
	set_message(err, fmt, args);
	va_end(args);

	size_t used = strlen(err->msg);
	snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
	str_clean(err->msg);
	return -1;
}

int err_hint(struct err *err, const char *fmt, ...)
{
	if (err->hint[0])
		return -1;
	va_list args;
	va_start(args, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, args);
	str_clean(err->hint);
	va_end(args);
	return -1;
}

void err_excerpt(struct err *err, const char *text, size_t len)
{
	if (err->line == 0)
		return;
	const char *end = text + len;
	const char *at = text;
	for (unsigned n = 1; n < err->line; n++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		if (!eol)
			return;
		at = eol + 1;
	}
	const char *eol = memchr(at, '\n', (size_t)(end - at));
	size_t n = (size_t)((eol ? eol : end) - at);
	if (n > 0 && at[n - 1] == '\r')
		n--;
	/* A long line would push the caret off any screen. */
	if (n >= sizeof(err->excerpt))
		return;
	memcpy(err->excerpt, at, n);
	err->excerpt[n] = '\0';
	str_clean(err->excerpt);
}

static void print_caret(FILE *to, const struct err *err)
{
	fprintf(to, "  %s\n  ", err->excerpt);
	/* A column is a character: a tab stays a tab, a letter of several
	 * bytes is one space. */
	unsigned column = 1;
	for (const char *p = err->excerpt; *p && column < err->column; p++) {
		if (((unsigned char)p[1] & 0xC0) == 0x80)
			continue;
		fputc(*p == '\t' ? '\t' : ' ', to);
		column++;
	}
	fputs("^\n", to);
}

void err_print(FILE *to, const struct err *err)
{
	fputs("esitesti: ", to);
	if (err->file[0]) {
		fputs(err->file, to);
		if (err->line)
			fprintf(to, ":%u", err->line);
		if (err->line && err->column)
			fprintf(to, ":%u", err->column);
		fputs(": ", to);
	}
	fprintf(to, "%s\n", err->msg);
	if (err->excerpt[0] && err->column)
		print_caret(to, err);
	if (err->hint[0])
		fprintf(to, "  hint: %s\n", err->hint);
}

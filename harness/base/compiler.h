/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A result that must be looked at: a lost failure is a lie in a report. */
#define NODISCARD	       __attribute__((warn_unused_result))

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#define COUNTOF(array)	       (sizeof(array) / sizeof((array)[0]))

/* A broken invariant of ours, never an error of the user's: say where, abort.
 */
#define BUG(why) bug_at(__FILE__, __LINE__, (why))
__attribute__((noreturn)) void bug_at(
    const char *file, int line, const char *why);

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

#endif

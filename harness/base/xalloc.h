/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include "base/compiler.h"

/*
 * Allocation that ends the program when memory runs out: a test tool has no
 * better plan, and every size that comes from outside has a cap in limits.h.
 */
void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));
void *xreallocarray(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n)
    __attribute__((malloc, returns_nonnull));
/* `len` bytes of anything, and a NUL behind them. */
char *xmemdup(const void *bytes, size_t len)
    __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2)
    __attribute__((malloc, returns_nonnull));

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SAXON_INSIDE_H
#define CHECK_SAXON_INSIDE_H

#include "base/command.h"
#include "check/saxon.h"

/* What running it once and running it over many have in common. */

/* A new folder of its own for each, malloc'ed; NULL with `err` set. */
char *saxon_folder(struct err *err);
NODISCARD int saxon_put(const char *dir, const char *name, const void *data,
    size_t len, struct err *err);
/* Java with the words behind it, in `how->dir`, by its deadline. ERR_CASE. */
NODISCARD int saxon_start(const struct command *how, const char *words,
    struct buf *out, struct err *err);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_STYLE_H
#define REPORT_STYLE_H

#include "base/buf.h"
#include "base/words.h"

/*
 * A stylesheet that anybody may have changed, run so that it can do nothing
 * but turn one document into another: no file is read or written, no network
 * touched, no other stylesheet included, and the work is capped.
 */
struct style;

/* NULL with ERR_CASE (place and what libxslt said) or ERR_IO. */
struct style *style_load(const char *path, enum lang lang, struct err *err);
void style_free(struct style *s);

/*
 * Applies it to `page` (XML) and adds the result as HTML in XML syntax.
 * ERR_CASE when the stylesheet fails, also when it asks for a word that is not
 * in the catalogue.
 */
NODISCARD int style_apply(
    struct style *s, const struct buf *page, struct buf *to, struct err *err);

#endif

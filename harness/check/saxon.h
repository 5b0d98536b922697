/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SAXON_H
#define CHECK_SAXON_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Saxon, a program in Java, for rule sets whose expressions are XPath 2 or 3
 * (xml/schematron.h). It is a process of its own with a deadline and an empty
 * environment, in a folder that holds nothing but the stylesheet and the
 * document; the stylesheet was made by us and calls no function that reads
 * anything else.
 */

/* Whether Java and Saxon are installed: "java" in /usr/bin, and
 * $SAXON_JAR or /usr/share/java/Saxon-HE.jar. */
bool saxon_is_there(void);

/*
 * What the stylesheet makes of the document is added to `out` (the cap is the
 * buffer's). ERR_CASE with Saxon's words, ERR_LIMIT.
 */
NODISCARD int saxon_run(const char *sheet, const void *document, size_t len,
    struct buf *out, struct err *err);

#endif

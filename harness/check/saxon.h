/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_SAXON_H
#define CHECK_SAXON_H

#include "base/buf.h"
#include "base/err.h"

#include <stdatomic.h>

/*
 * Saxon, a program in Java, for rule sets whose expressions are XPath 2 or 3
 * (xml/schematron.h). It is a process of its own with a deadline and an empty
 * environment, in a folder that holds nothing but the stylesheet and the
 * document; the stylesheet was made by us and calls no function that reads
 * anything else.
 */

/* Whether Java and Saxon are installed: $JAVA_HOME/bin/java or /usr/bin/java,
 * and $SAXON_JAR or /usr/share/java/Saxon-HE.jar. */
bool saxon_is_there(void);

/*
 * What the stylesheet makes of the document is added to `out` (the cap is the
 * buffer's). ERR_CASE with Saxon's words, ERR_LIMIT.
 */
NODISCARD int saxon_run(const char *sheet, const void *document, size_t len,
    struct buf *out, struct err *err);

/*
 * Many documents: Java takes longer to start than to check one. They are piled
 * up, a process goes over all of them for each stylesheet, and each one's
 * result is taken. Who ends the process, or takes longer than one document may,
 * has failed; another process goes over those that were behind it.
 */
struct saxon_pile;
struct saxon_pile *saxon_pile_new(struct err *err);
void saxon_pile_free(struct saxon_pile *pile);
/* The same bytes are piled up once. ERR_IO; ERR_LIMIT when the pile is full. */
NODISCARD int saxon_pile_add(
    struct saxon_pile *pile, const void *document, size_t len, struct err *err);
/* Once for each stylesheet; `stopped` as in base/command.h. */
void saxon_pile_run(
    struct saxon_pile *pile, const char *sheet, const atomic_int *stopped);
/*
 * From any thread: 1 and what the stylesheet made of the document, or 0 when
 * nothing is known of it, as of one that is not in the pile. -1: it failed.
 */
NODISCARD int saxon_pile_take(const struct saxon_pile *pile, const char *sheet,
    const void *document, size_t len, struct buf *out, struct err *err);

#endif

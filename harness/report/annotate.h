/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_ANNOTATE_H
#define REPORT_ANNOTATE_H

#include "base/buf.h"

/* What GitHub's workflow commands of runs and of checks share (github.c). */

/* A message escapes what would end it; a property also what separates. */
void annotation_escape(struct buf *to, const char *s, bool property);
/* A file as the repository knows it; malloc'ed, NULL = it is not in it.
 * `workspace` is the repository's folder, or NULL. */
char *annotation_path(const char *workspace, const char *file);

#endif

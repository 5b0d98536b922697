/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

/*
 * Other people's files, which are not part of this repository: $ESITESTI_CORPUS
 * or ../shared/corpus. corpus_path gives NULL, after a line that says so, where
 * they are not: the test is then skipped.
 */
#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline char *corpus_path(const char *name)
{
	const char *dir = getenv("ESITESTI_CORPUS");
	char *path = xasprintf("%s/%s", dir ? dir : "../shared/corpus", name);
	if (access(path, R_OK) == 0)
		return path;
	printf("# skipped: no '%s'\n", path);
	free(path);
	return NULL;
}

#define HUS_MESSAGE "hus-messages/RCMR_IN100002FI01.xml"
#define HUS_DOCUMENT \
 "hus-messages/RCMR_IN100002FI01.decoded-mime-part.ClinicalDocument.xml"

#endif

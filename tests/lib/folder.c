/* SPDX-License-Identifier: Apache-2.0 */
#include "folder.h"

#include "base/file.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

char *folder;

int folder_begin(void **state)
{
	const char *tmp = getenv("TMPDIR");
	(void)state;
	folder =
	    xasprintf("%s/esitesti-test.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

int folder_end(void **state)
{
	(void)state;
	int rc = dir_remove(folder);
	free(folder);
	folder = NULL;
	return rc;
}

char *folder_put(const char *name, const char *text)
{
	struct err err = { 0 };
	char *path = path_join(folder, name);
	if (file_write_whole(path, text, strlen(text), 0600, &err) < 0) {
		err_print(stderr, &err);
		abort();
	}
	return path;
}

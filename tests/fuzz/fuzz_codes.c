/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "check/codes.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * A code list, as XML, in a folder and as CSV: it loads, or fails with a
 * reason.
 *
 * Parser: harness/check/codes.c harness/check/codes-csv.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/dev/shm/esitesti-fuzz.XXXXXX";

static void remove_folder(void)
{
	(void)dir_remove(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(folder))
		return -1;
	atexit(remove_folder);
	return 0;
}

static void use(const struct code_lists *lists)
{
	const struct code_list *list = code_lists_find(lists, "1.2.3");
	for (size_t i = 0; list && i < list->count; i++)
		if (!code_list_row(list, list->rows[i].code))
			BUG("a code that its own list does not find");
}

typedef int adder(struct code_lists *lists, const char *spec, struct err *err);

static void add(adder *by, const char *spec)
{
	struct code_lists *lists = code_lists_new();
	struct err err = { 0 };
	if (by(lists, spec, &err) == 0)
		use(lists);
	else if (err.kind == ERR_NONE)
		BUG("a failure without a reason");
	code_lists_free(lists);
}

static void write_and_add(
    const uint8_t *data, size_t size, const char *name, const char *mapping)
{
	char *path = path_join(folder, name);
	char *spec = xasprintf("%s%s", path, mapping);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) < 0)
		BUG("cannot write into the folder");
	add(code_lists_add, spec);
	free(spec);
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	write_and_add(data, size, "list.xml", "");
	add(code_lists_add_folder, folder);
	write_and_add(
	    data, size, "list.csv", ",oid=1.2.3,code=CodeId,name=LongName");
	write_and_add(data, size, "list.csv", ",oid=1.2.3,code=a,separator=;");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/saxon.h"

#include "base/command.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"

#include <string.h>
#include <unistd.h>

#define JAVA "/usr/bin/java"

static const char *find_jar(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *told = getenv("SAXON_JAR");
	return told ? told : "/usr/share/java/Saxon-HE.jar";
}

bool saxon_is_there(void)
{
	const char *jar = find_jar();
	return access(JAVA, X_OK) == 0 && access(jar, R_OK) == 0 &&
	       !strchr(jar, '\'');
}

static int put(const char *dir, const char *name, const void *data, size_t len,
    struct err *err)
{
	char *path = path_join(dir, name);
	int rc = file_write_whole(path, data, len, 0600, err);
	free(path);
	return rc;
}

/* Short runs: less compiling, one processor. */
static int start(const char *dir, struct buf *out, struct err *err)
{
	static const char *const nothing[] = { NULL };
	char *line = xasprintf(
	    "exec env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 " JAVA
	    " -Xmx%dm -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' "
	    "net.sf.saxon.Transform -ext:off -dtd:off -xsl:sheet.xsl -s:in.xml",
	    LIMIT_SAXON_MIB, find_jar());
	struct command c = {
		.line = line,
		.dir = dir,
		.environment = nothing,
		.deadline_ms = LIMIT_SAXON_MS,
	};
	struct err why = { 0 };
	int rc = command_run(&c, out, &why);
	if (rc < 0)
		err_set(err, why.kind == ERR_LIMIT ? ERR_LIMIT : ERR_CASE,
		    "Saxon: %s", why.msg);
	free(line);
	return rc;
}

int saxon_run(const char *sheet, const void *document, size_t len,
    struct buf *out, struct err *err)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *base = getenv("TMPDIR");
	char *dir =
	    path_join(base && *base ? base : "/tmp", "esitesti-saxon-XXXXXX");
	int rc = -1;
	if (!mkdtemp(dir)) {
		err_errno(err, ERR_IO, "cannot make the folder '%s'", dir);
		free(dir);
		return -1;
	}
	if (put(dir, "sheet.xsl", sheet, strlen(sheet), err) == 0 &&
	    put(dir, "in.xml", document, len, err) == 0)
		rc = start(dir, out, err);
	dir_remove(dir);
	free(dir);
	return rc;
}

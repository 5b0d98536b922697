/* SPDX-License-Identifier: Apache-2.0 */
#include "check/saxon.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "check/saxon-inside.h"

#include <string.h>
#include <unistd.h>

static const char *find_jar(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *told = getenv("SAXON_JAR");
	return told ? told : "/usr/share/java/Saxon-HE.jar";
}

static char *find_java(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *home = getenv("JAVA_HOME");
	char *java = path_join(home && *home ? home : "/usr", "bin/java");
	if (access(java, X_OK) == 0)
		return java;
	free(java);
	return xstrdup("/usr/bin/java");
}

bool saxon_is_there(void)
{
	const char *jar = find_jar();
	char *java = find_java();
	bool there = access(java, X_OK) == 0 && access(jar, R_OK) == 0 &&
		     !strchr(jar, '\'') && !strchr(java, '\'');
	free(java);
	return there;
}

char *saxon_folder(struct err *err)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
	const char *base = getenv("TMPDIR");
	char *dir =
	    path_join(base && *base ? base : "/tmp", "esitesti-saxon-XXXXXX");
	if (mkdtemp(dir))
		return dir;
	(void)!err_errno(err, ERR_IO, "cannot make the folder '%s'", dir);
	free(dir);
	return NULL;
}

int saxon_put(const char *dir, const char *name, const void *data, size_t len,
    struct err *err)
{
	char *path = path_join(dir, name);
	int rc = file_write_whole(path, data, len, 0600, err);
	free(path);
	return rc;
}

/* Short runs: less compiling, one processor. */
int saxon_start(const struct command *how, const char *words, struct buf *out,
    struct err *err)
{
	static const char *const nothing[] = { NULL };
	struct command c = *how;
	struct err why = { 0 };
	char *java = find_java();
	char *line = xasprintf("ulimit -f %zu; "
			       "exec env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "
			       "'%s' -Xmx%dm -XX:TieredStopAtLevel=1 "
			       "-XX:+UseSerialGC -cp '%s' "
			       "net.sf.saxon.Transform -ext:off -dtd:off %s",
	    (size_t)LIMIT_SAXON_OUT / 512, java, LIMIT_SAXON_MIB, find_jar(),
	    words);
	c.line = line;
	c.shown = "java net.sf.saxon.Transform";
	c.environment = nothing;
	int rc = command_run(&c, out, &why);
	if (rc < 0)
		err_set(err, why.kind == ERR_LIMIT ? ERR_LIMIT : ERR_CASE,
		    "Saxon: %s", why.msg);
	free(line);
	free(java);
	return rc;
}

int saxon_run(const char *sheet, const void *document, size_t len,
    struct buf *out, struct err *err)
{
	char *dir = saxon_folder(err);
	const struct command how = {
		.dir = dir,
		.deadline_ms = LIMIT_SAXON_MS,
	};
	int rc = -1;
	if (!dir)
		return -1;
	if (saxon_put(dir, "sheet.xsl", sheet, strlen(sheet), err) == 0 &&
	    saxon_put(dir, "in.xml", document, len, err) == 0)
		rc = saxon_start(&how, "-xsl:sheet.xsl -s:in.xml", out, err);
	dir_remove(dir);
	free(dir);
	return rc;
}

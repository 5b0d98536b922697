/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include "base/str.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_join(const char *dir, const char *name)
{
	bool needs_slash = *dir && !str_ends(dir, "/");
	return xasprintf("%s%s%s", dir, needs_slash ? "/" : "", name);
}

char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return xstrdup(".");
	if (slash == path)
		return xstrdup("/");
	return xstrndup(path, (size_t)(slash - path));
}

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

char *path_beside(const char *from, const char *name)
{
	if (name[0] == '/')
		return xstrdup(name);
	char *dir = path_dir(from);
	char *out = streq(dir, ".") ? xstrdup(name) : path_join(dir, name);
	free(dir);
	return out;
}

char *path_here(const char *path)
{
	char *here = getcwd(NULL, 0);
	size_t len = here ? strlen(here) : 0;
	if (len > 1 && str_starts(path, here) && path[len] == '/')
		path += len + 1;
	while (str_starts(path, "./"))
		path += strspn(path + 1, "/") + 1;
	free(here);
	return xstrdup(path);
}

bool path_is_plain_name(const char *name)
{
	if (!*name || *name == '.')
		return false;
	for (const char *p = name; *p; p++)
		if (!str_is_digit(*p) && !str_is_alpha(*p) &&
		    !strchr("._-", *p))
			return false;
	return true;
}

static bool has_data(const char *dir)
{
	char *rng = path_join(dir, "cases/case.rng");
	bool yes = access(rng, R_OK) == 0;
	free(rng);
	return yes;
}

static char *program_dir(void)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0)
		return xstrdup(".");
	path[n] = '\0';
	return path_dir(path);
}

char *path_data(struct err *err)
{
	const char *told = getenv("ESITESTI_DATA");
	if (told && *told) {
		if (has_data(told))
			return xstrdup(told);
		err_set(err, ERR_USAGE,
		    "ESITESTI_DATA is '%s', but cases/case.rng is not there",
		    told);
		return NULL;
	}
	/* build/<variant>/bin/… stands three folders below the sources */
	static const char *const beside[] = { "", "/../../..",
		"/../share/esitesti" };
	char *dir = program_dir();
	char *found = NULL;
	for (size_t i = 0; i < COUNTOF(beside) && !found; i++) {
		char *candidate = xasprintf("%s%s", dir, beside[i]);
		if (has_data(candidate))
			found = realpath(candidate, NULL);
		free(candidate);
	}
	if (!found) {
		err_set(err, ERR_USAGE,
		    "the shipped cases are not beside the program in '%s'",
		    dir);
		err_hint(
		    err, "set ESITESTI_DATA to the folder that holds cases/");
	}
	free(dir);
	return found;
}

int dir_make(const char *path, mode_t mode, struct err *err)
{
	if (!*path)
		return err_set(err, ERR_IO, "a folder without a name");
	char *partial = xstrdup(path);
	int rc = 0;
	for (char *p = partial + 1; rc == 0; p++) {
		if (*p && *p != '/')
			continue;
		char was = *p;
		*p = '\0';
		if (mkdir(partial, mode) != 0 && errno != EEXIST)
			rc = err_errno(err, ERR_IO,
			    "cannot make the folder '%s'", partial);
		*p = was;
		if (!was)
			break;
	}
	struct stat st;
	if (rc == 0 && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)))
		rc = err_set(err, ERR_IO, "'%s' is not a folder", path);
	free(partial);
	return rc;
}

int dir_is_free(const char *path, struct err *err)
{
	DIR *dir = opendir(path);
	if (!dir && errno == ENOENT)
		return 1;
	if (!dir && errno == ENOTDIR)
		return err_errno(
		    err, ERR_USAGE, "'%s' cannot be the folder", path);
	if (!dir)
		return err_errno(err, ERR_IO, "cannot open '%s'", path);
	int entries = 0;
	while (readdir(dir)) /* NOLINT(concurrency-mt-unsafe): own stream */
		entries++;
	closedir(dir);
	return entries <= 2;
}

static int remove_entry(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int dir_remove(const char *path)
{
	return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

int file_check_place(const char *path, struct err *err)
{
	char *dir = path_dir(path);
	struct stat st;
	int rc = 0;
	bool there = stat(dir, &st) == 0 && S_ISDIR(st.st_mode);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		rc = err_set(err, ERR_USAGE, "'%s' is a folder", path);
	else if (stat(dir, &st) == 0 && !S_ISDIR(st.st_mode))
		rc = err_set(err, ERR_USAGE, "'%s' is no folder", dir);
	else if (access(dir, W_OK | X_OK) != 0)
		rc = err_errno(err, ERR_USAGE, "cannot write '%s'", path);
	if (rc < 0)
		err_hint(err, "name a file in a folder that %s",
		    there ? "can be written to" : "is there");
	free(dir);
	return rc;
}

int file_begin(
    struct file_writer *w, const char *path, mode_t mode, struct err *err)
{
	*w = (struct file_writer){ 0 };
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_set(err, ERR_IO, "'%s' is there and is no file", path);
		return err_hint(err, "name a file; it will be replaced whole");
	}
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		free(temporary);
		return err_errno(err, ERR_IO, "cannot write '%s'", path);
	}
	w->path = xstrdup(path);
	w->temporary = temporary;
	if (fchmod(fd, mode) == 0)
		w->stream = fdopen(fd, "w");
	if (!w->stream) {
		err_errno(err, ERR_IO, "cannot write '%s'", path);
		close(fd);
		file_abandon(w);
		return -1;
	}
	return 0;
}

int file_commit(struct file_writer *w, struct err *err)
{
	/* A full disk shows itself in any of these, close included. */
	bool ok = fflush(w->stream) == 0 && !ferror(w->stream) &&
		  fsync(fileno(w->stream)) == 0;
	int first = ok ? 0 : errno; /* of what went wrong */
	ok = fclose(w->stream) == 0 && ok;
	w->stream = NULL;
	if (ok && rename(w->temporary, w->path) == 0) {
		free(w->temporary);
		w->temporary = NULL;
		file_abandon(w);
		return 0;
	}
	errno = first ? first : errno;
	err_errno(err, ERR_IO, "cannot write '%s'", w->path);
	file_abandon(w);
	return -1;
}

void file_abandon(struct file_writer *w)
{
	if (w->stream)
		fclose(w->stream);
	if (w->temporary)
		unlink(w->temporary);
	free(w->temporary);
	free(w->path);
	*w = (struct file_writer){ 0 };
}

int file_write_whole(const char *path, const void *data, size_t len,
    mode_t mode, struct err *err)
{
	struct file_writer w;
	if (file_begin(&w, path, mode, err) < 0)
		return -1;
	/* A short write is seen by ferror in file_commit. */
	if (len > 0)
		(void)!fwrite(data, 1, len, w.stream);
	return file_commit(&w, err);
}

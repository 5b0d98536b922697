/* SPDX-License-Identifier: Apache-2.0 */
#include "check/inputs.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SNIFF = 4096,
	CHUNK = 262144
};

/* ---- What a file begins with */

static size_t read_begin(const char *path, char begin[SNIFF + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, begin, SNIFF);
	if (fd >= 0)
		close(fd);
	begin[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* The first start tag, behind declaration and comments; NULL = there is none.
 */
static const char *first_tag(const char *at)
{
	if (str_starts(at, "\xef\xbb\xbf"))
		at += 3;
	for (;;) {
		at += strspn(at, " \t\r\n");
		const char *close = str_starts(at, "<!--") ? "-->"
				    : str_starts(at, "<?") ? "?>"
							   : NULL;
		if (!close)
			return *at == '<' ? at + 1 : NULL;
		at = strstr(at, close);
		if (!at)
			return NULL;
		at += strlen(close);
	}
}

/* "RCMR_IN100002FI01": an interaction of HL7 V3. */
static bool is_interaction(const char *name, size_t len)
{
	return len > 7 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 4 &&
	       str_starts(name + 4, "_IN") && str_is_digit(name[7]);
}

struct root {
	const char *name; /* without its prefix */
	size_t len;
};

static struct root root_of(const char *begin)
{
	const char *tag = first_tag(begin);
	struct root r = { tag ? tag : "", 0 };
	r.len = strcspn(r.name, " \t\r\n/>");
	const char *colon = memchr(r.name, ':', r.len);
	if (colon) {
		r.len -= (size_t)(colon + 1 - r.name);
		r.name = colon + 1;
	}
	return r;
}

static bool root_is(const struct root *r, const char *name)
{
	return r->len == strlen(name) && strncmp(r->name, name, r->len) == 0;
}

static bool is_hl7(const char *begin)
{
	struct root r = root_of(begin);
	return root_is(&r, "ClinicalDocument") || root_is(&r, "Envelope") ||
	       is_interaction(r.name, r.len);
}

static bool is_wanted(const FTSENT *entry)
{
	char begin[SNIFF + 1];
	read_begin(entry->fts_accpath, begin);
	if (str_ends(entry->fts_name, ".xml"))
		return !strstr(begin, "\"urn:esitesti:");
	return is_hl7(begin);
}

/* ---- Folders */

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool is_run_folder(const FTSENT *entry)
{
	char *journal = xasprintf("%s/journal.jsonl", entry->fts_accpath);
	bool is = access(journal, F_OK) == 0;
	free(journal);
	return is;
}

static int add(struct inputs *in, const char *path, struct err *err)
{
	if (in->count == LIMIT_CHECK_FILES)
		return err_set(err, ERR_LIMIT,
		    "more than %d files at a time cannot be checked",
		    LIMIT_CHECK_FILES);
	*VEC_PUSH(in) = xstrdup(path);
	return 0;
}

static int take(struct inputs *in, FTS *walk, FTSENT *e, struct err *err)
{
	bool hidden = e->fts_level > 0 && e->fts_name[0] == '.';
	switch (e->fts_info) {
	case FTS_D:
		if (hidden || (e->fts_level > 0 && is_run_folder(e)))
			fts_set(walk, e, FTS_SKIP);
		return 0;
	case FTS_DNR: /* told when it is read */
	case FTS_ERR:
	case FTS_NS:
		return add(in, e->fts_path, err);
	case FTS_F:
	case FTS_SL:
		if (!hidden && is_wanted(e))
			return add(in, e->fts_path, err);
		in->passed_over += !hidden;
		return 0;
	default:
		return 0;
	}
}

static int add_folder(struct inputs *in, const char *path, struct err *err)
{
	char *copy = xstrdup(path);
	for (size_t n = strlen(copy); n > 1 && copy[n - 1] == '/'; n--)
		copy[n - 1] = '\0';
	char *const roots[] = { copy, NULL };
	FTS *walk = fts_open(
	    roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	int rc = 0;
	if (!walk)
		rc = err_errno(err, ERR_USAGE, "cannot read '%s'", path);
	for (FTSENT *e; rc == 0 && walk && (e = fts_read(walk));)
		rc = take(in, walk, e, err);
	if (walk)
		fts_close(walk);
	free(copy);
	return rc;
}

int inputs_add(struct inputs *in, const char *operand, struct err *err)
{
	struct stat st;
	if (!streq(operand, "-") && stat(operand, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return add_folder(in, operand, err);
	return add(in, operand, err);
}

void inputs_release(struct inputs *in)
{
	VEC_EACH (char *, name, in)
		free(*name);
	VEC_RELEASE(in);
}

/* ---- Reading one */

static int fail_size(
    const char *name, uint64_t size, bool is_document, struct err *err)
{
	const char *what = is_document ? "document" : "message";
	size_t cap = is_document ? LIMIT_DOCUMENT : LIMIT_MESSAGE;
	if (size > cap)
		err_set(err, ERR_LIMIT,
		    "'%s' has %.1f MB; a %s may have %zu MB", name,
		    (double)size / 1048576, what, cap / 1048576);
	else /* a stream, which does not tell its size */
		err_set(err, ERR_LIMIT,
		    "'%s' has more than the %zu MB that a %s may have", name,
		    cap / 1048576, what);
	return err_hint(err, "%s",
	    is_document ? "make attachments smaller, or divide the document"
			: "is it the right file?");
}

/* How many bytes are there to be read: 0 = who knows. */
static uint64_t size_of(int fd)
{
	struct stat st;
	off_t at = lseek(fd, 0, SEEK_CUR);
	if (at < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size <= at)
		return 0;
	return (uint64_t)(st.st_size - at);
}

/* Reads on until there are `len` bytes; false at the end, or when there is
 * trouble (then `errno` is not 0). */
static bool read_until(struct buf *to, int fd, size_t len)
{
	while (to->len < len) {
		size_t room = len - to->len < CHUNK ? len - to->len : CHUNK;
		ssize_t n = read(fd, buf_reserve(to, room), room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = 0;
		if (n <= 0)
			return false;
		buf_grew(to, (size_t)n);
	}
	errno = 0;
	return true;
}

/* A document is told by its beginning; no more is read than it may have. */
static int read_fd(struct buf *to, int fd, const char *name, struct err *err)
{
	uint64_t size = size_of(fd);
	bool more = read_until(to, fd, SNIFF);
	struct root root = root_of(to->ptr);
	bool is_document = root_is(&root, "ClinicalDocument");
	size_t cap = is_document ? LIMIT_DOCUMENT : LIMIT_MESSAGE;
	char beyond;
	if (size > cap)
		return fail_size(name, size, is_document, err);
	if (more && size > to->len)
		buf_reserve(to, (size_t)size - to->len);
	more = more && read_until(to, fd, cap);
	if (more && read(fd, &beyond, 1) == 1)
		return fail_size(name, 0, is_document, err);
	return errno ? err_errno(err, ERR_USAGE, "cannot read '%s'", name) : 0;
}

int input_read(struct buf *to, const char *name, struct err *err)
{
	if (streq(name, "-"))
		return read_fd(to, STDIN_FILENO, "standard input", err);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(err, ERR_USAGE, "cannot read '%s'", name);
	int rc = read_fd(to, fd, name, err);
	close(fd);
	return rc;
}

bool input_stays(const char *name)
{
	struct stat st;
	return !streq(name, "-") && stat(name, &st) == 0 && S_ISREG(st.st_mode);
}

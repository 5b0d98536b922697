/* SPDX-License-Identifier: Apache-2.0 */
#include "record/reader.h"

#include "base/file.h"
#include "base/limits.h"
#include "record/event.h"
#include "record/index.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct run_log {
	char *path;
	int dir, journal;
	struct index index;
	struct run_head head;
};

/* ---- Open and close */

/*
 * A regular file below `dir`, or -1 with errno. Links are not followed, and a
 * pipe does not make us wait: the folder may be of any origin.
 */
static int open_regular(int dir, const char *name, struct stat *st)
{
	int fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static int open_journal(struct run_log *log, struct err *err)
{
	log->dir = open(log->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log->dir < 0)
		return err_errno(
		    err, ERR_USAGE, "cannot open the folder '%s'", log->path);
	struct stat st;
	log->journal = open_regular(log->dir, "journal.jsonl", &st);
	if (log->journal < 0) {
		err_errno(err, errno == ENOENT ? ERR_USAGE : ERR_RECORD,
		    "cannot open '%s/journal.jsonl'", log->path);
		return err_hint(err, "name the folder of a run");
	}
	if ((uint64_t)st.st_size > LIMIT_JOURNAL)
		return err_set(err, ERR_LIMIT,
		    "'%s/journal.jsonl' is larger than %zu bytes", log->path,
		    LIMIT_JOURNAL);
	if (index_build(&log->index, log->journal, err) < 0 ||
	    event_read_head(&log->index.begin, &log->head, err) < 0)
		return err_wrap(err, "'%s'", log->path);
	return 0;
}

struct run_log *log_open(const char *dir, struct err *err)
{
	struct run_log *log = xcalloc(1, sizeof(*log));
	log->path = xstrdup(dir);
	log->dir = log->journal = -1;
	if (open_journal(log, err) == 0)
		return log;
	log_close(log);
	return NULL;
}

void log_close(struct run_log *log)
{
	if (!log)
		return;
	VEC_RELEASE(&log->head.planned);
	index_release(&log->index);
	if (log->journal >= 0)
		close(log->journal);
	if (log->dir >= 0)
		close(log->dir);
	free(log->path);
	free(log);
}

const char *log_dir(const struct run_log *log)
{
	return log->path;
}

const struct run_head *log_head(const struct run_log *log)
{
	return &log->head;
}

enum seal_state log_seal(const struct run_log *log)
{
	return log->index.seal;
}

unsigned log_broken_at(const struct run_log *log)
{
	return log->index.broken_at;
}

bool log_interrupted(const struct run_log *log)
{
	return log->index.interrupted;
}

int64_t log_ended(const struct run_log *log)
{
	return log->index.ended;
}

/* ---- Events */

/* The first is "": no case. */
size_t log_case_count(const struct run_log *log)
{
	return log->index.cases.count - 1;
}

const char *log_case_id(const struct run_log *log, size_t index)
{
	return log->index.cases.at[index + 1];
}

static int read_bytes(
    int fd, char *to, size_t len, uint64_t offset, struct err *err)
{
	while (len > 0) {
		ssize_t n = pread(fd, to, len, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(
			    err, ERR_IO, "cannot read journal.jsonl");
		if (n == 0)
			return err_set(err, ERR_RECORD,
			    "the journal became shorter while it was read");
		to += n;
		len -= (size_t)n;
		offset += (uint64_t)n;
	}
	return 0;
}

static int read_line(struct run_log *log, const struct index_line *line,
    struct log_events *out, struct err *err)
{
	struct event e = { 0 };
	char *text = xmalloc(line->len + 1);
	int rc = -1;
	if (read_bytes(log->journal, text, line->len, line->offset, err) < 0)
		goto out;
	if (event_parse(&e, text, line->len, line->number, err) < 0)
		goto out;
	if (e.name == EVENT_BEGIN || e.name == EVENT_SEAL ||
	    e.name == EVENT_OTHER) {
		err_set(
		    err, ERR_RECORD, "the journal changed while it was read");
		goto out;
	}
	if (event_read(&e, VEC_PUSH(out), err) < 0) {
		err_wrap(err, "'%s/journal.jsonl': line %u", log->path,
		    line->number);
		goto out;
	}
	rc = 0;
out:
	event_release(&e);
	free(text);
	return rc;
}

int log_case(struct run_log *log, const char *case_id, struct log_events *out,
    struct err *err)
{
	*out = (struct log_events){ 0 };
	long id = names_find(&log->index.cases, case_id);
	uint32_t next = id < 0 ? 0 : log->index.spans.at[id].first;
	while (next) {
		const struct index_line *line = &log->index.at[next - 1];
		if (read_line(log, line, out, err) < 0) {
			log_events_release(out);
			return -1;
		}
		next = line->next;
	}
	return 0;
}

void log_events_release(struct log_events *events)
{
	VEC_EACH (struct log_event, e, events)
		event_log_release(e);
	VEC_RELEASE(events);
}

/* ---- Files */

struct wanted {
	const char *folder, *name;
	size_t bytes; /* SIZE_MAX = any number */
	const char *sha256;
};

/* Reads what `fd` holds and compares it with what was recorded. */
static int read_checked(
    const struct wanted *w, int fd, struct buf *to, struct err *err)
{
	buf_clear(to);
	if (buf_read_fd(to, fd, w->name, err) < 0)
		return -1;
	char sha256[DIGEST_TEXT];
	digest_text(to->ptr, to->len, sha256);
	bool same = streq(sha256, w->sha256) &&
		    (w->bytes == SIZE_MAX || w->bytes == to->len);
	if (same)
		return 0;
	return err_set(err, ERR_RECORD,
	    "'%s/%s' is not what was recorded: %zu bytes with the SHA-256 %s "
	    "instead of %s",
	    w->folder, w->name, to->len, sha256, w->sha256);
}

static int read_file(struct run_log *log, const struct wanted *w,
    struct buf *to, struct err *err)
{
	struct stat st;
	int fd = -1;
	int dir = openat(log->dir, w->folder,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir >= 0)
		fd = open_regular(dir, w->name, &st);
	int rc = fd < 0 ? err_errno(err, ERR_RECORD, "cannot open '%s/%s'",
			      w->folder, w->name)
			: read_checked(w, fd, to, err);
	if (fd >= 0)
		close(fd);
	if (dir >= 0)
		close(dir);
	return rc < 0 ? err_wrap(err, "'%s'", log->path) : 0;
}

static int read_part(struct run_log *log, const struct stored *s,
    struct buf *to, struct err *err)
{
	buf_clear(to);
	if (!s->file[0])
		return 0;
	const struct wanted w = { "messages", s->file, s->bytes, s->sha256 };
	return read_file(log, &w, to, err);
}

static int read_chain(
    struct run_log *log, struct tls_facts *tls, struct err *err)
{
	if (!tls->peer_chain_sha256[0])
		return 0;
	char name[CHAIN_FILE];
	chain_file(name, tls->peer_chain_sha256);
	const struct wanted w = { "certificates", name, SIZE_MAX,
		tls->peer_chain_sha256 };
	struct buf pem = BUF_INIT(LIMIT_CERT_FILE);
	int rc = read_file(log, &w, &pem, err);
	if (rc == 0) {
		free(tls->peer_chain);
		tls->peer_chain = buf_detach(&pem, NULL);
	}
	buf_release(&pem);
	return rc;
}

int log_bodies(struct run_log *log, struct exchange *x, struct err *err)
{
	struct message *const messages[] = { &x->request, &x->response };
	for (size_t i = 0; i < COUNTOF(messages); i++) {
		struct message *m = messages[i];
		if (read_part(log, &m->head_stored, &m->head, err) < 0 ||
		    read_part(log, &m->body_stored, &m->body, err) < 0)
			return -1;
	}
	return read_chain(log, &x->tls, err);
}

static void input_file(const struct run_log *log, size_t i, const char *name,
    char **folder, struct wanted *w)
{
	const struct index_input *input = &log->index.input.at[i];
	char *below = path_dir(name);
	*folder =
	    streq(below, ".") ? xstrdup("inputs") : path_join("inputs", below);
	*w = (struct wanted){ *folder, path_base(name), input->bytes,
		input->sha256 };
	free(below);
}

int log_input(
    struct run_log *log, const char *name, struct buf *to, struct err *err)
{
	struct wanted w;
	char *folder;
	long i = names_find(&log->index.inputs, name);
	if (i < 0)
		return err_set(err, ERR_RECORD,
		    "the run '%s' has no input '%s'", log->path, name);
	input_file(log, (size_t)i, name, &folder, &w);
	int rc = read_file(log, &w, to, err);
	free(folder);
	return rc;
}

/* ---- Comparing alone */

struct check {
	struct run_log *log;
	log_lost_fn *lost;
	void *ctx;
};

static void check_file(const struct check *c, const struct wanted *w)
{
	struct err err = { 0 };
	struct stat st;
	struct buf bytes = BUF_INIT(LIMIT_MESSAGE);
	if (read_file(c->log, w, &bytes, &err) < 0) {
		char *path = path_join(w->folder, w->name);
		bool missing =
		    fstatat(c->log->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0;
		c->lost(c->ctx, path, missing);
		free(path);
	}
	buf_release(&bytes);
}

void log_check_messages(
    struct run_log *log, const struct exchange *x, log_lost_fn *lost, void *ctx)
{
	const struct check c = { log, lost, ctx };
	const struct stored *const parts[] = {
		&x->request.head_stored,
		&x->request.body_stored,
		&x->response.head_stored,
		&x->response.body_stored,
	};
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		const struct wanted w = { "messages", parts[i]->file,
			parts[i]->bytes, parts[i]->sha256 };
		if (parts[i]->file[0])
			check_file(&c, &w);
	}
}

void log_check_chain(
    struct run_log *log, const struct exchange *x, log_lost_fn *lost, void *ctx)
{
	const struct check c = { log, lost, ctx };
	char name[CHAIN_FILE];
	if (!x->tls.peer_chain_sha256[0])
		return;
	chain_file(name, x->tls.peer_chain_sha256);
	const struct wanted w = { "certificates", name, SIZE_MAX,
		x->tls.peer_chain_sha256 };
	check_file(&c, &w);
}

void log_check_inputs(struct run_log *log, log_lost_fn *lost, void *ctx)
{
	const struct check c = { log, lost, ctx };
	for (size_t i = 0; i < log->index.inputs.count; i++) {
		struct wanted w;
		char *folder;
		input_file(log, i, log->index.inputs.at[i], &folder, &w);
		check_file(&c, &w);
		free(folder);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "record/journal.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "record/digest.h"
#include "record/event.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A group is committed this long after its first line, which leaves time for
 * the syncs within the 50 ms that the manual promises; or when so many bytes of
 * lines are waiting. Callers wait when the disk is that far behind. */
#define COMMIT_DELAY_US 30000
#define COMMIT_BYTES	LIMIT_KIB(256)
#define BACKLOG_BYTES	LIMIT_MIB(4)

/* Up to so many files, one exchange's, are synced one by one, on descriptors
 * kept open for it. Of more, one sync of the whole file system is quicker
 * (ext4, measured: 3 ms against 3 ms for each file on a busy disk), and no
 * descriptor stays open. */
#define GROUP_FILES 4

const char *const folder_names[FOLDER_COUNT] = {
	[FOLDER_MESSAGES] = "messages",
	[FOLDER_CERTIFICATES] = "certificates",
	[FOLDER_INPUTS] = "inputs",
};

struct group {
	struct buf lines;
	int64_t first; /* when the first line came, monotonic */
	int files[GROUP_FILES];
	size_t file_count;
	bool touched[FOLDER_COUNT];
	bool many; /* sync the file system */
};

struct journal {
	char *path;
	const struct world *world;
	int fd, folders[FOLDER_COUNT];
	pthread_t thread;
	bool running;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t wake;  /* the thread: there is work, or be quick */
	pthread_cond_t done;  /* callers: a group was committed, or failed */
	struct group gathering;
	bool urgent, closing;
	unsigned queued, committed; /* lines */
	char head[DIGEST_TEXT];	    /* of the last queued line */
	struct err failure;
};

static void group_init(struct group *g)
{
	*g = (struct group){ 0 };
	buf_init(&g->lines, BACKLOG_BYTES + LIMIT_JOURNAL_LINE + 1);
}

static void group_close_files(struct group *g)
{
	for (size_t i = 0; i < g->file_count; i++)
		close(g->files[i]);
	g->file_count = 0;
}

static void group_release(struct group *g)
{
	group_close_files(g);
	buf_release(&g->lines);
}

/* The lock is held. Gives the failure to the caller, who returns. */
static int failed(const struct journal *j, struct err *err)
{
	if (err->kind == ERR_NONE)
		*err = j->failure;
	return -1;
}

static int keep_failure(struct journal *j, const struct err *err)
{
	pthread_mutex_lock(&j->lock);
	if (j->failure.kind == ERR_NONE)
		j->failure = *err;
	pthread_cond_broadcast(&j->done);
	pthread_cond_signal(&j->wake);
	pthread_mutex_unlock(&j->lock);
	return -1;
}

static int cannot_write(
    const struct journal *j, const char *what, struct err *err)
{
	bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
	err_errno(err, ERR_IO, "cannot write '%s/%s'", j->path, what);
	if (full)
		err_hint(err,
		    "make room on the disk and run again into another folder; "
		    "what was recorded before stays readable");
	return -1;
}

static int write_all(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;
	while (len > 0) {
		ssize_t n = write(fd, p, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* ---- The thread */

static int sync_files(struct journal *j, struct group *g, struct err *err)
{
	if (g->many) /* includes the folders' entries */
		return syncfs(j->fd) == 0 ? 0
					  : cannot_write(j, "messages", err);
	for (size_t i = 0; i < g->file_count; i++)
		if (fsync(g->files[i]) != 0)
			return cannot_write(j, "messages", err);
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		if (g->touched[i] && fsync(j->folders[i]) != 0)
			return cannot_write(j, folder_names[i], err);
	return 0;
}

static int commit(struct journal *j, struct group *g, struct err *err)
{
	if (sync_files(j, g, err) < 0)
		return -1;
	if (write_all(j->fd, g->lines.ptr, g->lines.len) < 0 ||
	    fdatasync(j->fd) != 0)
		return cannot_write(j, "journal.jsonl", err);
	return 0;
}

/* The lock is held. Returns when a group is due, or at the end. */
static void wait_for_group(struct journal *j)
{
	const struct group *g = &j->gathering;
	while (!j->closing && g->lines.len == 0)
		pthread_cond_wait(&j->wake, &j->lock);
	int64_t due = g->first + COMMIT_DELAY_US;
	struct timespec until = { .tv_sec = due / 1000000,
		.tv_nsec = due % 1000000 * 1000 };
	int rc = 0;
	while (
	    !j->closing && !j->urgent && g->lines.len < COMMIT_BYTES && rc == 0)
		rc = pthread_cond_timedwait(&j->wake, &j->lock, &until);
}

static void *commit_groups(void *arg)
{
	struct journal *j = arg;
	pthread_mutex_lock(&j->lock);
	for (;;) {
		wait_for_group(j);
		if (j->gathering.lines.len == 0)
			break;
		struct group g = j->gathering;
		group_init(&j->gathering);
		unsigned upto = j->queued;
		bool dead = j->failure.kind != ERR_NONE;
		j->urgent = false;
		pthread_mutex_unlock(&j->lock);

		struct err err = { 0 };
		if (!dead && commit(j, &g, &err) < 0)
			keep_failure(j, &err);
		group_release(&g);

		pthread_mutex_lock(&j->lock);
		j->committed = upto;
		pthread_cond_broadcast(&j->done);
	}
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* Signals are for the main thread. */
static int start_thread(struct journal *j, struct err *err)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&j->thread, NULL, commit_groups, j);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		return err_set(err, ERR_INTERNAL, "cannot start a thread: %s",
		    strerrordesc_np(rc));
	j->running = true;
	return 0;
}

/* ---- Begin and end */

static int open_folder(struct journal *j, int dir, size_t i, struct err *err)
{
	const char *name = folder_names[i];
	if (mkdirat(dir, name, 0700) != 0)
		return cannot_write(j, name, err);
	j->folders[i] =
	    openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return j->folders[i] < 0 ? cannot_write(j, name, err) : 0;
}

static int open_files(struct journal *j, int dir, struct err *err)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		if (open_folder(j, dir, i, err) < 0)
			return -1;
	j->fd = openat(dir, "journal.jsonl",
	    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (j->fd < 0)
		return cannot_write(j, "journal.jsonl", err);
	return fsync(dir) == 0 ? 0 : cannot_write(j, "", err);
}

struct journal *journal_new(
    int dir, const char *path, const struct world *world, struct err *err)
{
	struct journal *j = xcalloc(1, sizeof(*j));
	j->path = xstrdup(path);
	j->world = world;
	j->fd = -1;
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		j->folders[i] = -1;
	memset(j->head, '0', sizeof(j->head) - 1);
	group_init(&j->gathering);

	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->wake, &monotonic);
	pthread_cond_init(&j->done, NULL);
	pthread_condattr_destroy(&monotonic);

	if (open_files(j, dir, err) < 0 || start_thread(j, err) < 0) {
		journal_free(j);
		return NULL;
	}
	return j;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	if (j->running) {
		pthread_mutex_lock(&j->lock);
		j->closing = true;
		pthread_cond_signal(&j->wake);
		pthread_mutex_unlock(&j->lock);
		pthread_join(j->thread, NULL);
	}
	group_release(&j->gathering);
	pthread_cond_destroy(&j->done);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->lock);
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		close_fd(j->folders[i]);
	close_fd(j->fd);
	free(j->path);
	free(j);
}

/* ---- Files */

/* The lock is held. */
static void group_add_file(struct group *g, enum folder folder, int fd)
{
	g->touched[folder] = true;
	/* An input may stand in a folder of its own, whose entry must be synced
	 * as well; inputs come in one flock at the start. */
	if (g->many || folder == FOLDER_INPUTS ||
	    g->file_count == GROUP_FILES) {
		g->many = true;
		group_close_files(g);
		close(fd);
	} else {
		g->files[g->file_count++] = fd;
	}
}

static int write_file(struct journal *j, enum folder folder, const char *name,
    const void *bytes, size_t len, struct err *err)
{
	int fd = openat(j->folders[folder], name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write_all(fd, bytes, len) < 0) {
		cannot_write(j, folder_names[folder], err);
		err_wrap(err, "'%s'", name);
		close_fd(fd);
		return -1;
	}
	return fd;
}

int journal_file(struct journal *j, enum folder folder, const char *name,
    const void *bytes, size_t len, struct err *err)
{
	pthread_mutex_lock(&j->lock);
	bool dead = j->failure.kind != ERR_NONE;
	int rc = dead ? failed(j, err) : 0;
	pthread_mutex_unlock(&j->lock);
	if (rc < 0)
		return -1;

	struct err why = { 0 };
	int fd = write_file(j, folder, name, bytes, len, &why);
	if (fd < 0) {
		keep_failure(j, &why);
		if (err->kind == ERR_NONE)
			*err = why;
		return -1;
	}
	pthread_mutex_lock(&j->lock);
	group_add_file(&j->gathering, folder, fd);
	pthread_mutex_unlock(&j->lock);
	return 0;
}

/* ---- Lines */

/* The lock is held: the order of the lines is the order of the chain. */
static int queue_line(struct journal *j, const char *members, struct err *err)
{
	char at[CLOCK_TEXT];
	clock_rfc3339(at, world_now(j->world));
	struct buf line = BUF_INIT(LIMIT_JOURNAL_LINE);
	buf_addf(&line, "{\"n\":%u,\"at\":\"%s\",\"prev\":\"%s\",%s",
	    j->queued + 1, at, j->head, members);
	int rc = buf_check(&line, "an event", err);
	if (rc == 0) {
		struct group *g = &j->gathering;
		bool first = g->lines.len == 0;
		if (first)
			g->first = clock_monotonic();
		digest_text(line.ptr, line.len, j->head);
		buf_add(&g->lines, line.ptr, line.len);
		buf_addc(&g->lines, '\n');
		j->queued++;
		if (first || g->lines.len >= COMMIT_BYTES)
			pthread_cond_signal(&j->wake);
	}
	buf_release(&line);
	return rc;
}

int journal_event(struct journal *j, json_t *event, struct err *err)
{
	char *text = json_dumps(event, JSON_COMPACT);
	json_decref(event);
	if (!text)
		return err_set(
		    err, ERR_INTERNAL, "an event cannot be written as JSON");
	pthread_mutex_lock(&j->lock);
	while (j->gathering.lines.len > BACKLOG_BYTES &&
	       j->failure.kind == ERR_NONE)
		pthread_cond_wait(&j->done, &j->lock);
	int rc = j->failure.kind != ERR_NONE ? failed(j, err)
					     : queue_line(j, text + 1, err);
	pthread_mutex_unlock(&j->lock);
	free(text);
	return rc;
}

int journal_flush(struct journal *j, struct err *err)
{
	pthread_mutex_lock(&j->lock);
	unsigned upto = j->queued;
	if (j->gathering.lines.len > 0) {
		j->urgent = true;
		pthread_cond_signal(&j->wake);
	}
	while ((int)(upto - j->committed) > 0 && j->failure.kind == ERR_NONE)
		pthread_cond_wait(&j->done, &j->lock);
	int rc = j->failure.kind != ERR_NONE ? failed(j, err) : 0;
	pthread_mutex_unlock(&j->lock);
	return rc;
}

int journal_seal(struct journal *j, bool interrupted, struct err *err)
{
	pthread_mutex_lock(&j->lock);
	unsigned count = j->queued;
	char head[DIGEST_TEXT];
	memcpy(head, j->head, sizeof(head));
	pthread_mutex_unlock(&j->lock);
	return journal_event(j, event_seal(count, head, interrupted), err);
}

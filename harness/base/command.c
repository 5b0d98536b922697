/* SPDX-License-Identifier: Apache-2.0 */
#include "base/command.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define STDERR_SHOWN 600 /* of a message of 1 KiB */

enum {
	LOOK_MS = 200 /* how often `stopped` is looked at */
};

struct child {
	const struct command *c;
	pid_t pid;
	int out, err;	  /* our ends of its pipes; -1 = closed */
	int64_t deadline; /* clock_monotonic */
	struct buf errors;
};

struct strings {
	VEC(const char *);
};

/* ---- Those that run, for who must end them in a signal's handler */

static atomic_int running[LIMIT_JOBS]; /* process groups; 0 = none */

static atomic_int *remember(pid_t group)
{
	for (size_t i = 0; i < COUNTOF(running); i++) {
		int none = 0;
		if (atomic_compare_exchange_strong(&running[i], &none, group))
			return &running[i];
	}
	return NULL;
}

void command_end_all(void)
{
	for (size_t i = 0; i < COUNTOF(running); i++) {
		int group = atomic_load(&running[i]);
		if (group > 0)
			kill(-group, SIGKILL);
	}
}

/* ---- Starting */

static bool is_set_by(const char *entry, const char *const *added)
{
	size_t name = strcspn(entry, "=") + 1;
	for (; *added; added++) {
		if (strncmp(entry, *added, name) == 0)
			return true;
	}
	return false;
}

/* Ours, with `added` in front of what has the same name. */
static void make_environment(struct strings *to, const char *const *added)
{
	for (char **e = environ; *e; e++) {
		if (!is_set_by(*e, added))
			*VEC_PUSH(to) = *e;
	}
	for (; *added; added++)
		*VEC_PUSH(to) = *added;
	*VEC_PUSH(to) = NULL;
}

/* What we ignore or block, a child must not. */
static void set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, usual;
	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGINT);
	sigaddset(&usual, SIGTERM);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &usual);
	posix_spawnattr_setpgroup(attributes, 0);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
						 POSIX_SPAWN_SETSIGMASK |
						 POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct child *child, const struct command *c,
    const int pipes[4], struct err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	struct strings environment = { 0 };
	char *argv[] = { xstrdup("sh"), xstrdup("-c"), xstrdup(c->line), NULL };
	make_environment(&environment, c->environment);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], 1);
	posix_spawn_file_actions_adddup2(&actions, pipes[3], 2);
	posix_spawn_file_actions_addchdir_np(&actions, c->dir);

	/* posix_spawn does not write to what these point to. */
	errno = posix_spawn(&child->pid, "/bin/sh", &actions, &attributes, argv,
	    (char *const *)(void *)environment.at);
	int rc = errno == 0 ? 0
			    : err_errno(err, ERR_USAGE,
				  "cannot run '%s' in '%s'", c->line, c->dir);

	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	VEC_RELEASE(&environment);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return rc;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(struct child *child, const struct command *c, struct err *err)
{
	int pipes[4] = { -1, -1, -1, -1 };
	int rc = -1;
	if (pipe2(pipes, O_CLOEXEC) < 0 || pipe2(pipes + 2, O_CLOEXEC) < 0) {
		err_errno(err, ERR_IO, "cannot make a pipe");
		goto out;
	}
	if (spawn(child, c, pipes, err) < 0)
		goto out;
	child->out = pipes[0];
	child->err = pipes[2];
	pipes[0] = pipes[2] = -1;
	rc = 0;
out:
	for (size_t i = 0; i < COUNTOF(pipes); i++)
		close_fd(&pipes[i]);
	return rc;
}

static const char *name_of(const struct command *c)
{
	return c->shown ? c->shown : c->line;
}

static int64_t deadline_from_now(const struct command *c)
{
	return clock_monotonic() + (int64_t)c->deadline_ms * 1000;
}

/* Milliseconds that are left. */
static int left(const struct child *child)
{
	const struct command *c = child->c;
	if (c->stopped && atomic_load(c->stopped) > 0)
		return 0;
	int64_t ms = (child->deadline - clock_monotonic()) / 1000;
	return ms > 0 ? (int)ms : 0;
}

/* The signal may come just before the wait, or to another thread. */
static int next_look(const struct child *child)
{
	int ms = left(child);
	return child->c->stopped && ms > LOOK_MS ? LOOK_MS : ms;
}

/* One read; what crosses the cap of `to` marks it as overflown. */
static void drain(int *fd, struct buf *to)
{
	char bytes[16384];
	ssize_t n = read(*fd, bytes, sizeof(bytes));
	if (n > 0)
		buf_add(to, bytes, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		close_fd(fd);
}

/* Until both pipes are closed; -1 = the deadline or the cap came first. */
static int collect(struct child *child, struct buf *out)
{
	while (child->out >= 0 || child->err >= 0) {
		struct pollfd fds[] = {
			{ .fd = child->out, .events = POLLIN },
			{ .fd = child->err, .events = POLLIN },
		};
		int n = poll(fds, COUNTOF(fds), next_look(child));
		if ((n < 0 && errno == EINTR) || (n == 0 && left(child) > 0))
			continue;
		if (n <= 0)
			return -1;
		if (fds[0].revents)
			drain(&child->out, out);
		if (fds[1].revents)
			drain(&child->err, &child->errors);
		if (out->overflow)
			return -1;
		if (child->c->renewed)
			child->deadline = deadline_from_now(child->c);
	}
	return 0;
}

/* Waits without reaping, so that the group's number can't be another's. */
static int wait_exit(const struct child *child)
{
	const struct timespec nap = { .tv_nsec = 2000000 };
	for (;;) {
		siginfo_t info = { 0 };
		int rc = waitid(P_PID, (id_t)child->pid, &info,
		    WEXITED | WNOHANG | WNOWAIT);
		if (rc < 0 && errno != EINTR)
			return -1;
		if (rc == 0 && info.si_pid == child->pid)
			return 0;
		if (left(child) == 0)
			return -1;
		nanosleep(&nap, NULL);
	}
}

/* The beginning of what it said, on one line. */
static void show_errors(struct child *child, struct err *err)
{
	char *text = child->errors.ptr;
	size_t len = child->errors.len;
	while (len > 0 && str_is_space(text[len - 1]))
		len--;
	if (len == 0)
		return;
	text[len] = '\0';
	for (char *p = text; *p; p++) {
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	}
	char shown[STDERR_SHOWN];
	str_copy(shown, sizeof(shown), text);
	size_t used = strlen(err->msg);
	snprintf(
	    err->msg + used, sizeof(err->msg) - used, "; it said: %s", shown);
}

static int judge_status(const struct command *c, int status, struct err *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status))
		return err_set(err, ERR_USAGE,
		    "the command '%s' ended with code %d", name_of(c),
		    WEXITSTATUS(status));
	return err_set(err, ERR_USAGE,
	    "the command '%s' was ended by signal %d", name_of(c),
	    WTERMSIG(status));
}

int command_run(const struct command *c, struct buf *out, struct err *err)
{
	struct child child = {
		.c = c,
		.out = -1,
		.err = -1,
		.deadline = deadline_from_now(c),
		.errors = BUF_INIT(STDERR_SHOWN * 16),
	};
	int status = 0;
	if (start(&child, c, err) < 0)
		return -1;

	atomic_int *place = remember(child.pid);
	bool whole = collect(&child, out) == 0 && wait_exit(&child) == 0;
	/* Also what it left in the background. */
	kill(-child.pid, SIGKILL);
	if (place)
		atomic_store(place, 0);
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		continue;

	int rc = 0;
	if (out->overflow)
		rc = buf_check(out, "what a command writes", err);
	else if (!whole)
		rc = err_set(err, ERR_USAGE,
		    "the command '%s' had not ended after %d ms", name_of(c),
		    c->deadline_ms);
	else
		rc = judge_status(c, status, err);
	if (rc < 0)
		show_errors(&child, err);
	close_fd(&child.out);
	close_fd(&child.err);
	buf_release(&child.errors);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/embedded.h"

#include "base/clock.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	READY_MS = 10000, /* until it has told its port */
	GRACE_MS = 3000,  /* between SIGTERM and SIGKILL */
	READY_FD = 3,
};

/* Only what may be called between fork and exec. */
_Noreturn static void become_mock(char *argv[], int ready, int log)
{
	setpgid(0, 0);
	/* Either may have a number that the other one must get. */
	int safe = fcntl(ready, F_DUPFD, 10);
	int safe_log = fcntl(log, F_DUPFD, 10);
	dup2(safe, READY_FD);
	dup2(safe_log, STDOUT_FILENO);
	dup2(safe_log, STDERR_FILENO);
	close(safe);
	close(safe_log);
	execv("/proc/self/exe", argv);
	_exit(127);
}

static int read_port(int fd, unsigned *port)
{
	char line[16] = "";
	size_t have = 0;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	while (have < sizeof(line) - 1 && !strchr(line, '\n')) {
		int n = poll(&p, 1, READY_MS);
		if (n < 0 && errno == EINTR)
			continue;
		ssize_t got =
		    n > 0 ? read(fd, line + have, sizeof(line) - 1 - have) : 0;
		if (got <= 0)
			return -1;
		have += (size_t)got;
	}
	line[strcspn(line, "\n")] = '\0';
	struct err ignored = { 0 };
	uint64_t number;
	if (str_number(line, 1, 65535, &number, &ignored) < 0)
		return -1;
	*port = (unsigned)number;
	return 0;
}

/* The child's own words on why it did not start. */
static int did_not_start(struct embedded *e, int log, struct err *err)
{
	char said[400] = "";
	ssize_t n = pread(log, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	said[strcspn(said, "\n")] = '\0';
	err_set(err, ERR_INTERNAL, "the embedded mock did not start: %s",
	    said[0] ? said : "it said nothing");
	struct err ignored = { 0 };
	(void)!embedded_stop(e, &ignored);
	return -1;
}

struct argv_list {
	VEC(char *);
};

static void mock_arguments(
    struct argv_list *args, const struct embedded_options *o)
{
	const char *fixed[] = { "esitesti", "mock", "--certs", o->certs,
		"--dialect", o->dialect, "--project", o->project, "--port", "0",
		"--ready-fd", "3", "--parent-death", "--case-faults" };
	for (size_t i = 0; i < COUNTOF(fixed); i++)
		*VEC_PUSH(args) = xstrdup(fixed[i]);
	VEC_EACH (const char *, fault, o->faults) {
		*VEC_PUSH(args) = xstrdup("--fault");
		*VEC_PUSH(args) = xstrdup(*fault);
	}
	*VEC_PUSH(args) = NULL;
}

int embedded_start(
    struct embedded *e, const struct embedded_options *o, struct err *err)
{
	struct argv_list args = { 0 };
	int ready[2] = { -1, -1 };
	int rc = -1;
	*e = (struct embedded){ 0 };
	int log = memfd_create("mock-log", MFD_CLOEXEC);
	if (log < 0 || pipe2(ready, O_CLOEXEC) < 0) {
		err_errno(err, ERR_INTERNAL, "cannot start the embedded mock");
		goto out;
	}
	mock_arguments(&args, o);
	e->pid = fork();
	if (e->pid < 0) {
		err_errno(err, ERR_INTERNAL, "cannot start the embedded mock");
		goto out;
	}
	if (e->pid == 0)
		become_mock(args.at, ready[1], log);
	close(ready[1]);
	ready[1] = -1;
	rc = read_port(ready[0], &e->port);
	if (rc < 0)
		did_not_start(e, log, err);
out:
	for (size_t i = 0; i < 2; i++)
		if (ready[i] >= 0)
			close(ready[i]);
	if (log >= 0)
		close(log);
	VEC_EACH (char *, arg, &args)
		free(*arg);
	VEC_RELEASE(&args);
	return rc;
}

/* 1 = ended, status in *status; 0 = still there after GRACE_MS. */
static int wait_for_end(pid_t pid, int *status)
{
	int64_t until = clock_monotonic() + (int64_t)GRACE_MS * 1000;
	while (clock_monotonic() < until) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid || (got < 0 && errno == ECHILD))
			return 1;
		struct timespec ts = { 0, 2000000 };
		nanosleep(&ts, NULL);
	}
	return 0;
}

int embedded_stop(struct embedded *e, struct err *err)
{
	int status = 0;
	if (e->pid <= 0)
		return 0;
	bool died_before = waitpid(e->pid, &status, WNOHANG) == e->pid;
	if (!died_before) {
		kill(e->pid, SIGTERM);
		if (!wait_for_end(e->pid, &status)) {
			kill(e->pid, SIGKILL);
			waitpid(e->pid, &status, 0);
		}
	}
	e->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && !died_before)
		return 0;
	if (WIFSIGNALED(status))
		return err_set(err, ERR_INTERNAL,
		    "the embedded mock was ended by signal %d",
		    WTERMSIG(status));
	return err_set(err, ERR_INTERNAL,
	    "the embedded mock ended %s with exit code %d",
	    died_before ? "before the run did," : "uncleanly,",
	    WEXITSTATUS(status));
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox.h"

#include "base/compiler.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>

/* What touches the world, and which argument names what (-1 = none). */
static const struct watched {
	long number;
	const char *name;
	int path;
} watched[] = {
	{ SYS_openat, "openat", 1 },
#ifdef SYS_open
	{ SYS_open, "open", 0 },
#endif
	{ SYS_socket, "socket", -1 },
	{ SYS_connect, "connect", -1 },
	{ SYS_sendto, "sendto", -1 },
	{ SYS_execve, "execve", 0 },
	{ SYS_unlinkat, "unlinkat", 1 },
	{ SYS_mkdirat, "mkdirat", 1 },
};

/* Only one process in a sandbox: the handler of a signal has no other way. */
static struct sandbox *told;

static const char *argument(const ucontext_t *u, int index)
{
#if defined(__x86_64__)
	static const int registers[] = { REG_RDI, REG_RSI };
	return (const char *)u->uc_mcontext.gregs[registers[index]];
#elif defined(__aarch64__)
	return (const char *)u->uc_mcontext.regs[index];
#else
	(void)u, (void)index;
	return "";
#endif
}

static void set_result(ucontext_t *u, long result)
{
#if defined(__x86_64__)
	u->uc_mcontext.gregs[REG_RAX] = result;
#elif defined(__aarch64__)
	u->uc_mcontext.regs[0] = (unsigned long long)result;
#else
	(void)u, (void)result;
#endif
}

static void on_call(int signal, siginfo_t *info, void *context)
{
	ucontext_t *u = context;
	const char *name = "?", *path = "";
	(void)signal;
	for (size_t i = 0; i < COUNTOF(watched); i++)
		if (watched[i].number == info->si_syscall) {
			name = watched[i].name;
			if (watched[i].path >= 0)
				path = argument(u, watched[i].path);
		}
	set_result(u, -EACCES);
	if (strstr(path, "/gconv"))
		return;
	if (told->tries++ == 0)
		(void)snprintf(
		    told->first, sizeof(told->first), "%s %s", name, path);
}

bool sandbox_enter(struct sandbox *out)
{
	struct sock_filter filter[COUNTOF(watched) * 2 + 2];
	unsigned short n = 0;
	filter[n++] = (struct sock_filter)BPF_STMT(
	    BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < COUNTOF(watched); i++) {
		filter[n++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned)watched[i].number, 0, 1);
		filter[n++] = (struct sock_filter)BPF_STMT(
		    BPF_RET | BPF_K, SECCOMP_RET_TRAP);
	}
	filter[n++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog program = { .len = n, .filter = filter };
	struct sigaction action = { .sa_sigaction = on_call,
		.sa_flags = SA_SIGINFO };
	told = out;
	return sigaction(SIGSYS, &action, NULL) == 0 &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/interrupt.h"

#include "base/command.h"
#include "base/limits.h"
#include "base/str.h"
#include "record/result.h"

#include <signal.h>
#include <unistd.h>

/* A handler has no argument of ours and may only write what is there already.
 */
static atomic_int interrupted;
static char told_first[256], told_second[1024];

static void say(const char *text)
{
	(void)!write(STDERR_FILENO, text, strlen(text));
}

static void on_signal(int number)
{
	(void)number;
	if (atomic_fetch_add(&interrupted, 1) == 0) {
		say(told_first);
		return;
	}
	say(told_second);
	command_end_all();
	_exit(EXIT_INTERRUPTED);
}

static void listen(void)
{
	struct sigaction act = { .sa_handler = on_signal,
		.sa_flags = SA_RESTART };
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

void interrupt_catch_files(void)
{
	snprintf(told_first, sizeof(told_first),
	    "\nesitesti: stopping behind the files under way; once more stops "
	    "at once\n");
	snprintf(told_second, sizeof(told_second), "\nesitesti: stopped\n");
	listen();
}

void interrupt_catch(const char *run_dir)
{
	snprintf(told_first, sizeof(told_first),
	    "\nesitesti: finishing the exchange under way and the teardown, up "
	    "to %d s for each message; once more stops at once\n",
	    LIMIT_EXCHANGE_MS / 1000);
	snprintf(told_second, sizeof(told_second),
	    "\nesitesti: stopped; the run folder is '%s'; 'esitesti report "
	    "%s' tells what was done\n",
	    run_dir, run_dir);
	listen();
}

const atomic_int *interrupt_count(void)
{
	return &interrupted;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "cmd-mock.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child's options are those given here alone. */
static char **own_environment(void)
{
	size_t n = 0, kept = 0;
	char **list = NULL;

	while (environ[n])
		n++;
	list = xcalloc(n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		if (!str_starts(environ[i], "ESITESTI_") ||
		    str_starts(environ[i], "ESITESTI_DATA="))
			list[kept++] = environ[i];
	return list;
}

/* esitesti report, by this very program; nothing of it is printed. */
static pid_t start_report(const struct mock_view *v, bool live)
{
	const char *argv[] = { "esitesti", "report", "--lang",
		lang_names[v->lang], "--html", v->page, v->dir,
		live ? "--live" : NULL, NULL };
	char **env = own_environment();
	posix_spawn_file_actions_t files;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&files);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		posix_spawn_file_actions_addopen(
		    &files, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawn(&pid, "/proc/self/exe", &files, NULL,
		(char *const *)(uintptr_t)argv, env) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&files);
	free(env);
	return pid;
}

static pid_t render(void *view)
{
	return start_report(view, true);
}

/* The first page is there: show it, where somebody could see it. */
static void rendered(void *view)
{
	struct mock_view *v = view;
	const char *browser = getenv("BROWSER");
	const char *argv[] = { browser && *browser ? browser : "xdg-open",
		v->page, NULL };
	pid_t pid = -1;

	if (v->shown)
		return;
	v->shown = true;
	if (!getenv("DISPLAY") && !getenv("WAYLAND_DISPLAY"))
		return;
	if (posix_spawnp(&pid, argv[0], NULL, NULL,
		(char *const *)(uintptr_t)argv, environ) != 0)
		fprintf(v->log, "cannot start '%s': open '%s' yourself\n",
		    argv[0], v->page);
}

int view_open(struct mock_view *v, const char *dir, struct err *err)
{
	if (!dir) {
		err_set(err, ERR_USAGE,
		    "'--open-report' shows a run folder, and there is none");
		return err_hint(err, "give one: --out DIR");
	}
	v->dir = dir;
	v->page = path_join(dir, "report.html");
	v->tells = (struct mock_page){
		.file = v->page,
		.render = render,
		.rendered = rendered,
		.ctx = v,
	};
	return 0;
}

void view_close(struct mock_view *v, bool served)
{
	pid_t pid = served && v->page ? start_report(v, false) : -1;

	if (pid > 0)
		waitpid(pid, NULL, 0);
	free(v->page);
	v->page = NULL;
}

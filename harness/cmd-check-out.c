/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-check.h"

#include "base/str.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Where each rendering goes: the chosen one to --out or the standard output,
 * others into the files that name them. */
struct wanted {
	const struct check_view *view;
	const char *path; /* NULL = a stream */
	FILE *stream;
};

static const struct check_view *view_named(const char *name)
{
	for (size_t i = 0; i < CHECK_FORMATS; i++)
		if (streq(check_view_names[i], name))
			return check_views[i];
	BUG("no such view");
}

static bool is_github(const struct check_command *o)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun */
	const char *actions = getenv("GITHUB_ACTIONS");
	return o->github || (actions && streq(actions, "true"));
}

static size_t list_wanted(
    const struct check_command *o, struct io *io, struct wanted to[])
{
	const struct {
		const char *name, *path;
	} files[] = {
		{ "html", o->html },
		{ "json", o->json },
		{ "junit", o->junit },
		{ "sarif", o->sarif },
	};
	size_t n = 0;
	to[n++] = (struct wanted){ check_views[o->format], o->out,
		o->out ? NULL : io->out };
	for (size_t i = 0; i < COUNTOF(files); i++)
		if (files[i].path)
			to[n++] = (struct wanted){ view_named(files[i].name),
				files[i].path, NULL };
	if (o->write_baseline)
		to[n++] = (struct wanted){ &check_view_baseline,
			o->write_baseline, NULL };
	if (is_github(o))
		to[n++] =
		    (struct wanted){ &check_view_github, NULL, io->errout };
	return n;
}

/* Somebody may have filled it in. */
static int check_new_baseline(const struct check_command *o, struct err *err)
{
	const char *path = o->write_baseline;
	if (!path || access(path, F_OK) != 0)
		return 0;
	err_set(
	    err, ERR_USAGE, "--write-baseline: '%s' is there already", path);
	return err_hint(err,
	    "write to another file, and take the new entries over from it");
}

int check_places(const struct check_command *o, struct err *err)
{
	if (check_new_baseline(o, err) < 0)
		return -1;
	struct io nowhere = { NULL, NULL };
	struct wanted wanted[CHECK_OUTPUTS];
	size_t count = list_wanted(o, &nowhere, wanted);
	for (size_t i = 0; i < count; i++) {
		const char *path = wanted[i].path;
		if (path && file_check_place(path, err) < 0)
			return -1;
		for (size_t k = 0; path && k < i; k++)
			if (wanted[k].path && streq(wanted[k].path, path))
				return err_set(err, ERR_USAGE,
				    "two reports would go to '%s'", path);
	}
	return 0;
}

/* Columns of the terminal that it is; 0 = it is none, or says nothing. */
static unsigned width_of(FILE *out)
{
	struct winsize size = { 0 };
	int fd = fileno(out);
	if (fd < 0 || !isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

static int begin_one(
    struct checking *c, const struct wanted *w, struct err *err)
{
	struct check_output *out = &c->outputs[c->output_count];
	struct check_view_options o = c->view;
	*out = (struct check_output){ .view = w->view };
	if (w->path && file_begin(&out->file, w->path, 0600, err) < 0)
		return -1;
	FILE *stream = w->path ? out->file.stream : w->stream;
	o.color = wants_color(stream);
	o.width = width_of(stream);
	out->state = w->view->begin(stream, &o, err);
	if (!out->state) {
		file_abandon(&out->file);
		return -1;
	}
	c->output_count++;
	return 0;
}

int check_outputs_begin(struct checking *c, struct err *err)
{
	struct wanted wanted[CHECK_OUTPUTS];
	size_t count = list_wanted(c->o, c->io, wanted);
	for (size_t i = 0; i < count; i++)
		if (begin_one(c, &wanted[i], err) < 0)
			return -1;
	return 0;
}

void check_outputs_file(struct checking *c, const struct checked *checked)
{
	for (size_t i = 0; i < c->output_count; i++)
		c->outputs[i].view->file(c->outputs[i].state, checked);
}

void check_outputs_unread(
    struct checking *c, const char *name, const struct err *why)
{
	for (size_t i = 0; i < c->output_count; i++)
		c->outputs[i].view->unread(c->outputs[i].state, name, why);
}

static int end_one(
    struct checking *c, struct check_output *out, struct err *err)
{
	void *state = out->state;
	out->state = NULL;
	if (out->view->end(state, &c->totals, err) < 0)
		return -1;
	if (!out->file.stream)
		return 0;
	if (c->totals.interrupted) {
		file_abandon(&out->file);
		return 0;
	}
	return file_commit(&out->file, err);
}

int check_outputs_end(struct checking *c, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; i < c->output_count; i++)
		if (end_one(c, &c->outputs[i], err) < 0)
			rc = -1;
	return rc;
}

/* A state that was begun ends all the same: only so it is freed. */
void check_outputs_abandon(struct checking *c)
{
	struct err ignored = { 0 };
	for (size_t i = 0; i < c->output_count; i++) {
		struct check_output *out = &c->outputs[i];
		if (out->state)
			(void)!out->view->end(out->state, &c->totals, &ignored);
		file_abandon(&out->file);
	}
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "cmd.h"
#include "report/report.h"

#include <stdlib.h>

static bool is_stdout(const struct ci_options *c)
{
	return c->tap && streq(c->tap, "-");
}

int ci_check(const struct ci_options *c, struct err *err)
{
	return c->tap && !is_stdout(c) ? file_check_place(c->tap, err) : 0;
}

static const char *set_in_environment(const char *name)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it meanwhile */
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static bool is_in_environment(const char *name, const char *value)
{
	const char *is = set_in_environment(name);
	return is && streq(is, value);
}

FILE *ci_outputs(const struct ci_options *c, struct io *io,
    struct report_paths *paths, struct report_options *options)
{
	FILE *table = is_stdout(c) ? io->errout : io->out;
	options->color = wants_color(table);
	options->mask = wants_mask();
	/* A Perl consumer tells the last version that it knows (TAP::Parser).
	 */
	options->tap_13 = is_in_environment("TAP_VERSION", "13");
	if (is_stdout(c))
		paths->tap_stream = io->out;
	else
		paths->tap = c->tap;
	if (c->github || is_in_environment("GITHUB_ACTIONS", "true")) {
		paths->annotations = io->errout;
		paths->summary = set_in_environment("GITHUB_STEP_SUMMARY");
		options->workspace = set_in_environment("GITHUB_WORKSPACE");
	}
	return table;
}

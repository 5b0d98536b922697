/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "cmd.h"
#include "record/result.h"
#include "report/report.h"
#include "run/rejudge.h"

#include <stdlib.h>

struct report_command {
	const char *html, *junit, *results;
	int lang; /* -1 = the run's own */
	bool rejudge;
	struct ci_options ci;
};

static const struct opt options[] = {
	{ "github", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct report_command, ci.github),
	    "GitHub annotations and step summary, also elsewhere" },
	{ "html", 0, OPT_TEXT, "FILE", OPT_INTO(struct report_command, html),
	    "write the HTML report here (default: RUN/report.html)" },
	{ "junit", 0, OPT_TEXT, "FILE", OPT_INTO(struct report_command, junit),
	    "write the JUnit file here (default: RUN/junit.xml)" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct report_command, lang),
	    "language (default: the run's)", 0, 0, lang_names, LANG_COUNT },
	{ "rejudge", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct report_command, rejudge),
	    "judge the recorded messages again, say which verdicts differ" },
	{ "results", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct report_command, results),
	    "write results.xml here (default: RUN/results.xml)" },
	{ "tap", 0, OPT_TEXT, "FILE", OPT_INTO(struct report_command, ci.tap),
	    "write TAP 14 here; '-': standard output, without the table" },
};

static const struct opt_set option_set = {
	.command = "report",
	.operands = "RUN",
	.summary = "render a run folder, or judge it again",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "The exit code is that of the run, or 6 when a file of its "
		 "folder is missing or\nchanged; with --rejudge it is 1 when a "
		 "verdict differs, 8 or 6 when the record\nwas cut off or "
		 "changed, else 0, and nothing is rendered.\n",
};

void cmd_report_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

/* ---- Judging again */

static void print_difference(
    const struct difference *d, enum lang lang, FILE *out)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	struct note note = say_report_rejudged_one(
	    result_name(d->recorded.kind), result_name(d->now.kind));
	note_render(&text, &note, lang);
	fprintf(out, "%s %s/%s: %s\n", d->recorded.case_id, d->recorded.step_id,
	    d->recorded.expectation_id, text.ptr);
	buf_release(&text);
}

static int print_differences(
    const struct differences *all, enum lang lang, FILE *out)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	char judged[24], differ[24];
	VEC_EACH (struct difference, d, all)
		print_difference(d, lang, out);
	snprintf(judged, sizeof(judged), "%zu", all->judged);
	snprintf(differ, sizeof(differ), "%zu", all->count);
	struct note note = all->count
			       ? say_report_rejudged_differ(judged, differ)
			       : say_report_rejudged_same(judged);
	note_render(&text, &note, lang);
	fprintf(out, "%s\n", text.ptr);
	buf_release(&text);
	return all->count ? EXIT_FAILED : EXIT_PASSED;
}

/* A record that was changed or cut off proves nothing by agreeing with itself.
 */
static int print_seal(struct run_log *log, enum lang lang, FILE *out)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	char line[24];
	struct note note = say_none();
	int code = EXIT_PASSED;
	switch (log_seal(log)) {
	case SEAL_WHOLE:
		break;
	case SEAL_MISSING:
		note = say_report_seal_missing();
		code = EXIT_ERROR;
		break;
	case SEAL_BROKEN:
		snprintf(line, sizeof(line), "%u", log_broken_at(log));
		note = say_report_seal_broken(line);
		code = EXIT_EVIDENCE;
		break;
	}
	note_render(&text, &note, lang);
	if (code != EXIT_PASSED)
		fprintf(out, "%s\n", text.ptr);
	buf_release(&text);
	return code;
}

/* Messages that are not those of the run say nothing of its verdicts. */
static bool print_lost(struct report *r, enum lang lang, FILE *out)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	const struct note *notes;
	size_t n = report_lost(r, &notes);
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		note_render(&text, &notes[i], lang);
		fprintf(out, "%s\n", text.ptr);
	}
	buf_release(&text);
	return n > 0;
}

static int rejudge_run(
    struct report *r, enum lang lang, FILE *out, struct err *err)
{
	struct differences all = { 0 };
	if (print_lost(r, lang, out))
		return EXIT_EVIDENCE;
	int rc = rejudge(report_log(r), &all, err);
	if (rc == 0)
		rc = exit_worse(print_differences(&all, lang, out),
		    print_seal(report_log(r), lang, out));
	VEC_RELEASE(&all);
	return rc;
}

/* ---- Rendering */

static int render_all(struct report *r, const struct report_command *c,
    struct report_options *o, struct io *io, struct err *err)
{
	struct report_paths paths = { c->results, c->junit, c->html };
	FILE *table = ci_outputs(&c->ci, io, &paths, o);
	if (report_render(r, o, &paths, table, err) < 0)
		return -1;
	return report_totals(r)->exit;
}

static enum lang lang_of(const struct report_command *c, struct report *r)
{
	const char *lang = log_head(report_log(r))->lang;
	if (c->lang >= 0)
		return (enum lang)c->lang;
	return lang && streq(lang, lang_names[LANG_EN]) ? LANG_EN : LANG_FI;
}

/* Nothing was judged there, so nothing of it may look like a pass. */
static int refuse_mock(struct report *r, const char *dir, struct err *err)
{
	if (!streq(log_head(report_log(r))->role, "mock"))
		return 0;
	err_set(err, ERR_USAGE,
	    "'%s' is the run folder of a mock: it holds no verdicts", dir);
	return err_hint(err, "its journal.jsonl and messages/ tell what the "
			     "mock received");
}

static int check_places(const struct report_command *c, struct err *err)
{
	const char *const paths[] = { c->html, c->junit, c->results };
	for (size_t i = 0; i < COUNTOF(paths); i++)
		if (paths[i] && file_check_place(paths[i], err) < 0)
			return -1;
	return ci_check(&c->ci, err);
}

static int report_run(const struct report_command *c, const char *dir,
    struct io *io, struct err *err)
{
	int rc = -1;
	char *data = path_data(err);
	struct report *r = data ? report_open_checked(dir, err) : NULL;
	struct report_options o = { .data = data };
	if (!r || refuse_mock(r, dir, err) < 0)
		goto out;
	o.lang = lang_of(c, r);
	rc = c->rejudge ? rejudge_run(r, o.lang, io->out, err)
			: render_all(r, c, &o, io, err);
out:
	report_close(r);
	free(data);
	return rc;
}

int cmd_report(int argc, char *argv[], struct io *io, struct err *err)
{
	struct report_command c = { .lang = -1 };
	int rc = opt_parse(&option_set, &c, argc, argv, io->out, err);
	if (rc <= 0)
		return rc;
	if (argc - rc != 1) {
		err_set(err, ERR_USAGE, "'report' needs one run folder");
		return err_hint(err, "for example: esitesti report "
				     "esitesti-runs/20261121T182203Z-1a2b3c");
	}
	if (check_places(&c, err) < 0)
		return -1;
	return report_run(&c, argv[rc], io, err);
}

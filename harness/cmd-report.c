/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "cmd.h"
#include "record/result.h"
#include "report/report.h"
#include "report/watch.h"
#include "run/rejudge.h"

#include <stdlib.h>

struct report_command {
	const char *html, *junit, *results, *out;
	int lang; /* -1 = the run's own */
	bool rejudge, live;
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
	{ "live", 0, OPT_FLAG, NULL, OPT_INTO(struct report_command, live),
	    "of a mock's run folder: a page that loads itself anew" },
	{ "out", 'o', OPT_TEXT, "DIR", OPT_INTO(struct report_command, out),
	    "write the files into this folder" },
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
	.operands = "RUN...",
	.summary = "render run folders, or judge them again",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "The exit code is that of the run, or 6 when a file of its "
		 "folder is missing or\nchanged; with --rejudge it is 1 when a "
		 "verdict differs, 8 or 6 when the record\nwas cut off or "
		 "changed, else 0, and nothing is rendered.\n\n"
		 "Several RUNs of one plan, its shards or attempts at it, "
		 "become one report. A file\nof it is written where an option "
		 "names it or, with --out, into that folder. The\nexit code is "
		 "the worst of all, or 6 when a shard is missing or double.\n",
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

static void print_notes(
    const struct note *notes, size_t n, enum lang lang, FILE *out)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		note_render(&text, &notes[i], lang);
		fprintf(out, "%s\n", text.ptr);
	}
	buf_release(&text);
}

/* Messages that are not those of the run say nothing of its verdicts. */
static bool print_lost(struct report *r, enum lang lang, FILE *out)
{
	const struct note *notes;
	size_t n = report_lost(r, &notes);
	print_notes(notes, n, lang, out);
	return n > 0;
}

static int rejudge_run(
    struct run_log *log, enum lang lang, FILE *out, struct err *err)
{
	struct differences all = { 0 };
	int rc = rejudge(log, &all, err);
	if (rc == 0)
		rc = exit_worse(print_differences(&all, lang, out),
		    print_seal(log, lang, out));
	VEC_RELEASE(&all);
	return rc;
}

static int rejudge_all(
    struct report *r, enum lang lang, FILE *out, struct err *err)
{
	const struct note *gaps;
	size_t count = report_run_count(r), gap_count = report_gaps(r, &gaps);
	int code = gap_count ? EXIT_EVIDENCE : EXIT_PASSED;
	if (print_lost(r, lang, out))
		return EXIT_EVIDENCE;
	for (size_t i = 0; i < count; i++) {
		struct run_log *log = report_run(r, i);
		if (count > 1)
			fprintf(out, "%s:\n", log_dir(log));
		int rc = rejudge_run(log, lang, out, err);
		if (rc < 0)
			return -1;
		code = exit_worse(code, rc);
	}
	print_notes(gaps, gap_count, lang, out);
	return code;
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

/* Nothing was judged there, so nothing of it may look like a pass: it has a
 * page of its own kind, and no table. */
static int render_mock(const struct report_command *c, const char *dir,
    struct io *io, struct err *err)
{
	char *data = path_data(err);
	char *usual = path_join(dir, "report.html");
	const struct watch_options o = {
		.out = c->html ? c->html : usual,
		.data = data,
		.lang = c->lang < 0 ? LANG_EN : (enum lang)c->lang,
		.live = c->live,
	};
	int rc = data ? watch_render(dir, &o, err) : -1;

	if (rc == 0)
		fprintf(io->out, "%s\n", o.out);
	free(usual);
	free(data);
	return rc;
}

/* A mock's folder stands alone, and holds no verdicts. */
static int check_mock(const struct report_command *c, const char *const dirs[],
    size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++)
		if (watch_is_mock(dirs[i]) &&
		    (count > 1 || c->rejudge || c->junit || c->results))
			return err_set(err, ERR_USAGE,
			    "'%s' is the run folder of a mock: it holds no "
			    "verdicts, only a page can be made of it",
			    dirs[i]);
	return 0;
}

static int check_places(const struct report_command *c, struct err *err)
{
	const char *const paths[] = { c->html, c->junit, c->results };
	for (size_t i = 0; i < COUNTOF(paths); i++)
		if (paths[i] && file_check_place(paths[i], err) < 0)
			return -1;
	return ci_check(&c->ci, err);
}

/* What of a report over several runs goes into --out, by its usual name. */
struct places {
	char *html, *junit, *results;
};

static int use_folder(
    struct report_command *c, struct places *p, struct err *err)
{
	if (!c->out)
		return 0;
	if (dir_make(c->out, 0700, err) < 0)
		return -1;
	const struct {
		const char **option, *name;
		char **place;
	} files[] = {
		{ &c->html, "report.html", &p->html },
		{ &c->junit, "junit.xml", &p->junit },
		{ &c->results, "results.xml", &p->results },
	};
	for (size_t i = 0; i < COUNTOF(files); i++) {
		if (*files[i].option)
			continue;
		*files[i].place = path_join(c->out, files[i].name);
		*files[i].option = *files[i].place;
	}
	return 0;
}

static int report_runs(const struct report_command *c, const char *const dirs[],
    size_t count, struct io *io, struct err *err)
{
	int rc = -1;
	char *data = path_data(err);
	struct report *r =
	    data ? report_open_several(dirs, count, true, err) : NULL;
	struct report_options o = { .data = data };
	if (!r)
		goto out;
	o.lang = lang_of(c, r);
	rc = c->rejudge ? rejudge_all(r, o.lang, io->out, err)
			: render_all(r, c, &o, io, err);
out:
	report_close(r);
	free(data);
	return rc;
}

int cmd_report(int argc, char *argv[], struct io *io, struct err *err)
{
	struct report_command c = { .lang = -1 };
	struct places places = { NULL };
	int first = opt_parse(&option_set, &c, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	if (argc - first < 1) {
		err_set(err, ERR_USAGE, "'report' needs a run folder");
		return err_hint(err, "for example: esitesti report "
				     "esitesti-runs/20261121T182203Z-1a2b3c");
	}
	int rc = -1;
	if (check_mock(&c, (const char *const *)argv + first,
		(size_t)(argc - first), err) < 0)
		return -1;
	if (watch_is_mock(argv[first]))
		return render_mock(&c, argv[first], io, err);
	if (use_folder(&c, &places, err) == 0 && check_places(&c, err) == 0)
		rc = report_runs(&c, (const char *const *)argv + first,
		    (size_t)(argc - first), io, err);
	free(places.html);
	free(places.junit);
	free(places.results);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include "base/file.h"
#include "report/inside.h"

static int pass_by(void *ctx, struct report_case *c, struct err *err)
{
	(void)ctx;
	(void)c;
	(void)err;
	return 0;
}

int report_sink(struct report *r, struct sink *sink, struct err *err)
{
	if (!sink)
		return -1;
	int rc = report_each(r, sink->each, sink->ctx, err);
	return sink->end(sink->ctx, rc == 0, err) < 0 ? -1 : rc;
}

static int add(struct report *r, struct sink *sink)
{
	if (!sink)
		return -1;
	r->sinks[r->sink_count++] = sink;
	return 0;
}

/* Begins what is wanted; what was begun is in r->sinks. */
static int begin_all(struct report *r, const struct report_options *o,
    const struct report_paths *paths, struct err *err)
{
	bool tap = paths->tap || paths->tap_stream;
	if (paths->results &&
	    add(r, results_begin(r, o, paths->results, err)) < 0)
		return -1;
	if (paths->junit && add(r, junit_begin(r, o, paths->junit, err)) < 0)
		return -1;
	if (tap &&
	    add(r, tap_begin(r, o, paths->tap, paths->tap_stream, err)) < 0)
		return -1;
	if (paths->annotations &&
	    add(r, annotations_begin(r, o, paths->annotations)) < 0)
		return -1;
	if (!paths->summary)
		return 0;
	return add(r, markdown_begin(r, o, paths->summary));
}

static int write_files(struct report *r, const struct report_options *o,
    const struct report_paths *paths, struct err *err)
{
	struct sink *begun[REPORT_SINKS];
	int rc = begin_all(r, o, paths, err);
	size_t count = r->sink_count;
	memcpy(begun, r->sinks, sizeof(begun));
	/* The page's walk over all cases feeds the others, too. */
	if (rc == 0 && paths->html)
		rc = report_html(r, o, paths->html, err);
	/* A user's stylesheet may not ask for all cases. */
	if (rc == 0 && r->sink_count)
		rc = report_each(r, pass_by, NULL, err);
	r->sink_count = 0;
	for (size_t i = 0; i < count; i++)
		if (begun[i]->end(begun[i]->ctx, rc == 0, err) < 0)
			rc = -1;
	return rc;
}

/* Files first: the table says where the page is. */
static int render(struct report *r, const struct report_options *o,
    const struct report_paths *paths, FILE *out, struct err *err)
{
	int rc = write_files(r, o, paths, err);
	r->page = rc == 0 ? paths->html : NULL;
	if (report_text(r, o, out, err) < 0)
		rc = -1;
	r->page = NULL;
	return rc;
}

int report_render(struct report *r, const struct report_options *o,
    const struct report_paths *paths, FILE *out, struct err *err)
{
	const char *dir = log_dir(r->log);
	if (report_is_several(r))
		return render(r, o, paths, out, err);
	char *results = path_join(dir, "results.xml");
	char *junit = path_join(dir, "junit.xml");
	char *html = path_join(dir, "report.html");
	struct report_paths whole = *paths;
	whole.results = paths->results ? paths->results : results;
	whole.junit = paths->junit ? paths->junit : junit;
	whole.html = paths->html ? paths->html : html;
	int rc = render(r, o, &whole, out, err);
	free(results);
	free(junit);
	free(html);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

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

/* Begins what `paths` names; what was begun is in r->sinks. */
static int begin_all(struct report *r, const struct report_options *o,
    const struct report_paths *paths, struct err *err)
{
	const struct {
		struct sink *(*begin)(struct report *,
		    const struct report_options *, const char *, struct err *);
		const char *path;
	} wanted[] = { { results_begin, paths->results },
		{ junit_begin, paths->junit } };
	_Static_assert(COUNTOF(wanted) <= REPORT_SINKS, "room for all");
	for (size_t i = 0; i < COUNTOF(wanted); i++) {
		if (!wanted[i].path)
			continue;
		struct sink *sink = wanted[i].begin(r, o, wanted[i].path, err);
		if (!sink)
			return -1;
		r->sinks[r->sink_count++] = sink;
	}
	return 0;
}

int report_files(struct report *r, const struct report_options *o,
    const struct report_paths *paths, struct err *err)
{
	struct sink *begun[REPORT_SINKS];
	int rc = begin_all(r, o, paths, err);
	size_t count = r->sink_count;
	memcpy(begun, r->sinks, sizeof(begun));
	/* The page's walk over all cases feeds the others, too. */
	if (rc == 0 && paths->html)
		rc = report_html(r, o, paths->html, err);
	/* No page, or a stylesheet that does not ask for all cases. */
	if (rc == 0 && r->sink_count)
		rc = report_each(r, pass_by, NULL, err);
	r->sink_count = 0;
	for (size_t i = 0; i < count; i++)
		if (begun[i]->end(begun[i]->ctx, rc == 0, err) < 0)
			rc = -1;
	return rc;
}

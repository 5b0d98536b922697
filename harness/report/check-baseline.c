/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/baseline.h"
#include "report/checks-inside.h"

/*
 * A baseline of what was found (check/baseline.h): an entry for each rule at
 * each place that counts, may be accepted and is not yet. It cannot be loaded
 * until reason, day and name are filled in.
 */
struct baseline_view {
	FILE *out;
	struct check_view_options o;
	struct buf xml;
};

static void *begin_baseline(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct baseline_view *v = xcalloc(1, sizeof(*v));
	(void)err;
	v->out = out;
	v->o = *o;
	buf_init(&v->xml, LIMIT_MIB(64));
	fputs(
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<!-- Findings that are known and accepted for a while: why, until "
	    "which day,\n     and by whom. -->\n"
	    "<baseline xmlns=\"urn:esitesti:baseline:1\">\n",
	    out);
	return v;
}

/* Written also when it is empty: there is something to fill in. */
static void put(struct baseline_view *v, const char *name, const char *value)
{
	buf_addf(&v->xml, " %s=\"", name);
	buf_add_xmls(&v->xml, value ? value : "");
	buf_addc(&v->xml, '"');
}

static void put_file(struct baseline_view *v, const char *name)
{
	char *file = baseline_file(v->o.baseline, name);
	put(v, "file", file);
	free(file);
}

static bool same_place(const struct finding *a, const struct finding *b)
{
	return streq(a->rule, b->rule) && streq(a->where, b->where);
}

static bool was_there(const struct checked *c, const struct finding *f)
{
	for (const struct finding *g = c->findings.at; g < f; g++)
		if (!g->accepted && same_place(g, f))
			return true;
	return false;
}

static void file_baseline(void *state, const struct checked *c)
{
	struct baseline_view *v = state;
	VEC_EACH (const struct finding, f, &c->findings) {
		if (f->accepted || f->severity == SEVERITY_INFO ||
		    !baseline_may_accept(f) || was_there(c, f))
			continue;
		buf_adds(&v->xml, "  <accept");
		put(v, "rule", f->rule);
		put_file(v, c->name);
		if (*f->where) {
			buf_adds(&v->xml, "\n         ");
			put(v, "where", f->where);
		}
		buf_adds(&v->xml, "\n         ");
		put(v, "reason", v->o.reason);
		put(v, "until", v->o.until);
		put(v, "by", v->o.by);
		buf_adds(&v->xml, "/>\n");
	}
	fwrite(v->xml.ptr, 1, v->xml.len, v->out);
	buf_clear(&v->xml);
}

/* What was not read has no findings to accept. */
static void unread_baseline(
    void *state, const char *name, const struct err *why)
{
	(void)state;
	(void)name;
	(void)why;
}

static int end_baseline(
    void *state, const struct check_totals *t, struct err *err)
{
	struct baseline_view *v = state;
	(void)t;
	(void)err;
	fputs("</baseline>\n", v->out);
	buf_release(&v->xml);
	free(v);
	return 0;
}

const struct check_view check_view_baseline = {
	.name = "baseline",
	.begin = begin_baseline,
	.file = file_baseline,
	.unread = unread_baseline,
	.end = end_baseline,
};

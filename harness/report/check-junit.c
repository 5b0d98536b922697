/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"
#include "report/put.h"

#include <inttypes.h>

/*
 * Suite = file, testcase = stage, named by ids alone so that names stay the
 * same in both languages. A stage that could not be done is skipped, a file
 * that could not be read an error.
 */
struct junit_view {
	FILE *out;
	struct check_view_options o;
	struct buf xml;
};

static void flush_xml(struct junit_view *v)
{
	fwrite(v->xml.ptr, 1, v->xml.len, v->out);
	buf_clear(&v->xml);
}

static void *begin_junit(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct junit_view *v = xcalloc(1, sizeof(*v));
	(void)err;
	v->out = out;
	v->o = *o;
	buf_init(&v->xml, FRAGMENT_CAP);
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	      "<testsuites name=\"esitesti check\">\n",
	    out);
	return v;
}

static void add_line(
    const struct junit_view *v, struct buf *to, enum word label, const char *s)
{
	if (s && *s)
		buf_addf(to, "  %s: %s\n", word_text(label, v->o.lang), s);
}

static void add_finding(const struct junit_view *v, struct buf *to,
    const struct checked *c, const struct finding *f)
{
	place_name(to, c, f);
	if (f->line)
		buf_addf(to, ":%u:%u", f->line, f->column);
	buf_addf(to, ": %s %s: %s\n",
	    word_text(severity_word(f->severity), v->o.lang), f->rule,
	    f->text[v->o.lang]);
	add_line(v, to, W_checks_place, f->where);
	add_line(v, to, W_checks_clause, f->clause);
	add_line(v, to, W_checks_next, f->hint[v->o.lang]);
}

/* What of the stage there is to say; the first finding is its message. */
static void put_findings(struct junit_view *v, const struct checked *c,
    enum stage stage, enum verdict_of_stage verdict)
{
	struct buf text = BUF_INIT(LIMIT_MIB(16));
	const struct finding *first = NULL;
	VEC_EACH (const struct finding, f, &c->findings) {
		if (f->stage != stage || f->accepted)
			continue;
		if (!first)
			first = f;
		add_finding(v, &text, c, f);
	}
	const char *element =
	    verdict == STAGE_HAS_FAILED ? "failure" : "system-out";
	if (!first)
		goto out;
	buf_addf(&v->xml, "<%s", element);
	if (verdict == STAGE_HAS_FAILED) {
		put_attribute(&v->xml, "message", first->text[v->o.lang]);
		put_attribute(&v->xml, "type", first->rule);
	}
	buf_addc(&v->xml, '>');
	buf_add_xml(&v->xml, text.ptr, text.len);
	buf_addf(&v->xml, "</%s>\n", element);
out:
	buf_release(&text);
}

/* What could not be judged is no test that was left out. */
static void put_unchecked(struct junit_view *v, const struct stage_result *s)
{
	struct buf why = BUF_INIT(LIMIT_KIB(16));
	struct note asked = say_checks_is_not_asked();
	note_render(
	    &why, s->state == STAGE_NOT_DONE ? &s->why : &asked, v->o.lang);
	buf_adds(&v->xml, s->broke ? "<error" : "<skipped");
	put_attribute(&v->xml, "message", why.ptr);
	if (s->broke)
		put_attribute(&v->xml, "type", "broke");
	buf_adds(&v->xml, "/>\n");
	buf_release(&why);
}

static void put_stage(
    struct junit_view *v, const struct checked *c, enum stage stage)
{
	const struct stage_result *s = &c->stages[stage];
	enum verdict_of_stage verdict = stage_verdict(s, v->o.fail_on);
	buf_adds(&v->xml, "<testcase");
	put_attribute(&v->xml, "classname", c->name);
	put_attribute(&v->xml, "name", stage_names[stage]);
	put_attribute(&v->xml, "file", c->name);
	buf_adds(&v->xml, ">\n");
	if (verdict == STAGE_IS_UNCHECKED || verdict == STAGE_WAS_NOT_ASKED)
		put_unchecked(v, s);
	put_findings(v, c, stage, verdict);
	buf_adds(&v->xml, "</testcase>\n");
}

static void file_junit(void *state, const struct checked *c)
{
	struct junit_view *v = state;
	size_t failures = 0, errors = 0, skipped = 0;
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		const struct stage_result *s = &c->stages[i];
		enum verdict_of_stage verdict = stage_verdict(s, v->o.fail_on);
		bool unchecked = verdict == STAGE_IS_UNCHECKED ||
				 verdict == STAGE_WAS_NOT_ASKED;
		failures += verdict == STAGE_HAS_FAILED;
		errors += unchecked && s->broke;
		skipped += unchecked && !s->broke;
	}
	buf_adds(&v->xml, "<testsuite");
	put_attribute(&v->xml, "name", c->name);
	put_number(&v->xml, "tests", STAGE_COUNT);
	put_number(&v->xml, "failures", (int64_t)failures);
	put_number(&v->xml, "errors", (int64_t)errors);
	put_number(&v->xml, "skipped", (int64_t)skipped);
	buf_addf(&v->xml, " time=\"%" PRId64 ".%03" PRId64 "\">\n",
	    c->took / 1000000, c->took / 1000 % 1000);
	for (size_t i = 0; i < STAGE_COUNT; i++)
		put_stage(v, c, (enum stage)i);
	buf_adds(&v->xml, "</testsuite>\n");
	flush_xml(v);
}

static void unread_junit(void *state, const char *name, const struct err *why)
{
	struct junit_view *v = state;
	buf_adds(&v->xml, "<testsuite");
	put_attribute(&v->xml, "name", name);
	buf_adds(&v->xml, " tests=\"1\" failures=\"0\" errors=\"1\" "
			  "skipped=\"0\" time=\"0.000\">\n<testcase");
	put_attribute(&v->xml, "classname", name);
	buf_adds(&v->xml, " name=\"read\">\n<error");
	put_attribute(&v->xml, "message", why->msg);
	buf_adds(&v->xml, " type=\"unread\"/>\n</testcase>\n</testsuite>\n");
	flush_xml(v);
}

static int end_junit(void *state, const struct check_totals *t, struct err *err)
{
	struct junit_view *v = state;
	(void)t;
	(void)err;
	fputs("</testsuites>\n", v->out);
	buf_release(&v->xml);
	free(v);
	return 0;
}

const struct check_view check_view_junit = {
	.name = "junit",
	.begin = begin_junit,
	.file = file_junit,
	.unread = unread_junit,
	.end = end_junit,
};

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/clock.h"
#include "base/file.h"

#include <inttypes.h>

/*
 * Suite = case, testcase = one expectation, named by ids alone so that names
 * stay the same from run to run and in both languages. No message bodies.
 */
struct junit {
	struct sink sink;
	struct report *r;
	const struct report_options *o;
	struct file_writer file;
	struct buf xml;
};

/* What a kind is to a build server. */
struct junit_kind {
	const char *element; /* NULL = nothing: it passed */
	const char *type;
};
static const struct junit_kind kinds[RESULT_COUNT] = {
	[RESULT_PASS] = { NULL, NULL },
	[RESULT_FAIL] = { "failure", "fail" },
	[RESULT_ERROR] = { "error", "error" },
	[RESULT_INCONCLUSIVE] = { "error", "inconclusive" },
	[RESULT_GUARD_REFUSED] = { "failure", "guard" },
	[RESULT_SKIP] = { "skipped", "skip" },
	[RESULT_OMIT] = { "skipped", "omit" },
	[RESULT_MANUAL] = { "skipped", "manual" },
};

struct tally {
	size_t tests, failures, errors, skipped;
};

static void tally_add(struct tally *t, enum result_kind kind, size_t n)
{
	const char *element = kinds[kind].element;
	t->tests += n;
	if (!element)
		return;
	if (streq(element, "failure"))
		t->failures += n;
	else if (streq(element, "error"))
		t->errors += n;
	else
		t->skipped += n;
}

static void put_seconds(struct buf *to, int64_t us)
{
	buf_addf(to, " time=\"%" PRId64 ".%03" PRId64 "\"", us / 1000000,
	    us / 1000 % 1000);
}

/* JUnit's times have neither fraction nor zone. */
static void put_timestamp(struct buf *to, int64_t us)
{
	char text[CLOCK_TEXT];
	clock_rfc3339(text, us);
	text[strlen("2026-11-21T18:22:03")] = '\0';
	put_attribute(to, "timestamp", text);
}

/* Every text of the run goes out through these two, which hide what a build
 * server must not show; ids too may be anybody's words. */
static void add_masked(struct junit *j, const char *text)
{
	struct buf masked = BUF_INIT(LIMIT_KIB(64));
	mask_add(&masked, text, j->o->mask ? j->r->host : NULL);
	buf_add_xml(&j->xml, masked.ptr, masked.len);
	buf_release(&masked);
}

static void put_masked(struct junit *j, const char *name, const char *text)
{
	if (!*text)
		return;
	buf_addf(&j->xml, " %s=\"", name);
	add_masked(j, text);
	buf_addc(&j->xml, '"');
}

static void add_line(
    struct junit *j, struct buf *to, enum word label, const char *text)
{
	if (*text)
		buf_addf(to, "%s: %s\n", word_text(label, j->o->lang), text);
}

static void add_note(
    struct junit *j, struct buf *to, enum word label, const struct note *note)
{
	struct note clean;
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	report_clean_note(j->r, note, &clean);
	note_render(&text, &clean, j->o->lang);
	add_line(j, to, label, text.ptr);
	buf_release(&text);
}

static void put_details(struct junit *j, const struct verdict *v)
{
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	add_line(j, &text, W_report_place, v->where);
	add_note(j, &text, W_report_expected, &v->expected);
	add_note(j, &text, W_report_found, &v->found);
	add_note(j, &text, W_report_cause, &v->cause);
	add_line(j, &text, W_report_rule, v->rule);
	add_note(j, &text, W_report_next, &v->next);
	add_masked(j, text.ptr);
	buf_release(&text);
}

static void put_outcome(
    struct junit *j, const struct report_expect *x, const char *element)
{
	const struct verdict *v = &x->verdict;
	struct buf message = BUF_INIT(LIMIT_KIB(16));
	struct note clean;
	buf_addf(&j->xml, "<%s", element);
	report_clean_note(j->r, &v->found, &clean);
	if (x->expect)
		buf_adds(&message, pair_text(&x->expect->says, j->o->lang));
	if (message.len && clean.word != W_none)
		buf_adds(&message, ": ");
	note_render(&message, &clean, j->o->lang);
	put_masked(j, "message", message.ptr);
	put_attribute(&j->xml, "type", kinds[v->kind].type);
	buf_addc(&j->xml, '>');
	put_details(j, v);
	buf_addf(&j->xml, "</%s>\n", element);
	buf_release(&message);
}

/* How long its message took; its siblings on the same message cost nothing. */
static int64_t expectation_us(const struct report_case *c, size_t i)
{
	unsigned seq = c->expects.at[i].verdict.exchange;
	for (size_t k = 0; k < i; k++)
		if (c->expects.at[k].verdict.exchange == seq)
			return 0;
	VEC_EACH (struct log_event, e, &c->events)
		if (e->kind == LOG_EXCHANGE && e->exchange->seq == seq &&
		    e->exchange->timing.ended > 0)
			return e->exchange->timing.ended;
	return 0;
}

static void put_name(struct junit *j, const char *case_id)
{
	buf_adds(&j->xml, "<testcase classname=\"esitesti.");
	add_masked(j, case_id);
	buf_addc(&j->xml, '"');
}

static void put_testcase(struct junit *j, const struct report_case *c, size_t i)
{
	const struct report_expect *x = &c->expects.at[i];
	const char *element = kinds[x->verdict.kind].element;
	put_name(j, c->id);
	buf_adds(&j->xml, " name=\"");
	add_masked(j, x->verdict.step_id);
	buf_addc(&j->xml, '/');
	add_masked(j, x->verdict.expectation_id);
	buf_addc(&j->xml, '"');
	put_seconds(&j->xml, expectation_us(c, i));
	buf_addc(&j->xml, '>');
	if (element) {
		buf_addc(&j->xml, '\n');
		put_outcome(j, x, element);
	}
	buf_adds(&j->xml, "</testcase>\n");
}

/* A case whose every step is a person's has no expectation of its own; it must
 * be there all the same. */
static void put_empty_case(struct junit *j, const struct report_case *c)
{
	const struct junit_kind *k = &kinds[c->kind];
	put_name(j, c->id);
	buf_adds(&j->xml, " name=\"case\" time=\"0.000\">");
	if (k->element) {
		buf_addf(&j->xml, "\n<%s", k->element);
		put_attribute(&j->xml, "message",
		    word_text(
			c->finished ? W_report_unjudged : W_report_not_reached,
			j->o->lang));
		put_attribute(&j->xml, "type", k->type);
		buf_adds(&j->xml, "/>\n");
	}
	buf_adds(&j->xml, "</testcase>\n");
}

static void put_tally(struct buf *to, const struct tally *t, bool with_skipped)
{
	put_number(to, "tests", (int64_t)t->tests);
	put_number(to, "failures", (int64_t)t->failures);
	put_number(to, "errors", (int64_t)t->errors);
	if (with_skipped)
		put_number(to, "skipped", (int64_t)t->skipped);
}

static int64_t case_began(const struct junit *j, const struct report_case *c)
{
	return c->events.count ? c->events.at[0].at
			       : log_head(j->r->log)->started;
}

static int flush_xml(struct junit *j, struct err *err)
{
	if (buf_check(&j->xml, "one case in the JUnit file", err) < 0)
		return -1;
	if (fwrite(j->xml.ptr, 1, j->xml.len, j->file.stream) != j->xml.len)
		return err_errno(err, ERR_IO, "cannot write the JUnit file");
	buf_clear(&j->xml);
	return 0;
}

static void put_property(struct junit *j, const char *name, const char *value)
{
	buf_addf(&j->xml, "<property name=\"%s\"", name);
	put_masked(j, "value", value);
	buf_adds(&j->xml, "/>\n");
}

static const char *documents_name(const struct report_case *c)
{
	return c->maker == MAKER_HARNESS ? "none" : report_documents(c);
}

static int write_suite(void *ctx, struct report_case *c, struct err *err)
{
	struct junit *j = ctx;
	struct tally t = { 0 };
	VEC_EACH (struct report_expect, x, &c->expects)
		tally_add(&t, x->verdict.kind, 1);
	if (!c->expects.count)
		tally_add(&t, c->kind, 1);
	buf_adds(&j->xml, "<testsuite");
	put_masked(j, "name", c->id);
	put_tally(&j->xml, &t, true);
	put_seconds(&j->xml, c->duration_us);
	put_timestamp(&j->xml, case_began(j, c));
	buf_adds(&j->xml, ">\n<properties>\n");
	if (c->tc)
		put_property(j, "title", pair_text(&c->tc->title, j->o->lang));
	put_property(j, "rests-on", mark_letter(c->mark));
	if (c->run)
		put_property(j, "run", part_head(j->r, c->run - 1)->id);
	put_property(j, "documents", documents_name(c));
	buf_adds(&j->xml, "</properties>\n");
	for (size_t i = 0; i < c->expects.count; i++)
		put_testcase(j, c, i);
	if (!c->expects.count)
		put_empty_case(j, c);
	buf_adds(&j->xml, "</testsuite>\n");
	return flush_xml(j, err);
}

/* ---- The run itself: a folder that is cut off or changed must not be green */

static void put_run_suite(struct junit *j, enum word trouble)
{
	buf_adds(&j->xml,
	    "<testsuite name=\"esitesti\" tests=\"1\" failures=\"0\" "
	    "errors=\"1\" skipped=\"0\" time=\"0.000\"");
	put_timestamp(&j->xml, report_started(j->r));
	buf_adds(&j->xml, ">\n<testcase classname=\"esitesti\" name=\"run\" "
			  "time=\"0.000\">\n<error");
	put_attribute(&j->xml, "message", word_text(trouble, j->o->lang));
	buf_adds(&j->xml, " type=\"run\"/>\n</testcase>\n</testsuite>\n");
}

static void tally_line(struct tally *t, const struct case_line *line)
{
	size_t before = t->tests;
	for (int k = 0; k < RESULT_COUNT; k++)
		tally_add(t, (enum result_kind)k, line->expectations[k]);
	if (t->tests == before)
		tally_add(t, line->kind, 1); /* put_empty_case */
}

static int write_head(struct junit *j, struct err *err)
{
	enum word trouble = run_trouble(j->r);
	struct tally t = { 0 };
	int64_t us = 0;
	VEC_EACH (struct case_line, line, &j->r->lines) {
		tally_line(&t, line);
		us += line->duration_us;
	}
	if (trouble != W_none)
		tally_add(&t, RESULT_ERROR, 1);
	buf_adds(&j->xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			  "<testsuites name=\"esitesti\"");
	put_tally(&j->xml, &t, false);
	put_seconds(&j->xml, us);
	buf_adds(&j->xml, ">\n");
	if (trouble != W_none)
		put_run_suite(j, trouble);
	return flush_xml(j, err);
}

static void junit_free(struct junit *j)
{
	file_abandon(&j->file);
	buf_release(&j->xml);
	free(j);
}

static int junit_end(void *ctx, bool good, struct err *err)
{
	struct junit *j = ctx;
	int rc = good ? 0 : -1;
	if (rc == 0) {
		buf_adds(&j->xml, "</testsuites>\n");
		rc = flush_xml(j, err);
	}
	if (rc == 0)
		rc = file_commit(&j->file, err);
	junit_free(j);
	return rc;
}

struct sink *junit_begin(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	struct junit *j = xcalloc(1, sizeof(*j));
	j->sink = (struct sink){ write_suite, junit_end, j };
	j->r = r;
	j->o = o;
	buf_init(&j->xml, FRAGMENT_CAP);
	if (file_begin(&j->file, path, 0600, err) == 0 &&
	    write_head(j, err) == 0)
		return &j->sink;
	junit_free(j);
	return NULL;
}

int report_junit(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	return report_sink(r, junit_begin(r, o, path, err), err);
}

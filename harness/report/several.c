/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"

#include <stdlib.h>

/*
 * Several run folders in one report: shards of one plan, or later attempts at
 * it. What would blur two different things (another plan, receiver or system)
 * is refused; what makes the evidence incomplete is told and counts.
 */

const struct run_head *part_head(const struct report *r, size_t i)
{
	return log_head(r->parts.at[i].log);
}

bool report_is_several(const struct report *r)
{
	return r->parts.count > 1;
}

enum seal_state report_seal(const struct report *r)
{
	enum seal_state worst = SEAL_WHOLE;
	VEC_EACH (struct part, p, &r->parts)
		if (log_seal(p->log) > worst)
			worst = log_seal(p->log);
	return worst;
}

bool report_interrupted(const struct report *r)
{
	bool any = false;
	VEC_EACH (struct part, p, &r->parts)
		any |= log_interrupted(p->log);
	return any;
}

int64_t report_started(const struct report *r)
{
	int64_t first = INT64_MAX;
	VEC_EACH (struct part, p, &r->parts)
		if (log_head(p->log)->started < first)
			first = log_head(p->log)->started;
	return first;
}

int64_t report_ended(const struct report *r)
{
	int64_t last = 0;
	VEC_EACH (struct part, p, &r->parts)
		if (log_ended(p->log) > last)
			last = log_ended(p->log);
	return last;
}

/* ---- What must be the same */

static bool same(const char *a, const char *b)
{
	return streq(a ? a : "", b ? b : "");
}

static bool same_run(const struct run_head *a, const struct run_head *b)
{
	return same(a->id, b->id) && a->started == b->started;
}

static bool other_plan(const struct run_head *a, const struct run_head *b)
{
	return !a->plan_digest || !same(a->plan_digest, b->plan_digest);
}

static bool other_split(const struct run_head *a, const struct run_head *b)
{
	return a->shards != b->shards;
}

static bool other_receiver(const struct run_head *a, const struct run_head *b)
{
	/* A mock of the run's own gets another port each time. */
	return a->answerer != b->answerer || !same(a->target, b->target) ||
	       (a->answerer != ANSWERER_EMBEDDED_MOCK && !same(a->url, b->url));
}

static bool other_system(const struct run_head *a, const struct run_head *b)
{
	return !same(a->system, b->system) || !same(a->purpose, b->purpose);
}

static const struct {
	bool (*is)(const struct run_head *a, const struct run_head *b);
	const char *says, *hint;
} differences[] = {
	{ same_run, "is the same run as",
	    "name each run once: all its files are counted already" },
	{ other_plan, "is a run of another plan than",
	    "one report is of one plan: the same cases, documents' sources "
	    "and dialect" },
	{ other_split, "is one of another number of shards than",
	    "put together what was split alike" },
	{ other_receiver, "had another receiver than",
	    "one report is of one receiver: make one for each" },
	{ other_system, "is a run for another system than",
	    "one report is of one system, or of the self-test" },
};

static int check_pair(
    const struct report *r, size_t i, size_t k, struct err *err)
{
	for (size_t d = 0; d < COUNTOF(differences); d++) {
		if (!differences[d].is(part_head(r, i), part_head(r, k)))
			continue;
		err_set(err, ERR_USAGE, "'%s' %s '%s'",
		    log_dir(r->parts.at[k].log), differences[d].says,
		    log_dir(r->parts.at[i].log));
		return err_hint(err, "%s", differences[d].hint);
	}
	return 0;
}

int several_check(const struct report *r, struct err *err)
{
	for (size_t k = 1; k < r->parts.count; k++) {
		if (!streq(part_head(r, k)->role, part_head(r, 0)->role))
			return err_set(err, ERR_USAGE,
			    "'%s' is the record of a %s",
			    log_dir(r->parts.at[k].log), part_head(r, k)->role);
		for (size_t i = 0; i < k; i++)
			if (check_pair(r, i, k, err) < 0)
				return -1;
	}
	return 0;
}

/* ---- What is missing */

static void gap(struct report *r, struct note note)
{
	if (r->gap_count < REPORT_GAPS)
		r->gaps[r->gap_count++] = note;
}

/* "1-3, 7": the shards that are here so many times (2 = or more). */
static void list_shards(struct buf *to, const unsigned *seen, unsigned total,
    unsigned least, unsigned most)
{
	for (unsigned i = 1; i <= total; i++) {
		unsigned first = i;
		if (seen[i] < least || seen[i] > most)
			continue;
		while (i < total && seen[i + 1] >= least && seen[i + 1] <= most)
			i++;
		buf_addf(to, "%s%u", to->len ? ", " : "", first);
		if (i > first)
			buf_addf(to, "%s%u",
			    i > first + 1 ? "\xE2\x80\x93" : ", ", i);
	}
}

static void find_shards(struct report *r, unsigned total)
{
	unsigned *seen = xcalloc(total + 1, sizeof(*seen));
	struct buf here = BUF_INIT(NOTE_ARG), missing = BUF_INIT(NOTE_ARG),
		   twice = BUF_INIT(NOTE_ARG);
	char count[16];
	for (size_t i = 0; i < r->parts.count; i++)
		if (part_head(r, i)->shard <= total)
			seen[part_head(r, i)->shard]++;
	list_shards(&here, seen, total, 1, UINT_MAX);
	list_shards(&missing, seen, total, 0, 0);
	list_shards(&twice, seen, total, 2, UINT_MAX);
	snprintf(count, sizeof(count), "%u", total);
	if (missing.len)
		gap(r, say_report_shards_missing(here.ptr, count, missing.ptr));
	if (twice.len)
		gap(r, say_report_shards_double(twice.ptr, count));
	buf_release(&here);
	buf_release(&missing);
	buf_release(&twice);
	free(seen);
}

static void find_versions(struct report *r)
{
	const struct run_head *first = part_head(r, 0);
	for (size_t i = 1; i < r->parts.count; i++) {
		const struct run_head *h = part_head(r, i);
		if (!same(h->tool, first->tool)) {
			gap(r, say_report_tools_differ(first->tool, h->tool));
			break;
		}
	}
	for (size_t i = 1; i < r->parts.count; i++) {
		const char *a = first->system_version,
			   *b = part_head(r, i)->system_version;
		if (!same(a, b)) {
			gap(r, say_report_systems_differ(
				   a ? a : "-", b ? b : "-"));
			break;
		}
	}
}

void several_find_gaps(struct report *r)
{
	unsigned total = part_head(r, 0)->shards;
	if (!report_is_several(r))
		return;
	if (total > 1 && total <= LIMIT_SHARDS)
		find_shards(r, total);
	find_versions(r);
}

size_t report_gaps(const struct report *r, const struct note **notes)
{
	*notes = r->gaps;
	return r->gap_count;
}

size_t report_run_count(const struct report *r)
{
	return r->parts.count;
}

struct run_log *report_run(struct report *r, size_t index)
{
	return r->parts.at[index].log;
}

/* ---- The cases of all of them */

static size_t case_count(const struct run_log *log)
{
	size_t planned = log_head(log)->planned.count;
	return planned ? planned : log_case_count(log);
}

static const char *case_id(const struct run_log *log, size_t i)
{
	const struct run_head *head = log_head(log);
	return head->planned.count ? head->planned.at[i] : log_case_id(log, i);
}

/* By case, its attempts as they were made. */
static int by_case(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	int order = strcmp(x->case_id, y->case_id);
	if (order == 0)
		order = x->started < y->started ? -1 : x->started > y->started;
	return order ? order : x->part < y->part ? -1 : x->part > y->part;
}

void several_list_cases(struct report *r)
{
	for (size_t i = 0; i < r->parts.count; i++) {
		struct part *p = &r->parts.at[i];
		p->cases = case_count(p->log);
		for (size_t k = 0; k < p->cases; k++)
			*VEC_PUSH(&r->slots) =
			    (struct slot){ case_id(p->log, k), i,
				    log_head(p->log)->started };
	}
	if (report_is_several(r) && r->slots.count)
		qsort(
		    r->slots.at, r->slots.count, sizeof(*r->slots.at), by_case);
}

/* ---- Sums. A case counts once: by the worst of its attempts. */

static void add_line(struct report_totals *t, const struct case_line *line)
{
	t->planned++;
	t->finished += line->finished;
	t->cases[line->kind]++;
	t->with_vendor_documents += line->vendor;
	t->partly_vendor_documents += line->mixed;
	if (line->kind == RESULT_PASS)
		t->passed_by_mark[line->mark]++;
}

void several_sum(struct report *r)
{
	for (size_t i = 0; i < r->lines.count;) {
		struct case_line all = r->lines.at[i];
		size_t first = i++;
		bool same_case = report_is_several(r);
		for (; same_case && i < r->lines.count &&
		       streq(r->lines.at[i].id, all.id);
		     i++) {
			const struct case_line *more = &r->lines.at[i];
			all.kind = result_worse(all.kind, more->kind);
			if (more->mark > all.mark)
				all.mark = more->mark;
			all.finished |= more->finished;
			all.mixed |= more->mixed || more->vendor != all.vendor;
			all.vendor &= more->vendor;
		}
		r->repeated += i - first > 1;
		add_line(&r->totals, &all);
	}
}

/* ---- From the page to the messages */

/* The part of two absolute paths that is the same, up to a '/'. */
static size_t common(const char *a, const char *b)
{
	size_t end = 0;
	for (size_t i = 0;; i++) {
		bool a_ends = a[i] == '/' || !a[i],
		     b_ends = b[i] == '/' || !b[i];
		if (a_ends && b_ends)
			end = i;
		if (!a[i] || a[i] != b[i])
			return end;
	}
}

static void add_link(struct buf *to, const char *path)
{
	for (const char *p = path; *p; p++) {
		bool plain =
		    str_is_alpha(*p) || str_is_digit(*p) || strchr("/._-", *p);
		buf_addf(to, plain ? "%c" : "%%%02X", (unsigned char)*p);
	}
}

/* From one folder to another, as a URL; both absolute. */
static char *link_to(const char *from, const char *to)
{
	struct buf link = BUF_INIT(LIMIT_KIB(16));
	size_t same = common(from, to);
	for (const char *p = from + same; *p; p++)
		if (*p == '/' && p[1])
			buf_adds(&link, "../");
	to += same;
	to += *to == '/';
	add_link(&link, to);
	if (*to)
		buf_addc(&link, '/');
	return buf_detach(&link, NULL);
}

void several_link(struct report *r, const char *page)
{
	char *folder = path_dir(page);
	char *from = realpath(folder, NULL);
	VEC_EACH (struct part, p, &r->parts) {
		char *to = realpath(log_dir(p->log), NULL);
		free(p->link);
		p->link = from && to ? link_to(from, to) : NULL;
		free(to);
	}
	free(from);
	free(folder);
}

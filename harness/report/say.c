/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/str.h"
#include "kanta/ids.h"

#include <stdlib.h>

/* "kind_", "guard-refused" → W_report_kind_guard_refused */
enum word word_of(const char *prefix, const char *name)
{
	char id[96];
	snprintf(id, sizeof(id), "report_%s%s", prefix, name);
	for (char *p = id; *p; p++)
		if (*p == '-')
			*p = '_';
	int word = word_find(id);
	return word < 0 ? W_none : (enum word)word;
}

enum word word_of_kind(enum result_kind kind)
{
	return word_of("kind_", result_name(kind));
}

bool kind_needs_work(enum result_kind kind)
{
	static const bool needs[RESULT_COUNT] = {
		[RESULT_FAIL] = true,
		[RESULT_ERROR] = true,
		[RESULT_INCONCLUSIVE] = true,
		[RESULT_GUARD_REFUSED] = true,
	};
	return needs[kind];
}

const char *pair_text(const struct text_pair *pair, enum lang lang)
{
	return pair->text[lang] ? pair->text[lang] : "";
}

/* ---- Identity codes */

#define HIDDEN "******-****" /* the same in every language */

bool report_is_clean(struct report *r, const void *bytes, size_t len)
{
	if (len < HETU_LENGTH)
		return true; /* no room for one, whatever it is coded in */
	r->scan->count = 0;
	r->scan->more = false;
	return guard_scan(r->scan, bytes, len, NULL);
}

void report_clean_note(
    struct report *r, const struct note *note, struct note *out)
{
	*out = *note;
	for (size_t i = 0; i < word_params(note->word); i++)
		if (!report_is_clean(r, note->arg[i], strlen(note->arg[i])))
			str_copy(out->arg[i], NOTE_ARG, HIDDEN);
}

/* ---- The run in a few sentences */

static struct note headline(const struct report *r)
{
	static const struct {
		int exit;
		enum word word;
	} table[] = {
		{ EXIT_PASSED, W_report_head_passed },
		{ EXIT_FAILED, W_report_head_failed },
		{ EXIT_INCONCLUSIVE, W_report_head_inconclusive },
		{ EXIT_GUARD, W_report_head_guard },
		{ EXIT_STRICT, W_report_head_strict },
		{ EXIT_EVIDENCE, W_report_head_broken },
		{ EXIT_INTERRUPTED, W_report_head_interrupted },
	};
	enum seal_state seal = report_seal(r);
	if (seal == SEAL_BROKEN)
		return say_report_head_broken();
	if (r->lost_count)
		return say_report_head_broken();
	if (seal == SEAL_MISSING)
		return say_report_head_cut();
	if (r->gap_count)
		return say_report_head_gaps();
	if (!r->totals.planned)
		return log_head(r->log)->shards > 1
			   ? say_report_head_empty_shard()
			   : say_report_head_nothing();
	if (r->totals.exit == EXIT_PASSED && r->totals.cases[RESULT_MANUAL])
		return say_report_head_strict();
	if (r->totals.exit == EXIT_PASSED && !r->totals.cases[RESULT_PASS])
		return say_report_head_unjudged();
	for (size_t i = 0; i < COUNTOF(table); i++)
		if (table[i].exit == r->totals.exit)
			return note_make(table[i].word, 0, NULL);
	return say_report_head_error();
}

static struct note basis_without_passes(const struct report_totals *t)
{
	static const enum result_kind kinds[] = { RESULT_FAIL,
		RESULT_GUARD_REFUSED, RESULT_ERROR, RESULT_INCONCLUSIVE };
	char n[COUNTOF(kinds)][24];
	for (size_t i = 0; i < COUNTOF(kinds); i++)
		snprintf(n[i], sizeof(n[0]), "%zu", t->cases[kinds[i]]);
	return say_report_basis_none(n[0], n[1], n[2], n[3]);
}

static void target_text(const struct report *r, char to[NOTE_ARG])
{
	const struct run_head *h = log_head(r->log);
	snprintf(
	    to, NOTE_ARG, *h->url ? "'%s' (%s)" : "'%s'", h->target, h->url);
}

struct note report_target_note(const struct report *r)
{
	char target[NOTE_ARG];
	target_text(r, target);
	return say_report_target_named(target);
}

const char *report_documents(const struct report_case *c)
{
	return c->mixed ? "mixed" : maker_name(c->maker);
}

static struct note basis(const struct report *r)
{
	char n[4][24], target[NOTE_ARG];
	const struct report_totals *t = &r->totals;
	if (!t->cases[RESULT_PASS])
		return basis_without_passes(t);
	snprintf(n[0], sizeof(n[0]), "%zu", t->cases[RESULT_PASS]);
	for (size_t i = 0; i < COUNTOF(t->passed_by_mark); i++)
		snprintf(n[i + 1], sizeof(n[0]), "%zu", t->passed_by_mark[i]);
	switch (log_head(r->log)->answerer) {
	case ANSWERER_TARGET:
		target_text(r, target);
		return say_report_basis_target(target, n[1], n[2], n[3]);
	case ANSWERER_LOOPBACK:
		return say_report_basis_loopback(n[0], n[1], n[2], n[3]);
	case ANSWERER_NONE:
	case ANSWERER_OURSELVES:
	case ANSWERER_EMBEDDED_MOCK:
		return say_report_basis_embedded(n[0], n[1], n[2], n[3]);
	}
	BUG("unknown answerer");
}

static bool is_self_test(const struct report *r)
{
	return streq(log_head(r->log)->purpose, "self-test");
}

static void banner(struct summary *s, struct note note)
{
	s->banners[s->banner_count++] = note;
}

/* The folders of several runs that a banner is about. */
static void list_runs(const struct report *r, char to[NOTE_ARG],
    bool (*is)(const struct run_log *log))
{
	struct buf names = BUF_INIT(NOTE_ARG);
	VEC_EACH (struct part, p, &r->parts)
		if (is(p->log))
			buf_addf(&names, "%s%s", names.len ? ", " : "",
			    log_dir(p->log));
	str_copy(to, NOTE_ARG, names.ptr);
	buf_release(&names);
}

static bool is_broken(const struct run_log *log)
{
	return log_seal(log) == SEAL_BROKEN;
}

static bool is_unsealed(const struct run_log *log)
{
	return log_seal(log) == SEAL_MISSING;
}

static void several_banners(struct summary *s, const struct report *r)
{
	char names[NOTE_ARG], n[24];
	for (size_t i = 0; i < r->gap_count; i++)
		banner(s, r->gaps[i]);
	list_runs(r, names, is_broken);
	if (*names)
		banner(s, say_report_runs_broken(names));
	list_runs(r, names, is_unsealed);
	if (*names)
		banner(s, say_report_runs_unsealed(names));
	list_runs(r, names, log_interrupted);
	if (*names)
		banner(s, say_report_runs_interrupted(names));
	snprintf(n, sizeof(n), "%zu", r->repeated);
	if (r->repeated)
		banner(s, say_report_repeated(n));
}

static void seal_banner(struct summary *s, const struct report *r)
{
	char line[24];
	if (report_is_several(r)) {
		several_banners(s, r);
		return;
	}
	switch (log_seal(r->log)) {
	case SEAL_WHOLE:
		break;
	case SEAL_MISSING:
		banner(s, say_report_seal_missing());
		break;
	case SEAL_BROKEN:
		snprintf(line, sizeof(line), "%u", log_broken_at(r->log));
		banner(s, say_report_seal_broken(line));
		break;
	}
	if (log_interrupted(r->log))
		banner(s, say_report_interrupted());
}

static void receiver_banner(struct summary *s, const struct report *r)
{
	if (is_self_test(r))
		banner(s, say_report_self_test());
	else if (log_head(r->log)->answerer == ANSWERER_EMBEDDED_MOCK)
		banner(s, say_report_rehearsal());
	else if (log_head(r->log)->answerer == ANSWERER_LOOPBACK)
		banner(s, say_report_rehearsal_loopback());
}

struct summary *summary_new(const struct report *r)
{
	struct summary *s = xcalloc(1, sizeof(*s));
	char a[24], b[24];
	s->headline = headline(r);
	s->basis = basis(r);
	size_t planned = log_head(r->log)->plan_cases;
	if (planned < r->totals.planned)
		planned = r->totals.planned;
	snprintf(a, sizeof(a), "%zu", planned);
	snprintf(b, sizeof(b), "%zu", r->totals.finished);
	s->counts = say_report_count_cases(a, b);
	snprintf(a, sizeof(a), "%zu", r->totals.with_vendor_documents);
	snprintf(b, sizeof(b), "%zu", r->totals.partly_vendor_documents);
	s->vendor = say_report_count_vendor(a, b);
	seal_banner(s, r);
	for (size_t i = 0; i < r->lost_count; i++)
		banner(s, r->lost[i]);
	receiver_banner(s, r);
	for (size_t i = 0; i < r->warning_count; i++)
		banner(s, r->warnings[i]);
	banner(s, say_report_not_kela());
	return s;
}

/* ---- What was not checked */

static bool always(const struct report *r)
{
	(void)r;
	return true;
}

static bool receiver_is_local(const struct report *r)
{
	return log_head(r->log)->answerer != ANSWERER_TARGET;
}

static bool no_vendor_documents(const struct report *r)
{
	return r->totals.with_vendor_documents == 0 &&
	       r->totals.partly_vendor_documents == 0;
}

/* Also where all of the plan may be here: then nobody knows. */
static bool lacks_shards(const struct report *r)
{
	const struct run_head *h = log_head(r->log);
	return h->shards > 1 &&
	       (r->totals.planned < h->plan_cases || !h->plan_cases);
}

static bool is_unfinished(const struct report *r)
{
	return r->totals.finished < r->totals.planned;
}

#define ROW(id, when)                                \
 {                                                   \
  { W_report_un_##id, W_report_un_##id##_why }, when \
 }
static const struct {
	struct unchecked row;
	bool (*when)(const struct report *r);
} unchecked_rows[] = {
	ROW(shards, lacks_shards),
	ROW(unreached, is_unfinished),
	ROW(vendor, no_vendor_documents),
	ROW(real, receiver_is_local),
	ROW(certificates, receiver_is_local),
	ROW(schema, always),
	ROW(rules, always),
	ROW(codes, always),
	ROW(signature, always),
	ROW(system, always),
	ROW(interface, always),
	ROW(services, always),
	ROW(load, always),
};

size_t report_unchecked(
    const struct report *r, struct unchecked *to, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < COUNTOF(unchecked_rows) && n < max; i++)
		if (unchecked_rows[i].when(r))
			to[n++] = unchecked_rows[i].row;
	return n;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include <stdlib.h>

static const char *seal_name(enum seal_state seal)
{
	static const char *const names[] = {
		[SEAL_WHOLE] = "whole",
		[SEAL_MISSING] = "missing",
		[SEAL_BROKEN] = "broken",
	};
	return names[seal];
}

static void put_ids(struct buf *to, const struct report *r)
{
	struct buf ids = BUF_INIT(LIMIT_MIB(1));
	for (size_t i = 0; i < r->parts.count; i++)
		buf_addf(&ids, "%s%s", i ? " " : "", part_head(r, i)->id);
	put_attribute(to, "id", ids.ptr);
	buf_release(&ids);
}

/* Of several run folders, the row of each. */
static void put_part(struct buf *to, struct report *r, size_t i)
{
	const struct part *p = &r->parts.at[i];
	const struct run_head *h = log_head(p->log);
	buf_adds(to, "<part");
	put_number(to, "run", (int64_t)i + 1);
	put_attribute(to, "folder", log_dir(p->log));
	put_attribute(to, "id", h->id);
	put_attribute(to, "tool", h->tool);
	put_attribute(to, "system-version", h->system_version);
	put_attribute(to, "tester", h->tester);
	put_number(to, "shard", h->shard);
	put_number(to, "shards", h->shards);
	put_number(to, "cases", (int64_t)p->cases);
	put_time(to, "started", h->started);
	put_time(to, "ended", log_ended(p->log));
	put_attribute(to, "seal", seal_name(log_seal(p->log)));
	put_attribute(
	    to, "interrupted", log_interrupted(p->log) ? "true" : "false");
	buf_adds(to, ">\n");
	put_note(to, r, "said", &p->shard);
	buf_adds(to, "</part>\n");
}

/* Said of the whole only where it is so of every run. */
static const char *common_seed(const struct report *r)
{
	const char *seed = part_head(r, 0)->seed;
	for (size_t i = 1; seed && i < r->parts.count; i++) {
		const char *other = part_head(r, i)->seed;
		if (!other || !streq(seed, other))
			return NULL;
	}
	return seed;
}

static void put_run(struct buf *to, struct report *r)
{
	const struct run_head *h = log_head(r->log);
	buf_adds(to, "<run");
	put_ids(to, r);
	put_attribute(to, "tool", h->tool);
	put_attribute(to, "role", h->role);
	put_attribute(to, "purpose", h->purpose);
	put_attribute(to, "target", h->target);
	put_attribute(to, "url", h->url);
	put_attribute(to, "answerer", answerer_name(h->answerer));
	put_attribute(to, "dialect", h->dialect);
	put_attribute(to, "plan-digest", h->plan_digest);
	put_attribute(to, "seed", common_seed(r));
	put_attribute(to, "system", h->system);
	put_attribute(to, "system-version", h->system_version);
	put_attribute(to, "system-class", h->system_class);
	if (!report_is_several(r))
		put_attribute(to, "tester", h->tester);
	if (report_is_several(r))
		put_number(to, "runs", (int64_t)r->parts.count);
	else
		put_number(to, "shard", h->shard);
	put_number(to, "shards", h->shards);
	if (h->plan_cases)
		put_number(to, "plan-cases", h->plan_cases);
	put_number(to, "jobs", h->jobs);
	put_attribute(to, "strict", h->strict ? "true" : "false");
	put_time(to, "started", report_started(r));
	put_time(to, "ended", report_ended(r));
	put_attribute(to, "seal", seal_name(report_seal(r)));
	put_attribute(
	    to, "interrupted", report_interrupted(r) ? "true" : "false");
	put_number(to, "exit", r->totals.exit);
	buf_adds(to, "/>\n");
}

static void put_totals(struct buf *to, const struct report_totals *t)
{
	buf_adds(to, "<totals");
	put_number(to, "planned", (int64_t)t->planned);
	put_number(to, "finished", (int64_t)t->finished);
	put_number(to, "vendor-documents", (int64_t)t->with_vendor_documents);
	put_number(
	    to, "partly-vendor-documents", (int64_t)t->partly_vendor_documents);
	put_number(to, "passed-on-facts", (int64_t)t->passed_by_mark[0]);
	put_number(to, "passed-on-inference", (int64_t)t->passed_by_mark[1]);
	put_number(to, "passed-on-guesses", (int64_t)t->passed_by_mark[2]);
	buf_adds(to, ">\n");
	for (int k = 0; k < RESULT_COUNT; k++) {
		buf_adds(to, "<count");
		put_attribute(to, "kind", result_name((enum result_kind)k));
		put_number(to, "cases", (int64_t)t->cases[k]);
		put_number(to, "expectations", (int64_t)t->expectations[k]);
		buf_adds(to, "/>\n");
	}
	buf_adds(to, "</totals>\n");
}

static void put_summary(struct buf *to, struct report *r)
{
	struct summary *s = summary_new(r);
	buf_adds(to, "<summary>\n");
	put_note(to, r, "headline", &s->headline);
	put_note(to, r, "basis", &s->basis);
	put_note(to, r, "counts", &s->counts);
	put_note(to, r, "vendor", &s->vendor);
	for (size_t i = 0; i < s->banner_count; i++)
		put_note(to, r, "banner", &s->banners[i]);
	buf_adds(to, "</summary>\n");
	free(s);
}

static void put_connections(struct buf *to, const struct report *r)
{
	for (size_t i = 0; i < r->connection_count; i++) {
		const struct connection *c = &r->connections[i];
		buf_adds(to, "<connection");
		put_attribute(to, "tls", c->version);
		put_attribute(to, "cipher", c->cipher);
		put_attribute(to, "subject", c->subject);
		put_attribute(to, "issuer", c->issuer);
		put_attribute(to, "valid-until", c->until);
		put_attribute(to, "own-subject", c->own_subject);
		put_number(to, "exchanges", (int64_t)c->exchanges);
		buf_adds(to, "/>\n");
	}
}

static void put_value(
    struct buf *to, const struct dialect *d, enum dialect_key key)
{
	struct buf value = BUF_INIT(LIMIT_CONFIG_FILE);
	buf_adds(to, "<guess");
	put_attribute(to, "key", dialect_key_name(key));
	put_attribute(to, "source", dialect_source(d, key));
	put_attribute(to, "meaning-fi", dialect_key_meaning(key, LANG_FI));
	put_attribute(to, "meaning-en", dialect_key_meaning(key, LANG_EN));
	buf_addc(to, '>');
	dialect_show(&value, d, key);
	buf_add_xml(to, value.ptr, value.len);
	buf_adds(to, "</guess>\n");
	buf_release(&value);
}

static void put_dialect(struct buf *to, const struct dialect *d)
{
	size_t marks[3] = { 0 };
	if (!d)
		return;
	for (int k = 0; k < DK_COUNT; k++)
		marks[dialect_mark(d, (enum dialect_key)k)]++;
	buf_adds(to, "<dialect");
	put_attribute(to, "name", dialect_name(d));
	put_number(to, "certain", (int64_t)marks[MARK_CERTAIN]);
	put_number(to, "inferred", (int64_t)marks[MARK_INFERRED]);
	put_number(to, "guessed", (int64_t)marks[MARK_GUESS]);
	buf_adds(to, ">\n");
	for (int k = 0; k < DK_COUNT; k++)
		if (dialect_mark(d, (enum dialect_key)k) == MARK_GUESS)
			put_value(to, d, (enum dialect_key)k);
	buf_adds(to, "</dialect>\n");
}

static void put_word(
    struct buf *to, struct report *r, const char *element, enum word word)
{
	struct note note = note_make(word, 0, NULL);
	put_note(to, r, element, &note);
}

static void put_unchecked(struct buf *to, struct report *r)
{
	struct unchecked rows[32];
	size_t n = report_unchecked(r, rows, COUNTOF(rows));
	for (size_t i = 0; i < n; i++) {
		buf_adds(to, "<unchecked>\n");
		put_word(to, r, "what", rows[i].what);
		put_word(to, r, "why", rows[i].why);
		buf_adds(to, "</unchecked>\n");
	}
}

void fragment_run(struct buf *to, struct report *r)
{
	put_run(to, r);
	put_totals(to, &r->totals);
	put_summary(to, r);
	buf_adds(to, "<environment>\n");
	for (size_t i = 0; report_is_several(r) && i < r->parts.count; i++)
		put_part(to, r, i);
	put_connections(to, r);
	put_dialect(to, r->dialect);
	buf_adds(to, "</environment>\n");
	put_unchecked(to, r);
}

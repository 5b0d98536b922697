/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_INSIDE_H
#define REPORT_INSIDE_H

#include "check/guard.h"
#include "record/names.h"
#include "report/put.h"
#include "report/report.h"

/*
 * What the renderings share and nobody else needs: the open run, the notes
 * about it as a whole, and the XML that results.xml and the HTML report both
 * grow from.
 */

/* A receiver as TLS showed it; runs meet one or two different ones. */
struct connection {
	char version[16], cipher[64];
	char chain[DIGEST_TEXT];	/* which one */
	char *subject, *issuer, *until; /* of the peer's leaf; may be NULL */
	char *own_subject;
	size_t exchanges;
};

enum {
	REPORT_CONNECTIONS = 16,
	REPORT_WARNINGS = 16,
	REPORT_LOST = 16,
	REPORT_GAPS = 4,
	REPORT_CAUSES = 16,
	REPORT_CAUSE_IDS = 4
};

/* Why cases were skipped or do not apply, each cause once. */
struct cause {
	enum result_kind kind;
	struct note why;
	size_t cases;
	const char *ids[REPORT_CAUSE_IDS], *last; /* the first of them */
};

/* What is kept of each case, so that tables need not read it again. */
struct case_line {
	const char *id;
	enum result_kind kind;
	enum mark mark;
	bool finished, mixed, vendor;
	unsigned run; /* as in struct report_case */
	int64_t duration_us;
	size_t expectations[RESULT_COUNT];
	char *title[LANG_COUNT];
	char *brief; /* its XML without steps */
};

/*
 * A rendering that takes the cases one by one, as they come by: several of them
 * share one walk over the record. `end` writes the end and makes the file whole
 * (good) or drops it, and frees the sink in any case.
 */
enum {
	REPORT_SINKS = 5
};

struct sink {
	int (*each)(void *ctx, struct report_case *c, struct err *err);
	int (*end)(void *ctx, bool good, struct err *err);
	void *ctx;
};

/* One run folder. */
struct part {
	struct run_log *log;
	size_t cases;
	struct note shard; /* which one it says it is, and who said so */
	char *link; /* to it from the page's folder, with '/'; NULL = it is
		       that folder */
};

/* A case in one of them. */
struct slot {
	const char *case_id;
	size_t part;
	int64_t started; /* the run */
};

struct report {
	struct run_log *log; /* of the case at hand, else the first */
	struct {
		VEC(struct part);
	} parts;
	struct {
		VEC(struct slot);
	} slots;
	struct note gaps[REPORT_GAPS];
	size_t gap_count;
	size_t repeated;  /* cases in more than one run folder */
	const char *page; /* for report_text: where the page was written */
	char host[256];	  /* of the receiver, as its URL has it */
	struct dialect *dialect; /* NULL: not among the inputs */
	struct facts *facts;	 /* likewise */
	struct report_totals totals;
	struct connection connections[REPORT_CONNECTIONS];
	size_t connection_count;
	struct note warnings[REPORT_WARNINGS]; /* of the whole run */
	size_t warning_count;
	struct cause causes[REPORT_CAUSES];
	size_t cause_count;
	bool checks; /* digests of all files, as it opens */
	struct note lost[REPORT_LOST + 1]; /* the last: how many more */
	size_t lost_count, lost_total;
	char checked_chain[DIGEST_TEXT];
	struct {
		VEC(struct case_line);
	} lines;		   /* in the plan's order */
	struct guard_report *scan; /* scratch of report_is_clean */
	struct names origin_names; /* of inputs that have one … */
	struct {
		VEC(char *);
	} origins;			  /* … and where they were */
	struct buf plain;		  /* of fragment_plain */
	const char *plain_id;		  /* of which case; NULL = none yet */
	struct sink *sinks[REPORT_SINKS]; /* fed by the next whole walk */
	size_t sink_count;
};

/* ---- sink.c: NULL and an error when the file cannot be begun */
struct sink *results_begin(struct report *r, const struct report_options *o,
    const char *path, struct err *err);
struct sink *junit_begin(struct report *r, const struct report_options *o,
    const char *path, struct err *err);
struct sink *tap_begin(struct report *r, const struct report_options *o,
    const char *path, FILE *stream, struct err *err);
struct sink *annotations_begin(
    struct report *r, const struct report_options *o, FILE *stream);
struct sink *markdown_begin(
    struct report *r, const struct report_options *o, const char *path);
/* A walk for one sink alone; NULL = it was not begun. */
NODISCARD int report_sink(struct report *r, struct sink *sink, struct err *err);

/* As report_each, but only those that somebody has to look into. */
NODISCARD int report_each_unresolved(struct report *r,
    int (*each)(void *ctx, struct report_case *c, struct err *err), void *ctx,
    struct err *err);

/* ---- several.c */
bool report_is_several(const struct report *r);
const struct run_head *part_head(const struct report *r, size_t index);
/* Of all of them: the worst, any, the first, the last. */
enum seal_state report_seal(const struct report *r);
bool report_interrupted(const struct report *r);
int64_t report_started(const struct report *r);
int64_t report_ended(const struct report *r);
NODISCARD int several_check(const struct report *r, struct err *err);
void several_list_cases(struct report *r); /* fills r->slots */
void several_sum(struct report *r);	   /* r->lines into r->totals */
void several_find_gaps(struct report *r);
/* Sets the parts' links for a page that is to stand at `page`. */
void several_link(struct report *r, const char *page);

/* ---- environment.c */
void report_learn_connection(struct report *r, struct exchange *x);
void connection_release(struct connection *c);

/* ---- evidence.c: compares files with their digests, where r->checks */
void evidence_of_case(struct report *r, const struct report_case *c);
void evidence_of_run(struct report *r);

/* ---- causes.c */
void causes_learn(struct report *r, const struct report_case *c);

/* ---- say.c */
struct summary {
	struct note headline; /* the worst of it in one sentence */
	struct note basis;    /* how many passed, and on what that rests */
	struct note counts, vendor;
	struct note banners[8 + REPORT_WARNINGS + REPORT_GAPS + REPORT_LOST +
			    1]; /* to be seen at once */
	size_t banner_count;
};
struct summary *summary_new(const struct report *r); /* free() it */

enum word word_of(const char *prefix, const char *name);
enum word word_of_kind(enum result_kind kind);
/* What this version, or this run, left unchecked: subject and reason. */
struct unchecked {
	enum word what, why;
};
size_t report_unchecked(
    const struct report *r, struct unchecked *to, size_t max);

/* A named target with its address, the argument of report_target_named. */
struct note report_target_note(const struct report *r);
/* Who made a case's documents: a maker's name, or "mixed". */
const char *report_documents(const struct report_case *c);

/* Kinds that somebody has to look into. */
bool kind_needs_work(enum result_kind kind);
/* No identity code that a report must not hold. */
bool report_is_clean(struct report *r, const void *bytes, size_t len);
/* The note with hidden arguments where they are not clean. */
void report_clean_note(
    struct report *r, const struct note *note, struct note *out);
const char *pair_text(const struct text_pair *pair, enum lang lang);

/* ---- plain.c: words of a run for build servers: one line, without identity
 * codes and, where o->mask says so, without hosts and parties */
void plain_text(struct buf *to, struct report *r,
    const struct report_options *o, const char *text);
void plain_note(struct buf *to, struct report *r,
    const struct report_options *o, const struct note *note);
/* "says: found", or what of it there is. */
void plain_outcome(struct buf *to, struct report *r,
    const struct report_options *o, const struct report_expect *x);
/* What makes the record as a whole untrustworthy; W_none = nothing. */
enum word run_trouble(const struct report *r);

/* ---- put.c, beside put.h */
/* <element xml:lang="fi">…</element>, once for each language that has it */
void put_pair(
    struct buf *to, const char *element, const struct text_pair *pair);
/* <element word="id"><arg name="…">…</arg><text xml:lang="fi">…</element>;
 * nothing for the empty note. Hides what must not be seen. */
void put_note(struct buf *to, struct report *r, const char *element,
    const struct note *note);

/* ---- fragment-run.c, fragment-case.c: pieces of results.xml */
#define XMLNS_RESULTS "urn:esitesti:results:1"
void fragment_run(struct buf *to, struct report *r);
/* Without its steps and what was kept. */
void fragment_brief(
    struct buf *to, struct report *r, const struct report_case *c);
/* `embed`: with excerpts of messages, for the HTML report alone. */
void fragment_case(
    struct buf *to, struct report *r, const struct report_case *c, bool embed);
/* Without excerpts, made once for all renderings of the case at hand; stands
 * until the next case's. */
const struct buf *fragment_plain(struct report *r, const struct report_case *c);

/* ---- excerpt.c */
void excerpt_add(struct buf *to, struct report *r, struct exchange *x);

/* ---- mask.c: hosts and the parties' ids out of a text; `host` is the run's
 * own, NULL = hide nothing */
void mask_add(struct buf *to, const char *text, const char *host);
void mask_host(char *host, size_t size, const char *url);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "record/reader.h"
#include "testcase/case.h"

#include <stdio.h>

/*
 * One run folder in, or several of one plan, many renderings out. Everything is
 * read from the folder, case by case: what a live run shows and what a later
 * `esitesti report` shows go the same way, and memory does not grow with the
 * run.
 *
 * No rendering ever calls the mock Kanta, and none says that Kela made or
 * approved it.
 */

/* A case as all renderings see it: every planned expectation is there, also
 * when the run ended before it (kind skip, with that reason). */
struct report_expect {
	const struct step *step;
	const struct expect *expect;
	struct verdict verdict;
	bool has_verdict;
};
struct report_case {
	const char *id;
	const char *file; /* as the user knows it; NULL = not told */
	unsigned run; /* which of several run folders, from 1; 0 = only one */
	struct testcase *tc; /* from inputs/; NULL when it is not there */
	struct log_events events;
	struct {
		VEC(struct report_expect);
	} expects;
	enum result_kind kind;
	enum mark mark;	  /* the worst it rests on */
	enum maker maker; /* of its documents; MAKER_HARNESS = had none */
	bool mixed;	  /* some of them are the vendor's, others are not */
	int64_t duration_us;
	bool finished;
};

struct report_totals {
	size_t cases[RESULT_COUNT], expectations[RESULT_COUNT];
	size_t passed_by_mark[3]; /* cases that passed: on facts, inference,
				     guesses */
	size_t planned, finished;
	size_t with_vendor_documents, partly_vendor_documents; /* cases */
	int exit;
};

struct report;
struct report *report_open(const char *dir, struct err *err);
/*
 * Several run folders of one plan: its shards, or attempts at it. ERR_USAGE
 * when their plans, receivers or systems are not the same, or one is named
 * twice. A shard that is missing or double is told of by all renderings and
 * makes the exit code EXIT_EVIDENCE, as do different versions of esitesti or
 * the system. Cases come sorted by id. One that was run more than once counts
 * once, by the worst of its results, and all attempts are shown. With `checks`,
 * each message file and input is compared with its recorded digest, too: one
 * that is missing or changed is told of by all renderings and makes the exit
 * code EXIT_EVIDENCE.
 */
struct report *report_open_several(
    const char *const dirs[], size_t count, bool checks, struct err *err);
void report_close(struct report *r);
/* The first folder; all of them. */
struct run_log *report_log(struct report *r);
size_t report_run_count(const struct report *r);
struct run_log *report_run(struct report *r, size_t index);
/* What is missing among several, or does not fit together. */
size_t report_gaps(const struct report *r, const struct note **notes);
const struct report_totals *report_totals(const struct report *r);

/* A sentence for each of the files that the checks missed. */
size_t report_lost(const struct report *r, const struct note **notes);

/* Calls `each` for all planned cases in the plan's order. */
NODISCARD int report_each(struct report *r,
    int (*each)(void *ctx, struct report_case *c, struct err *err), void *ctx,
    struct err *err);

struct report_options {
	enum lang lang;
	bool color;	       /* terminal table only */
	bool mask;	       /* all but results.xml and HTML: CI=true */
	const char *data;      /* for the stylesheet */
	bool tap_13;	       /* the consumer of TAP knows no later version */
	const char *workspace; /* the repository's folder, or NULL: GitHub's
				  annotations name files as seen from it */
};

/* The table on the terminal, with the verdict and where the report is. */
NODISCARD int report_text(struct report *r, const struct report_options *o,
    FILE *out, struct err *err);
/* Streamed; each file appears whole or not at all. A NULL of the first three is
 * its usual name in the run folder; of several run folders, it is not made. */
struct report_paths {
	const char *results, *junit, *html;
	const char *tap;     /* TAP 14; NULL = none */
	FILE *tap_stream;    /* goes before `tap` */
	FILE *annotations;   /* GitHub's workflow commands; NULL = none */
	const char *summary; /* GitHub's step summary: appended; NULL = none */
};
/*
 * The files, in one walk over the record, and the table on `out`, which comes
 * also when a file could not be written; the first error is the one told.
 */
NODISCARD int report_render(struct report *r, const struct report_options *o,
    const struct report_paths *paths, FILE *out, struct err *err);

/* One alone. */
NODISCARD int report_junit(struct report *r, const struct report_options *o,
    const char *path, struct err *err);
NODISCARD int report_html(struct report *r, const struct report_options *o,
    const char *path, struct err *err);

#endif

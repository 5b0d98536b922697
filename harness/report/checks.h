/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHECKS_H
#define REPORT_CHECKS_H

#include "check/check.h"

#include <stdio.h>

/*
 * Renderings of document checks. Files come one by one and are forgotten, so
 * that memory does not grow with their number. None of them ever looks like a
 * report of Kela's validation service, and each says so.
 */
struct check_view_options {
	enum lang lang;
	bool color;
	unsigned width;	       /* of the terminal; 0 = it is none */
	const char *data;      /* shipped data, for check.xsl */
	const char *workspace; /* the repository's folder, or NULL: GitHub */
	int64_t started;       /* microseconds */
	enum severity fail_on; /* this and worse: the check failed */
	const char *baseline;  /* where a new one is written to, or NULL */
	/* What it says of each finding; NULL = to be filled in */
	const char *reason, *until, *by;
};

enum {
	STAGE_BASES = 3
};

/* Of one stage, over all files. */
struct stage_totals {
	size_t done, not_done, not_asked; /* files */
	size_t files_failed;		  /* with something that counts */
	size_t count[SEVERITY_COUNT];
	size_t accepted; /* by a baseline, and counted nowhere else */
	/* What files were held against; what differs only in a name or a
	 * count is one, with all names, or the sum */
	struct note bases[STAGE_BASES];
	size_t base_count, other_bases; /* files */
	struct note why; /* the first reason why it was not done */
};

struct check_totals {
	size_t planned, files, unread, files_failed, passed_over;
	size_t count[SEVERITY_COUNT], accepted, left_out, told;
	struct stage_totals stages[STAGE_COUNT];
	size_t foreign; /* neither a document nor a message, or unreadable */
	char foreign_names[NOTE_ARG]; /* the first of them */
	bool interrupted;
	int exit;
	struct {
		VEC(struct note); /* about the baseline, foreign files, … */
	} remarks;
};
void check_totals_add(struct check_totals *t, const struct checked *c,
    const struct check_view_options *o);
/* After the last file: what is to be remarked on all of them. */
void check_totals_end(struct check_totals *t);
void check_totals_release(struct check_totals *t);

/* A rendering: `begin` gives its state, `end` frees it. Whether all could be
 * written is asked of the stream. */
struct check_view {
	const char *name; /* "text" */
	/* NULL: a file of ours that it needs cannot be read */
	void *(*begin)(
	    FILE *out, const struct check_view_options *o, struct err *err);
	void (*file)(void *state, const struct checked *c);
	/* It could not be read, and so not be checked. */
	void (*unread)(void *state, const char *name, const struct err *why);
	int (*end)(
	    void *state, const struct check_totals *totals, struct err *err);
};
/* Those that can be chosen by name, sorted; then those that cannot. */
extern const struct check_view *const check_views[];
enum {
	CHECK_FORMAT_TEXT = 4,
	CHECK_FORMATS
};
extern const char *const check_view_names[CHECK_FORMATS];
extern const struct check_view check_view_github, check_view_baseline;

#endif

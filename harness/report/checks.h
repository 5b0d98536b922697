/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHECKS_H
#define REPORT_CHECKS_H

#include "check/check.h"

#include <stdio.h>

/*
 * Renderings of document checks. Files come one by one and are forgotten, so
 * that memory does not grow with their number. None of them ever looks like a
 * report of Kela's validation service.
 */
struct check_view_options {
	enum lang lang;
	bool color;
};

struct check_totals {
	size_t files, files_with_errors;
	size_t count[SEVERITY_COUNT];
};

/* A rendering: `begin` gives its state, `end` frees it. -1 = it could not be
 * written. */
struct check_view {
	const char *name; /* "text" */
	void *(*begin)(FILE *out, const struct check_view_options *o);
	void (*file)(void *state, const struct checked *c);
	void (*end)(void *state, const struct check_totals *totals);
};
extern const struct check_view *const check_views[];
extern const size_t check_view_count;

#endif

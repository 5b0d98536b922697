/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_CASE_NAMES_H
#define TESTCASE_CASE_NAMES_H

#include "testcase/case-check.h"
#include "testcase/template.h"

/*
 * The names that a case may use at each of its places, and the checks of single
 * attributes that rest on them. Each check returns 0, or -1 with a fault in
 * `err`, placed at the attribute.
 */
/* What is known while the case is read from its top to its end. */
struct check {
	const struct testcase *tc;
	const struct own_file *file;
	const struct facts *facts;
	const struct fault_sink *sink;
	struct err *err;
	size_t faults;
	struct {
		VEC(char *);
	} known; /* variables at this point */
};

#define FAIL(c, node, attribute, ...) \
 own_fail((c)->file, node, attribute, (c)->err, ERR_CASE, __VA_ARGS__)

/* Tells a fault and lets the check go on (false), or keeps it as the only one
 * (true). */
bool check_stops(struct check *c);

void check_know(struct check *c, const char *name);
void check_know_document(struct check *c, const char *name);
bool check_is_known(const struct check *c, const char *name);

/* An inner error gets the place of an attribute. */
int check_place(struct check *c, const xmlNode *node, const char *attribute,
    const struct err *inner);

/* Variables in an attribute's text; an absent attribute is fine. */
int check_text(struct check *c, const xmlNode *node, const char *attribute);
/* "dialect:KEY" names a key that there is. */
int check_reference(
    struct check *c, const xmlNode *node, const char *attribute);
/* The XPath in `select`. */
int check_select(struct check *c, const xmlNode *node);
/* One of the first `count` documents. */
int check_document_name(
    struct check *c, const xmlNode *node, const char *attribute, size_t count);
/* The case has a document of this name; `err` has no place. */
int check_has_document(
    const struct check *c, const char *name, struct err *err);
/* A path of shipped data: below the folder, wherever that is. */
int check_path(struct check *c, const xmlNode *node, const char *attribute);
/* A `with`: its name is one of `names`, and the first of it. */
int check_with(struct check *c, const xmlNode *node, const char *const names[],
    size_t count, const char *what);

/* One step with all that is in it (case-step.c). -1 = the check ends here. */
int check_step(struct check *c, const struct step *s, const xmlNode *node);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "base/opt.h"
#include "check/finding.h"
#include "check/guard.h"
#include "kanta/dialect.h"

#include <stdatomic.h>

/*
 * Is this document fit for Kanta? A file's bytes in, findings out: no network,
 * no other file than those that the plan loaded, no state between two files.
 *
 *     struct check_plan *plan = check_plan_new(&options, err);
 *     struct checker *c = checker_new(plan);          (one for each thread)
 *     checker_look(c, "a.xml", bytes, len, &checked);
 */
struct check_options {
	bool stages[STAGE_COUNT];
	const char *data; /* shipped data's folder */
	const struct dialect *dialect;
	const struct identity_pool *pool; /* NULL = any of the 900 series */
	const char *pool_name;		  /* whose it is; NULL = nobody's */
	const char *const *known; /* names that may stand in a document */
	size_t known_count;
	const char *schema;	      /* of documents; NULL = ours */
	const struct opt_list *codes; /* lists to add: check/codes.h */
	const struct opt_list *rules; /* Schematron files to add */
	const char *phase;	      /* of those; NULL = their default */
	bool excerpts;		      /* findings come with their source line */
	int64_t now;		      /* microseconds */
};

/* What all files are held against, loaded once; not changed by checking. */
struct check_plan;
/* ERR_USAGE, ERR_CASE: a schema, rule set or list cannot be read. */
struct check_plan *check_plan_new(
    const struct check_options *options, struct err *err);
void check_plan_free(struct check_plan *plan);
/*
 * Many files: what is cheaper done for all of them before each is looked at
 * (one process of Saxon for each rule set). Gives how many of the names, from
 * the first on, may be looked at before it is called with the rest; 0 only when
 * it was stopped. What cannot be read is left to who looks at it.
 */
size_t check_plan_ahead(struct check_plan *plan, char *const names[],
    size_t count, const atomic_int *stopped);

enum content {
	CONTENT_CDA,   /* a ClinicalDocument alone */
	CONTENT_FRAME, /* an HL7 V3 message */
	CONTENT_SOAP,  /* one in a SOAP envelope */
	CONTENT_OTHER, /* something else, or nothing that could be read */
};
extern const char *const content_names[4]; /* "cda", "frame", … */

enum stage_state {
	STAGE_NOT_ASKED,
	STAGE_DONE,
	STAGE_NOT_DONE, /* `why` says what stood in its way */
};

struct stage_result {
	enum stage_state state;
	struct note why;
	bool broke;	   /* not done, and the file is not the reason */
	struct note basis; /* what it was held against: name, version, digest */
	size_t count[SEVERITY_COUNT]; /* without those that are accepted */
	size_t checks; /* how many rules were tried; 0 = not counted */
};

struct checked {
	char *name;
	char digest[65]; /* SHA-256 of the file's bytes */
	enum content content;
	struct stage_result stages[STAGE_COUNT];
	struct findings findings; /* sorted */
	size_t accepted;	  /* of them, by a baseline */
	size_t told;		  /* taken out: the schema tells the same */
	int64_t took;		  /* microseconds */
};
/* Counts anew, after findings were accepted. */
void checked_count(struct checked *c);

struct checker;
struct checker *checker_new(const struct check_plan *plan);
void checker_free(struct checker *c);
/* `out` needs no preparation; checked_release afterwards. */
void checker_look(struct checker *c, const char *name, const void *bytes,
    size_t len, struct checked *out);
void checked_release(struct checked *c);

#endif

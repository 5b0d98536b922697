/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_STAGE_H
#define CHECK_STAGE_H

#include "check/check.h"
#include "kanta/frame.h"
#include "xml/doc.h"

#include <stdatomic.h>

/* What the stages share and nobody else needs (private to the check). */

/* A file while it is looked at. */
struct look {
	const struct check_options *options;
	const char *name; /* the file's, as it is */
	struct checked *out;
	const void *bytes; /* the file's */
	size_t len;
	struct xml_doc *file;	    /* NULL = could not be parsed */
	xmlNode *message;	    /* the V3 message's root in it, or NULL */
	struct xml_doc *document;   /* the ClinicalDocument: `file` itself, or
				       decoded; NULL = there is none */
	const void *document_bytes; /* its exact bytes */
	size_t document_len;
	enum part document_part;
	char *content_id;   /* of the document's MIME part, or NULL */
	bool is_too_large;  /* refused by its size: nobody looks further */
	bool is_burdensome; /* xml_burden: for the rules */
};

/*
 * A stage. `prepare` loads what every file is held against, `begin` makes what
 * each thread needs beside it; either may be NULL, as what they give may be.
 * `look` adds findings and says in its result what it did.
 */
struct stage_kind {
	int (*prepare)(void **shared, const struct check_options *options,
	    struct err *err);
	void (*release)(void *shared);
	void *(*begin)(const void *shared);
	void (*end)(void *own);
	void (*look)(struct look *l, struct stage_result *result, void *own);
	/* Work that is cheaper done for many files before any is looked at, on
	 * one thread; all of these or none. `wants_ahead` tells whether there
	 * is any, `ahead` is shown a file and gives -1 when it takes no more,
	 * `do_ahead` does it, and `forget` drops what came of it. */
	bool (*wants_ahead)(const void *shared);
	int (*ahead)(const struct look *l, void *shared);
	void (*do_ahead)(void *shared, const atomic_int *stopped);
	void (*forget)(void *shared);
};
extern const struct stage_kind stage_syntactic, stage_schema, stage_rules,
    stage_codes, stage_signature, stage_guard;

/* A finding of a rule of ours; the place is `node` of `part` (attribute may be
 * NULL), or the whole part when it is NULL. */
struct finding *look_find(struct look *l, enum rule rule, enum part part,
    const xmlNode *node, const char *attribute, struct note text);

/* The source lines of all findings that have a line (excerpt.c). */
void look_excerpts(struct look *l);

#endif

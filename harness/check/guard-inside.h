/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GUARD_INSIDE_H
#define CHECK_GUARD_INSIDE_H

#include "base/vec.h"
#include "check/guard-scan.h"
#include "kanta/ids.h"

/* What the parts of the scan share: content and text in guard-scan.c, trees in
 * guard-tree.c (private to the guard). */

/*
 * Where the scan stands, innermost first: only a finding makes a text of it.
 * A place is a node of a tree, an unpacking ("base64"), or a byte.
 */
struct place {
	const struct place *outer;
	const xmlNode *node;
	const char *attribute; /* of the node, or NULL */
	const char *unpacked;
	size_t byte;
	bool exact; /* nothing was put right in the text: it is its own byte */
};

/* A code in memory only: no report ever holds one whole. */
struct code {
	char text[HETU_LENGTH + 1];
};

struct scan {
	struct guard_report *report;
	const struct identity_pool *pool; /* NULL = any of the 900 series */
	const struct identity_pool *said; /* the project's; NULL = nothing */
	size_t first;	/* findings in the report before this scan */
	size_t found;	/* also those that did not fit */
	unsigned depth; /* of unpacking */
	uint64_t work;	/* bytes still to be unpacked before we give up */
	struct code codes[LIMIT_GUARD_FINDINGS]; /* of each finding */
	struct {
		VEC(struct code);
	} temporary; /* codes seen as temporary ids */
	guard_see *see;
	void *ctx;
	struct guard_trees *trees;	 /* to be kept; NULL = none */
	const struct guard_known *known; /* parsed already; NULL = nothing */
	const char *bytes;		 /* what is scanned, … */
	size_t len;
	const struct place *inner_at; /* … and where known->inner was found */
};

#define TEMPORARY_MAX 4096

/* What stands where the code is: how much proof a code needs there. */
enum proof {
	PROOF_CHECK, /* free text: the check character must hold */
	PROOF_SHAPE, /* an identity field: shape and date suffice */
};

/* A finding, if the code is one that must not be there. */
void judge_code(struct scan *s, const struct place *at, const struct hetu *h,
    const char *code, enum proof proof);

/* A place as text, and its line and column (guard-place.c). */
void place_render(struct buf *to, const struct place *p);
void place_find(
    const struct scan *s, const struct place *at, struct guard_finding *f);

/* A finding with what the reader has to know of it by `code` ("" = nothing):
 * the same at the same place is told once. */
void add_finding(struct scan *s, enum guard_rule rule, const struct place *at,
    const char *code, const struct note *what);

/*
 * What cannot be looked into (guard-opaque.c): a finding, unless somebody
 * attests these very bytes.
 */
void add_opaque(
    struct scan *s, const struct place *at, const struct note *what);
void opaque_packed(struct scan *s, const struct place *at, const char *format,
    const char *bytes, size_t len);
/* What to say of bytes that are no XML. */
struct note opaque_why(const char *bytes, size_t len);
void opaque_xml(struct scan *s, const struct place *at, const struct note *what,
    const char *bytes, size_t len);
void opaque_deep(
    struct scan *s, const struct place *at, const char *bytes, size_t len);
/* Bytes out of base64 that are no text, where nobody says what they are. */
void opaque_noise(
    struct scan *s, const struct place *at, const char *bytes, size_t len);
/* A text node: is what it declares to be a document's base64 text or packed? */
void opaque_declared(
    struct scan *s, const struct place *at, const xmlNode *n, size_t len);
/* An element of XML Encryption. */
void opaque_encrypted(
    struct scan *s, const struct place *outer, const xmlNode *element);

/* An element that may be a person's name (guard-names.c). */
void scan_name(
    struct scan *s, const struct place *outer, const xmlNode *element);

/* The code at `text`, which holds HETU_LENGTH bytes at least. */
struct code code_at(const char *text);

struct text {
	const char *ptr;
	size_t len;
	const struct place *at; /* NULL = the whole message */
	bool by_byte;		/* places are bytes of this text */
	char *own; /* the same bytes, where they may be changed; or NULL */
};

/*
 * Free text: codes in it, XML in it, base64 in it, and the same again with
 * escapes put right, as often as there are any.
 */
void scan_text(struct scan *s, struct text t, bool xml_was_tried);

/* Every node of a tree. */
void scan_tree(
    struct scan *s, const struct place *outer, const struct xml_doc *doc);

#endif

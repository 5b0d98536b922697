/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_DSIG_INSIDE_H
#define XML_DSIG_INSIDE_H

#include "base/buf.h"
#include "xml/dsig.h"

/* What the parts of xml/dsig.h share. */

/* A white space of a text that is nothing else. */
bool dsig_is_blank(const xmlNode *text);
/* Elements, texts and whatever else stands below `top`, itself included;
 * counts no further than `most` + 1. */
size_t dsig_count(const xmlNode *top, size_t most);

/* About how much memory a copy takes; no further than `most` and one node. */
size_t dsig_weight(const xmlNode *top, size_t most);

/* The algorithm of a method's element, NULL = not on the list. */
enum dsig_use {
	DSIG_USE_C14N,
	DSIG_USE_DIGEST,
	DSIG_USE_SIGNATURE,
};
const struct dsig_algorithm *dsig_algorithm(
    enum dsig_use use, const xmlNode *method);

/* The content's bytes, malloc'ed; NULL = no base64, none, or more of it than
 * LIMIT_SIGNATURE_BASE64. */
unsigned char *dsig_base64(const xmlNode *node, size_t *len);

/* ---- The elements that have an ID: ID, Id or xml:id */
struct dsig_ids;
/* Whether their tree has more nodes than LIMIT_SIGNATURE_SLOW. */
bool dsig_ids_are_of_many(const struct dsig_ids *ids);
struct dsig_ids *dsig_ids_new(const xmlNode *root);
void dsig_ids_free(struct dsig_ids *ids);
/* How many have it; the first one. */
size_t dsig_ids_find(
    const struct dsig_ids *ids, const char *id, const xmlNode **node);

/* ---- Chains of transforms (dsig-transforms.c): fills in target and how it
 * becomes bytes, or the trouble. */
void dsig_read_transforms(struct dsig_reference *r, const xmlNode *transforms,
    const xmlNode *signature, const struct dsig_ids *ids);
void dsig_refuse(
    struct dsig_reference *r, enum dsig_trouble trouble, const char *what);

/*
 * A subtree as a document of its own, with the namespaces in scope; NULL =
 * there is no memory. Comments and processing instructions stay out, CDATA
 * sections become text.
 */
xmlDoc *dsig_copy(const xmlNode *top);
/* What the known stylesheet does: normalize-space of each text. */
void dsig_normalise(xmlNode *top);

/*
 * ---- Canonical forms that differ in texts only (dsig-texts.c). A tree is
 * canonicalised once and cut where texts stand or might: white space can then
 * be tried out without touching the tree, at the cost of a digest.
 */
struct dsig_place {
	char *text;	/* what stands there; NULL = nothing */
	bool between;	/* in an element of elements and white space only */
	bool nested;	/* and so are all around that one, up to the top */
	bool blank;	/* the text is white space */
	unsigned depth; /* of what follows, an end tag its element's; top = 0 */
	size_t before;	/* bytes of the form from the place before to this */
};
struct dsig_form {
	struct {
		VEC(struct dsig_place);
	} places;
	struct buf bytes;
};
/* False = it has no canonical form; the form is to be released all the same. */
bool dsig_form_make(struct dsig_form *form, const xmlNode *top, bool exclusive);
void dsig_form_release(struct dsig_form *form);

/* A text as canonical forms have it. */
void dsig_put(struct buf *to, const char *text, size_t len);
/* Writes what is to stand at the place. */
typedef void dsig_rewrite(
    struct buf *to, const struct dsig_place *place, const void *how);
void dsig_form_write(struct buf *to, const struct dsig_form *form,
    dsig_rewrite *rewrite, const void *how);

#endif

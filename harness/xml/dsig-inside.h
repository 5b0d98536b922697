/* SPDX-License-Identifier: Apache-2.0 */
#ifndef XML_DSIG_INSIDE_H
#define XML_DSIG_INSIDE_H

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

#endif

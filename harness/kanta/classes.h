/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_CLASSES_H
#define KANTA_CLASSES_H

#include "xml/doc.h"

/*
 * What the elements of a clinical document hold, in which order and how often
 * (classes.def), for whoever has to tell people what is wrong. Whether
 * something is wrong is a schema's to say.
 */
struct cda_class {
	const char *parent, *name, *children;
};

/* NULL = not among the known ones. */
const struct cda_class *cda_class_of(const xmlNode *element);

struct cda_child {
	char name[64];
	size_t rank; /* its place among its siblings */
	bool required, repeats;
};
/* False when the class has no such child. */
bool cda_class_child(
    const struct cda_class *c, const char *name, struct cda_child *out);
/* The next child in order: `*at` begins as c->children. False at the end. */
bool cda_class_next(const char **at, struct cda_child *out);

#endif

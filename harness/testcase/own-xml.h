/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_OWN_XML_H
#define TESTCASE_OWN_XML_H

#include "base/words.h"
#include "testcase/case.h"
#include "xml/doc.h"

/*
 * What the readers of our own formats (case, facts, project) share: a file with
 * its bytes kept for excerpts, texts in both languages, copies of attributes.
 */
struct own_file {
	struct xml_doc *doc;
	struct buf bytes;
};

/*
 * Reads and parses; what is not well-formed gets `kind` (ERR_CASE or
 * ERR_USAGE), so that the exit code tells whose file is at fault.
 */
NODISCARD int own_read(struct own_file *file, const char *path, size_t cap,
    enum err_kind kind, struct err *err);
NODISCARD int own_parse(struct own_file *file, const void *bytes, size_t len,
    const char *name, enum err_kind kind, struct err *err);
/* Releases; first adds the excerpt to an error of this file. */
void own_close(struct own_file *file, struct err *err);
void own_excerpt(const struct own_file *file, struct err *err);

/*
 * xml_fail, or with an attribute xml_fail_at, and the excerpt; `attribute` may
 * be NULL.
 */
int own_fail(const struct own_file *file, const xmlNode *node,
    const char *attribute, struct err *err, enum err_kind kind, const char *fmt,
    ...) PRINTF_LIKE(6, 7);

char *own_attr(const xmlNode *node, const char *name); /* copy, or NULL */

/*
 * The child elements `name` of `parent` in both languages. ERR_CASE when a
 * language is there twice or not at all; without any such child the texts stay
 * NULL.
 */
NODISCARD int own_texts(struct text_pair *to, const struct xml_doc *doc,
    const xmlNode *parent, const char *name, struct err *err);
void own_texts_release(struct text_pair *texts);

#endif

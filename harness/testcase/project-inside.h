/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_PROJECT_INSIDE_H
#define TESTCASE_PROJECT_INSIDE_H

#include "testcase/own-xml.h"
#include "testcase/project.h"
#include "xml/shape.h"

/* What the readers of the project file share. */

#define PROJECT_FAIL(file, node, attribute, err, ...) \
 own_fail(file, node, attribute, err, ERR_USAGE, __VA_ARGS__)

/* A file of the project's, as seen from the project file; NULL = no such
 * attribute. */
char *project_file_attr(
    const struct project *p, const xmlNode *node, const char *name);

/* ---- project-check.c: the element `check` */
extern const struct shape project_check_shape;
int project_check_read(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err);
void project_check_release(struct project_check *c);

#endif

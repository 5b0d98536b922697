/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

/* A folder of a test's own, below $TMPDIR or /tmp: set-up and tear-down of a
 * group of cmocka's. */
extern char *folder;
int folder_begin(void **state);
int folder_end(void **state);

/* A file in it with this text; its path, malloc'ed. Ends the program when it
 * cannot be written. */
char *folder_put(const char *name, const char *text);

#endif

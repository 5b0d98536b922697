/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SANDBOX_H
#define TESTS_SANDBOX_H

#include <stdbool.h>

/*
 * From here on, this process opens no file, no socket and no program: what it
 * tries fails with EACCES and is counted, and the first name is kept. For a
 * child of a test; it cannot be undone. False where the system has no seccomp.
 * glibc's own tables of encodings are let alone (but fail, too).
 */
struct sandbox {
	unsigned tries;
	char first[256]; /* "openat /etc/passwd" */
};
bool sandbox_enter(struct sandbox *told);

#endif

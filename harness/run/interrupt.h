/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_INTERRUPT_H
#define RUN_INTERRUPT_H

#include <stdatomic.h>

/*
 * Ctrl-C and SIGTERM: the first lets the exchanges under way and the teardown
 * end and says how long that can take, the second ends the program at once and
 * says where the run folder is.
 */
void interrupt_catch(const char *run_dir);

/* The same where only files are read and reports written: the first ends it
 * behind the files under way. */
void interrupt_catch_files(void);

/* How often it was asked for. */
const atomic_int *interrupt_count(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CPUTIME_H
#define TESTS_CPUTIME_H

#include <stdint.h>
#include <time.h>

/*
 * What this thread has worked, in microseconds: tells the square of a size from
 * the size itself, however busy the machine is.
 */
static inline int64_t cputime(void)
{
	struct timespec ts = { 0 };
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

/*
 * Functions that cannot be used safely, or not as this program must use them
 * (bounds, threads, locale). The Makefile includes this file in front of every
 * source, so that using one is a compile error. The system headers come first:
 * they may name these functions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf
#pragma GCC poison strtok strtok_r gmtime localtime ctime asctime
#pragma GCC poison mktemp tmpnam atoi atol atoll sscanf gets popen

#endif

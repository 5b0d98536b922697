/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHECKS_INSIDE_H
#define REPORT_CHECKS_INSIDE_H

#include "report/checks.h"

/* The renderings, one file each. */
extern const struct check_view check_view_text;

#endif

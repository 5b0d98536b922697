/* SPDX-License-Identifier: Apache-2.0 */
#include "report/checks.h"

#include "report/checks-inside.h"

const struct check_view *const check_views[] = {
	&check_view_text,
};
const size_t check_view_count = COUNTOF(check_views);

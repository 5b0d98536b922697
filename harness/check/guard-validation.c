/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-scan.h"
#include "kanta/shark.h"
#include "kanta/why.h"

void guard_scan_validation(struct guard_report *report, const void *bytes,
    size_t len, const struct identity_pool *pool, guard_see *see, void *ctx)
{
	struct shark_request r;
	struct err err = { 0 };

	(void)guard_scan(report, bytes, len, pool);
	if (shark_read_request(&r, bytes, len, &err) < 0) {
		struct note what =
		    why_quote(say_guard_opaque_validation, &r.why, NULL);
		guard_add(report, GUARD_OPAQUE, "message", &what);
		return;
	}
	(void)guard_scan_seeing(report, r.field[SHARK_FRAME],
	    strlen(r.field[SHARK_FRAME]), pool, see, ctx);
	(void)guard_scan(report, r.field[SHARK_DOCUMENT],
	    strlen(r.field[SHARK_DOCUMENT]), pool);
	shark_request_release(&r);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/baseline.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * A baseline: it loads, or it fails with a reason; one that loads can be
 * applied to any finding.
 *
 * Parser: harness/check/baseline.c
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *ctx, const struct note *note)
{
	(void)ctx;
	(void)note;
}

static void apply(struct baseline *b)
{
	struct checked c = { .name = xstrdup("out/a.xml") };
	struct finding *f = findings_add(&c.findings);
	f->rule = xstrdup("ESI-H-01");
	f->where = xstrdup("/ClinicalDocument");
	baseline_apply(b, &c);
	baseline_tell(b, ignore, NULL);
	checked_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { .kind = ERR_NONE };
	struct baseline *b = baseline_parse(
	    data, size, "baseline.xml", INT64_C(1767348000000000), &err);
	if (!b == (err.kind == ERR_NONE))
		abort(); /* a failure without a reason, or the other way round
			  */
	if (b)
		apply(b);
	baseline_free(b);
	return 0;
}

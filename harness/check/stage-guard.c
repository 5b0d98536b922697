/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "check/stage.h"

/* What would stop the file from leaving: the guard's own eyes. */

static const struct {
	enum guard_rule guard;
	enum rule rule;
} rules[] = {
	{ GUARD_IDENTITY, RULE_GUARD_IDENTITY },
	{ GUARD_POOL, RULE_GUARD_POOL },
	{ GUARD_OPAQUE, RULE_GUARD_OPAQUE },
};

static void add(struct look *l, const struct guard_finding *g)
{
	for (size_t i = 0; i < COUNTOF(rules); i++) {
		if (rules[i].guard != g->rule)
			continue;
		struct finding *f =
		    look_find(l, rules[i].rule, PART_FILE, NULL, NULL, g->what);
		if (!f)
			return;
		free(f->where);
		f->where = finding_text(g->where);
	}
}

static void look_guard(struct look *l, struct stage_result *result, void *own)
{
	struct guard_report *report;
	(void)own;
	if (l->is_too_large) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_too_large();
		return;
	}
	report = xcalloc(1, sizeof(*report));
	struct guard_known known = { .whole = l->file };
	if (l->document_part == PART_DOCUMENT) {
		known.inner = l->document;
		known.inner_bytes = l->document_bytes;
		known.inner_len = l->document_len;
	}
	guard_scan_known(report, l->bytes, l->len, &known, l->options->pool);
	for (size_t i = 0; i < report->count; i++)
		add(l, &report->at[i]);
	if (report->more)
		l->out->findings.more++;
	free(report);
}

const struct stage_kind stage_guard = { .look = look_guard };

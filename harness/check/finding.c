/* SPDX-License-Identifier: Apache-2.0 */
#include "check/finding.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/ids.h"

const char *const stage_names[STAGE_COUNT] = {
	[STAGE_SYNTACTIC] = "syntactic",
	[STAGE_SCHEMA] = "schema",
	[STAGE_RULES] = "rules",
	[STAGE_CODES] = "codes",
	[STAGE_SIGNATURE] = "signature",
	[STAGE_GUARD] = "guard",
};

const char *const severity_names[SEVERITY_COUNT] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_INFO] = "info",
};

const struct rule_row rule_rows[RULE_COUNT] = {
#define RULE(id, name, stage, severity, clause)                    \
 [RULE_##id] = { name, STAGE_##stage, SEVERITY_##severity, clause, \
	 W_rule_##id, W_hint_##id },
#include "check/rule.def"
#undef RULE
};

struct finding *findings_add(struct findings *list)
{
	if (list->count == LIMIT_FINDINGS) {
		list->more++;
		return NULL;
	}
	return VEC_PUSH(list);
}

char *finding_text(const char *text)
{
	char *copy = xstrdup(text);
	str_clean(copy);
	hetu_hide(copy);
	return copy;
}

static int compare(const void *one, const void *other)
{
	const struct finding *a = *(const struct finding *const *)one;
	const struct finding *b = *(const struct finding *const *)other;
	if (a->severity != b->severity)
		return a->severity < b->severity ? -1 : 1;
	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return a < b ? -1 : a > b;
}

void findings_sort(struct findings *list)
{
	if (list->count < 2)
		return;
	const struct finding **order =
	    xreallocarray(NULL, list->count, sizeof(struct finding *));
	struct finding *sorted =
	    xreallocarray(NULL, list->count, sizeof(*sorted));
	for (size_t i = 0; i < list->count; i++)
		order[i] = &list->at[i];
	qsort(order, list->count, sizeof(struct finding *), compare);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = *order[i];
	free(order);
	free(list->at);
	list->at = sorted;
	list->alloc = list->count;
}

void finding_release(struct finding *f)
{
	for (size_t i = 0; i < LANG_COUNT; i++) {
		free(f->text[i]);
		free(f->hint[i]);
	}
	free(f->rule);
	free(f->clause);
	free(f->field);
	free(f->lacks);
	free(f->expression);
	free(f->where);
	free(f->excerpt);
	free(f->accepted);
}

void findings_release(struct findings *list)
{
	VEC_EACH (struct finding, f, list)
		finding_release(f);
	VEC_RELEASE(list);
	list->more = 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/finding.h"

#include <string.h>

static const struct told {
	const char *by, *lacks, *rules;
} rows[] = {
#define TOLD(by, lacks, rules) { by, lacks, rules },
#include "check/told.def"
#undef TOLD
};

/* Whether `rule` is one of those words. */
static bool is_among(const char *rules, const char *rule)
{
	size_t len = strlen(rule);
	const char *at = rules;
	for (; len > 0 && (at = strstr(at, rule)); at += len)
		if ((at == rules || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
	return false;
}

static const struct told *row_of(const struct finding *f)
{
	for (size_t i = 0; f->stage != STAGE_SCHEMA && i < COUNTOF(rows); i++)
		if (is_among(rows[i].rules, f->rule))
			return &rows[i];
	return NULL;
}

/* Numbers first: there may be thousands. */
static bool is_same_place(const struct finding *a, const struct finding *b)
{
	return a->line == b->line && a->column == b->column &&
	       a->part == b->part && streq(a->where, b->where);
}

static bool is_told_by(const struct finding *other, const struct finding *f,
    const struct told *row)
{
	if (other->stage != STAGE_SCHEMA || !is_same_place(other, f) ||
	    !streq(other->rule, row->by))
		return false;
	return !row->lacks || (other->lacks && streq(other->lacks, row->lacks));
}

static bool is_told(const struct findings *list, const struct finding *f)
{
	const struct told *row = row_of(f);
	if (!row)
		return false;
	VEC_EACH (struct finding, other, list)
		if (is_told_by(other, f, row))
			return true;
	return false;
}

size_t findings_tell_once(struct findings *list)
{
	size_t kept = 0;
	bool *told = xcalloc(list->count + 1, sizeof(*told));
	for (size_t i = 0; i < list->count; i++)
		told[i] = is_told(list, &list->at[i]);
	for (size_t i = 0; i < list->count; i++) {
		if (told[i])
			finding_release(&list->at[i]);
		else
			list->at[kept++] = list->at[i];
	}
	size_t taken = list->count - kept;
	list->count = kept;
	free(told);
	return taken;
}

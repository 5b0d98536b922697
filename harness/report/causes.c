/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

static bool same_note(const struct note *a, const struct note *b)
{
	if (a->word != b->word)
		return false;
	for (size_t i = 0; i < word_params(a->word); i++)
		if (!streq(a->arg[i], b->arg[i]))
			return false;
	return true;
}

static struct cause *find_cause(
    struct report *r, enum result_kind kind, const struct note *why)
{
	for (size_t i = 0; i < r->cause_count; i++)
		if (r->causes[i].kind == kind &&
		    same_note(&r->causes[i].why, why))
			return &r->causes[i];
	if (r->cause_count == REPORT_CAUSES)
		return NULL;
	struct cause *c = &r->causes[r->cause_count++];
	c->kind = kind;
	c->why = *why;
	return c;
}

/* A case counts once, however many of its expectations say it. */
static void add_case(struct cause *c, const char *id)
{
	if (!c || (c->last && streq(c->last, id)))
		return;
	if (c->cases < REPORT_CAUSE_IDS)
		c->ids[c->cases] = id;
	c->cases++;
	c->last = id;
}

void causes_learn(struct report *r, const struct report_case *c)
{
	VEC_EACH (struct report_expect, x, &c->expects) {
		const struct verdict *v = &x->verdict;
		if (v->kind != RESULT_SKIP && v->kind != RESULT_OMIT)
			continue;
		const struct note *why =
		    v->cause.word == W_none ? &v->found : &v->cause;
		add_case(find_cause(r, v->kind, why), c->id);
	}
	if (c->expects.count || c->kind != RESULT_SKIP)
		return;
	struct note unjudged = say_report_unjudged();
	add_case(find_cause(r, RESULT_SKIP, &unjudged), c->id);
}

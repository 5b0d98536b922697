/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "check/guard-personal.h"
#include "check/stage.h"

/* What would stop the file from leaving: the guard's own eyes. */

static const struct {
	enum guard_rule guard;
	enum rule rule;
} rules[] = {
	{ GUARD_IDENTITY, RULE_GUARD_IDENTITY },
	{ GUARD_POOL, RULE_GUARD_POOL },
	{ GUARD_OPAQUE, RULE_GUARD_OPAQUE },
	{ GUARD_NAME, RULE_GUARD_NAME },
};

/* In the document the path is the document's own. */
static const char *path_in(enum part part, const char *where)
{
	static const char unpacked[] = " > base64 > ";
	const char *in = part == PART_DOCUMENT ? strstr(where, unpacked) : NULL;

	return in ? in + strlen(unpacked) : where;
}

static void add(struct look *l, const struct guard_finding *g)
{
	enum part part = g->in_inner ? PART_DOCUMENT : PART_FILE;

	for (size_t i = 0; i < COUNTOF(rules); i++) {
		if (rules[i].guard != g->rule)
			continue;
		struct finding *f =
		    look_find(l, rules[i].rule, part, NULL, NULL, g->what);
		if (!f)
			return;
		free(f->where);
		f->where = finding_text(path_in(part, g->where));
		f->line = g->line;
		f->column = g->column;
	}
}

static void add_all(struct look *l, const struct guard_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		add(l, &report->at[i]);
	if (report->more)
		l->out->findings.more++;
	for (size_t i = 0; i < report->attested_count; i++) {
		const struct attestation *a = report->attested[i];
		look_find(l, RULE_GUARD_ATTESTED, PART_FILE, NULL, NULL,
		    say_guard_attested(a->sha256, a->name, a->date));
	}
}

/* A file's name travels too: in reports, in the vendor's folders. */
static void look_at_name(struct look *l, struct guard_report *report)
{
	if (guard_scan(report, l->name, strlen(l->name), l->options->pool))
		return;
	for (size_t i = 0; i < report->count; i++) {
		struct guard_finding *f = &report->at[i];
		str_copy(f->where, sizeof(f->where), "file name");
		f->line = f->column = 0;
	}
}

static void tell_basis(const struct look *l, struct stage_result *result)
{
	const struct identity_pool *pool = l->options->pool;
	char persons[24], attested[24];

	if (!pool || !l->options->pool_name) {
		result->basis = say_guard_basis_any();
		return;
	}
	if (!pool->codes) {
		result->basis = say_guard_basis_nobody(l->options->pool_name);
		return;
	}
	snprintf(persons, sizeof(persons), "%zu", pool->count);
	snprintf(attested, sizeof(attested), "%zu", pool->attested_count);
	result->basis =
	    say_guard_basis(l->options->pool_name, persons, attested);
}

/* The trees are there already: nobody parses twice. */
static void scan_file(struct look *l, struct guard_report *report)
{
	struct guard_known known = { .whole = l->file };
	if (l->document_part == PART_DOCUMENT) {
		known.inner = l->document;
		known.inner_bytes = l->document_bytes;
		known.inner_len = l->document_len;
	}
	guard_scan_known(report, l->bytes, l->len, &known, l->options->pool);
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
	look_at_name(l, report);
	scan_file(l, report);
	add_all(l, report);
	guard_personal_look(l);
	tell_basis(l, result);
	free(report);
}

const struct stage_kind stage_guard = { .look = look_guard };

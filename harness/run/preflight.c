/* SPDX-License-Identifier: Apache-2.0 */
#include "run/preflight.h"

#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "testcase/document.h"

/* ---- Names of documents */

/* Borrowed from the cases. */
struct document_names {
	VEC(const char *);
};

static void add_names(struct document_names *names, const struct case_set *set)
{
	VEC_EACH (struct testcase *, tc, set)
		VEC_EACH (struct case_document, d, &(*tc)->documents) {
			*VEC_PUSH(names) = d->name;
			*VEC_PUSH(names) = d->kind;
		}
}

static bool is_named(const struct document_names *names, const char *name)
{
	VEC_EACH (const char *, known, names)
		if (streq(*known, name))
			return true;
	return false;
}

static int unknown_option(const struct document_names *names, const char *word,
    const char *name, struct err *err)
{
	const char *near = str_nearest(name, names->at, names->count);
	err_set(err, ERR_USAGE,
	    "--document '%s': no case to run has a document '%s'", word, name);
	if (near)
		return err_hint(err, "did you mean '%s'?", near);
	return err_hint(err, "'esitesti show case ID' shows the names and "
			     "kinds of a case's documents");
}

int preflight_options(const struct case_set *planned,
    const struct opt_list *documents, struct err *err)
{
	struct document_names names = { 0 };
	int rc = 0;
	add_names(&names, planned);
	VEC_EACH (const char *, word, documents) {
		char *name = xstrndup(*word, strcspn(*word, "="));
		if (!is_named(&names, name))
			rc = unknown_option(&names, *word, name, err);
		free(name);
	}
	VEC_RELEASE(&names);
	return rc;
}

static int unknown_kind(const struct document_names *names,
    const struct project *p, const struct document_source *d, FILE *warn,
    struct err *err)
{
	const char *near = str_nearest(d->kind, names->at, names->count);
	if (near) {
		err_at(err, ERR_USAGE, p->path, d->line, 0,
		    "no case has a document of kind '%s'", d->kind);
		return err_hint(err, "did you mean '%s'?", near);
	}
	fprintf(warn,
	    "esitesti: %s:%u: no case here has a document of kind '%s'; it is "
	    "not sent\n",
	    p->path, d->line, d->kind);
	return 0;
}

int preflight_project(const struct project *p,
    const struct case_set *const sets[], size_t count, FILE *warn,
    struct err *err)
{
	struct document_names names = { 0 };
	int rc = 0;
	for (size_t i = 0; i < count; i++)
		add_names(&names, sets[i]);
	VEC_EACH (struct document_source, d, &p->documents)
		if (rc == 0 && d->line && !is_named(&names, d->kind))
			rc = unknown_kind(&names, p, d, warn, err);
	VEC_RELEASE(&names);
	return rc;
}

/* ---- Files */

int preflight_files(
    const struct project *p, const struct case_set *planned, struct err *err)
{
	struct document_names seen = { 0 }; /* paths of files */
	int rc = 0;
	VEC_EACH (struct testcase *, tc, planned)
		VEC_EACH (struct case_document, d, &(*tc)->documents) {
			const struct document_source *source =
			    project_document(p, d->name, d->kind);
			if (rc < 0 || !source ||
			    source->source != SOURCE_FILE ||
			    is_named(&seen, source->path))
				continue;
			*VEC_PUSH(&seen) = source->path;
			rc = document_check_file(source->path, err);
		}
	VEC_RELEASE(&seen);
	return rc;
}

/* ---- The guard */

/* Whether some step that a real target would get sends like this. */
static bool some_step(
    const struct plan *plan, bool (*is_so)(const struct step *step))
{
	VEC_EACH (struct testcase *, tc, &plan->cases) {
		if ((*tc)->where == WHERE_MOCK)
			continue;
		VEC_EACH (struct step, s, &(*tc)->steps)
			if (s->verb == VERB_SEND && is_so(s))
				return true;
	}
	return false;
}

static bool shows_certificate(const struct step *step)
{
	return streq(step->identity, "client");
}

static bool has_a_body(const struct step *step)
{
	return step->message != SEND_PROBE;
}

static int tell(
    const struct guard_report *report, const struct target *t, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	for (size_t i = 0; i < report->count; i++) {
		buf_adds(&text, i ? " " : "");
		note_render(&text, &report->at[i].what, LANG_EN);
	}
	err_set(err, ERR_GUARD,
	    "the guard lets nothing leave for target '%s': %s", t->name,
	    text.ptr);
	buf_release(&text);
	return err_hint(err, "nothing was run; the guard cannot be bypassed");
}

int preflight_target(const struct run_setup *setup, struct err *err)
{
	struct guard_context where = {
		.target = setup->target,
		.rules = setup->rules,
		.client_issuer = some_step(setup->plan, shows_certificate)
				     ? setup->identity->issuer
				     : NULL,
		.pool = setup->pool,
	};
	struct guard_report *report = xcalloc(1, sizeof(*report));
	int rc = 0;
	if (setup->target->kind == TARGET_REAL &&
	    !guard_place(report, &where, !some_step(setup->plan, has_a_body)))
		rc = tell(report, setup->target, err);
	free(report);
	return rc;
}

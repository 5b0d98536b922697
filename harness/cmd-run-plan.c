/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-run.h"

#include "base/str.h"
#include "run/preflight.h"

/* ---- Project, cases, documents */

int session_load_project(struct session *s, struct err *err)
{
	char *own = shipped_path(&s->shipped, "fixtures/self-test.xml");
	const char *path = project_choose(s->o.project, session_own(s, own));
	s->project = project_open(path, &s->pool, err);
	if (!s->project)
		return -1;
	VEC_EACH (const char *, word, &s->o.documents)
		if (project_add_document(s->project, *word, err) < 0)
			return -1;
	return 0;
}

static bool is_wanted(const struct session *s, const struct testcase *tc)
{
	const struct run_options *o = &s->o;
	bool by_id = o->cases.count == 0, by_tag = o->tags.count == 0;
	VEC_EACH (const char *, id, &o->cases)
		by_id = by_id || streq(*id, tc->id);
	VEC_EACH (const char *, tag, &o->tags)
		VEC_EACH (char *, own_tag, &tc->tags)
			by_tag = by_tag || streq(*tag, *own_tag);
	return by_id && by_tag;
}

static int check_case_ids(const struct session *s, struct err *err)
{
	VEC_EACH (const char *, id, &s->o.cases) {
		bool found = false;
		VEC_EACH (struct testcase *, tc, &s->plan.cases)
			found = found || streq((*tc)->id, *id);
		if (!found) {
			err_set(err, ERR_USAGE, "there is no case '%s'", *id);
			return err_hint(err, "'esitesti list' shows all");
		}
	}
	return 0;
}

static bool is_of_service(const struct session *s, const struct testcase *tc)
{
	return streq(tc->service, dialect_text(s->dialect, DK_SERVICE_NAME));
}

static void keep(struct session *s,
    bool (*wants)(const struct session *s, const struct testcase *tc))
{
	struct case_set *cases = &s->plan.cases;
	size_t kept = 0;
	for (size_t i = 0; i < cases->count; i++) {
		if (wants(s, cases->at[i]))
			cases->at[kept++] = cases->at[i];
		else
			testcase_free(cases->at[i]);
	}
	cases->count = kept;
}

/* A name that no case has would make a self-test of a pre-test in silence. The
 * shipped cases count also when others are run. */
static int check_project(struct session *s, bool with_shipped, struct err *err)
{
	struct case_set shipped = { 0 };
	const struct case_set *sets[] = { &s->plan.cases, &shipped };
	char *dir = shipped_path(&s->shipped, "cases");
	int rc = 0;
	if (with_shipped)
		rc = case_set_load(
		    &shipped, dir, NULL, 0, s->shipped.facts, NULL, NULL, err);
	if (rc >= 0)
		rc = preflight_project(
		    s->project, sets, COUNTOF(sets), s->io->errout, err);
	case_set_release(&shipped);
	free(dir);
	return rc;
}

static int check_documents(struct session *s, struct err *err)
{
	if (preflight_options(&s->plan.cases, &s->o.documents, err) < 0)
		return -1;
	return preflight_files(s->project, &s->plan.cases, err);
}

int session_load_cases(
    struct session *s, int argc, char *argv[], int first, struct err *err)
{
	char *shipped = shipped_path(&s->shipped, "cases");
	const char *const *names = (const char *const *)(argv + first);
	size_t count = (size_t)(argc - first);
	int faulty = case_set_load(&s->plan.cases, shipped, names, count,
	    s->shipped.facts, print_fault, s->io->errout, err);
	free(shipped);
	if (faulty < 0)
		return -1;
	if (faulty > 0)
		return err_set(err, ERR_CASE,
		    "%d case file%s faulty: nothing was run", faulty,
		    faulty == 1 ? " is" : "s are");
	if (check_case_ids(s, err) < 0 ||
	    case_set_check_tags(&s->plan.cases, &s->o.tags, err) < 0 ||
	    check_project(s, count > 0, err) < 0)
		return -1;
	keep(s, is_wanted);
	if (s->plan.cases.count == 0)
		return err_set(err, ERR_USAGE, "no case is left to run");
	return check_documents(s, err);
}

int session_keep_service(struct session *s, bool named, struct err *err)
{
	const char *service = dialect_text(s->dialect, DK_SERVICE_NAME);
	if (named || s->o.cases.count > 0 || !*service)
		return 0;
	keep(s, is_of_service);
	if (s->plan.cases.count > 0)
		return 0;
	err_set(err, ERR_USAGE,
	    "no case is left to run: none is about '%s', the service of the "
	    "dialect '%s'",
	    service, dialect_name(s->dialect));
	return err_hint(err, "name the cases, or use another --dialect");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/baseline.h"
#include "check/codes.h"
#include "cmd.h"
#include "record/result.h"
#include "testcase/case.h"
#include "testcase/project.h"
#include "xml/doc.h"

#include <sys/stat.h>

static const struct opt_set option_set = {
	.command = "lint",
	.operands = "[FILE|DIR]...",
	.summary = "check case, dialect and project files",
	.notes = "Without operands the shipped cases are checked. A file is "
		 "recognised by its\nnamespace. Exit code 3 when a file is "
		 "faulty.\n",
};

void cmd_lint_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

struct linting {
	struct shipped shipped;
	struct io *io;
	size_t good, faulty;
};

/* ---- One file of each kind: 0 = in order, -1 = a fault in `err`, else the
 * number of faults that were told */

static int lint_case(struct linting *l, const char *path, struct err *err)
{
	struct testcase *tc = testcase_load(path, l->shipped.facts, err);
	int rc = tc ? testcase_check_files(tc, l->shipped.dir, err) : -1;
	testcase_free(tc);
	return rc;
}

/* The shipped cases and those below the project file: faults of theirs are
 * their own. */
static int load_cases_around(struct linting *l, struct case_set *cases,
    const char *path, struct err *err)
{
	struct err none = { 0 };
	char *shipped = shipped_path(&l->shipped, "cases");
	char *dir = path_dir(path);
	const char *const own[] = { dir };
	int rc = case_set_load(
	    cases, shipped, NULL, 0, l->shipped.facts, NULL, NULL, err);
	if (rc >= 0) /* no case there is no fault */
		(void)!case_set_load(
		    cases, NULL, own, 1, l->shipped.facts, NULL, NULL, &none);
	free(dir);
	free(shipped);
	return rc < 0 ? -1 : 0;
}

static int lint_project(struct linting *l, const char *path, struct err *err)
{
	struct case_set cases = { 0 };
	struct project *p = project_load(path, err);
	int rc = p ? load_cases_around(l, &cases, path, err) : -1;
	char *dialects = shipped_path(&l->shipped, "cases/dialects");
	struct project_surroundings around = {
		.dialects = dialects,
		.cases = &cases,
		.rules = l->shipped.rules,
	};
	if (rc == 0)
		rc = project_lint(p, &around, print_fault, l->io->errout, err);
	free(dialects);
	case_set_release(&cases);
	project_free(p);
	return rc;
}

static bool same_folder(const char *a, const char *b)
{
	struct stat x, y;
	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* A shipped one must be called what its file is; a file of one's own may extend
 * those that are shipped. */
static int lint_dialect(struct linting *l, const char *path, struct err *err)
{
	char *shipped = path_join(l->shipped.dir, "cases/dialects");
	char *dir = path_dir(path);
	char *name = xstrdup(path);
	if (same_folder(dir, shipped) && str_ends(path, ".xml")) {
		free(name);
		name = xstrdup(path_base(path));
		name[strlen(name) - strlen(".xml")] = '\0';
	}
	struct dialect *d = dialect_load(shipped, name, err);
	dialect_free(d);
	free(name);
	free(dir);
	free(shipped);
	return d ? 0 : -1;
}

static int lint_facts(struct linting *l, const char *path, struct err *err)
{
	(void)l;
	struct facts *f = facts_load(path, err);
	facts_free(f);
	return f ? 0 : -1;
}

static int lint_targets(struct linting *l, const char *path, struct err *err)
{
	(void)l;
	struct target_rules *r = target_rules_load(path, err);
	target_rules_free(r);
	return r ? 0 : -1;
}

static int lint_codes(struct linting *l, const char *path, struct err *err)
{
	(void)l;
	struct code_lists *lists = code_lists_new();
	int rc = code_lists_add(lists, path, err);
	code_lists_free(lists);
	return rc;
}

static int lint_baseline(struct linting *l, const char *path, struct err *err)
{
	struct world world = world_real();
	(void)l;
	struct baseline *b = baseline_load(path, world_now(&world), err);
	baseline_free(b);
	return b ? 0 : -1;
}

static const struct {
	const char *root, *ns; /* without the version */
	int (*lint)(struct linting *l, const char *path, struct err *err);
} formats[] = {
	{ "baseline", "urn:esitesti:baseline:", lint_baseline },
	{ "case", "urn:esitesti:case:", lint_case },
	{ "codes", "urn:esitesti:codes:", lint_codes },
	{ "dialect", "urn:esitesti:dialect:", lint_dialect },
	{ "facts", "urn:esitesti:facts:", lint_facts },
	{ "project", "urn:esitesti:project:", lint_project },
	{ "targets", "urn:esitesti:targets:", lint_targets },
};

/* What the file was meant to be, as far as its root element tells. */
static int fail_unknown(
    const struct xml_doc *doc, const char *path, struct err *err)
{
	const xmlNode *root = xml_root(doc);
	const char *ns = root->ns ? (const char *)root->ns->href : NULL;
	if (xml_is(root, XMLNS_V3, "ClinicalDocument")) {
		err_set(err, ERR_USAGE,
		    "'%s' is a document (ClinicalDocument); lint checks case, "
		    "dialect and project files",
		    path);
		return err_hint(err,
		    "'esitesti check %s' checks it, 'esitesti run --document "
		    "KIND=%s' sends it",
		    path, path);
	}
	if (ns)
		xml_fail(doc, root, err, ERR_CASE,
		    "'%s' in namespace '%s' is none of esitesti's formats",
		    (const char *)root->name, ns);
	else
		xml_fail(doc, root, err, ERR_CASE,
		    "'%s' in no namespace is none of esitesti's formats",
		    (const char *)root->name);
	for (size_t i = 0; i < COUNTOF(formats); i++)
		if (xml_is(root, NULL, formats[i].root))
			return err_hint(err, "begin with <%s xmlns=\"%s1\"",
			    formats[i].root, formats[i].ns);
	return err_hint(err,
	    "a case begins <case xmlns=\"urn:esitesti:case:1\", a project "
	    "file <project xmlns=\"urn:esitesti:project:1\"");
}

static int lint_by_namespace(
    struct linting *l, const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_CONFIG_FILE, err);
	if (!doc)
		return -1;
	const xmlNode *root = xml_root(doc);
	const char *ns = root->ns ? (const char *)root->ns->href : "";
	int rc = -1;
	bool known = false;
	for (size_t i = 0; i < COUNTOF(formats); i++)
		if (str_starts(ns, formats[i].ns)) {
			known = true;
			rc = formats[i].lint(l, path, err);
		}
	if (!known)
		rc = fail_unknown(doc, path, err);
	xml_free(doc);
	return rc;
}

static void count(struct linting *l, int rc, const struct err *err)
{
	if (rc == 0) {
		l->good++;
		return;
	}
	l->faulty++;
	if (rc < 0)
		err_print(l->io->errout, err);
}

static int lint_dir(struct linting *l, const char *path, struct err *err)
{
	struct case_set cases = { 0 };
	int faulty = case_set_load(&cases, NULL, &path, 1, l->shipped.facts,
	    print_fault, l->io->errout, err);
	if (faulty >= 0) {
		l->faulty += (size_t)faulty;
		l->good += cases.count;
	}
	case_set_release(&cases);
	return faulty < 0 ? -1 : 0;
}

static int lint_operand(struct linting *l, const char *path, struct err *err)
{
	struct stat st;
	if (stat(path, &st) != 0)
		return err_errno(err, ERR_USAGE, "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return lint_dir(l, path, err);
	struct err fault = { 0 };
	int rc = lint_by_namespace(l, path, &fault);
	if (rc < 0 && fault.kind == ERR_USAGE && fault.line == 0) {
		*err = fault;
		return -1;
	}
	count(l, rc, &fault);
	return 0;
}

int cmd_lint(int argc, char *argv[], struct io *io, struct err *err)
{
	struct linting l = { .io = io };
	int first = opt_parse(&option_set, &l, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	int rc = shipped_load(&l.shipped, err);
	if (rc == 0 && first == argc) {
		char *dir = shipped_path(&l.shipped, "cases");
		rc = lint_dir(&l, dir, err);
		free(dir);
	}
	for (int i = first; rc == 0 && i < argc; i++)
		rc = lint_operand(&l, argv[i], err);
	shipped_release(&l.shipped);
	if (rc < 0)
		return -1;
	fprintf(io->out, "%zu file%s in order, %zu faulty\n", l.good,
	    l.good == 1 ? "" : "s", l.faulty);
	return l.faulty ? EXIT_INVALID : EXIT_PASSED;
}

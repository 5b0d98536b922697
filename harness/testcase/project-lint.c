/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "testcase/own-xml.h"
#include "testcase/project.h"

#include <stdlib.h>
#include <unistd.h>

struct linting {
	const struct project *p;
	const struct project_surroundings *around;
	struct own_file file;
	void (*fault)(void *ctx, const struct err *err);
	void *ctx;
	int faults;
};

static void tell(struct linting *l, const struct err *err)
{
	l->fault(l->ctx, err);
	l->faults++;
}

/* ---- Files */

static void check_file(struct linting *l, const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	struct err err = { 0 };
	if (!value)
		return;
	char *path = path_beside(l->p->path, value);
	if (access(path, R_OK) < 0) {
		own_fail(&l->file, node, name, &err, ERR_USAGE,
		    "there is no file '%s' to be read", path);
		(void)!err_hint(&err, "paths are relative to the project file");
		tell(l, &err);
	}
	free(path);
}

static void check_dialect(struct linting *l, const xmlNode *node)
{
	const char *name = xml_attr(node, "dialect");
	struct err inner = { 0 }, err = { 0 };
	if (!name)
		return;
	char *dir = path_dir(l->p->path);
	char *beside = path_beside(l->p->path, name);
	char *found = dialect_find(
	    dir, l->around->dialects, str_ends(name, ".xml") ? beside : name);
	struct dialect *d = dialect_load(l->around->dialects, found, &inner);
	if (!d) {
		own_fail(&l->file, node, "dialect", &err, ERR_USAGE, "%s",
		    inner.msg);
		(void)!err_hint(&err,
		    "a dialect of one's own is %s/dialects/NAME.xml; %s", dir,
		    inner.hint);
		tell(l, &err);
	}
	dialect_free(d);
	free(found);
	free(beside);
	free(dir);
}

static void check_target(struct linting *l, const xmlNode *node)
{
	static const char *const files[] = { "ca", "certificate", "key",
		"pkcs12", "pass-file" };
	for (size_t i = 0; i < COUNTOF(files); i++)
		check_file(l, node, files[i]);
	check_dialect(l, node);
}

/* ---- Kinds of documents */

struct words {
	VEC(const char *);
};

static void add_words(struct words *to, const struct case_set *cases)
{
	VEC_EACH (struct testcase *, tc, cases)
		VEC_EACH (struct case_document, d, &(*tc)->documents) {
			*VEC_PUSH(to) = d->kind;
			*VEC_PUSH(to) = d->name;
		}
}

/* A kind that no case has is no fault by itself: the cases that have it may be
 * elsewhere. One that is nearly that of a case is a slip. */
static void check_document(struct linting *l, const xmlNode *node)
{
	const char *kind = xml_attr(node, "kind");
	struct words known = { 0 };
	struct err err = { 0 };
	bool found = false;
	check_file(l, node, "file");
	add_words(&known, l->around->cases);
	VEC_EACH (const char *, word, &known)
		found = found || streq(*word, kind);
	const char *near = str_nearest(kind, known.at, known.count);
	if (!found && near) {
		own_fail(&l->file, node, "kind", &err, ERR_USAGE,
		    "no case has a document '%s'", kind);
		(void)!err_hint(&err, "did you mean '%s'?", near);
		tell(l, &err);
	}
	VEC_RELEASE(&known);
}

/* What the schema, the sets and the lists say is read by those that use them.
 */
static void check_check(struct linting *l, const xmlNode *node)
{
	check_file(l, node, "schema");
	check_file(l, node, "baseline");
	XML_EACH_CHILD (child, node)
		check_file(l, child, "file");
}

static void check_test_host(struct linting *l, const xmlNode *node)
{
	struct err inner = { 0 }, err = { 0 };
	if (target_rules_attest(
		l->around->rules, xml_attr(node, "name"), &inner) == 0)
		return;
	own_fail(&l->file, node, "name", &err, ERR_USAGE, "%s", inner.msg);
	(void)!err_hint(&err, "%s", inner.hint);
	tell(l, &err);
}

static const struct {
	const char *element;
	void (*check)(struct linting *l, const xmlNode *node);
} checks[] = {
	{ "test-host", check_test_host },
	{ "target", check_target },
	{ "document", check_document },
	{ "check", check_check },
};

int project_lint(const struct project *p,
    const struct project_surroundings *around,
    void (*fault)(void *ctx, const struct err *err), void *ctx, struct err *err)
{
	struct linting l = {
		.p = p, .around = around, .fault = fault, .ctx = ctx
	};
	if (own_parse(
		&l.file, p->source, p->source_len, p->path, ERR_USAGE, err) < 0)
		return -1;
	XML_EACH_CHILD (node, xml_root(l.file.doc)) {
		for (size_t i = 0; i < COUNTOF(checks); i++)
			if (xml_is(node, NULL, checks[i].element))
				checks[i].check(&l, node);
	}
	own_close(&l.file, err);
	return l.faults;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case-check.h"

#include "base/limits.h"
#include "base/str.h"
#include "testcase/case-names.h"

#include <stdlib.h>

/* ---- Documents */

static int check_document(struct check *c, const xmlNode *node, size_t index)
{
	const struct case_document *d = &c->tc->documents.at[index];
	for (size_t i = 0; i < index; i++) {
		if (streq(c->tc->documents.at[i].name, d->name))
			return FAIL(c, node, "name",
			    "a second document with the name '%s'", d->name);
	}
	if (streq(d->name, "dialect") || streq(d->name, "person"))
		return FAIL(c, node, "name",
		    "'%s' is the name of other variables", d->name);
	if (check_document_name(c, node, "replaces", index) < 0 ||
	    check_path(c, node, "fixture") < 0)
		return -1;
	XML_EACH_CHILD (with, node) {
		if (check_with(c, with, template_names, template_name_count,
			"a document's template") < 0)
			return -1;
	}
	check_know_document(c, d->name);
	return 0;
}

/* ---- The case */

static int check_rests_on(struct check *c, const xmlNode *node)
{
	const char *id = xml_attr(node, "fact");
	const struct fact *fact = facts_find(c->facts, id);
	if (!fact) {
		size_t count = facts_count(c->facts);
		const char **ids = xcalloc(count + 1, sizeof(*ids));
		for (size_t i = 0; i < count; i++)
			ids[i] = facts_at(c->facts, i)->id;
		FAIL(c, node, "fact", "no fact '%s' in cases/facts.xml", id);
		const char *near = str_nearest(id, ids, count);
		if (near)
			err_hint(c->err, "did you mean '%s'?", near);
		free(ids);
		return -1;
	}
	if (streq(mark_letter(fact->mark), xml_attr(node, "mark")))
		return 0;
	FAIL(c, node, "mark",
	    "mark '%s' of the fact '%s', which is marked '%s'",
	    xml_attr(node, "mark"), id, mark_letter(fact->mark));
	return err_hint(c->err,
	    "cases/facts.xml decides: F certain, I inferred, U unknown");
}

static int check_has_expectation(struct check *c, const xmlNode *root)
{
	VEC_EACH (struct step, s, &c->tc->steps) {
		if (s->expects.count > 0 || s->verb == VERB_MANUAL)
			return 0;
	}
	FAIL(c, root, NULL, "case '%s' expects nothing", c->tc->id);
	return err_hint(c->err, "a case that cannot fail is not a test");
}

static int check_tree(struct check *c, const xmlNode *parent, size_t *step)
{
	size_t document = 0;
	XML_EACH_CHILD (node, parent) {
		int rc = 0;
		if (xml_is(node, NULL, "rests-on") && c->facts)
			rc = check_rests_on(c, node);
		if (xml_is(node, NULL, "document"))
			rc = check_document(c, node, document++);
		if (rc < 0 && check_stops(c))
			return -1;
		if (c->known.count > LIMIT_VARIABLES) {
			own_fail(c->file, node, NULL, c->err, ERR_LIMIT,
			    "more than %d variables in one case",
			    LIMIT_VARIABLES);
			check_stops(c);
			return -1;
		}
		if (xml_is(node, NULL, "step") &&
		    check_step(c, &c->tc->steps.at[(*step)++], node) < 0)
			return -1;
		if (xml_is(node, NULL, "teardown") &&
		    check_tree(c, node, step) < 0)
			return -1;
	}
	return 0;
}

int case_check(const struct testcase *tc, const struct own_file *file,
    const struct facts *facts, const struct fault_sink *sink, struct err *err)
{
	struct check c = {
		.tc = tc,
		.file = file,
		.facts = facts,
		.sink = sink,
		.err = err,
	};
	const xmlNode *root = xml_root(file->doc);
	size_t step = 0;

	check_know(&c, VAR_ORG);
	check_know(&c, VAR_NOW);
	check_know(&c, VAR_NOT_TEST);
	if (check_tree(&c, root, &step) == 0 &&
	    check_has_expectation(&c, root) < 0)
		check_stops(&c);

	for (size_t i = 0; i < c.known.count; i++)
		free(c.known.at[i]);
	VEC_RELEASE(&c.known);
	return c.faults > 0 ? -1 : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "kanta/answer.h"
#include "testcase/document.h"
#include "testcase/project.h"

#include <libxml/xmlschemas.h>
#include <libxml/xmlschemastypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

/* What ships loads, is well marked, and makes valid documents. */

struct shipped {
	struct facts *facts;
	struct case_set cases;
	struct project *project;
};

static void tell(void *ctx, const struct err *err)
{
	(void)ctx;
	print_message(
	    "# %s:%u:%u: %s\n", err->file, err->line, err->column, err->msg);
}

static int load(void **state)
{
	static struct shipped s;
	static const char *const names[] = { "cases" };
	struct err err = { 0 };

	s.facts = facts_load("cases/facts.xml", &err);
	s.project = project_load("fixtures/self-test.xml", &err);
	if (!s.facts || !s.project ||
	    case_set_load(
		&s.cases, "cases", names, 1, s.facts, tell, NULL, &err) != 0) {
		tell(NULL, &err);
		return -1;
	}
	*state = &s;
	return 0;
}

static int unload(void **state)
{
	struct shipped *s = *state;

	case_set_release(&s->cases);
	facts_free(s->facts);
	project_free(s->project);
	return 0;
}

static void there_are_enough(void **state)
{
	struct shipped *s = *state;

	assert_true(s->cases.count >= 50);
	for (size_t i = 0; i < s->cases.count; i++) {
		const struct testcase *tc = s->cases.at[i];
		for (int lang = 0; lang < LANG_COUNT; lang++) {
			assert_non_null(tc->title.text[lang]);
			assert_non_null(tc->purpose.text[lang]);
		}
		/* the file is named after the case */
		assert_true(strstr(tc->path, tc->id) != NULL);
	}
}

static void every_fact_is_used(void **state)
{
	struct shipped *s = *state;

	for (size_t f = 0; f < facts_count(s->facts); f++) {
		const char *id = facts_at(s->facts, f)->id;
		bool used = false;
		for (size_t i = 0; i < s->cases.count; i++)
			VEC_EACH (struct rests_on, r, &s->cases.at[i]->rests_on)
				used |= streq(r->fact, id);
		if (!used)
			fail_msg("no case rests on '%s'", id);
	}
}

/* A refusal without its reason could be the refusal of anything. */
static void every_refusal_has_its_reason(void **state)
{
	struct shipped *s = *state;

	for (size_t i = 0; i < s->cases.count; i++)
		VEC_EACH (struct step, step, &s->cases.at[i]->steps) {
			bool refused = false, reason = false;
			VEC_EACH (struct expect, e, &step->expects) {
				refused |= e->kind == EXPECT_ACKNOWLEDGEMENT &&
					   e->outcome == ACK_REFUSED;
				reason |=
				    e->kind == EXPECT_ACKNOWLEDGEMENT_DETAIL &&
				    e->code;
			}
			if (refused && !reason)
				fail_msg("%s, step %s: why is it refused?",
				    s->cases.at[i]->id, step->id);
		}
}

static xmlSchema *finnish_schema(void)
{
	const char *corpus = getenv("ESITESTI_CORPUS");
	char *path = xasprintf("%s/schemas/cda-fi/CDA_Fi.xsd",
	    corpus ? corpus : "../shared/corpus");
	xmlSchema *schema = NULL;

	if (access(path, R_OK) == 0) {
		xmlSchemaParserCtxt *p = xmlSchemaNewParserCtxt(path);
		schema = xmlSchemaParse(p);
		xmlSchemaFreeParserCtxt(p);
	} else {
		print_message("# SKIP: no corpus: %s\n", path);
	}
	free(path);
	return schema;
}

static void check_document(
    const struct testcase *tc, const struct document *d, xmlSchema *schema)
{
	struct guard_report report = { .count = 0 };
	bool is_clean = guard_scan(&report, d->bytes.ptr, d->bytes.len, NULL);

	/* a person who is no test person stands only where it is the point */
	assert_int_equal(is_clean, !strstr(tc->id, "henkilotunnus"));
	/* CDA_Fi.xsd is of health care */
	if (!schema || !streq(tc->service, "potilastietovaranto"))
		return;
	xmlSchemaValidCtxt *v = xmlSchemaNewValidCtxt(schema);
	int rc = xmlSchemaValidateDoc(v, xml_tree(d->doc));
	xmlSchemaFreeValidCtxt(v);
	/* … but for where that is the point */
	if ((rc == 0) == (strstr(tc->id, "otsikko") != NULL))
		fail_msg("%s: document '%s' is %svalid", tc->id, d->name,
		    rc ? "not " : "");
}

/* All documents of a case, in its order. */
static void check_documents(const struct shipped *s, const struct testcase *tc,
    const struct world *world, xmlSchema *schema)
{
	struct vars vars = { 0 };
	size_t count = tc->documents.count;
	struct document *made = xcalloc(count + 1, sizeof(*made));

	document_set_common(&vars, s->project, world);
	for (size_t i = 0; i < count; i++) {
		const struct case_document *what = &tc->documents.at[i];
		struct document_request request = {
			.tc = tc,
			.what = what,
			.project = s->project,
			.data = ".",
			.world = world,
			.vars = &vars,
		};
		struct err err = { 0 };
		for (size_t k = 0; what->replaces && k < i; k++)
			if (streq(tc->documents.at[k].name, what->replaces))
				request.replaces = &made[k];
		if (document_make(&made[i], &request, &err) < 0)
			fail_msg("%s: %s", tc->id, err.msg);
		document_set_vars(&vars, &made[i]);
		check_document(tc, &made[i], schema);
	}
	for (size_t i = 0; i < count; i++)
		document_release(&made[i]);
	free(made);
	vars_release(&vars);
}

static void documents_are_made_and_valid(void **state)
{
	struct shipped *s = *state;
	int64_t now = 1795288923000000;
	struct world world = world_fixed(&now, 1);
	xmlSchema *schema = finnish_schema();

	for (size_t i = 0; i < s->cases.count; i++)
		check_documents(s, s->cases.at[i], &world, schema);
	xmlSchemaFree(schema);
	xmlSchemaCleanupTypes();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_are_enough),
		cmocka_unit_test(every_fact_is_used),
		cmocka_unit_test(every_refusal_has_its_reason),
		cmocka_unit_test(documents_are_made_and_valid),
	};

	return cmocka_run_group_tests(tests, load, unload);
}

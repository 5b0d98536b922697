/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/check.h"
#include "check/codes.h"
#include "corpus.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The shipped code lists, and what the stage finds beside them. */

static struct check_options options = { .data = "." };
static struct check_plan *plan;
static struct checker *checker;

static int set_up(void **state)
{
	struct err err = { 0 };
	(void)state;
	options.stages[STAGE_CODES] = true;
	plan = check_plan_new(&options, &err);
	if (!plan)
		print_error("%s\n", err.msg);
	checker = plan ? checker_new(plan) : NULL;
	return plan ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	checker_free(checker);
	check_plan_free(plan);
	return 0;
}

static void inside(struct buf *to, const char *body)
{
	buf_addf(to,
	    "<ClinicalDocument xmlns='urn:hl7-org:v3' "
	    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>%s"
	    "</ClinicalDocument>",
	    body);
}

/* The document breaks this rule of the codes, at this place, and no other; ""
 * = none. */
static void expect(const char *body, const char *rule, enum severity severity,
    const char *where)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	struct checked c;
	size_t seen = 0;
	inside(&text, body);
	checker_look(checker, "it", text.ptr, text.len, &c);
	VEC_EACH (struct finding, f, &c.findings) {
		if (f->stage != STAGE_CODES)
			continue;
		seen++;
		if (!streq(f->rule, rule) || f->severity != severity ||
		    !str_ends(f->where, where))
			fail_msg("%s at %s (%s) for %s", f->rule, f->where,
			    f->text[LANG_EN], body);
	}
	if (seen != (*rule ? 1 : 0))
		fail_msg("%zu findings for %s", seen, body);
	checked_release(&c);
	buf_release(&text);
}

#define GENDER(rest) "<administrativeGenderCode " rest "/>"
#define GENDER_LIST  "codeSystem='1.2.246.537.5.1.1997'"

static void test_codes(void **state)
{
	(void)state;
	expect(GENDER("code='1' " GENDER_LIST), "", 0, "");
	expect(GENDER("code='3' " GENDER_LIST), "ESI-CODE-01", SEVERITY_ERROR,
	    "/@code");
	expect(GENDER("code=' 1' " GENDER_LIST), "ESI-CODE-01", SEVERITY_ERROR,
	    "/@code");
	expect("<confidentialityCode code='9' "
	       "codeSystem='1.2.246.777.5.99902.2006'/>",
	    "ESI-CODE-02", SEVERITY_WARNING, "/@code");
	/* lower case is another code, but which one is meant is told */
	expect("<author><functionCode code='mer' "
	       "codeSystem='1.2.246.537.5.40006.2003'/></author>",
	    "ESI-CODE-02", SEVERITY_WARNING, "/@code");
	/* of long classifications the form is known */
	expect(
	    "<value code='A10BA02' codeSystem='1.2.246.537.6.32'/>", "", 0, "");
	expect("<value code='A1OBA02' codeSystem='1.2.246.537.6.32'/>",
	    "ESI-CODE-08", SEVERITY_WARNING, "/@code");
}

static void test_places(void **state)
{
	(void)state;
	expect(GENDER("code='1' codeSystem='1.2.246.537.5.40172.2008'"),
	    "ESI-CODE-03", SEVERITY_ERROR, "/@codeSystem");
	/* another version of the list is nobody's fault */
	expect(GENDER("code='1' codeSystem='1.2.246.537.5.1.2031'"), "", 0, "");
	expect(GENDER("code='1'"), "ESI-CODE-07", SEVERITY_ERROR, "/@code");
	expect(GENDER("nullFlavor='UNK'"), "", 0, "");
	/* what is inferred only is a warning */
	expect("<supply><code code='1' codeSystem='1.2.246.537.5.1.1997'/>"
	       "</supply>",
	    "ESI-CODE-03", SEVERITY_WARNING, "/@codeSystem");
	/* elements with a path: elsewhere, anything goes */
	expect("<functionCode code='XYZ' codeSystem='1.2.3.4'/>", "", 0, "");
	expect("<author><functionCode code='XYZ' codeSystem='1.2.3.4'/>"
	       "</author>",
	    "ESI-CODE-03", SEVERITY_ERROR, "/@codeSystem");
}

static void test_systems(void **state)
{
	(void)state;
	expect(GENDER("code='1' codeSystem='AR/YDIN - Sukupuoli'"),
	    "ESI-CODE-04", SEVERITY_ERROR, "/@codeSystem");
	expect("<component><observation><code code='1'/></observation>"
	       "</component>",
	    "ESI-CODE-09", SEVERITY_WARNING, "/@code");
	expect("<value xsi:type='CE' code='1'/>", "ESI-CODE-09",
	    SEVERITY_WARNING, "/@code");
	expect("<value xsi:type='CS' code='1'/>", "", 0, "");
	expect("<languageCode code='fi'/>", "", 0, "");
}

static void test_names(void **state)
{
	(void)state;
	expect(GENDER("code='1' displayName='MIES' " GENDER_LIST), "", 0, "");
	expect(GENDER("code='1' displayName='nainen' " GENDER_LIST),
	    "ESI-CODE-06", SEVERITY_INFO, "/@displayName");
	expect(GENDER("code='1' codeSystemName='Sukupuoli 1997' " GENDER_LIST),
	    "", 0, "");
	expect(
	    GENDER("code='1' codeSystemName='AR/YDIN - Näkymät' " GENDER_LIST),
	    "ESI-CODE-05", SEVERITY_WARNING, "/@codeSystemName");
	/* an unknown name may be a new one */
	expect(GENDER("code='1' codeSystemName='Jokin muu' " GENDER_LIST), "",
	    0, "");
}

static bool names_are_like(const char *one, const char *other)
{
	char *key = code_name_key(one);
	char *keys[LANG_COUNT] = { [LANG_EN] = code_name_key(other) };
	bool like = code_key_is_like(key, keys);
	free(key);
	free(keys[LANG_EN]);
	return like;
}

static void test_forms(void **state)
{
	(void)state;
	assert_true(code_form_holds("99|99.99", "06.00"));
	assert_true(code_form_holds("99|99.99", "06"));
	assert_false(code_form_holds("99|99.99", "06.0"));
	assert_false(code_form_holds("99|99.99", ""));
	assert_false(code_form_holds("aA", "Aa"));
	assert_true(names_are_like("Sukupuoli 1997", "AR/YDIN - Sukupuoli"));
	assert_false(names_are_like("", "AR/YDIN - Sukupuoli"));
	assert_false(names_are_like("Näkymät", "AR/YDIN - Sukupuoli"));
}

/* Every shipped list is whole in itself, and each place names lists whose form
 * is right. */
static void test_shipped(void **state)
{
	static const char *const known[] = {
		"1.2.246.537.5.1.1997",
		"1.2.246.537.5.40150.2009",
		"1.2.246.537.5.40105.2006",
		"1.2.246.537.5.40112.2006",
		"1.2.246.537.5.40157.2008",
		"1.2.246.537.6.1503.201601",
		"1.2.246.537.6.1505.201601",
		"1.2.246.537.6.12.2002.126",
	};
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	(void)state;
	assert_int_equal(
	    code_lists_add_folder(lists, "fixtures/codes", &err), 0);
	for (size_t i = 0; i < COUNTOF(known); i++) {
		const struct code_list *list = code_lists_find(lists, known[i]);
		assert_non_null(list);
		for (size_t r = 0; r < list->count; r++) {
			assert_non_null(list->rows[r].name[LANG_FI]);
			assert_non_null(list->rows[r].name[LANG_EN]);
			if (r > 0)
				assert_string_not_equal(
				    list->rows[r].code, list->rows[r - 1].code);
		}
	}
	code_lists_free(lists);
}

/* What the mock takes for a register is what the list holds. */
static void test_mock_knows_the_same(void **state)
{
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	struct dialect *d = dialect_load("cases/dialects", "kanta", &err);
	(void)state;
	assert_non_null(d);
	assert_int_equal(
	    code_lists_add_folder(lists, "fixtures/codes", &err), 0);
	const struct code_list *list =
	    code_lists_find(lists, dialect_text(d, DK_REGISTER_SYSTEM));
	assert_non_null(list);
	assert_int_equal(list->count, dialect_count(d, DK_REGISTER_CODES));
	for (size_t i = 0; i < list->count; i++)
		if (!dialect_has(d, DK_REGISTER_CODES, list->rows[i].code))
			fail_msg("register %s", list->rows[i].code);
	dialect_free(d);
	code_lists_free(lists);
}

static void look_at_others(
    const char *name, const struct buf *text, struct checked *c)
{
	checker_look(checker, name, text->ptr, text->len, c);
	VEC_EACH (struct finding, f, &c->findings)
		if (f->stage == STAGE_CODES && f->severity != SEVERITY_INFO)
			fail_msg(
			    "%s: %s at %s", name, f->text[LANG_EN], f->where);
}

/* Documents of Kela's and HUS's: what is told of them is advice. */
static void test_corpus(void **state)
{
	static const char *const folders[] = { "kela-prescriptions",
		"hus-messages" };
	size_t files = 0, codes = 0;
	(void)state;
	for (size_t i = 0; i < COUNTOF(folders); i++) {
		char *path = corpus_path(folders[i]);
		DIR *dir = path ? opendir(path) : NULL;
		struct dirent *e;
		while (dir && (e = readdir(dir)) != NULL) {
			struct err err = { 0 };
			struct buf text = BUF_INIT(LIMIT_MIB(8));
			struct checked c;
			char *name = path_join(path, e->d_name);
			if (str_ends(name, ".xml") &&
			    buf_read_file(&text, name, &err) == 0) {
				look_at_others(name, &text, &c);
				codes += c.stages[STAGE_CODES].checks;
				files++;
				checked_release(&c);
			}
			free(name);
			buf_release(&text);
		}
		if (dir)
			closedir(dir);
		free(path);
	}
	if (files)
		assert_true(codes > 20 * files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_systems),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_mock_knows_the_same),
		cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

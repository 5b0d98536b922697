/* SPDX-License-Identifier: Apache-2.0 */
#include "check/check.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

/* The check of one document: what a file is taken for, and which rule speaks.
 */

static struct checked look(const void *bytes, size_t len)
{
	struct err err = { 0 };
	struct check_options o = { .data = ".", .excerpts = true };
	for (size_t i = 0; i < STAGE_COUNT; i++)
		o.stages[i] = true;
	o.dialect = dialect_load("cases/dialects", "kanta", &err);
	assert_non_null(o.dialect);
	struct check_plan *plan = check_plan_new(&o, &err);
	assert_non_null(plan);
	struct checker *c = checker_new(plan);
	struct checked out;
	checker_look(c, "it", bytes, len, &out);
	checker_free(c);
	check_plan_free(plan);
	dialect_free((struct dialect *)(uintptr_t)o.dialect);
	return out;
}

static void expect_rule(const char *text, const char *rule)
{
	struct checked c = look(text, strlen(text));
	bool found = false;
	VEC_EACH (struct finding, f, &c.findings)
		found = found || streq(f->rule, rule);
	if (!found)
		fail_msg("'%s' should break %s", text, rule);
	checked_release(&c);
}

static void test_syntactic(void **state)
{
	(void)state;
	expect_rule("", "ESI-SYN-01");
	expect_rule("<a>", "ESI-SYN-10");
	expect_rule("\xef\xbb\xbf<a/>", "ESI-SYN-08");
	expect_rule("<a/>", "ESI-SYN-06");
	expect_rule("<ClinicalDocument/>", "ESI-SYN-06");
}

static void test_identity_is_found_and_masked(void **state)
{
	(void)state;
	char text[256];
	/* put together here, so that it stands in no file */
	snprintf(text, sizeof(text),
	    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><title>%s%s"
	    "</title></ClinicalDocument>",
	    "131052-",
	    "308"
	    "T");
	struct checked c = look(text, strlen(text));
	assert_int_equal(c.content, CONTENT_CDA);
	assert_int_equal(c.stages[STAGE_GUARD].count[SEVERITY_ERROR], 1);
	VEC_EACH (struct finding, f, &c.findings)
		for (int i = 0; i < LANG_COUNT; i++)
			assert_null(strstr(f->text[i], "308"));
	checked_release(&c);
}

static void expect_place(const char *text, size_t len, const char *rule,
    enum part part, unsigned line, unsigned column)
{
	struct checked c = look(text, len);
	size_t seen = 0;
	VEC_EACH (struct finding, f, &c.findings) {
		if (!streq(f->rule, rule))
			continue;
		assert_int_equal(f->part, part);
		assert_int_equal(f->line, line);
		assert_int_equal(f->column, column);
		assert_null(f->excerpt);
		seen++;
	}
	assert_int_equal(seen, 1);
	checked_release(&c);
}

/* An identity code can be gone to: by its node, by its byte, in the document
 * of a message, and where it is packed deeper, by what holds it. */
static void test_identity_has_a_place(void **state)
{
	(void)state;
	static const char code[] = "131052-"
				   "308"
				   "T";
	char text[1024], packed[512];
	snprintf(text, sizeof(text),
	    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\n <title>ä</title>"
	    "<title>%s</title>\n</ClinicalDocument>",
	    code);
	expect_place(text, strlen(text), "ESI-GUARD-01", PART_FILE, 2, 18);
	snprintf(text, sizeof(text), "no XML\n\n ä %s", code);
	expect_place(text, strlen(text), "ESI-GUARD-01", PART_FILE, 3, 4);
	/* not well-formed, and told by its byte all the same */
	snprintf(text, sizeof(text), "<a>\n<b>%s</a>", code);
	expect_place(text, strlen(text), "ESI-GUARD-01", PART_FILE, 2, 4);
	/* behind an escape no byte is where it was */
	snprintf(text, sizeof(text), "no XML\n&#%d;%s", code[0], code + 1);
	expect_place(text, strlen(text), "ESI-GUARD-01", PART_FILE, 0, 0);
	/* base64 in the file: the line of what holds it */
	snprintf(text, sizeof(text), "<a>\n<b>%s</b></a>", code);
	EVP_EncodeBlock(
	    (unsigned char *)packed, (unsigned char *)text, (int)strlen(text));
	snprintf(text, sizeof(text), "<a>\n\n <b>%s</b></a>", packed);
	expect_place(text, strlen(text), "ESI-GUARD-01", PART_FILE, 3, 2);
}

/* The byte where so many characters have gone by. */
static const char *characters_on(const char *text, size_t count)
{
	uint32_t ignored;
	for (; count > 0; count--)
		text += str_utf8(text, strlen(text), &ignored);
	return text;
}

/* All findings of one long line, in whatever order they come: each shows the
 * tag that it is about. */
static void test_excerpts_of_one_line(void **state)
{
	(void)state;
	enum {
		TAGS = 40
	};
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	size_t shown = 0;
	buf_adds(&text, "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">");
	for (unsigned i = 0; i < TAGS; i++)
		buf_addf(&text,
		    "<code code=\"äää%u\" "
		    "codeSystem=\"1.2.246.537.5.40100.2006\"/>",
		    i);
	buf_adds(&text, "</ClinicalDocument>\n");
	struct checked c = look(text.ptr, text.len);
	VEC_EACH (struct finding, f, &c.findings) {
		if (!f->excerpt || f->column < 42)
			continue;
		const char *from = characters_on(text.ptr, f->column - 1);
		const char *at = characters_on(f->excerpt, f->caret);
		assert_memory_equal(at, from, strlen("<code code=\"ä"));
		shown++;
	}
	assert_true(shown >= TAGS);
	checked_release(&c);
	buf_release(&text);
}

static void test_sorted_by_severity_stage_place(void **state)
{
	(void)state;
	static const struct {
		enum severity severity;
		enum stage stage;
		unsigned line;
	} in[] = {
		{ SEVERITY_WARNING, STAGE_SYNTACTIC, 1 },
		{ SEVERITY_ERROR, STAGE_GUARD, 1 },
		{ SEVERITY_ERROR, STAGE_SCHEMA, 9 },
		{ SEVERITY_ERROR, STAGE_SCHEMA, 2 },
	};
	static const size_t order[] = { 3, 2, 1, 0 };
	struct findings list = { .more = 0 };
	for (size_t i = 0; i < COUNTOF(in); i++) {
		struct finding *f = findings_add(&list);
		f->severity = in[i].severity;
		f->stage = in[i].stage;
		f->line = in[i].line;
	}
	findings_sort(&list);
	for (size_t i = 0; i < COUNTOF(order); i++) {
		assert_int_equal(list.at[i].stage, in[order[i]].stage);
		assert_int_equal(list.at[i].line, in[order[i]].line);
	}
	findings_release(&list);
}

static void test_cap(void **state)
{
	(void)state;
	struct findings list = { .more = 0 };
	for (size_t i = 0; i < LIMIT_FINDINGS; i++)
		assert_non_null(findings_add(&list));
	assert_null(findings_add(&list));
	assert_int_equal(list.more, 1);
	findings_release(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syntactic),
		cmocka_unit_test(test_identity_is_found_and_masked),
		cmocka_unit_test(test_identity_has_a_place),
		cmocka_unit_test(test_excerpts_of_one_line),
		cmocka_unit_test(test_sorted_by_severity_stage_place),
		cmocka_unit_test(test_cap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

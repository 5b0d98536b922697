/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard.h"

#include "base/clock.h"
#include "base/str.h"
#include "hiding.h"
#include "kanta/ids.h"
#include "kanta/mime.h"
#include "xml/doc.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_named(const struct guard_report *r, const char *where)
{
	for (size_t i = 0; i < r->count; i++)
		if (strstr(r->at[i].where, where))
			return true;
	return false;
}

static void finds_a_code_wherever_it_hides(void **state)
{
	(void)state;
	for (size_t i = 0; i < hiding_place_count; i++) {
		struct buf text = BUF_INIT(65536);
		struct guard_report r = { .count = 0 };
		hide(&text, &hiding_places[i], real_code);
		if (guard_scan(&r, text.ptr, text.len, NULL) ||
		    !has_rule(&r, GUARD_IDENTITY) ||
		    !is_named(&r, hiding_places[i].where))
			fail_msg("%s: %zu findings, first at '%s' of %s",
			    hiding_places[i].name, r.count, r.at[0].where,
			    text.ptr);
		assert_not_told(&r, real_code);
		buf_release(&text);
	}
}

/* By trees that somebody else parsed, the same is found at the same place. */
static void finds_it_in_trees_of_others(void **state)
{
	(void)state;
	for (size_t i = 0; i < hiding_place_count; i++) {
		struct buf text = BUF_INIT(65536);
		struct guard_report r = { .count = 0 }, own = { .count = 0 };
		struct err ignored = { 0 };
		hide(&text, &hiding_places[i], real_code);
		struct xml_doc *doc =
		    xml_parse(text.ptr, text.len, "it", &ignored);
		const struct guard_known known = { .whole = doc };
		guard_scan(&own, text.ptr, text.len, NULL);
		guard_scan_known(&r, text.ptr, text.len, &known, NULL);
		assert_int_equal(r.count, own.count);
		for (size_t k = 0; k < r.count; k++)
			assert_string_equal(r.at[k].where, own.at[k].where);
		xml_free(doc);
		buf_release(&text);
	}
}

/* The tree of an inner document counts for its own bytes, and no others. */
static void an_inner_tree_is_of_its_bytes(void **state)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(65536), inner = BUF_INIT(1024);
	struct xml_doc *harmless = xml_parse("<a/>", 4, "it", &err);
	struct guard_known known = { .inner = harmless };

	(void)state;
	buf_addf(&inner, "<a>%s</a>", real_code);
	buf_adds(&text, "<x>");
	base64_encode(&text, inner.ptr, inner.len, 0);
	buf_adds(&text, "</x>");
	known.inner_bytes = "<a/>";
	known.inner_len = 4;
	struct guard_report r = { .count = 0 };
	assert_false(guard_scan_known(&r, text.ptr, text.len, &known, NULL));
	xml_free(harmless);
	buf_release(&inner);
	buf_release(&text);
}

/* Whether it can be hidden there at all. */
static bool finds_it(enum hiding_in in, const struct hiding_place *place)
{
	struct buf text = BUF_INIT(65536);
	struct guard_report r = { .count = 0 };
	bool hidden = hide_in(&text, in, place, real_code);
	if (hidden) {
		(void)guard_scan(&r, text.ptr, text.len, NULL);
		if (!has_rule(&r, GUARD_IDENTITY))
			fail_msg("%s in %d: %s", place->name, in, text.ptr);
		assert_not_told(&r, real_code);
	}
	buf_release(&text);
	return hidden;
}

static void finds_it_in_documents_frames_and_envelopes(void **state)
{
	size_t tried = 0;

	(void)state;
	assert_true(hiding_place_count >= 40);
	for (size_t i = 0; i < hiding_place_count; i++)
		for (int in = HIDE_IN_DOCUMENT; in < HIDING_IN; in++)
			tried +=
			    finds_it((enum hiding_in)in, &hiding_places[i]);
	assert_true(tried >= 150);
}

static void every_century_mark_counts(void **state)
{
	(void)state;
	for (const char *mark = "+-YXWVUABCDEF"; *mark; mark++) {
		char code[HETU_LENGTH + 1];
		struct guard_report r = { .count = 0 };
		str_copy(code, sizeof(code), real_code);
		code[6] = *mark;
		(void)guard_scan(&r, code, strlen(code), NULL);
		if (!has_rule(&r, GUARD_IDENTITY))
			fail_msg("mark %c", *mark);
	}
}

static void lets_test_codes_pass_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < hiding_place_count; i++) {
		struct buf text = BUF_INIT(65536);
		struct guard_report r = { .count = 0 };
		/* "references twice over" has the 1 of the other code */
		hide(&text, &hiding_places[i],
		    hiding_places[i].put ? TEST_CODE : real_code);
		if (hiding_places[i].put &&
		    !guard_scan(&r, text.ptr, text.len, NULL))
			fail_msg("%s: '%s' at '%s'", hiding_places[i].name,
			    r.at[0].what.arg[0], r.at[0].where);
		buf_release(&text);
	}
}

static bool scan(struct guard_report *r, const char *fmt, ...)
    PRINTF_LIKE(2, 3);
static bool scan(struct guard_report *r, const char *fmt, ...)
{
	struct buf text = BUF_INIT(65536);
	va_list args;
	bool clean;

	*r = (struct guard_report){ .count = 0 };
	va_start(args, fmt);
	buf_vaddf(&text, fmt, args);
	va_end(args);
	clean = guard_scan(r, text.ptr, text.len, NULL);
	buf_release(&text);
	return clean;
}

static void utf16_is_decoded(void **state)
{
	const char *head = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>";
	struct buf narrow = BUF_INIT(4096), wide = BUF_INIT(8192);
	struct guard_report r = { .count = 0 };

	(void)state;
	buf_addf(&narrow, "%s%s</a>", head, real_code);
	buf_add(&wide, "\xFF\xFE", 2);
	for (size_t i = 0; i < narrow.len; i++) {
		buf_addc(&wide, narrow.ptr[i]);
		buf_addc(&wide, '\0');
	}
	assert_false(guard_scan(&r, wide.ptr, wide.len, NULL));
	assert_string_equal(r.at[0].where, "/a");
	/* … and when it is no XML */
	r.count = 0;
	assert_false(guard_scan(
	    &r, wide.ptr + 2 + 2 * strlen(head), wide.len - 80, NULL));
	buf_release(&narrow);
	buf_release(&wide);
}

static void the_check_character_counts_in_free_text_only(void **state)
{
	struct guard_report r;

	(void)state;
	assert_true(
	    scan(&r, "<a b=\"%s\">%s</a>", real_wrong_check, real_wrong_check));
	assert_false(scan(&r, "<id root=\"1.2.246.21\" extension=\"%s\"/>",
	    real_wrong_check));
	assert_string_equal(r.at[0].where, "/id/@extension");
	assert_string_equal(r.at[0].what.arg[0], "13****-****");
	assert_false(
	    scan(&r, "<code codeSystem=\" 1.2.246.21 \" code=\" %s \"/>",
		real_wrong_check));
	/* in JSON that names the root, between quotes */
	assert_false(
	    scan(&r, "{\"system\":\"urn:oid:1.2.246.21\",\"value\":\"%s\"}",
		real_wrong_check));
	assert_true(
	    scan(&r, "{\"system\":\"urn:oid:1.2.246.210\",\"value\":\"%s\"}",
		real_wrong_check));
	/* a date that does not exist is nobody's birthday */
	assert_true(scan(&r, "<id root=\"1.2.246.21\" extension=\"%s%s\"/>",
	    "310299-", "1231"));
	/* part of a longer number */
	assert_true(scan(&r, "<a>9%s</a>", real_code));
}

static void temporary_ids_pass(void **state)
{
	static const char *const codes[] = { "010181-900D" };
	const struct identity_pool pool = { codes, 1 };
	const char *text =
	    "<a><id root=\"1.2.246.10.1234567.22.2026\" extension=\"010100A998F\"/>"
	    "<id root=\"1.2.246.10.1234567.22.2026\" extension=\"" TEST_CODE
	    "\"/>"
	    "<b>tilapäinen tunnus " TEST_CODE "</b></a>";
	struct guard_report r;

	(void)state;
	assert_true(scan(&r, "%s", text));
	r.count = 0;
	assert_true(guard_scan(&r, text, strlen(text), &pool));
	assert_int_equal(r.count, 0);
	/* below 900 it is no temporary id */
	assert_false(
	    scan(&r, "<id root=\"1.2.246.10.1.22.2026\" extension=\"%s\"/>",
		real_wrong_check));
	/* another root tells nothing */
	assert_true(
	    scan(&r, "<id root=\"1.2.246.10.1.23.2026\" extension=\"%s\"/>",
		real_wrong_check));
}

static void the_pool_is_the_only_way(void **state)
{
	static const char *const codes[] = { TEST_CODE };
	const struct identity_pool pool = { codes, 1 };
	const char *in =
	    "<id root=\"1.2.246.21\" extension=\"" TEST_CODE "\"/>";
	const char *wrong =
	    "<a><id root=\"1.2.246.21\" extension=\"200111A904P\"/>"
	    "<b>200111A904P</b></a>";
	struct guard_report r = { .count = 0 };

	(void)state;
	assert_true(guard_scan(&r, in, strlen(in), &pool));
	assert_false(guard_scan(&r, wrong, strlen(wrong), &pool));
	assert_int_equal(r.count, 2);
	assert_int_equal(r.at[0].rule, GUARD_POOL);
	assert_string_equal(r.at[0].where, "/a/id/@extension");
	assert_string_equal(r.at[1].where, "/a/b");
}

static void what_cannot_be_looked_at_is_opaque(void **state)
{
	struct buf a = BUF_INIT(LIMIT_MIB(1)), b = BUF_INIT(LIMIT_MIB(1));
	struct guard_report r = { .count = 0 };

	(void)state;
	buf_addf(&a, "<a>%s</a>", real_code);
	for (int i = 0; i < LIMIT_GUARD_NESTING; i++) {
		buf_clear(&b);
		buf_adds(&b, "<a>");
		base64_encode(&b, a.ptr, a.len, 0);
		buf_adds(&b, "</a>");
		buf_clear(&a);
		buf_add(&a, b.ptr, b.len);
	}
	assert_false(guard_scan(&r, a.ptr, a.len, NULL));
	assert_int_equal(r.at[0].rule, GUARD_IDENTITY);
	buf_clear(&b);
	buf_adds(&b, "<a>");
	base64_encode(&b, a.ptr, a.len, 0);
	buf_adds(&b, "</a>");
	r.count = 0;
	assert_false(guard_scan(&r, b.ptr, b.len, NULL));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);

	assert_false(scan(&r, "<a>%s</a>",
	    "H4sIAAAAAAAAA6tWykjNyclXslJQCs8vyklR0lFKTixLLAIAAAA="));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	assert_false(scan(&r, "<!DOCTYPE a [<!ENTITY x \"%.6s\">]><a>&x;%s</a>",
	    real_code, real_code + 6));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	buf_release(&a);
	buf_release(&b);
}

static void deep_xml_and_endless_escapes_end(void **state)
{
	struct buf deep = BUF_INIT(LIMIT_MIB(1));
	struct guard_report r = { .count = 0 };

	(void)state;
	for (int i = 0; i <= LIMIT_XML_DEPTH; i++)
		buf_adds(&deep, "<a>");
	for (int i = 0; i <= LIMIT_XML_DEPTH; i++)
		buf_adds(&deep, "</a>");
	assert_false(guard_scan(&r, deep.ptr, deep.len, NULL));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	/* percent signs of percent signs of … */
	buf_clear(&deep);
	buf_adds(&deep, "<a>%");
	for (int i = 0; i < 1000; i++)
		buf_adds(&deep, "25");
	buf_adds(&deep, "41 and so on</a>");
	r.count = 0;
	assert_false(guard_scan(&r, deep.ptr, deep.len, NULL));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	/* a code behind one escape more than is looked behind */
	buf_clear(&deep);
	buf_addf(&deep, "<a>%.6s%%", real_code);
	for (int i = 0; i <= LIMIT_GUARD_NESTING; i++)
		buf_adds(&deep, "25");
	buf_addf(&deep, "2D%s</a>", real_code + 7);
	r.count = 0;
	assert_false(guard_scan(&r, deep.ptr, deep.len, NULL));
	buf_release(&deep);
}

/* Non-text inside of non-text, each level readable in several ways. */
static void work_has_an_end(void **state)
{
	struct buf a = BUF_INIT(LIMIT_MIB(8)), b = BUF_INIT(LIMIT_MIB(8));
	struct guard_report r = { .count = 0 };
	int64_t began = clock_monotonic();

	(void)state;
	for (int i = 0; i < 60000; i++)
		buf_addc(&a, (char)(i * 7919 >> 3));
	for (int level = 0; level < LIMIT_GUARD_NESTING; level++) {
		buf_clear(&b);
		for (int i = 0; i < 64; i++)
			buf_addc(&b, (char)(0x80 + i % 3));
		base64_encode(&b, a.ptr, a.len, 76);
		buf_clear(&a);
		buf_add(&a, b.ptr, b.len);
	}
	(void)guard_scan(&r, a.ptr, a.len, NULL);
	assert_true(clock_monotonic() - began < 5000000);
	buf_release(&a);
	buf_release(&b);
}

static void findings_have_a_cap(void **state)
{
	struct buf text = BUF_INIT(65536);
	struct guard_report r = { .count = 0 };

	(void)state;
	buf_adds(&text, "<a>");
	for (int i = 0; i < LIMIT_GUARD_FINDINGS + 5; i++)
		buf_addf(&text, "<b>%s</b>", real_code);
	buf_adds(&text, "</a>");
	assert_false(guard_scan(&r, text.ptr, text.len, NULL));
	assert_int_equal(r.count, LIMIT_GUARD_FINDINGS);
	assert_true(r.more);
	buf_release(&text);
}

/* ---- Documents that nobody here wrote */

static const char *corpus(void)
{
	const char *dir = getenv("ESITESTI_CORPUS");

	return dir ? dir : "../shared/corpus";
}

static bool read_corpus(struct buf *to, const char *name)
{
	struct err err = { 0 };
	char *path = xasprintf("%s/%s", corpus(), name);
	int rc = buf_read_file(to, path, &err);

	free(path);
	if (rc < 0)
		print_message("# SKIP: no corpus: %s\n", name);
	return rc == 0;
}

static void a_real_message_passes(void **state)
{
	static const char name[] = "hus-messages/RCMR_IN100002FI01.xml";
	struct buf text = BUF_INIT(LIMIT_MIB(1));
	struct guard_report r = { .count = 0 };

	(void)state;
	if (read_corpus(&text, name)) {
		if (!guard_scan(&r, text.ptr, text.len, NULL))
			fail_msg(
			    "'%s' at '%s'", r.at[0].what.arg[0], r.at[0].where);
	}
	buf_release(&text);
}

/* A receiver judges by the trees that the guard saw, and by no others. */
static void the_trees_are_of_the_very_bytes(void **state)
{
	static const char small[] = "<a>small, but XML</a>";
	static const char large[] = "<b id='7'>the larger of the two</b>";
	static const char other[] = "<b id='8'>the larger of the two</b>";
	struct buf text = BUF_INIT(65536);
	struct guard_report r = { .count = 0 };
	struct guard_trees t;
	struct xml_doc *inner;

	(void)state;
	buf_adds(&text, "<x><y>");
	base64_encode(&text, small, sizeof(small) - 1, 0);
	buf_adds(&text, "</y><y>");
	base64_encode(&text, large, sizeof(large) - 1, 0);
	buf_adds(&text, "</y><y>");
	base64_encode(&text, small, sizeof(small) - 1, 0);
	buf_adds(&text, "</y></x>");
	assert_true(guard_scan_keeping(&r, text.ptr, text.len, &t));
	assert_true(xml_is(xml_root(t.whole), NULL, "x"));
	assert_null(guard_trees_take_inner(&t, small, sizeof(small) - 1));
	assert_null(guard_trees_take_inner(&t, large, sizeof(large) - 2));
	assert_null(guard_trees_take_inner(&t, other, sizeof(other) - 1));
	inner = guard_trees_take_inner(&t, large, sizeof(large) - 1);
	assert_non_null(inner);
	assert_string_equal(xml_attr(xml_root(inner), "id"), "7");
	assert_null(guard_trees_take_inner(&t, large, sizeof(large) - 1));
	xml_free(inner);
	guard_trees_release(&t);

	assert_true(guard_scan_keeping(&r, "<x>", 3, &t));
	assert_null(t.whole);
	assert_null(guard_trees_take_inner(&t, "", 0));
	guard_trees_release(&t);
	buf_release(&text);
}

static void a_real_prescription_with_a_real_code_is_stopped(void **state)
{
	char *path = xasprintf("%s/kela-prescriptions", corpus());
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t stopped = 0, seen = 0;

	(void)state;
	while (dir && (e = readdir(dir)) != NULL) {
		struct buf text = BUF_INIT(LIMIT_MIB(8));
		struct guard_report r = { .count = 0 };
		char *name = xasprintf("kela-prescriptions/%s", e->d_name);
		if (str_ends(name, ".xml") && read_corpus(&text, name)) {
			/* the code that the set is known to hold */
			bool holds = memmem(text.ptr, text.len,
					 "050775-"
					 "0251",
					 11) != NULL;
			bool clean = guard_scan(&r, text.ptr, text.len, NULL);
			assert_false(holds && clean);
			stopped += !clean;
			seen++;
		}
		free(name);
		buf_release(&text);
	}
	if (dir)
		closedir(dir);
	else
		print_message("# SKIP: no corpus\n");
	if (seen)
		print_message(
		    "# %zu of %zu prescriptions stopped\n", stopped, seen);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_a_code_wherever_it_hides),
		cmocka_unit_test(finds_it_in_documents_frames_and_envelopes),
		cmocka_unit_test(every_century_mark_counts),
		cmocka_unit_test(lets_test_codes_pass_there),
		cmocka_unit_test(utf16_is_decoded),
		cmocka_unit_test(the_check_character_counts_in_free_text_only),
		cmocka_unit_test(temporary_ids_pass),
		cmocka_unit_test(the_pool_is_the_only_way),
		cmocka_unit_test(what_cannot_be_looked_at_is_opaque),
		cmocka_unit_test(deep_xml_and_endless_escapes_end),
		cmocka_unit_test(work_has_an_end),
		cmocka_unit_test(findings_have_a_cap),
		cmocka_unit_test(the_trees_are_of_the_very_bytes),
		cmocka_unit_test(finds_it_in_trees_of_others),
		cmocka_unit_test(an_inner_tree_is_of_its_bytes),
		cmocka_unit_test(a_real_message_passes),
		cmocka_unit_test(
		    a_real_prescription_with_a_real_code_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

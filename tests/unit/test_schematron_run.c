/* SPDX-License-Identifier: Apache-2.0 */
#include "schematrons.h"
#include "xml/schematron-inside.h"

#include <pthread.h>

/* Rule sets at work: their caps, what others say in SVRL, what was compiled
 * beforehand, several threads. */

/* ---- Caps */

static int run(
    const char *schema, const char *text, struct buf *found, struct err *err)
{
	struct schematron *s = load(schema, NULL, err);
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", err);
	if (!s || !doc)
		fail_msg("%s", err->msg);
	int rc = run_set(s, doc, tell, found, err);
	xml_free(doc);
	schematron_free(s);
	return rc;
}

static void test_caps(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf found = BUF_INIT(LIMIT_MIB(4));
	struct buf wide = BUF_INIT(LIMIT_MIB(4));
	buf_adds(&wide, "<a xmlns='urn:t'>");
	for (int i = 0; i < 3 * LIMIT_SCHEMATRON_HITS; i++)
		buf_adds(&wide, "<b/>");
	buf_adds(&wide, "</a>");
	assert_int_equal(
	    run(SCHEMA("", "<pattern><rule context='t:b'><assert id='A' "
			   "test='0'>a</assert></rule></pattern>"),
		wide.ptr, &found, &err),
	    0);
	size_t hits = 0;
	for (const char *p = found.ptr; (p = strchr(p, '|')); p++)
		hits++;
	assert_int_equal(hits, LIMIT_SCHEMATRON_HITS);

	/* an expression of the fourth power */
	assert_int_equal(
	    run(SCHEMA("", "<pattern><rule context='t:a'><assert id='A' "
			   "test='//*[//*[//*[//* = 1] = 1] = 1]'>a</assert>"
			   "</rule></pattern>"),
		wide.ptr, &found, &err),
	    -1);
	assert_non_null(strstr(err.msg, "main.sch"));

	buf_clear(&found);
	buf_clear(&wide);
	err = (struct err){ 0 };
	buf_adds(&wide, "<a xmlns='urn:t'>");
	for (int i = 0; i < 2 * LIMIT_SCHEMATRON_TEXT; i++)
		buf_adds(&wide, "ä");
	buf_adds(&wide, "</a>");
	assert_int_equal(
	    run(SCHEMA("", "<pattern><rule context='t:a'><assert id='A' "
			   "test='0'>b<value-of select='.'/></assert></rule>"
			   "</pattern>"),
		wide.ptr, &found, &err),
	    0);
	assert_true(found.len < 2 * LIMIT_SCHEMATRON_TEXT + 40);
	assert_true(str_is_utf8(found.ptr, found.len));
	assert_non_null(strstr(found.ptr, "…|"));
	buf_release(&found);
	buf_release(&wide);
}

/* ---- SVRL of others */

/* How often a lone context fires, whatever its predicate looks like: what is
 * a path is looked for, what may be a position is tried. */
static void test_lone_context(void **state)
{
	(void)state;
	static const char text[] =
	    "<a xmlns='urn:t'><b n='1'><c/></b><b/><a><b n='2'/><c/></a></a>";
	static const struct {
		const char *context, *count;
	} rows[] = {
		{ "*[t:c]", "2" },
		{ "*[@n]", "2" },
		{ "t:b[@n]", "2" },
		{ "t:a/t:b[@n]", "2" },
		{ "t:a/t:a/t:b[@n]", "1" },
		{ "*[t:c/..]", "2" },
		{ "*[ t:c ]", "2" },
		{ "*[1]", "4" },
		{ "t:b[1]", "2" },
		{ "*[last()]", "4" },
		{ "/*[t:b]", "1" },
		{ "/t:a[t:b]", "1" },
		{ "*[t:c]|t:b[@n]", "3" },
		{ "@n[..]", "2" },
		{ "b", "0" },
		{ "t:b[@n=1]", "1" },
		{ "t:b[@n = 1 and t:c]", "1" },
		{ "t:b[@n = \"2\" or t:c[1]]", "2" },
		{ "t:b[@n div 2]", "1" },
		{ "t:b[@n -1]", "1" },
		{ "t:b[@n]|t:a/t:b[@n = 2]", "2" },
		{ "t:b[@n]|t:c", "4" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct buf found = BUF_INIT(LIMIT_KIB(4));
		char count[24];
		size_t hits = 0;
		char *schema = xasprintf(
		    SCHEMA("", "<pattern><rule context='%s'><assert id='A' "
			       "test='0'>a</assert></rule></pattern>"),
		    rows[i].context);
		assert_int_equal(run(schema, text, &found, &err), 0);
		for (const char *p = found.ptr; (p = strchr(p, '|')); p++)
			hits++;
		snprintf(count, sizeof(count), "%zu", hits);
		if (!streq(count, rows[i].count))
			fail_msg("%s: %s times, not %s", rows[i].context, count,
			    rows[i].count);
		free(schema);
		buf_release(&found);
	}
}

static void test_read_svrl(void **state)
{
	(void)state;
	static const char svrl[] =
	    "<s:schematron-output xmlns:s='http://purl.oclc.org/dsdl/svrl'>"
	    "<s:fired-rule context='x'/>"
	    "<s:failed-assert id='A' location=\"/*[local-name()='a']"
	    "/*[local-name()='b'][2]/@*[local-name()=&quot;n&quot;]\">"
	    "<s:text> a\n b </s:text></s:failed-assert>"
	    "<s:successful-report location='/no/such'><s:text/>"
	    "</s:successful-report><s:failed-assert location='((('/>"
	    "</s:schematron-output>";
	struct err err = { 0 };
	struct buf found = BUF_INIT(LIMIT_KIB(4));
	struct xml_doc *doc = xml_parse(DOC, strlen(DOC), "it", &err);
	struct xml_doc *read = xml_parse(svrl, strlen(svrl), "svrl", &err);
	assert_int_equal(
	    schematron_read_svrl(xml_root(read), doc, tell, &found, &err), 0);
	assert_string_equal(
	    found.ptr, "-A@3/n:a b|+(null)@0:|-(null)@0:(null)|");
	assert_int_equal(
	    schematron_read_svrl(xml_root(doc), doc, tell, &found, &err), -1);
	xml_free(read);
	xml_free(doc);
	buf_release(&found);
}

/* ---- Compiled beforehand */

static void test_saved(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *saved = path_join(dir, "saved.xsl");
	char *main = put("main.sch",
	    SCHEMA("schemaVersion='7'", "<include href='sub/p.sch'/>"));
	char *sub = path_join(dir, "sub");
	assert_int_equal(dir_make(sub, 0700, &err), 0);
	free(put("sub/p.sch",
	    "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'>"
	    "<rule context='t:a'><assert id='A' test='0'>a</assert></rule>"
	    "</pattern>"));
	struct schematron_options o = {
		.compiler = "harness/xml/schematron.xsl",
		.compiled = saved,
	};
	struct schematron *s = schematron_load(main, &o, &err);
	assert_false(s->was_saved);
	assert_int_equal(schematron_save(s, saved, &err), 0);
	char *digest = xstrdup(schematron_digest(s));
	schematron_free(s);

	struct buf found = BUF_INIT(LIMIT_KIB(4));
	struct xml_doc *doc = xml_parse(DOC, strlen(DOC), "it", &err);
	s = schematron_load(main, &o, &err);
	assert_true(s->was_saved);
	assert_string_equal(schematron_digest(s), digest);
	assert_string_equal(schematron_version(s), "7");
	assert_int_equal(schematron_assertions(s), 1);
	assert_int_equal(s->facts.files.count, 2);
	assert_int_equal(run_set(s, doc, tell, &found, &err), 0);
	assert_string_equal(found.ptr, "-A@1:a|");
	schematron_free(s);

	o.phase = "#ALL"; /* another phase, another stylesheet */
	s = schematron_load(main, &o, &err);
	assert_false(s->was_saved);
	schematron_free(s);
	o.phase = NULL;
	free(put("sub/p.sch",
	    "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'>"
	    "<rule context='t:a'><assert id='A' test='1'>a</assert></rule>"
	    "</pattern>"));
	s = schematron_load(main, &o, &err);
	assert_false(s->was_saved);
	assert_string_not_equal(schematron_digest(s), digest);
	schematron_free(s);

	/* nothing of what was saved is told of a set that it does not fit */
	free(put("main.sch", SCHEMA("schemaVersion='8'", "")));
	s = schematron_load(main, &o, &err);
	assert_false(s->was_saved);
	assert_string_equal(schematron_version(s), "8");
	assert_int_equal(schematron_assertions(s), 0);
	assert_int_equal(s->facts.files.count, 1);
	schematron_free(s);
	free(put("main.sch", "<schema")); /* nor when there is no set */
	assert_null(schematron_load(main, &o, &err));
	xml_free(doc);
	buf_release(&found);
	free(digest);
	free(sub);
	free(main);
	free(saved);
}

/* ---- Two threads, one rule set */

static void *run_often(void *ctx)
{
	const struct schematron *s = ctx;
	for (int i = 0; i < 50; i++) {
		struct err err = { 0 };
		struct buf found = BUF_INIT(LIMIT_KIB(4));
		struct xml_doc *doc = xml_parse(DOC, strlen(DOC), "it", &err);
		if (run_set(s, doc, tell, &found, &err) < 0 ||
		    !streq(found.ptr, "-A@2:1 b|-A@3:2 b|"))
			ctx = NULL;
		xml_free(doc);
		buf_release(&found);
	}
	return ctx;
}

static void test_threads(void **state)
{
	(void)state;
	struct err err = { 0 };
	pthread_t threads[2];
	struct schematron *s = load(
	    SCHEMA("xmlns:xsl='" XSL "'",
		"<xsl:key name='k' match='t:b' use='@n'/>"
		"<let name='v' value='count(//t:b)'/><pattern>"
		"<rule context=\"t:b[key('k', @n)]\"><assert id='A' "
		"test='$v = 3'><value-of select='@n'/> <name/></assert></rule>"
		"</pattern>"),
	    NULL, &err);
	for (size_t i = 0; i < COUNTOF(threads); i++)
		pthread_create(&threads[i], NULL, run_often, s);
	for (size_t i = 0; i < COUNTOF(threads); i++) {
		void *good;
		pthread_join(threads[i], &good);
		assert_ptr_equal(good, s);
	}
	schematron_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_lone_context),
		cmocka_unit_test(test_read_svrl),
		cmocka_unit_test(test_saved),
		cmocka_unit_test(test_threads),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schematron.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ISO Schematron: each construct of the standard changes which assertions
 * speak. */

static char dir[] = "/tmp/esitesti-sch-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return dir_remove(dir);
}

static char *put(const char *name, const char *text)
{
	struct err err = { 0 };
	char *path = path_join(dir, name);
	if (file_write_whole(path, text, strlen(text), 0600, &err) < 0)
		fail_msg("%s", err.msg);
	return path;
}

#define SCHEMA(attributes, body)                                        \
 "<schema xmlns='http://purl.oclc.org/dsdl/schematron' " attributes ">" \
 "<ns prefix='t' uri='urn:t'/>" body "</schema>"

static struct schematron *load(
    const char *text, const char *phase, struct err *err)
{
	struct schematron_options o = {
		.compiler = "harness/xml/schematron.xsl",
		.phase = phase,
	};
	char *path = put("main.sch", text);
	struct schematron *s = schematron_load(path, &o, err);
	free(path);
	return s;
}

/* "id@line:text|" of all that was found. */
static void tell(void *ctx, const struct schematron_hit *hit)
{
	struct buf *to = ctx;
	buf_addf(to, "%s%s@%u%s%s:%s", hit->is_report ? "+" : "-", hit->id,
	    hit->node ? xml_line(hit->node) : 0, hit->attribute ? "/" : "",
	    hit->attribute ? hit->attribute : "", hit->text);
	VEC_EACH (struct schematron_diagnostic, d, &hit->diagnostics)
		buf_addf(
		    to, "{%s %s %s}", d->id, d->lang ? d->lang : "-", d->text);
	if (hit->role)
		buf_addf(to, "[%s]", hit->role);
	if (hit->see)
		buf_addf(to, "<%s>", hit->see);
	buf_addc(to, '|');
}

static void expect(
    const char *schema, const char *phase, const char *text, const char *want)
{
	struct err err = { 0 };
	struct buf found = BUF_INIT(LIMIT_KIB(64));
	struct schematron *s = load(schema, phase, &err);
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!s || !doc || schematron_run(s, doc, tell, &found, &err) < 0)
		fail_msg("%s:%u %s", err.file, err.line, err.msg);
	assert_string_equal(found.ptr, want);
	xml_free(doc);
	schematron_free(s);
	buf_release(&found);
}

#define DOC "<a xmlns='urn:t'>\n<b n='1'/>\n<b n='2'>x</b>\n<c/></a>"

static void test_first_rule_wins(void **state)
{
	(void)state;
	expect(SCHEMA("",
		   "<pattern><rule context='t:b[@n=2]'>"
		   "<assert id='A' test='false()'>two</assert></rule>"
		   "<rule context='t:b'><assert id='B' test='@n > 5'>"
		   "n is <value-of select='@n'/> of <name/> in "
		   "<name path='..'/></assert></rule></pattern>"
		   "<pattern><rule context='t:b'><report id='C' test='text()'>"
		   "text</report></rule></pattern>"),
	    NULL, DOC, "-B@2:n is 1 of b in a|-A@3:two|+C@3:text|");
}

static void test_let(void **state)
{
	(void)state;
	expect(SCHEMA("",
		   "<let name='all' value='count(//t:b)'/>"
		   "<pattern><let name='p' value='$all + 1'/>"
		   "<rule context='t:a'><let name='r' value='$p + count(*)'/>"
		   "<assert id='A' test='$r = 0'><value-of select='$r'/>"
		   "</assert></rule></pattern>"),
	    NULL, DOC, "-A@1:6|");
}

static void test_contexts_of_all_kinds(void **state)
{
	(void)state;
	expect(SCHEMA("",
		   "<pattern><rule context='@n[. = 2]'>"
		   "<assert id='A' test='false()'>a</assert></rule></pattern>"
		   "<pattern><rule context='text()[. = \"x\"]'>"
		   "<assert id='T' test='false()'>t</assert></rule></pattern>"
		   "<pattern><rule context='/'>"
		   "<assert id='R' test='t:z'>r</assert></rule></pattern>"),
	    NULL, DOC, "-A@3/n:a|-T@3:t|-R@0:r|");
}

static void test_roles_subjects_diagnostics(void **state)
{
	(void)state;
	expect(SCHEMA("",
		   "<pattern><rule context='t:a' role='warning' see='1.2'>"
		   "<assert id='A' test='t:z' subject='t:b' "
		   "diagnostics='d e'>no {z}</assert>"
		   "<assert id='B' test='t:z' role='error' see='3'>z</assert>"
		   "</rule></pattern><diagnostics>"
		   "<diagnostic id='d' xml:lang='en'>has <value-of "
		   "select='count(*)'/></diagnostic>"
		   "<diagnostic id='e'>e</diagnostic></diagnostics>"),
	    NULL, DOC,
	    "-A@2:no {z}{d en has 3}{e - e}[warning]<1.2>|"
	    "-B@1:z[error]<3>|");
}

static void test_abstract_rule(void **state)
{
	(void)state;
	expect(
	    SCHEMA("", "<pattern><rule abstract='true' id='x'>"
		       "<assert id='A' test='@m'>m</assert></rule>"
		       "<rule abstract='true' id='y'><extends rule='x'/>"
		       "<assert id='Y' test='@k'>k</assert></rule>"
		       "<rule context='t:c'><extends rule='y'/>"
		       "<assert id='C' test='@o'>o</assert></rule></pattern>"),
	    NULL, DOC, "-A@4:m|-Y@4:k|-C@4:o|");
}

static void test_abstract_pattern(void **state)
{
	(void)state;
	expect(
	    SCHEMA("", "<pattern abstract='true' id='x'><rule context='$what'>"
		       "<assert id='A' test='$att = $atta'>$what <value-of "
		       "select='$att'/></assert></rule></pattern>"
		       "<pattern is-a='x'><param name='what' value='t:b'/>"
		       "<param name='att' value='@n'/>"
		       "<param name='atta' value='2'/></pattern>"
		       "<pattern is-a='x'><param name='what' value='t:c'/>"
		       "<param name='att' value='name()'/>"
		       "<param name='atta' value='\"c\"'/></pattern>"),
	    NULL, DOC, "-A@2:$what 1|");
}

#define PHASES                                                     \
 "<phase id='one'><active pattern='p1'/></phase>"                  \
 "<phase id='two'><let name='v' value='7'/><active pattern='p2'/>" \
 "</phase><pattern id='p1'><rule context='t:a'>"                   \
 "<assert id='A' test='false()'>a</assert></rule></pattern>"       \
 "<pattern id='p2'><rule context='t:a'>"                           \
 "<assert id='B' test='false()'>b</assert></rule></pattern>"

static void test_phases(void **state)
{
	(void)state;
	expect(SCHEMA("", PHASES), NULL, DOC, "-A@1:a|-B@1:b|");
	expect(SCHEMA("", PHASES), "two", DOC, "-B@1:b|");
	expect(SCHEMA("defaultPhase='one'", PHASES), NULL, DOC, "-A@1:a|");
	expect(SCHEMA("defaultPhase='one'", PHASES), "#ALL", DOC,
	    "-A@1:a|-B@1:b|");
	struct err err = { 0 };
	assert_null(load(SCHEMA("", PHASES), "three", &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.hint, "one, two"));
}

static void test_keys(void **state)
{
	(void)state;
	expect(SCHEMA("xmlns:xsl='http://www.w3.org/1999/XSL/Transform'",
		   "<xsl:key name='k' match='t:b' use='@n'/>"
		   "<pattern><rule context='t:a'>"
		   "<assert id='A' test=\"key('k', 2) and not(key('k', 3))\">a"
		   "</assert><assert id='B' test=\"key('k', 3)\">b</assert>"
		   "</rule></pattern>"),
	    NULL, DOC, "-B@1:b|");
}

static void test_files(void **state)
{
	(void)state;
	char *pattern = put("p.sch",
	    "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'>"
	    "<rule context='t:a'><extends href='r.sch'/></rule></pattern>");
	char *rule =
	    put("r.sch", "<rule xmlns='http://purl.oclc.org/dsdl/schematron'>"
			 "<assert id='A' test='false()'>a</assert></rule>");
	expect(SCHEMA("", "<include href='p.sch'/>"), NULL, DOC, "-A@1:a|");
	struct err err = { 0 };
	assert_null(
	    load(SCHEMA("", "<include href='/etc/passwd'/>"), NULL, &err));
	assert_non_null(strstr(err.msg, "below"));
	err = (struct err){ 0 };
	char *loop = put("l.sch",
	    "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'>"
	    "<include href='l.sch'/></pattern>");
	assert_null(load(SCHEMA("", "<include href='l.sch'/>"), NULL, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	free(loop);
	free(rule);
	free(pattern);
}

static void refused(const char *schema, enum err_kind kind, const char *word)
{
	struct err err = { 0 };
	struct schematron *s = load(schema, NULL, &err);
	assert_null(s);
	if (err.kind != kind || !strstr(err.msg, word))
		fail_msg("'%s' is no refusal of %s", err.msg, schema);
	if (kind == ERR_CASE && !strstr(word, "stylesheet"))
		assert_true(err.line > 0);
}

static void test_what_is_wrong(void **state)
{
	(void)state;
	refused("<schema/>", ERR_CASE, "found 'schema'");
	refused(SCHEMA("queryBinding='xslt2'", ""), ERR_CASE, "xslt2");
	refused(SCHEMA("", "<pattern><rule context='t:a'>"
			   "<assert test='1 +'>a</assert></rule></pattern>"),
	    ERR_CASE, "1 +");
	refused(SCHEMA("", "<pattern><rule><assert test='1'>a</assert></rule>"
			   "</pattern>"),
	    ERR_CASE, "context");
	refused(SCHEMA("", "<pattern is-a='q'/>"), ERR_CASE, "'q'");
	refused(SCHEMA("", "<pattern><rule context='t:a'>"
			   "<extends rule='q'/></rule></pattern>"),
	    ERR_CASE, "'q'");
	refused(SCHEMA("", "<pattern><rule context='q:a'>"
			   "<assert test='1'>a</assert></rule></pattern>"),
	    ERR_CASE, "stylesheet");
}

/* A rule set that asks for a file gets none, and is told so. */
static void test_nothing_is_opened(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf found = BUF_INIT(LIMIT_KIB(64));
	struct schematron *s = load(
	    SCHEMA("", "<pattern><rule context='t:a'><report id='A' "
		       "test=\"document('/etc/passwd')\">read</report></rule>"
		       "</pattern>"),
	    NULL, &err);
	struct xml_doc *doc = xml_parse(DOC, strlen(DOC), "it", &err);
	assert_int_equal(schematron_run(s, doc, tell, &found, &err), -1);
	assert_int_equal(err.kind, ERR_CASE);
	assert_non_null(strstr(err.msg, "/etc/passwd refused"));
	assert_string_equal(found.ptr, "");
	xml_free(doc);
	schematron_free(s);
	buf_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_rule_wins),
		cmocka_unit_test(test_let),
		cmocka_unit_test(test_contexts_of_all_kinds),
		cmocka_unit_test(test_roles_subjects_diagnostics),
		cmocka_unit_test(test_abstract_rule),
		cmocka_unit_test(test_abstract_pattern),
		cmocka_unit_test(test_phases),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_what_is_wrong),
		cmocka_unit_test(test_nothing_is_opened),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

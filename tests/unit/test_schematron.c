/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schematron.h"

#include "schematrons.h"

/* ISO Schematron: each construct of the standard changes which assertions
 * speak. */

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
	    NULL, DOC, "-R@0:r|-T@3:t|-A@3/n:a|");
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
	    NULL, DOC, "-A@2:t:b 1|");
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
	refused(SCHEMA("queryBinding='xquery'", ""), ERR_CASE, "xquery");
	refused("<schema xmlns='http://www.ascc.net/xml/schematron'/>",
	    ERR_CASE, "before the standard");
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
}

/* What libxslt would only meet when it runs, or never tell. */
static void test_what_is_unknown(void **state)
{
	(void)state;
#define RULE(context, test)                                               \
 SCHEMA("", "<pattern><rule context=\"" context "\"><assert test=\"" test \
	    "\">a</assert></rule></pattern>")
	refused(RULE("q:a", "1"), ERR_CASE, "prefix 'q'");
	refused(RULE("t:a", "q:b"), ERR_CASE, "prefix 'q'");
	refused(RULE("t:a", "count("), ERR_CASE, "'count('");
	refused(RULE("t:a", "$v = 1"), ERR_CASE, "'$v'");
	refused(RULE("t:a", "matches(., 'a')"), ERR_CASE, "'matches'");
	refused(RULE("t:a", "document('/etc/passwd')"), ERR_CASE, "outside");
	refused(RULE("ancestor::t:a", "1"), ERR_CASE, "no pattern");
	refused(RULE("t:a[", "1"), ERR_CASE, "no pattern");
	refused(SCHEMA("", "<pattern><rule context='t:a'><asert test='1'>a"
			   "</asert></rule></pattern>"),
	    ERR_CASE, "'asert'");
	refused(SCHEMA("", "<key name='k' match='a' path='b'/>"), ERR_CASE,
	    "'key'");
	refused(SCHEMA("", "<phase id='p'><active pattern='q'/></phase>"),
	    ERR_CASE, "'q'");
	refused(SCHEMA("", "<let name='v' value='1'/><let name='v' "
			   "value='2'/>"),
	    ERR_CASE, "twice");
	refused(SCHEMA("", "<pattern><rule context='t:a'><assert test='1' "
			   "diagnostics='d'>a</assert></rule></pattern>"),
	    ERR_CASE, "'d'");
	refused(SCHEMA("", "<pattern><rule context='t:a'><let name='x' "
			   "value='$y'/><let name='y' value='1'/></rule>"
			   "</pattern>"),
	    ERR_CASE, "'$y'");
	refused(SCHEMA("xmlns:xsl='http://www.w3.org/1999/XSL/Transform'",
		    "<xsl:include href='x'/>"),
	    ERR_CASE, "'include'");
}

/* The place is that of the user's own file. */
static void test_places_of_faults(void **state)
{
	(void)state;
	char *pattern = put("bad.sch",
	    "<pattern xmlns='http://purl.oclc.org/dsdl/schematron'>\n"
	    "<rule context='t:a'>\n <assert id='A'\n  test='1 +'>a</assert>"
	    "</rule></pattern>");
	struct err err = { 0 };
	assert_null(load(SCHEMA("", "<include href='bad.sch'/>"), NULL, &err));
	assert_string_equal(err.file, pattern);
	assert_int_equal(err.line, 4);
	assert_int_equal(err.column, 3);
	assert_non_null(strstr(err.excerpt, "1 +"));
	err = (struct err){ 0 };
	assert_null(load(SCHEMA("", "\n<pattern abstract='true' id='x'>"
				    "\n<rule context='t:a'><assert "
				    "test='$p'>a</assert></rule></pattern>"
				    "<pattern is-a='x'><param name='p' "
				    "value='('/></pattern>"),
	    NULL, &err));
	assert_int_equal(err.line, 3);
	free(pattern);
}

/* A pattern's variable is its own, whatever others are called. */
static void test_lets_of_patterns(void **state)
{
	(void)state;
	expect(SCHEMA("",
		   "<let name='n' value='\"schema\"'/>"
		   "<pattern><let name='v' value='1'/>"
		   "<let name='w' value='$v + 1'/><rule context='t:a'>"
		   "<assert id='A' test='$v = 2' diagnostics='d'>"
		   "<value-of select='concat(\"$v \", $w)'/></assert></rule>"
		   "</pattern><pattern><let name='v' value='count(//t:b)'/>"
		   "<let name='n' value='\"pattern\"'/><rule context='t:a'>"
		   "<let name='v' value='$v + 10'/>"
		   "<assert id='B' test='$v = 1' diagnostics='d'>"
		   "<value-of select='$n'/></assert></rule></pattern>"
		   "<pattern><rule context='t:c'><assert id='C' test='0'>"
		   "<value-of select='$n'/></assert></rule></pattern>"
		   "<diagnostics><diagnostic id='d'>v=<value-of select='$v'/>"
		   "</diagnostic></diagnostics>"),
	    NULL, DOC,
	    "-A@1:$v 2{d - v=1}|-B@1:pattern{d - v=12}|-C@4:schema|");
}

static void test_let_with_content(void **state)
{
	(void)state;
	expect(SCHEMA("xmlns:e='http://exslt.org/common'",
		   "<ns prefix='e' uri='http://exslt.org/common'/>"
		   "<ns prefix='s' uri='http://exslt.org/strings'/>"
		   "<let name='list'><x xmlns='urn:t' n='2'/></let>"
		   "<pattern><rule context='t:b'><assert id='A' "
		   "test='@n = e:node-set($list)/t:x/@n'>other</assert>"
		   "<report id='B' test='s:tokenize(\"1 2\")[2] = @n'>b"
		   "</report></rule></pattern>"),
	    NULL, DOC, "-A@2:other|+B@3:b|");
}

static void test_properties(void **state)
{
	(void)state;
	expect(SCHEMA("", "<pattern><rule context='t:b[1]'><assert id='A' "
			  "test='0' properties='p'>a</assert></rule></pattern>"
			  "<properties><property id='p' role='r'>n=<value-of "
			  "select='@n'/></property></properties>"),
	    NULL, DOC, "-A@2:a(p n=1)|");
}

/* The walk goes where a context can match, and nowhere else twice. */
static void test_contexts_of_all_shapes(void **state)
{
	(void)state;
	static const char doc[] =
	    "<?p x?><a xmlns='urn:t' xmlns:o='urn:o' k='1' o:k='2'>\n"
	    "<b k='3'>x<!--c--></b>\n<o:b/>\n<b xmlns=''/><?p y?></a>";
	static const struct {
		const char *context, *lines;
	} rows[] = {
		{ "*", "1 2 3 4 " },
		{ "t:*", "1 2 " },
		{ "o:b|t:b", "3 2 " },
		{ "b", "4 " },
		{ "t:a/*", "2 3 4 " },
		{ "t:a[t:b/@k = '|/']", "" },
		{ "t:a[count(t:b) = 1]//t:b[1]", "2 " },
		{ "@k", "1k 2k " },
		{ "@*", "1k 1k 2k " },
		{ "t:b/@k | t:b", "2k 2 " },
		{ "attribute::o:k", "1k " },
		{ " child::t:b ", "2 " },
		{ "text()[. = 'x']", "2 " },
		{ "comment()", "2 " },
		{ "processing-instruction('p')", "0 1 " },
		{ "t:b/node()", "2 2 " },
		{ "/", "0 " },
		{ "/t:a", "1 " },
		{ "/*", "1 " },
		{ "key('k', '3')", "2 2k " },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct buf found = BUF_INIT(LIMIT_KIB(64));
		char *text = xasprintf(
		    SCHEMA("xmlns:xsl='" XSL "'",
			"<ns prefix='o' uri='urn:o'/><xsl:key name='k' "
			"match='t:b|@k' use='self::t:b/@k|self::node()"
			"[not(self::*)]'/><pattern><rule context=\"%s\">"
			"<report test='1'/></rule></pattern><pattern>"
			"<rule context='t:zzz'><assert test='1'/></rule>"
			"</pattern>"),
		    rows[i].context);
		struct schematron *s = load(text, NULL, &err);
		struct xml_doc *d = xml_parse(doc, strlen(doc), "it", &err);
		if (!s || run_set(s, d, tell_line, &found, &err) < 0)
			fail_msg("%s: %s", rows[i].context, err.msg);
		if (!streq(found.ptr, rows[i].lines))
			fail_msg("%s: '%s', not '%s'", rows[i].context,
			    found.ptr, rows[i].lines);
		xml_free(d);
		schematron_free(s);
		buf_release(&found);
		free(text);
	}
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
		cmocka_unit_test(test_what_is_unknown),
		cmocka_unit_test(test_places_of_faults),
		cmocka_unit_test(test_lets_of_patterns),
		cmocka_unit_test(test_let_with_content),
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_contexts_of_all_shapes),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the three above first */
#include <cmocka.h>

#define ROW(array) array, COUNTOF(array)
#define NONE	   NULL, 0

static const struct shape_attribute title_attributes[] = {
	{ "xml:lang", SHAPE_LANG, true, NULL },
};
static const struct shape title = { "title", SHAPE_HAS_TEXT,
	ROW(title_attributes), NONE };
static const struct shape note = { "note", SHAPE_MAY_TEXT, NONE, NONE };
static const struct shape_attribute rest_attributes[] = {
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "oid", SHAPE_OID, false, NULL },
};
static const struct shape rest = { "rests-on", SHAPE_EMPTY,
	ROW(rest_attributes), NONE };
static const struct shape_child step_children[] = {
	{ &note, 0, 1 },
	{ &rest, 0, 2 },
};
static const struct shape_attribute step_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "count", SHAPE_NUMBER, false, NULL },
	{ "last", SHAPE_FLAG, false, NULL },
	{ "what", SHAPE_TEXT, false, NULL },
};
static const struct shape step = { "step", SHAPE_MIXED_ORDER,
	ROW(step_attributes), ROW(step_children) };
static const struct shape_child root_children[] = {
	{ &title, 2, 2 },
	{ &rest, 0, 0 },
	{ &step, 1, 0 },
};
static const struct shape root = { "case", SHAPE_CHILDREN, NONE,
	ROW(root_children) };

#define NS     "urn:esitesti:case:1"
#define HEAD   "<case xmlns='" NS "'>\n"
#define TITLES "<title xml:lang='fi'>a</title><title xml:lang='en'>b</title>\n"

static struct err check(const char *text, int *rc)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(text, strlen(text), "it.xml", &err);
	if (!doc)
		fail_msg("%s: %s", text, err.msg);
	*rc = shape_check(doc, NS, &root, &err);
	xml_free(doc);
	return err;
}

static void accepted(void **state)
{
	(void)state;
	static const char *const rows[] = {
		HEAD TITLES "<step id='a'/></case>",
		HEAD TITLES "<!-- c --><step id='a-1.B_2'> <!-- d --> "
			    "</step><?pi?><step id='b'/></case>",
		HEAD TITLES "<rests-on mark='F'/><rests-on mark='U' "
			    "oid='1.2.246.537.6.12'/><step id='a' count='12' "
			    "last='false' what='x'/></case>",
		HEAD TITLES "<step id='a'><rests-on mark='I'/><note/>"
			    "<rests-on mark='I'/></step></case>",
		"<p:case xmlns:p='" NS "' xmlns:v3='u'><p:title xml:lang='fi'>"
		"<![CDATA[x]]></p:title><p:title xml:lang='en'>y</p:title>"
		"<p:step id='a'><p:note>z</p:note></p:step></p:case>",
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		int rc;
		struct err err = check(rows[i], &rc);
		if (rc != 0)
			fail_msg("%s: %s", rows[i], err.msg);
	}
}

static const struct {
	const char *text;
	unsigned line, column;
	const char *says, *hint;
} refusals[] = {
	/* elements */
	{ HEAD TITLES "<stpe id='a'/></case>", 3, 1,
	    "'case' cannot hold the element 'stpe'",
	    "did you mean 'step'? it can hold: title, rests-on, "
	    "step" },
	{ HEAD TITLES "<zzzzzz/></case>", 3, 1, "'zzzzzz'",
	    "it can hold: title" },
	{ HEAD TITLES "<step id='a'><note><b/></note></step></case>", 3, 20,
	    "'note' cannot hold the element 'b'", "holds no elements" },
	{ HEAD TITLES "<step xmlns='' id='a'/></case>", 3, 1,
	    "'step' is not in the namespace '" NS "'", "" },
	{ HEAD "<title xml:lang='fi'>a</title>"
	       "<step id='a'/></case>",
	    1, 1, "'title' in English (xml:lang=\"en\") is missing", "" },
	{ HEAD TITLES "</case>", 1, 1, "'case' lacks the element 'step'", "" },
	{ HEAD TITLES "<title xml:lang='fi'>c</title><step id='a'/></case>", 3,
	    1, "'case' can hold 'title' at most 2 times", "" },
	{ HEAD TITLES "<step id='a'><note/><note/></step></case>", 3, 21,
	    "'step' can hold only one 'note'", "" },
	{ HEAD TITLES "<step id='a'/>\n<rests-on mark='F'/></case>", 4, 1,
	    "'rests-on' must stand before 'step'", "" },
	/* text */
	{ HEAD TITLES "<step id='a'>x</step></case>", 3, 1,
	    "'step' cannot hold text", "" },
	{ HEAD "<title xml:lang='fi'> \n</title></case>", 2, 1,
	    "'title' is empty, but must hold text", "" },
	{ HEAD TITLES "<rests-on mark='F'>x</rests-on></case>", 3, 1,
	    "'rests-on' cannot hold text", "" },
	/* attributes */
	{ HEAD TITLES "<step id='a' cuont='1'/></case>", 3, 14,
	    "'step' has no attribute 'cuont'",
	    "did you mean 'count'? it can have: id, count, last, "
	    "what" },
	{ HEAD TITLES "<step id='a'><note lang='x'/></step></case>", 3, 20,
	    "'note' has no attribute 'lang'", "it has no attributes" },
	{ HEAD TITLES "<step xmlns:p='u' p:id='a'/></case>", 3, 19,
	    "'step' has no attribute 'p:id'", "did you mean 'id'?" },
	{ HEAD "<title lang='fi'>a</title></case>", 2, 8,
	    "'title' has no attribute 'lang'", "it can have: xml:lang" },
	{ HEAD TITLES "<step/></case>", 3, 1, "'step' lacks the attribute 'id'",
	    "" },
	/* values */
	{ HEAD "<title xml:lang='sv'>a</title></case>", 2, 8,
	    "'xml:lang' of 'title' is 'sv', but must be 'fi' or 'en'", "" },
	{ HEAD TITLES "<rests-on mark='f'/></case>", 3, 11,
	    "'mark' of 'rests-on' can't be 'f'", "it can be: F, I, U" },
	{ HEAD TITLES "<step id='1a'/></case>", 3, 7, "'id' of 'step' is '1a'",
	    "" },
	{ HEAD TITLES "<step id='a/b'/></case>", 3, 7, "'a/b'", "" },
	{ HEAD TITLES "<step id=''/></case>", 3, 7, "'id'", "" },
	{ HEAD TITLES "<step id='a' count='-1'/></case>", 3, 14, "'-1'", "" },
	{ HEAD TITLES "<step id='a' count='1234567890'/></case>", 3, 14,
	    "9 digits", "" },
	{ HEAD TITLES "<step id='a' count=''/></case>", 3, 14, "''", "" },
	{ HEAD TITLES "<step id='a' last='yes'/></case>", 3, 14,
	    "'true' or 'false'", "" },
	{ HEAD TITLES "<step id='a' what=' '/></case>", 3, 14, "some text",
	    "" },
	{ HEAD TITLES "<rests-on mark='F' oid='1.40.1'/></case>", 3, 20,
	    "an OID", "" },
	{ HEAD TITLES "<rests-on mark='F' oid='1.02'/></case>", 3, 20, "an OID",
	    "" },
	{ HEAD TITLES "<rests-on mark='F' oid='3.1'/></case>", 3, 20, "an OID",
	    "" },
	{ HEAD TITLES "<rests-on mark='F' oid='1.2.'/></case>", 3, 20, "an OID",
	    "" },
	{ HEAD TITLES "<rests-on mark='F' oid='1'/></case>", 3, 20, "an OID",
	    "" },
	/* the root */
	{ "<cse xmlns='" NS "'/>", 1, 1,
	    "the root element is 'cse', but must be 'case'", "" },
	{ "<case/>", 1, 1, "'case' in no namespace",
	    "begin with <case xmlns=\"" NS "\"" },
	{ "<case xmlns='urn:hl7-org:v3'/>", 1, 1,
	    "the namespace 'urn:hl7-org:v3'", "begin with" },
	{ "<case xmlns='urn:esitesti:case:2'/>", 1, 1,
	    "version 2 of the format is not known here", "reads version 1" },
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(refusals); i++) {
		int rc;
		struct err err = check(refusals[i].text, &rc);
		if (rc != -1 || err.kind != ERR_CASE ||
		    !strstr(err.msg, refusals[i].says) ||
		    !strstr(err.hint, refusals[i].hint))
			fail_msg(
			    "%s: %s (%s)", refusals[i].text, err.msg, err.hint);
		if (err.line != refusals[i].line ||
		    err.column != refusals[i].column)
			fail_msg("%s: %u:%u", refusals[i].text, err.line,
			    err.column);
		assert_string_equal(err.file, "it.xml");
		assert_true(err.excerpt[0] != '\0');
	}
}

static void second_arc(void **state)
{
	(void)state;
	int rc;
	check(HEAD TITLES "<rests-on mark='F' oid='2.999.0'/>"
			  "<rests-on mark='F' oid='0.39'/>"
			  "<rests-on mark='F' oid='1.4.1'/>"
			  "<step id='a'/></case>",
	    &rc);
	assert_int_equal(rc, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(refused),
		cmocka_unit_test(second_arc),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/xpath.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "cputime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static const char text[] = "<a xmlns='urn:x' xmlns:q='urn:y' n='7'>"
			   "<b q:k='1'>one</b><b k='2'>two</b><c/>"
			   "<q:b>three</q:b><!-- c --></a>";

static struct xml_doc *parse(const char *s)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(s, strlen(s), "it", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	return doc;
}

static struct xml_ns_list bindings(void)
{
	struct xml_ns_list list = { 0 };
	struct xml_doc *doc = parse("<r xmlns='urn:d' xmlns:p='urn:x' "
				    "xmlns:r='urn:y'><s xmlns:p='urn:z'/></r>");
	xml_ns_in_scope(&list, xml_root(doc));
	xml_free(doc);
	return list;
}

static void values(void **state)
{
	(void)state;
	static const struct {
		const char *expression;
		size_t count;
		const char *text, *node;
		bool is_nodes;
	} rows[] = {
		{ "/p:a/p:b", 2, "one", "b", true },
		{ "//p:b[2]", 1, "two", "b", true },
		{ "(//p:b | //r:b)[last()]", 1, "three", "b", true },
		{ "//r:b | //p:b", 3, "one", "b", true },
		{ "//@r:k", 1, "1", "b", true },
		{ "/p:a/@n", 1, "7", "a", true },
		{ "/p:a/@none", 0, "", NULL, true },
		{ "/a", 0, "", NULL, true },
		{ "p:a", 1, "onetwothree", "a", true },
		{ "//p:b/text()", 2, "one", "b", true },
		{ "//comment()", 1, " c ", "a", true },
		{ "/", 1, "onetwothree", NULL, true },
		{ "/p:a/namespace::q", 1, "urn:y", "a", true },
		{ "count(//p:b)", 1, "2", NULL, false },
		{ "string(/p:a/@none)", 0, "", NULL, false },
		{ "'x'", 1, "x", NULL, false },
		{ "1 = 2", 0, "false", NULL, false },
		{ "1 = 1", 1, "true", NULL, false },
		{ "0", 1, "0", NULL, false },
		{ "number('x')", 0, "NaN", NULL, false },
		{ "string-length('\xC3\xA4')", 1, "1", NULL, false },
	};
	struct xml_doc *doc = parse(text);
	struct xml_ns_list ns = bindings();
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct xpath_result r;
		if (xpath_eval(doc, rows[i].expression, &ns, &r, &err) < 0)
			fail_msg("%s: %s", rows[i].expression, err.msg);
		if (r.count != rows[i].count)
			fail_msg("%s: %zu", rows[i].expression, r.count);
		assert_string_equal(r.text, rows[i].text);
		assert_int_equal(r.is_nodes, rows[i].is_nodes);
		if (rows[i].node)
			assert_true(xml_is(r.node, NULL, rows[i].node));
		else
			assert_null(r.node);
		xpath_release(&r);
		xpath_release(&r);
		assert_int_equal(xpath_check(rows[i].expression, &ns, &err), 0);
	}
	xml_ns_release(&ns);
	xml_free(doc);
}

static const char *const wrong[] = {
	"",
	" ",
	"/p:a[",
	"q:b", /* bound in the document only */
	"//x:y",
	"nosuch()",
	"document('/etc/passwd')",
	"$variable",
	"count(1)",
	"1 +",
	"exsl:node-set(/)",
	"a:b:c",
	"\xC3(",
	"id(",
	"string-length()[",
	"p:none()",
};

static void nothing_is_printed(void **state)
{
	(void)state;
	struct xml_ns_list ns = bindings();
	struct stat st;
	int saved = dup(STDERR_FILENO);
	FILE *sink = tmpfile();
	assert_non_null(sink);
	fflush(stderr);
	dup2(fileno(sink), STDERR_FILENO);
	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct err err = { 0 };
		(void)!xpath_check(wrong[i], &ns, &err);
	}
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(fstat(fileno(sink), &st), 0);
	assert_int_equal(st.st_size, 0);
	fclose(sink);
	xml_ns_release(&ns);
}

static void wrong_expressions(void **state)
{
	(void)state;
	struct xml_doc *doc = parse(text);
	struct xml_ns_list ns = bindings();
	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct err err = { 0 }, again = { 0 };
		struct xpath_result r;
		assert_int_equal(xpath_eval(doc, wrong[i], &ns, &r, &err), -1);
		assert_null(r.text);
		xpath_release(&r);
		assert_int_equal(err.kind, ERR_CASE);
		char shown[40];
		str_copy(shown, sizeof(shown), wrong[i]);
		str_clean(shown);
		assert_non_null(strstr(err.msg, shown));
		assert_int_equal(xpath_check(wrong[i], &ns, &again), -1);
		assert_int_equal(again.kind, ERR_CASE);
	}
	struct err err = { 0 };
	assert_int_equal(xpath_check("//x:y", &ns, &err), -1);
	assert_non_null(strstr(err.msg, "unbound prefix"));
	assert_non_null(strstr(err.hint, "xmlns"));
	err = (struct err){ 0 };
	assert_int_equal(xpath_check("count(1, 2)", &ns, &err), -1);
	assert_non_null(strstr(err.msg, "number of arguments"));
	xml_ns_release(&ns);
	xml_free(doc);
}

static void scope(void **state)
{
	(void)state;
	struct xml_doc *doc =
	    parse("<a xmlns='d' xmlns:p='1' xmlns:q='2'><b xmlns:p='3'/></a>");
	struct xml_ns_list ns = { 0 };
	xml_ns_in_scope(&ns, xml_first(xml_root(doc)));
	xml_free(doc);
	assert_int_equal(ns.count, 2); /* the default one has no prefix */
	VEC_EACH (struct xml_ns, n, &ns)
		assert_string_equal(n->uri, *n->prefix == 'p' ? "3" : "2");
	xml_ns_release(&ns);
	assert_int_equal(ns.count, 0);
}

static void too_much_work(void **state)
{
	(void)state;
	static const char *const rows[] = {
		"count(//*[count(//*[count(//*) > 0]) > 0])",
		"//*[//*[. = //*]]",
		"//*[. = //*]",
	};
	struct buf b = BUF_INIT(LIMIT_MIB(8));
	buf_adds(&b, "<a>");
	for (unsigned i = 0; i < 20000; i++)
		buf_addf(&b, "<b>%u</b>", i);
	buf_adds(&b, "</a>");
	struct xml_doc *doc = parse(b.ptr);
	struct xml_ns_list ns = { 0 };
	struct xpath_result r;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		int64_t from = cputime();
		assert_int_equal(xpath_eval(doc, rows[i], &ns, &r, &err), -1);
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_true(cputime() - from < 10000000);
	}
	buf_clear(&b);
	for (unsigned i = 0; i < 4000; i++)
		buf_addc(&b, '(');
	struct err err = { 0 };
	assert_int_equal(xpath_eval(doc, b.ptr, &ns, &r, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	for (unsigned i = 0; i < 8000; i++)
		buf_addc(&b, '(');
	err = (struct err){ 0 };
	assert_int_equal(xpath_check(b.ptr, &ns, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
	xml_free(doc);
}

/* The element names of an expression, with a space behind each. */
static void names(void **state)
{
	static const struct {
		const char *expression, *names;
	} rows[] = {
		{ "//a/b:c/@d", "a b:c " },
		{ "count(//a) = 2 and b", "a b " },
		{ "//*[local-name() = 'x']/text()", "" },
		{ "child::a/attribute::b", "a " },
		{ "$v div 2", "" },
		{ "and/or", "and or " },
		{ "2 * 3", "" },
		{ "a-b.c", "a-b.c " },
		{ "'//a", "" },
		{ "", "" },
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct buf found = BUF_INIT(256);
		struct xpath_name n;
		const char *at = rows[i].expression;
		while (xpath_next_name(rows[i].expression, &at, &n)) {
			if (n.prefix_len)
				buf_addf(&found, "%.*s:", (int)n.prefix_len,
				    n.prefix);
			buf_addf(&found, "%.*s ", (int)n.name_len, n.name);
		}
		assert_string_equal(found.ptr, rows[i].names);
		buf_release(&found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(values),
		cmocka_unit_test(nothing_is_printed),
		cmocka_unit_test(wrong_expressions),
		cmocka_unit_test(scope),
		cmocka_unit_test(too_much_work),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

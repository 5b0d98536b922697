/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table that checks a case's shape and the published cases/case.rng say
 * the same: every case is changed in one place at a time, and both must give
 * the same verdict on each result.
 */
#include "base/limits.h"
#include "base/str.h"
#include "testcase/case-shape.h"

#include <ftw.h>
#include <libxml/relaxng.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define GRAMMAR "cases/case.rng"
#define SAMPLE	"tests/lib/testcase/sample.xml"

enum {
	LEAST = 300,	 /* mutants of each case */
	SHOWN = 20,	 /* disagreements in full */
	SAMPLE_STEP = 31 /* of shipped cases one in so many: they are alike */
};

struct tally {
	xmlRelaxNG *grammar;
	size_t mutants, refused, disagreements;
	size_t step, next;
};

static void silent(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static bool grammar_accepts(struct tally *t, const xmlChar *bytes, int len)
{
	xmlDoc *doc = xmlReadMemory((const char *)bytes, len, "mutant.xml",
	    NULL, XML_PARSE_NONET | XML_PARSE_NOERROR);
	assert_non_null(doc);
	xmlRelaxNGValidCtxt *ctx = xmlRelaxNGNewValidCtxt(t->grammar);
	xmlRelaxNGSetValidErrors(ctx, silent, silent, NULL);
	bool accepts = xmlRelaxNGValidateDoc(ctx, doc) == 0;
	xmlRelaxNGFreeValidCtxt(ctx);
	xmlFreeDoc(doc);
	return accepts;
}

static bool table_accepts(const xmlChar *bytes, int len, struct err *err)
{
	struct own_file file = { 0 };
	if (own_parse(&file, bytes, (size_t)len, "mutant", ERR_CASE, err) < 0) {
		err_print(stderr, err);
		fail_msg("a mutant is not well-formed");
	}
	bool accepts = case_shape_check(&file, err) == 0;
	own_close(&file, err);
	return accepts;
}

/* Whether it is the next mutant's turn; each case begins elsewhere. */
static bool is_due(struct tally *t)
{
	return t->next++ % t->step == 0;
}

static void compare(struct tally *t, xmlDoc *doc, const char *what,
    const char *element, const char *attribute)
{
	xmlChar *bytes = NULL;
	int len = 0;
	struct err err = { 0 };
	xmlDocDumpMemory(doc, &bytes, &len);
	bool table = table_accepts(bytes, len, &err);
	bool grammar = grammar_accepts(t, bytes, len);
	t->mutants++;
	t->refused += !table;
	if (table != grammar && t->disagreements++ < SHOWN)
		print_message("%s %s/@%s: the table %s (%s), the grammar %s\n",
		    what, element, attribute, table ? "accepts" : "refuses",
		    err.msg, grammar ? "accepts" : "refuses");
	xmlFree(bytes);
}

/* ---- One change each, to the n-th element of a copy */

static xmlNode *nth(xmlNode *node, size_t *n)
{
	for (; node; node = node->next) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		if ((*n)-- == 0)
			return node;
		xmlNode *below = nth(node->children, n);
		if (below)
			return below;
	}
	return NULL;
}

static xmlNode *element_at(xmlDoc *doc, size_t n)
{
	return nth(xmlDocGetRootElement(doc), &n);
}

static const xmlChar *u(const char *s)
{
	return (const xmlChar *)s;
}

static void drop(xmlNode *e)
{
	xmlUnlinkNode(e);
	xmlFreeNode(e);
}

static void do_remove(xmlNode *e)
{
	drop(e);
}

static void do_double(xmlNode *e)
{
	xmlAddNextSibling(e, xmlDocCopyNode(e, e->doc, 1));
}

static void do_move_first(xmlNode *e)
{
	xmlNode *first = xmlFirstElementChild(e->parent);
	if (first != e)
		xmlAddPrevSibling(first, e);
}

static void do_move_last(xmlNode *e)
{
	xmlAddChild(e->parent, e);
}

static void do_move_up(xmlNode *e)
{
	if (e->parent->parent->type == XML_ELEMENT_NODE)
		xmlAddNextSibling(e->parent, e);
}

static void do_swap(xmlNode *e)
{
	xmlNode *next = xmlNextElementSibling(e);
	if (next)
		xmlAddNextSibling(next, e);
}

static void do_rename(xmlNode *e)
{
	xmlNodeSetName(e, u("renamed"));
}

static void do_rename_known(xmlNode *e)
{
	xmlNodeSetName(e, u("with"));
}

static void do_rename_title(xmlNode *e)
{
	xmlNodeSetName(e, u("title"));
}

static void do_namespace(xmlNode *e)
{
	xmlSetNs(e, xmlNewNs(e, u("urn:example:other"), u("o")));
}

static void do_empty(xmlNode *e)
{
	xmlNodeSetContent(e, NULL);
}

static void do_blank(xmlNode *e)
{
	xmlNodeSetContent(e, u(" \n\t "));
}

static void do_text(xmlNode *e)
{
	xmlAddChild(e, xmlNewText(u("text")));
}

static void do_comment(xmlNode *e)
{
	xmlAddChild(e, xmlNewComment(u(" a comment ")));
}

static void do_child(xmlNode *e)
{
	xmlNewChild(e, NULL, u("expect"), NULL);
}

static void do_attribute(xmlNode *e)
{
	xmlNewProp(e, u("unknown"), u("value"));
}

static void do_foreign_attribute(xmlNode *e)
{
	xmlNewNsProp(e, xmlNewNs(e, u("urn:example:other"), u("o")), u("id"),
	    u("value"));
}

static const struct {
	const char *name;
	void (*change)(xmlNode *e);
	bool also_root;
} changes[] = {
	{ "removed", do_remove, false },
	{ "doubled", do_double, false },
	{ "moved to the front", do_move_first, false },
	{ "moved to the end", do_move_last, false },
	{ "moved up", do_move_up, false },
	{ "swapped", do_swap, false },
	{ "renamed", do_rename, true },
	{ "renamed to 'with'", do_rename_known, true },
	{ "renamed to 'title'", do_rename_title, true },
	{ "put in another namespace", do_namespace, true },
	{ "emptied", do_empty, true },
	{ "blanked", do_blank, true },
	{ "given text", do_text, true },
	{ "given a comment", do_comment, true },
	{ "given a child", do_child, true },
	{ "given an attribute", do_attribute, true },
	{ "given a foreign attribute", do_foreign_attribute, true },
};

static void mutate_element(struct tally *t, xmlDoc *original, size_t n)
{
	for (size_t i = 0; i < COUNTOF(changes); i++) {
		if ((n == 0 && !changes[i].also_root) || !is_due(t))
			continue;
		xmlDoc *doc = xmlCopyDoc(original, 1);
		xmlNode *e = element_at(doc, n);
		if (!e)
			BUG("a copy with fewer elements");
		char name[64];
		str_copy(name, sizeof(name), (const char *)e->name);
		changes[i].change(e);
		compare(t, doc, changes[i].name, name, "");
		xmlFreeDoc(doc);
	}
}

/* ---- One change each, to the k-th attribute */

static xmlAttr *attribute_at(xmlDoc *doc, size_t n, size_t k)
{
	const xmlNode *e = element_at(doc, n);
	xmlAttr *a = e ? e->properties : NULL;
	while (a && k-- > 0)
		a = a->next;
	return a;
}

static void set_value(xmlAttr *a, const char *value)
{
	xmlSetNsProp(a->parent, a->ns, a->name, u(value));
}

static const char *const values[] = {
	"",
	" ",
	" fi ",
	"9",
	"a b",
	"archive",
	"manual",
	"xpath",
	"tls-refused",
	"no-answer",
	"accepted",
	"2xx",
	"7xx",
	"dialect:",
	"dialect:x",
	"en",
	"identity",
	"U",
	"mock",
	"1234567890",
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

static const char *const attribute_names[] = {
	"renamed",
	"id",
	"kind",
	"count",
	"matches",
	"document",
	"outcome",
};

static void mutate_attribute(
    struct tally *t, xmlDoc *original, size_t n, size_t k)
{
	const size_t first_name = 1 + COUNTOF(values);
	for (size_t i = 0; i < first_name + COUNTOF(attribute_names); i++) {
		if (!is_due(t))
			continue;
		xmlDoc *doc = xmlCopyDoc(original, 1);
		xmlAttr *a = attribute_at(doc, n, k);
		if (!a)
			BUG("a copy with fewer attributes");
		xmlNode *e = a->parent;
		char name[64], what[96] = "without";
		str_copy(name, sizeof(name), (const char *)a->name);
		bool same = false;
		if (i == 0) {
			xmlRemoveProp(a);
		} else if (i < first_name) {
			snprintf(
			    what, sizeof(what), "value '%s'", values[i - 1]);
			set_value(a, values[i - 1]);
		} else {
			const char *to = attribute_names[i - first_name];
			snprintf(what, sizeof(what), "renamed to '%s'", to);
			same = xmlHasProp(e, u(to)) != NULL;
			if (!same)
				xmlNodeSetName((xmlNode *)a, u(to));
		}
		if (!same)
			compare(t, doc, what, (const char *)e->name, name);
		xmlFreeDoc(doc);
	}
}

static void mutate(struct tally *t, const char *path)
{
	xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NONET);
	assert_non_null(doc);
	compare(t, doc, "unchanged", path, "");
	assert_int_equal(t->refused, 0);
	size_t before = t->mutants;
	for (size_t n = 0; element_at(doc, n); n++) {
		mutate_element(t, doc, n);
		for (size_t k = 0; attribute_at(doc, n, k); k++)
			mutate_attribute(t, doc, n, k);
	}
	print_message("%s: %zu mutants, %zu refused by the table\n", path,
	    t->mutants - before, t->refused);
	t->refused = 0;
	xmlFreeDoc(doc);
}

/* ---- Which cases */

static struct {
	VEC(char *);
} shipped;

static int take(
    const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	struct err none = { 0 };
	if (type != FTW_F || !str_ends(path, ".xml"))
		return 0;
	struct xml_doc *doc = xml_read_file(path, LIMIT_CASE_FILE, &none);
	if (doc && xml_is(xml_root(doc), CASE_NS, "case"))
		*VEC_PUSH(&shipped) = xstrdup(path);
	xml_free(doc);
	return 0;
}

static xmlRelaxNG *read_grammar(void)
{
	xmlRelaxNGParserCtxt *ctx = xmlRelaxNGNewParserCtxt(GRAMMAR);
	xmlRelaxNG *grammar = xmlRelaxNGParse(ctx);
	xmlRelaxNGFreeParserCtxt(ctx);
	assert_non_null(grammar);
	return grammar;
}

static void test_sample(void **state)
{
	(void)state;
	struct tally t = { .grammar = read_grammar(), .step = 1 };
	mutate(&t, SAMPLE);
	assert_true(t.mutants >= LEAST);
	assert_int_equal(t.disagreements, 0);
	xmlRelaxNGFree(t.grammar);
}

static void test_shipped(void **state)
{
	(void)state;
	struct tally t = { .grammar = read_grammar(), .step = SAMPLE_STEP };
	nftw("cases", take, 16, FTW_PHYS);
	for (size_t i = 0; i < shipped.count; i++) {
		mutate(&t, shipped.at[i]);
		free(shipped.at[i]);
	}
	assert_int_equal(t.disagreements, 0);
	VEC_RELEASE(&shipped);
	xmlRelaxNGFree(t.grammar);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_shipped),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/index.h"

#include "base/buf.h"
#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define TEXT                                   \
 "<a xmlns='urn:t' n='1'>x<b n='2'><a n='3'/>" \
 "<a n='4' xmlns=''><b n='5'/></a></b><!-- <b/> --><b n='6'/></a>"

static void add_n(void *ctx, const xmlNode *node)
{
	buf_adds(ctx, xml_attr(node, "n"));
}

static void expect(const struct xml_index *index, const char *uri,
    const char *name, const char *want)
{
	struct buf found = BUF_INIT(LIMIT_KIB(1));
	xml_index_find(index, uri, name, add_n, &found);
	assert_string_equal(found.ptr ? found.ptr : "", want);
	buf_release(&found);
}

static void expect_all(const struct xml_doc *doc)
{
	struct xml_index *index = xml_index_new(doc);
	expect(index, "urn:t", "a", "13");
	expect(index, "urn:t", "b", "26");
	expect(index, "", "b", "5");
	expect(index, "", "a", "4");
	expect(index, "urn:u", "a", "");
	expect(index, "urn:t", "never", "");
	expect(index, "", "", "");
	xml_index_free(index);
}

static void test_names(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(TEXT, strlen(TEXT), "it", &err);
	assert_non_null(doc);
	expect_all(doc);
	xml_free(doc);
}

/* A name that is not of the parser's dictionary is found all the same. */
static void test_foreign_name(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(TEXT, strlen(TEXT), "it", &err);
	assert_non_null(doc);
	xmlNode *last = xml_next(xml_first(xml_root(doc)));
	const xmlChar *known = last->name;
	xmlChar own[] = "b";
	last->name = own;
	expect_all(doc);
	last->name = known;
	xml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_foreign_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

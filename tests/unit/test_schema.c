/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schema.h"

#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* XML Schema: what is loaded, what is not, and what validation tells. */

#define XS(body)                                           \
 "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' " \
 "xmlns='urn:t' targetNamespace='urn:t' "                  \
 "elementFormDefault='qualified' version='7'>" body "</xs:schema>"

static void refused(const char *text, enum err_kind kind, const char *word)
{
	struct err err = { 0 };
	char *path = folder_put("main.xsd", text);
	assert_null(xml_schema_load(path, &err));
	assert_int_equal(err.kind, kind);
	if (!strstr(err.msg, word))
		fail_msg("'%s' does not say '%s'", err.msg, word);
	free(path);
}

static void test_what_is_no_schema(void **state)
{
	(void)state;
	refused("<a", ERR_XML, "well-formed");
	refused("<a/>", ERR_CASE, "no XML Schema");
	refused(XS("<xs:element name='a' type='b'/>"), ERR_CASE, "b");
	struct err err = { 0 };
	assert_null(xml_schema_load("/nowhere/at/all.xsd", &err));
	assert_int_equal(err.kind, ERR_IO);
}

/* Beside and below: yes. Above, elsewhere, by a link, by network: no. */
static void test_includes(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *other = folder_put("other.xsd", XS("<xs:element name='a'/>"));
	char *path = folder_put(
	    "main.xsd", XS("<xs:include schemaLocation='other.xsd'/>"));
	struct xml_schema *s = xml_schema_load(path, &err);
	if (!s)
		fail_msg("%s", err.msg);
	assert_int_equal(xml_schema_file_count(s), 2);
	assert_string_equal(xml_schema_version(s), "7");
	xml_schema_free(s);
	free(path);
	free(other);
	refused(XS("<xs:include schemaLocation='/etc/passwd'/>"), ERR_CASE,
	    "not in its folder");
	refused(XS("<xs:include schemaLocation='../../etc/passwd'/>"), ERR_CASE,
	    "not in its folder");
	refused(XS("<xs:include schemaLocation='http://127.0.0.1:9/x.xsd'/>"),
	    ERR_CASE, "not in its folder");
	char *link = path_join(folder, "link.xsd");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	refused(XS("<xs:include schemaLocation='link.xsd'/>"), ERR_CASE,
	    "not in its folder");
	free(link);
}

struct told {
	size_t count;
	unsigned line;
	char attribute[16];
};

static void tell(void *ctx, const struct xml_invalid *fault)
{
	struct told *t = ctx;
	t->count++;
	t->line = xml_line(fault->node);
	str_copy(t->attribute, sizeof(t->attribute),
	    fault->attribute ? fault->attribute : "");
}

static struct told validate(const char *text)
{
	struct err err = { 0 };
	struct told t = { .count = 0 };
	char *path = folder_put("main.xsd",
	    XS("<xs:element name='a'><xs:complexType><xs:sequence>"
	       "<xs:element name='b' minOccurs='0'><xs:complexType>"
	       "<xs:attribute name='n' type='xs:int'/></xs:complexType>"
	       "</xs:element></xs:sequence></xs:complexType></xs:element>"));
	struct xml_schema *s = xml_schema_load(path, &err);
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!s || !doc)
		fail_msg("%s", err.msg);
	struct xml_validator *v = xml_validator_new(s);
	/* twice: a validator is used again for the next file */
	for (int i = 0; i < 2; i++) {
		t.count = 0;
		int rc = xml_validate(v, xml_root(doc), tell, &t, &err);
		assert_int_equal(rc, t.count > 0);
	}
	xml_validator_free(v);
	xml_free(doc);
	xml_schema_free(s);
	free(path);
	return t;
}

static void test_validation(void **state)
{
	(void)state;
	assert_int_equal(validate("<a xmlns='urn:t'/>").count, 0);
	assert_int_equal(validate("<a xmlns='urn:t'><b n='1'/></a>").count, 0);
	struct told t = validate("<a xmlns='urn:t'>\n<c/></a>");
	assert_int_equal(t.count, 1);
	assert_int_equal(t.line, 2);
	t = validate("<a xmlns='urn:t'>\n\n<b n='x'/></a>");
	assert_int_equal(t.count, 1);
	assert_int_equal(t.line, 3);
	assert_string_equal(t.attribute, "n");
	assert_int_equal(validate("<z xmlns='urn:t'/>").count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_schema),
		cmocka_unit_test(test_includes),
		cmocka_unit_test(test_validation),
	};
	return cmocka_run_group_tests(tests, folder_begin, folder_end);
}

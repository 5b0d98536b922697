/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of the elements of a document for telling people: order and
 * number of children (kanta/classes.h), and the fields of the header
 * (kanta/header.h). Documents that the schema takes must agree with it.
 */
#include "kanta/classes.h"

#include "base/limits.h"
#include "kanta/header.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the four above first */
#include <cmocka.h>

#define CLEAN "fixtures/clean"

static void check_order(const xmlNode *element, const struct cda_class *class)
{
	size_t rank = 0;
	const char *before = "";
	XML_EACH_CHILD (n, element) {
		struct cda_child child;
		const char *name = (const char *)n->name;
		if (!cda_class_child(class, name, &child))
			fail_msg("%s knows no %s", class->name, name);
		if (child.rank < rank)
			fail_msg("%s: %s behind %s", class->name, name, before);
		if (child.rank == rank && !child.repeats)
			fail_msg("%s: %s twice", class->name, name);
		rank = child.rank;
		before = name;
	}
}

static void check_required(
    const xmlNode *element, const struct cda_class *class)
{
	const char *at = class->children;
	struct cda_child child = { .rank = 0 };
	while (cda_class_next(&at, &child))
		if (child.required && !xml_child(element, NULL, child.name))
			fail_msg("%s without %s", class->name, child.name);
	/* the whole row was understood */
	assert_int_equal(*(at + strspn(at, " ")), '\0');
}

static size_t walk(const xmlNode *element)
{
	const struct cda_class *class = cda_class_of(element);
	size_t known = class != NULL;
	if (class) {
		check_order(element, class);
		check_required(element, class);
	}
	XML_EACH_CHILD (n, element)
		known += walk(n);
	return known;
}

static void test_clean_documents_agree(void **state)
{
	DIR *dir = opendir(CLEAN);
	size_t known = 0;
	(void)state;
	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));) {
		struct err err = { 0 };
		char path[512];
		if (!strstr(e->d_name, ".xml"))
			continue;
		snprintf(path, sizeof(path), CLEAN "/%s", e->d_name);
		struct xml_doc *doc = xml_read_file(path, LIMIT_DOCUMENT, &err);
		assert_non_null(doc);
		known += walk(xml_root(doc));
		xml_free(doc);
	}
	closedir(dir);
	assert_true(known > 200);
}

/* ---- The fields of the header */

static const char document[] =
    "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:f='urn:hl7finland'>"
    "<title/>"
    "<recordTarget><patientRole><id/><patient><name><given/></name></patient>"
    "</patientRole></recordTarget>"
    "<participant typeCode='SBJ'><associatedEntity/></participant>"
    "<f:localHeader><f:recordStatus/></f:localHeader>"
    "<component><structuredBody/></component></ClinicalDocument>";

static void expect_field(const struct xml_doc *doc, const char *ns,
    const char *path, const char *child, const char *number)
{
	xmlNode *node =
	    *path ? xml_down(xml_root(doc), ns, path) : xml_root(doc);
	assert_non_null(node);
	const struct header_field *f = header_field_of(node, child);
	if (!number && f)
		fail_msg("%s is field %s", path, f->number);
	if (number && (!f || !streq(f->number, number)))
		fail_msg("%s/%s is field %s, not %s", path, child ? child : "",
		    f ? f->number : "-", number);
}

static void test_header_fields(void **state)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(document, strlen(document), "it", &err);
	(void)state;
	assert_non_null(doc);
	expect_field(doc, XMLNS_V3, "title", NULL, "2.2.06");
	expect_field(doc, XMLNS_V3, "", "effectiveTime", "2.2.07");
	expect_field(doc, XMLNS_V3, "", NULL, NULL);
	/* the narrowest that is known */
	expect_field(doc, XMLNS_V3, "recordTarget/patientRole", NULL, "2.2.13");
	expect_field(
	    doc, XMLNS_V3, "recordTarget/patientRole/id", NULL, "2.2.13.1");
	expect_field(doc, XMLNS_V3, "recordTarget/patientRole/patient/name",
	    "given", "2.2.13.2");
	/* by type */
	expect_field(doc, XMLNS_V3, "participant", NULL, "2.2.21.2");
	expect_field(doc, XMLNS_V3, "", "participant", NULL);
	expect_field(
	    doc, XMLNS_HL7FI, "localHeader/recordStatus", NULL, "2.4.13");
	/* a longer name is another element */
	expect_field(doc, XMLNS_V3, "", "idea", NULL);
	expect_field(doc, XMLNS_V3, "component/structuredBody", NULL, NULL);
	xml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_documents_agree),
		cmocka_unit_test(test_header_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/c14n.h"

#include "base/limits.h"
#include "base/str.h"
#include "corpus.h"
#include "cputime.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static struct xml_doc *parse(const char *s)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(s, strlen(s), "it", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	return doc;
}

static void digest_of(
    const struct xml_doc *doc, const xmlNode *node, char hex[65])
{
	struct err err = { 0 };
	uint8_t digest[32];
	if (xml_c14n_digest(doc, node, digest, &err) < 0)
		fail_msg("%s", err.msg);
	str_hex(hex, digest, sizeof(digest));
}

static void assert_canonical(
    const struct xml_doc *doc, const xmlNode *node, const char *form)
{
	char found[65], wanted[65];
	uint8_t digest[32];
	digest_of(doc, node, found);
	assert_int_equal(
	    EVP_Digest(form, strlen(form), digest, NULL, EVP_sha256(), NULL),
	    1);
	str_hex(wanted, digest, sizeof(digest));
	if (!streq(found, wanted))
		fail_msg("not the digest of %s", form);
}

static void forms(void **state)
{
	(void)state;
	static const struct {
		const char *text, *path, *form;
	} rows[] = {
		{ "<?xml version='1.0'?>\n<!-- c --><a  b = 'x' ></a >\n", "",
		    "<a b=\"x\"></a>" },
		{ "<a c='2' b='&#10;&quot;&lt;'>t<!-- c -->&gt;<![CDATA[&]]>"
		  "&#13;</a>",
		    "",
		    "<a b=\"&#xA;&quot;&lt;\" c=\"2\">t&gt;&amp;&#xD;</a>" },
		/* only what is used is declared, and where it is used */
		{ "<p:a xmlns:p='urn:1' xmlns:q='urn:2' xmlns='urn:3'><b><q:c/></b></p:a>",
		    "",
		    "<p:a xmlns:p=\"urn:1\"><b xmlns=\"urn:3\">"
		    "<q:c xmlns:q=\"urn:2\"></q:c></b></p:a>" },
		/* a subtree takes along what stands above it, no siblings */
		{ "<p:a xmlns:p='urn:1' xmlns:q='urn:2' xml:lang='fi'>s<b q:x=''>"
		  "<p:c/>\n</b><d/>t</p:a>",
		    "b",
		    "<b xmlns:q=\"urn:2\" q:x=\"\"><p:c xmlns:p=\"urn:1\"></p:c>\n"
		    "</b>" },
		{ "<a xmlns='urn:u'><b><c xmlns=''/></b></a>", "b",
		    "<b xmlns=\"urn:u\"><c xmlns=\"\"></c></b>" },
		{ "<a xmlns='urn:u'><b xmlns=''><c/></b></a>", "b/c",
		    "<c></c>" },
		{ "<a><?pi  x ?><b><?pi?></b></a>", "",
		    "<a><?pi x ?><b><?pi?></b></a>" },
		{ "<a>\xC3\xA4&#228;</a>", "", "<a>\xC3\xA4\xC3\xA4</a>" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct xml_doc *doc = parse(rows[i].text);
		xmlNode *node =
		    *rows[i].path ? xml_down(xml_root(doc), NULL, rows[i].path)
				  : xml_root(doc);
		assert_non_null(node);
		assert_canonical(doc, node, rows[i].form);
		/* and nothing was changed by looking */
		assert_canonical(doc, node, rows[i].form);
		xml_free(doc);
	}
}

static void equal_and_unequal(void **state)
{
	(void)state;
	struct xml_doc *a = parse("<a xmlns:p='urn:u'><p:b y='1' x='2'/></a>");
	struct xml_doc *b =
	    parse("<a><p:b  x=\"2\"\ny='1' xmlns:p='urn:u'></p:b"
		  "></a>");
	struct xml_doc *c = parse("<a><q:b x='2' y='1' xmlns:q='urn:u'/></a>");
	char da[65], db[65], dc[65];
	digest_of(a, xml_root(a), da);
	digest_of(b, xml_root(b), db);
	digest_of(c, xml_root(c), dc);
	assert_string_equal(da, db);
	assert_string_not_equal(da, dc);
	xml_free(a);
	xml_free(b);
	xml_free(c);
}

static void relative_namespace(void **state)
{
	(void)state;
	struct err err = { 0 };
	uint8_t digest[32];
	struct xml_doc *doc = parse("<a>\n<b xmlns='../x'/></a>");
	assert_int_equal(xml_c14n_digest(doc, xml_root(doc), digest, &err), -1);
	assert_int_equal(err.kind, ERR_XML);
	assert_string_equal(err.msg,
	    "cannot canonicalise 'a': a namespace in it is a relative "
	    "reference");
	xml_free(doc);
}

/* The signed parts of many small elements: no work for the rest each time. */
static void many_subtrees(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(LIMIT_MIB(64));
	buf_adds(&b, "<a>");
	for (unsigned i = 0; i < 30000; i++)
		buf_addf(&b, "<b><c>%u</c></b>", i);
	buf_adds(&b, "</a>");
	struct xml_doc *doc = parse(b.ptr);
	int64_t from = cputime();
	XML_EACH_CHILD (node, xml_root(doc)) {
		char hex[65];
		digest_of(doc, node, hex);
	}
	assert_true(cputime() - from < 20000000);
	xml_free(doc);
	buf_release(&b);
}

static const xmlNode *with_id(const xmlNode *node, const char *id)
{
	const char *own = xml_attr(node, "ID");
	if (own && streq(own, id))
		return node;
	XML_EACH_CHILD (child, node) {
		const xmlNode *found = with_id(child, id);
		if (found)
			return found;
	}
	return NULL;
}

/* A signature made by a real system of 2017. */
static void real_signature(void **state)
{
	(void)state;
	char *path = corpus_path(HUS_DOCUMENT);
	if (!path)
		return;
	struct err err = { 0 };
	struct xml_doc *doc = xml_read_file(path, LIMIT_DOCUMENT, &err);
	assert_non_null(doc);
	const xmlNode *node = with_id(
	    xml_root(doc), "OID1.2.246.537.10.15675350.10.1.11220.19098.0");
	assert_non_null(node);
	uint8_t digest[32];
	char base64[64];
	assert_int_equal(xml_c14n_digest(doc, node, digest, &err), 0);
	EVP_EncodeBlock((unsigned char *)base64, digest, sizeof(digest));
	assert_string_equal(
	    base64, "uoi1YZDmmyPtuJVsrCr/aef5QcOIljxQ29s6MU+t9oc=");
	xml_free(doc);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(equal_and_unequal),
		cmocka_unit_test(relative_namespace),
		cmocka_unit_test(many_subtrees),
		cmocka_unit_test(real_signature),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/addressing.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define WSA10 "http://www.w3.org/2005/08/addressing"
#define WSA04 "http://schemas.xmlsoap.org/ws/2004/08/addressing"

/* A header with these blocks, read; the document is the caller's. */
static struct xml_doc *read_header(
    const char *ns, const char *blocks, struct addressing *a)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));
	struct err err = { 0 };

	buf_addf(&text, "<h xmlns:w='%s'>%s</h>", ns, blocks);
	struct xml_doc *doc = xml_parse(text.ptr, text.len, "a test", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	addressing_read(a, xml_root(doc));
	buf_release(&text);
	return doc;
}

static void echoes_both_versions(void **state)
{
	(void)state;
	static const struct {
		const char *ns, *anonymous;
	} rows[] = {
		{ WSA10, WSA10 "/anonymous" },
		{ WSA04, WSA04 "/role/anonymous" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct addressing a;
		struct buf b = BUF_INIT(LIMIT_KIB(8));
		char expected[512];
		struct xml_doc *doc = read_header(rows[i].ns,
		    "<x/><w:MessageID> urn:a&amp;b\n</w:MessageID>"
		    "<w:Action>urn:do</w:Action>",
		    &a);
		assert_string_equal(a.ns, rows[i].ns);
		assert_string_equal(a.action, "urn:do");
		assert_false(a.elsewhere);
		addressing_write(&b, &a, "urn:done", "urn:oid:1.2");
		snprintf(expected, sizeof(expected),
		    "<wsa:RelatesTo xmlns:wsa=\"%s\">urn:a&amp;b<", rows[i].ns);
		assert_non_null(strstr(b.ptr, expected));
		snprintf(expected, sizeof(expected), ">%s</wsa:To>",
		    rows[i].anonymous);
		assert_non_null(strstr(b.ptr, expected));
		assert_non_null(strstr(b.ptr, ">urn:done</wsa:Action>"));
		assert_non_null(strstr(b.ptr, ">urn:oid:1.2</wsa:MessageID>"));
		buf_release(&b);
		addressing_release(&a);
		xml_free(doc);
	}
}

static void notices_another_place(void **state)
{
	(void)state;
	struct addressing a;
	struct buf b = BUF_INIT(LIMIT_KIB(8));
	struct xml_doc *doc = read_header(WSA10,
	    "<w:ReplyTo><w:Address>https://x/y</w:Address></w:ReplyTo>", &a);

	assert_true(a.elsewhere);
	addressing_write(&b, &a, "urn:done", "urn:oid:1.2");
	assert_non_null(strstr(b.ptr, ">https://x/y</wsa:To>"));
	assert_null(strstr(b.ptr, "RelatesTo"));
	buf_release(&b);
	addressing_release(&a);
	xml_free(doc);
	doc = read_header(WSA10,
	    "<w:ReplyTo><w:Address>" WSA10 "/anonymous</w:Address></w:ReplyTo>",
	    &a);
	assert_false(a.elsewhere);
	addressing_release(&a);
	xml_free(doc);
}

static void says_nothing_unasked(void **state)
{
	(void)state;
	struct addressing a;
	struct buf b = BUF_INIT(LIMIT_KIB(8));
	struct xml_doc *doc =
	    read_header("urn:other", "<w:MessageID>urn:a</w:MessageID>", &a);

	assert_null(a.ns);
	addressing_write(&b, &a, "urn:done", "urn:oid:1.2");
	assert_int_equal(b.len, 0);
	assert_string_equal(addressing_fault_action(&a), "");
	addressing_release(&a);
	xml_free(doc);
	addressing_read(&a, NULL);
	assert_null(a.ns);
}

static void cuts_long_texts(void **state)
{
	(void)state;
	struct addressing a;
	struct buf text = BUF_INIT(LIMIT_KIB(8));

	buf_adds(&text, "<w:MessageID>");
	for (size_t i = 0; i < LIMIT_HEADER_TEXT + 10; i++)
		buf_addc(&text, 'x');
	buf_adds(&text, "</w:MessageID>");
	struct xml_doc *doc = read_header(WSA10, text.ptr, &a);
	assert_int_equal(strlen(a.message_id), LIMIT_HEADER_TEXT);
	addressing_release(&a);
	xml_free(doc);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echoes_both_versions),
		cmocka_unit_test(notices_another_place),
		cmocka_unit_test(says_nothing_unasked),
		cmocka_unit_test(cuts_long_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

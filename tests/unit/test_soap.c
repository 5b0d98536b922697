/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/soap.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define OPEN  "<s:Envelope xmlns:s=\"" XMLNS_SOAP11 "\">"
#define CLOSE "</s:Envelope>"

static struct xml_doc *load(const char *text)
{
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_parse(text, strlen(text), "a test", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	return doc;
}

static void expect_payload(
    const char *text, enum envelope envelope, const char *name)
{
	struct xml_doc *doc = load(text);
	struct soap s;
	struct err err = { .kind = ERR_NONE };
	if (soap_read(&s, doc, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(s.envelope, envelope);
	assert_false(s.is_fault);
	assert_string_equal((const char *)s.payload->name, name);
	soap_release(&s);
	xml_free(doc);
}

static void expect_error(const char *text, const char *part_of_message)
{
	struct xml_doc *doc = load(text);
	struct soap s;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(soap_read(&s, doc, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	if (!strstr(err.msg, part_of_message))
		fail_msg("'%s' does not say '%s'", err.msg, part_of_message);
	soap_release(&s);
	xml_free(doc);
}

static void test_payload(void **state)
{
	(void)state;
	expect_payload("<a/>", ENVELOPE_BARE, "a");
	expect_payload(
	    OPEN "<s:Body><a/></s:Body>" CLOSE, ENVELOPE_SOAP11, "a");
	expect_payload(OPEN "\n<s:Header><x/></s:Header>\n<s:Body>\n"
			    "<!-- c --><a/></s:Body>" CLOSE,
	    ENVELOPE_SOAP11, "a");
	/* an Envelope of another namespace is a message like any other */
	expect_payload("<Envelope/>", ENVELOPE_BARE, "Envelope");
}

static void test_refuse(void **state)
{
	(void)state;
	expect_error(OPEN CLOSE, "no Body");
	expect_error(OPEN "<s:Body/>" CLOSE, "empty");
	expect_error(OPEN "<s:Body>text</s:Body>" CLOSE, "empty");
	expect_error(OPEN "<s:Body><a/><b/></s:Body>" CLOSE, "'b' behind 'a'");
	expect_error(
	    OPEN "<s:Body><a/></s:Body><s:Body><a/></s:Body>" CLOSE, "'Body'");
	expect_error(OPEN "<s:Body><a/></s:Body><s:Header/>" CLOSE, "'Header'");
	expect_error(OPEN "<Body><a/></Body>" CLOSE, "'Body'");
	expect_error("<s:Envelope xmlns:s=\"" XMLNS_SOAP12
		     "\"><s:Body><a/></s:Body></s:Envelope>",
	    "SOAP 1.2");
}

static void read_fault(const char *text, struct soap *s)
{
	struct xml_doc *doc = load(text);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(soap_read(s, doc, &err), 0);
	assert_true(s->is_fault);
	assert_null(s->payload);
	xml_free(doc);
}

static void test_fault(void **state)
{
	(void)state;
	struct soap s;
	struct buf b = BUF_INIT(LIMIT_KIB(8));
	soap_write_fault(&b, "Client", "bad <xml>", "line 1 & 2");
	read_fault(b.ptr, &s);
	assert_string_equal(s.fault.code, "soap:Client");
	assert_string_equal(s.fault.reason, "bad <xml>");
	assert_string_equal(s.fault.detail, "line 1 & 2");
	soap_release(&s);
	buf_clear(&b);

	soap_write_fault(&b, "Server", "x", NULL);
	read_fault(b.ptr, &s);
	assert_string_equal(s.fault.detail, "");
	soap_release(&s);
	buf_release(&b);

	read_fault(OPEN "<s:Body><s:Fault/></s:Body>" CLOSE, &s);
	assert_string_equal(s.fault.code, "");
	assert_string_equal(s.fault.reason, "");
	soap_release(&s);
}

static void test_write(void **state)
{
	(void)state;
	static const enum envelope both[] = { ENVELOPE_BARE, ENVELOPE_SOAP11 };
	for (size_t i = 0; i < COUNTOF(both); i++) {
		struct buf b = BUF_INIT(LIMIT_KIB(8));
		soap_open(&b, both[i]);
		buf_adds(&b, "<a/>");
		soap_close(&b, both[i]);
		expect_payload(b.ptr, both[i], "a");
		assert_non_null(envelope_media_type(both[i]));
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

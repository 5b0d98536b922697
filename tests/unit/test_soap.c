/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/soap.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define OPEN	"<s:Envelope xmlns:s=\"" XMLNS_SOAP11 "\">"
#define OPEN_12 "<s:Envelope xmlns:s=\"" XMLNS_SOAP12 "\">"
#define CLOSE	"</s:Envelope>"

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
	expect_payload(OPEN_12 "<s:Header/><s:Body><a/></s:Body>" CLOSE,
	    ENVELOPE_SOAP12, "a");
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
	expect_error(OPEN_12 "<s:Body/>" CLOSE, "empty");
	expect_error(OPEN_12 "<Body xmlns=\"" XMLNS_SOAP11 "\"/>" CLOSE, "1.2");
}

static void test_unknown_version(void **state)
{
	(void)state;
	static const char *const texts[] = { "<Envelope/>",
		"<e:Envelope xmlns:e=\"http://www.w3.org/2001/12/soap-envelope\">"
		"<e:Body><a/></e:Body></e:Envelope>" };
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		struct xml_doc *doc = load(texts[i]);
		struct soap s;
		struct err err = { .kind = ERR_NONE };
		assert_int_equal(soap_read(&s, doc, &err), -1);
		assert_int_equal(s.wrong, SOAP_VERSION_MISMATCH);
		assert_non_null(strstr(err.hint, XMLNS_SOAP12));
		xml_free(doc);
	}
}

static void test_codes(void **state)
{
	(void)state;
	assert_int_equal(soap_code_find("soap:Client"), SOAP_SENDER);
	assert_int_equal(soap_code_find("Client.Authentication"), SOAP_SENDER);
	assert_int_equal(soap_code_find("env:Sender"), SOAP_SENDER);
	assert_int_equal(soap_code_find("Receiver"), SOAP_RECEIVER);
	assert_int_equal(
	    soap_code_find("x:MustUnderstand"), SOAP_MUST_UNDERSTAND);
	assert_int_equal(soap_code_find("x:Clients"), -1);
	assert_int_equal(soap_code_find(""), -1);
	assert_string_equal(
	    soap_code_name(SOAP_RECEIVER, ENVELOPE_SOAP12), "Receiver");
	assert_string_equal(
	    soap_code_name(SOAP_RECEIVER, ENVELOPE_BARE), "Server");
}

/* Which header blocks are for us, and must be understood. */
static void test_must_understand(void **state)
{
	(void)state;
	static const struct {
		const char *open, *attributes;
		enum envelope envelope;
		bool must;
	} rows[] = {
		{ OPEN, "", ENVELOPE_SOAP11, false },
		{ OPEN, "s:mustUnderstand='0'", ENVELOPE_SOAP11, false },
		{ OPEN, "mustUnderstand='1'", ENVELOPE_SOAP11, false },
		{ OPEN, "s:mustUnderstand='1'", ENVELOPE_SOAP11, true },
		{ OPEN, "s:mustUnderstand='1' s:actor='urn:other'",
		    ENVELOPE_SOAP11, false },
		{ OPEN,
		    "s:mustUnderstand='1' s:actor='"
		    "http://schemas.xmlsoap.org/soap/actor/next'",
		    ENVELOPE_SOAP11, true },
		{ OPEN_12, "s:mustUnderstand='true'", ENVELOPE_SOAP12, true },
		{ OPEN_12,
		    "s:mustUnderstand='1' s:role='" XMLNS_SOAP12 "/role/none'",
		    ENVELOPE_SOAP12, false },
		{ OPEN_12,
		    "s:mustUnderstand='1' s:role='" XMLNS_SOAP12
		    "/role/ultimateReceiver'",
		    ENVELOPE_SOAP12, true },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char text[512];
		snprintf(text, sizeof(text),
		    "%s<s:Header><b %s/></s:Header><s:Body><a/></s:Body>" CLOSE,
		    rows[i].open, rows[i].attributes);
		struct xml_doc *doc = load(text);
		struct soap s;
		struct err err = { .kind = ERR_NONE };
		assert_int_equal(soap_read(&s, doc, &err), 0);
		assert_int_equal(
		    soap_must_understand(xml_first(s.header), rows[i].envelope),
		    rows[i].must);
		soap_release(&s);
		xml_free(doc);
	}
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
	static const struct {
		enum envelope asked, answered;
		const char *code;
	} rows[] = {
		{ ENVELOPE_BARE, ENVELOPE_SOAP11, "soap:Client" },
		{ ENVELOPE_SOAP11, ENVELOPE_SOAP11, "soap:Client" },
		{ ENVELOPE_SOAP12, ENVELOPE_SOAP12, "soap:Sender" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct soap_fault_draft draft = {
			.envelope = rows[i].asked,
			.code = SOAP_SENDER,
			.reason = { "bad <xml>", "the other" },
			.detail = "line 1 & 2",
			.header = "<x/>",
		};
		soap_write_fault(&b, &draft);
		read_fault(b.ptr, &s);
		assert_int_equal(s.envelope, rows[i].answered);
		assert_string_equal(s.fault.code, rows[i].code);
		assert_string_equal(s.fault.reason, "bad <xml>");
		assert_string_equal(s.fault.detail, "line 1 & 2");
		soap_release(&s);
		buf_clear(&b);

		draft.detail = NULL;
		soap_write_fault(&b, &draft);
		read_fault(b.ptr, &s);
		assert_string_equal(s.fault.detail, "");
		soap_release(&s);
		buf_clear(&b);
	}
	buf_release(&b);

	read_fault(OPEN "<s:Body><s:Fault/></s:Body>" CLOSE, &s);
	assert_string_equal(s.fault.code, "");
	assert_string_equal(s.fault.reason, "");
	soap_release(&s);
}

static void test_write(void **state)
{
	(void)state;
	static const enum envelope each[] = { ENVELOPE_BARE, ENVELOPE_SOAP11,
		ENVELOPE_SOAP12 };
	for (size_t i = 0; i < COUNTOF(each); i++) {
		struct buf b = BUF_INIT(LIMIT_KIB(8));
		soap_open(&b, each[i]);
		buf_adds(&b, "<a/>");
		soap_close(&b, each[i]);
		expect_payload(b.ptr, each[i], "a");
		assert_non_null(envelope_media_type(each[i]));
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_unknown_version),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_must_understand),
		cmocka_unit_test(test_fault),
		cmocka_unit_test(test_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

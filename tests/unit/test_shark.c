/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/shark.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the three above first */
#include <cmocka.h>

/* The request to the validation service, and what its answers mean. */

static const char frame[] =
    "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n"
    "<m xmlns=\"urn:hl7-org:v3\"><controlActProcess>\r\n"
    "<reasonCode code=\"1\" codeSystem=\"1.2.246.537.6.1289.201901\"/>"
    "<reasonCode code=\"SP17\" codeSystem=\"1.2.246.537.6.1503.201601\"/>"
    "<text>\xe4</text></controlActProcess></m>\r\n";
static const char document[] =
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\r</ClinicalDocument>";

static int write(struct buf *to, const char *text, struct err *err)
{
	const struct shark_draft draft = {
		.frame = text,
		.frame_len = strlen(text),
		.frame_name = "frame.xml",
		.document = document,
		.document_len = strlen(document),
		.document_name = "document.xml",
		.message_id = "an-id",
	};
	return shark_write(to, &draft, err);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	while ((text = strstr(text, what))) {
		n++;
		text++;
	}
	return n;
}

static void test_request(void **state)
{
	(void)state;
	struct buf to = BUF_INIT(LIMIT_MIB(1));
	struct err err = { 0 };
	struct shark_request r;
	assert_int_equal(write(&to, frame, &err), 0);
	assert_int_equal(shark_read_request(&r, to.ptr, to.len, &err), 0);
	assert_string_equal(r.field[SHARK_MESSAGE_ID], "an-id");
	assert_string_equal(r.field[SHARK_SERVICE], "SP17");
	assert_string_equal(r.field[SHARK_LEVEL], "1");
	for (int i = SHARK_FRAME; i <= SHARK_DOCUMENT; i++) {
		assert_int_equal(count(r.field[i], "<?xml"), 1);
		assert_true(str_starts(
		    r.field[i], "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
		assert_null(strchr(r.field[i], '\r'));
	}
	assert_non_null(strstr(r.field[SHARK_FRAME], "\xc3\xa4"));
	shark_request_release(&r);
	buf_release(&to);
}

static void test_frame_without_service_request(void **state)
{
	(void)state;
	struct buf to = BUF_INIT(LIMIT_MIB(1));
	struct err err = { 0 };
	assert_int_equal(write(&to, document, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	buf_release(&to);
}

static void test_no_request(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "[]", "{}", "{\"level\":\"1\"}",
		"{\"messageId\":1,\"palveluPyynto\":\"\",\"level\":\"1\","
		"\"siirtokehysXml\":\"\",\"asiakirjaXml\":\"\"}" };
	for (size_t i = 0; i < COUNTOF(bad); i++) {
		struct shark_request r;
		struct err err = { 0 };
		assert_int_equal(
		    shark_read_request(&r, bad[i], strlen(bad[i]), &err), -1);
		assert_int_equal(err.kind, ERR_KANTA);
	}
}

static void expect(int status, const char *body, enum shark_outcome outcome,
    size_t items, const char *support, const char *code)
{
	struct shark_answer a;
	shark_read_answer(&a, status, body, strlen(body));
	assert_int_equal(a.outcome, outcome);
	assert_int_equal(a.items.count, items);
	assert_string_equal(a.support_id, support);
	assert_string_equal(a.code, code);
	shark_answer_release(&a);
}

static void test_answers(void **state)
{
	(void)state;
	static const char block[] =
	    "<html><title>Request Rejected</title>The requested URL was "
	    "rejected.<br>Your support ID is: 1234567890<br></html>";
	expect(200, "", SHARK_VALID, 0, "", "");
	expect(200, " \r\n", SHARK_VALID, 0, "", "");
	expect(204, "", SHARK_STRANGE, 0, "", "");
	expect(500, "", SHARK_STRANGE, 0, "", "");
	expect(200, "{\"description\":\"1: x\"}", SHARK_STRANGE, 0, "", "");
	expect(200, block, SHARK_BLOCKED, 0, "1234567890", "");
	expect(403, block, SHARK_BLOCKED, 0, "1234567890", "");
	expect(400, "{\"description\":\"1: a;2: b; 3: c\"}", SHARK_FOUND, 3, "",
	    "");
	expect(400,
	    "{\"code\":\"E7\",\"description\":\"1: a; with more;2: b\"}",
	    SHARK_FOUND, 2, "", "E7");
	expect(400, "{\"code\":7,\"description\":\"a;b\"}", SHARK_FOUND, 2, "",
	    "7");
	expect(400, "not json", SHARK_STRANGE, 0, "", "");
	expect(400, "{\"description\":\"\"}", SHARK_STRANGE, 0, "", "");
}

static void test_items(void **state)
{
	(void)state;
	static const char body[] =
	    "{\"description\":\"1: first; second half;\\n 2:  next \"}";
	struct shark_answer a;
	shark_read_answer(&a, 400, body, strlen(body));
	assert_int_equal(a.items.count, 2);
	assert_string_equal(a.items.at[0], "first; second half");
	assert_string_equal(a.items.at[1], "next");
	shark_answer_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_frame_without_service_request),
		cmocka_unit_test(test_no_request),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_items),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault.h"

#include "base/limits.h"
#include "base/str.h"
#include "mock/raw.h"
#include "mock/receive.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>

static int parse(struct fault_list *list, const char *word, struct err *err)
{
	return fault_parse_one(VEC_PUSH(list), word, err);
}

static void must_parse(struct fault_list *list, const char *word)
{
	struct err err = { 0 };

	if (parse(list, word, &err) < 0)
		fail_msg("%s: %s", word, err.msg);
}

static void rows_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		assert_non_null(fault_rows[i].name);
		for (int lang = 0; lang < LANG_COUNT; lang++)
			assert_non_null(fault_rows[i].meaning[lang]);
	}
}

static void reads_name_value_and_number(void **state)
{
	struct fault_list list = { 0 };

	(void)state;
	must_parse(&list, "reset");
	must_parse(&list, "status=503");
	must_parse(&list, "rename=queryAck@3");
	assert_int_equal(list.count, 3);
	assert_int_equal(list.at[0].fault, FAULT_RESET);
	assert_int_equal(list.at[0].at, 0);
	assert_string_equal(list.at[1].value, "503");
	assert_int_equal(list.at[2].fault, FAULT_RENAME);
	assert_string_equal(list.at[2].value, "queryAck");
	assert_int_equal(list.at[2].at, 3);
	VEC_RELEASE(&list);
}

static void refuses_what_is_no_fault(void **state)
{
	static const struct {
		const char *word, *says;
	} wrong[] = {
		{ "reste", "reset" },
		{ "", "--faults" },
		{ "status-only=600", "599" },
		{ "cut=100%", "cut" },
		{ "cut=x", "cut" },
		{ "delay=0", "delay" },
		{ "tls-alert=nonsense", "RFC 8446" },
		{ "tls-alert=256", "255" },
		{ "server-certificate=expierd", "expired" },
		{ "media-type=a\r\nb", "plain name" },
		{ "rename=a b", "plain name" },
		{ "status", "needs a value" },
		{ "status=", "needs a value" },
		{ "status=@2", "needs a value" },
		{ "status=abc", "status" },
		{ "status=99", "status" },
		{ "reset=1", "takes no value" },
		{ "reset@", "reset@" },
		{ "reset@0", "reset@0" },
		{ "reset@x", "reset@x" },
		{ "rename=a@b@c", "rename" },
	};

	(void)state;
	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct fault_list list = { 0 };
		struct err err = { 0 };
		assert_int_equal(parse(&list, wrong[i].word, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.msg, wrong[i].says) &&
		    !strstr(err.hint, wrong[i].says))
			fail_msg("%s: %s", wrong[i].word, err.msg);
		VEC_RELEASE(&list);
	}
}

static bool holds(const struct fault_list *list, enum fault f, uint64_t n)
{
	struct fault_list mine = { 0 };

	fault_select(&mine, list, n, NULL);
	bool held = fault_find(&mine, f);
	VEC_RELEASE(&mine);
	return held;
}

static void holds_at_its_number_only(void **state)
{
	struct fault_list list = { 0 };

	(void)state;
	must_parse(&list, "reset@2");
	must_parse(&list, "stall");
	assert_false(holds(&list, FAULT_RESET, 1));
	assert_true(holds(&list, FAULT_RESET, 2));
	assert_false(holds(&list, FAULT_RESET, 3));
	assert_true(holds(&list, FAULT_STALL, 77));
	assert_false(holds(&list, FAULT_STATUS, 1));
	assert_null(fault_find(NULL, FAULT_STATUS));
	VEC_RELEASE(&list);
}

/* The answer `body` after `word` had its way. */
static void bend(struct received *r, const char *word, const char *body)
{
	struct fault_list list = { 0 };

	must_parse(&list, word);
	received_release(r);
	memset(r, 0, sizeof(*r));
	buf_init(&r->answer, LIMIT_KIB(4));
	buf_adds(&r->answer, body);
	r->status = 200;
	str_copy(r->media_type, sizeof(r->media_type), "text/xml");
	fault_bend_text(&list, r);
	fault_bend_http(&list, r);
	VEC_RELEASE(&list);
}

static void bends_one_thing_each(void **state)
{
	struct received r = { 0 };

	(void)state;
	bend(&r, "status=503", "<a/>");
	assert_int_equal(r.status, 503);
	assert_string_equal(r.answer.ptr, "<a/>");
	bend(&r, "say-ok", "<a/>");
	assert_string_equal(r.answer.ptr, "ok");
	assert_string_equal(r.media_type, "text/plain; charset=utf-8");
	bend(&r, "say-nothing", "<a/>");
	assert_int_equal(r.answer.len, 0);
	bend(&r, "reset", "<a/>");
	assert_int_equal(r.raw->end, RAW_RESET);
	bend(&r, "stall", "<a/>");
	assert_int_equal(r.raw->end, RAW_STALL);
	bend(&r, "no-fault", "<a/>");
	assert_string_equal(r.answer.ptr, "<a/>");
	received_release(&r);
}

static void renames_elements_alone(void **state)
{
	static const char *const pairs[][2] = {
		{ "<id/>", "<other-id/>" },
		{ "<id root=\"id\">id</id>",
		    "<other-id root=\"id\">id</other-id>" },
		{ "<x:id></x:id>", "<x:other-id></x:other-id>" },
		{ "<ids/><aid/>", "<ids/><aid/>" },
		{ "<a id=\"1\"/>", "<a id=\"1\"/>" },
		{ "<id", "<other-id" },
		{ "id", "id" },
	};
	struct received r = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(pairs); i++) {
		bend(&r, "rename=id", pairs[i][0]);
		assert_string_equal(r.answer.ptr, pairs[i][1]);
	}
	received_release(&r);
}

#define ANSWER                                                              \
 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soap:Envelope "              \
 "xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"     \
 "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><interactionId "              \
 "extension=\"MCCI_IN000002UV01\"/><acknowledgement><typeCode "             \
 "code=\"AA\"/></acknowledgement><text>Content-ID: x\n\nQUJD\nREVG\nR0hJ\n" \
 "\n--</text></MCCI_IN000002UV01></soap:Body></soap:Envelope>"

/* Each row that bends a written answer bends this one. */
static void bends_by_every_row(void **state)
{
	static const enum fault elsewhere[] = { FAULT_ACK_FLIP, FAULT_ACK_CODE,
		FAULT_ACK_TARGET, FAULT_DETAIL_DROP };

	(void)state;
	for (int f = 0; f < FAULT_COUNT; f++) {
		const struct fault_row *row = &fault_rows[f];
		struct received r = { .is_fault = f == FAULT_NO_FAULT };
		struct fault_list list = { 0 };
		char word[64];
		bool skip =
		    row->level == LEVEL_TLS || row->level == LEVEL_CASE ||
		    (row->level == LEVEL_ARCHIVE && f != FAULT_TRUNCATED);
		for (size_t i = 0; i < COUNTOF(elsewhere); i++)
			skip = skip || (int)elsewhere[i] == f;
		if (skip)
			continue;
		snprintf(word, sizeof(word), "%s%s", row->name,
		    row->value == VALUE_NONE || row->usual ? ""
		    : row->value == VALUE_TEXT		   ? "=typeCode"
							   : "=299");
		must_parse(&list, word);
		buf_init(&r.answer, LIMIT_MIB(1));
		buf_adds(&r.answer, ANSWER);
		r.status = 200;
		str_copy(r.media_type, sizeof(r.media_type), "text/xml");
		fault_bend_text(&list, &r);
		fault_bend_http(&list, &r);
		if (streq(r.answer.ptr, ANSWER) && r.status == 200 &&
		    streq(r.media_type, "text/xml") && !r.raw && !r.delay_ms)
			fail_msg("fault '%s' bends nothing", row->name);
		received_release(&r);
		VEC_RELEASE(&list);
	}
}

/* What goes around evhttp is planned here to the byte. */
static void plans_raw_answers(void **state)
{
	static const struct {
		const char *word, *bytes;
		enum raw_end end;
		size_t pace;
	} rows[] = {
		{ "stall", "", RAW_STALL, 0 },
		{ "close", "", RAW_CLOSE, 0 },
		{ "reset-after-head",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 4\r\nConnection: close\r\n\r\n",
		    RAW_RESET, 0 },
		{ "cut=1",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 4\r\nConnection: close\r\n\r\n<",
		    RAW_CLOSE, 0 },
		{ "cut=75%",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 4\r\nConnection: close\r\n\r\n<a/",
		    RAW_CLOSE, 0 },
		{ "length-too-long",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 14\r\nConnection: close\r\n\r\n<a/>",
		    RAW_CLOSE, 0 },
		{ "length-too-short",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 0\r\nConnection: close\r\n\r\n<a/>",
		    RAW_CLOSE, 0 },
		{ "drip=7",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Content-Length: 4\r\nConnection: close\r\n\r\n<a/>",
		    RAW_CLOSE, 7 },
		{ "http-1.0",
		    "HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n"
		    "Connection: close\r\n\r\n<a/>",
		    RAW_CLOSE, 0 },
		{ "no-close-notify",
		    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
		    "Connection: close\r\n\r\n<a/>",
		    RAW_ABRUPT, 0 },
		{ "not-http", "SSH-2.0-OpenSSH_9.2\r\n", RAW_CLOSE, 0 },
	};
	struct received r = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		bend(&r, rows[i].word, "<a/>");
		assert_non_null(r.raw);
		assert_string_equal(r.raw->bytes.ptr, rows[i].bytes);
		assert_int_equal(r.raw->end, rows[i].end);
		assert_int_equal(r.raw->pace, rows[i].pace);
	}
	received_release(&r);
}

/* A message brings its own, unless "honest" is asked for. */
static void selects_for_a_message(void **state)
{
	struct fault_list all = { 0 }, mine = { 0 };
	struct fault_use own;
	struct err err = { 0 };

	(void)state;
	must_parse(&all, "stall@2");
	must_parse(&all, "honest@3");
	assert_int_equal(fault_parse_send(&own, "cut=9", &err), 0);
	fault_select(&mine, &all, 1, &own);
	assert_int_equal(mine.count, 1);
	assert_int_equal(fault_find(&mine, FAULT_CUT)->number, 9);
	VEC_RELEASE(&mine);
	fault_select(&mine, &all, 2, &own);
	assert_int_equal(mine.count, 2);
	VEC_RELEASE(&mine);
	fault_select(&mine, &all, 3, &own);
	assert_null(fault_find(&mine, FAULT_CUT));
	VEC_RELEASE(&mine);
	VEC_RELEASE(&all);
	assert_int_equal(fault_parse_send(&own, "reset@1", &err), -1);
	assert_int_equal(fault_parse_send(&own, "tls-cut", &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(reads_name_value_and_number),
		cmocka_unit_test(refuses_what_is_no_fault),
		cmocka_unit_test(holds_at_its_number_only),
		cmocka_unit_test(bends_one_thing_each),
		cmocka_unit_test(renames_elements_alone),
		cmocka_unit_test(bends_by_every_row),
		cmocka_unit_test(plans_raw_answers),
		cmocka_unit_test(selects_for_a_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

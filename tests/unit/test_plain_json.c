/* SPDX-License-Identifier: Apache-2.0 */
#include "record/plain-json.h"

#include "base/compiler.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static const char line[] =
    "{\"n\":12,\"at\":\"2026-11-21T20:02:35.654347Z\",\"event\":\"verdict\","
    "\"case\":\"k\xC3\xA4ynti\",\"strict\":false,\"withheld\":true,"
    "\"alert\":-1,\"none\":{},\"zero\":0,\"big\":123456789012345678,"
    "\"expected\":{\"id\":\"expected_accepted\",\"args\":{\"codes\":\"AA\"}}}";

/* Whatever the short way gives, the long way gives, too. */
static json_t *read_both(const char *text, size_t len)
{
	json_error_t why;
	json_t *quick = plain_json(text, len);
	json_t *right = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (quick) {
		if (!right)
			fail_msg("'%.*s': %s", (int)len, text, why.text);
		char *a = json_dumps(quick, 0), *b = json_dumps(right, 0);
		assert_string_equal(a, b);
		free(a);
		free(b);
	}
	json_decref(right);
	return quick;
}

static void test_a_line_as_we_write_it(void **state)
{
	(void)state;
	json_t *json = read_both(line, strlen(line));
	assert_non_null(json);
	json_decref(json);
}

static void test_every_changed_byte(void **state)
{
	static const char marks[] = "\"\\{}[]:,-+.eE019 tfn\n\x80\xC3\xFF";
	char text[sizeof(line)];
	(void)state;
	for (size_t i = 0; line[i]; i++) {
		/* The last is the NUL. */
		for (size_t k = 0; k < sizeof(marks); k++) {
			memcpy(text, line, sizeof(line));
			text[i] = marks[k];
			json_decref(read_both(text, strlen(line)));
		}
	}
}

static void test_every_cut(void **state)
{
	(void)state;
	for (size_t len = 0; line[len]; len++) {
		/* Of its exact size: reading on would be seen. */
		char *text = malloc(len + 1);
		assert_non_null(text);
		memcpy(text + 1, line, len);
		assert_null(read_both(text + 1, len));
		free(text);
	}
}

static void test_what_is_left_to_jansson(void **state)
{
	static const char *const others[] = {
		"",
		"1",
		"\"a\"",
		"[]",
		"{} ",
		"{}{}",
		"{\"a\":1,}",
		"{,}",
		"{\"a\":1 }",
		"{\"a\":[]}",
		"{\"a\":null}",
		"{\"a\":1,\"a\":2}",
		"{\"a\":{\"b\":1,\"b\":1}}",
		"{\"a\":\"\\u0000\"}",
		"{\"a\":\"\\n\"}",
		"{\"a\":1.5}",
		"{\"a\":1e3}",
		"{\"a\":01}",
		"{\"a\":-0}",
		"{\"a\":-}",
		"{\"a\":1234567890123456789}",
		"{\"a\":99999999999999999999}",
		"{\"a\":truer}",
		"{\"\xC3\":1}",
		"{\"a\":\"\xED\xA0\x80\"}",
		"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}"
		"}}}}}",
		"{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaa\":1}",
	};
	(void)state;
	for (size_t i = 0; i < COUNTOF(others); i++)
		assert_null(read_both(others[i], strlen(others[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_line_as_we_write_it),
		cmocka_unit_test(test_every_changed_byte),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_what_is_left_to_jansson),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

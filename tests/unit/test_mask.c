/* SPDX-License-Identifier: Apache-2.0 */
/* What a build server's public log must not tell. */
#include "report/inside.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void masks(void **state)
{
	static const struct {
		const char *text, *masked;
	} rows[] = {
		{ "", "" },
		{ "https://at.example.fi:8443/x", "https://…/x" },
		{ "https://127.0.0.1:8443/x", "https://127.0.0.1:8443/x" },
		{ "https://localhost/x", "https://localhost/x" },
		{ "https://127.0.0.1.example.fi/", "https://…/" },
		{ "id 1.2.246.10.12345678.11.7, ok", "id 1.2.246.10.…, ok" },
		{ "11.2.246.10.5", "11.2.246.10.5" },
		{ "1.2.246.556.18007.2", "1.2.246.556.18007.2" },
		{ "Oy 1234567-8.", "Oy …." },
		{ "1234567-89", "1234567-89" },
		{ "resolve host: at.example.fi", "resolve host: …" },
		{ "connect to AT.example.fi port 1", "connect to … port 1" },
		{ "see ldaps://me:pw_1%@b_2.example.org.", "see ldaps://…." },
		{ "urn:oid:1.2.246.537.10.15.7.1. End",
		    "urn:oid:1.2.246.537.10.…. End" },
		{ "1.2.246.537.6.12", "1.2.246.537.6.12" },
		{ "subject CN=testi.example,O=A \\, B & C Oy,C=FI",
		    "subject CN=…,O=…,C=FI" },
		{ "serialNumber = 1-2, CN = x", "serialNumber = …, CN = …" },
		{ "ICN=1 or FOO=2", "ICN=1 or FOO=2" },
		{ "certificate subject name 'b.example' does not",
		    "certificate subject name '…' does not" },
	};
	char host[64];
	(void)state;
	mask_host(host, sizeof(host), "https://at.example.fi:8443/x");
	assert_string_equal(host, "at.example.fi");
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct buf b = BUF_INIT(1024);
		mask_add(&b, rows[i].text, "at.example.fi");
		assert_string_equal(b.ptr, rows[i].masked);
		buf_clear(&b);
		mask_add(&b, rows[i].masked, "at.example.fi");
		assert_string_equal(b.ptr, rows[i].masked);
		buf_clear(&b);
		mask_add(&b, rows[i].text, NULL);
		assert_string_equal(b.ptr, rows[i].text);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

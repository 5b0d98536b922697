/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/mime.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "mimetext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static int parse(struct mime *m, const char *text, struct err *err)
{
	*err = (struct err){ .kind = ERR_NONE };
	return mime_parse(m, text, strlen(text), err);
}

static void expect_error(
    const char *text, enum err_kind kind, const char *part_of_message)
{
	struct mime m;
	struct err err;
	assert_int_equal(parse(&m, text, &err), -1);
	assert_int_equal(err.kind, kind);
	if (!strstr(err.msg, part_of_message))
		fail_msg("'%s' does not say '%s'", err.msg, part_of_message);
	assert_null(m.at);
}

/* ---- base64 */

static void check_base64(const char *plain, const char *text)
{
	struct buf b = BUF_INIT(1000);
	struct err err = { .kind = ERR_NONE };
	base64_encode(&b, plain, strlen(plain), 0);
	assert_string_equal(b.ptr, text);
	buf_clear(&b);
	assert_int_equal(base64_decode(&b, text, strlen(text), &err), 0);
	assert_string_equal(b.ptr, plain);
	assert_int_equal(b.len, strlen(plain));
	buf_release(&b);
}

static void test_base64_vectors(void **state)
{
	(void)state;
	/* RFC 4648 section 10 */
	check_base64("", "");
	check_base64("f", "Zg==");
	check_base64("fo", "Zm8=");
	check_base64("foo", "Zm9v");
	check_base64("foob", "Zm9vYg==");
	check_base64("fooba", "Zm9vYmE=");
	check_base64("foobar", "Zm9vYmFy");
}

/* Every length around the line's, wrapped and not, there and back. */
static void test_base64_round(void **state)
{
	(void)state;
	uint8_t data[256];
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + 3);
	static const unsigned wraps[] = { 0, 4, 76 };
	for (size_t i = 0; i < COUNTOF(wraps); i++) {
		for (size_t len = 0; len <= sizeof(data); len++) {
			struct buf text = BUF_INIT(4096), back = BUF_INIT(256);
			struct err err = { .kind = ERR_NONE };
			base64_encode(&text, data, len, wraps[i]);
			assert_false(text.overflow);
			assert_int_equal(text.len, strlen(text.ptr));
			if (text.len > 0)
				assert_true(text.ptr[text.len - 1] != '\n');
			assert_int_equal(
			    base64_decode(&back, text.ptr, text.len, &err), 0);
			assert_int_equal(back.len, len);
			assert_memory_equal(back.ptr, data, len);
			buf_release(&text);
			buf_release(&back);
		}
	}
}

static void test_base64_space(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(6); /* exactly what comes out */
	struct err err = { .kind = ERR_NONE };
	static const char text[] = "\r\n Z m9\tv\n\nYmFy \n";
	assert_int_equal(base64_decode(&b, text, sizeof(text) - 1, &err), 0);
	assert_string_equal(b.ptr, "foobar");
	buf_release(&b);
}

static void test_base64_refuse(void **state)
{
	(void)state;
	static const char *const wrong[] = { "Z", "Zg",
		"Zg=", "Zg===", "Z===", "====", "=",
		"Zg==Zg==", "Z=g=", "Zm9v=", "Zm9v!mFy", "Zm9v\xC3\xA4",
		"Zm9vY", "Zm9-", "Zm9_" };
	for (size_t i = 0; i < COUNTOF(wrong); i++) {
		struct buf b = BUF_INIT(1000);
		struct err err = { .kind = ERR_NONE };
		if (base64_decode(&b, wrong[i], strlen(wrong[i]), &err) == 0)
			fail_msg("'%s'", wrong[i]);
		assert_int_equal(err.kind, ERR_KANTA);
		assert_int_equal(b.len, 0);
		buf_release(&b);
	}
	struct buf small = BUF_INIT(5);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(base64_decode(&small, "Zm9vYmFy", 8, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&small);
}

static void test_base64_speed(void **state)
{
	(void)state;
	size_t len = 54000;
	char *data = xcalloc(1, len);
	struct buf text = BUF_INIT(LIMIT_MIB(1)), back = BUF_INIT(LIMIT_MIB(1));
	struct err err = { .kind = ERR_NONE };
	int64_t start = clock_monotonic();
	for (int i = 0; i < 100; i++) {
		buf_clear(&text);
		base64_encode(&text, data, len, MIME_LINE);
	}
	int64_t middle = clock_monotonic();
	for (int i = 0; i < 100; i++) {
		buf_clear(&back);
		assert_int_equal(
		    base64_decode(&back, text.ptr, text.len, &err), 0);
	}
	printf("# 54 kB: base64 written in %ld us, read in %ld us\n",
	    (long)(middle - start) / 100,
	    (long)(clock_monotonic() - middle) / 100);
	assert_int_equal(back.len, len);
	buf_release(&text);
	buf_release(&back);
	free(data);
}

/* ---- MIME */

#define HEAD           \
 "MIME-Version: 1.0\n" \
 "Content-Type: multipart/related; boundary=\"b\"\n\n"
#define PART                                    \
 "--b\nContent-Type: text/xml; charset=UTF-8\n" \
 "Content-Transfer-Encoding: BASE64\nContent-ID: <1.2.3>\n\nZm9v\n"

static void expect_foo(const char *text)
{
	struct mime m;
	struct err err;
	struct buf b = BUF_INIT(100);
	if (parse(&m, text, &err) != 0)
		fail_msg("%s", err.msg);
	assert_int_equal(m.count, 1);
	assert_true(m.closed);
	assert_string_equal(m.at[0].content_id, "1.2.3");
	assert_string_equal(m.at[0].content_type, "text/xml");
	assert_true(m.at[0].base64);
	assert_int_equal(mime_decode(&m.at[0], &b, &err), 0);
	assert_string_equal(b.ptr, "foo");
	buf_release(&b);
	mime_release(&m);
}

static void test_forms(void **state)
{
	(void)state;
	expect_foo(HEAD PART "--b--\n");
	expect_foo(HEAD PART "--b--");
	expect_foo("\n  " HEAD PART "--b-- \n");
	expect_foo(HEAD "preamble\n" PART "\n--b--\nepilogue\n");
	/* the 2017 form: white space of the folded line lost */
	expect_foo("Message-ID: <x@y>\nMIME-Version: 1.0\n"
		   "Content-Type: multipart/related;\nboundary=\"b\"\n\n" PART
		   "\n--b--\n");
	expect_foo("CONTENT-TYPE: Multipart/Related;\n\ttype=\"text/xml\";\n"
		   " BOUNDARY=b\n\n" PART "--b--\n");
	expect_foo("Content-Type: multipart/related; x=\"a;b\"; boundary=b;"
		   " start=\"<1>\"\n\n" PART "--b--\n");
	/* a boundary that begins like ours is another */
	expect_foo(HEAD "--bb\n--b-x\n" PART "--b--\n");
	expect_foo("Content-Type: multipart/related; boundary=\"uuid:1-2\"\n\n"
		   "--uuid:1-2\nContent-Type: text/xml\n"
		   "content-transfer-encoding: base64\ncontent-id: 1.2.3\n\n"
		   "Zm9v\n--uuid:1-2--\n");
	/* a folded boundary with a colon is no header field */
	expect_foo("Content-Type: multipart/related;\nboundary=\"uuid:1\"\n\n"
		   "--uuid:1\nContent-Type: text/xml\n"
		   "content-transfer-encoding: base64\ncontent-id: 1.2.3\n\n"
		   "Zm9v\n--uuid:1--\n");
	expect_foo("MIME-Version: 1.0\r\n"
		   "Content-Type: multipart/related; boundary=\"b\"\r\n\r\n"
		   "--b\r\nContent-Type: text/xml\r\n"
		   "Content-Transfer-Encoding: base64\r\n"
		   "Content-ID: <1.2.3>\r\n\r\nZm9v\r\n--b--\r\n");
}

static void test_plain_part(void **state)
{
	(void)state;
	struct mime m;
	struct err err;
	struct buf b = BUF_INIT(100);
	assert_int_equal(
	    parse(&m, HEAD "--b\nContent-Type: text/plain\n\na\n\n--b--", &err),
	    0);
	assert_false(m.at[0].base64);
	assert_string_equal(m.at[0].content_id, "");
	assert_int_equal(mime_decode(&m.at[0], &b, &err), 0);
	assert_string_equal(b.ptr, "a\n");
	buf_release(&b);
	mime_release(&m);
}

static void test_several_and_cut(void **state)
{
	(void)state;
	struct mime m;
	struct err err;
	assert_int_equal(parse(&m, HEAD PART PART "--b--", &err), 0);
	assert_int_equal(m.count, 2);
	mime_release(&m);

	assert_int_equal(parse(&m, HEAD PART, &err), 0);
	assert_int_equal(m.count, 1);
	assert_false(m.closed);
	mime_release(&m);

	assert_int_equal(parse(&m, HEAD "--b--", &err), 0);
	assert_int_equal(m.count, 0);
	assert_true(m.closed);
	mime_release(&m);
}

static void test_refuse(void **state)
{
	(void)state;
	expect_error("", ERR_KANTA, "empty line");
	expect_error("no header\n", ERR_KANTA, "line 1");
	expect_error("A: b\n", ERR_KANTA, "empty line");
	expect_error("A: b\n\n", ERR_KANTA, "multipart/related");
	expect_error(
	    "Content-Type: text/xml\n\nx", ERR_KANTA, "multipart/related");
	expect_error(
	    "Content-Type: multipart/related\n\nx", ERR_KANTA, "boundary");
	expect_error("Content-Type: multipart/related; boundary=\"\"\n\nx",
	    ERR_KANTA, "boundary");
	expect_error(HEAD "text\n", ERR_KANTA, "boundary");
	expect_error(HEAD "--b\n", ERR_KANTA, "empty line");
	expect_error(HEAD "--b\nxyz\n\n--b--", ERR_KANTA, "line 5");
	expect_error(HEAD "--b\nContent-Transfer-Encoding: quoted-printable\n\n"
			  "x\n--b--",
	    ERR_KANTA, "quoted-printable");
	expect_error(HEAD "--b\nContent-ID: <1>\nContent-ID: <2>\n\nx\n--b--",
	    ERR_KANTA, "line 6");

	struct buf many = BUF_INIT(LIMIT_KIB(64));
	buf_adds(&many, HEAD);
	for (int i = 0; i <= LIMIT_MIME_PARTS; i++)
		buf_adds(&many, "--b\nA: b\n\nx\n");
	expect_error(many.ptr, ERR_LIMIT, "parts");
	buf_clear(&many);
	buf_adds(&many, "Content-Type: ");
	for (size_t i = 0; i <= LIMIT_HEAD; i++)
		buf_addc(&many, 'x');
	buf_adds(&many, "\n\n");
	expect_error(many.ptr, ERR_LIMIT, "header");
	buf_release(&many);
}

static void test_write(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(10000);
	mime_write(&b, "----=_Part_1", "1@x", "1.2.3", "foo", 3);
	expect_foo(b.ptr);
	assert_non_null(strstr(b.ptr, "\n\nZm9v\n\n------=_Part_1--\n"));
	buf_release(&b);
}

/* The text need not end in a NUL: nothing behind its last byte is read. */
static void ends_where_it_ends(void **state)
{
	(void)state;
	static const char text[] =
	    "Content-Type: multipart/related; boundary=x\n\n--x\nA: b\n\n"
	    "abc\n--x--";
	for (size_t len = 0; len < sizeof(text); len++) {
		struct err err = { 0 };
		struct mime m;
		char *exact = malloc(len ? len : 1);
		assert_non_null(exact);
		memcpy(exact, text, len);
		if (mime_parse(&m, exact, len, &err) == 0)
			mime_release(&m);
		else
			assert_int_not_equal(m.fault.kind, MIME_OK);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base64_vectors),
		cmocka_unit_test(test_base64_round),
		cmocka_unit_test(test_base64_space),
		cmocka_unit_test(test_base64_refuse),
		cmocka_unit_test(test_base64_speed),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_plain_part),
		cmocka_unit_test(test_several_and_cut),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_write),
		cmocka_unit_test(ends_where_it_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

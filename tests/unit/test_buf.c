/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static void growing(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(1000);
	assert_string_equal(b.ptr, "");
	buf_add(&b, "", 0);
	buf_adds(&b, "ab");
	buf_addc(&b, 'c');
	buf_addf(&b, "%d-%s", 12, "x");
	buf_addf(&b, "%s", "");
	assert_string_equal(b.ptr, "abc12-x");
	assert_int_equal(b.len, 7);
	buf_add(&b, "\0z", 2);
	assert_int_equal(b.len, 9);
	assert_memory_equal(b.ptr, "abc12-x\0z", 10);
	buf_clear(&b);
	assert_string_equal(b.ptr, "");
	buf_adds(&b, "again");

	size_t len = 0;
	char *own = buf_detach(&b, &len);
	assert_string_equal(own, "again");
	assert_int_equal(len, 5);
	assert_int_equal(b.len, 0);
	free(own);
	own = buf_detach(&b, NULL);
	assert_string_equal(own, "");
	free(own);
	buf_release(&b);
	buf_release(&b);
}

static void cap(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf b = BUF_INIT(5);
	buf_adds(&b, "12345");
	assert_int_equal(buf_check(&b, "it", &err), 0);
	buf_addc(&b, '6');
	assert_true(b.overflow);
	assert_string_equal(b.ptr, "12345");
	buf_adds(&b, "");
	assert_null(buf_reserve(&b, 0)); /* it stays */
	buf_addf(&b, "%s", "7");
	assert_string_equal(b.ptr, "12345");
	assert_int_equal(buf_check(&b, "it", &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.msg, "it is larger than 5 bytes");

	buf_clear(&b);
	assert_false(b.overflow);
	assert_null(buf_reserve(&b, SIZE_MAX));
	buf_clear(&b);
	buf_addf(&b, "%s", "123456");
	assert_true(b.overflow);
	assert_string_equal(b.ptr, "");
	buf_release(&b);
	buf_init(&b, 3);
	char *to = buf_reserve(&b, 3);
	assert_non_null(to);
	memcpy(to, "xyz", 4);
	b.len += 3;
	buf_release(&b);
	assert_int_equal(b.cap, 3);
}

static void escaping(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "", "" },
		{ "plain \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
		    "plain \xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80" },
		{ "<a b=\"c\" d='e'>&\t\n\r",
		    "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;"
		    "&#9;&#10;&#13;" },
		{ "\x01\x1F\x7F", "\xEF\xBF\xBD\xEF\xBF\xBD\x7F" },
		{ "a\x80\xC3", "a\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "\xEF\xBF\xBE]", "\xEF\xBF\xBD]" },
		{ "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct buf b = BUF_INIT(200);
		buf_add_xmls(&b, rows[i].from);
		assert_string_equal(b.ptr, rows[i].to);
		buf_release(&b);
	}
	struct buf b = BUF_INIT(200);
	buf_add_xml(&b, "a\0b", 3);
	assert_string_equal(b.ptr, "a\xEF\xBF\xBD"
				   "b");
	buf_release(&b);
}

static void reading(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf b = BUF_INIT(100000);
	assert_int_equal(buf_read_file(&b, "/nowhere/x", &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.msg, "'/nowhere/x'"));
	err = (struct err){ 0 };
	assert_int_equal(buf_read_file(&b, "/", &err), -1);
	assert_int_equal(err.kind, ERR_IO);

	/* a pipe tells no size */
	int fds[2];
	assert_int_equal(pipe(fds), 0);
	static char data[40000];
	memset(data, 'y', sizeof(data));
	assert_int_equal(write(fds[1], data, sizeof(data)), sizeof(data));
	close(fds[1]);
	err = (struct err){ 0 };
	assert_int_equal(buf_read_fd(&b, fds[0], "pipe", &err), 0);
	close(fds[0]);
	assert_int_equal(b.len, sizeof(data));
	buf_release(&b);
}

static void reading_to_the_cap(void **state)
{
	(void)state;
	char path[] = "/tmp/esitesti-buf-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "12345", 5), 5);
	close(fd);
	struct err err = { 0 };
	struct buf fits = BUF_INIT(5), small = BUF_INIT(4);
	assert_int_equal(buf_read_file(&fits, path, &err), 0);
	assert_string_equal(fits.ptr, "12345");
	assert_int_equal(buf_read_file(&small, path, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "4 bytes"));
	assert_non_null(strstr(err.msg, path));
	buf_release(&fits);
	buf_release(&small);
	unlink(path);

	/* what says it is empty and is not */
	err = (struct err){ 0 };
	struct buf endless = BUF_INIT(50000);
	assert_int_equal(buf_read_file(&endless, "/dev/zero", &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&endless);
}

struct numbers {
	VEC(unsigned);
};

static void vectors(void **state)
{
	(void)state;
	struct numbers v = { 0 };
	VEC_EACH (unsigned, n, &v)
		fail_msg("%u in an empty one", *n);
	for (unsigned i = 0; i < 100; i++) {
		unsigned *n = VEC_PUSH(&v);
		assert_int_equal(*n, 0);
		*n = i;
	}
	unsigned sum = 0;
	VEC_EACH (unsigned, n, &v)
		sum += *n;
	assert_int_equal(sum, 4950);
	assert_int_equal(v.count, 100);
	VEC_RELEASE(&v);
	assert_null(v.at);
	VEC_RELEASE(&v);
}

/* What is written into reserved room is counted, and ended like all text. */
static void grown_room_is_ended(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(100);
	buf_adds(&b, "ab");
	char *room = buf_reserve(&b, 50);
	assert_non_null(room);
	memset(room, 'x', 51);
	buf_grew(&b, 3);
	assert_string_equal(b.ptr, "abxxx");
	assert_int_equal(b.len, 5);
	buf_grew(&b, 0);
	assert_int_equal(b.len, 5);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grown_room_is_ended),
		cmocka_unit_test(growing),
		cmocka_unit_test(cap),
		cmocka_unit_test(escaping),
		cmocka_unit_test(reading),
		cmocka_unit_test(reading_to_the_cap),
		cmocka_unit_test(vectors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/outlet.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <stdlib.h>

/* A pipe that holds one page, and a stream into it. */
struct narrow {
	int end;
	FILE *to;
};

static void open_narrow(struct narrow *n)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	fcntl(ends[1], F_SETPIPE_SZ, 4096);
	n->end = ends[0];
	n->to = fdopen(ends[1], "w");
}

static void read_all(struct narrow *n, struct buf *got)
{
	char data[4096];
	ssize_t len = 0;

	while ((len = read(n->end, data, sizeof(data))) > 0)
		buf_add(got, data, (size_t)len);
	close(n->end);
}

static void test_all_is_written(void **state)
{
	struct buf got = BUF_INIT(LIMIT_MIB(1));
	struct narrow n;
	(void)state;

	open_narrow(&n);
	struct outlet *o = outlet_open(n.to);
	for (int i = 0; i < 20; i++) {
		fprintf(outlet_stream(o), "line %d\n", i);
		fflush(outlet_stream(o));
	}
	outlet_close(o);
	fclose(n.to);
	read_all(&n, &got);
	assert_non_null(strstr(got.ptr, "line 0\nline 1\n"));
	assert_non_null(strstr(got.ptr, "line 19\n"));
	buf_release(&got);
}

static void write_too_much(struct outlet *o)
{
	for (size_t i = 0; i < LIMIT_MOCK_UNSHOWN / 10; i++) {
		fprintf(outlet_stream(o), "a line, number %zu\n", i);
		fflush(outlet_stream(o));
	}
}

/* Nobody reads: no call waits, and the end is not put off for ever. */
static void test_nobody_reads(void **state)
{
	struct narrow n;
	int64_t begin = clock_monotonic();
	(void)state;

	open_narrow(&n);
	struct outlet *o = outlet_open(n.to);
	write_too_much(o);
	outlet_close(o);
	assert_true(clock_monotonic() - begin <
		    (LIMIT_MOCK_UNSHOWN_MS + 8000) * INT64_C(1000));
	close(n.end);
	fclose(n.to);
}

struct reading {
	struct narrow *n;
	struct buf got;
};

static void *read_on(void *arg)
{
	struct reading *r = arg;

	read_all(r->n, &r->got);
	return NULL;
}

/* Who reads late reads how many lines were left out. */
static void test_left_out(void **state)
{
	struct narrow n;
	struct reading r = { .n = &n, .got = BUF_INIT(LIMIT_MIB(4)) };
	pthread_t reader;
	(void)state;

	open_narrow(&n);
	struct outlet *o = outlet_open(n.to);
	write_too_much(o);
	assert_int_equal(pthread_create(&reader, NULL, read_on, &r), 0);
	usleep(500000);
	fputs("the last one\n", outlet_stream(o));
	fflush(outlet_stream(o));
	outlet_close(o);
	fclose(n.to);
	pthread_join(reader, NULL);
	assert_non_null(
	    strstr(r.got.ptr, "a line, number 0\na line, number 1\n"));
	assert_non_null(strstr(r.got.ptr, " lines are not shown here)\n"));
	assert_non_null(strstr(r.got.ptr, "the last one\n"));
	buf_release(&r.got);
}

static void test_no_descriptor(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	(void)state;

	assert_null(outlet_open(to));
	assert_null(outlet_open(NULL));
	outlet_close(NULL);
	fclose(to);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_written),
		cmocka_unit_test(test_nobody_reads),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_no_descriptor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

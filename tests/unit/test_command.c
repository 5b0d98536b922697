/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/command.h"
#include "base/limits.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const nothing[] = { NULL };

/* What takes longer than its deadline, but is never silent for so long. */
#define SLOW "for i in 1 2 3 4 5 6; do echo $i; sleep 0.2; done"

static int run(struct command *c, struct err *err)
{
	struct buf out = BUF_INIT(LIMIT_KIB(4));
	c->dir = ".";
	c->environment = nothing;
	int rc = command_run(c, &out, err);
	buf_release(&out);
	return rc;
}

static void test_deadline(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct command c = { .line = SLOW, .deadline_ms = 700 };
	assert_int_equal(run(&c, &err), -1);
	assert_non_null(strstr(err.msg, "had not ended after 700 ms"));
}

static void test_renewed(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct command c = {
		.line = SLOW, .deadline_ms = 700, .renewed = true
	};
	assert_int_equal(run(&c, &err), 0);
	c.line = SLOW "; exec sleep 30";
	assert_int_equal(run(&c, &err), -1);
	assert_non_null(strstr(err.msg, "had not ended after 700 ms"));
}

static void test_stopped(void **state)
{
	(void)state;
	struct err err = { 0 };
	atomic_int stopped = 1;
	struct command c = {
		.line = "sleep 30", .deadline_ms = 20000, .stopped = &stopped
	};
	assert_int_equal(run(&c, &err), -1);
	stopped = 0;
	c.line = "true";
	err = (struct err){ 0 };
	assert_int_equal(run(&c, &err), 0);
}

static void test_shown(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct command c = { .line = "echo trouble >&2; exit 3",
		.shown = "it",
		.deadline_ms = 20000 };
	assert_int_equal(run(&c, &err), -1);
	assert_string_equal(
	    err.msg, "the command 'it' ended with code 3; it said: trouble");
}

static void *stop_soon(void *ctx)
{
	usleep(300000);
	atomic_store((atomic_int *)ctx, 1);
	return NULL;
}

/* No signal reaches the thread that waits. */
static void test_stopped_by_another(void **state)
{
	(void)state;
	struct err err = { 0 };
	atomic_int stopped = 0;
	pthread_t thread;
	struct command c = {
		.line = "sleep 8", .deadline_ms = 20000, .stopped = &stopped
	};
	int64_t begin = clock_monotonic();
	pthread_create(&thread, NULL, stop_soon, &stopped);
	assert_int_equal(run(&c, &err), -1);
	assert_true(clock_monotonic() - begin < 6000000);
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_renewed),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_stopped_by_another),
		cmocka_unit_test(test_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

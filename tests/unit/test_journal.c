/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "runs.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Threads */

#define WRITERS 8
#define EVENTS	200

struct writer {
	struct record *r;
	unsigned number;
	bool ok;
};

/* Every fourth event is an exchange, the others are kept variables. */
static int write_one(
    struct record *r, const char *id, unsigned i, struct err *err)
{
	char step[NAME_MAX_ID];
	snprintf(step, sizeof(step), "step-%u", i);
	if (i % 4 != 0)
		return record_kept(r, id, step, "value", err);
	struct exchange x;
	runs_exchange(&x, id, i);
	int rc = record_exchange(r, &x, err);
	exchange_release(&x);
	return rc;
}

static void *write_many(void *arg)
{
	struct writer *w = arg;
	struct err err = { 0 };
	char id[NAME_MAX_ID];
	snprintf(id, sizeof(id), "case-%u", w->number);
	bool ok = record_case_begin(w->r, id, &err) == 0;
	for (unsigned i = 0; ok && i < EVENTS; i++) {
		ok = write_one(w->r, id, i, &err) == 0;
		if (ok && i % 50 == 0)
			ok = record_flush(w->r, &err) == 0;
	}
	w->ok = ok && record_case_end(w->r, id, RESULT_PASS, 1, &err) == 0;
	return NULL;
}

static void test_many_threads_one_chain(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	pthread_t threads[WRITERS];
	struct writer writers[WRITERS];
	for (unsigned i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){ .r = r, .number = i };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, write_many, &writers[i]),
		    0);
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(writers[i].ok);
	}
	OK(record_seal(r, false, &err));

	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_WHOLE);
	assert_int_equal(log_case_count(log), WRITERS);
	for (size_t i = 0; i < WRITERS; i++) {
		struct log_events events;
		OK(log_case(log, log_case_id(log, i), &events, &err));
		assert_int_equal(events.count, EVENTS + 2);
		for (unsigned n = 0; n < EVENTS; n++) {
			struct log_event *e = &events.at[n + 1];
			char step[NAME_MAX_ID];
			snprintf(step, sizeof(step), "step-%u", n);
			if (n % 4 != 0) {
				assert_string_equal(e->kept.name, step);
				continue;
			}
			assert_string_equal(e->exchange->step_id, step);
			OK(log_bodies(log, e->exchange, &err));
		}
		log_events_release(&events);
	}
	log_close(log);
}

/* ---- Ends that nobody wants */

static _Noreturn void write_until_killed(const struct runs_place *p, int told)
{
	struct err err = { 0 };
	struct record_info info = runs_info(NULL, 0);
	struct record *r = record_create(p->run, &info, &p->world, &err);
	for (unsigned i = 0; r; i++) {
		struct exchange x;
		runs_exchange(&x, "ptv-01", i);
		if (record_exchange(r, &x, &err) < 0)
			break;
		exchange_release(&x);
		if (i == 100 &&
		    (record_flush(r, &err) < 0 || write(told, "x", 1) != 1))
			break;
	}
	_exit(1);
}

static void test_kill_leaves_a_readable_run(void **state)
{
	struct runs_place *p = *state;
	int pipe_fd[2];
	assert_int_equal(pipe2(pipe_fd, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0)
		write_until_killed(p, pipe_fd[1]);
	char c;
	assert_int_equal(read(pipe_fd[0], &c, 1), 1);
	usleep(20000);
	kill(pid, SIGKILL);
	int status;
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status));
	close(pipe_fd[0]);
	close(pipe_fd[1]);

	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_MISSING);
	struct log_events events;
	OK(log_case(log, "ptv-01", &events, &err));
	assert_true(events.count >= 101);
	VEC_EACH (struct log_event, e, &events)
		OK(log_bodies(log, e->exchange, &err));
	log_events_release(&events);
	log_close(log);
}

/* Any later call says what the first failure was. */
static void test_full_disk_is_told_and_kept(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	runs_exchange(&x, "ptv-01", 1);
	struct rlimit was;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit tight = { .rlim_cur = 16384, .rlim_max = was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);

	struct err fault = { 0 };
	int rc = 0;
	for (int i = 0; rc == 0 && i < 1000; i++) {
		rc = record_exchange(r, &x, &fault);
		if (rc == 0)
			rc = record_flush(r, &fault);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(fault.kind, ERR_IO);
	assert_non_null(strstr(fault.msg, "journal.jsonl"));
	assert_non_null(strstr(fault.hint, "room"));
	struct err again = { 0 };
	assert_int_equal(record_case_begin(r, "ptv-02", &again), -1);
	assert_string_equal(again.msg, fault.msg);
	again = (struct err){ 0 };
	assert_int_equal(record_exchange(r, &x, &again), -1);
	assert_string_equal(again.msg, fault.msg);
	again = (struct err){ 0 };
	assert_int_equal(record_seal(r, false, &again), -1);
	assert_string_equal(again.msg, fault.msg);

	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_MISSING);
	struct log_events events;
	OK(log_case(log, "ptv-01", &events, &err));
	assert_true(events.count > 3);
	log_events_release(&events);
	exchange_release(&x);
	log_close(log);
}

/* A message file that does not fit stops the run as well. */
static void test_full_disk_in_a_message(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	runs_exchange(&x, "ptv-01", 1);
	char *big = xcalloc(1, 100000);
	buf_add(&x.response.body, big, 100000);
	free(big);
	struct rlimit was;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit tight = { .rlim_cur = 65536, .rlim_max = was.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	struct err err = { 0 };
	int rc = record_exchange(r, &x, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.msg, "response.body"));
	struct err again = { 0 };
	assert_int_equal(record_flush(r, &again), -1);
	assert_string_equal(again.msg, err.msg);
	exchange_release(&x);
	record_abandon(r);
	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_case_count(log), 0);
	log_close(log);
}

static void test_unwritable_place(void **state)
{
	struct runs_place *p = *state;
	struct record_info info = runs_info(NULL, 0);
	char *parent = path_dir(p->run);
	struct err err = { 0 };
	assert_int_equal(file_write_whole(parent, "a file", 6, 0600, &err), 0);
	free(parent);
	/* The user named the place: it is theirs to correct. */
	assert_null(record_create(p->run, &info, &p->world, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void test_event_over_its_cap(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	char *value = xmalloc(LIMIT_JOURNAL_LINE + 1);
	memset(value, 'x', LIMIT_JOURNAL_LINE);
	value[LIMIT_JOURNAL_LINE] = '\0';
	struct err fault = { 0 };
	assert_int_equal(record_kept(r, "ptv-01", "v", value, &fault), -1);
	assert_int_equal(fault.kind, ERR_LIMIT);
	free(value);
	OK(record_seal(r, false, &err));
	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_WHOLE);
	log_close(log);
}

/* An event is on the disk soon, without anybody asking. */
static void test_events_do_not_wait_for_a_flush(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	OK(record_case_begin(r, "ptv-01", &err));
	size_t seen = 0;
	for (int i = 0; i < 200 && seen == 0; i++) {
		usleep(10000);
		struct run_log *log = runs_reopen(p);
		seen = log_case_count(log);
		log_close(log);
	}
	assert_int_equal(seen, 1);
	record_abandon(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, runs_setup, runs_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_many_threads_one_chain),
		TEST(test_kill_leaves_a_readable_run),
		TEST(test_full_disk_is_told_and_kept),
		TEST(test_full_disk_in_a_message),
		TEST(test_unwritable_place),
		TEST(test_event_over_its_cap),
		TEST(test_events_do_not_wait_for_a_flush),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

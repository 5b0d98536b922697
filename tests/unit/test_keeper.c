/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/keeper.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "receiving.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static struct keeper *start(struct world_of_test *w)
{
	struct err err = { 0 };
	const struct receive_context ctx = {
		.archive = w->archive,
		.dialect = w->dialect,
		.world = &w->world,
		.policies = &w->policies,
	};
	struct keeper *k = keeper_start(&ctx, &err);

	assert_non_null(k);
	return k;
}

static void end(struct keeper *k)
{
	keeper_end(k);
	keeper_free(k);
}

static void give_with(struct keeper *k, uint64_t number, const struct buf *body,
    const char *fault)
{
	struct job *job = xcalloc(1, sizeof(*job));
	struct err err = { 0 };

	if (fault)
		assert_int_equal(
		    fault_parse_one(VEC_PUSH(&job->faults), fault, &err), 0);

	job->number = number;
	job->is_post = true;
	job->method = "POST";
	job->path = xstrdup("/");
	str_copy(job->media_type, sizeof(job->media_type), "text/xml");
	buf_init(&job->head, LIMIT_HEAD);
	buf_init(&job->body, LIMIT_MESSAGE);
	buf_add(&job->body, body->ptr, body->len);
	keeper_give(k, job);
}

static void give(struct keeper *k, uint64_t number, const struct buf *body)
{
	give_with(k, number, body, NULL);
}

/* The next job that is done; the caller's. */
static struct job *next_done(struct keeper *k, struct job **done)
{
	struct job *job = NULL;

	while (!*done) {
		struct pollfd p = { .fd = keeper_fd(k), .events = POLLIN };
		assert_int_equal(poll(&p, 1, 30000), 1);
		*done = keeper_take(k);
	}
	job = *done;
	*done = job->next;
	return job;
}

/* Of two messages with one document the first is accepted, however many read
 * them at once, and nobody overtakes anybody. */
static void answers_in_order_of_arrival(void **state)
{
	enum {
		PAIRS = 100
	};
	struct world_of_test *w = *state;
	struct keeper *k = start(w);
	struct job *done = NULL;
	char oid[64];

	for (unsigned i = 1; i <= 2 * PAIRS; i++) {
		snprintf(oid, sizeof(oid), "1.2.246.10.1.11.%u", (i + 1) / 2);
		write_message(w, &(struct wish){ .oid = oid });
		give(k, i, &w->message);
	}
	for (unsigned i = 1; i <= 2 * PAIRS; i++) {
		struct job *job = next_done(k, &done);
		assert_int_equal(job->number, i);
		assert_int_equal(job->received.outcome,
		    i % 2 ? OUTCOME_ACCEPTED : OUTCOME_REFUSED);
		job_free(job);
	}
	assert_null(done);
	end(k);
}

static void more_than_may_wait_is_read_one_by_one(void **state)
{
	struct world_of_test *w = *state;
	struct keeper *k = start(w);
	struct job *done = NULL;
	struct buf large = BUF_INIT(LIMIT_MESSAGE);

	memset(buf_reserve(&large, LIMIT_MOCK_AHEAD + 1), ' ',
	    LIMIT_MOCK_AHEAD + 1);
	buf_grew(&large, LIMIT_MOCK_AHEAD + 1);
	for (unsigned i = 1; i <= 3; i++)
		give(k, i, &large);
	for (unsigned i = 1; i <= 3; i++) {
		struct job *job = next_done(k, &done);
		assert_int_equal(job->number, i);
		assert_int_equal(job->received.outcome, OUTCOME_UNREADABLE);
		job_free(job);
	}
	buf_release(&large);
	end(k);
}

/* What nobody will hear of is released, read or not: a leak shows it. */
static void ends_while_messages_wait(void **state)
{
	struct world_of_test *w = *state;
	struct keeper *k = start(w);

	write_message(w, &(struct wish){ 0 });
	for (unsigned i = 1; i <= 50; i++)
		give(k, i, &w->message);
	end(k);
}

/* Another program holds the file: nothing was kept, and nobody is told that it
 * was. */
static void breaks_where_nothing_can_be_kept(void **state)
{
	struct world_of_test *w = *state;
	char path[] = "/tmp/test_keeper.XXXXXX";
	int fd = mkstemp(path);
	struct err err = { 0 };
	struct job *done = NULL, *job = NULL;
	sqlite3 *other = NULL;

	assert_true(fd >= 0);
	archive_close(w->archive);
	w->archive = archive_open(path, &err);
	assert_non_null(w->archive);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
	    SQLITE_OK);
	struct keeper *k = start(w);
	write_message(w, &(struct wish){ 0 });
	give(k, 1, &w->message);
	job = next_done(k, &done);
	assert_int_equal(job->received.outcome, OUTCOME_BROKEN);
	assert_true(job->received.is_fault);
	assert_false(job->received.stored);
	job_free(job);
	sqlite3_exec(other, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(other);

	give(k, 2, &w->message);
	job = next_done(k, &done);
	assert_int_equal(job->received.outcome, OUTCOME_ACCEPTED);
	job_free(job);
	end(k);
	archive_close(w->archive);
	w->archive = NULL;
	close(fd);
	unlink(path);
}

static void expect_broken(struct keeper *k, struct job **done)
{
	struct job *job = next_done(k, done);

	assert_int_equal(job->received.outcome, OUTCOME_BROKEN);
	assert_true(job->received.is_fault);
	assert_int_equal(job->received.deed, DEED_ANSWER);
	assert_null(job->received.raw);
	assert_null(job->received.field);
	assert_int_equal(job->received.status, 500);
	assert_null(strstr(job->received.answer.ptr, "code=\"AA\""));
	job_free(job);
}

/* The commit fails: no acknowledgement stands, bent or not, and nobody is shown
 * what was only nearly kept. */
static void withdraws_what_rests_on_a_failed_commit(void **state)
{
	struct world_of_test *w = *state;
	char path[] = "/tmp/test_keeper.XXXXXX";
	int fd = mkstemp(path);
	struct err err = { 0 };
	struct job *done = NULL, *job = NULL;

	assert_true(fd >= 0);
	close(fd);
	archive_close(w->archive);
	w->archive = archive_open(path, &err);
	assert_non_null(w->archive);
	assert_int_equal(unlink(path), 0);
	struct keeper *k = start(w);
	write_message(w, &(struct wish){ .oid = "1.2.246.10.1.11.1" });
	give(k, 1, &w->message);
	write_query(w, (const char *[]){ "1.2.246.10.1.11.1", NULL });
	give(k, 2, &w->message);
	write_message(w, &(struct wish){ .oid = "1.2.246.10.1.11.2" });
	give_with(k, 3, &w->message, "drip=8");
	write_message(w, &(struct wish){ .oid = "1.2.246.10.1.11.3" });
	give_with(k, 4, &w->message, "gzip");
	buf_clear(&w->message);
	buf_adds(&w->message, "no message");
	give(k, 5, &w->message);
	for (int i = 1; i <= 4; i++)
		expect_broken(k, &done);
	job = next_done(k, &done); /* never asked the archive */
	assert_int_equal(job->received.outcome, OUTCOME_UNREADABLE);
	job_free(job);
	end(k);
}

static struct job *deliver_to(struct keeper *k, struct world_of_test *w)
{
	struct job *done = NULL;

	give(k, 1, &w->message);
	return next_done(k, &done);
}

/* No file may grow beyond so much; RLIM_INFINITY = any. */
static void limit_files(rlim_t most)
{
	struct rlimit limit = { 0 };

	signal(SIGXFSZ, most == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = most;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The disk is full in the middle of a replacement: the version that was to be
 * replaced is still the current one. */
static void keeps_no_half_replacement(void **state)
{
	enum {
		MUCH = 4 << 20 /* more than SQLite keeps in memory */
	};
	struct world_of_test *w = *state;
	char path[] = "/tmp/test_keeper.XXXXXX";
	int fd = mkstemp(path);
	struct err err = { 0 };
	struct buf more = BUF_INIT(MUCH + 64);
	const struct wish first = { .oid = "1.2.246.10.1.11.1" };
	struct wish next = {
		.oid = "1.2.246.10.1.11.2",
		.set = "1.2.246.10.1.11.1",
		.version = "2",
		.related = "1.2.246.10.1.11.1",
		.replaces = true,
	};
	struct job *job = NULL;

	assert_true(fd >= 0);
	close(fd);
	archive_close(w->archive);
	w->archive = archive_open(path, &err);
	assert_non_null(w->archive);
	struct keeper *k = start(w);
	write_message(w, &first);
	job = deliver_to(k, w);
	assert_int_equal(job->received.outcome, OUTCOME_ACCEPTED);
	job_free(job);

	buf_adds(&more, "<title>");
	for (int i = 0; i < MUCH / 6; i++)
		buf_adds(&more, "sana, ");
	buf_adds(&more, "</title>");
	next.more = more.ptr;
	limit_files(1 << 20);
	write_message(w, &next);
	job = deliver_to(k, w);
	assert_int_equal(job->received.outcome, OUTCOME_BROKEN);
	job_free(job);
	limit_files(RLIM_INFINITY);

	write_metadata_query(w, "<patient.id><value root=\"1.2.246.21\" "
				"extension=\"010181-900C\"/></patient.id>");
	job = deliver_to(k, w);
	assert_int_equal(job->received.outcome, OUTCOME_ACCEPTED);
	assert_non_null(strstr(
	    job->received.answer.ptr, "<id root=\"1.2.246.10.1.11.1\"/>"));
	job_free(job);
	end(k);
	archive_close(w->archive);
	w->archive = NULL;
	unlink(path);
	buf_release(&more);
}

int main(void)
{
#define TEST(test) \
 cmocka_unit_test_setup_teardown(test, receiving_begin, receiving_end)
	const struct CMUnitTest tests[] = {
		TEST(answers_in_order_of_arrival),
		TEST(more_than_may_wait_is_read_one_by_one),
		TEST(ends_while_messages_wait),
		TEST(breaks_where_nothing_can_be_kept),
		TEST(withdraws_what_rests_on_a_failed_commit),
		TEST(keeps_no_half_replacement),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}

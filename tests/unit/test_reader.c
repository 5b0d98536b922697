/* SPDX-License-Identifier: Apache-2.0 */
#include "record/event.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "runs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Journals by hand */

static struct run_log *open_forged(
    const char *const *lines, size_t count, struct err *err)
{
	char *dir = runs_forge(lines, count);
	struct run_log *log = log_open(dir, err);
	dir_remove(dir);
	free(dir);
	return log;
}

static void test_newer_minor_is_read(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"\"event\":\"begin\",\"format\":\"esitesti-run/1.7\","
		"\"id\":\"x\",\"role\":\"run\",\"answerer\":\"loopback\","
		"\"weather\":{\"sun\":[true,null,1.5]}",
		"\"event\":\"weather\",\"case\":\"a\"",
		"\"event\":\"verdict\",\"case\":\"a\",\"kind\":\"pass\","
		"\"mood\":\"good\",\"expected\":{\"id\":\"of_the_future\","
		"\"args\":{\"place\":\"here\",\"time\":\"now\"}},"
		"\"found\":{\"id\":\"unknown_note\",\"args\":{\"id\":\"q\","
		"\"more\":\"z\"}}",
	};
	struct err fault = { 0 };
	struct run_log *log = open_forged(lines, COUNTOF(lines), &fault);
	if (!log)
		fail_msg("%s", fault.msg);
	assert_string_equal(log_head(log)->format, "esitesti-run/1.7");
	assert_int_equal(log_head(log)->answerer, ANSWERER_LOOPBACK);
	assert_int_equal(log_seal(log), SEAL_MISSING);
	assert_int_equal(log_case_count(log), 1);
	struct log_events events;
	OK(log_case(log, "a", &events, &err));
	assert_int_equal(events.count, 1);
	const struct verdict *v = &events.at[0].verdict;
	assert_int_equal(v->expected.word, W_unknown_note);
	assert_string_equal(v->expected.arg[0], "of_the_future");
	assert_string_equal(v->expected.arg[1], "place=here, time=now");
	assert_string_equal(v->found.arg[0], "q");
	assert_string_equal(v->found.arg[1], "");
	struct buf text = BUF_INIT(1000);
	note_render(&text, &v->expected, LANG_EN);
	assert_non_null(strstr(text.ptr, "'of_the_future'"));
	buf_release(&text);
	log_events_release(&events);
	log_close(log);
}

/* One first line each, and what the reader is to say of it. */
static void test_no_run_folder(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "\"event\":\"begin\",\"format\":\"esitesti-run/2.0\","
		  "\"id\":\"x\",\"role\":\"run\",\"answerer\":\"loopback\"",
		    "esitesti-run/2.0" },
		{ "\"event\":\"begin\",\"format\":\"esitesti-run/11.0\"",
		    "esitesti-run/11.0" },
		{ "\"event\":\"begin\",\"format\":\"har/1.2\"", "har/1.2" },
		{ "\"event\":\"begin\"", "does not begin" },
		{ "\"event\":\"verdict\",\"format\":\"esitesti-run/1.0\"",
		    "does not begin" },
		{ "\"event\":\"begin\",\"format\":\"esitesti-run/1.0\"",
		    "'id' is missing" },
		{ RUNS_BEGIN ",\"jobs\":-1", "'jobs'" },
		{ RUNS_BEGIN ",\"jobs\":4294967296", "'jobs'" },
		{ RUNS_BEGIN ",\"strict\":1", "'strict'" },
		{ RUNS_BEGIN ",\"planned\":[1]", "'planned'" },
		{ RUNS_BEGIN ",\"url\":{}", "'url'" },
		{ RUNS_BEGIN ",\"url\":\"a\",\"url\":\"b\"", "duplicate" },
		{ "\"event\":7", "'event'" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		assert_null(open_forged(&rows[i].line, 1, &err));
		assert_int_equal(err.kind, ERR_RECORD);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("row %zu: %s", i, err.msg);
	}
}

static void test_no_journal(void **state)
{
	struct runs_place *p = *state;
	struct err fault = { 0 };
	assert_null(log_open(p->run, &fault));
	assert_int_equal(fault.kind, ERR_USAGE);
	fault = (struct err){ 0 };
	assert_null(log_open(p->scratch, &fault));
	assert_int_equal(fault.kind, ERR_USAGE);
	char *journal = path_join(p->scratch, "journal.jsonl");
	static const char *const contents[] = { "", "{\"n\":1", "\n", "[]\n",
		"{}\n", "\xff\n", "{\"n\":1,\"at\":\"yesterday\"}\n" };
	for (size_t i = 0; i < COUNTOF(contents); i++) {
		OK(file_write_whole(
		    journal, contents[i], strlen(contents[i]), 0600, &err));
		fault = (struct err){ 0 };
		assert_null(log_open(p->scratch, &fault));
		assert_int_equal(fault.kind, ERR_RECORD);
	}
	/* Neither a pipe nor a link is a journal. */
	unlink(journal);
	assert_int_equal(mkfifo(journal, 0600), 0);
	fault = (struct err){ 0 };
	assert_null(log_open(p->scratch, &fault));
	assert_int_equal(fault.kind, ERR_RECORD);
	unlink(journal);
	assert_int_equal(symlink("/etc/passwd", journal), 0);
	fault = (struct err){ 0 };
	assert_null(log_open(p->scratch, &fault));
	assert_int_equal(fault.kind, ERR_RECORD);
	free(journal);
}

/* Events that stand in the chain, but say what cannot be. */
static void test_faulty_events(void **state)
{
	(void)state;
#define X                                                                 \
 "\"event\":\"exchange\",\"case\":\"a\",\"seq\":1,\"maker\":\"harness\"," \
 "\"way\":\"sent\",\"answerer\":\"none\",\"ending\":\"lost\""
#define DIGEST \
 "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "\"event\":\"verdict\",\"case\":\"a\"", "'kind' is missing" },
		{ "\"event\":\"verdict\",\"case\":\"a\",\"kind\":\"good\"",
		    "'kind'" },
		{ "\"event\":\"verdict\",\"case\":\"a\",\"kind\":3", "'kind'" },
		{ "\"event\":\"verdict\",\"case\":\"a\",\"kind\":\"pass\","
		  "\"step\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaaa\"",
		    "'step' is longer than 64" },
		{ "\"event\":\"verdict\",\"case\":\"a\",\"kind\":\"pass\","
		  "\"cause\":\"none\"",
		    "'cause'" },
		{ "\"event\":\"case-end\",\"case\":\"a\",\"kind\":\"pass\","
		  "\"duration-us\":\"1\"",
		    "'duration-us'" },
		{ X ",\"request\":[]", "'request'" },
		{ X ",\"tls\":{\"alert\":99999999999}", "'alert'" },
		{ X ",\"timing\":{\"started\":\"now\"}", "'started'" },
		{ X ",\"request\":{\"body\":{\"file\":\"../../etc/passwd\","
		    "\"bytes\":1,\"sha256\":" DIGEST "}}",
		    "no name of a message file" },
		{ X ",\"request\":{\"body\":{\"file\":\"..\",\"bytes\":1,"
		    "\"sha256\":" DIGEST "}}",
		    "no name of a message file" },
		{ X ",\"response\":{\"head\":{\"file\":\"a/b\",\"bytes\":1,"
		    "\"sha256\":" DIGEST "}}",
		    "no name of a message file" },
		{ X ",\"response\":{\"head\":{\"file\":\"a\",\"bytes\":1}}",
		    "'sha256' is missing" },
		{ X ",\"response\":{\"head\":{\"file\":\"a\","
		    "\"sha256\":\"1\"}}",
		    "no digest" },
		{ X ",\"response\":{\"head\":{\"bytes\":-1}}", "'bytes'" },
		{ X ",\"tls\":{\"peer-chain-sha256\":\"../../x\"}",
		    "no digest" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		const char *const lines[] = { RUNS_BEGIN, rows[i].line };
		struct err err = { 0 };
		struct run_log *log = open_forged(lines, 2, &err);
		if (!log)
			fail_msg("row %zu: %s", i, err.msg);
		struct log_events events;
		assert_int_equal(log_case(log, "a", &events, &err), -1);
		assert_int_equal(err.kind, ERR_RECORD);
		if (!strstr(err.msg, rows[i].says))
			fail_msg("row %zu: %s", i, err.msg);
		assert_int_equal(events.count, 0);
		log_close(log);
	}
}

static void test_faulty_inputs(void **state)
{
	(void)state;
	static const char *const lines[] = {
		RUNS_BEGIN,
		"\"event\":\"input\",\"name\":\"../x\",\"bytes\":1,"
		"\"sha256\":\"0\"",
	};
	struct err err = { 0 };
	struct run_log *log = open_forged(lines, COUNTOF(lines), &err);
	assert_non_null(log);
	struct buf bytes = BUF_INIT(10);
	assert_int_equal(log_input(log, "../x", &bytes, &err), -1);
	assert_int_equal(err.kind, ERR_RECORD);
	struct log_events events;
	err = (struct err){ 0 };
	assert_int_equal(log_case(log, "", &events, &err), -1);
	assert_non_null(strstr(err.msg, "'../x'"));
	log_close(log);
}

/* ---- Caps */

static void test_line_over_its_cap(void **state)
{
	(void)state;
	struct buf line = BUF_INIT(2 * LIMIT_JOURNAL_LINE);
	buf_adds(&line, RUNS_BEGIN ",\"x\":\"");
	while (line.len <= LIMIT_JOURNAL_LINE)
		buf_adds(&line, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	buf_adds(&line, "\"");
	const char *const lines[] = { line.ptr };
	struct err err = { 0 };
	assert_null(open_forged(lines, 1, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "line 1"));

	const char *const second[] = { RUNS_BEGIN, line.ptr };
	err = (struct err){ 0 };
	assert_null(open_forged(second, 2, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "line 2"));

	struct event e;
	err = (struct err){ 0 };
	assert_int_equal(event_parse(&e, line.ptr, line.len, 3, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	event_release(&e);
	buf_release(&line);
}

static void test_journal_over_its_cap(void **state)
{
	struct runs_place *p = *state;
	record_abandon(runs_create(p));
	char *journal = path_join(p->run, "journal.jsonl");
	assert_int_equal(truncate(journal, (off_t)LIMIT_JOURNAL + 1), 0);
	struct err err = { 0 };
	assert_null(log_open(p->run, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	free(journal);
}

static void test_too_many_cases(void **state)
{
	(void)state;
	size_t count = LIMIT_CASES + 2;
	char **lines = xcalloc(count, sizeof(*lines));
	lines[0] = xstrdup(RUNS_BEGIN);
	for (size_t i = 1; i < count; i++)
		lines[i] =
		    xasprintf("\"event\":\"case-begin\",\"case\":\"c%zu\"", i);
	struct err err = { 0 };
	struct run_log *log =
	    open_forged((const char *const *)lines, count - 1, &err);
	assert_non_null(log);
	assert_int_equal(log_case_count(log), LIMIT_CASES);
	log_close(log);
	assert_null(open_forged((const char *const *)lines, count, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	for (size_t i = 0; i < count; i++)
		free(lines[i]);
	free(lines);
}

/* ---- Damage */

static void read_journal(const struct runs_place *p, struct buf *to)
{
	char *path = path_join(p->run, "journal.jsonl");
	buf_clear(to);
	OK(buf_read_file(to, path, &err));
	free(path);
}

/* Without the syncs of a file that matters: there are thousands. */
static void write_journal(
    const struct runs_place *p, const void *bytes, size_t len)
{
	char *path = path_join(p->run, "journal.jsonl");
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void write_small_run(const struct runs_place *p)
{
	struct record *r = runs_create(p);
	OK(record_case_begin(r, "ptv-01", &err));
	struct exchange x;
	runs_exchange(&x, "ptv-01", 1);
	OK(record_exchange(r, &x, &err));
	struct verdict v = runs_verdict("ptv-01", RESULT_PASS);
	OK(record_verdict(r, &v, &err));
	OK(record_case_end(r, "ptv-01", RESULT_PASS, 1, &err));
	OK(record_seal(r, false, &err));
	exchange_release(&x);
}

static unsigned line_of(const struct buf *b, size_t offset)
{
	unsigned line = 1;
	for (size_t i = 0; i < offset; i++)
		line += b->ptr[i] == '\n';
	return line;
}

/* Every byte of every line but the seal, changed to two others. */
static void test_every_changed_byte_is_found(void **state)
{
	struct runs_place *p = *state;
	write_small_run(p);
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	read_journal(p, &b);
	unsigned last = line_of(&b, b.len - 1);
	size_t refused = 0;
	for (size_t i = 0; line_of(&b, i) < last; i += 1 + i % 3) {
		static const char to[] = "7\n";
		char was = b.ptr[i];
		b.ptr[i] = to[i % 2] == was ? 'x' : to[i % 2];
		write_journal(p, b.ptr, b.len);
		struct err err = { 0 };
		struct run_log *log = log_open(p->run, &err);
		if (!log) {
			assert_int_equal(line_of(&b, i), 1);
			refused++;
		} else {
			assert_int_equal(log_seal(log), SEAL_BROKEN);
			b.ptr[i] = was;
			assert_int_equal(log_broken_at(log), line_of(&b, i));
			struct log_events events;
			if (log_case(log, "ptv-01", &events, &err) == 0)
				log_events_release(&events);
		}
		b.ptr[i] = was;
		log_close(log);
	}
	assert_true(refused > 0);
	buf_release(&b);
}

/* The seal's own words about the chain. */
static void test_changed_seal(void **state)
{
	struct runs_place *p = *state;
	write_small_run(p);
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	read_journal(p, &b);
	static const char *const members[] = { "\"prev\":\"", "\"head\":\"",
		"\"count\":" };
	for (size_t i = 0; i < COUNTOF(members); i++) {
		char *seal = memrchr(b.ptr, '\n', b.len - 1);
		char *at = strstr(seal, members[i]) + strlen(members[i]);
		char was = *at;
		*at = was == '1' ? '2' : '1';
		write_journal(p, b.ptr, b.len);
		*at = was;
		struct run_log *log = runs_reopen(p);
		assert_int_equal(log_seal(log), SEAL_BROKEN);
		assert_int_equal(log_broken_at(log), 6);
		log_close(log);
	}
	buf_release(&b);
}

/* Cut anywhere: readable from the first whole line on, never whole. */
static void test_cut_anywhere(void **state)
{
	struct runs_place *p = *state;
	write_small_run(p);
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	read_journal(p, &b);
	size_t first = (size_t)(strchr(b.ptr, '\n') - b.ptr) + 1;
	for (size_t len = 0; len < b.len; len += 1 + len % 7) {
		write_journal(p, b.ptr, len);
		struct err err = { 0 };
		struct run_log *log = log_open(p->run, &err);
		assert_int_equal(log != NULL, len >= first);
		if (log)
			assert_int_equal(log_seal(log), SEAL_MISSING);
		log_close(log);
	}
	buf_release(&b);
}

static void test_lost_and_added_lines(void **state)
{
	struct runs_place *p = *state;
	write_small_run(p);
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	read_journal(p, &b);
	char *second = strchr(b.ptr, '\n') + 1;
	char *third = strchr(second, '\n') + 1;
	struct buf cut = BUF_INIT(LIMIT_MIB(2));
	buf_add(&cut, b.ptr, (size_t)(second - b.ptr));
	buf_adds(&cut, third);
	write_journal(p, cut.ptr, cut.len);
	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_BROKEN);
	assert_int_equal(log_broken_at(log), 2);
	log_close(log);

	buf_clear(&cut);
	buf_add(&cut, b.ptr, b.len);
	buf_add(&cut, second, (size_t)(third - second));
	write_journal(p, cut.ptr, cut.len);
	log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_BROKEN);
	assert_int_equal(log_broken_at(log), 7);
	log_close(log);

	write_journal(p, cut.ptr, b.len + 5);
	log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_BROKEN);
	assert_int_equal(log_broken_at(log), 7);
	log_close(log);
	buf_release(&cut);
	buf_release(&b);
}

static struct exchange *first_exchange(
    struct run_log *log, struct log_events *events)
{
	OK(log_case(log, "ptv-01", events, &err));
	return events->at[1].exchange;
}

static void test_changed_message_files(void **state)
{
	struct runs_place *p = *state;
	write_small_run(p);
	struct run_log *log = runs_reopen(p);
	struct log_events events;
	struct exchange *x = first_exchange(log, &events);
	char chain[CHAIN_FILE];
	chain_file(chain, x->tls.peer_chain_sha256);
	const char *const names[][2] = {
		{ "messages", x->request.head_stored.file },
		{ "messages", x->response.body_stored.file },
		{ "certificates", chain },
	};
	for (size_t i = 0; i < COUNTOF(names); i++) {
		char *path =
		    xasprintf("%s/%s/%s", p->run, names[i][0], names[i][1]);
		struct buf was = BUF_INIT(LIMIT_MIB(1));
		OK(buf_read_file(&was, path, &err));

		struct err fault = { 0 };
		assert_int_equal(truncate(path, 3), 0);
		assert_int_equal(log_bodies(log, x, &fault), -1);
		assert_int_equal(fault.kind, ERR_RECORD);
		assert_non_null(strstr(fault.msg, "not what was recorded"));

		fault = (struct err){ 0 };
		unlink(path);
		assert_int_equal(log_bodies(log, x, &fault), -1);
		assert_int_equal(fault.kind, ERR_RECORD);
		assert_non_null(strstr(fault.msg, "No such file"));

		fault = (struct err){ 0 };
		assert_int_equal(symlink("/etc/passwd", path), 0);
		assert_int_equal(log_bodies(log, x, &fault), -1);
		assert_int_equal(fault.kind, ERR_RECORD);
		unlink(path);

		fault = (struct err){ 0 };
		OK(file_write_whole(path, was.ptr, was.len, 0600, &err));
		assert_int_equal(log_bodies(log, x, &fault), 0);
		buf_release(&was);
		free(path);
	}
	log_events_release(&events);
	log_close(log);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, runs_setup, runs_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_newer_minor_is_read),
		TEST(test_no_run_folder),
		TEST(test_no_journal),
		TEST(test_faulty_events),
		TEST(test_faulty_inputs),
		TEST(test_line_over_its_cap),
		TEST(test_journal_over_its_cap),
		TEST(test_too_many_cases),
		TEST(test_every_changed_byte_is_found),
		TEST(test_changed_seal),
		TEST(test_cut_anywhere),
		TEST(test_lost_and_added_lines),
		TEST(test_changed_message_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

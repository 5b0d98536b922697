/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/xalloc.h"
#include "runs.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static mode_t mode_of(const struct runs_place *p, const char *name)
{
	char *path = path_join(p->run, name);
	struct stat st;
	int rc = stat(path, &st);
	free(path);
	return rc == 0 ? st.st_mode & 07777 : 0;
}

static size_t count_files(const struct runs_place *p, const char *folder)
{
	char *path = path_join(p->run, folder);
	DIR *dir = opendir(path);
	size_t n = 0;
	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	free(path);
	return n < 2 ? 0 : n - 2;
}

static void assert_note(const struct note *a, const struct note *b)
{
	assert_int_equal(a->word, b->word);
	for (size_t i = 0; i < NOTE_ARGS; i++)
		assert_string_equal(a->arg[i], b->arg[i]);
}

static void assert_message(const struct message *a, const struct message *b)
{
	assert_int_equal(a->head.len, b->head.len);
	assert_memory_equal(a->head.ptr, b->head.ptr, a->head.len);
	assert_int_equal(a->body.len, b->body.len);
	assert_memory_equal(a->body.ptr, b->body.ptr, a->body.len);
	assert_string_equal(a->media_type, b->media_type);
	assert_int_equal(a->withheld, b->withheld);
	assert_int_equal(a->body_stored.bytes, b->body_stored.bytes);
	assert_string_equal(a->body_stored.sha256, b->body_stored.sha256);
}

static void assert_exchange(const struct exchange *a, const struct exchange *b)
{
	assert_int_equal(a->seq, b->seq);
	assert_string_equal(a->case_id, b->case_id);
	assert_string_equal(a->step_id, b->step_id);
	assert_int_equal(a->attempt, b->attempt);
	assert_int_equal(a->maker, b->maker);
	assert_int_equal(a->way, b->way);
	assert_int_equal(a->answerer, b->answerer);
	assert_int_equal(a->ending, b->ending);
	assert_string_equal(a->initiator, b->initiator);
	assert_string_equal(a->responder, b->responder);
	assert_string_equal(a->url, b->url);
	assert_string_equal(a->identity, b->identity);
	assert_string_equal(a->message, b->message);
	assert_string_equal(a->document, b->document);
	assert_string_equal(a->document_oid, b->document_oid);
	assert_string_equal(a->message_id, b->message_id);
	assert_int_equal(a->http_status, b->http_status);
	assert_message(&a->request, &b->request);
	assert_message(&a->response, &b->response);
	assert_string_equal(a->tls.version, b->tls.version);
	assert_string_equal(a->tls.cipher, b->tls.cipher);
	assert_int_equal(a->tls.alert, b->tls.alert);
	assert_int_equal(a->tls.alert_from_peer, b->tls.alert_from_peer);
	assert_string_equal(a->tls.peer_chain, b->tls.peer_chain);
	assert_string_equal(a->tls.own_subject, b->tls.own_subject);
	assert_int_equal(a->timing.started, b->timing.started);
	assert_int_equal(a->timing.connected, b->timing.connected);
	assert_int_equal(a->timing.secured, b->timing.secured);
	assert_int_equal(a->timing.first_byte, b->timing.first_byte);
	assert_int_equal(a->timing.ended, b->timing.ended);
	assert_string_equal(a->trouble, b->trouble);
	assert_string_equal(a->where, b->where);
	assert_note(&a->remark, &b->remark);
}

static void write_all_kinds(struct record *r, struct exchange *x)
{
	OK(record_input(r, "cases/ptv-01.xml", "<case/>", 7, &err));
	OK(record_case_begin(r, "ptv-01", &err));
	runs_exchange(x, "ptv-01", 1);
	x->remark = say_unknown_note("remark", "\xC3\xA4");
	OK(record_sending(r, x, &err));
	OK(record_exchange(r, x, &err));
	struct verdict v = runs_verdict("ptv-01", RESULT_FAIL);
	OK(record_verdict(r, &v, &err));
	OK(record_kept(r, "ptv-01", "oid", "1.2.3\n\"x\"", &err));
	struct note note = say_unknown_note("remark", "of a case");
	OK(record_remark(r, "ptv-01", "step-1", 1, &note, &err));
	OK(record_case_end(r, "ptv-01", RESULT_FAIL, 12345, &err));
	OK(record_kept(r, "ptv-02", "empty", "", &err));
	OK(record_remark(r, "", "", 0, &note, &err));
}

static void check_empty_value(struct run_log *log)
{
	struct log_events events;
	OK(log_case(log, "ptv-02", &events, &err));
	assert_int_equal(events.count, 1);
	assert_string_equal(events.at[0].kept.value, "");
	log_events_release(&events);
}

static void check_case(struct run_log *log, struct exchange *x)
{
	struct log_events events;
	OK(log_case(log, "ptv-01", &events, &err));
	static const enum log_event_kind kinds[] = { LOG_CASE_BEGIN,
		LOG_SENDING, LOG_EXCHANGE, LOG_VERDICT, LOG_KEPT, LOG_REMARK,
		LOG_CASE_END };
	assert_int_equal(events.count, COUNTOF(kinds));
	for (size_t i = 0; i < COUNTOF(kinds); i++) {
		assert_int_equal(events.at[i].kind, kinds[i]);
		assert_string_equal(events.at[i].case_id, "ptv-01");
		assert_true(events.at[i].at > 0);
	}
	const struct log_event *sending = &events.at[1];
	assert_string_equal(sending->sending.step_id, x->step_id);
	assert_int_equal(sending->sending.attempt, x->attempt);
	assert_string_equal(sending->sending.message, x->message);
	assert_string_equal(sending->sending.message_id, x->message_id);
	assert_string_equal(sending->sending.document, x->document);
	assert_string_equal(sending->sending.document_oid, x->document_oid);
	assert_string_equal(sending->sending.url, x->url);
	struct exchange *back = events.at[2].exchange;
	assert_int_equal(back->request.body.len, 0);
	OK(log_bodies(log, back, &err));
	assert_exchange(back, x);
	OK(log_bodies(log, back, &err)); /* twice is no harm */
	assert_exchange(back, x);
	assert_string_equal(back->request.body_stored.file,
	    "0001-ptv-01-step-1-2.request.body");

	struct verdict want = runs_verdict("ptv-01", RESULT_FAIL);
	const struct verdict *v = &events.at[3].verdict;
	assert_string_equal(v->case_id, want.case_id);
	assert_string_equal(v->step_id, want.step_id);
	assert_string_equal(v->expectation_id, want.expectation_id);
	assert_int_equal(v->kind, want.kind);
	assert_int_equal(v->exchange, want.exchange);
	assert_string_equal(v->where, want.where);
	assert_string_equal(v->rule, want.rule);
	assert_note(&v->expected, &want.expected);
	assert_note(&v->found, &want.found);
	assert_note(&v->cause, &want.cause);
	assert_note(&v->next, &want.next);

	assert_string_equal(events.at[4].kept.name, "oid");
	assert_string_equal(events.at[4].kept.value, "1.2.3\n\"x\"");
	assert_string_equal(events.at[5].remark.step_id, "step-1");
	assert_int_equal(events.at[5].remark.exchange, 1);
	assert_string_equal(events.at[5].remark.note.arg[1], "of a case");
	assert_int_equal(events.at[6].end.kind, RESULT_FAIL);
	assert_int_equal(events.at[6].end.duration_us, 12345);
	log_events_release(&events);
}

static void check_head(const struct run_head *head)
{
	struct record_info info = runs_info(NULL, 0);
	assert_string_equal(head->format, "esitesti-run/1.0");
	assert_string_equal(head->id, info.id);
	assert_string_equal(head->role, info.role);
	assert_string_equal(head->tool, info.tool);
	assert_string_equal(head->purpose, info.purpose);
	assert_string_equal(head->lang, info.lang);
	assert_string_equal(head->target, info.target);
	assert_string_equal(head->url, info.url);
	assert_string_equal(head->dialect, info.dialect);
	assert_string_equal(head->plan_digest, info.plan_digest);
	assert_null(head->system);
	assert_null(head->system_version);
	assert_null(head->system_class);
	assert_null(head->tester);
	assert_int_equal(head->answerer, info.answerer);
	assert_int_equal(head->shard, 1);
	assert_int_equal(head->shards, 1);
	assert_int_equal(head->jobs, 1);
	assert_false(head->strict);
	assert_true(head->started > 0);
	assert_int_equal(head->planned.count, 2);
	assert_string_equal(head->planned.at[1], "ptv-02");
}

static void test_all_comes_back(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	write_all_kinds(r, &x);
	OK(record_seal(r, true, &err));

	struct run_log *log = runs_reopen(p);
	assert_string_equal(log_dir(log), p->run);
	assert_int_equal(log_seal(log), SEAL_WHOLE);
	assert_true(log_interrupted(log));
	assert_true(log_ended(log) >= log_head(log)->started);
	check_head(log_head(log));
	assert_int_equal(log_case_count(log), 2);
	assert_string_equal(log_case_id(log, 0), "ptv-01");
	check_case(log, &x);
	check_empty_value(log);

	struct log_events loose;
	OK(log_case(log, "", &loose, &err));
	assert_int_equal(loose.count, 2);
	assert_int_equal(loose.at[0].kind, LOG_INPUT);
	assert_string_equal(loose.at[0].input.name, "cases/ptv-01.xml");
	assert_int_equal(loose.at[0].input.bytes, 7);
	assert_int_equal(loose.at[1].kind, LOG_REMARK);
	log_events_release(&loose);
	OK(log_case(log, "never-ran", &loose, &err));
	assert_int_equal(loose.count, 0);

	struct buf input = BUF_INIT(64);
	OK(log_input(log, "cases/ptv-01.xml", &input, &err));
	assert_string_equal(input.ptr, "<case/>");
	struct err fault = { 0 };
	assert_int_equal(log_input(log, "cases/other.xml", &input, &fault), -1);
	assert_int_equal(fault.kind, ERR_RECORD);
	buf_release(&input);
	exchange_release(&x);
	log_close(log);
}

static void test_folder_is_private(void **state)
{
	struct runs_place *p = *state;
	assert_int_equal(dir_make(p->run, 0755, &(struct err){ 0 }), 0);
	struct record *r = runs_create(p);
	struct exchange x;
	write_all_kinds(r, &x);
	OK(record_quarantine(r, "0001.request.body", "secret", 6, &err));
	struct err fault = { 0 };
	assert_int_equal(
	    record_quarantine(r, "0001.request.body", "other", 5, &fault), -1);
	fault.kind = ERR_NONE;
	assert_int_equal(record_quarantine(r, "../x", "other", 5, &fault), -1);
	OK(record_seal(r, false, &err));
	assert_int_equal(mode_of(p, "."), 0700);
	assert_int_equal(mode_of(p, "messages"), 0700);
	assert_int_equal(mode_of(p, "inputs"), 0700);
	assert_int_equal(mode_of(p, "inputs/cases"), 0700);
	assert_int_equal(mode_of(p, "certificates"), 0700);
	assert_int_equal(mode_of(p, "quarantine"), 0700);
	assert_int_equal(mode_of(p, "quarantine/0001.request.body"), 0600);
	assert_int_equal(mode_of(p, "journal.jsonl"), 0600);
	assert_int_equal(mode_of(p, "inputs/cases/ptv-01.xml"), 0600);
	assert_int_equal(
	    mode_of(p, "messages/0001-ptv-01-step-1-2.request.body"), 0600);
	exchange_release(&x);
}

static void test_old_run_is_never_overwritten(void **state)
{
	struct runs_place *p = *state;
	record_abandon(runs_create(p));
	struct record_info info = runs_info(NULL, 0);
	struct err err = { 0 };
	assert_null(record_create(p->run, &info, &p->world, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_seal(log), SEAL_MISSING);
	assert_false(log_interrupted(log));
	log_close(log);
}

static void test_same_input_twice(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	OK(record_input(r, "esitesti.xml", "<a/>", 4, &err));
	OK(record_input(r, "esitesti.xml", "<a/>", 4, &err));
	struct err fault = { 0 };
	assert_int_equal(
	    record_input(r, "esitesti.xml", "<b/>", 4, &fault), -1);
	assert_int_equal(fault.kind, ERR_USAGE);
	static const char *const bad[] = { "", "../x", "a/../b", "a/b/c", ".x",
		"a/", "/a" };
	for (size_t i = 0; i < COUNTOF(bad); i++) {
		fault = (struct err){ 0 };
		assert_int_equal(record_input(r, bad[i], "x", 1, &fault), -1);
		assert_int_equal(fault.kind, ERR_INTERNAL);
	}
	OK(record_seal(r, false, &err));
	struct run_log *log = runs_reopen(p);
	struct log_events events;
	OK(log_case(log, "", &events, &err));
	assert_int_equal(events.count, 1);
	log_events_release(&events);
	log_close(log);
}

static void test_withheld_leaves_no_bytes(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	runs_exchange(&x, "ptv-01", 1);
	x.request.withheld = true;
	OK(record_exchange(r, &x, &err));
	OK(record_seal(r, false, &err));
	assert_int_equal(count_files(p, "messages"), 2); /* the answer's */

	struct run_log *log = runs_reopen(p);
	struct log_events events;
	OK(log_case(log, "ptv-01", &events, &err));
	struct exchange *back = events.at[0].exchange;
	OK(log_bodies(log, back, &err));
	assert_true(back->request.withheld);
	assert_int_equal(back->request.body.len, 0);
	assert_int_equal(back->request.body_stored.bytes, 9);
	assert_string_equal(back->request.body_stored.sha256, "");
	assert_false(back->response.withheld);
	assert_int_equal(back->response.body.len, x.response.body.len);
	log_events_release(&events);
	exchange_release(&x);
	log_close(log);
}

/* The mock's exchanges have no case; a path is not to become a file's name. */
static void test_names_come_from_anywhere(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	runs_exchange(&x, "../..\xff/x", 1);
	x.step_id[0] = '\0';
	snprintf(x.trouble, sizeof(x.trouble), "not UTF-8: \xff\xc3");
	buf_clear(&x.response.body);
	OK(record_exchange(r, &x, &err));
	OK(record_seal(r, false, &err));
	assert_int_equal(count_files(p, "messages"), 3);
	struct run_log *log = runs_reopen(p);
	assert_int_equal(log_case_count(log), 1);
	struct log_events events;
	OK(log_case(log, log_case_id(log, 0), &events, &err));
	struct exchange *back = events.at[0].exchange;
	OK(log_bodies(log, back, &err));
	assert_string_equal(
	    back->request.body_stored.file, "0001-.._..__x-2.request.body");
	assert_string_equal(back->trouble, "not UTF-8: \uFFFD\uFFFD");
	assert_int_equal(back->response.body_stored.bytes, 0);
	log_events_release(&events);
	exchange_release(&x);
	log_close(log);
}

static void test_a_chain_is_stored_once(void **state)
{
	struct runs_place *p = *state;
	struct record *r = runs_create(p);
	struct exchange x;
	runs_exchange(&x, "ptv-01", 1);
	for (int i = 0; i < 50; i++)
		OK(record_exchange(r, &x, &err));
	assert_int_equal(x.seq, 50);
	free(x.tls.peer_chain);
	x.tls.peer_chain = xstrdup("another");
	OK(record_exchange(r, &x, &err));
	OK(record_seal(r, false, &err));
	assert_int_equal(count_files(p, "certificates"), 2);
	exchange_release(&x);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, runs_setup, runs_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_all_comes_back),
		TEST(test_folder_is_private),
		TEST(test_old_run_is_never_overwritten),
		TEST(test_same_input_twice),
		TEST(test_withheld_leaves_no_bytes),
		TEST(test_names_come_from_anywhere),
		TEST(test_a_chain_is_stored_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

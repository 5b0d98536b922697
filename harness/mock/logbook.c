/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/logbook.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "mock/raw.h"
#include "net/tls.h"

#include <stdlib.h>

static const char case_id[] = "mock";

int logbook_open(struct logbook *j, const struct mock_options *options,
    unsigned port, struct err *err)
{
	char id[17];

	*j = (struct logbook){
		.world = options->world,
	};
	screen_open(&j->screen, options);
	snprintf(j->url, sizeof(j->url), "https://127.0.0.1:%u", port);
	if (!options->out)
		return 0;
	snprintf(id, sizeof(id), "%012llx",
	    (unsigned long long)world_id(options->world, case_id, "run", 0));
	struct record_info info = {
		.role = "mock",
		.tool = "esitesti " VERSION,
		.purpose = "service",
		.lang = lang_names[LANG_FI],
		.target = "mock",
		.answerer = ANSWERER_OURSELVES,
		.url = j->url,
		.dialect = dialect_name(options->dialect),
		.shard = 1,
		.shards = 1,
		.jobs = 1,
	};
	str_copy(info.id, sizeof(info.id), id);
	j->record = record_create(options->out, &info, options->world, err);
	if (!j->record || record_case_begin(j->record, case_id, err) < 0)
		return -1;
	return 0;
}

int logbook_close(struct logbook *j, struct err *err)
{
	struct record *r = j->record;

	j->record = NULL;
	if (!r)
		return 0;
	if (record_case_end(r, case_id, RESULT_PASS, 0, err) < 0) {
		record_abandon(r);
		return -1;
	}
	return record_seal(r, false, err);
}

/* A folder that cannot be written is told of once; the mock goes on. */
static void check(struct logbook *j, int rc, const struct err *err)
{
	if (rc == 0 || j->failed)
		return;
	j->failed = true;
	struct note note = say_screen_no_run_folder(err->msg);
	screen_tell(&j->screen, &note);
}

static void remark(
    struct logbook *j, const char *step, unsigned seq, const struct note *note)
{
	struct err err = { 0 };

	if (j->record)
		check(j,
		    record_remark(j->record, case_id, step, seq, note, &err),
		    &err);
	if (j->record && j->renderer)
		renderer_changed(j->renderer);
}

/* ---- The run folder */

/* The job's bytes move into the exchange: nothing is copied. */
static void fill_exchange(
    struct exchange *e, const struct logbook *j, const struct told_exchange *x)
{
	struct job *job = x->job;
	struct received *r = &job->received;
	int64_t now = world_now(j->world);

	str_copy(e->case_id, sizeof(e->case_id), case_id);
	str_copy(e->step_id, sizeof(e->step_id),
	    path_is_plain_name(r->interaction) ? r->interaction : "unreadable");
	e->attempt = 1;
	e->maker = MAKER_UNKNOWN;
	e->way = WAY_RECEIVED;
	e->answerer = ANSWERER_OURSELVES;
	e->ending =
	    x->lost || r->deed != DEED_ANSWER ? ENDED_LOST : ENDED_ANSWERED;
	str_copy(e->responder, sizeof(e->responder), "mock");
	snprintf(e->url, sizeof(e->url), "%s%.400s", j->url, job->path);
	str_copy(e->document_oid, sizeof(e->document_oid), r->document_oid);
	str_copy(e->message_id, sizeof(e->message_id), r->message_id);
	e->remark = say_mock_judged(outcome_names[r->outcome]);
	e->http_status = r->deed == DEED_ANSWER ? r->status : 0;
	e->timing = (struct timing){
		.started = job->started,
		.connected = -1,
		.secured = -1,
		.first_byte = now - job->started,
		.ended = now - job->started,
	};
}

static void move_bytes(struct exchange *e, const struct told_exchange *x)
{
	struct job *job = x->job;
	struct received *r = &job->received;

	str_copy(e->request.media_type, sizeof(e->request.media_type),
	    job->media_type);
	e->request.head = job->head;
	buf_init(&job->head, 0);
	if (!r->unread) {
		e->request.body = job->body;
		buf_init(&job->body, 0);
	}
	str_copy(e->response.media_type, sizeof(e->response.media_type),
	    r->media_type);
	e->response.media_type[strcspn(e->response.media_type, "; ")] = '\0';
	if (r->deed == DEED_ANSWER) {
		buf_add(&e->response.head, x->head->ptr, x->head->len);
		buf_add(&e->response.body, r->answer.ptr, r->answer.len);
	} else {
		const struct buf *raw = &r->raw->bytes;
		buf_add(&e->response.head, raw->ptr, r->raw->head);
		buf_add(&e->response.body, raw->ptr + r->raw->head,
		    raw->len - r->raw->head);
	}
	e->request.withheld = r->withheld;
	e->response.withheld = r->withheld_answer;
	e->tls = *x->tls; /* borrowed: given back before the release */
}

/* A code in the path or in a header field: rare, but then nothing of it is
 * kept. */
static void look_at_head(struct exchange *e)
{
	if (guard_is_clean(e->request.head.ptr, e->request.head.len))
		return;
	e->request.withheld = true;
	str_copy(e->url, sizeof(e->url), "withheld");
}

static void quarantine(
    struct logbook *j, const struct exchange *e, uint64_t number)
{
	struct err err = { 0 };
	char name[48];
	struct note note;

	snprintf(name, sizeof(name), "message-%06llu.xml",
	    (unsigned long long)number);
	check(j,
	    record_quarantine(j->record, name, e->request.body.ptr,
		e->request.body.len, &err),
	    &err);
	note = say_mock_quarantined(name);
	remark(j, e->step_id, e->seq, &note);
}

/* Nobody who reads the folder takes a bent answer for an honest one. */
static void tell_faults(
    struct logbook *j, const struct exchange *e, const struct job *job)
{
	VEC_EACH (const struct fault_use, use, &job->faults) {
		struct note note =
		    say_mock_fault_used(fault_rows[use->fault].name);
		if (fault_rows[use->fault].level != LEVEL_TLS || !use->at)
			remark(j, e->step_id, e->seq, &note);
	}
}

static void remark_finding(
    struct logbook *j, const struct exchange *e, const struct refusal *f)
{
	struct note place = say_screen_at(f->where);
	struct note rule = say_mock_rule(f->rule ? f->rule : "");

	remark(j, e->step_id, e->seq, &f->what);
	if (f->rule)
		remark(j, e->step_id, e->seq, &rule);
	if (*f->where)
		remark(j, e->step_id, e->seq, &place);
}

/* Which policies judged the message, and what each found. */
static void tell_policies(
    struct logbook *j, const struct exchange *e, const struct received *r)
{
	struct buf part[3];
	struct note note;
	bool any = false;

	for (int i = 0; i < POLICY_COUNT; i++)
		any |= r->policies[i].looked;
	if (!any || !j->policies)
		return;
	for (int i = 0; i < 3; i++) {
		buf_init(&part[i], LIMIT_KIB(4));
		policies_tell(
		    &part[i], j->policies, r->policies, (enum policy_part)i);
	}
	note = say_mock_policies(part[0].ptr, part[1].ptr, part[2].ptr);
	remark(j, e->step_id, e->seq, &note);
	for (int i = 0; i < 3; i++)
		buf_release(&part[i]);
}

static void record_it(struct logbook *j, const struct told_exchange *x)
{
	struct err err = { 0 };
	struct exchange e;

	if (!j->record)
		return;
	exchange_init(&e);
	fill_exchange(&e, j, x);
	move_bytes(&e, x);
	look_at_head(&e);
	check(j, record_exchange(j->record, &e, &err), &err);
	if (j->renderer)
		renderer_changed(j->renderer);
	VEC_EACH (const struct refusal, f, &x->job->received.findings)
		remark_finding(j, &e, f);
	tell_policies(j, &e, &x->job->received);
	if (x->job->from) /* else it never came so far */
		tell_faults(j, &e, x->job);
	if (e.request.withheld)
		quarantine(j, &e, x->job->number);
	memset(&e.tls, 0, sizeof(e.tls));
	exchange_release(&e);
}

void logbook_exchanged(void *logbook, const struct told_exchange *x)
{
	struct logbook *j = logbook;

	screen_exchange(&j->screen, x);
	record_it(j, x);
}

void logbook_refused(void *logbook, int alert, const char *reason)
{
	struct logbook *j = logbook;
	char name[64] = "-";
	struct note note;

	if (alert >= 0)
		tls_alert_name(name, alert);
	note = say_mock_tls_refused(name, reason);
	screen_tell(&j->screen, &note);
	remark(j, "tls", 0, &note);
}

void logbook_counted(void *logbook, enum trouble trouble, unsigned more)
{
	struct logbook *j = logbook;
	char count[16];
	struct note note;

	snprintf(count, sizeof(count), "%u", more);
	switch (trouble) {
	case TROUBLE_TLS:
		note = say_mock_more_tls(count);
		break;
	case TROUBLE_UNREADABLE:
		note = say_mock_more_unreadable(count);
		break;
	case TROUBLE_SLOW:
		note = say_mock_more_slow(count);
		break;
	case TROUBLE_FULL:
		note = say_mock_more_full(count);
		break;
	}
	screen_tell(&j->screen, &note);
	remark(j, "more", 0, &note);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/send.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "kanta/soap.h"

#include <time.h>

static void describe_exchange(const struct case_state *c,
    const struct step *step, const struct document *doc, unsigned attempt,
    struct exchange *x)
{
	const struct target *t = c->setup->target;
	str_copy(x->case_id, sizeof(x->case_id), c->tc->id);
	str_copy(x->step_id, sizeof(x->step_id), step->id);
	x->attempt = attempt;
	x->maker = doc ? doc->maker : MAKER_HARNESS;
	x->way = WAY_SENT;
	x->answerer = run_answerer(t->kind);
	str_copy(x->initiator, sizeof(x->initiator), "esitesti");
	str_copy(x->responder, sizeof(x->responder), t->name);
	str_copy(x->identity, sizeof(x->identity), step->identity);
	str_copy(
	    x->message, sizeof(x->message), send_message_names[step->message]);
	if (!doc)
		return;
	str_copy(x->document, sizeof(x->document), doc->name);
	if (doc->cda.value[FF_DOCUMENT_ID])
		str_copy(x->document_oid, sizeof(x->document_oid),
		    doc->cda.value[FF_DOCUMENT_ID]);
	if (!doc->file || strlen(doc->file) >= sizeof(x->document_file))
		return;
	char *file = path_here(doc->file);
	(void)hetu_hide(file);
	str_copy(x->document_file, sizeof(x->document_file), file);
	free(file);
}

static void note_refusal(const struct guard_report *report, struct exchange *x)
{
	struct buf rules = BUF_INIT(sizeof(x->trouble) - 1);
	for (size_t i = 0; i < report->count; i++) {
		const char *name = guard_rule_name(report->at[i].rule);
		if (!strstr(rules.ptr, name))
			buf_addf(&rules, "%s%s", rules.len ? " " : "", name);
	}
	str_copy(x->trouble, sizeof(x->trouble), rules.ptr);
	buf_release(&rules);
	x->ending = ENDED_GUARD_REFUSED;
	x->answerer = ANSWERER_NONE;
	x->request.withheld = true;
	if (report->count == 0)
		return;
	x->remark = report->at[0].what;
	str_copy(x->where, sizeof(x->where), report->at[0].where);
}

static struct cleared_message *clear(struct case_state *c,
    const struct step *step, const struct buf *body, const struct buf *action,
    const char *issuer, struct guard_report *report)
{
	const struct run_setup *s = c->setup;
	enum envelope envelope =
	    (enum envelope)dialect_choice(s->dialect, DK_ENVELOPE);
	bool raw = step->message == SEND_RAW;
	char *path = NULL;
	/* Each case has an archive of its own in the embedded mock. */
	if (s->target->kind == TARGET_EMBEDDED)
		path = xasprintf("/%s", c->tc->id);
	struct outgoing what = {
		.body = body->ptr,
		.len = body->len,
		.media_type = step->media_type ? step->media_type
					       : envelope_media_type(envelope),
		.soap_action = action->len ? action->ptr : NULL,
		.is_message = !raw && step->message != SEND_PROBE,
		.is_hostile = raw || !(streq(step->identity, "client") ||
					 streq(step->identity, "none")),
		.is_probe = step->message == SEND_PROBE,
		.path = path,
		.fault = step->fault,
	};
	struct guard_context where = {
		.target = s->target,
		.rules = s->rules,
		.client_issuer = issuer,
		.processing_code = dialect_text(s->dialect, DK_PROCESSING_CODE),
		.pool = s->pool,
	};
	struct cleared_message *m = guard_clear(&what, &where, report);
	free(path);
	return m;
}

/* Laws 9: real environments are shared, and everybody waits in line. */
static void pause_between(const struct run_setup *s)
{
	struct timespec ts = { s->target->pause_ms / 1000,
		(long)(s->target->pause_ms % 1000) * 1000000 };
	if (s->target->kind == TARGET_REAL && s->target->pause_ms)
		nanosleep(&ts, NULL); /* a signal may cut it short */
}

static int announce_second_sending(struct case_state *c,
    const struct step *step, const struct document *doc, struct err *err)
{
	/* A cancellation names the document and does not carry it. */
	if (!doc || step->message == SEND_CANCEL ||
	    doc->maker != MAKER_VENDOR_FILE || !doc->cda.value[FF_DOCUMENT_ID])
		return 0;
	const char *oid = doc->cda.value[FF_DOCUMENT_ID];
	if (!shared_sent_before(c->worker->shared, oid))
		return 0;
	struct note note = say_remark_second_sending(oid);
	return record_remark(
	    c->setup->record, c->tc->id, step->id, 0, &note, err);
}

/* What nobody can look into leaves on somebody's word, and the report tells
 * whose. */
static int tell_attested(struct case_state *c, const struct step *step,
    const struct guard_report *report, struct err *err)
{
	for (size_t i = 0; i < report->attested_count; i++) {
		const struct attestation *a = report->attested[i];
		struct note note =
		    say_guard_attested(a->sha256, a->name, a->date);
		if (record_remark(c->setup->record, c->tc->id, step->id, 0,
			&note, err) < 0)
			return -1;
	}
	return 0;
}

/* From here on somebody may hold the document: a run that is killed now must
 * say so, and before a real environment the disk must know it first. */
static int record_departure(struct case_state *c,
    const struct cleared_message *m, struct exchange *x, struct err *err)
{
	struct record *record = c->setup->record;
	str_copy(x->url, sizeof(x->url), cleared_url(m));
	if (record_sending(record, x, err) < 0)
		return -1;
	if (c->setup->target->kind != TARGET_REAL)
		return 0;
	return record_flush(record, err);
}

/* One attempt, recorded; the outcomes are those of step_send. */
static enum send_outcome attempt(struct case_state *c, const struct step *step,
    const struct document *doc, unsigned number, struct exchange *x,
    struct err *why, struct err *err)
{
	enum send_outcome outcome = SEND_BROKEN;
	struct buf body = BUF_INIT(LIMIT_MESSAGE);
	struct buf action = BUF_INIT(512);
	struct guard_report *report = xcalloc(1, sizeof(*report));
	struct cleared_message *cleared = NULL;
	struct message_request request = { c->setup, c->tc, step, doc,
		judge_vars(c->judge), number };
	int rc;
	/* The usual identity serves every case; another is this step's own
	 * trouble. */
	bool usual = streq(step->identity, "client");
	struct named_client *client =
	    worker_client(c->worker, step->identity, usual ? err : why);
	if (!client) {
		outcome = usual ? SEND_BROKEN : SEND_NOT_MADE;
		goto out;
	}
	describe_exchange(c, step, doc, number, x);
	rc = message_build(&request, &body, &action, x, why);
	if (rc != 0) {
		outcome = rc < 0 ? SEND_NOT_MADE : SEND_NEEDS_MORE;
		goto out;
	}
	cleared =
	    clear(c, step, &body, &action, client->identity->issuer, report);
	if (!cleared) {
		x->timing.started = world_now(c->setup->clock);
		note_refusal(report, x);
	} else {
		pause_between(c->setup);
		if (announce_second_sending(c, step, doc, err) < 0 ||
		    tell_attested(c, step, report, err) < 0 ||
		    record_departure(c, cleared, x, err) < 0 ||
		    net_send(client->client, cleared, c->setup->clock, x, err) <
			0)
			goto out;
	}
	if (record_exchange(c->setup->record, x, err) == 0)
		outcome = SENT;
out:
	cleared_free(cleared);
	free(report);
	buf_release(&action);
	buf_release(&body);
	return outcome;
}

static bool is_worth_another_try(
    const struct step *step, const struct exchange *x)
{
	bool asks = step->message == SEND_FETCH || step->message == SEND_QUERY;
	return asks &&
	       (x->ending == ENDED_LOST || x->ending == ENDED_UNREACHABLE);
}

enum send_outcome step_send(struct case_state *c, const struct step *step,
    const struct document *doc, unsigned number, struct exchange *x,
    struct err *why, struct err *err)
{
	enum send_outcome outcome = attempt(c, step, doc, number, x, why, err);
	/* What is repeated anyway needs no second try. */
	if (outcome != SENT || step->repeat.within_s ||
	    !is_worth_another_try(step, x))
		return outcome;
	struct note note = say_remark_retry(x->trouble);
	if (record_remark(
		c->setup->record, c->tc->id, step->id, x->seq, &note, err) < 0)
		return SEND_BROKEN;
	exchange_release(x);
	exchange_init(x);
	return attempt(c, step, doc, number + 1, x, why, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rejudge.h"

#include "base/limits.h"
#include "base/str.h"
#include "run/judge.h"

struct again {
	struct run_log *log;
	const struct dialect *dialect;
	struct differences *out;
};

static const struct step *find_step(const struct testcase *tc, const char *id)
{
	VEC_EACH (struct step, s, &tc->steps)
		if (streq(s->id, id))
			return s;
	return NULL;
}

static const struct expect *find_expect(const struct step *s, const char *id)
{
	VEC_EACH (struct expect, e, &s->expects)
		if (streq(e->id, id))
			return e;
	return NULL;
}

static int judge_verdict(struct again *a, struct judge *j,
    const struct testcase *tc, const struct exchange *last,
    const struct verdict *recorded, struct err *err)
{
	/* What had no exchange (skip, omit, manual) had nothing to judge. */
	if (recorded->exchange == 0)
		return 0;
	const struct step *step = find_step(tc, recorded->step_id);
	const struct expect *e =
	    step ? find_expect(step, recorded->expectation_id) : NULL;
	if (!e || !last || last->seq != recorded->exchange)
		return err_set(err, ERR_RECORD,
		    "case '%s': the verdict on '%s/%s' fits no recorded "
		    "exchange",
		    tc->id, recorded->step_id, recorded->expectation_id);
	struct verdict now;
	judge_expect(j, step, e, last, &now);
	a->out->judged++;
	if (now.kind != recorded->kind)
		*VEC_PUSH(a->out) =
		    (struct difference){ .recorded = *recorded, .now = now };
	return 0;
}

static int judge_events(struct again *a, const struct testcase *tc,
    const struct log_events *events, struct err *err)
{
	struct judge *j = judge_new(tc, a->dialect);
	struct exchange *last = NULL;
	int rc = 0;
	VEC_EACH (struct log_event, ev, events) {
		switch (ev->kind) {
		case LOG_KEPT:
			vars_set(judge_vars(j), ev->kept.name, ev->kept.value);
			break;
		case LOG_EXCHANGE: {
			const struct step *step =
			    find_step(tc, ev->exchange->step_id);
			last = ev->exchange;
			if (!step)
				rc = err_set(err, ERR_RECORD,
				    "case '%s' has no step '%s'", tc->id,
				    last->step_id);
			else if ((rc = log_bodies(a->log, last, err)) == 0)
				judge_learn(j, step, last);
			break;
		}
		case LOG_VERDICT:
			rc = judge_verdict(a, j, tc, last, &ev->verdict, err);
			break;
		case LOG_CASE_BEGIN:
		case LOG_SENDING:
		case LOG_REMARK:
		case LOG_CASE_END:
		case LOG_INPUT:
			break;
		}
		if (rc < 0)
			break;
	}
	judge_free(j);
	return rc;
}

static int judge_case(struct again *a, const char *id, struct err *err)
{
	struct log_events events = { 0 };
	struct buf source = BUF_INIT(LIMIT_CASE_FILE);
	struct testcase *tc = NULL;
	char *name = xasprintf("cases/%s.xml", id);
	int rc = -1;
	if (log_input(a->log, name, &source, err) < 0)
		goto out;
	/* The marks of facts say nothing about verdicts: none are checked. */
	tc = testcase_parse(source.ptr, source.len, name, NULL, err);
	if (!tc || log_case(a->log, id, &events, err) < 0)
		goto out;
	rc = judge_events(a, tc, &events, err);
out:
	log_events_release(&events);
	testcase_free(tc);
	buf_release(&source);
	free(name);
	return rc;
}

static struct dialect *recorded_dialect(struct run_log *log, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_CONFIG_FILE);
	struct dialect *d = NULL;
	if (log_input(log, "dialect.xml", &bytes, err) == 0)
		d = dialect_recorded(
		    bytes.ptr, bytes.len, "inputs/dialect.xml", err);
	buf_release(&bytes);
	return d;
}

int rejudge(struct run_log *log, struct differences *out, struct err *err)
{
	if (!streq(log_head(log)->role, "run"))
		return err_set(err, ERR_USAGE,
		    "'%s' is the record of a %s: only a run has verdicts",
		    log_dir(log), log_head(log)->role);
	struct dialect *d = recorded_dialect(log, err);
	if (!d)
		return -1;
	struct again a = { .log = log, .dialect = d, .out = out };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < log_case_count(log); i++)
		rc = judge_case(&a, log_case_id(log, i), err);
	dialect_free(d);
	return rc;
}

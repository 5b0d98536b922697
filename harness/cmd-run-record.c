/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-run.h"

#include "base/file.h"
#include "base/limits.h"
#include "report/report.h"

/* ---- The run folder */

static int add_inputs(struct session *s, struct err *err)
{
	struct buf dialect = BUF_INIT(LIMIT_CONFIG_FILE);
	struct buf facts = BUF_INIT(LIMIT_CONFIG_FILE);
	char *facts_path = shipped_path(&s->shipped, "cases/facts.xml");
	dialect_write(&dialect, s->dialect);
	int rc = buf_check(&dialect, "the dialect", err);
	if (rc == 0)
		rc = record_input(
		    s->record, "dialect.xml", dialect.ptr, dialect.len, err);
	if (rc == 0)
		rc = record_input_from(s->record, "project.xml",
		    s->project->path, s->project->source,
		    s->project->source_len, err);
	if (rc == 0)
		rc = buf_read_file(&facts, facts_path, err);
	if (rc == 0)
		rc = record_input(
		    s->record, "facts.xml", facts.ptr, facts.len, err);
	VEC_EACH (struct testcase *, tc, &s->plan.cases) {
		char *name = xasprintf("cases/%s.xml", (*tc)->id);
		if (rc == 0)
			rc = record_input_from(s->record, name, (*tc)->path,
			    (*tc)->source, (*tc)->source_len, err);
		free(name);
	}
	free(facts_path);
	buf_release(&facts);
	buf_release(&dialect);
	return rc;
}

/* Its ids are not fresh, and its messages do not say when they were sent. */
static int remark_seed(struct session *s, struct err *err)
{
	char at[CLOCK_TEXT];
	if (!s->o.seed)
		return 0;
	clock_rfc3339(at, s->seeded_at);
	struct note note = say_seeded(s->seed, at);
	return record_remark(s->record, "", "", 0, &note, err);
}

/* The report tells whose word it is that the host is no production. */
static int remark_host(struct session *s, struct err *err)
{
	const struct test_host *h =
	    project_test_host(s->project, s->target.host);
	if (s->target.kind != TARGET_REAL || !h)
		return 0;
	struct note note =
	    say_host_attested(h->name, h->attested_by, h->date, h->source);
	return record_remark(s->record, "", "", 0, &note, err);
}

int session_open_record(struct session *s, struct err *err)
{
	struct record_info info = {
		.role = "run",
		.tool = "esitesti " VERSION,
		.purpose = s->pre_test ? "pre-test" : "self-test",
		.lang = lang_names[s->o.lang],
		.target = s->target.name,
		.answerer = run_answerer(s->target.kind),
		.url = s->target.url,
		.dialect = dialect_name(s->dialect),
		.plan_digest = s->plan.digest,
		.shard = s->shard.index,
		.shards = s->shard.total,
		.plan_cases = s->plan_cases,
		.jobs = (unsigned)s->o.jobs,
		.strict = s->o.strict,
		.seed = s->o.seed ? s->seed : NULL,
		.system = s->project->system,
		.system_version = s->project->version,
		.system_class = s->project->class,
		.tester = s->project->tester,
	};
	struct {
		VEC(const char *);
	} ids = { 0 };
	VEC_EACH (struct testcase *, tc, &s->plan.cases)
		*VEC_PUSH(&ids) = (*tc)->id;
	info.planned = ids.at;
	info.planned_count = ids.count;
	snprintf(info.id, sizeof(info.id), "%08llx",
	    (unsigned long long)world_id(&s->clock, "run", "", 0) &
		0xffffffffULL);
	if (s->o.out) {
		s->dir = xstrdup(s->o.out);
	} else {
		char when[CLOCK_TEXT];
		clock_compact(when, world_now(&s->clock));
		s->dir = xasprintf("esitesti-runs/%s-%s", when, info.id);
	}
	s->record = record_create(s->dir, &info, &s->clock, err);
	VEC_RELEASE(&ids);
	if (!s->record || add_inputs(s, err) < 0 || remark_seed(s, err) < 0 ||
	    shard_remark(&s->shard, s->plan.cases.count, s->record, err) < 0)
		return -1;
	return remark_host(s, err);
}

/* ---- The renderings */

int session_write_reports(struct session *s, struct err *err)
{
	struct report_options o = {
		.lang = (enum lang)s->o.lang,
		.data = s->shipped.dir,
	};
	struct report_paths usual = { NULL };
	FILE *table = ci_outputs(&s->o.ci, s->io, &usual, &o);
	struct report *r = report_open(s->dir, err);
	int rc = r ? report_render(r, &o, &usual, table, err) : -1;
	if (rc == 0 && s->o.junit)
		rc = report_junit(r, &o, s->o.junit, err);
	if (rc < 0)
		fprintf(s->io->errout, "esitesti: the run folder is '%s'\n",
		    s->dir);
	if (rc == 0)
		rc = exit_worse(report_totals(r)->exit,
		    s->mock_failed ? EXIT_ERROR : EXIT_PASSED);
	report_close(r);
	return rc;
}

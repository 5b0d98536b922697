/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-run.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/client.h"
#include "run/interrupt.h"
#include "run/preflight.h"

#include <unistd.h>

enum {
	DEFAULT_JOBS = 4,
	DEFAULT_DEADLINE = LIMIT_EXCHANGE_MS / 1000,
};

static const struct opt options[] = {
	{ "case", 0, OPT_LIST, "ID", OPT_INTO(struct run_options, cases),
	    "only this case (may be repeated)" },
	{ "certs", 0, OPT_TEXT, "DIR", OPT_INTO(struct run_options, certs),
	    "test certificates for mock and loopback (default: cached)" },
	{ "deadline", 0, OPT_NUMBER, "SECONDS",
	    OPT_INTO(struct run_options, deadline),
	    "how long to wait for an answer (default 60)", 1,
	    LIMIT_EXCHANGE_MS / 1000 },
	{ "dialect", 0, OPT_TEXT, "NAME", OPT_INTO(struct run_options, dialect),
	    "the dialect (or FILE.xml) to speak, instead of the target's" },
	{ "document", 0, OPT_LIST, "NAME=FILE",
	    OPT_INTO(struct run_options, documents),
	    "send FILE where cases say NAME (may be repeated)" },
	{ "fail-fast", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct run_options, fail_fast),
	    "begin no further case after the first that did not pass" },
	{ "fault", 0, OPT_LIST, "NAME[=VALUE][@N]",
	    OPT_INTO(struct run_options, faults),
	    "let the embedded mock misbehave (at message N)" },
	{ "github", 0, OPT_FLAG, NULL, OPT_INTO(struct run_options, ci.github),
	    "GitHub annotations and step summary, also elsewhere" },
	{ "jobs", 'j', OPT_NUMBER, "N", OPT_INTO(struct run_options, jobs),
	    "cases at a time, mock and loopback only (default 4)", 1,
	    LIMIT_JOBS },
	{ "junit", 0, OPT_TEXT, "FILE", OPT_INTO(struct run_options, junit),
	    "write a JUnit file here, too" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct run_options, lang),
	    "language of the reports (default fi)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "out", 'o', OPT_TEXT, "DIR", OPT_INTO(struct run_options, out),
	    "the run folder; must not exist or be empty" },
	{ "project", 0, OPT_TEXT, "FILE", OPT_INTO(struct run_options, project),
	    "project file (default: esitesti.xml, if there)" },
	{ "seed", 0, OPT_NUMBER, "N", OPT_INTO(struct run_options, seed),
	    "the same ids and times in messages as in each run with N; not "
	    "for real targets",
	    1, UINT64_MAX },
	{ "shard", 0, OPT_TEXT, "I/N", OPT_INTO(struct run_options, shard),
	    "run the I-th of N parts of the plan (see esitesti(1))" },
	{ "strict", 0, OPT_FLAG, NULL, OPT_INTO(struct run_options, strict),
	    "steps left to a person make the exit code 7" },
	{ "tag", 0, OPT_LIST, "TAG", OPT_INTO(struct run_options, tags),
	    "only cases with this tag (may be repeated)" },
	{ "tap", 0, OPT_TEXT, "FILE", OPT_INTO(struct run_options, ci.tap),
	    "write TAP 14 here; '-': standard output, without the table" },
	{ "target", 0, OPT_TEXT, "NAME", OPT_INTO(struct run_options, target),
	    "a target of the project file, or a loopback https URL",
	    .no_environment = true },
};

static const struct opt_set option_set = {
	.command = "run",
	.operands = "[CASE|DIR|ID]...",
	.summary = "run pre-test cases and judge the answers",
	.opts = options,
	.count = COUNTOF(options),
	.notes =
	    "Without a target the cases run against a mock that this command "
	    "starts and\nends. Without a project file, or without documents in "
	    "it, the run is a self-test:\nit tells nothing about your "
	    "system.\n",
};

void cmd_run_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

const char *session_own(struct session *s, char *text)
{
	*VEC_PUSH(&s->own) = text;
	return text;
}
/* ---- Running */

static struct run_setup make_setup(struct session *s)
{
	return (struct run_setup){
		.plan = &s->plan,
		.project = s->project,
		.dialect = s->dialect,
		.target = &s->target,
		.rules = s->shipped.rules,
		.pool = &s->pool.pool,
		.identity = &s->identity,
		.bad_identities =
		    s->target.kind == TARGET_REAL ? NULL : s->o.certs,
		.signer = s->signer.key ? &s->document_signer : NULL,
		.data = s->shipped.dir,
		.world = &s->world,
		.clock = &s->clock,
		.record = s->record,
		.jobs = (unsigned)s->o.jobs,
		.exchange_ms = (unsigned)s->o.deadline * 1000,
		.fail_fast = s->o.fail_fast,
		.interrupted = interrupt_count(),
		.begun = progress_begun,
		.progress = progress_done,
		.ctx = &s->progress,
	};
}

static int execute(struct session *s, struct err *err)
{
	struct run_setup setup = make_setup(s);
	interrupt_catch(s->dir);
	s->progress = (struct progress){
		.out = isatty(fileno(s->io->errout)) ? s->io->errout : NULL,
		.lang = (enum lang)s->o.lang,
		.total = s->plan.cases.count,
	};
	int rc = run_execute(&setup, err);
	progress_clear(&s->progress);
	return rc;
}

static int finish_record(struct session *s, struct err *err)
{
	struct err stop_err = { 0 };
	if (embedded_stop(&s->mock, &stop_err) < 0) {
		err_print(s->io->errout, &stop_err);
		s->mock_failed = true;
	}
	struct record *record = s->record;
	s->record = NULL;
	return record_seal(record, atomic_load(interrupt_count()) > 0, err);
}

/* ---- The command */

/* Identity and CA file are read before anything is recorded. */
static int check_connection(struct session *s, struct err *err)
{
	if (identity_load_target(&s->identity, &s->target, err) < 0)
		return -1;
	struct client *client =
	    client_new(&(struct client_options){ .ca = s->target.ca,
			   .crl = s->target.crl },
		err);
	client_free(client);
	return client ? 0 : err_wrap(err, "target '%s'", s->target.name);
}

static int choose_shard(struct session *s, struct err *err)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun */
	bool is_env = s->o.shard == getenv("ESITESTI_SHARD");
	return shard_choose(&s->shard, s->o.shard, is_env, getenv, err);
}

/* Whether a document of the vendor's has a place in the plan. */
static bool is_pre_test(const struct session *s)
{
	VEC_EACH (struct testcase *, tc, &s->plan.cases)
		if (project_serves(s->project, *tc))
			return true;
	return false;
}

/* Digest, purpose and size are the whole plan's, so that its shards agree. */
static void finish_plan(struct session *s)
{
	plan_digest(&s->plan, s->dialect);
	s->pre_test = is_pre_test(s);
	s->plan_cases = (unsigned)s->plan.cases.count;
	shard_take(&s->shard, &s->plan.cases);
}

static int prepare(
    struct session *s, int argc, char *argv[], int first, struct err *err)
{
	if ((s->o.junit && file_check_place(s->o.junit, err) < 0) ||
	    ci_check(&s->o.ci, err) < 0 || choose_shard(s, err) < 0 ||
	    shipped_load(&s->shipped, err) < 0 ||
	    session_load_project(s, err) < 0 ||
	    session_load_cases(s, argc, argv, first, err) < 0 ||
	    session_choose_target(s, err) < 0 || session_use_seed(s, err) < 0 ||
	    session_load_dialect(s, err) < 0 ||
	    session_keep_service(s, argc > first, err) < 0 ||
	    as_usage(check_connection(s, err), err) < 0)
		return -1;
	struct run_setup setup = make_setup(s);
	if (preflight_target(&setup, err) < 0)
		return -1;
	finish_plan(s);
	if (s->target.kind == TARGET_REAL)
		s->o.jobs = 1; /* it is shared: the record tells so */
	/* Before any thread: the mock is this program once more. */
	return session_start_mock(s, err);
}

void session_release(struct session *s)
{
	struct err ignored = { 0 };
	record_abandon(s->record);
	(void)!embedded_stop(&s->mock, &ignored);
	identity_release(&s->identity);
	identity_release(&s->signer);
	dialect_free(s->dialect);
	case_set_release(&s->plan.cases);
	project_free(s->project);
	target_release(&s->target);
	shipped_release(&s->shipped);
	VEC_EACH (char *, text, &s->own)
		free(*text);
	VEC_RELEASE(&s->own);
	project_pool_release(&s->pool);
	VEC_RELEASE(&s->o.cases);
	VEC_RELEASE(&s->o.tags);
	VEC_RELEASE(&s->o.documents);
	VEC_RELEASE(&s->o.faults);
	free(s->dir);
}

int cmd_run(int argc, char *argv[], struct io *io, struct err *err)
{
	struct session s = {
		.io = io,
		.o = { .jobs = DEFAULT_JOBS,
		    .lang = LANG_FI,
		    .deadline = DEFAULT_DEADLINE },
		.world = world_real(),
		.clock = world_real(),
	};
	int first = opt_parse(&option_set, &s.o, argc, argv, io->out, err);
	int rc = first;
	if (first > 0) {
		rc = prepare(&s, argc, argv, first, err);
		if (rc == 0)
			rc = session_open_record(&s, err);
		if (rc == 0)
			rc = execute(&s, err);
		if (rc == 0)
			rc = finish_record(&s, err);
		if (rc == 0)
			rc = session_write_reports(&s, err);
	}
	session_release(&s);
	return rc;
}

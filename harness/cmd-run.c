/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd.h"
#include "mock/fault.h"
#include "net/client.h"
#include "net/pki.h"
#include "report/report.h"
#include "run/embedded.h"
#include "run/interrupt.h"
#include "run/preflight.h"
#include "run/progress.h"
#include "run/shard.h"

#include <inttypes.h>
#include <unistd.h>

enum {
	DEFAULT_JOBS = 4
};

/* When messages of a run with a chosen seed say that they were made. */
#define SEEDED_AT INT64_C(1767348000000000) /* 2026-01-02T10:00:00Z */

/* What the options say. */
struct run_options {
	const char *target, *certs, *out, *junit, *project, *dialect, *shard;
	struct opt_list cases, tags, documents, faults;
	uint64_t jobs, seed; /* seed 0: none was chosen */
	int lang;
	bool fail_fast, strict;
};

/* What a run owns, from the first file read to the last one written. */
struct session {
	struct run_options o;
	struct io *io;
	struct shipped shipped;
	struct project *project;
	struct dialect *dialect;
	struct plan plan;
	struct shard shard;
	bool pre_test;
	struct target target;
	struct {
		VEC(char *);
	} own;
	struct {
		VEC(const char *);
	} codes; /* of the project's pool, borrowed */
	struct identity_pool pool;
	struct identity identity;
	struct embedded mock;
	bool mock_failed; /* it did not live to the end, or end in order */
	struct world world, clock; /* see run/run.h */
	int64_t seeded_at;
	char seed[24];
	struct record *record;
	char *dir;
	struct progress progress;
};

static const struct opt options[] = {
	{ "case", 0, OPT_LIST, "ID", OPT_INTO(struct run_options, cases),
	    "only this case (may be repeated)" },
	{ "certs", 0, OPT_TEXT, "DIR", OPT_INTO(struct run_options, certs),
	    "test certificates for mock and loopback (default: cached)" },
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

static const char *own(struct session *s, char *text)
{
	*VEC_PUSH(&s->own) = text;
	return text;
}

/* ---- Project, cases, documents */

/* A file that the user named and that is not there is the user's word. */
static int as_usage(int rc, struct err *err)
{
	if (rc < 0 && err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	return rc;
}

static int load_project(struct session *s, struct err *err)
{
	const char *path = s->o.project;
	if (!path && access("esitesti.xml", F_OK) == 0)
		path = "esitesti.xml";
	if (!path)
		path =
		    own(s, shipped_path(&s->shipped, "fixtures/self-test.xml"));
	s->project = project_load(path, err);
	if (!s->project)
		return as_usage(-1, err);
	VEC_EACH (struct person, person, &s->project->pool)
		*VEC_PUSH(&s->codes) = person->code;
	s->pool = (struct identity_pool){ s->codes.at, s->codes.count };
	VEC_EACH (const char *, word, &s->o.documents)
		if (project_add_document(s->project, *word, err) < 0)
			return -1;
	return 0;
}

static bool is_wanted(const struct run_options *o, const struct testcase *tc)
{
	bool by_id = o->cases.count == 0, by_tag = o->tags.count == 0;
	VEC_EACH (const char *, id, &o->cases)
		by_id = by_id || streq(*id, tc->id);
	VEC_EACH (const char *, tag, &o->tags)
		VEC_EACH (char *, own_tag, &tc->tags)
			by_tag = by_tag || streq(*tag, *own_tag);
	return by_id && by_tag;
}

static int check_case_ids(const struct session *s, struct err *err)
{
	VEC_EACH (const char *, id, &s->o.cases) {
		bool found = false;
		VEC_EACH (struct testcase *, tc, &s->plan.cases)
			found = found || streq((*tc)->id, *id);
		if (!found) {
			err_set(err, ERR_USAGE, "there is no case '%s'", *id);
			return err_hint(err, "'esitesti list' shows all");
		}
	}
	return 0;
}

static void keep_wanted(struct session *s)
{
	struct case_set *cases = &s->plan.cases;
	size_t kept = 0;
	for (size_t i = 0; i < cases->count; i++) {
		if (is_wanted(&s->o, cases->at[i]))
			cases->at[kept++] = cases->at[i];
		else
			testcase_free(cases->at[i]);
	}
	cases->count = kept;
}

/* A name that no case has would make a self-test of a pre-test in silence. The
 * shipped cases count also when others are run. */
static int check_project(struct session *s, bool with_shipped, struct err *err)
{
	struct case_set shipped = { 0 };
	const struct case_set *sets[] = { &s->plan.cases, &shipped };
	char *dir = shipped_path(&s->shipped, "cases");
	int rc = 0;
	if (with_shipped)
		rc = case_set_load(
		    &shipped, dir, NULL, 0, s->shipped.facts, NULL, NULL, err);
	if (rc >= 0)
		rc = preflight_project(
		    s->project, sets, COUNTOF(sets), s->io->errout, err);
	case_set_release(&shipped);
	free(dir);
	return rc;
}

static int check_documents(struct session *s, struct err *err)
{
	if (preflight_options(&s->plan.cases, &s->o.documents, err) < 0)
		return -1;
	return preflight_files(s->project, &s->plan.cases, err);
}

static int load_cases(
    struct session *s, int argc, char *argv[], int first, struct err *err)
{
	char *shipped = shipped_path(&s->shipped, "cases");
	const char *const *names = (const char *const *)(argv + first);
	size_t count = (size_t)(argc - first);
	int faulty = case_set_load(&s->plan.cases, shipped, names, count,
	    s->shipped.facts, print_fault, s->io->errout, err);
	free(shipped);
	if (faulty < 0)
		return -1;
	if (faulty > 0)
		return err_set(err, ERR_CASE,
		    "%d case file%s faulty: nothing was run", faulty,
		    faulty == 1 ? " is" : "s are");
	if (check_case_ids(s, err) < 0 ||
	    case_set_check_tags(&s->plan.cases, &s->o.tags, err) < 0 ||
	    check_project(s, count > 0, err) < 0)
		return -1;
	keep_wanted(s);
	if (s->plan.cases.count == 0)
		return err_set(err, ERR_USAGE, "no case is left to run");
	return check_documents(s, err);
}

/* ---- Target */

static int use_test_certificates(struct session *s, struct err *err)
{
	const char *dir = s->o.certs;
	if (!dir) {
		char *profiles =
		    shipped_path(&s->shipped, "certs/profiles.xml");
		char *cached = pki_cached(profiles, err);
		free(profiles);
		if (!cached)
			return -1;
		s->o.certs = dir = own(s, cached);
	}
	struct target *t = &s->target;
	t->ca = xasprintf("%s/ca.pem", dir);
	t->certificate = xasprintf("%s/client.pem", dir);
	t->key = xasprintf("%s/client.key", dir);
	return 0;
}

static int use_url(struct session *s, const char *url, struct err *err)
{
	if (target_set_url(&s->target, url, err) < 0)
		return -1;
	if (s->target.kind != TARGET_LOOPBACK) {
		err_set(err, ERR_USAGE,
		    "'%s' is not on this machine: only loopback addresses may "
		    "be given as a URL",
		    url);
		return err_hint(err, "name it as a target in the project file");
	}
	s->target.name = xstrdup("loopback");
	return use_test_certificates(s, err);
}

static int choose_target(struct session *s, struct err *err)
{
	const char *name = s->o.target;
	if (!name) {
		s->target.kind = TARGET_EMBEDDED;
		s->target.name = xstrdup("embedded-mock");
		return use_test_certificates(s, err);
	}
	if (strstr(name, "://"))
		return use_url(s, name, err);
	const struct target *t =
	    project_need_target(s->project, s->shipped.rules, name, err);
	if (!t || project_attest(s->project, s->shipped.rules, err) < 0)
		return -1;
	target_copy(&s->target, t);
	return 0;
}

/* Ids that were used before are for nobody who keeps them. */
static int use_seed(struct session *s, struct err *err)
{
	if (!s->o.seed)
		return 0;
	if (s->target.kind == TARGET_REAL) {
		err_set(err, ERR_USAGE,
		    "a fixed seed before the real environment '%s'",
		    s->target.name);
		return err_hint(err,
		    "its archive takes each id once, and it is shared: leave "
		    "--seed (and ESITESTI_SEED) out");
	}
	snprintf(s->seed, sizeof(s->seed), "%" PRIu64, s->o.seed);
	s->seeded_at = SEEDED_AT;
	s->world = world_fixed(&s->seeded_at, s->o.seed);
	return 0;
}

static int load_dialect(struct session *s, struct err *err)
{
	const char *name = s->o.dialect ? s->o.dialect : s->target.dialect;
	s->o.dialect = name ? name : "kanta";
	char *dir = shipped_path(&s->shipped, "cases/dialects");
	char *beside = path_dir(s->project->path);
	s->o.dialect = own(s, dialect_find(beside, dir, s->o.dialect));
	free(beside);
	s->dialect = dialect_load(dir, s->o.dialect, err);
	free(dir);
	return as_usage(s->dialect ? 0 : -1, err);
}

/* A wrong word is the user's, not a mock's that would not start. */
static int check_faults(const struct session *s, struct err *err)
{
	struct fault_list faults = { 0 };
	int rc = fault_parse(&faults, &s->o.faults, err);
	VEC_RELEASE(&faults);
	return rc;
}

static int start_mock(struct session *s, struct err *err)
{
	if (check_faults(s, err) < 0)
		return -1;
	if (s->target.kind != TARGET_EMBEDDED) {
		if (s->o.faults.count)
			return err_set(err, ERR_USAGE,
			    "--fault is for the embedded mock only");
		return 0;
	}
	if (embedded_start(
		&s->mock, s->o.certs, s->o.dialect, &s->o.faults, err) < 0)
		return -1;
	free(s->target.url);
	s->target.url = xasprintf("https://127.0.0.1:%u", s->mock.port);
	free(s->target.host);
	s->target.host = xstrdup("127.0.0.1");
	return 0;
}

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
		rc = record_input(s->record, "project.xml", s->project->source,
		    s->project->source_len, err);
	if (rc == 0)
		rc = buf_read_file(&facts, facts_path, err);
	if (rc == 0)
		rc = record_input(
		    s->record, "facts.xml", facts.ptr, facts.len, err);
	VEC_EACH (struct testcase *, tc, &s->plan.cases) {
		char *name = xasprintf("cases/%s.xml", (*tc)->id);
		if (rc == 0)
			rc = record_input(s->record, name, (*tc)->source,
			    (*tc)->source_len, err);
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

/* Whether a document of the vendor's has a place in the plan. */
static bool is_pre_test(const struct session *s)
{
	VEC_EACH (struct testcase *, tc, &s->plan.cases)
		if (project_serves(s->project, *tc))
			return true;
	return false;
}

static int open_record(struct session *s, struct err *err)
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
		.jobs = (unsigned)s->o.jobs,
		.strict = s->o.strict,
		.seed = s->o.seed ? s->seed : NULL,
		.system = s->project->system,
		.system_version = s->project->version,
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

/* ---- Running */

static struct run_setup make_setup(struct session *s)
{
	return (struct run_setup){
		.plan = &s->plan,
		.project = s->project,
		.dialect = s->dialect,
		.target = &s->target,
		.rules = s->shipped.rules,
		.pool = s->pool.count ? &s->pool : NULL,
		.identity = &s->identity,
		.bad_identities =
		    s->target.kind == TARGET_REAL ? NULL : s->o.certs,
		.data = s->shipped.dir,
		.world = &s->world,
		.clock = &s->clock,
		.record = s->record,
		.jobs = (unsigned)s->o.jobs,
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

static int write_reports(struct session *s, struct err *err)
{
	struct report_options o = {
		.lang = (enum lang)s->o.lang,
		.color = wants_color(s->io->out),
		.mask = wants_mask(),
		.data = s->shipped.dir,
	};
	struct report_paths usual = { NULL };
	struct report *r = report_open(s->dir, err);
	int rc = r ? report_render(r, &o, &usual, s->io->out, err) : -1;
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

/* ---- The command */

/* Identity and CA file are read before anything is recorded. */
static int check_connection(struct session *s, struct err *err)
{
	if (identity_load_target(&s->identity, &s->target, err) < 0)
		return -1;
	struct client *client =
	    client_new(&(struct client_options){ .ca = s->target.ca }, err);
	client_free(client);
	return client ? 0 : err_wrap(err, "target '%s'", s->target.name);
}

static int choose_shard(struct session *s, struct err *err)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun */
	bool is_env = s->o.shard == getenv("ESITESTI_SHARD");
	return shard_choose(&s->shard, s->o.shard, is_env, getenv, err);
}

/* Digest and purpose are the whole plan's, so that its shards agree. */
static void finish_plan(struct session *s)
{
	plan_digest(&s->plan, s->dialect);
	s->pre_test = is_pre_test(s);
	shard_take(&s->shard, &s->plan.cases);
}

static int prepare(
    struct session *s, int argc, char *argv[], int first, struct err *err)
{
	if ((s->o.junit && file_check_place(s->o.junit, err) < 0) ||
	    choose_shard(s, err) < 0 || shipped_load(&s->shipped, err) < 0 ||
	    load_project(s, err) < 0 ||
	    load_cases(s, argc, argv, first, err) < 0 ||
	    choose_target(s, err) < 0 || use_seed(s, err) < 0 ||
	    load_dialect(s, err) < 0 ||
	    as_usage(check_connection(s, err), err) < 0)
		return -1;
	struct run_setup setup = make_setup(s);
	if (preflight_target(&setup, err) < 0)
		return -1;
	finish_plan(s);
	if (s->target.kind == TARGET_REAL)
		s->o.jobs = 1; /* it is shared: the record tells so */
	/* Before any thread: the mock is this program once more. */
	return start_mock(s, err);
}

static void session_release(struct session *s)
{
	struct err ignored = { 0 };
	record_abandon(s->record);
	(void)!embedded_stop(&s->mock, &ignored);
	identity_release(&s->identity);
	dialect_free(s->dialect);
	case_set_release(&s->plan.cases);
	project_free(s->project);
	target_release(&s->target);
	shipped_release(&s->shipped);
	VEC_EACH (char *, text, &s->own)
		free(*text);
	VEC_RELEASE(&s->own);
	VEC_RELEASE(&s->codes);
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
		.o = { .jobs = DEFAULT_JOBS, .lang = LANG_FI },
		.world = world_real(),
		.clock = world_real(),
	};
	int first = opt_parse(&option_set, &s.o, argc, argv, io->out, err);
	int rc = first;
	if (first > 0) {
		rc = prepare(&s, argc, argv, first, err);
		if (rc == 0)
			rc = open_record(&s, err);
		if (rc == 0)
			rc = execute(&s, err);
		if (rc == 0)
			rc = finish_record(&s, err);
		if (rc == 0)
			rc = write_reports(&s, err);
	}
	session_release(&s);
	return rc;
}

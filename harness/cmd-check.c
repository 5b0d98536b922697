/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-check.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/dialect.h"
#include "kanta/ids.h"
#include "record/result.h"
#include "run/interrupt.h"

static const struct opt options[] = {
	{ "baseline", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct check_command, with.baseline),
	    "findings that are known and accepted for a while" },
	{ "by", 0, OPT_TEXT, "NAME", OPT_INTO(struct check_command, by),
	    "who accepts what --write-baseline writes" },
	{ "certs", 0, OPT_TEXT, "DIR", OPT_INTO(struct check_command, certs),
	    "test certificates for --shark on loopback (default: cached)" },
	{ "codes", 0, OPT_LIST, "FILE",
	    OPT_INTO(struct check_command, with.codes),
	    "more code lists (may be repeated)" },
	{ "fail-on", 0, OPT_CHOICE, "SEVERITY",
	    OPT_INTO(struct check_command, fail_on),
	    "what makes the exit code 1: error (default) or warning", 0, 0,
	    severity_names, 2 },
	{ "format", 0, OPT_CHOICE, "FORMAT",
	    OPT_INTO(struct check_command, format),
	    "html, json, junit, sarif or text (default)", 0, 0,
	    check_view_names, CHECK_FORMATS },
	{ "github", 0, OPT_FLAG, NULL, OPT_INTO(struct check_command, github),
	    "GitHub annotations, also elsewhere" },
	{ "html", 0, OPT_TEXT, "FILE", OPT_INTO(struct check_command, html),
	    "write an HTML report here, too" },
	{ "jobs", 'j', OPT_NUMBER, "N", OPT_INTO(struct check_command, jobs),
	    "files at a time (default: one for each processor)", 1,
	    LIMIT_JOBS },
	{ "json", 0, OPT_TEXT, "FILE", OPT_INTO(struct check_command, json),
	    "write JSON here, too" },
	{ "junit", 0, OPT_TEXT, "FILE", OPT_INTO(struct check_command, junit),
	    "write a JUnit file here, too" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct check_command, lang),
	    "language of the findings (default en)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "list-rules", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct check_command, list_rules),
	    "tell all rules that are checked, and check nothing" },
	{ "out", 'o', OPT_TEXT, "FILE", OPT_INTO(struct check_command, out),
	    "write the --format here instead of the standard output" },
	{ "phase", 0, OPT_TEXT, "NAME", OPT_INTO(struct check_command, phase),
	    "the phase of --rules, or #ALL (default: their own)" },
	{ "pool", 0, OPT_TEXT, "FILE", OPT_INTO(struct check_command, pool),
	    "project file whose test persons alone may occur (default: "
	    "that of --project)" },
	{ "project", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct check_command, project),
	    "project file (default: esitesti.xml, if there)" },
	{ "reason", 0, OPT_TEXT, "TEXT", OPT_INTO(struct check_command, reason),
	    "why what --write-baseline writes is accepted" },
	{ "rules", 0, OPT_LIST, "FILE",
	    OPT_INTO(struct check_command, with.rules),
	    "more rule sets, ISO Schematron (may be repeated)" },
	{ "sarif", 0, OPT_TEXT, "FILE", OPT_INTO(struct check_command, sarif),
	    "write SARIF 2.1.0 here, too" },
	{ "schema", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct check_command, with.schema),
	    "the documents' XML Schema, instead of ours" },
	{ "shark", 0, OPT_TEXT, "TARGET", OPT_INTO(struct check_command, shark),
	    "send FRAME [DOCUMENT] to a SHARK validation service",
	    .no_environment = true },
	{ "stages", 0, OPT_TEXT, "NAME,...",
	    OPT_INTO(struct check_command, stages),
	    "only syntactic, schema, rules, codes, signature, guard" },
	{ "until", 0, OPT_TEXT, "DATE", OPT_INTO(struct check_command, until),
	    "the last day of what --write-baseline writes: 2027-01-31" },
	{ "write-baseline", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct check_command, write_baseline),
	    "write a baseline of what is found, to be filled in" },
};

static const struct opt_set option_set = {
	.command = "check",
	.operands = "FILE|DIR|- ...",
	.summary = "check documents and messages, offline",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "A file is a CDA document, an HL7 V3 message, or one in a "
		 "SOAP envelope; of a\nfolder, *.xml and what begins like one "
		 "of these. Exit code 1 when an error was\nfound, 2 or 3 when "
		 "a file could not be read. This is no report of Kela's\n"
		 "validation service.\n",
};

void cmd_check_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

/* "syntactic,guard"; all of them when it is NULL. */
static int choose_stages(
    struct check_options *o, const char *words, struct err *err)
{
	char *copy = xstrdup(words ? words : ""), *rest = copy, *word;
	int rc = 0;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		o->stages[i] = words == NULL;
	while (rc == 0 && (word = strsep(&rest, ",")) && words) {
		int i =
		    str_choice(word, stage_names, STAGE_COUNT, "--stages", err);
		if (i < 0)
			rc = -1;
		else
			o->stages[i] = true;
	}
	free(copy);
	return rc;
}

static int load_dialect(struct checking *c, struct err *err)
{
	char *dir = shipped_path(&c->shipped, "cases/dialects");
	c->dialect = dialect_load(dir, "kanta", err);
	free(dir);
	return c->dialect ? 0 : -1;
}

static int load_plan(struct checking *c, struct err *err)
{
	const struct check_command *o = c->o;
	struct world world = world_real();
	if (choose_stages(&c->options, o->stages, err) < 0 ||
	    load_dialect(c, err) < 0 || check_pool_load(c, err) < 0)
		return -1;
	c->options.data = c->shipped.dir;
	c->options.dialect = c->dialect;
	c->options.codes = &o->with.codes;
	c->options.rules = &o->with.rules;
	c->options.phase = o->phase;
	c->options.schema = o->with.schema;
	c->options.now = world_now(&world);
	c->options.excerpts = true;
	c->plan = check_plan_new(&c->options, err);
	c->view = (struct check_view_options){
		.lang = (enum lang)o->lang,
		.data = c->shipped.dir,
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet */
		.workspace = getenv("GITHUB_WORKSPACE"),
		.started = c->options.now,
		.fail_on = (enum severity)o->fail_on,
		.baseline = o->write_baseline,
		.reason = o->reason,
		.until = o->until,
		.by = o->by,
	};
	return c->plan ? 0 : -1;
}

/* ---- Checking */

/* What a file that could not be read is to the exit code. */
static int exit_of_unread(const struct err *why)
{
	return why->kind == ERR_LIMIT ? EXIT_INVALID : EXIT_USAGE;
}

static void take_result(
    void *ctx, const char *name, struct checked *checked, const struct err *why)
{
	struct checking *c = ctx;
	struct check_totals *t = &c->totals;
	if (checked) {
		if (c->baseline)
			baseline_apply(c->baseline, checked);
		check_totals_add(t, checked, &c->view);
		check_outputs_file(c, checked);
		return;
	}
	/* File names may be identity codes, and messages name files. */
	char *clean = finding_text(name);
	struct err shown = *why;
	hetu_hide(shown.msg);
	hetu_hide(shown.hint);
	t->unread++;
	t->exit = exit_worse(t->exit, exit_of_unread(why));
	check_outputs_unread(c, clean, &shown);
	free(clean);
}

static void add_remark(void *ctx, const struct note *note)
{
	struct check_totals *t = ctx;
	*VEC_PUSH(&t->remarks) = *note;
}

/* Who fills it in later learns now what no entry will be for. */
static void remark_unwritten(struct checking *c)
{
	struct check_totals *t = &c->totals;
	size_t errors = t->stages[STAGE_GUARD].count[SEVERITY_ERROR];
	if (!c->o->write_baseline || errors == 0)
		return;
	char n[24];
	snprintf(n, sizeof(n), "%zu", errors);
	*VEC_PUSH(&t->remarks) = say_baseline_unwritten(n);
}

static void run_batch(struct checking *c)
{
	unsigned jobs = c->o->jobs ? (unsigned)c->o->jobs : batch_processors();
	const struct batch batch = {
		.plan = c->plan,
		.inputs = &c->inputs,
		.jobs =
		    jobs < c->inputs.count ? jobs : (unsigned)c->inputs.count,
		.interrupted = interrupt_count(),
		.each = take_result,
		.ctx = c,
	};
	struct check_totals *t = &c->totals;
	interrupt_catch_files();
	t->planned = c->inputs.count;
	t->passed_over = c->inputs.passed_over;
	t->interrupted = batch_run(&batch) < c->inputs.count;
	/* What was not looked at may still need its entry. */
	if (c->baseline && !t->interrupted)
		baseline_tell(c->baseline, add_remark, t);
	remark_unwritten(c);
	check_totals_end(t);
	/* A folder that a build left empty is no folder in order. */
	if (t->planned == 0)
		t->exit = EXIT_USAGE;
	if (t->interrupted)
		t->exit = EXIT_INTERRUPTED;
	else if (t->files_failed > 0)
		t->exit = exit_worse(t->exit, EXIT_FAILED);
}

static int load_baseline(struct checking *c, struct err *err)
{
	const struct check_command *o = c->o;
	if (o->until && !baseline_is_day(o->until)) {
		err_set(err, ERR_USAGE, "--until: '%s' is no day", o->until);
		return err_hint(err, "write it as 2027-01-31");
	}
	if (!o->with.baseline || check_writes_baseline(o, o->with.baseline))
		return 0;
	c->baseline = baseline_load(o->with.baseline, c->options.now, err);
	if (!c->baseline && err->kind == ERR_IO) {
		err->kind = ERR_USAGE;
		err_hint(
		    err, "--write-baseline %s makes one", o->with.baseline);
	}
	return c->baseline ? 0 : -1;
}

static int check_files(
    struct checking *c, int count, char *names[], struct err *err)
{
	if (check_places(c->o, err) < 0 || shipped_load(&c->shipped, err) < 0 ||
	    check_project_load(c, err) < 0 || load_plan(c, err) < 0 ||
	    load_baseline(c, err) < 0)
		return -1;
	for (int i = 0; i < count; i++)
		if (inputs_add(&c->inputs, names[i], err) < 0)
			return -1;
	if (check_outputs_begin(c, err) < 0)
		return -1;
	run_batch(c);
	return check_outputs_end(c, err);
}

static void release(struct checking *c)
{
	check_outputs_abandon(c);
	check_totals_release(&c->totals);
	inputs_release(&c->inputs);
	baseline_free(c->baseline);
	check_plan_free(c->plan);
	check_pool_release(c);
	dialect_free(c->dialect);
	shipped_release(&c->shipped);
}

int cmd_check(int argc, char *argv[], struct io *io, struct err *err)
{
	struct check_command o = { .lang = LANG_EN,
		.format = CHECK_FORMAT_TEXT };
	struct checking c = { .o = &o, .io = io };
	int first = opt_parse(&option_set, &o, argc, argv, io->out, err);
	int rc = first;
	if (first > 0 && check_named_files(&o, err) < 0) {
		rc = -1;
	} else if (first > 0 && o.list_rules) {
		rc = check_project_load(&c, err) < 0
			 ? -1
			 : check_list_rules(&o, io, err);
	} else if (first == argc) {
		err_set(err, ERR_USAGE,
		    "check what? name a file, a folder, or '-'");
		rc = err_hint(err, "esitesti check document.xml");
	} else if (first > 0 && o.shark) {
		rc = check_shark(&o, argc - first, argv + first, io, err);
		c.totals.exit = rc;
	} else if (first > 0) {
		rc = check_files(&c, argc - first, argv + first, err);
	}
	release(&c);
	check_sources_release(&o.with);
	return rc < 0 || first <= 0 ? rc : c.totals.exit;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-mock.h"
#include "base/file.h"
#include "base/limits.h"
#include "cmd.h"
#include "mock/mock.h"
#include "mock/policy.h"
#include "net/pki.h"
#include "record/result.h"
#include "testcase/case.h"
#include "testcase/faults.h"
#include "testcase/project.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What the options say. */
struct mock_words {
	const char *certs, *port_file, *archive, *dialect, *out, *project;
	struct opt_list faults, policies;
	uint64_t port, ready_fd, patience;
	bool parent_death, case_faults, show_faults, list_policies, quiet;
	bool open_report;
	int lang;
};

static const struct opt options[] = {
	{ "archive", 0, OPT_TEXT, "FILE", OPT_INTO(struct mock_words, archive),
	    "keep the documents in this file (default: in memory)" },
	{ "case-faults", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct mock_words, case_faults),
	    "let a message name a fault (what 'run' uses for cases)" },
	{ "certs", 0, OPT_TEXT, "DIR", OPT_INTO(struct mock_words, certs),
	    "test certificates of 'esitesti certs init' (default: cached)" },
	{ "dialect", 0, OPT_TEXT, "NAME", OPT_INTO(struct mock_words, dialect),
	    "the dialect to speak (default kanta)" },
	{ "fault", 0, OPT_LIST, "NAME[=VALUE][@N]",
	    OPT_INTO(struct mock_words, faults),
	    "misbehave on purpose (at message N)" },
	{ "faults", 0, OPT_FLAG, NULL, OPT_INTO(struct mock_words, show_faults),
	    "list the faults that there are, and serve nothing" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct mock_words, lang),
	    "language of the screen (default en)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "open-report", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct mock_words, open_report),
	    "show the run folder as a page, while it grows" },
	{ "out", 'o', OPT_TEXT, "DIR", OPT_INTO(struct mock_words, out),
	    "write a run folder; must not exist or be empty" },
	{ "parent-death", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct mock_words, parent_death),
	    "end when the program that started it ends" },
	{ "patience", 0, OPT_NUMBER, "SECONDS",
	    OPT_INTO(struct mock_words, patience),
	    "turn slow clients away after so long (default 20)", 1, 86400 },
	{ "policies", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct mock_words, list_policies),
	    "list what is uncertain and what the mock does about it" },
	{ "policy", 0, OPT_LIST, "NAME=VALUE",
	    OPT_INTO(struct mock_words, policies),
	    "refuse, warn or off where Kanta is not certain" },
	{ "port", 'p', OPT_NUMBER, "N", OPT_INTO(struct mock_words, port),
	    "listen on 127.0.0.1:N (default 0: any free port)", 0, 65535 },
	{ "port-file", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct mock_words, port_file),
	    "write the port here when ready" },
	{ "project", 0, OPT_TEXT, "FILE", OPT_INTO(struct mock_words, project),
	    "project file (default: esitesti.xml, if there)" },
	{ "quiet", 'q', OPT_FLAG, NULL, OPT_INTO(struct mock_words, quiet),
	    "tell nothing of what arrives" },
	{ "ready-fd", 0, OPT_NUMBER, "FD",
	    OPT_INTO(struct mock_words, ready_fd),
	    "write the port to this descriptor when ready", 3, 1023 },
};

static const struct opt_set option_set = {
	.command = "mock",
	.operands = "",
	.summary = "serve a local stand-in for the archive",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "It takes messages at POST / over mutual TLS until SIGTERM or "
		 "Ctrl-C, as SOAP\n1.1, SOAP 1.2 or bare; ?wsdl describes it "
		 "to SOAP clients. Every other path is\nan archive of its own. "
		 "It is not Kanta: where Kanta's behaviour is not known, it\n"
		 "does what its dialect says.\n",
};

void cmd_mock_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

/* A parent that died even before is noticed by the broken ready pipe. */
static int follow_parent(struct err *err)
{
	pid_t parent = getppid();

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return err_errno(
		    err, ERR_INTERNAL, "cannot follow the parent's end");
	if (getppid() != parent)
		return err_set(err, ERR_INTERNAL, "the parent has ended");
	return 0;
}

/* Of the shipped data a mock needs the dialects alone. */
static struct dialect *load_dialect(const char *name, struct err *err)
{
	char *data = path_data(err);
	char *dir = data ? path_join(data, "cases/dialects") : NULL;
	char *found = dir ? dialect_find(".", dir, name) : NULL;
	struct dialect *d = found ? dialect_load(dir, found, err) : NULL;

	free(found);
	free(dir);
	free(data);
	return d;
}

/* 0 = no terminal. */
static unsigned width_of(FILE *out)
{
	struct winsize size = { 0 };

	if (ioctl(fileno(out), TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

/* What the screen cites. */
static struct facts *load_facts(struct err *err)
{
	char *data = path_data(err);
	char *path = data ? path_join(data, "cases/facts.xml") : NULL;
	struct facts *facts = path ? facts_load(path, err) : NULL;

	free(path);
	free(data);
	return facts;
}

static int list_policies(
    const struct mock_words *words, struct io *io, struct err *err)
{
	struct dialect *d = load_dialect(words->dialect, err);
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	struct policies policies;
	int rc = -1;

	if (d && policies_make(&policies, d, &words->policies, err) == 0) {
		policies_show(&text, &policies, d, (enum lang)words->lang);
		fputs(text.ptr, io->out);
		rc = 0;
	}
	buf_release(&text);
	dialect_free(d);
	return rc;
}

/* What it checks documents with, if its policy asks for that at all. */
static int load_project(struct project **to, struct check_sources *with,
    const struct mock_words *words, const struct dialect *d, struct err *err)
{
	const char *path = project_choose(words->project, NULL);
	struct policies policies;

	if (policies_make(&policies, d, &words->policies, err) < 0)
		return -1;
	if (!path || policies.value[POLICY_CONTENT] == POLICY_OFF)
		return 0;
	*to = project_open(path, NULL, err);
	return *to ? check_sources_add(with, *to, err) : -1;
}

static int check_places(const struct mock_words *words, struct err *err)
{
	if (words->port_file && file_check_place(words->port_file, err) < 0)
		return -1;
	if (words->archive && file_check_place(words->archive, err) < 0)
		return -1;
	return 0;
}

static int serve(const struct mock_words *words, struct io *io, struct err *err)
{
	struct dialect *dialect = load_dialect(words->dialect, err);
	struct facts *facts = dialect ? load_facts(err) : NULL;
	const struct world world = world_real();
	struct check_sources with = { 0 };
	struct project *project = NULL;
	struct mock_view view = { .lang = (enum lang)words->lang,
		.log = io->errout };
	struct mock_options o = {
		.certs = words->certs,
		.port = (unsigned)words->port,
		.patience_s = (unsigned)words->patience,
		.port_file = words->port_file,
		.ready_fd = words->ready_fd ? (int)words->ready_fd : -1,
		.archive = words->archive,
		.out = words->out,
		.dialect = dialect,
		.faults = &words->faults,
		.case_faults = words->case_faults,
		.policies = &words->policies,
		.rules = &with.rules,
		.codes = &with.codes,
		.world = &world,
		.log = words->quiet ? NULL : io->errout,
		.color = wants_color(io->errout),
		.width = width_of(io->errout),
		.lang = (enum lang)words->lang,
		.facts = facts,
		.page = words->open_report ? &view.tells : NULL,
	};
	int rc = -1;

	if (dialect && facts &&
	    load_project(&project, &with, words, dialect, err) == 0 &&
	    (!words->open_report || view_open(&view, words->out, err) == 0)) {
		o.schema = with.schema;
		rc = mock_serve(&o, err);
	}
	view_close(&view, rc == 0);
	check_sources_release(&with);
	project_free(project);
	facts_free(facts);
	dialect_free(dialect);
	return rc;
}

/* The test certificates that 'esitesti run' uses, too. */
static char *cached_certs(struct err *err)
{
	char *data = path_data(err);
	char *profiles = data ? path_join(data, "certs/profiles.xml") : NULL;
	char *dir = profiles ? pki_cached(profiles, err) : NULL;

	free(profiles);
	free(data);
	return dir;
}

/* Serves with the certificates named, or with the cached ones. */
static int serve_with(struct mock_words *words, struct io *io, struct err *err)
{
	char *cached = words->certs ? NULL : cached_certs(err);
	int rc = -1;

	if (cached)
		words->certs = cached;
	if (words->certs)
		rc = serve(words, io, err);
	free(cached);
	return rc;
}

/* A line for each: level, name and value, meaning; tabs between them. */
static int list_faults(FILE *out, enum lang lang)
{
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		const struct fault_row *row = &fault_rows[i];
		char syntax[32];
		fault_syntax(row, syntax);
		fprintf(out, "%s\t%s%s\t%s", fault_level_names[row->level],
		    row->name, syntax, row->meaning[lang]);
		if (row->usual)
			fprintf(out, " (%s)", row->usual);
		fputc('\n', out);
	}
	return EXIT_PASSED;
}

int cmd_mock(int argc, char *argv[], struct io *io, struct err *err)
{
	struct mock_words words = { .dialect = "kanta", .lang = LANG_EN };
	int rc = -1;
	int first = opt_parse(&option_set, &words, argc, argv, io->out, err);

	if (first <= 0)
		rc = first < 0 ? -1 : EXIT_PASSED;
	else if (first < argc)
		err_set(err, ERR_USAGE, "'mock' takes no operand: '%s'",
		    argv[first]);
	else if (words.show_faults)
		rc = list_faults(io->out, (enum lang)words.lang);
	else if (words.list_policies)
		rc = list_policies(&words, io, err) < 0 ? -1 : EXIT_PASSED;
	else if (check_places(&words, err) == 0 &&
		 (!words.parent_death || follow_parent(err) == 0) &&
		 serve_with(&words, io, err) == 0)
		rc = EXIT_PASSED;
	VEC_RELEASE(&words.faults);
	VEC_RELEASE(&words.policies);
	return rc;
}

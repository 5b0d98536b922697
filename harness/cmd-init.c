/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd.h"
#include "record/result.h"
#include "testcase/project-write.h"
#include "testcase/project.h"

#include <stdlib.h>
#include <unistd.h>

#define PROJECT "esitesti.xml"

static const char *const classes[] = { "A1", "A2", "A3", "B" };

enum {
	NO_CLASS = -1
};

struct init_options {
	struct project_draft draft;
	int class, lang;
	bool yes, force;
};

/* What was answered lives as long as this. */
struct init {
	struct init_options o;
	struct io *io;
	struct {
		VEC(char *);
	} own;
};

#define INTO(member) OPT_INTO(struct init_options, member)
static const struct opt options[] = {
	{ "ca", 0, OPT_TEXT, "FILE", INTO(draft.ca),
	    "with --target: what its server is checked against (PEM)" },
	{ "certificate", 0, OPT_TEXT, "FILE", INTO(draft.certificate),
	    "with --target: the client certificate (PEM)" },
	{ "class", 0, OPT_CHOICE, "CLASS", INTO(class), "class of the system",
	    0, 0, classes, COUNTOF(classes) },
	{ "command", 0, OPT_LIST, "KIND=COMMAND", INTO(draft.commands),
	    "a command that prints documents of a kind (may be repeated)" },
	{ "document", 0, OPT_LIST, "KIND=FILE", INTO(draft.files),
	    "a document of a kind (may be repeated)" },
	{ "force", 0, OPT_FLAG, NULL, INTO(force),
	    "replace the file that is there" },
	{ "key", 0, OPT_TEXT, "FILE", INTO(draft.key),
	    "with --target: its key (default: in the certificate's file)" },
	{ "lang", 0, OPT_CHOICE, "LANG", INTO(lang),
	    "language of questions and comments (default fi)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "org", 0, OPT_TEXT, "ID", INTO(draft.org),
	    "Y-tunnus or OID of the service provider" },
	{ "org-name", 0, OPT_TEXT, "NAME", INTO(draft.org_name),
	    "name of the service provider" },
	{ "person", 0, OPT_LIST, "CODE", INTO(draft.persons),
	    "an identity code of the 900 series (may be repeated)" },
	{ "system", 0, OPT_TEXT, "NAME", INTO(draft.system),
	    "name of the system under test" },
	{ "target", 0, OPT_TEXT, "NAME=URL", INTO(draft.target),
	    "an environment to test against, with --ca and --certificate",
	    .no_environment = true },
	{ "tester", 0, OPT_TEXT, "NAME", INTO(draft.tester),
	    "who runs the tests" },
	{ "version", 0, OPT_TEXT, "VERSION", INTO(draft.version),
	    "version of the system under test" },
	{ "yes", 0, OPT_FLAG, NULL, INTO(yes),
	    "ask nothing: invent what the options do not say" },
};

static const struct opt_set option_set = {
	.command = "init",
	.operands = "",
	.summary = "write a commented project file, " PROJECT,
	.opts = options,
	.count = COUNTOF(options),
	.notes = "What no option says is asked for on a terminal; elsewhere "
		 "--system is needed, or\n--yes. The file is written into the "
		 "current folder.\n",
};

void cmd_init_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

/* ---- Questions */

typedef int check_fn(const char *answer, struct err *err);

enum reading {
	READ_END,
	READ_LINE,
	READ_TOO_LONG,
};

static enum reading read_answer(char *line, int size)
{
	bool whole = true;
	while (fgets(line, size, stdin)) {
		size_t len = strcspn(line, "\n");
		bool ends = line[len] == '\n';
		line[len] = '\0';
		if (ends)
			return whole ? READ_LINE : READ_TOO_LONG;
		whole = false;
	}
	return READ_END;
}

/* Asks until the answer is none or a good one. ERR_USAGE at the end of input.
 */
static int ask(struct init *i, enum word question, const char *usual,
    check_fn *check, const char **into, struct err *err)
{
	char line[512];
	while (!*into) {
		struct err wrong = { 0 };
		fprintf(i->io->errout, "%s",
		    word_text(question, (enum lang)i->o.lang));
		fprintf(i->io->errout, usual ? " [%s]: " : ": ", usual);
		fflush(i->io->errout);
		enum reading got = read_answer(line, sizeof(line));
		if (got == READ_TOO_LONG)
			continue;
		if (got == READ_END)
			return err_set(err, ERR_USAGE,
			    "the questions were not answered: nothing was "
			    "written");
		str_clean(line);
		char *answer = line + strspn(line, " \t");
		if (!*answer && !usual)
			return 0;
		const char *said = *answer ? answer : usual;
		if (check && check(said, &wrong) < 0) {
			err_print(i->io->errout, &wrong);
			continue;
		}
		*into = *VEC_PUSH(&i->own) = xstrdup(said);
	}
	return 0;
}

static int check_class(const char *answer, struct err *err)
{
	return str_choice(answer, classes, COUNTOF(classes), "class", err) < 0
		   ? -1
		   : 0;
}

static int check_readable(const char *answer, struct err *err)
{
	return access(answer, R_OK) == 0
		   ? 0
		   : err_errno(err, ERR_USAGE, "'%s'", answer);
}

static int ask_source(struct init *i, enum word question, check_fn *check,
    bool *found, struct opt_list *to, struct err *err)
{
	const char *answer = NULL;
	if (ask(i, question, NULL, check, &answer, err) < 0)
		return -1;
	if (!answer)
		return 0;
	char *word = xasprintf("hoitokertomus=%s", answer);
	*VEC_PUSH(&i->own) = word;
	*VEC_PUSH(to) = word;
	*found = true;
	return 0;
}

static int ask_documents(struct init *i, struct err *err)
{
	struct project_draft *d = &i->o.draft;
	bool found = d->files.count + d->commands.count > 0;
	if (!found && ask_source(i, W_init_ask_file, check_readable, &found,
			  &d->files, err) < 0)
		return -1;
	if (!found && ask_source(i, W_init_ask_command, NULL, &found,
			  &d->commands, err) < 0)
		return -1;
	return 0;
}

/* What a folder is called is a good guess. */
static char *folder_name(void)
{
	char *here = getcwd(NULL, 0);
	const char *base = here ? path_base(here) : "";
	char *name = xstrdup(
	    *base && str_is_utf8(base, strlen(base)) ? base : "esimerkki");
	free(here);
	str_clean(name);
	return name;
}

static int ask_all(struct init *i, struct err *err)
{
	struct project_draft *d = &i->o.draft;
	const char *name = *VEC_PUSH(&i->own) = folder_name();
	if (ask(i, W_init_ask_system, name, NULL, &d->system, err) < 0 ||
	    ask(i, W_init_ask_version, "1.0", NULL, &d->version, err) < 0 ||
	    ask(i, W_init_ask_class, NULL, check_class, &d->class, err) < 0 ||
	    ask(i, W_init_ask_org, NULL, draft_check_org, &d->org, err) < 0 ||
	    ask(i, W_init_ask_org_name, NULL, NULL, &d->org_name, err) < 0 ||
	    ask(i, W_init_ask_tester, NULL, NULL, &d->tester, err) < 0)
		return -1;
	return ask_documents(i, err);
}

static int fill_in(struct init *i, struct err *err)
{
	struct project_draft *d = &i->o.draft;
	bool asks = !i->o.yes && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	if (i->o.class != NO_CLASS)
		d->class = classes[i->o.class];
	/* Mistakes in options come before questions. */
	if (draft_check(d, err) < 0 || (asks && ask_all(i, err) < 0))
		return -1;
	if (!d->system && !i->o.yes) {
		err_set(err, ERR_USAGE, "init needs the name of the system");
		return err_hint(err,
		    "give --system, or --yes to take examples; on a terminal "
		    "it is asked for");
	}
	if (!d->system)
		d->system = *VEC_PUSH(&i->own) = folder_name();
	if (!d->version)
		d->version = "1.0";
	return draft_check(d, err);
}

/* ---- The file, and what comes next */

static int lint(struct init *i, struct err *err)
{
	struct shipped shipped;
	struct case_set cases = { 0 };
	struct project *p = project_load(PROJECT, err);
	if (!p)
		return -1;
	int rc = shipped_load(&shipped, err);
	char *dialects = NULL, *dir = NULL;
	if (rc == 0) {
		dialects = shipped_path(&shipped, "cases/dialects");
		dir = shipped_path(&shipped, "cases");
		rc = case_set_load(
		    &cases, dir, NULL, 0, shipped.facts, NULL, NULL, err);
	}
	struct project_surroundings around = { dialects, &cases,
		shipped.rules };
	if (rc >= 0)
		rc = project_lint(p, &around, print_fault, i->io->errout, err);
	free(dir);
	free(dialects);
	case_set_release(&cases);
	shipped_release(&shipped);
	project_free(p);
	return rc;
}

static void tell_next(struct init *i)
{
	const struct project_draft *d = &i->o.draft;
	enum lang lang = (enum lang)i->o.lang;
	struct buf line = BUF_INIT(LIMIT_KIB(4));
	struct note note = say_init_written(PROJECT);
	note_render(&line, &note, lang);
	fprintf(i->io->out, "%s\n", line.ptr);
	buf_release(&line);
	fprintf(i->io->out,
	    "  esitesti lint " PROJECT "  %s\n"
	    "  esitesti run                %s\n",
	    word_text(W_init_next_lint, lang),
	    word_text(W_init_next_run, lang));
	if (d->files.count + d->commands.count == 0)
		fprintf(
		    i->io->out, "%s\n", word_text(W_init_next_documents, lang));
	if (!d->org || !d->org_name || !d->persons.count)
		fprintf(
		    i->io->out, "%s\n", word_text(W_init_next_invented, lang));
}

static int write_project(struct init *i, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_CONFIG_FILE);
	project_write(&text, &i->o.draft, (enum lang)i->o.lang);
	int rc = buf_check(&text, PROJECT, err);
	if (rc == 0)
		rc = file_write_whole(PROJECT, text.ptr, text.len, 0644, err);
	buf_release(&text);
	if (rc < 0)
		return -1;
	int faults = lint(i, err);
	if (faults < 0)
		return err_wrap(err, PROJECT " was written");
	tell_next(i);
	return faults ? EXIT_INVALID : EXIT_PASSED;
}

static int check_absent(const struct init *i, struct err *err)
{
	if (i->o.force || access(PROJECT, F_OK) != 0)
		return 0;
	err_set(err, ERR_USAGE, "'" PROJECT "' is there already");
	return err_hint(err, "--force replaces it");
}

int cmd_init(int argc, char *argv[], struct io *io, struct err *err)
{
	struct init i = { .io = io,
		.o = { .class = NO_CLASS, .lang = LANG_FI } };
	int rc = opt_parse(&option_set, &i.o, argc, argv, io->out, err);
	if (rc > 0 && rc < argc)
		rc = err_set(
		    err, ERR_USAGE, "init takes no operand '%s'", argv[rc]);
	if (rc > 0) {
		rc = check_absent(&i, err);
		if (rc == 0)
			rc = fill_in(&i, err);
		if (rc == 0)
			rc = write_project(&i, err);
	}
	VEC_RELEASE(&i.o.draft.files);
	VEC_RELEASE(&i.o.draft.commands);
	VEC_RELEASE(&i.o.draft.persons);
	VEC_EACH (char *, text, &i.own)
		free(*text);
	VEC_RELEASE(&i.own);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "cmd.h"
#include "kanta/dialect.h"
#include "record/result.h"
#include "report/checks.h"

#include <unistd.h>

struct check_command {
	struct opt_list codes, rules;
	int lang;
	const char *stages;
};

static const struct opt options[] = {
	{ "codes", 0, OPT_LIST, "FILE", OPT_INTO(struct check_command, codes),
	    "more code lists (may be repeated)" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct check_command, lang),
	    "language of the findings (default en)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "rules", 0, OPT_LIST, "FILE", OPT_INTO(struct check_command, rules),
	    "more rule sets, ISO Schematron (may be repeated)" },
	{ "stages", 0, OPT_TEXT, "NAME,...",
	    OPT_INTO(struct check_command, stages),
	    "only these stages: syntactic, rules, codes, guard" },
};

static const struct opt_set option_set = {
	.command = "check",
	.operands = "FILE|- ...",
	.summary = "check documents and messages, offline",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "A file is a CDA document, an HL7 V3 message, or one in a "
		 "SOAP envelope. Exit\ncode 1 when an error was found. This "
		 "is no report of Kela's validation service.\n",
};

void cmd_check_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

struct checking {
	struct shipped shipped;
	struct dialect *dialect;
	struct check_options options;
	struct check_plan *plan;
	struct checker *checker;
	const struct check_view *view;
	void *view_state;
	struct check_totals totals;
};

/* "syntactic,guard"; all of them when it is NULL. */
static int choose_stages(
    struct check_options *o, const char *words, struct err *err)
{
	char *copy = xstrdup(words ? words : ""), *rest = copy, *word;
	int rc = 0;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		o->stages[i] = words == NULL;
	while (rc == 0 && (word = strsep(&rest, ",")) && words) {
		int i = str_choice(
		    word, stage_names, STAGE_COUNT, "option 'stages'", err);
		if (i < 0)
			rc = -1;
		else
			o->stages[i] = true;
	}
	free(copy);
	return rc;
}

static int prepare(struct checking *c, const struct check_command *o,
    struct io *io, struct err *err)
{
	if (shipped_load(&c->shipped, err) < 0 ||
	    choose_stages(&c->options, o->stages, err) < 0)
		return -1;
	char *dir = shipped_path(&c->shipped, "cases/dialects");
	c->dialect = dialect_load(dir, "kanta", err);
	free(dir);
	if (!c->dialect)
		return -1;
	struct world world = world_real();
	c->options.data = c->shipped.dir;
	c->options.dialect = c->dialect;
	c->options.codes = &o->codes;
	c->options.rules = &o->rules;
	c->options.now = world_now(&world);
	c->plan = check_plan_new(&c->options, err);
	if (!c->plan)
		return -1;
	c->checker = checker_new(c->plan);
	struct check_view_options view = {
		.lang = (enum lang)o->lang,
		.color = wants_color(io->out),
	};
	c->view = check_views[0];
	c->view_state = c->view->begin(io->out, &view);
	return 0;
}

static int check_operand(struct checking *c, const char *name, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_XML_BYTES);
	struct checked checked;
	bool is_input = streq(name, "-");
	int rc = is_input
		     ? buf_read_fd(&bytes, STDIN_FILENO, "standard input", err)
		     : buf_read_file(&bytes, name, err);
	if (rc == 0) {
		checker_look(c->checker, is_input ? "standard input" : name,
		    bytes.ptr, bytes.len, &checked);
		c->view->file(c->view_state, &checked);
		c->totals.files++;
		for (size_t i = 0; i < STAGE_COUNT; i++)
			for (size_t s = 0; s < SEVERITY_COUNT; s++)
				c->totals.count[s] +=
				    checked.stages[i].count[s];
		checked_release(&checked);
	}
	buf_release(&bytes);
	return rc;
}

int cmd_check(int argc, char *argv[], struct io *io, struct err *err)
{
	struct check_command o = { .lang = LANG_EN };
	struct checking c = { .plan = NULL };
	int first = opt_parse(&option_set, &o, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	if (first == argc) {
		err_set(err, ERR_USAGE, "check what? name a file, or '-'");
		return err_hint(err, "esitesti check document.xml");
	}
	int rc = prepare(&c, &o, io, err);
	for (int i = first; rc == 0 && i < argc; i++)
		rc = check_operand(&c, argv[i], err);
	if (c.view)
		c.view->end(c.view_state, &c.totals);
	VEC_RELEASE(&o.codes);
	VEC_RELEASE(&o.rules);
	checker_free(c.checker);
	check_plan_free(c.plan);
	dialect_free(c.dialect);
	shipped_release(&c.shipped);
	if (rc < 0)
		return -1;
	return c.totals.count[SEVERITY_ERROR] ? EXIT_FAILED : EXIT_PASSED;
}

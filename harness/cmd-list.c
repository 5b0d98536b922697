/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "cmd.h"
#include "testcase/coverage.h"

struct list_options {
	int lang;
	bool coverage;
	struct opt_list tags;
};

static const struct opt options[] = {
	{ "coverage", 0, OPT_FLAG, NULL,
	    OPT_INTO(struct list_options, coverage),
	    "every fact of Kanta, and the cases that rest on it" },
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct list_options, lang),
	    "language of the titles (default en)", 0, 0, lang_names,
	    LANG_COUNT },
	{ "tag", 0, OPT_LIST, "TAG", OPT_INTO(struct list_options, tags),
	    "only cases with this tag (may be repeated)" },
};

static const struct opt_set option_set = {
	.command = "list",
	.operands = "[CASE|DIR|ID]...",
	.summary = "list the cases and what they rest on",
	.opts = options,
	.count = COUNTOF(options),
	.notes =
	    "The second column says what a case rests on at worst: F what "
	    "a public source says,\nI what follows from it, U a guess. The "
	    "third says where it may run.\n",
};

void cmd_list_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

static bool has_tag(const struct testcase *tc, const struct opt_list *tags)
{
	VEC_EACH (const char *, wanted, tags)
		VEC_EACH (char *, tag, &tc->tags)
			if (streq(*wanted, *tag))
				return true;
	return tags->count == 0;
}

static void print_cases(
    const struct case_set *cases, const struct list_options *o, FILE *out)
{
	int width = 0;
	VEC_EACH (struct testcase *, tc, cases)
		if ((int)strlen((*tc)->id) > width)
			width = (int)strlen((*tc)->id);
	VEC_EACH (struct testcase *, tc, cases)
		if (has_tag(*tc, &o->tags))
			fprintf(out, "%-*s  %s  %-4s  %s\n", width, (*tc)->id,
			    mark_letter(testcase_mark(*tc)),
			    (*tc)->where == WHERE_MOCK ? "mock" : "any",
			    (*tc)->title.text[o->lang]);
}

static int print_coverage(const struct facts *facts, struct case_set *cases,
    const struct list_options *o, FILE *out, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_MIB(16));
	struct case_set wanted = { 0 };
	VEC_EACH (struct testcase *, tc, cases)
		if (has_tag(*tc, &o->tags))
			*VEC_PUSH(&wanted) = *tc;
	coverage_write(&text, facts, &wanted, (enum lang)o->lang);
	int rc = buf_check(&text, "the table", err);
	if (rc == 0)
		fwrite(text.ptr, 1, text.len, out);
	VEC_RELEASE(&wanted); /* the cases belong to the other set */
	buf_release(&text);
	return rc;
}

/* The operands' cases, or all shipped ones. */
static int list_cases(const struct list_options *o, const char *const *names,
    size_t count, struct io *io, struct err *err)
{
	struct shipped shipped = { 0 };
	struct case_set cases = { 0 };
	if (shipped_load(&shipped, err) < 0)
		return -1;
	char *dir = shipped_path(&shipped, "cases");
	int rc = case_set_load(&cases, dir, names, count, shipped.facts,
	    print_fault, io->errout, err);
	if (rc > 0)
		rc = err_set(err, ERR_CASE, "%d case file%s faulty", rc,
		    rc == 1 ? " is" : "s are");
	if (rc == 0)
		rc = case_set_check_tags(&cases, &o->tags, err);
	if (rc == 0 && o->coverage)
		rc = print_coverage(shipped.facts, &cases, o, io->out, err);
	else if (rc == 0)
		print_cases(&cases, o, io->out);
	case_set_release(&cases);
	shipped_release(&shipped);
	free(dir);
	return rc;
}

int cmd_list(int argc, char *argv[], struct io *io, struct err *err)
{
	struct list_options o = { .lang = LANG_EN };
	int rc = opt_parse(&option_set, &o, argc, argv, io->out, err);
	if (rc > 0)
		rc = list_cases(&o, (const char *const *)(argv + rc),
		    (size_t)(argc - rc), io, err);
	VEC_RELEASE(&o.tags);
	return rc;
}

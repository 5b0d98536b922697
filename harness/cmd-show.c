/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "cmd.h"
#include "kanta/answer.h"
#include "testcase/case.h"

struct show_options {
	int lang;
};

static const struct opt options[] = {
	{ "lang", 0, OPT_CHOICE, "LANG", OPT_INTO(struct show_options, lang),
	    "language of the sentences (default en)", 0, 0, lang_names,
	    LANG_COUNT },
};

static const struct opt_set option_set = {
	.command = "show",
	.operands = "case ID | dialect NAME | fact [ID]",
	.summary = "show a case, a dialect or a fact in full",
	.opts = options,
	.count = COUNTOF(options),
	.notes =
	    "A dialect's values are grouped by what they rest on: F what a "
	    "public source says,\nI what follows from it, U a guess that "
	    "you may know better.\n",
};

void cmd_show_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

struct showing {
	struct shipped shipped;
	FILE *out;
	enum lang lang;
	const char *name; /* NULL = none was given */
};

/* ---- case */

static void print_step(
    const struct showing *s, const struct step *step, size_t number)
{
	static const char *const verbs[] = {
		[VERB_SEND] = "send",
		[VERB_AWAIT] = "await",
		[VERB_MANUAL] = "manual",
	};
	fprintf(s->out, "\n%zu. %s: %s", number, step->id, verbs[step->verb]);
	if (step->verb == VERB_SEND)
		fprintf(s->out, " %s", send_message_names[step->message]);
	if (step->document)
		fprintf(s->out, " '%s'", step->document);
	if (step->verb == VERB_SEND && !streq(step->identity, "client"))
		fprintf(s->out, ", client certificate: %s", step->identity);
	fputs(step->teardown ? " (teardown)\n" : "\n", s->out);
	if (step->instruction.text[s->lang])
		fprintf(s->out, "   %s\n", step->instruction.text[s->lang]);
	VEC_EACH (struct with, w, &step->with)
		fprintf(s->out, "   with %s = %s\n", w->name, w->value);
	VEC_EACH (struct keep, k, &step->keeps)
		fprintf(s->out, "   keep %s = %s\n", k->name, k->select);
	VEC_EACH (struct expect, e, &step->expects)
		fprintf(s->out, "   - [%s] %s\n", expect_kind_names[e->kind],
		    e->says.text[s->lang]);
}

static void print_case(const struct showing *s, const struct testcase *tc)
{
	fprintf(s->out, "%s  %s\n", tc->id, tc->title.text[s->lang]);
	if (tc->purpose.text[s->lang])
		fprintf(s->out, "\n%s\n", tc->purpose.text[s->lang]);
	fprintf(s->out,
	    "\nservice: %s\ncontent: %s\nruns:    %s\nfile:    %s\n",
	    tc->service, tc->content,
	    tc->where == WHERE_MOCK ? "against the mock only" : "anywhere",
	    tc->path);
	fputs("\nrests on:\n", s->out);
	VEC_EACH (struct rests_on, r, &tc->rests_on) {
		const struct fact *f = facts_find(s->shipped.facts, r->fact);
		fprintf(s->out, "  %s  %s: %s\n", mark_letter(r->mark), r->fact,
		    f ? f->text.text[s->lang] : "");
	}
	VEC_EACH (struct case_document, d, &tc->documents)
		fprintf(s->out, "\ndocument '%s': %s%s%s%s\n", d->name, d->kind,
		    d->replaces ? ", replaces '" : "",
		    d->replaces ? d->replaces : "", d->replaces ? "'" : "");
	size_t number = 1;
	VEC_EACH (struct step, step, &tc->steps)
		print_step(s, step, number++);
}

static int show_case(struct showing *s, struct err *err)
{
	struct case_set cases = { 0 };
	char *dir = shipped_path(&s->shipped, "cases");
	if (!s->name) {
		free(dir);
		return err_set(err, ERR_USAGE, "which case? name its id");
	}
	int rc = case_set_load(
	    &cases, dir, &s->name, 1, s->shipped.facts, NULL, NULL, err);
	if (rc > 0) {
		rc = err_set(err, ERR_CASE, "the case is faulty");
		err_hint(err, "'esitesti lint %s' says how", s->name);
	}
	VEC_EACH (struct testcase *, tc, &cases)
		print_case(s, *tc);
	case_set_release(&cases);
	free(dir);
	return rc;
}

/* ---- dialect */

static void print_value(
    const struct showing *s, const struct dialect *d, enum dialect_key key)
{
	fprintf(s->out, "  %-28s ", dialect_key_name(key));
	bool is_list = dialect_type(key) == DIALECT_LIST;
	const char *text = is_list ? "" : dialect_text(d, key);
	size_t count = is_list ? dialect_count(d, key) : 0;
	for (size_t i = 0; i < count; i++)
		fprintf(s->out, "%s%s", i ? ", " : "", dialect_item(d, key, i));
	fputs(*text || count ? text : "(left out)", s->out);
	fprintf(s->out, "\n  %-28s   %s\n  %-28s   source: %s\n", "",
	    dialect_key_meaning(key, s->lang), "", dialect_source(d, key));
}

static int show_dialect(struct showing *s, struct err *err)
{
	static const struct {
		enum mark mark;
		const char *title;
	} groups[] = {
		{ MARK_CERTAIN, "F  seen in a public source" },
		{ MARK_INFERRED, "I  inferred: follows from facts" },
		{ MARK_GUESS, "U  guessed: unknown; correct it if you know" },
	};
	char *dir = shipped_path(&s->shipped, "cases/dialects");
	char *name = dialect_find(".", dir, s->name ? s->name : "kanta");
	struct dialect *d = dialect_load(dir, name, err);
	free(name);
	free(dir);
	if (!d)
		return -1;
	fprintf(s->out, "dialect %s\n", dialect_name(d));
	for (size_t g = 0; g < COUNTOF(groups); g++) {
		size_t count = 0;
		for (int k = 0; k < DK_COUNT; k++)
			count += dialect_mark(d, (enum dialect_key)k) ==
				 groups[g].mark;
		fprintf(s->out, "\n%s (%zu)\n", groups[g].title, count);
		for (int k = 0; k < DK_COUNT; k++)
			if (dialect_mark(d, (enum dialect_key)k) ==
			    groups[g].mark)
				print_value(s, d, (enum dialect_key)k);
	}
	dialect_free(d);
	return 0;
}

/* ---- fact */

static void print_fact(const struct showing *s, const struct fact *f)
{
	fprintf(s->out, "%s  %s\n   %s\n   source: %s\n", mark_letter(f->mark),
	    f->id, f->text.text[s->lang], f->source);
}

static int show_fact(struct showing *s, struct err *err)
{
	const struct facts *facts = s->shipped.facts;
	for (size_t i = 0; !s->name && i < facts_count(facts); i++)
		print_fact(s, facts_at(facts, i));
	if (!s->name)
		return 0;
	const struct fact *f = facts_find(facts, s->name);
	if (!f) {
		err_set(err, ERR_USAGE, "there is no fact '%s'", s->name);
		return err_hint(err, "'esitesti show fact' lists them all");
	}
	print_fact(s, f);
	return 0;
}

int cmd_show(int argc, char *argv[], struct io *io, struct err *err)
{
	static const char *const what[] = { "case", "dialect", "fact" };
	static int (*const show[])(struct showing *,
	    struct err *) = { show_case, show_dialect, show_fact };
	struct show_options o = { .lang = LANG_EN };
	struct showing s = { .out = io->out };
	int rc = opt_parse(&option_set, &o, argc, argv, io->out, err);
	if (rc <= 0)
		return rc;
	int first = rc;
	if (first >= argc || argc - first > 2)
		return err_set(err, ERR_USAGE,
		    "show what? 'case ID', 'dialect NAME' or 'fact ID'");
	int n =
	    str_choice(argv[first], what, COUNTOF(what), "what is shown", err);
	if (n < 0)
		return -1;
	s.lang = (enum lang)o.lang;
	s.name = first + 1 < argc ? argv[first + 1] : NULL;
	rc = shipped_load(&s.shipped, err);
	if (rc == 0)
		rc = show[n](&s, err);
	shipped_release(&s.shipped);
	return rc;
}

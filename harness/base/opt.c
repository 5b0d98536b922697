/* SPDX-License-Identifier: Apache-2.0 */
#include "base/opt.h"

#include "base/str.h"

#include <getopt.h>
#include <stdlib.h>

enum {
	OPT_LIMIT = 64,
	HELP_COLUMN = 28
};

static int set_value(
    const struct opt *o, void *into, const char *value, struct err *err)
{
	void *to = (char *)into + o->into;
	char what[80];
	snprintf(what, sizeof(what), "--%s", o->name);
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)to = true;
		return 0;
	case OPT_TEXT:
		if (!*value)
			return err_set(
			    err, ERR_USAGE, "--%s has an empty value", o->name);
		*(const char **)to = value;
		return 0;
	case OPT_NUMBER:
		if (str_number(value, o->min, o->max, to, err) < 0)
			return err_wrap(err, "--%s", o->name);
		return 0;
	case OPT_CHOICE: {
		int n =
		    str_choice(value, o->choices, o->choice_count, what, err);
		if (n < 0)
			return -1;
		*(int *)to = n;
		return 0;
	}
	case OPT_LIST:
		*VEC_PUSH((struct opt_list *)to) = value;
		return 0;
	}
	BUG("unknown opt_type");
}

static int read_environment(
    const struct opt_set *set, void *into, struct err *err)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct opt *o = &set->opts[i];
		char name[80] = "ESITESTI_";
		size_t n = strlen(name);
		for (const char *p = o->name; *p && n < sizeof(name) - 1; p++)
			name[n++] = *p == '-' ? '_'
				    : *p >= 'a' && *p <= 'z'
					? (char)(*p - 'a' + 'A')
					: *p;
		name[n] = '\0';
		const char *value = getenv(name);
		if (!value || !*value)
			continue;
		/* In silence it would be a run somewhere else than meant. */
		if (o->no_environment) {
			err_set(err, ERR_USAGE,
			    "%s is set in the environment, but --%s must stand "
			    "on the command line",
			    name, o->name);
			return err_hint(err, "unset %s", name);
		}
		if (o->type == OPT_FLAG && streq(value, "0"))
			continue;
		if (set_value(o, into, value, err) < 0)
			return err_wrap(err, "environment %s", name);
	}
	return 0;
}

/* The rows as getopt wants them; index 0 is --help. */
static void make_tables(const struct opt_set *set, struct option *longs,
    char letters[2 * OPT_LIMIT + 4])
{
	size_t n = 0;
	letters[n++] = ':'; /* tell a missing argument from an unknown option */
	letters[n++] = 'h';
	longs[0] = (struct option){ "help", no_argument, NULL, 'h' };
	for (size_t i = 0; i < set->count; i++) {
		const struct opt *o = &set->opts[i];
		int has = o->type == OPT_FLAG ? no_argument : required_argument;
		longs[i + 1] =
		    (struct option){ o->name, has, NULL, (int)(256 + i) };
		if (o->letter) {
			letters[n++] = o->letter;
			if (has)
				letters[n++] = ':';
		}
	}
	longs[set->count + 1] = (struct option){ 0 };
	letters[n] = '\0';
}

static int unknown_option(
    const struct opt_set *set, const char *given, struct err *err)
{
	const char *names[OPT_LIMIT + 1] = { "help" };
	for (size_t i = 0; i < set->count; i++)
		names[i + 1] = set->opts[i].name;
	while (*given == '-')
		given++;
	char word[64];
	str_copy(word, sizeof(word), given);
	word[strcspn(word, "=")] = '\0';
	const char *near = str_nearest(word, names, set->count + 1);
	err_set(err, ERR_USAGE, "'%s' has no option '%s'", set->command, word);
	if (near)
		return err_hint(err,
		    "did you mean --%s? 'esitesti %s --help' lists all", near,
		    set->command);
	return err_hint(err, "'esitesti %s --help' lists all", set->command);
}

static const struct opt *row_of(const struct opt_set *set, int code)
{
	if (code >= 256)
		return &set->opts[code - 256];
	for (size_t i = 0; i < set->count; i++)
		if (set->opts[i].letter == code)
			return &set->opts[i];
	BUG("getopt gave an option that is not in the table");
}

int opt_parse(const struct opt_set *set, void *into, int argc, char *argv[],
    FILE *out, struct err *err)
{
	struct option longs[OPT_LIMIT + 2];
	char letters[2 * OPT_LIMIT + 4];
	if (set->count > OPT_LIMIT)
		BUG("too many options in one table");
	if (read_environment(set, into, err) < 0)
		return -1;
	make_tables(set, longs, letters);
	optind = 0; /* glibc: start anew, also after an earlier command */
	opterr = 0;
	for (;;) {
		/* NOLINTNEXTLINE(concurrency-mt-unsafe): main thread only */
		int code = getopt_long(argc, argv, letters, longs, NULL);
		if (code == -1)
			return optind;
		if (code == 'h') {
			opt_help(set, out);
			return 0;
		}
		const char *given = argv[optind - 1];
		char letter[3] = { '-', (char)optopt, '\0' };
		if (code == ':')
			return err_set(
			    err, ERR_USAGE, "%s needs a value", given);
		if (code == '?' && optopt >= 256)
			return err_set(err, ERR_USAGE, "--%s takes no value",
			    set->opts[optopt - 256].name);
		if (code == '?')
			return unknown_option(
			    set, optopt && optopt < 256 ? letter : given, err);
		if (set_value(row_of(set, code), into, optarg, err) < 0)
			return -1;
	}
}

static void help_row(const struct opt *o, FILE *out)
{
	char left[80];
	int n = snprintf(left, sizeof(left), "  %c%c%c --%s%s%s",
	    o->letter ? '-' : ' ', o->letter ? o->letter : ' ',
	    o->letter ? ',' : ' ', o->name, o->arg ? " " : "",
	    o->arg ? o->arg : "");
	fprintf(out, "%-*s%s", HELP_COLUMN, left,
	    n >= HELP_COLUMN ? "\n                            " : "");
	fprintf(out, "%s", o->help);
	for (size_t i = 0; i < o->choice_count; i++)
		fprintf(out, "%s%s", i ? ", " : ": ", o->choices[i]);
	fputs(o->no_environment ? " (command line only)\n" : "\n", out);
}

void opt_help(const struct opt_set *set, FILE *out)
{
	fprintf(out, "usage: esitesti %s%s%s%s\n\n%s.\n", set->command,
	    set->count ? " [options]" : "", *set->operands ? " " : "",
	    set->operands, set->summary);
	fputs("\noptions:\n", out);
	for (size_t i = 0; i < set->count; i++)
		help_row(&set->opts[i], out);
	fputs("  -h, --help                print this\n", out);
	if (set->notes)
		fprintf(out, "\n%s", set->notes);
	if (!set->count)
		return;
	fputs("\nEach option can also be given as ESITESTI_<OPTION> in the "
	      "environment,\nexcept where it says otherwise. "
	      "See esitesti(1).\n",
	    out);
}

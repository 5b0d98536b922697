/* SPDX-License-Identifier: Apache-2.0 */
#include "base/opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs the three above first */
#include <cmocka.h>

static const char *const langs[] = { "fi", "en" };

/* What the options below set. */
struct values {
	bool fast;
	const char *out, *target;
	uint64_t jobs;
	int lang;
	struct opt_list tags;
};

#define INTO(member) OPT_INTO(struct values, member)
static const struct opt rows[] = {
	{ .name = "fail-fast",
	    .letter = 'f',
	    .into = INTO(fast),
	    .type = OPT_FLAG,
	    .help = "stop at the first failure" },
	{ .name = "jobs",
	    .letter = 'j',
	    .type = OPT_NUMBER,
	    .arg = "N",
	    .into = INTO(jobs),
	    .help = "workers",
	    .min = 1,
	    .max = 64 },
	{ .name = "lang",
	    .type = OPT_CHOICE,
	    .arg = "LANG",
	    .into = INTO(lang),
	    .help = "language",
	    .choices = langs,
	    .choice_count = 2 },
	{ .name = "out",
	    .letter = 'o',
	    .type = OPT_TEXT,
	    .arg = "DIR",
	    .into = INTO(out),
	    .help = "run folder" },
	{ .name = "tag",
	    .type = OPT_LIST,
	    .arg = "TAG",
	    .into = INTO(tags),
	    .help = "only cases with this tag" },
	{ .name = "target",
	    .type = OPT_TEXT,
	    .arg = "NAME",
	    .into = INTO(target),
	    .help = "a real environment",
	    .no_environment = true },
};
static const struct opt_set set = { "run", "[CASE]…", "run pre-tests", rows,
	COUNTOF(rows), NULL };

/* Parses `line`, words separated by one space. */
static int parse(const char *line, struct values *v, FILE *out, char *operands,
    struct err *err)
{
	static char words[400];
	char name[] = "run", *argv[32] = { name };
	int argc = 1;
	snprintf(words, sizeof(words), "%s", line);
	for (char *at = words; *at;) {
		argv[argc++] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	int first = opt_parse(&set, v, argc, argv, out, err);
	operands[0] = '\0';
	for (int i = first; first > 0 && i < argc; i++) {
		size_t n = strlen(operands);
		snprintf(operands + n, 100 - n, "%s%s", n ? " " : "", argv[i]);
	}
	return first;
}

static void all_types(void **state)
{
	(void)state;
	struct values v = { .jobs = 1 };
	struct err err = { 0 };
	char operands[100];
	int rc = parse("one --fail-fast -j 8 --lang=en two -oX --tag a "
		       "--tag b --target at -- --three",
	    &v, stdout, operands, &err);
	assert_true(rc > 0);
	assert_true(v.fast);
	assert_int_equal(v.jobs, 8);
	assert_int_equal(v.lang, 1);
	assert_string_equal(v.out, "X");
	assert_string_equal(v.target, "at");
	assert_int_equal(v.tags.count, 2);
	assert_string_equal(v.tags.at[1], "b");
	assert_string_equal(operands, "one two --three");
	VEC_RELEASE(&v.tags);

	v = (struct values){ 0 };
	assert_int_equal(parse("", &v, stdout, operands, &err), 1);
	assert_false(v.fast);
	assert_null(v.out);
}

static void wrong_words(void **state)
{
	(void)state;
	static const struct {
		const char *line, *says, *hint;
	} lines[] = {
		{ "--fail-fats", "'run' has no option 'fail-fats'",
		    "did you mean --fail-fast?" },
		{ "--zzz", "no option 'zzz'", "--help' lists all" },
		{ "--zzz=1", "no option 'zzz'", "" },
		{ "-z", "no option 'z'", "" }, { "-fz", "no option 'z'", "" },
		{ "--fail-fast=yes", "--fail-fast takes no value", "" },
		{ "--jobs", "--jobs needs a value", "" },
		{ "-j", "-j needs a value", "" },
		{ "--jobs 0", "--jobs: '0' is not a whole number from 1 to 64",
		    "" },
		{ "--jobs=65", "--jobs", "" },
		{ "--lang sv", "--lang can't be 'sv'", "fi, en" },
		{ "--out=", "--out has an empty value", "" },
		{ "--ta x", "'ta'", "" }, /* tag or target */
	};
	for (size_t i = 0; i < COUNTOF(lines); i++) {
		struct values v = { 0 };
		struct err err = { 0 };
		char operands[100];
		assert_int_equal(
		    parse(lines[i].line, &v, stdout, operands, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.msg, lines[i].says) ||
		    !strstr(err.hint, lines[i].hint))
			fail_msg(
			    "%s: %s (%s)", lines[i].line, err.msg, err.hint);
		VEC_RELEASE(&v.tags);
	}
}

static void environment(void **state)
{
	(void)state;
	struct values v = { 0 };
	struct err err = { 0 };
	char operands[100];
	setenv("ESITESTI_FAIL_FAST", "1", 1);
	setenv("ESITESTI_JOBS", "4", 1);
	setenv("ESITESTI_OUT", "env", 1);
	setenv("ESITESTI_TARGET", "", 1);
	setenv("ESITESTI_LANG", "", 1);
	assert_int_equal(parse("--out argv", &v, stdout, operands, &err), 3);
	assert_true(v.fast);
	assert_int_equal(v.jobs, 4);
	assert_string_equal(v.out, "argv"); /* the command line wins */

	/* Never from there, and never in silence. */
	setenv("ESITESTI_TARGET", "production", 1);
	assert_int_equal(parse("", &v, stdout, operands, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "ESITESTI_TARGET"));
	assert_non_null(strstr(err.msg, "on the command line"));
	assert_null(v.target);
	setenv("ESITESTI_TARGET", "", 1);
	err = (struct err){ 0 };

	setenv("ESITESTI_FAIL_FAST", "0", 1);
	setenv("ESITESTI_JOBS", "many", 1);
	v = (struct values){ 0 };
	assert_int_equal(parse("", &v, stdout, operands, &err), -1);
	assert_false(v.fast);
	assert_non_null(strstr(err.msg, "ESITESTI_JOBS"));
	unsetenv("ESITESTI_FAIL_FAST");
	unsetenv("ESITESTI_JOBS");
	unsetenv("ESITESTI_OUT");
	unsetenv("ESITESTI_TARGET");
	unsetenv("ESITESTI_LANG");
}

static void help(void **state)
{
	(void)state;
	struct values v = { 0 };
	struct err err = { 0 };
	char operands[100], text[4000] = "";
	FILE *out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	assert_int_equal(parse("--help", &v, out, operands, &err), 0);
	fclose(out);
	static const char *const holds[] = {
		"usage: esitesti run [options] [CASE]…",
		"run pre-tests.",
		"-f, --fail-fast",
		"-j, --jobs N",
		"--lang LANG",
		": fi, en",
		"a real environment (command line only)",
		"-h, --help",
	};
	for (size_t i = 0; i < COUNTOF(holds); i++)
		if (!strstr(text, holds[i]))
			fail_msg("no '%s' in %s", holds[i], text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_types),
		cmocka_unit_test(wrong_words),
		cmocka_unit_test(environment),
		cmocka_unit_test(help),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

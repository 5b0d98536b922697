/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/frame.h"
#include "record/result.h"
#include "testcase/case.h"
#include "testcase/faults.h"
#include "testcase/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
/* cmocka needs the three above first */
#include <cmocka.h>

/*
 * esitesti(1) against the option tables: each command has a section, each
 * section the options of its table, in its order, with letter and argument.
 */
#define MAN	"harness/esitesti.1"
#define SECTION ".Ss esitesti "

/* The page, its sections of commands, and how many tables had one. */
struct page {
	char *man;
	size_t sections, told;
};

static int read_page(void **state)
{
	struct page *p = xcalloc(1, sizeof(*p));
	struct buf text = BUF_INIT(LIMIT_CONFIG_FILE);
	struct err err = { 0 };
	if (buf_read_file(&text, MAN, &err) < 0)
		return -1;
	p->man = xstrndup(text.ptr, text.len);
	for (char *at = p->man; (at = strstr(at, SECTION)); at++)
		p->sections++;
	buf_release(&text);
	*state = p;
	return 0;
}

static int free_page(void **state)
{
	struct page *p = *state;
	free(p->man);
	free(p);
	return 0;
}

/* ---- What the man page should say */

/* "DIR", "NAME=FILE", "NAME[=VALUE][@N]" as mdoc's words. */
static void add_argument(struct buf *to, const struct opt *o)
{
	if (o->type == OPT_CHOICE) {
		buf_adds(to, " Ar ");
		for (size_t i = 0; i < o->choice_count; i++)
			buf_addf(to, "%s%s", i ? " | " : "", o->choices[i]);
	} else if (strchr(o->arg, '[')) {
		buf_adds(
		    to, " Ar NAME Ns Oo = Ns Ar VALUE Oc Ns Oo @ Ns Ar N Oc");
	} else if (strchr(o->arg, '=')) {
		int len = (int)strcspn(o->arg, "=");
		buf_addf(to, " Ar %.*s Ns = Ns Ar %s", len, o->arg,
		    o->arg + len + 1);
	} else {
		buf_addf(to, " Ar %s", o->arg);
	}
}

static void add_row(struct buf *to, const struct opt *o)
{
	buf_adds(to, ".It Fl ");
	if (o->letter)
		buf_addf(to, "%c , ", o->letter);
	buf_addf(to, "-%s", o->name);
	if (o->arg)
		add_argument(to, o);
	buf_adds(to, "\n");
}

/* ---- What it says */

/* The section of this command, not of a subcommand: a macro's name, in
 * capitals, follows. Its end in `*end`. NULL = none. */
static const char *find_section(
    const char *man, const char *command, const char **end)
{
	char title[80];
	int len = snprintf(title, sizeof(title), SECTION "%s ", command);
	const char *at = man;
	while ((at = strstr(at, title)) && (at[len] < 'A' || at[len] > 'Z'))
		at++;
	if (!at)
		return NULL;
	const char *next = at;
	while ((next = strstr(next + 1, "\n.S")) && next[3] == 'x')
		;
	*end = next ? next + 1 : at + strlen(at);
	return at;
}

static void add_items(struct buf *to, const char *at, const char *end)
{
	for (; at < end; at = strchr(at, '\n') + 1)
		if (str_starts(at, ".It Fl "))
			buf_add(to, at, (size_t)(strchr(at, '\n') + 1 - at));
}

/* A command with subcommands is told by their sections. */
static void has_subcommands(const char *man, const struct opt_set *set)
{
	char title[80];
	snprintf(title, sizeof(title), SECTION "%s ", set->command);
	if (set->count || !strstr(man, title))
		fail_msg("'%s' has no section in " MAN, set->command);
}

static void same_options(void *ctx, const struct opt_set *set)
{
	struct page *p = ctx;
	struct buf wanted = BUF_INIT(LIMIT_CONFIG_FILE);
	struct buf found = BUF_INIT(LIMIT_CONFIG_FILE);
	const char *end = NULL;
	const char *at = find_section(p->man, set->command, &end);
	if (!at) {
		has_subcommands(p->man, set);
		return;
	}
	p->told++;
	for (size_t i = 0; i < set->count; i++)
		add_row(&wanted, &set->opts[i]);
	add_items(&found, at, end);
	if (!streq(wanted.ptr, found.ptr))
		fail_msg("'%s'\n  its table:\n%s\n  " MAN ":\n%s", set->command,
		    wanted.ptr, found.ptr);
	buf_release(&wanted);
	buf_release(&found);
}

static void test_options_are_in_the_man_page(void **state)
{
	struct page *p = *state;
	for (size_t i = 0; i < command_count; i++)
		commands[i].tables(same_options, p);
	assert_int_equal(p->told, p->sections);
}

/* ---- The tables alone */

static void is_sorted(void *ctx, const struct opt_set *set)
{
	(void)ctx;
	for (size_t i = 1; i < set->count; i++)
		if (strcmp(set->opts[i - 1].name, set->opts[i].name) >= 0)
			fail_msg("'%s': --%s stands behind --%s", set->command,
			    set->opts[i].name, set->opts[i - 1].name);
}

static void test_tables_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		commands[i].tables(is_sorted, NULL);
		if (i)
			assert_true(
			    strcmp(commands[i - 1].name, commands[i].name) < 0);
	}
}

/* A command's line is the same in the list and in its own --help. */
static void same_summary(void *ctx, const struct opt_set *set)
{
	const struct command *c = ctx;
	assert_true(str_starts(set->command, c->name));
	if (streq(set->command, c->name))
		assert_string_equal(set->summary, c->summary);
}

static void test_summaries_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < command_count; i++) {
		struct command c = commands[i];
		commands[i].tables(same_summary, &c);
	}
}

/* What must not come from the environment is told so, and nothing else. */
static void is_told(void *ctx, const struct opt_set *set)
{
	const struct page *p = ctx;
	char row[80];
	for (size_t i = 0; i < set->count; i++) {
		const struct opt *o = &set->opts[i];
		snprintf(row, sizeof(row), "except\n.Fl -%s :\n", o->name);
		if (o->no_environment != (strstr(p->man, row) != NULL))
			fail_msg(
			    "--%s of '%s': environment", o->name, set->command);
	}
}

static void test_environment_is_told(void **state)
{
	for (size_t i = 0; i < command_count; i++)
		commands[i].tables(is_told, *state);
}

static void test_exit_codes_are_told(void **state)
{
	static const int codes[] = { EXIT_PASSED, EXIT_FAILED, EXIT_USAGE,
		EXIT_INVALID, EXIT_INCONCLUSIVE, EXIT_GUARD, EXIT_EVIDENCE,
		EXIT_STRICT, EXIT_ERROR, EXIT_INTERRUPTED };
	const struct page *p = *state;
	const char *at = strstr(p->man, ".Sh EXIT STATUS\n");
	assert_non_null(at);
	for (size_t i = 0; i < COUNTOF(codes); i++) {
		char row[20];
		snprintf(row, sizeof(row), "\n.It %d\n", codes[i]);
		if (!(at = strstr(at, row)))
			fail_msg("exit code %d is not told", codes[i]);
	}
}

static void test_faults_are_told(void **state)
{
	const struct page *p = *state;
	char row[80], syntax[32];
	for (size_t i = 0; i < FAULT_COUNT; i++) {
		const struct fault_row *f = &fault_rows[i];
		fault_syntax(f, syntax);
		snprintf(row, sizeof(row), "\n.It Li %s%s\n", f->name, syntax);
		if (!strstr(p->man, row))
			fail_msg("fault '%s' is not told", fault_rows[i].name);
	}
}

static void test_case_format_is_told(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf manual = BUF_INIT(LIMIT_CASE_FILE);
	assert_int_equal(
	    buf_read_file(&manual, "harness/esitesti-case.5", &err), 0);
	for (int f = 0; f < FF_COUNT; f++) {
		char item[96];
		snprintf(item, sizeof(item), "\n.It Cm %s\n",
		    frame_field_name((enum frame_field)f));
		if (!strstr(manual.ptr, item))
			fail_msg("the manual lacks %s", item);
	}
	for (size_t k = 0; k < EXPECT_KINDS; k++)
		assert_non_null(strstr(manual.ptr, expect_kind_names[k]));
	for (size_t i = 0; i < template_name_count; i++) {
		if (!strstr(manual.ptr, template_names[i]))
			fail_msg("the manual lacks %s", template_names[i]);
	}
	buf_release(&manual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_are_in_the_man_page),
		cmocka_unit_test(test_tables_are_sorted),
		cmocka_unit_test(test_summaries_agree),
		cmocka_unit_test(test_environment_is_told),
		cmocka_unit_test(test_exit_codes_are_told),
		cmocka_unit_test(test_faults_are_told),
		cmocka_unit_test(test_case_format_is_told),
	};
	return cmocka_run_group_tests(tests, read_page, free_page);
}

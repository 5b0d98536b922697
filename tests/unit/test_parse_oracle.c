/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our verdict on other people's files against those of xmllint (its exit code
 * and its namespace errors) and of OpenJDK's parser: what both take, we take,
 * and what either refuses, we refuse, but for the files of
 * tests/golden/parse-differences.txt, each with its reason.
 */
#include "base/limits.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "xml/doc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the four above first */
#include <cmocka.h>

#define DIFFERENCES "tests/golden/parse-differences.txt"

/* Cuts `line` at its tabs. */
static size_t split(char *line, char *fields[], size_t max)
{
	size_t n = 0;
	for (char *at = line; at && n < max;) {
		fields[n++] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
	}
	return n;
}

/* The next line of the text, NULL at its end. */
static char *next_line(char **text)
{
	char *line = *text, *end = strchr(line, '\n');
	if (!end)
		return NULL;
	*end = '\0';
	*text = end + 1;
	return line;
}

struct difference {
	char *path, *ours, *reason;
	bool seen;
};
struct differences {
	struct buf text;
	size_t count;
	struct difference at[1000];
};

static void load_differences(struct differences *d)
{
	struct err err = { 0 };
	buf_init(&d->text, LIMIT_MIB(1));
	assert_int_equal(buf_read_file(&d->text, DIFFERENCES, &err), 0);
	char *rest = d->text.ptr;
	for (char *line; (line = next_line(&rest));) {
		char *f[3];
		if (*line == '#' || !*line)
			continue;
		assert_true(d->count < COUNTOF(d->at));
		assert_int_equal(split(line, f, 3), 3);
		assert_true(*f[2]); /* each has its reason */
		d->at[d->count++] =
		    (struct difference){ f[0], f[1], f[2], false };
	}
}

static struct difference *find(struct differences *d, const char *path)
{
	for (size_t i = 0; i < d->count; i++)
		if (streq(d->at[i].path, path))
			return &d->at[i];
	return NULL;
}

/* Returns 1 for a difference that nobody has explained, and prints it as a
 * row of the table. */
static int compare(struct differences *d, const char *root, char *line)
{
	char *f[4];
	if (split(line, f, 4) < 4 || streq(f[0], "path"))
		return 0;
	bool theirs = streq(f[1], "0") && !*f[2] && streq(f[3], "ok");
	char *path = xasprintf("%s%s", root, f[0]);
	struct err err = { 0 };
	struct xml_doc *doc = xml_read_file(path, LIMIT_MESSAGE, &err);
	if (err.kind == ERR_IO) { /* the collection has fewer files */
		printf("# %s\n", err.msg);
		free(path);
		return 0;
	}
	const char *ours = doc ? "accepted" : "refused";
	struct difference *known = find(d, f[0]);
	bool same = theirs == (doc != NULL);
	bool explained = !same && known && streq(known->ours, ours);
	if (known)
		known->seen = explained;
	if (!same && !explained)
		printf("%s\t%s\t%s\n", f[0], ours, err.msg);
	xml_free(doc);
	free(path);
	return !same && !explained;
}

static void every_verdict(void **state)
{
	(void)state;
	char *table = corpus_path("oracle-parse.tsv");
	char *root = corpus_path("");
	struct buf b = BUF_INIT(LIMIT_MIB(4));
	struct err err = { 0 };
	struct differences *d = xcalloc(1, sizeof(*d));
	int bad = 0, rows = 0;
	load_differences(d);
	if (table && root && buf_read_file(&b, table, &err) == 0) {
		char *rest = b.ptr;
		for (char *line; (line = next_line(&rest)); rows++)
			bad += compare(d, root, line);
		for (size_t i = 0; i < d->count; i++)
			if (!d->at[i].seen) {
				printf("no difference any more: %s\n",
				    d->at[i].path);
				bad++;
			}
		assert_true(rows > 400);
		printf("# %d verdicts, %zu differ for a reason\n", rows - 1,
		    d->count);
	}
	assert_int_equal(bad, 0);
	buf_release(&d->text);
	free(d);
	buf_release(&b);
	free(table);
	free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

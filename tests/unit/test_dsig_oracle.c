/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "xml/dsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/*
 * What OpenJDK's XML signatures say of other people's documents, row by row:
 * the value, then each reference. Where we say something else, the table tells
 * why.
 */
#define TABLE "tests/golden/dsig-differences.txt"

static struct buf differences = BUF_INIT(LIMIT_MIB(1));

static const char *word(enum dsig_verdict verdict)
{
	return verdict == DSIG_HOLDS ? "true" : "false";
}

/* In the oracle's own form: "sv=false ref=true ref=false rsa-sha1". */
static void tell(struct buf *to, const struct dsig *d)
{
	buf_addf(to, "sv=%s", word(dsig_value(d)));
	VEC_EACH (const struct dsig_reference, r, &d->references) {
		enum dsig_verdict verdict = dsig_digest(r);
		if (r->trouble == DSIG_MISSING)
			buf_adds(to, " ref=ERR:URIReferenceException");
		else
			buf_addf(to, " ref=%s", word(verdict));
	}
	buf_addf(to, " %s", d->method ? d->method->name : "?");
}

/* Every row of a file is one of its signatures, in their order. */
static void compare(const char *path, size_t index, const char *expected)
{
	struct err err = { 0 };
	struct dsigs all;
	struct buf ours = BUF_INIT(LIMIT_KIB(4));
	char *file = corpus_path(path);
	assert_non_null(file);
	struct xml_doc *doc = xml_read_file(file, LIMIT_DOCUMENT, &err);
	assert_non_null(doc);
	dsig_read(&all, doc);
	if (index >= all.count)
		buf_adds(&ours, "no such signature");
	else
		tell(&ours, &all.at[index]);
	if (!streq(ours.ptr, expected))
		buf_addf(&differences, "%s\t%zu\t%s\t%s\n", path, index,
		    expected, ours.ptr);
	dsigs_release(&all);
	xml_free(doc);
	free(file);
	buf_release(&ours);
}

static size_t compare_rows(char *text)
{
	char *rest = text, *line, *last = NULL;
	size_t rows = 0, index = 0;
	while ((line = strsep(&rest, "\n"))) {
		char *path = strsep(&line, "\t");
		char *verdict = line ? strsep(&line, "\t") : NULL;
		if (!verdict || (!str_starts(path, "hus-messages/") &&
				    !str_starts(path, "kela-prescriptions/")))
			continue;
		index = last && streq(last, path) ? index + 1 : 0;
		last = path;
		compare(path, index, verdict);
		rows++;
	}
	return rows;
}

/* Without the lines that explain. */
static void read_table(struct buf *to)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(1));
	assert_int_equal(buf_read_file(&text, TABLE, &err), 0);
	char *rest = text.ptr, *line;
	while ((line = strsep(&rest, "\n")))
		if (*line && *line != '#')
			buf_addf(to, "%s\n", line);
	buf_release(&text);
}

static void agrees_with_the_oracle(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf rows = BUF_INIT(LIMIT_MIB(4));
	struct buf table = BUF_INIT(LIMIT_MIB(1));
	char *path = corpus_path("oracle-dsig.tsv");
	if (!path)
		return;
	assert_int_equal(buf_read_file(&rows, path, &err), 0);
	assert_true(compare_rows(rows.ptr) >= 100);
	read_table(&table);
	if (!streq(table.ptr, differences.ptr))
		print_message("%s", differences.ptr);
	assert_string_equal(differences.ptr, table.ptr);
	buf_release(&differences);
	buf_release(&table);
	buf_release(&rows);
	free(path);
}

/* The message of 2017 holds; with another byte in its body it does not. */
static void one_byte(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(LIMIT_DOCUMENT);
	char *path = corpus_path(HUS_DOCUMENT);
	if (!path)
		return;
	assert_int_equal(buf_read_file(&bytes, path, &err), 0);
	char *at = strstr(strstr(bytes.ptr, "<structuredBody"), "root=\"1");
	assert_non_null(at);
	at[strlen("root=\"")] = '2';
	struct xml_doc *doc = xml_parse(bytes.ptr, bytes.len, "it", &err);
	struct dsigs all;
	dsig_read(&all, doc);
	assert_int_equal(all.count, 1);
	const struct dsig_reference *r = all.at[0].references.at;
	assert_int_equal(dsig_value(&all.at[0]), DSIG_HOLDS);
	assert_int_equal(dsig_digest(&r[0]), DSIG_HOLDS);
	assert_int_equal(dsig_digest(&r[1]), DSIG_BROKEN);
	assert_int_equal(dsig_digest_cause(&r[1]), DSIG_CHANGED);
	dsigs_release(&all);
	xml_free(doc);
	buf_release(&bytes);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_oracle),
		cmocka_unit_test(one_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

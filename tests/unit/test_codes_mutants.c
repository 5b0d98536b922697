/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* The reader of code lists and fixtures/codes.rng say the same of every list
 * with one change in it. */

#define SAMPLE                                                          \
 "<codes xmlns='urn:esitesti:codes:1'><list oid='1.2.3' fi='a' en='b' " \
 "version='1' complete='true' form='99' mark='F' source='s'><code "     \
 "value='1' fi='x' en='y'/></list><place at='a/b' in='any' mark='I' "   \
 "systems='1.2.3 1.2.4' source='s'/></codes>"

static char dir[] = "/tmp/esitesti-codes-XXXXXX";
static xmlRelaxNG *grammar;

static void silent(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

static int set_up(void **state)
{
	(void)state;
	xmlRelaxNGParserCtxt *ctx =
	    xmlRelaxNGNewParserCtxt("fixtures/codes.rng");
	grammar = xmlRelaxNGParse(ctx);
	xmlRelaxNGFreeParserCtxt(ctx);
	return grammar && mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	xmlRelaxNGFree(grammar);
	return dir_remove(dir);
}

static void compare(const char *text, bool expected)
{
	struct err err = { 0 };
	struct code_lists *lists = code_lists_new();
	char *path = path_join(dir, "a.xml");
	if (file_write_whole(path, text, strlen(text), 0600, &err) < 0)
		fail_msg("%s", err.msg);
	bool reader = code_lists_add(lists, path, &err) == 0;
	xmlDoc *doc = xmlReadMemory(text, (int)strlen(text), "a.xml", NULL, 0);
	xmlRelaxNGValidCtxt *ctx = xmlRelaxNGNewValidCtxt(grammar);
	xmlRelaxNGSetValidErrors(ctx, silent, silent, NULL);
	bool accepted = xmlRelaxNGValidateDoc(ctx, doc) == 0;
	if (reader != accepted || reader != expected)
		fail_msg("the reader %s (%s), the grammar %s: %s",
		    reader ? "accepts" : "refuses", err.msg,
		    accepted ? "accepts" : "refuses", text);
	xmlRelaxNGFreeValidCtxt(ctx);
	xmlFreeDoc(doc);
	code_lists_free(lists);
	free(path);
}

static void replaced(const char *what, const char *by, bool expected)
{
	const char *at = strstr(SAMPLE, what);
	assert_non_null(at);
	char *text = xasprintf(
	    "%.*s%s%s", (int)(at - SAMPLE), SAMPLE, by, at + strlen(what));
	compare(text, expected);
	free(text);
}

static void test_mutants(void **state)
{
	static const struct {
		const char *what, *by;
		bool accepted;
	} rows[] = {
		{ " version='1'", "", true },
		{ " form='99'", "", true },
		{ " fi='x'", "", true },
		{ " oid='1.2.3'", "", false },
		{ " complete='true'", "", false },
		{ " mark='F'", "", false },
		{ " source='s'", "", false },
		{ " value='1'", "", false },
		{ " at='a/b'", "", false },
		{ " systems='1.2.3 1.2.4'", "", false },
		{ "'1.2.3 1.2.4'", "'1.2.3'", true },
		{ "'1.2.3 1.2.4'", "'1.2.3 x'", false },
		{ "'1.2.3 1.2.4'", "' '", false },
		{ "'1.2.3'", "'01.2'", false },
		{ "'true'", "'yes'", false },
		{ "'true'", "' true'", false },
		{ "mark='F'", "mark='X'", false },
		{ "mark='I'", "mark='X'", false },
		{ "'any'", "'soap'", false },
		{ "value='1'", "value=''", false },
		{ "fi='x'", "fi=' '", false },
		{ "<code v", "<x/><code v", false },
		{ "<code v", "x<code v", false },
		{ "<code v", "<code value='2'/><code v", true },
		{ "<code value='1' fi='x' en='y'/>", "", false },
		{ "<place", "<list/><place", false },
		{ "<list", "<list z='1'", false },
	};
	(void)state;
	compare(SAMPLE, true);
	for (size_t i = 0; i < COUNTOF(rows); i++)
		replaced(rows[i].what, rows[i].by, rows[i].accepted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutants),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/xalloc.h"
#include "xml/schematron.h"

#include <libxml/parser.h>

/*
 * compile-rules COMPILER RULES.sch OUT.xsl: what the build leaves of a shipped
 * rule set, so that the program need not compile it at each start.
 */
int main(int argc, char *argv[])
{
	struct err err = { 0 };
	if (argc != 4) {
		fprintf(stderr, "usage: compile-rules COMPILER RULES OUT\n");
		return 2;
	}
	struct schematron_options options = { .compiler = argv[1] };
	xmlInitParser();
	struct schematron *s = schematron_load(argv[2], &options, &err);
	int rc = s ? schematron_save(s, argv[3], &err) : -1;
	schematron_free(s);
	xmlCleanupParser();
	if (rc < 0)
		err_print(stderr, &err);
	return rc < 0 ? 3 : 0;
}

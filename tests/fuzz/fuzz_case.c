/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * A case file: it loads, or it fails with a reason.
 *
 * Parser: harness/testcase/case-load.c harness/testcase/case-step.c
 * Parser: harness/testcase/case-shape.c harness/testcase/case-check.c
 * Parser: harness/testcase/case-names.c harness/testcase/own-xml.c
 * Parser: harness/xml/shape.c harness/xml/doc.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct facts *facts;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	struct err err = { .kind = ERR_NONE };
	facts = facts_load("tests/lib/testcase/facts.xml", &err);
	if (!facts) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { .kind = ERR_NONE };
	struct testcase *tc =
	    testcase_parse(data, size, "case.xml", facts, &err);
	if (!tc == (err.kind == ERR_NONE))
		abort(); /* a failure without a reason, or a success with one */
	testcase_free(tc);
	return 0;
}

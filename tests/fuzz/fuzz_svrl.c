/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "xml/schematron.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * SVRL as another program would make it of a document of ours: it is read, or
 * refused with a reason.
 *
 * Parser: harness/xml/schematron-svrl.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct xml_doc *document;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = { 0 };
	(void)argc;
	(void)argv;
	document =
	    xml_read_file("fixtures/clean/kielto.xml", LIMIT_DOCUMENT, &err);
	if (!document) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

static void hear(void *ctx, const struct schematron_hit *hit)
{
	(void)ctx;
	if (hit->attribute && !hit->node)
		BUG("an attribute of no element");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct xml_doc *svrl = xml_parse(data, size, "svrl", &err);
	if (!svrl)
		return 0;
	if (schematron_read_svrl(xml_root(svrl), document, hear, NULL, &err) <
		0 &&
	    err.kind == ERR_NONE)
		BUG("a failure without a reason");
	xml_free(svrl);
	return 0;
}

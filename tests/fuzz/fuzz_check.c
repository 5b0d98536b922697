/* SPDX-License-Identifier: Apache-2.0 */
#include "checking.h"

#include <stdint.h>

/*
 * Any bytes through all stages of the check: each finding has its sentences,
 * its rule and its place, and a file without findings was read.
 *
 * Parser: harness/xml/fault.c harness/xml/encoding.c
 * Parser: harness/check/stage-syntactic.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct checking all;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const bool stages[STAGE_COUNT] = { true, true, true, true, true,
		true };
	(void)argc;
	(void)argv;
	all = checking_begin(stages);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checked out;
	checker_look(all.checker, "it", data, size, &out);
	VEC_EACH (struct finding, f, &out.findings) {
		if (!*f->rule || !f->where)
			BUG("a finding without a rule or a place");
		for (size_t i = 0; i < LANG_COUNT; i++)
			if (!f->text[i] || !*f->text[i])
				BUG("a finding without a sentence");
	}
	if (out.content == CONTENT_OTHER && out.findings.count == 0)
		BUG("a file that is nothing, and no finding says so");
	checked_release(&out);
	return 0;
}

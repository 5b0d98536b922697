/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/header.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/addressing.h"

/* What a block is, when it is one that people send (the others are named). */
static const struct {
	const char *ns;
	struct note (*say)(const char *name);
} known[] = {
	{ "http://docs.oasis-open.org/wss/2004/01/"
	  "oasis-200401-wss-wssecurity-secext-1.0.xsd",
	    say_mock_header_security },
};

static struct note why(const xmlNode *block)
{
	const char *ns = block->ns ? (const char *)block->ns->href : "";
	char name[NOTE_ARG];

	snprintf(name, sizeof(name), "{%.200s}%.100s", ns,
	    (const char *)block->name);
	for (size_t i = 0; i < COUNTOF(known); i++)
		if (streq(known[i].ns, ns))
			return known[i].say(name);
	return say_mock_header_unknown(name);
}

static void place(char *to, size_t size, const xmlNode *block)
{
	struct buf path = BUF_INIT(LIMIT_KIB(4));

	xml_path(&path, block, NULL);
	str_copy(to, size, path.ptr);
	buf_release(&path);
}

bool header_is_refused(struct header_refusal *out, const struct soap *soap)
{
	size_t n = 0;

	if (!soap->header)
		return false;
	XML_EACH_CHILD (block, soap->header) {
		if (addressing_knows(block) ||
		    !soap_must_understand(block, soap->envelope))
			continue;
		if (n == 0) {
			buf_init(&out->blocks, LIMIT_KIB(64));
			out->why = why(block);
			place(out->where, sizeof(out->where), block);
		}
		if (n++ < LIMIT_HEADER_BLOCKS)
			soap_write_not_understood(&out->blocks, block);
	}
	return n > 0;
}

void header_refusal_release(struct header_refusal *out)
{
	buf_release(&out->blocks);
}

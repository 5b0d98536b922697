/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "checking.h"
#include "kanta/mime.h"

#include <stdint.h>

/*
 * The base64 content of a document of social welfare: any bytes as its JSON and
 * as its XHTML.
 *
 * Parser: harness/check/rules-social.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct checking rules;
static struct buf document = BUF_INIT(LIMIT_MIB(1));

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const bool stages[STAGE_COUNT] = { [STAGE_RULES] = true };
	struct err err = { 0 };
	(void)argc;
	(void)argv;
	rules = checking_begin(stages);
	if (buf_read_file(
		&document, "fixtures/clean/asiakasasiakirja.xml", &err) < 0) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

/* The document, the text of the first element that `tag` begins replaced. */
static void put(struct buf *to, const struct buf *in, const char *tag,
    const uint8_t *data, size_t size)
{
	const char *from = strstr(in->ptr, tag);
	const char *text = from ? strchr(from, '>') : NULL;
	const char *end = text ? strchr(text, '<') : NULL;
	if (!end)
		BUG("the document has changed");
	buf_add(to, in->ptr, (size_t)(text + 1 - in->ptr));
	base64_encode(to, data, size, 76);
	buf_adds(to, end);
}

static void look(const struct buf *text)
{
	struct checked out;
	checker_look(rules.checker, "it", text->ptr, text->len, &out);
	VEC_EACH (struct finding, f, &out.findings)
		for (size_t i = 0; i < LANG_COUNT; i++)
			if (!f->text[i] || !*f->text[i])
				BUG("a finding without a sentence");
	checked_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const tags[] = { "<hl7fi:json", "<text " };
	for (size_t i = 0; i < COUNTOF(tags); i++) {
		struct buf text = BUF_INIT(LIMIT_MIB(8));
		put(&text, &document, tags[i], data, size);
		look(&text);
		buf_release(&text);
	}
	/* and what is no base64 at all */
	struct buf text = BUF_INIT(LIMIT_MIB(8));
	buf_adds(&text, "<ClinicalDocument xmlns='urn:hl7-org:v3' "
			"xmlns:f='urn:hl7finland'><component><nonXMLBody>"
			"<text>");
	buf_add_xml(&text, (const char *)data, size);
	buf_adds(&text, "</text><f:json>");
	buf_add_xml(&text, (const char *)data, size);
	buf_adds(
	    &text, "</f:json></nonXMLBody></component></ClinicalDocument>");
	look(&text);
	buf_release(&text);
	return 0;
}

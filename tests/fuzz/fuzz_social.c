/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/xalloc.h"
#include "check/own-rules.h"
#include "kanta/mime.h"

#include <stdint.h>
#include <stdlib.h>

/*
 * The content of a document of social welfare: any bytes as its JSON and as its
 * XHTML, in base64 and as they are.
 *
 * Parser: harness/check/rules-social.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf document = BUF_INIT(LIMIT_MIB(1));

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = { 0 };
	(void)argc;
	(void)argv;
	if (buf_read_file(
		&document, "fixtures/clean/asiakasasiakirja.xml", &err) < 0) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

/* The document, the text of the first element that `tag` begins replaced. */
static void put(struct buf *to, const char *tag, const struct buf *content)
{
	const char *from = strstr(document.ptr, tag);
	const char *text = from ? strchr(from, '>') : NULL;
	const char *end = text ? strchr(text, '<') : NULL;
	if (!end)
		BUG("the document has changed");
	buf_add(to, document.ptr, (size_t)(text + 1 - document.ptr));
	buf_add(to, content->ptr, content->len);
	buf_adds(to, end);
}

static void look(const struct buf *text)
{
	struct err err = { 0 };
	struct checked out = { .name = NULL };
	struct look l = { .out = &out,
		.document = xml_parse(text->ptr, text->len, "it", &err) };
	if (l.document)
		rules_of_social(&l);
	VEC_EACH (struct finding, f, &out.findings)
		for (size_t i = 0; i < LANG_COUNT; i++)
			if (!f->text[i] || !*f->text[i])
				BUG("a finding without a sentence");
	xml_free(l.document);
	checked_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const tags[] = { "<json ", "<text " };
	struct buf base64 = BUF_INIT(LIMIT_MIB(8));
	struct buf plain = BUF_INIT(LIMIT_MIB(8));
	const struct buf *const forms[] = { &base64, &plain };
	base64_encode(&base64, data, size, 76);
	buf_add_xml(&plain, (const char *)data, size);
	for (size_t i = 0; i < COUNTOF(tags) * COUNTOF(forms); i++) {
		struct buf text = BUF_INIT(LIMIT_MIB(8));
		put(&text, tags[i / COUNTOF(forms)], forms[i % COUNTOF(forms)]);
		look(&text);
		buf_release(&text);
	}
	buf_release(&plain);
	buf_release(&base64);
	return 0;
}

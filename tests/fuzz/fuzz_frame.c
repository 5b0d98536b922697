/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "kanta/answer.h"
#include "kanta/soap.h"

#include <stdint.h>
#include <stdlib.h>

/* A message as it comes from the network, read as far as it can be. */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct dialect *kanta;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	struct err err = { .kind = ERR_NONE };
	kanta = dialect_load("cases/dialects", "kanta", &err);
	if (!kanta) {
		err_print(stderr, &err);
		exit(1);
	}
	return 0;
}

static void read_document(const struct frame *f)
{
	struct err err = { .kind = ERR_NONE };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	char *content_id = NULL;
	if (frame_document(f, &document, &content_id, &err) == 0) {
		struct xml_doc *doc =
		    xml_parse(document.ptr, document.len, "the document", &err);
		struct cda c;
		if (doc && cda_read(&c, doc, &err) != 0 && err.kind == ERR_NONE)
			abort(); /* a failure without a reason */
		xml_free(doc);
	}
	free(content_id);
	buf_release(&document);
}

static void read_message(const struct xml_doc *doc, xmlNode *message)
{
	struct err err = { .kind = ERR_NONE };
	struct frame f;
	struct ack a;
	if (frame_read(&f, doc, message, kanta, &err) == 0) {
		struct frame_ids ids;
		struct answer_documents documents;
		struct err other = { .kind = ERR_NONE };
		read_document(&f);
		if (frame_query_ids(&f, &ids, &other) == 0)
			VEC_RELEASE(&ids);
		if (answer_documents_read(&documents, &f, &other) == 0)
			answer_documents_release(&documents);
	} else if (err.kind == ERR_NONE) {
		abort();
	}
	err.kind = ERR_NONE;
	if (ack_read(&a, message, kanta, &err) == 0)
		ack_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { .kind = ERR_NONE };
	struct xml_doc *doc = xml_parse(data, size, "the message", &err);
	if (!doc)
		return 0;
	struct soap s;
	if (soap_read(&s, doc, &err) == 0) {
		if (s.payload)
			read_message(doc, s.payload);
		soap_release(&s);
	}
	xml_free(doc);
	return 0;
}

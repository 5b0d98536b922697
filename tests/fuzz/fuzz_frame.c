/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "kanta/answer.h"
#include "kanta/mime.h"
#include "kanta/query.h"
#include "kanta/soap.h"
#include "mimetext.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * A message as it comes from the network, read as far as it can be. What was
 * read can be written, and is read the same again.
 *
 * Parser: harness/kanta/frame.c
 * Parser: harness/kanta/mime.c harness/kanta/base64.c harness/kanta/cda.c
 * Parser: harness/kanta/soap.c harness/kanta/answer-read.c
 * Parser: harness/kanta/query.c harness/kanta/hl7time.c
 */

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

/* The document's bytes through our own MIME text. */
static void write_again(const struct buf *document)
{
	struct err err = { .kind = ERR_NONE };
	struct buf text = BUF_INIT(LIMIT_MESSAGE);
	struct buf again = BUF_INIT(LIMIT_DOCUMENT);
	struct mime m;
	mime_write(
	    &text, "----=_1", "<m@test>", "1.2", document->ptr, document->len);
	if (mime_parse(&m, text.ptr, text.len, &err) < 0 || m.count != 1 ||
	    mime_decode(m.at, &again, &err) < 0 || again.len != document->len ||
	    (again.len && memcmp(again.ptr, document->ptr, again.len) != 0))
		BUG("a document that was written is read as another");
	mime_release(&m);
	buf_release(&again);
	buf_release(&text);
}

/* A SOAP fault that says what was wrong. */
static void write_fault(const char *why)
{
	struct err err = { .kind = ERR_NONE };
	struct buf text = BUF_INIT(LIMIT_MESSAGE);
	const struct soap_fault_draft draft = { .envelope = ENVELOPE_SOAP11,
		.code = SOAP_SENDER,
		.reason = { why, why },
		.detail = why };
	soap_write_fault(&text, &draft);
	struct xml_doc *doc = xml_parse(text.ptr, text.len, "fault", &err);
	struct soap s;
	if (!doc || soap_read(&s, doc, &err) < 0 || s.payload)
		BUG("a fault that was written cannot be read");
	soap_release(&s);
	xml_free(doc);
	buf_release(&text);
}

static void read_document(const struct frame *f)
{
	struct err err = { .kind = ERR_NONE };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	char *content_id = NULL;
	if (frame_document(f, &document, &content_id, &err) == 0) {
		write_again(&document);
		struct xml_doc *doc =
		    xml_parse(document.ptr, document.len, "the document", &err);
		struct cda c;
		if (doc && cda_read(&c, doc, &err) != 0 && err.kind == ERR_NONE)
			BUG("a failure without a reason");
		xml_free(doc);
	}
	free(content_id);
	buf_release(&document);
}

static void compare_queries(const struct query *a, const struct query *b)
{
	if (!streq(a->id, b->id) || a->count != b->count)
		BUG("a query that was written is read as another");
	for (int p = 0; p < QUERY_COUNT; p++)
		if (query_count(a, (enum query_parameter)p) !=
		    query_count(b, (enum query_parameter)p))
			BUG("a query lost a parameter");
}

/* What was asked for can be written, and is read the same again. */
static void read_query(const struct frame *f)
{
	struct err err = { .kind = ERR_NONE };
	struct query q, again = { .id = "" };
	struct buf text = BUF_INIT(LIMIT_MESSAGE);
	struct xml_doc *doc = NULL;
	if (query_read(&q, f, &err) == 0) {
		buf_adds(&text, "<m xmlns=\"" XMLNS_V3 "\">");
		query_write(&text, &q);
		buf_adds(&text, "</m>");
		doc = xml_parse(text.ptr, text.len, "the query", &err);
		if (!doc)
			BUG("a query that was written is no XML");
		const struct frame written = { .doc = doc,
			.query = xml_first(xml_root(doc)) };
		if (query_read(&again, &written, &err) != 0)
			BUG("a query that was written cannot be read");
		compare_queries(&q, &again);
	} else if (err.kind == ERR_NONE) {
		BUG("a failure without a reason");
	}
	query_release(&again);
	query_release(&q);
	xml_free(doc);
	buf_release(&text);
}

static void read_message(const struct xml_doc *doc, xmlNode *message)
{
	struct err err = { .kind = ERR_NONE };
	struct frame f;
	struct ack a;
	if (frame_read(&f, doc, message, kanta, &err) == 0) {
		struct answer_documents documents;
		struct err other = { .kind = ERR_NONE };
		read_document(&f);
		read_query(&f);
		if (answer_documents_read(&documents, &f, &other) == 0)
			answer_documents_release(&documents);
	} else if (err.kind == ERR_NONE) {
		BUG("a failure without a reason");
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
	} else {
		write_fault(err.msg);
	}
	xml_free(doc);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/frame.h"

#include "base/str.h"
#include "corpus.h"
#include "kanta/query.h"
#include "written.h"

static void test_archive(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	write_and_read(&w, &draft);
	const struct frame *f = &w.frame;
	assert_int_equal(f->kind, FRAME_ARCHIVE);
	check_value(f, FF_ROOT, "RCMR_IN100002FI01");
	check_value(f, FF_MESSAGE_ID, SAMPLE_SENDER ".1795285323123.7");
	check_value(f, FF_CREATION_TIME, "20261121202203.123");
	check_value(f, FF_PROCESSING_CODE, "D");
	check_value(f, FF_RECEIVER, "1.2.246.556.18007.2");
	check_value(f, FF_TRIGGER, "RCMR_TE000102UV01");
	check_value(f, FF_SERVICE, "PP1");
	check_value(f, FF_ORGANISATION, "1.2.246.10.99999999.10.0");
	check_value(f, FF_DOCUMENT_ID, SAMPLE_OID);
	assert_null(f->value[FF_REASON]);
	assert_null(f->value[FF_RELATED_ID]);
	assert_null(f->value[FF_CONTENT_ID]);

	struct cda c;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(cda_read(&c, w.document, &err), 0);
	for (size_t i = 0; i < frame_agreed_count; i++)
		if (frame_agreed[i] != FF_RELATED_ID)
			check_value(
			    f, frame_agreed[i], c.value[frame_agreed[i]]);

	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	char *content_id = NULL;
	assert_int_equal(frame_document(f, &document, &content_id, &err), 0);
	assert_string_equal(content_id, SAMPLE_OID);
	assert_int_equal(document.len, strlen(SAMPLE_DOCUMENT));
	assert_string_equal(document.ptr, SAMPLE_DOCUMENT);
	free(content_id);
	buf_release(&document);
	release(&w);
}

static void test_replace(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_REPLACE);
	write_and_read(&w, &draft);
	const struct frame *f = &w.frame;
	assert_int_equal(f->kind, FRAME_REPLACE);
	check_value(f, FF_TRIGGER, "RCMR_TE000910UV01");
	check_value(f, FF_SERVICE, "PP1");
	check_value(f, FF_REASON, "1");
	check_value(f, FF_SET_ID, SAMPLE_FIRST);
	check_value(f, FF_RELATED_TYPE, "RPLC");
	check_value(f, FF_RELATED_ID, SAMPLE_FIRST);
	check_value(f, FF_RELATED_VERSION, "1");
	/* its place: behind custodian, before componentOf */
	const char *related = strstr(w.bytes.ptr, "<relatedDocument");
	assert_true(strstr(w.bytes.ptr, "</custodian>") < related);
	assert_true(related < strstr(w.bytes.ptr, "<componentOf"));
	release(&w);
}

/* The notification: metadata without the document, for a reason. */
static void test_cancel(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_CANCEL);
	write_and_read(&w, &draft);
	const struct frame *f = &w.frame;
	assert_int_equal(f->kind, FRAME_CANCEL);
	check_value(f, FF_ROOT, "RCMR_IN100025FI01");
	check_value(f, FF_DOCUMENT_ID, SAMPLE_OID);
	check_value(f, FF_SET_ID, SAMPLE_FIRST);
	check_value(f, FF_VERSION, "2");
	check_value(f, FF_STATUS, "nullified");
	check_value(f, FF_REASON, "2");
	check_value(f, FF_REASON_SYSTEM, "1.2.246.537.5.40178.2008");
	check_value(f, FF_PATIENT, "010181-900C");
	assert_null(f->value[FF_TRIGGER]);
	assert_null(xml_child(f->document, XMLNS_V3, "text"));
	assert_null(f->value[FF_RELATED_ID]);
	release(&w);
}

/* Prefixes, white space and the local header on their way into the frame. */
static void test_copied(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	write_and_read(&w, &draft);
	static const char *const holds[] = {
		"<name><given>Testi</given><family>Esimerkki &amp; Koe"
		"</family></name>",
		"<localHeader xmlns=\"urn:hl7finland\"><fileFormat code=\"1\"/>"
		"<custodianTypecode code=\"1\"/></localHeader>",
		"<effectiveTime "
		"xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
		"xmlns:c=\"urn:hl7-org:v3\" xsi:type=\"c:IVL_TS\"><low ",
		"<location><healthCareFacility><id "
		"root=\"1.2.246.10.99999999.10.0\"/><location><name>Sairaala"
		"</name></location></healthCareFacility></location>",
		"<assignedAuthor><id nullFlavor=\"NA\"/></assignedAuthor>",
	};
	for (size_t i = 0; i < COUNTOF(holds); i++)
		if (!strstr(w.bytes.ptr, holds[i]))
			fail_msg("no %s in %s", holds[i], w.bytes.ptr);
	release(&w);
}

static bool is_readable(enum frame_field f)
{
	/* Inside the MIME text; makes the frame contradict itself; in queries
	 * only. */
	return f != FF_CONTENT_ID && f != FF_ROOT && f != FF_INTERACTION &&
	       f != FF_QUERY_ID && f != FF_TIME_FROM && f != FF_TIME_TO;
}

/* A case may set each field to anything, and then exactly that is sent. */
static void test_set(void **state)
{
	(void)state;
	static const char value[] = "1.2 <&\"' \xC3\xA4";
	for (int i = 0; i < FF_COUNT; i++) {
		enum frame_field f = (enum frame_field)i;
		if (!is_readable(f))
			continue;
		struct written w;
		struct frame_draft draft = draft_of(FRAME_REPLACE);
		draft.value[f] = value;
		write_and_read(&w, &draft);
		check_value(&w.frame, f, value);
		check_value(&w.frame, f == FF_SET_ID ? FF_VERSION : FF_SET_ID,
		    f == FF_SET_ID ? "2" : SAMPLE_FIRST);
		release(&w);
	}
}

static void test_set_content_id(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct err err = { .kind = ERR_NONE };
	char *content_id = NULL;
	draft.value[FF_CONTENT_ID] = "1.2.<&3";
	draft.value[FF_DOCUMENT_ID] = "1.2.4";
	write_and_read(&w, &draft);
	assert_int_equal(
	    frame_document(&w.frame, &document, &content_id, &err), 0);
	assert_string_equal(content_id, "1.2.<&3");
	check_value(&w.frame, FF_DOCUMENT_ID, "1.2.4");
	free(content_id);
	buf_release(&document);
	release(&w);
}

static void test_set_root(void **state)
{
	(void)state;
	struct written w;
	struct err err = { .kind = ERR_NONE };
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	draft.value[FF_ROOT] = "RCMR_IN100099FI01";
	write_out(&w, &draft);
	assert_int_equal(
	    frame_read(&w.frame, w.doc, xml_root(w.doc), kanta, &err), -1);
	assert_non_null(strstr(err.msg, "interactionId says"));
	release(&w);

	draft.value[FF_INTERACTION] = "RCMR_IN100099FI01";
	write_and_read(&w, &draft);
	assert_int_equal(w.frame.kind, FRAME_UNKNOWN);
	release(&w);
}

static void refuse_draft(struct frame_draft *draft, const char *says)
{
	struct buf b = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(frame_write(&b, draft, kanta, &err), -1);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
	buf_release(&b);
}

static void test_write_refuse(void **state)
{
	(void)state;
	struct xml_doc *doc = load(SAMPLE_DOCUMENT, strlen(SAMPLE_DOCUMENT));
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	refuse_draft(&draft, "no document to send");
	draft.document = doc;
	draft.value[FF_SENDER] = NULL;
	refuse_draft(&draft, "sender-id");
	draft.value[FF_SENDER] = SAMPLE_SENDER;
	draft.value[FF_ROOT] = "not a name";
	refuse_draft(&draft, "can't be the name");
	xml_free(doc);

	struct frame_draft fetch = draft_of(FRAME_FETCH);
	refuse_draft(&fetch, "organisation-id");
	fetch.value[FF_ORGANISATION] = "1.2.3";
	refuse_draft(&fetch, "no document");
	struct buf many = BUF_INIT(LIMIT_KIB(64));
	for (int i = 0; i <= LIMIT_QUERY_PARAMETERS; i++)
		buf_adds(&many, "1.2.3 ");
	fetch.value[FF_DOCUMENT_ID] = many.ptr;
	refuse_draft(&fetch, "more than");
	buf_release(&many);

	struct frame_draft small = draft_of(FRAME_ARCHIVE);
	struct buf b = BUF_INIT(1000);
	struct err err = { .kind = ERR_NONE };
	small.document = load(SAMPLE_DOCUMENT, strlen(SAMPLE_DOCUMENT));
	assert_int_equal(frame_write(&b, &small, kanta, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	xml_free((struct xml_doc *)(uintptr_t)small.document);
	buf_release(&b);
}

/* ---- Queries */

static void test_fetch(void **state)
{
	(void)state;
	struct written w;
	struct frame_draft draft = draft_of(FRAME_FETCH);
	draft.value[FF_ORGANISATION] = "1.2.3";
	draft.value[FF_DOCUMENT_ID] = SAMPLE_OID " " SAMPLE_FIRST;
	write_and_read(&w, &draft);
	assert_int_equal(w.frame.kind, FRAME_FETCH);
	check_value(&w.frame, FF_QUERY_ID, SAMPLE_SENDER ".1795285323123.7.1");
	assert_null(w.frame.value[FF_TRIGGER]);
	assert_null(w.frame.value[FF_SERVICE]);
	struct query found;
	struct err err = { .kind = ERR_NONE };
	assert_int_equal(query_read(&found, &w.frame, &err), 0);
	assert_int_equal(query_count(&found, QUERY_DOCUMENT), 2);
	assert_string_equal(found.at[1].root, SAMPLE_FIRST);
	query_release(&found);
	release(&w);

	/* one by a case's `with` */
	draft.value[FF_DOCUMENT_ID] = "1.2.9";
	write_and_read(&w, &draft);
	assert_int_equal(query_read(&found, &w.frame, &err), 0);
	assert_int_equal(query_count(&found, QUERY_DOCUMENT), 1);
	assert_string_equal(found.at[0].root, "1.2.9");
	query_release(&found);
	release(&w);
}

/* One line for each element and attribute, names beside codes left out. */
static void outline(struct buf *to, const xmlNode *node)
{
	buf_addf(to, "%s", (const char *)node->name);
	if (node->parent && node->parent->type == XML_ELEMENT_NODE)
		buf_addf(to, " in %s", (const char *)node->parent->name);
	for (xmlAttr *a = node->properties; a; a = a->next) {
		const char *name = (const char *)a->name;
		if (!streq(name, "displayName") &&
		    !streq(name, "codeSystemName"))
			buf_addf(to, " %s='%s'", name, xml_attr(node, name));
	}
	if (!xml_first(node) && !streq((const char *)node->name, "text")) {
		char *text = xml_text(node);
		buf_addf(to, " %s", text);
		free(text);
	}
	buf_addc(to, '\n');
	XML_EACH_CHILD (child, node)
		outline(to, child);
}

static void copy_values(struct frame_draft *draft, const struct frame *f)
{
	static const enum frame_field same[] = { FF_MESSAGE_ID,
		FF_CREATION_TIME, FF_SENDER };
	for (size_t i = 0; i < COUNTOF(same); i++)
		draft->value[same[i]] = f->value[same[i]];
}

/* What we write of its document is what the vendor wrote of it in 2017. */
static void test_hus_write(void **state)
{
	(void)state;
	char *path = corpus_path(HUS_MESSAGE);
	if (!path)
		return;
	struct buf bytes, document = BUF_INIT(LIMIT_DOCUMENT);
	struct buf theirs = BUF_INIT(LIMIT_MIB(1)),
		   ours = BUF_INIT(LIMIT_MIB(1));
	read_file(&bytes, path);
	struct xml_doc *doc = load(bytes.ptr, bytes.len);
	struct frame f;
	struct err err = { .kind = ERR_NONE };
	char *content_id = NULL;
	assert_int_equal(frame_read(&f, doc, xml_root(doc), kanta, &err), 0);
	assert_int_equal(frame_document(&f, &document, &content_id, &err), 0);

	struct written w;
	struct frame_draft draft = {
		.kind = FRAME_ARCHIVE,
		.bytes = document.ptr,
		.len = document.len,
		.now = NOW,
		.serial = 1,
	};
	copy_values(&draft, &f);
	write_and_read(&w, &draft);
	outline(&theirs, xml_root(doc));
	outline(&ours, xml_root(w.doc));
	assert_string_equal(ours.ptr, theirs.ptr);

	release(&w);
	xml_free(doc);
	free(content_id);
	buf_release(&theirs);
	buf_release(&ours);
	buf_release(&document);
	buf_release(&bytes);
	free(path);
}

/* ---- Speed */

static void test_speed(void **state)
{
	(void)state;
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	buf_add(&document, SAMPLE_DOCUMENT, strlen(SAMPLE_DOCUMENT));
	while (document.len < 54000)
		buf_adds(&document, "<!-- padding -->\n");
	struct frame_draft draft = draft_of(FRAME_ARCHIVE);
	draft.bytes = document.ptr;
	draft.len = document.len;
	struct xml_doc *doc = load(document.ptr, document.len);
	draft.document = doc;
	struct buf message = BUF_INIT(LIMIT_MESSAGE);
	struct err err = { .kind = ERR_NONE };
	int64_t start = clock_monotonic();
	for (int i = 0; i < 100; i++) {
		buf_clear(&message);
		assert_int_equal(frame_write(&message, &draft, kanta, &err), 0);
	}
	int64_t middle = clock_monotonic();
	for (int i = 0; i < 100; i++) {
		struct xml_doc *parsed = load(message.ptr, message.len);
		struct frame f;
		struct buf out = BUF_INIT(LIMIT_DOCUMENT);
		char *content_id = NULL;
		assert_int_equal(
		    frame_read(&f, parsed, xml_root(parsed), kanta, &err), 0);
		assert_int_equal(
		    frame_document(&f, &out, &content_id, &err), 0);
		free(content_id);
		buf_release(&out);
		xml_free(parsed);
	}
	printf("# 54 kB document: frame written in %ld us, parsed and read in "
	       "%ld us\n",
	    (long)(middle - start) / 100,
	    (long)(clock_monotonic() - middle) / 100);
	buf_release(&message);
	buf_release(&document);
	xml_free(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_archive),
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_copied),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_set_content_id),
		cmocka_unit_test(test_set_root),
		cmocka_unit_test(test_write_refuse),
		cmocka_unit_test(test_fetch),
		cmocka_unit_test(test_hus_write),
		cmocka_unit_test(test_speed),
	};
	return cmocka_run_group_tests(tests, load_dialect, free_dialect);
}

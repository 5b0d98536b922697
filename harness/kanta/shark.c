/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/shark.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/frame.h"
#include "kanta/why.h"
#include "xml/encoding.h"

#include <jansson.h>
#include <stdlib.h>

const char *const shark_field_names[SHARK_FIELDS] = {
	[SHARK_MESSAGE_ID] = "messageId",
	[SHARK_SERVICE] = "palveluPyynto",
	[SHARK_LEVEL] = "level",
	[SHARK_FRAME] = "siirtokehysXml",
	[SHARK_DOCUMENT] = "asiakirjaXml",
};

/* ---- Writing */

/* "\r\n" and "\r" as XML itself reads them: "\n". */
static void add_lines(struct buf *to, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r')
			buf_addc(to, text[i]);
		else if (i + 1 == len || text[i + 1] != '\n')
			buf_addc(to, '\n');
	}
}

static int add_xml(struct buf *to, const char *name, const char *text,
    size_t len, struct err *err)
{
	static const char declaration[] =
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
	struct buf own = BUF_INIT(LIMIT_XML_BYTES);
	if (xml_to_utf8(&text, &len, &own, name, NULL, err) < 0) {
		buf_release(&own);
		return -1;
	}
	buf_adds(to, declaration);
	if (len > 6 && memcmp(text, "<?xml", 5) == 0 && str_is_space(text[5])) {
		const char *end = memmem(text, len, "?>", 2);
		size_t own_len = end ? (size_t)(end + 2 - text) : 0;
		text += own_len;
		len -= own_len;
	}
	add_lines(to, text, len);
	buf_release(&own);
	return buf_check(to, name, err);
}

/* Another reasonCode may stand beside it: the purpose of use. */
static const char *service_of(const xmlNode *root)
{
	const xmlNode *control = xml_child(root, XMLNS_V3, "controlActProcess");
	const char *found = NULL;
	XML_EACH_CHILD (node, control ? control : root) {
		const char *system = xml_attr(node, "codeSystem");
		if (xml_is(node, XMLNS_V3, "reasonCode") && system &&
		    str_starts(system, SHARK_SYSTEM))
			found = xml_attr(node, "code");
	}
	return found;
}

static int write_json(struct buf *to, const struct shark_draft *d,
    const char *service, const struct buf *frame, const struct buf *document,
    struct err *err)
{
	json_t *all = json_pack("{s:s, s:s, s:s, s:s%, s:s%}",
	    shark_field_names[SHARK_MESSAGE_ID], d->message_id,
	    shark_field_names[SHARK_SERVICE], service,
	    shark_field_names[SHARK_LEVEL], "1", shark_field_names[SHARK_FRAME],
	    frame->ptr, frame->len, shark_field_names[SHARK_DOCUMENT],
	    document->ptr, document->len);
	char *text = all ? json_dumps(all, JSON_COMPACT) : NULL;
	if (text)
		buf_adds(to, text);
	free(text);
	json_decref(all);
	if (!text)
		return err_set(err, ERR_INTERNAL, "the request is no JSON");
	return buf_check(to, "the request", err);
}

/* The document that goes with it, in bytes. */
static int take_document(struct buf *to, const struct shark_draft *d,
    const xmlNode *root, struct err *err)
{
	struct buf inside = BUF_INIT(LIMIT_DOCUMENT);
	struct mime_fault why;
	char *content_id = NULL;
	int rc = -1;
	if (d->document)
		return add_xml(
		    to, d->document_name, d->document, d->document_len, err);
	const xmlNode *node = xml_down(
	    root, XMLNS_V3, "controlActProcess/subject/clinicalDocument");
	if (!node)
		err_set(err, ERR_KANTA, "'%s' has no document in it",
		    d->frame_name);
	else if (frame_part(node, &inside, &content_id, &why, err) < 0)
		err_wrap(err, "the document in '%s'", d->frame_name);
	else
		rc = add_xml(to, "the document", inside.ptr, inside.len, err);
	free(content_id);
	buf_release(&inside);
	return rc;
}

int shark_write(struct buf *to, const struct shark_draft *d, struct err *err)
{
	struct buf frame = BUF_INIT(LIMIT_MESSAGE);
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct xml_doc *doc = NULL;
	const char *service = NULL;
	int rc = -1;
	if (add_xml(&frame, d->frame_name, d->frame, d->frame_len, err) < 0)
		goto out;
	doc = xml_parse(frame.ptr, frame.len, d->frame_name, err);
	if (!doc)
		goto out;
	service = service_of(xml_root(doc));
	if (!service) {
		xml_fail(doc, xml_root(doc), err, ERR_KANTA,
		    "the frame names no service request: no "
		    "controlActProcess/reasonCode of %s…",
		    SHARK_SYSTEM);
		err_hint(err,
		    "give the transfer frame (an HL7 V3 message) first, then "
		    "the document");
		goto out;
	}
	if (take_document(&document, d, xml_root(doc), err) == 0)
		rc = write_json(to, d, service, &frame, &document, err);
out:
	xml_free(doc);
	buf_release(&frame);
	buf_release(&document);
	return rc;
}

/* ---- Reading a request */

static int refuse(struct shark_request *r, struct note why, struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));

	r->why = why;
	why_english(&text, &why);
	err_set(err, ERR_KANTA, "%s", text.ptr);
	buf_release(&text);
	return -1;
}

static int refuse_json(
    struct shark_request *r, const json_error_t *why, struct err *err)
{
	char line[24];

	snprintf(line, sizeof(line), "%d", why->line);
	return refuse(r, say_shark_no_json(line, why->text), err);
}

static int take_fields(
    struct shark_request *r, const json_t *all, struct err *err)
{
	char count[24];

	snprintf(count, sizeof(count), "%d", SHARK_FIELDS);
	if (json_object_size(all) != SHARK_FIELDS)
		return refuse(r, say_shark_members(count), err);
	for (size_t i = 0; i < SHARK_FIELDS; i++) {
		const char *name = shark_field_names[i];
		const char *text =
		    json_string_value(json_object_get(all, name));
		if (!text)
			return refuse(r, say_shark_no_text(name), err);
		r->field[i] = xstrdup(text);
	}
	return 0;
}

int shark_read_request(
    struct shark_request *r, const void *bytes, size_t len, struct err *err)
{
	json_error_t why;
	json_t *all = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);

	*r = (struct shark_request){ .field = { NULL } };
	if (!all)
		return refuse_json(r, &why, err);
	int rc = take_fields(r, all, err);
	json_decref(all);
	if (rc < 0) {
		const struct note reason = r->why;
		shark_request_release(r);
		r->why = reason;
	}
	return rc;
}

void shark_request_release(struct shark_request *r)
{
	for (size_t i = 0; i < SHARK_FIELDS; i++)
		free(r->field[i]);
	*r = (struct shark_request){ .field = { NULL } };
}

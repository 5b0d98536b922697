/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/answer.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "kanta/mime.h"
#include "kanta/why.h"

static char *copy(const char *s)
{
	return xstrdup(s ? s : "");
}

static char *attribute_of(
    const xmlNode *parent, const char *path, const char *attribute)
{
	xmlNode *node = xml_down(parent, XMLNS_V3, path);
	return copy(node ? xml_attr(node, attribute) : NULL);
}

static char *text_of(const xmlNode *parent, const char *name)
{
	xmlNode *node = xml_child(parent, XMLNS_V3, name);
	return node ? xml_text(node) : xstrdup("");
}

/* ---- Finding it */

static int fail_at(
    struct note *why, const xmlNode *node, struct err *err, struct note what)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	*why = what;
	why_english(&text, &what);
	err_at(err, ERR_KANTA, "the answer", xml_line(node), xml_column(node),
	    "%s", text.ptr);
	buf_release(&text);
	return -1;
}

/* The acknowledgements below `parent`: the last of them, and how many. */
static xmlNode *count_below(const xmlNode *parent, size_t *count)
{
	xmlNode *last = NULL;
	XML_EACH_CHILD (node, parent) {
		if (!xml_is(node, XMLNS_V3, "acknowledgement"))
			continue;
		last = node;
		++*count;
	}
	return last;
}

static int find(
    const xmlNode *message, xmlNode **found, struct note *why, struct err *err)
{
	size_t count = 0;
	xmlNode *act = xml_child(message, XMLNS_V3, "controlActProcess");
	*found = count_below(message, &count);
	xmlNode *inner = act ? count_below(act, &count) : NULL;
	if (!*found)
		*found = inner;
	if (count > 1)
		return fail_at(why, *found, err, say_ack_several());
	return 0;
}

/* ---- Reading it */

static enum ack_outcome outcome_of(const struct dialect *d, const char *code)
{
	if (dialect_has(d, DK_ACK_ACCEPTED, code))
		return ACK_ACCEPTED;
	if (dialect_has(d, DK_ACK_REFUSED, code))
		return ACK_REFUSED;
	return ACK_UNCLEAR;
}

static void read_detail(struct ack_detail *a, const xmlNode *node)
{
	*a = (struct ack_detail){
		.type = copy(xml_attr(node, "typeCode")),
		.code = attribute_of(node, "code", "code"),
		.code_system = attribute_of(node, "code", "codeSystem"),
		.text = text_of(node, "text"),
		.location = text_of(node, "location"),
	};
}

static int read_details(struct ack *a, const xmlNode *node, struct err *err)
{
	char most[24];
	snprintf(most, sizeof(most), "%d", LIMIT_ACK_DETAILS);
	XML_EACH_CHILD (detail, node) {
		if (!xml_is(detail, XMLNS_V3, "acknowledgementDetail"))
			continue;
		if (a->count == LIMIT_ACK_DETAILS) {
			return fail_at(
			    &a->why, detail, err, say_ack_details(most));
		}
		read_detail(VEC_PUSH(a), detail);
	}
	return 0;
}

static int read_code(struct ack *a, const xmlNode *node, struct err *err)
{
	xmlNode *child = xml_child(node, XMLNS_V3, "typeCode");
	const char *attribute = xml_attr(node, "typeCode");
	const char *element = child ? xml_attr(child, "code") : NULL;
	if (attribute && child && (!element || !streq(attribute, element)))
		return fail_at(&a->why, node, err, say_ack_codes());
	a->form = child ? ACK_FORM_ELEMENT : ACK_FORM_ATTRIBUTE;
	a->code = copy(child ? element : attribute);
	return 0;
}

int ack_read(
    struct ack *a, xmlNode *message, const struct dialect *d, struct err *err)
{
	xmlNode *node;
	*a = (struct ack){ .outcome = ACK_ABSENT };
	if (find(message, &node, &a->why, err) != 0)
		return -1;
	if (!node) {
		a->code = xstrdup("");
		a->target_id = xstrdup("");
		return 0;
	}
	if (read_code(a, node, err) != 0 || read_details(a, node, err) != 0) {
		const struct note why = a->why;
		ack_release(a);
		a->why = why;
		return -1;
	}
	a->outcome = outcome_of(d, a->code);
	/* messageRef is the name in the oldest editions. */
	const char *target = xml_child(node, XMLNS_V3, "targetMessage")
				 ? "targetMessage/id"
				 : "messageRef/id";
	a->target_id = attribute_of(node, target, "root");
	return 0;
}

void ack_detail_release(struct ack_detail *d)
{
	free(d->type);
	free(d->code);
	free(d->code_system);
	free(d->text);
	free(d->location);
}

void ack_release(struct ack *a)
{
	VEC_EACH (struct ack_detail, detail, a)
		ack_detail_release(detail);
	VEC_RELEASE(a);
	free(a->code);
	free(a->target_id);
	*a = (struct ack){ .outcome = ACK_ABSENT };
}

/* ---- Documents in an answer */

static const char *attribute_or_none(
    const xmlNode *document, const char *name, const char *attribute)
{
	xmlNode *node = xml_child(document, XMLNS_V3, name);
	const char *text = node ? xml_attr(node, attribute) : NULL;
	return text ? text : "";
}

static int read_document(struct answer_entry *to, const xmlNode *document,
    struct note *reason, struct err *err)
{
	char *content_id = NULL;
	*to = (struct answer_entry){
		.oid = attribute_or_none(document, "id", "root"),
		.set_id = attribute_or_none(document, "setId", "root"),
		.version =
		    attribute_or_none(document, "versionNumber", "value"),
		.status = attribute_or_none(document, "statusCode", "code"),
		.node = document,
		.has_content = xml_child(document, XMLNS_V3, "text") != NULL,
	};
	buf_init(&to->content, LIMIT_DOCUMENT);
	if (!to->has_content)
		return 0;
	struct mime_fault why;
	int rc = frame_part(document, &to->content, &content_id, &why, err);
	if (rc != 0)
		*reason = mime_fault_say(&why);
	free(content_id);
	return rc;
}

static void refuse_many(struct note *why, struct err *err)
{
	char most[24];
	snprintf(most, sizeof(most), "%d", LIMIT_ANSWER_DOCUMENTS);
	*why = say_answer_documents(most);
	err_set(err, ERR_LIMIT, "the answer has more than %s documents", most);
}

int answer_documents_read(
    struct answer_documents *out, const struct frame *answer, struct err *err)
{
	xmlNode *act = xml_child(answer->root, XMLNS_V3, "controlActProcess");
	*out = (struct answer_documents){ .at = NULL };
	if (!act)
		return 0;
	XML_EACH_CHILD (subject, act) {
		xmlNode *document =
		    xml_is(subject, XMLNS_V3, "subject")
			? xml_child(subject, XMLNS_V3, "clinicalDocument")
			: NULL;
		if (!document)
			continue;
		if (out->count == LIMIT_ANSWER_DOCUMENTS) {
			refuse_many(&out->why, err);
			goto fail;
		}
		if (read_document(VEC_PUSH(out), document, &out->why, err) != 0)
			goto fail;
	}
	return 0;
fail:
	answer_documents_release(out);
	return -1;
}

void answer_documents_release(struct answer_documents *docs)
{
	VEC_EACH (struct answer_entry, document, docs)
		buf_release(&document->content);
	VEC_RELEASE(docs);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/frame.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/fields.h"
#include "kanta/mime.h"
#include "kanta/why.h"

#include <stdlib.h>

struct reader {
	struct frame *f;
	const struct xml_doc *doc;
	const struct dialect *d;
	struct err *err;
};

static int fail(struct reader *r, const xmlNode *node, struct note why)
{
	return why_fail(&r->f->why, r->doc, node, r->err, ERR_KANTA, why);
}

/* ---- The wrapper: HL7 V3 MCCI, in this order */

static const struct slot {
	const char *name;
	bool required, repeats;
} slots[] = {
	{ "realmCode", false, true },
	{ "typeId", false, false },
	{ "templateId", false, true },
	{ "id", true, false },
	{ "creationTime", true, false },
	{ "securityText", false, false },
	{ "versionCode", false, false },
	{ "interactionId", true, false },
	{ "profileId", false, true },
	{ "processingCode", true, false },
	{ "processingModeCode", true, false },
	{ "acceptAckCode", true, false },
	{ "sequenceNumber", false, false },
	{ "attachmentText", false, true },
	/* the 2005 edition's place; later ones have it behind the sender */
	{ "acknowledgement", false, true },
	{ "receiver", true, true },
	{ "respondTo", false, true },
	{ "sender", true, false },
	{ "attentionLine", false, true },
	{ "acknowledgement", false, true },
	{ "controlActProcess", false, false },
};

/* What may stand where slots[at] is next: up to the next required one. */
static void name_expected(struct buf *to, size_t at)
{
	if (at > 0 && slots[at - 1].repeats)
		at--;
	for (size_t i = at; i < COUNTOF(slots); i++) {
		buf_addf(to, "%s%s", i > at ? ", " : "", slots[i].name);
		if (slots[i].required)
			return;
	}
}

/* `node` is what was found; NULL = the end of `root`. */
static int fail_order(
    struct reader *r, const xmlNode *root, const xmlNode *node, size_t at)
{
	struct buf expected = BUF_INIT(512);
	char found[101];
	str_copy(found, sizeof(found), node ? (const char *)node->name : "");
	name_expected(&expected, at);
	if (!node)
		fail(r, root, say_frame_cut(expected.ptr));
	else if (at == COUNTOF(slots))
		fail(r, node, say_frame_order_end(found));
	else
		fail(r, node, say_frame_order(found, expected.ptr));
	buf_release(&expected);
	return err_hint(r->err,
	    "the order of HL7 V3's transmission wrapper (MCCI) counts, and all "
	    "of it is in the namespace '" XMLNS_V3 "'");
}

/* The slot for `node` from slots[at] on, without leaving a required one out. */
static int find_slot(const xmlNode *node, size_t at)
{
	for (size_t i = at; i < COUNTOF(slots); i++) {
		if (xml_is(node, XMLNS_V3, slots[i].name))
			return (int)i;
		if (slots[i].required)
			return -1;
	}
	return -1;
}

static int check_wrapper(struct reader *r, xmlNode *root)
{
	size_t at = 0; /* the slot that may come next */
	XML_EACH_CHILD (node, root) {
		/* A repeated element stays in the slot before. */
		bool again = at > 0 && slots[at - 1].repeats &&
			     xml_is(node, XMLNS_V3, slots[at - 1].name);
		int slot = again ? (int)at - 1 : find_slot(node, at);
		if (slot < 0)
			return fail_order(r, root, node, at);
		at = (size_t)slot + 1;
	}
	for (size_t i = at; i < COUNTOF(slots); i++)
		if (slots[i].required)
			return fail_order(r, root, NULL, at);
	return 0;
}

/* ---- Which message it is */

static enum frame_kind find_kind(const struct dialect *d, const char *name)
{
	static const struct {
		enum dialect_key key;
		enum frame_kind kind;
	} kinds[] = {
		{ DK_INTERACTION_ARCHIVE, FRAME_ARCHIVE },
		{ DK_INTERACTION_REPLACE, FRAME_REPLACE },
		{ DK_INTERACTION_CANCEL, FRAME_CANCEL },
		{ DK_INTERACTION_QUERY, FRAME_QUERY },
		{ DK_INTERACTION_QUERY_ANSWER, FRAME_QUERY_ANSWER },
		{ DK_INTERACTION_FETCH, FRAME_FETCH },
		{ DK_INTERACTION_FETCH_ANSWER, FRAME_FETCH_ANSWER },
		{ DK_INTERACTION_ACK, FRAME_ACK },
	};
	for (size_t i = 0; i < COUNTOF(kinds); i++)
		if (streq(dialect_text(d, kinds[i].key), name))
			return kinds[i].kind;
	return FRAME_UNKNOWN;
}

static int check_root(struct reader *r, xmlNode *root)
{
	const char *name = (const char *)root->name;
	if (!xml_is(root, XMLNS_V3, name))
		return fail(r, root, say_frame_namespace(name));
	if (!xml_attr(root, "ITSVersion"))
		return fail(r, root, say_frame_its(name));
	return 0;
}

static int check_interaction(struct reader *r, xmlNode *root)
{
	xmlNode *node = xml_child(root, XMLNS_V3, "interactionId");
	const char *name = (const char *)root->name;
	const char *id = xml_attr(node, "extension");
	if (!id)
		return fail(r, node, say_frame_no_interaction());
	if (streq(id, name))
		return 0;
	fail(r, node, say_frame_interaction(id, name));
	return err_hint(r->err, "both name the interaction: make them equal");
}

/* ---- Content */

static int fail_second(
    struct reader *r, const xmlNode *second, const xmlNode *parent)
{
	return fail(r, second,
	    say_frame_second(
		(const char *)parent->name, (const char *)second->name));
}

/* Two of these would let reader and sender mean different ones. */
static int check_single(struct reader *r, xmlNode *document)
{
	static const char *const single[] = { "id", "code", "text", "setId",
		"versionNumber" };
	for (size_t i = 0; i < COUNTOF(single); i++) {
		xmlNode *first = xml_child(document, XMLNS_V3, single[i]);
		xmlNode *second = first ? xml_next_same(first) : NULL;
		if (second)
			return fail_second(r, second, document);
	}
	return 0;
}

static int check_document(struct reader *r, xmlNode *act)
{
	xmlNode *subject = xml_child(act, XMLNS_V3, "subject");
	if (!subject || !r->f->document)
		return fail(r, act, say_frame_no_document());
	xmlNode *second = xml_next_same(subject);
	if (second)
		return fail_second(r, second, act);
	second = xml_next_same(r->f->document);
	if (second)
		return fail_second(r, second, subject);
	return check_single(r, r->f->document);
}

static int check_query(struct reader *r, xmlNode *act)
{
	if (!r->f->query)
		return fail(r, act, say_frame_no_query());
	xmlNode *second = xml_next_same(r->f->query);
	return second ? fail_second(r, second, act) : 0;
}

static bool is_about_document(enum frame_kind kind)
{
	return kind == FRAME_ARCHIVE || kind == FRAME_REPLACE ||
	       kind == FRAME_CANCEL;
}

static int check_content(struct reader *r, xmlNode *act)
{
	struct frame *f = r->f;
	if (!act && f->kind != FRAME_ACK)
		return fail(r, f->root, say_frame_no_act());
	if (is_about_document(f->kind))
		return check_document(r, act);
	if (f->kind == FRAME_FETCH || f->kind == FRAME_QUERY)
		return check_query(r, act);
	return 0;
}

static bool is_of_system(
    const struct reader *r, const xmlNode *node, enum dialect_key key)
{
	const char *has = xml_attr(node, "codeSystem");
	return has && streq(has, dialect_text(r->d, key));
}

/* Of several reasonCodes the one in the service requests' code system, else
 * the first that is no use situation. */
static xmlNode *service_request(const struct reader *r, xmlNode *act)
{
	xmlNode *first = act ? xml_child(act, XMLNS_V3, "reasonCode") : NULL;
	xmlNode *other = NULL;
	for (xmlNode *node = first; node; node = xml_next_same(node)) {
		if (is_of_system(r, node, DK_SERVICE_SYSTEM))
			return node;
		if (!other && !is_of_system(r, node, DK_USE_SITUATION_SYSTEM))
			other = node;
	}
	return other;
}

static xmlNode *find_node(
    const struct reader *r, enum frame_field field, xmlNode *service)
{
	const char *path = frame_row(field)->path;
	if (field == FF_SERVICE || field == FF_SERVICE_SYSTEM)
		return service;
	if (*path == '@')
		return r->f->document
			   ? xml_down(r->f->document, XMLNS_V3, path + 2)
			   : NULL;
	return xml_down(r->f->root, XMLNS_V3, path);
}

static void read_values(struct reader *r, xmlNode *act)
{
	xmlNode *service = service_request(r, act);
	r->f->value[FF_ROOT] = (const char *)r->f->root->name;
	for (int i = FF_ROOT + 1; i < FF_COUNT; i++) {
		enum frame_field field = (enum frame_field)i;
		const char *attribute = frame_row(field)->attribute;
		if (field == FF_CONTENT_ID)
			continue;
		xmlNode *node = find_node(r, field, service);
		if (node)
			r->f->value[i] = xml_attr(node, attribute);
	}
}

int frame_read(struct frame *f, const struct xml_doc *doc, xmlNode *root,
    const struct dialect *d, struct err *err)
{
	*f = (struct frame){ .kind = FRAME_UNKNOWN, .doc = doc, .root = root };
	struct reader r = { .f = f, .doc = doc, .d = d, .err = err };
	if (check_root(&r, root) != 0 || check_wrapper(&r, root) != 0 ||
	    check_interaction(&r, root) != 0)
		return -1;
	xmlNode *act = xml_child(root, XMLNS_V3, "controlActProcess");
	f->kind = find_kind(d, (const char *)root->name);
	if (act) {
		f->document =
		    xml_down(act, XMLNS_V3, "subject/clinicalDocument");
		f->query = xml_child(act, XMLNS_V3, "queryByParameter");
	}
	if (check_content(&r, act) != 0)
		return -1;
	read_values(&r, act);
	return 0;
}

/* ---- The document inside */

/* The element's text; *to_free holds it when it could not be borrowed. */
static const char *borrow_text(const xmlNode *node, char **to_free)
{
	const xmlNode *child = node->children;
	*to_free = NULL;
	/* One text node is the rule, and it may have 80 MB. */
	if (child && !child->next && child->type == XML_TEXT_NODE &&
	    child->content)
		return (const char *)child->content;
	*to_free = xml_text(node);
	return *to_free;
}

static int take_part(const char *text, struct buf *document, char **content_id,
    struct mime_fault *why, struct err *err)
{
	struct mime m;
	int rc = -1;
	if (mime_parse(&m, text, strlen(text), err) != 0) {
		*why = m.fault;
		return -1;
	}
	if (m.count != 1) {
		why->kind = MIME_PARTS;
		snprintf(why->word, sizeof(why->word), "%zu", m.count);
		err_set(err, ERR_KANTA,
		    "the MIME text has %zu parts, exactly one was expected",
		    m.count);
		goto out;
	}
	if (!m.closed) {
		why->kind = MIME_NOT_CLOSED;
		err_set(err, ERR_KANTA,
		    "the MIME text has no closing boundary: it is cut off");
		goto out;
	}
	if (mime_decode(&m.at[0], document, err) != 0) {
		if (err->kind == ERR_LIMIT)
			why->kind = MIME_TOO_LARGE;
		else
			*why = mime_part_fault(text, m.at);
		goto out;
	}
	*content_id = m.at[0].content_id;
	m.at[0].content_id = NULL;
	rc = 0;
out:
	mime_release(&m);
	return rc;
}

int frame_part(const xmlNode *clinical_document, struct buf *document,
    char **content_id, struct mime_fault *why, struct err *err)
{
	xmlNode *text = xml_child(clinical_document, XMLNS_V3, "text");
	*why = (struct mime_fault){ .kind = MIME_OK };
	*content_id = NULL;
	if (!text) {
		why->kind = MIME_NO_TEXT;
		return err_set(err, ERR_KANTA,
		    "clinicalDocument has no text: the document is missing");
	}
	const char *type = xml_attr(text, "mediaType");
	if (!type || !str_starts(type, "multipart/")) {
		why->kind = MIME_MEDIA_TYPE;
		str_copy(why->word, sizeof(why->word), type ? type : "");
		return err_set(err, ERR_KANTA,
		    "clinicalDocument/text/@mediaType is '%s', "
		    "'multipart/related' was expected",
		    type ? type : "");
	}
	char *to_free;
	const char *mime = borrow_text(text, &to_free);
	int rc = take_part(mime, document, content_id, why, err);
	free(to_free);
	return rc == 0 ? 0 : err_wrap(err, "clinicalDocument/text");
}

int frame_document(const struct frame *f, struct buf *document,
    char **content_id, struct err *err)
{
	*content_id = NULL;
	if (!f->document)
		return err_set(
		    err, ERR_KANTA, "the message holds no clinicalDocument");
	struct mime_fault why;
	return frame_part(f->document, document, content_id, &why, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/cda-order.h"
#include "mock/rules.h"
#include "xml/c14n.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define XMLNS_DS "http://www.w3.org/2000/09/xmldsig#"

/* A place inside the document, which is inside the message. */
static void find_inside(struct inquiry *q, enum policy p, const xmlNode *node,
    const struct note *what)
{
	struct buf where = BUF_INIT(LIMIT_KIB(4));

	buf_addf(&where, "/%.60s/", (const char *)q->frame.root->name);
	frame_field_path(&where, FF_CONTENT_ID);
	buf_adds(&where, " > base64 > ");
	xml_path(&where, node, NULL);
	policy_find_at(q, p, where.ptr, *what);
	buf_release(&where);
}

/* ---- Order */

static void check_order_of(struct inquiry *q, const xmlNode *parent)
{
	xmlNode *node = parent ? cda_misplaced(parent) : NULL;
	struct note what = { 0 };

	if (!node)
		return;
	what = say_mock_header_order(
	    (const char *)node->name, (const char *)parent->name);
	find_inside(q, POLICY_HEADER_ORDER, node, &what);
}

void check_header_order(struct inquiry *q)
{
	if (!policy_looks(q, POLICY_HEADER_ORDER))
		return;
	check_order_of(q, q->cda.root);
	check_order_of(q, xml_child(q->cda.root, XMLNS_HL7FI, "localHeader"));
}

/* ---- Signature */

static xmlNode *find_id(xmlNode *node, const char *id)
{
	const char *has = xml_attr(node, "ID");
	xmlNode *found = NULL;

	if (has && streq(has, id))
		return node;
	for (xmlNode *c = xml_first(node); c && !found; c = xml_next(c))
		found = find_id(c, id);
	return found;
}

static bool is_body(const xmlNode *node)
{
	return xml_is(node, XMLNS_V3, "structuredBody") ||
	       xml_is(node, XMLNS_V3, "nonXMLBody");
}

static bool same_digest(
    const struct xml_doc *doc, const xmlNode *node, const xmlNode *reference)
{
	xmlNode *value = xml_child(reference, XMLNS_DS, "DigestValue");
	char *text = value ? xml_text(value) : xstrdup("");
	unsigned char encoded[48];
	uint8_t digest[32];
	struct err ignored = { 0 };
	size_t n = 0;
	bool same = false;

	for (size_t i = 0; text[i]; i++)
		if (!str_is_space(text[i]))
			text[n++] = text[i];
	text[n] = '\0';
	if (xml_c14n_digest(doc, node, digest, &ignored) == 0) {
		EVP_EncodeBlock(encoded, digest, sizeof(digest));
		same = streq((const char *)encoded, text);
	}
	free(text);
	return same;
}

/* One reference; whether it is the body's. */
static bool check_reference(struct inquiry *q, const xmlNode *reference)
{
	const char *uri = xml_attr(reference, "URI");
	xmlNode *node =
	    uri && *uri == '#' ? find_id(q->cda.root, uri + 1) : NULL;
	struct note what = { 0 };

	if (!node) {
		what = say_mock_signature_reference(uri ? uri : "");
		find_inside(q, POLICY_SIGNATURE, reference, &what);
		return false;
	}
	if (!same_digest(q->cda_doc, node, reference)) {
		what = say_mock_signature_digest(uri);
		find_inside(q, POLICY_SIGNATURE, reference, &what);
	}
	return is_body(node);
}

/* False: there are more references than anybody looks at. */
static bool check_one_signature(
    struct inquiry *q, const xmlNode *signature, size_t *references)
{
	xmlNode *info = xml_down(signature, XMLNS_DS, "SignedInfo");
	bool covers_body = false;
	struct note what = { 0 };

	for (xmlNode *r = info ? xml_first(info) : NULL; r; r = xml_next(r)) {
		if (!xml_is(r, XMLNS_DS, "Reference"))
			continue;
		if (++*references > LIMIT_SIGNED_REFERENCES)
			return false;
		covers_body |= check_reference(q, r);
	}
	if (covers_body)
		return true;
	what = say_mock_signature_body();
	find_inside(q, POLICY_SIGNATURE, signature, &what);
	return true;
}

/* What covers much is dear to look at, and may be referred to often. */
static void find_too_many(struct inquiry *q, const xmlNode *where)
{
	char most[16];
	struct note what = { 0 };

	snprintf(most, sizeof(most), "%d", LIMIT_SIGNED_REFERENCES);
	what = say_mock_signature_many(most);
	find_inside(q, POLICY_SIGNATURE, where, &what);
}

/* In the health archive's localHeader or in localSocialHeader. */
static xmlNode *signature_collection(const struct inquiry *q)
{
	XML_EACH_CHILD (node, q->cda.root) {
		xmlNode *found =
		    xml_is(node, XMLNS_HL7FI, NULL)
			? xml_child(node, XMLNS_HL7FI, "signatureCollection")
			: NULL;
		if (found)
			return found;
	}
	return NULL;
}

void check_signature(struct inquiry *q)
{
	xmlNode *all = signature_collection(q);
	struct note what = say_mock_signature_missing();
	size_t count = 0, references = 0;

	if (!policy_looks(q, POLICY_SIGNATURE))
		return;
	for (xmlNode *s = all ? xml_first(all) : NULL; s; s = xml_next(s)) {
		xmlNode *signature = xml_child(s, XMLNS_DS, "Signature");
		if (!signature)
			continue;
		count++;
		if (!check_one_signature(q, signature, &references)) {
			find_too_many(q, all);
			return;
		}
	}
	if (count == 0)
		find_inside(
		    q, POLICY_SIGNATURE, all ? all : q->cda.root, &what);
}

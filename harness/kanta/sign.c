/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/sign.h"

#include "base/clock.h"
#include "base/limits.h"
#include "kanta/cda-order.h"
#include "kanta/mime.h"
#include "xml/c14n.h"
#include "xml/dsig.h"
#include "xml/encoding.h"
#include "xml/place.h"

#include <stdlib.h>
#include <string.h>

#define COLLECTION "signatureCollection"
#define EXC_C14N   "http://www.w3.org/2001/10/xml-exc-c14n#"

struct work {
	const struct signing *s;
	const char *text; /* of the document: UTF-8 without a mark */
	size_t len;
	struct xml_doc *doc;
	xmlNode *header, *body;
	const char *body_id;
	char ids[40]; /* what the ids of the parts share */
	char when[CLOCK_TEXT];
};

/* ---- What is there */

static xmlNode *find_header(const xmlNode *root)
{
	xmlNode *header = xml_child(root, XMLNS_HL7FI, "localHeader");
	return header ? header
		      : xml_child(root, XMLNS_HL7FI, "localSocialHeader");
}

static int find_parts(struct work *w, struct err *err)
{
	xmlNode *root = xml_root(w->doc);
	if (!xml_is(root, XMLNS_V3, "ClinicalDocument"))
		return xml_fail(w->doc, root, err, ERR_KANTA,
		    "'%s' is no ClinicalDocument", (const char *)root->name);
	w->header = find_header(root);
	if (!w->header) {
		xml_fail(w->doc, root, err, ERR_KANTA,
		    "the document has no localHeader or localSocialHeader");
		return err_hint(err, "the signature stands there");
	}
	w->body = xml_down(root, XMLNS_V3, "component/structuredBody");
	if (!w->body)
		w->body = xml_down(root, XMLNS_V3, "component/nonXMLBody");
	w->body_id = w->body ? xml_attr(w->body, "ID") : NULL;
	if (w->body_id && *w->body_id)
		return 0;
	xml_fail(w->doc, w->body ? w->body : root, err, ERR_KANTA,
	    "the document's body has no ID attribute");
	return err_hint(err,
	    "structuredBody ID=\"OID<the document's OID>.0\": the signature "
	    "refers to it");
}

/* ---- The signature's text */

static void add_base64(struct buf *to, const uint8_t digest[32])
{
	base64_encode(to, digest, 32, 0);
}

static void add_reference(
    struct buf *to, const char *id, const uint8_t digest[32])
{
	buf_adds(to, "<Reference URI=\"#");
	buf_add_xmls(to, id);
	buf_adds(to, "\"><Transforms><Transform Algorithm=\"" EXC_C14N
		     "\"/></Transforms><DigestMethod "
		     "Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>"
		     "<DigestValue>");
	add_base64(to, digest);
	buf_adds(to, "</DigestValue></Reference>");
}

static void add_timestamp(struct buf *to, const struct work *w, const char *ns)
{
	buf_addf(to,
	    "<signatureTimestamp%s ID=\"sigt_%s\">%s</signatureTimestamp>", ns,
	    w->ids, w->when);
}

static int digest_timestamp(
    const struct work *w, uint8_t digest[32], struct err *err)
{
	struct buf text = BUF_INIT(LIMIT_KIB(1));
	add_timestamp(&text, w, " xmlns=\"" XMLNS_HL7FI "\"");
	struct xml_doc *doc =
	    xml_parse(text.ptr, text.len, "the time stamp", err);
	int rc = doc ? xml_c14n_digest(doc, xml_root(doc), digest, err) : -1;
	xml_free(doc);
	buf_release(&text);
	return rc;
}

static int add_info(
    struct buf *to, const struct work *w, const char *ns, struct err *err)
{
	uint8_t body[32], stamp[32];
	char id[sizeof("sigt_") + sizeof(w->ids)];
	if (digest_timestamp(w, stamp, err) < 0 ||
	    xml_c14n_digest(w->doc, w->body, body, err) < 0)
		return -1;
	snprintf(id, sizeof(id), "sigt_%s", w->ids);
	buf_addf(to,
	    "<SignedInfo%s><CanonicalizationMethod Algorithm=\"" EXC_C14N
	    "\"/><SignatureMethod "
	    "Algorithm=\"http://www.w3.org/2001/04/"
	    "xmldsig-more#rsa-sha256\"/>",
	    ns);
	add_reference(to, id, stamp);
	add_reference(to, w->body_id, body);
	buf_adds(to, "</SignedInfo>");
	return 0;
}

static int add_value(struct buf *to, const struct work *w, struct err *err)
{
	struct buf info = BUF_INIT(LIMIT_KIB(64));
	struct xml_doc *doc = NULL;
	int rc = add_info(&info, w, " xmlns=\"" XMLNS_DS "\"", err);
	if (rc == 0)
		doc = xml_parse(info.ptr, info.len, "SignedInfo", err);
	rc = doc ? dsig_sign(to, doc, xml_root(doc), w->s->key, err) : -1;
	xml_free(doc);
	buf_release(&info);
	return rc;
}

static int add_certificate(
    struct buf *to, const struct work *w, struct err *err)
{
	unsigned char *der = NULL;
	int len = i2d_X509(w->s->certificate, &der);
	if (len <= 0)
		return err_set(
		    err, ERR_TLS, "the certificate cannot be written");
	base64_encode(to, der, (size_t)len, 0);
	OPENSSL_free(der);
	return 0;
}

static int add_collection(struct buf *to, const struct work *w, struct err *err)
{
	buf_addf(to,
	    "<" COLLECTION " xmlns=\"" XMLNS_HL7FI "\"><signature "
	    "ID=\"sig1_%s\"><signatureDescription code=\"3\" "
	    "codeSystem=\"1.2.246.537.5.40127.2006\" "
	    "codeSystemName=\"KanTa-palvelut - Sähköisen allekirjoituksen "
	    "tyyppi\" displayName=\"Järjestelmäallekirjoitus / "
	    "perusjärjestelmä\"/>",
	    w->ids);
	add_timestamp(to, w, "");
	buf_addf(
	    to, "<Signature xmlns=\"" XMLNS_DS "\" Id=\"sig2_%s\">", w->ids);
	if (add_info(to, w, "", err) < 0)
		return -1;
	buf_adds(to, "<SignatureValue>");
	if (add_value(to, w, err) < 0)
		return -1;
	buf_adds(to, "</SignatureValue><KeyInfo><X509Data><X509Certificate>");
	if (add_certificate(to, w, err) < 0)
		return -1;
	buf_adds(to,
	    "</X509Certificate></X509Data></KeyInfo></Signature></signature>"
	    "</" COLLECTION ">");
	return buf_check(to, "a signature", err);
}

/* ---- Its place */

/* The first child of the header that stands behind signatureCollection; NULL =
 * none, or the header is another one, where it stands last. */
static xmlNode *next_of(const xmlNode *header)
{
	int rank = cda_rank_of(header, COLLECTION);
	if (rank < 0)
		return NULL;
	XML_EACH_CHILD (node, header)
		if (cda_rank(node) > rank)
			return node;
	return NULL;
}

/* The bytes from `begin` to `end` give way. */
static int find_place(
    const struct work *w, size_t *begin, size_t *end, struct err *err)
{
	xmlNode *old = xml_child(w->header, XMLNS_HL7FI, COLLECTION);
	xmlNode *next = next_of(w->header);
	struct place p = { 0 };
	if (old && xml_first(old) && !w->s->replace) {
		xml_fail(w->doc, old, err, ERR_KANTA,
		    "the document has a signature already");
		return err_hint(err, "--replace makes a new one in its place");
	}
	const xmlNode *where = old ? old : next ? next : w->header;
	if (!xml_place(&p, w->text, w->len, where) ||
	    (where == w->header && p.close == p.end))
		return xml_fail(w->doc, where, err, ERR_KANTA,
		    "there is no place for a signature in '%s'",
		    (const char *)w->header->name);
	*begin = where == w->header ? p.close : p.begin;
	*end = old ? p.end : *begin;
	return 0;
}

/* What stands between the line's beginning and `at`, if it is white space. */
static void add_indentation(struct buf *to, const struct work *w, size_t at)
{
	size_t from = at;
	while (
	    from > 0 && (w->text[from - 1] == ' ' || w->text[from - 1] == '\t'))
		from--;
	if (from == 0 || w->text[from - 1] != '\n')
		return;
	from -= from > 1 && w->text[from - 2] == '\r' ? 2 : 1;
	buf_add(to, w->text + from, at - from);
}

static int splice(struct buf *document, const struct work *w, struct err *err)
{
	struct buf made = BUF_INIT(LIMIT_DOCUMENT);
	size_t mark = (size_t)(w->text - document->ptr); /* a BOM */
	size_t begin = 0, end = 0;
	int rc = find_place(w, &begin, &end, err);
	if (rc == 0) {
		buf_add(&made, document->ptr, mark + begin);
		rc = add_collection(&made, w, err);
	}
	if (rc == 0) {
		if (begin == end)
			add_indentation(&made, w, begin);
		buf_add(&made, w->text + end, w->len - end);
		rc = buf_check(&made, "the signed document", err);
	}
	if (rc == 0) {
		struct buf old = *document;
		*document = made;
		made = old;
	}
	buf_release(&made);
	return rc;
}

int document_sign(struct buf *document, const char *name,
    const struct signing *s, struct err *err)
{
	struct work w = {
		.s = s,
		.text = document->ptr,
		.len = document->len,
	};
	struct buf own = BUF_INIT(LIMIT_DOCUMENT);
	int rc = xml_to_utf8(&w.text, &w.len, &own, name, NULL, err);
	snprintf(w.ids, sizeof(w.ids), "%016llx%016llx",
	    (unsigned long long)s->serial[0], (unsigned long long)s->serial[1]);
	clock_rfc3339(w.when, s->now);
	w.when[strlen("2026-11-21T20:22:03")] = 'Z';
	w.when[strlen("2026-11-21T20:22:03Z")] = '\0';
	if (rc == 0 && own.len)
		rc = err_set(err, ERR_XML,
		    "%s is not in UTF-8: a signature cannot be put into it",
		    name);
	if (rc == 0) {
		w.doc = xml_parse(document->ptr, document->len, name, err);
		rc = w.doc ? find_parts(&w, err) : -1;
	}
	if (rc == 0)
		rc = splice(document, &w, err);
	xml_free(w.doc);
	buf_release(&own);
	return rc;
}

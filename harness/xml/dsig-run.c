/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/c14n.h"
#include "xml/dsig-inside.h"
#include "xml/quiet.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <xmlsec/xmlsec.h>

#include <xmlsec/errors.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>

/* What is computed, by xmlsec1: it is given a set of nodes of ours, and never
 * a URI. */

static void drop_error(const char *file, int line, const char *func,
    const char *object, const char *subject, int reason, const char *msg)
{
	(void)file, (void)line, (void)func, (void)object;
	(void)subject, (void)reason, (void)msg;
}

static void start(void)
{
	if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1 ||
	    xmlSecOpenSSLInit() < 0)
		BUG("xmlsec1 does not start");
	xmlSecErrorsSetCallback(drop_error);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool started;

static void start_once(void)
{
	start();
	started = true;
}

void dsig_start(void)
{
	if (pthread_once(&once, start_once) != 0)
		BUG("pthread_once");
}

void dsig_stop(void)
{
	if (!started)
		return;
	started = false;
	once = (pthread_once_t)PTHREAD_ONCE_INIT;
	xmlSecOpenSSLShutdown();
	xmlSecShutdown();
}

static xmlNode *plain(const xmlNode *node)
{
	return (xmlNode *)(uintptr_t)node;
}

static void drop_words(void *ctx, xmlError *e)
{
	(void)ctx;
	(void)e;
}

/* ---- The nodes */

/*
 * libxml2 canonicalises documents, and a part of one only by asking about each
 * of its nodes. Of what stands around a subtree, exclusive canonicalisation
 * needs nothing, inclusive namespaces, which are found all the same, and rarely
 * attributes; so it is shown as a document of its own: copies of two structs.
 */
struct view {
	xmlDoc doc;
	xmlNode top;
	xmlDoc *copy;
	xmlSecNodeSet *nodes;
};

/* Whether inclusive canonicalisation would take over an attribute like
 * xml:lang from above. */
static bool inherits_attributes(const xmlNode *top)
{
	for (const xmlNode *n = top->parent; n && n->type == XML_ELEMENT_NODE;
	     n = n->parent)
		for (const xmlAttr *a = n->properties; a; a = a->next)
			if (a->ns &&
			    xmlStrEqual(a->ns->href, XML_XML_NAMESPACE))
				return true;
	return false;
}

static void view_open(struct view *v, const xmlNode *top, bool exclusive)
{
	if (!exclusive && inherits_attributes(top)) {
		v->nodes = xmlSecNodeSetGetChildren(top->doc, plain(top), 0, 0);
		return;
	}
	v->top = *top;
	v->top.next = v->top.prev = NULL;
	v->doc = *top->doc;
	v->doc.children = v->doc.last = &v->top;
	v->nodes = xmlSecNodeSetCreate(&v->doc, NULL, xmlSecNodeSetNormal);
}

/* The element in a copy of its document: no other has its name. */
static const xmlNode *find_like(const xmlNode *from, const xmlNode *target)
{
	const char *ns = target->ns ? (const char *)target->ns->href : NULL;
	const xmlNode *found = NULL;
	if (xml_is(from, ns, (const char *)target->name))
		return from;
	for (const xmlNode *c = xml_first(from); c && !found; c = xml_next(c))
		found = find_like(c, target);
	return found;
}

static bool is_direct(const struct dsig_reference *r)
{
	return r->is_filtered && !xml_first(r->c14n);
}

/*
 * Canonicalised first, then narrowed down to one element by XPath. The
 * expression is of a form that was looked at, so its element is taken out of
 * the canonical document at once, where xmlsec1 would ask about every node.
 * That is left to it when the canonicalisation has parameters.
 */
static void view_filtered(struct view *v, const struct dsig_reference *r)
{
	struct buf bytes = BUF_INIT(LIMIT_XML_BYTES);
	const xmlNode *top = NULL;
	if (xml_c14n_bytes(xmlDocGetRootElement(r->target->doc),
		r->is_exclusive, &bytes) == 0)
		v->copy = xmlReadMemory(bytes.ptr, (int)bytes.len, NULL,
		    "UTF-8",
		    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (v->copy)
		top = find_like(xmlDocGetRootElement(v->copy), r->target);
	if (top)
		view_open(v, top, false);
	buf_release(&bytes);
}

static void view_reference(struct view *v, const struct dsig_reference *r)
{
	*v = (struct view){ .copy = NULL };
	if (is_direct(r)) {
		view_filtered(v, r);
	} else if (r->is_filtered) {
		view_open(v, xmlDocGetRootElement(r->target->doc), false);
	} else if (r->is_styled) {
		v->copy = dsig_copy(r->target);
		dsig_normalise(xmlDocGetRootElement(v->copy));
		view_open(v, xmlDocGetRootElement(v->copy), r->is_exclusive);
	} else {
		view_open(v, r->target, r->is_exclusive);
	}
}

static void view_close(struct view *v)
{
	if (v->nodes)
		xmlSecNodeSetDestroy(v->nodes);
	xmlFreeDoc(v->copy);
}

/* ---- Running */

/* `last` gets its input from what `context` holds, and is asked for its
 * verdict on the content of `value`. */
static enum dsig_verdict run(xmlSecTransformCtx *context, xmlSecTransform *last,
    xmlSecNodeSet *nodes, const xmlNode *value)
{
	struct xml_quiet quiet;
	xml_quiet_begin(&quiet, drop_words, NULL);
	last->operation = xmlSecTransformOperationVerify;
	bool done =
	    xmlSecTransformCtxXmlExecute(context, nodes) == 0 &&
	    xmlSecTransformVerifyNodeContent(last, plain(value), context) == 0;
	xml_quiet_end(&quiet);
	ERR_clear_error();
	return done && last->status == xmlSecTransformStatusOk ? DSIG_HOLDS
							       : DSIG_BROKEN;
}

static xmlSecTransformCtx *new_context(void)
{
	xmlSecTransformCtx *context = xmlSecTransformCtxCreate();
	if (!context)
		BUG("no context of xmlsec1");
	context->enabledUris = xmlSecTransformUriTypeNone;
	return context;
}

static bool add(xmlSecTransformCtx *context, const xmlNode *transform)
{
	return !transform ||
	       xmlSecTransformCtxNodeRead(context, plain(transform),
		   xmlSecTransformUsageDSigTransform);
}

enum dsig_verdict dsig_digest(const struct dsig_reference *r)
{
	struct view v;
	enum dsig_verdict verdict = DSIG_BROKEN;
	if (r->trouble != DSIG_FINE || !r->target)
		return DSIG_UNTRIED;
	xmlSecTransformCtx *context = new_context();
	xmlSecTransform *digest = NULL;
	const xmlNode *method = xml_child(r->node, XMLNS_DS, "DigestMethod");
	if (is_direct(r) || (add(context, r->c14n) && add(context, r->filter)))
		digest = xmlSecTransformCtxNodeRead(
		    context, plain(method), xmlSecTransformUsageDigestMethod);
	if (digest) {
		view_reference(&v, r);
		if (v.nodes)
			verdict = run(context, digest, v.nodes, r->value);
		view_close(&v);
	}
	xmlSecTransformCtxDestroy(context);
	return verdict;
}

/* The certificate's key as xmlsec's; NULL when it is of a kind that none of
 * the signature methods takes. */
static xmlSecKey *key_of(X509 *certificate)
{
	EVP_PKEY *public = X509_get_pubkey(certificate);
	xmlSecKeyData *data =
	    public && EVP_PKEY_get_base_id(public) == EVP_PKEY_RSA
		? xmlSecOpenSSLEvpKeyAdopt(public)
		: NULL;
	xmlSecKey *key = data ? xmlSecKeyCreate() : NULL;
	if (!data)
		EVP_PKEY_free(public);
	if (key && xmlSecKeySetValue(key, data) == 0)
		return key;
	if (key)
		xmlSecKeyDestroy(key);
	if (data)
		xmlSecKeyDataDestroy(data);
	return NULL;
}

enum dsig_verdict dsig_value(const struct dsig *d)
{
	struct view v = { .copy = NULL };
	enum dsig_verdict verdict = DSIG_BROKEN;
	if (d->trouble != DSIG_FINE)
		return DSIG_UNTRIED;
	xmlSecTransformCtx *context = new_context();
	xmlSecKey *key = key_of(d->certificate);
	const xmlNode *c14n =
	    xml_child(d->signed_info, XMLNS_DS, "CanonicalizationMethod");
	const xmlNode *how =
	    xml_child(d->signed_info, XMLNS_DS, "SignatureMethod");
	xmlSecTransform *method = NULL;
	if (key && xmlSecTransformCtxNodeRead(
		       context, plain(c14n), xmlSecTransformUsageC14NMethod))
		method = xmlSecTransformCtxNodeRead(
		    context, plain(how), xmlSecTransformUsageSignatureMethod);
	if (method)
		method->operation = xmlSecTransformOperationVerify;
	if (method && xmlSecTransformSetKey(method, key) == 0) {
		view_open(&v, d->signed_info, streq(d->c14n->name, "exc-c14n"));
		verdict = run(context, method, v.nodes, d->value);
		view_close(&v);
	}
	if (key)
		xmlSecKeyDestroy(key);
	xmlSecTransformCtxDestroy(context);
	ERR_clear_error();
	return verdict;
}

/* ---- Signing */

static bool sign_digest(
    EVP_PKEY *key, const uint8_t digest[32], unsigned char **value, size_t *len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
	bool ok = c && EVP_PKEY_sign_init(c) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
		  EVP_PKEY_sign(c, NULL, len, digest, 32) == 1;
	*value = ok ? xmalloc(*len) : NULL;
	ok = ok && EVP_PKEY_sign(c, *value, len, digest, 32) == 1;
	EVP_PKEY_CTX_free(c);
	ERR_clear_error();
	return ok;
}

int dsig_sign(struct buf *to, const struct xml_doc *doc,
    const xmlNode *signed_info, EVP_PKEY *key, struct err *err)
{
	uint8_t digest[32];
	unsigned char *value = NULL;
	size_t len = 0;
	int rc = -1;
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return err_set(err, ERR_TLS, "the key is no RSA key");
	if (xml_c14n_digest(doc, signed_info, digest, err) < 0)
		return -1;
	if (!sign_digest(key, digest, &value, &len)) {
		err_set(err, ERR_TLS, "OpenSSL cannot sign with the key");
	} else {
		char *text = buf_reserve(to, (len + 2) / 3 * 4 + 1);
		if (text)
			buf_grew(
			    to, (size_t)EVP_EncodeBlock(
				    (unsigned char *)text, value, (int)len));
		rc = 0;
	}
	free(value);
	return rc;
}

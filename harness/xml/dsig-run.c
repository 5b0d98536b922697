/* SPDX-License-Identifier: Apache-2.0 */
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
 * of its nodes. Exclusive canonicalisation needs nothing of what stands around
 * a subtree, so it is shown as a document of its own: copies of two structs.
 */
struct view {
	xmlDoc doc;
	xmlNode top;
	xmlDoc *copy;
	xmlSecNodeSet *nodes;
};

static void view_open(struct view *v, const xmlNode *top, bool alone)
{
	if (!alone) {
		v->nodes = xmlSecNodeSetGetChildren(top->doc, plain(top), 0, 0);
		return;
	}
	v->top = *top;
	v->top.next = v->top.prev = NULL;
	v->doc = *top->doc;
	v->doc.children = v->doc.last = &v->top;
	v->nodes = xmlSecNodeSetCreate(&v->doc, NULL, xmlSecNodeSetNormal);
}

static void view_reference(struct view *v, const struct dsig_reference *r)
{
	*v = (struct view){ .copy = NULL };
	if (r->is_filtered) {
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
	if (add(context, r->c14n) && add(context, r->filter))
		digest = xmlSecTransformCtxNodeRead(
		    context, plain(method), xmlSecTransformUsageDigestMethod);
	if (digest) {
		view_reference(&v, r);
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

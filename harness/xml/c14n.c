/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/c14n.h"

#include "base/str.h"
#include "xml/quiet.h"

#include <libxml/c14n.h>
#include <openssl/evp.h>

enum {
	WHY = 200
};

static int write_to_digest(void *ctx, const char *data, int len)
{
	if (len < 0 || EVP_DigestUpdate(ctx, data, (size_t)len) != 1)
		return -1;
	return len;
}

/* libxml2's own words for this one are broken. */
static void on_error(void *ctx, xmlError *e)
{
	char *why = ctx;
	if (why[0] || !e->message)
		return;
	str_copy(why, WHY,
	    e->code == XML_C14N_RELATIVE_NAMESPACE
		? "a namespace in it is a relative reference"
		: e->message);
	why[strcspn(why, "\n")] = '\0';
}

/*
 * libxml2 canonicalises documents, and a subtree only by asking a callback
 * about each node of the whole. So it is shown a document whose only child is
 * this element, as copies of two structs on the stack: nothing else of the
 * tree is touched, and the work is that of the subtree alone. Exclusive
 * canonicalisation takes each namespace from the element that uses it, so what
 * stands above is not needed.
 */
static int canonicalise(
    const xmlNode *node, xmlC14NMode mode, xmlOutputBuffer *to, char why[WHY])
{
	xmlNode top = *node;
	top.next = top.prev = NULL;
	xmlDoc view = *node->doc;
	view.children = view.last = &top;

	struct xml_quiet quiet;
	xml_quiet_begin(&quiet, on_error, why);
	int rc = xmlC14NExecute(&view, NULL, NULL, (int)mode, NULL, 0, to);
	xml_quiet_end(&quiet);
	return rc;
}

static int write_to_buf(void *ctx, const char *data, int len)
{
	struct buf *to = ctx;
	if (len < 0)
		return -1;
	buf_add(to, data, (size_t)len);
	return to->overflow ? -1 : len;
}

static int write_by(xmlOutputWriteCallback write, void *ctx,
    const xmlNode *node, xmlC14NMode mode, char why[WHY])
{
	xmlOutputBuffer *to = xmlOutputBufferCreateIO(write, NULL, ctx, NULL);
	if (!to)
		BUG("no output buffer");
	bool ok = canonicalise(node, mode, to, why) >= 0;
	return xmlOutputBufferClose(to) >= 0 && ok ? 0 : -1;
}

static int hash_into(
    EVP_MD_CTX *hash, const xmlNode *node, xmlC14NMode mode, char why[WHY])
{
	return write_by(write_to_digest, hash, node, mode, why);
}

int xml_c14n_bytes(const xmlNode *node, bool exclusive, struct buf *to)
{
	char why[WHY] = "";
	return write_by(write_to_buf, to, node,
	    exclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, why);
}

int xml_c14n_digest(const struct xml_doc *doc, const xmlNode *node,
    uint8_t digest[32], struct err *err)
{
	char why[WHY] = "";
	int rc = -1;
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	if (!sha || EVP_DigestInit_ex(sha, EVP_sha256(), NULL) != 1)
		err_set(err, ERR_INTERNAL, "OpenSSL has no SHA-256");
	else if (hash_into(sha, node, XML_C14N_EXCLUSIVE_1_0, why) < 0)
		xml_fail(doc, node, err, ERR_XML,
		    "cannot canonicalise '%s'%s%s", (const char *)node->name,
		    why[0] ? ": " : "", why);
	else if (EVP_DigestFinal_ex(sha, digest, NULL) != 1)
		err_set(err, ERR_INTERNAL, "OpenSSL's SHA-256 failed");
	else
		rc = 0;
	EVP_MD_CTX_free(sha);
	return rc;
}

int xml_c14n_hash(const xmlNode *node, bool exclusive, const char *hash,
    uint8_t *digest, size_t *len)
{
	char why[WHY] = "";
	unsigned n = 0;
	const EVP_MD *md = EVP_get_digestbyname(hash);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int size = md ? EVP_MD_get_size(md) : -1;
	bool ok =
	    ctx && size > 0 && (size_t)size <= *len &&
	    EVP_DigestInit_ex(ctx, md, NULL) == 1 &&
	    hash_into(ctx, node,
		exclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, why) == 0 &&
	    EVP_DigestFinal_ex(ctx, digest, &n) == 1;
	EVP_MD_CTX_free(ctx);
	*len = n;
	return ok ? 0 : -1;
}

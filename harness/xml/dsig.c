/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/dsig.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/dsig-inside.h"

#include <openssl/err.h>
#include <openssl/evp.h>

/* What stands in the signatures of a tree; nothing is computed here. */

static const struct {
	enum dsig_use use;
	struct dsig_algorithm algorithm;
} algorithms[] = {
	{ DSIG_USE_C14N, { "http://www.w3.org/2001/10/xml-exc-c14n#",
			     "exc-c14n", NULL, false } },
	{ DSIG_USE_C14N, { "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
			     "c14n", NULL, false } },
	{ DSIG_USE_DIGEST, { XMLNS_DS "sha1", "sha1", "SHA1", true } },
	{ DSIG_USE_DIGEST, { "http://www.w3.org/2001/04/xmlenc#sha256",
			       "sha256", "SHA256", false } },
	{ DSIG_USE_DIGEST, { "http://www.w3.org/2001/04/xmldsig-more#sha384",
			       "sha384", "SHA384", false } },
	{ DSIG_USE_DIGEST, { "http://www.w3.org/2001/04/xmlenc#sha512",
			       "sha512", "SHA512", false } },
	{ DSIG_USE_SIGNATURE,
	    { XMLNS_DS "rsa-sha1", "rsa-sha1", "SHA1", true } },
	{ DSIG_USE_SIGNATURE,
	    { "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "rsa-sha256",
		"SHA256", false } },
	{ DSIG_USE_SIGNATURE,
	    { "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "rsa-sha384",
		"SHA384", false } },
	{ DSIG_USE_SIGNATURE,
	    { "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "rsa-sha512",
		"SHA512", false } },
};

static const char *uri_of(const xmlNode *method)
{
	const char *uri = xml_attr(method, "Algorithm");
	return uri ? uri : "";
}

const struct dsig_algorithm *dsig_algorithm(
    enum dsig_use use, const xmlNode *method)
{
	for (size_t i = 0; i < COUNTOF(algorithms); i++)
		if (algorithms[i].use == use &&
		    streq(algorithms[i].algorithm.uri, uri_of(method)))
			return &algorithms[i].algorithm;
	return NULL;
}

/* ---- Walking */

static const xmlNode *next_element(const xmlNode *node, const xmlNode *top)
{
	const xmlNode *next = xml_first(node);
	while (!next && node != top) {
		next = xml_next(node);
		if (!next)
			node = node->parent;
	}
	return next;
}

/* ---- IDs */

struct id {
	const char *value;
	const xmlNode *node;
	size_t at; /* in document order */
};
struct dsig_ids {
	VEC(struct id);
	bool of_many;
};

bool dsig_ids_are_of_many(const struct dsig_ids *ids)
{
	return ids->of_many;
}

/* By name alone, as a receiver would who has the schema. */
static bool is_id(const xmlAttr *a)
{
	if (!a->children || !a->children->content)
		return false;
	if (a->ns)
		return xmlStrEqual(a->ns->href, XML_XML_NAMESPACE) &&
		       streq((const char *)a->name, "id");
	return streq((const char *)a->name, "ID") ||
	       streq((const char *)a->name, "Id");
}

static int compare_ids(const void *a, const void *b)
{
	const struct id *x = a, *y = b;
	int order = strcmp(x->value, y->value);
	return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

struct dsig_ids *dsig_ids_new(const xmlNode *root)
{
	struct dsig_ids *ids = xcalloc(1, sizeof(*ids));
	for (const xmlNode *n = root; n; n = next_element(n, root))
		for (const xmlAttr *a = n->properties; a; a = a->next)
			if (is_id(a)) {
				size_t at = ids->count;
				*VEC_PUSH(ids) = (struct id){
					(const char *)a->children->content, n,
					at
				};
			}
	ids->of_many =
	    dsig_count(root, LIMIT_SIGNATURE_SLOW) > LIMIT_SIGNATURE_SLOW;
	if (ids->count)
		qsort(ids->at, ids->count, sizeof(*ids->at), compare_ids);
	return ids;
}

void dsig_ids_free(struct dsig_ids *ids)
{
	if (!ids)
		return;
	VEC_RELEASE(ids);
	free(ids);
}

size_t dsig_ids_find(
    const struct dsig_ids *ids, const char *id, const xmlNode **node)
{
	size_t low = 0, high = ids->count, n = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(ids->at[middle].value, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < ids->count && streq(ids->at[low + n].value, id))
		n++;
	if (n)
		*node = ids->at[low].node;
	return n;
}

/* ---- One signature */

static void refuse(struct dsig *d, enum dsig_trouble trouble, const char *what)
{
	if (d->trouble != DSIG_FINE)
		return;
	d->trouble = trouble;
	str_copy(d->what, sizeof(d->what), what);
}

/* The only child of this name; NULL when there is none, or are two. */
static const xmlNode *only(const xmlNode *parent, const char *name)
{
	const xmlNode *node = parent ? xml_child(parent, XMLNS_DS, name) : NULL;
	return node && !xml_next_same(node) ? node : NULL;
}

static const xmlNode *need(
    struct dsig *d, const xmlNode *parent, const char *name)
{
	const xmlNode *node = only(parent, name);
	if (!node)
		refuse(d, DSIG_INCOMPLETE, name);
	return node;
}

/* The URI's element; transforms may narrow it down. */
static void find_target(struct dsig_reference *r, const xmlNode *signature,
    const struct dsig_ids *ids)
{
	if (!xml_attr(r->node, "URI"))
		dsig_refuse(r, DSIG_INCOMPLETE, "URI");
	else if (!*r->uri)
		r->target = xmlDocGetRootElement(signature->doc);
	else if (*r->uri != '#' || str_starts(r->uri, "#xpointer("))
		dsig_refuse(r, DSIG_OUTSIDE, r->uri);
	else {
		size_t count = dsig_ids_find(ids, r->uri + 1, &r->target);
		if (count != 1)
			dsig_refuse(r, count ? DSIG_AMBIGUOUS : DSIG_MISSING,
			    r->uri + 1);
	}
}

static void read_reference(
    struct dsig *d, const xmlNode *node, const struct dsig_ids *ids)
{
	struct dsig_reference *r = VEC_PUSH(&d->references);
	const char *uri = xml_attr(node, "URI");
	const xmlNode *transforms = xml_child(node, XMLNS_DS, "Transforms");
	const xmlNode *method = only(node, "DigestMethod");
	*r = (struct dsig_reference){ .node = node, .uri = uri ? uri : "" };
	r->value = only(node, "DigestValue");
	find_target(r, d->node, ids);
	if (!method || !r->value)
		dsig_refuse(r, DSIG_INCOMPLETE,
		    method ? "DigestValue" : "DigestMethod");
	r->digest = method ? dsig_algorithm(DSIG_USE_DIGEST, method) : NULL;
	if (method && !r->digest)
		dsig_refuse(r, DSIG_ALGORITHM, uri_of(method));
	if (transforms && xml_next_same(transforms))
		dsig_refuse(r, DSIG_INCOMPLETE, "Transforms");
	dsig_read_transforms(r, transforms, d->node, ids);
}

static void read_info(struct dsig *d, const struct dsig_ids *ids)
{
	const xmlNode *c14n = need(d, d->signed_info, "CanonicalizationMethod");
	const xmlNode *method = need(d, d->signed_info, "SignatureMethod");
	d->c14n = c14n ? dsig_algorithm(DSIG_USE_C14N, c14n) : NULL;
	d->method = method ? dsig_algorithm(DSIG_USE_SIGNATURE, method) : NULL;
	if (c14n && !d->c14n)
		refuse(d, DSIG_ALGORITHM, uri_of(c14n));
	if (method && !d->method)
		refuse(d, DSIG_ALGORITHM, uri_of(method));
	XML_EACH_CHILD (node, d->signed_info) {
		if (!xml_is(node, XMLNS_DS, "Reference"))
			continue;
		if (d->references.count == LIMIT_SIGNATURE_REFERENCES) {
			refuse(d, DSIG_LIMIT, "Reference");
			break;
		}
		read_reference(d, node, ids);
	}
	if (d->references.count == 0)
		refuse(d, DSIG_INCOMPLETE, "Reference");
}

/* ---- The certificate */

/* OpenSSL wants it without white space. */
unsigned char *dsig_base64(const xmlNode *node, size_t *len)
{
	char *text = xml_text(node);
	size_t n = 0, padding = 0;
	unsigned char *bytes = NULL;
	int got = -1;
	for (const char *p = text; *p; p++)
		if (!str_is_space(*p))
			text[n++] = *p;
	while (padding < 2 && n > padding && text[n - 1 - padding] == '=')
		padding++;
	if (n > 0 && n % 4 == 0 && n <= LIMIT_SIGNATURE_BASE64) {
		bytes = xmalloc(n / 4 * 3 + 1);
		got = EVP_DecodeBlock(bytes, (unsigned char *)text, (int)n);
	}
	free(text);
	if (got > (int)padding) {
		*len = (size_t)got - padding;
		return bytes;
	}
	free(bytes);
	return NULL;
}

static X509 *read_certificate(const xmlNode *node)
{
	size_t len = 0;
	unsigned char *der = dsig_base64(node, &len);
	const unsigned char *at = der;
	X509 *found = der ? d2i_X509(NULL, &at, (long)len) : NULL;
	if (found && at != der + len) {
		X509_free(found);
		found = NULL;
	}
	free(der);
	ERR_clear_error();
	return found;
}

static void read_key(struct dsig *d)
{
	const xmlNode *info = xml_child(d->node, XMLNS_DS, "KeyInfo");
	const xmlNode *only_one = NULL;
	for (const xmlNode *n = info; n; n = next_element(n, info))
		if (xml_is(n, XMLNS_DS, "X509Certificate")) {
			d->certificates++;
			only_one = n;
		}
	if (d->certificates == 1 &&
	    xml_is(only_one->parent, XMLNS_DS, "X509Data"))
		d->certificate = read_certificate(only_one);
	if (!d->certificate)
		refuse(d, DSIG_INCOMPLETE, "X509Certificate");
}

/* ---- All of them */

static void read_one(
    struct dsig *d, const xmlNode *node, const struct dsig_ids *ids)
{
	*d = (struct dsig){ .node = node };
	d->signed_info = need(d, node, "SignedInfo");
	d->value = need(d, node, "SignatureValue");
	if (d->signed_info)
		read_info(d, ids);
	read_key(d);
	if (d->c14n && streq(d->c14n->name, "c14n") &&
	    dsig_ids_are_of_many(ids))
		refuse(d, DSIG_LIMIT, "c14n");
}

void dsig_read(struct dsigs *out, const struct xml_doc *doc)
{
	const xmlNode *root = xml_root(doc);
	struct dsig_ids *ids = NULL;
	*out = (struct dsigs){ .more = 0 };
	dsig_start();
	for (const xmlNode *n = root; n; n = next_element(n, root)) {
		if (!xml_is(n, XMLNS_DS, "Signature"))
			continue;
		if (out->count == LIMIT_SIGNATURES) {
			out->more++;
			continue;
		}
		if (!ids)
			ids = dsig_ids_new(root);
		read_one(VEC_PUSH(out), n, ids);
	}
	dsig_ids_free(ids);
}

void dsigs_release(struct dsigs *list)
{
	VEC_EACH (struct dsig, d, list) {
		X509_free(d->certificate);
		VEC_RELEASE(&d->references);
	}
	VEC_RELEASE(list);
}

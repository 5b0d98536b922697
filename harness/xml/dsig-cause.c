/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/c14n.h"
#include "xml/dsig-inside.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

/*
 * Why a digest is another one. Each trial does to what was signed the
 * opposite of what a program may have done after signing, and looks whether
 * the digest is then the one that was signed: in copies of the tree, or, where
 * texts alone differ, in one canonical form of it.
 */
struct trial {
	const xmlNode *original;
	const struct dsig_algorithm *hash;
	bool is_exclusive;
	uint8_t wanted[EVP_MAX_MD_SIZE];
	size_t wanted_len;
	unsigned depth; /* of the original, in its document */
};

static bool matches_as(
    const struct trial *t, const xmlNode *top, bool exclusive)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t len = sizeof(digest);
	return xml_c14n_hash(top, exclusive, t->hash->hash, digest, &len) ==
		   0 &&
	       len == t->wanted_len && memcmp(digest, t->wanted, len) == 0;
}

static bool matches(const struct trial *t, xmlDoc *copy)
{
	return matches_as(t, xmlDocGetRootElement(copy), t->is_exclusive);
}

/* ---- Texts */

/* One canonical form for all trials that change texts only. */
struct texts {
	const struct trial *t;
	struct dsig_form form;
	struct buf bytes;
};

static bool fits(struct texts *x, dsig_rewrite *rewrite, const void *how)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	const EVP_MD *md = EVP_get_digestbyname(x->t->hash->hash);
	buf_clear(&x->bytes);
	dsig_form_write(&x->bytes, &x->form, rewrite, how);
	return !x->bytes.overflow &&
	       EVP_Digest(x->bytes.ptr, x->bytes.len, digest, &len, md, NULL) ==
		   1 &&
	       len == x->t->wanted_len &&
	       memcmp(digest, x->t->wanted, len) == 0;
}

/* ---- White space */

struct line_end {
	const char *unit;
	unsigned depth; /* of the top */
};

static void put_line_end(
    struct buf *to, const struct dsig_place *p, const struct line_end *how)
{
	size_t len = strlen(how->unit);
	buf_addc(to, '\n');
	for (unsigned n = how->depth + p->depth; n > 0; n--)
		buf_add(to, how->unit, len);
}

static void stripped(
    struct buf *to, const struct dsig_place *p, const void *how)
{
	(void)how;
	if (p->text && !p->between)
		dsig_put(to, p->text, strlen(p->text));
}

/* As a pretty printer does it. */
static void indented(
    struct buf *to, const struct dsig_place *p, const void *how)
{
	if (p->nested)
		put_line_end(to, p, how);
	else
		stripped(to, p, NULL);
}

/* The same, but only where white space stands now. */
static void respaced(
    struct buf *to, const struct dsig_place *p, const void *how)
{
	if (p->text && p->between)
		put_line_end(to, p, how);
	else
		stripped(to, p, NULL);
}

static void trimmed(struct buf *to, const struct dsig_place *p, const void *how)
{
	(void)how;
	if (!p->text || p->between)
		return;
	const char *from = p->text + strspn(p->text, " \t\r\n");
	size_t len = strlen(from);
	while (len > 0 && str_is_space(from[len - 1]))
		len--;
	dsig_put(to, from, len);
}

static void normalised(
    struct buf *to, const struct dsig_place *p, const void *how)
{
	static const char white[] = " \t\r\n";
	const char *at = p->text && !p->between ? p->text : "";
	(void)how;
	at += strspn(at, white);
	while (*at) {
		size_t len = strcspn(at, white);
		dsig_put(to, at, len);
		at += len;
		at += strspn(at, white);
		if (*at)
			buf_addc(to, ' ');
	}
}

static const char *const units[] = { "\t", "  ", "    ", "", " ", "   " };

/* As deep as it stands in its document, and as if it were the top of one. */
static bool fits_spaced(struct texts *x, dsig_rewrite *rewrite)
{
	for (size_t i = 0; i < COUNTOF(units); i++) {
		struct line_end how = { units[i], x->t->depth };
		if (fits(x, rewrite, &how))
			return true;
		how.depth = 0;
		if (*how.unit && x->t->depth && fits(x, rewrite, &how))
			return true;
	}
	return false;
}

static bool try_white_space(struct texts *x)
{
	return fits(x, stripped, NULL) || fits_spaced(x, indented) ||
	       fits(x, trimmed, NULL) || fits(x, normalised, NULL) ||
	       fits_spaced(x, respaced);
}

/* ---- Line ends */

struct ends {
	const char *from, *to;
	bool blanks_only;
};

static bool concerns(const struct ends *e, const struct dsig_place *p)
{
	return p->text && (!e->blanks_only || p->blank);
}

static void replaced(
    struct buf *to, const struct dsig_place *p, const void *how)
{
	const struct ends *e = how;
	const char *at = p->text, *hit;
	if (!at)
		return;
	while (concerns(e, p) && (hit = strstr(at, e->from))) {
		dsig_put(to, at, (size_t)(hit - at));
		dsig_put(to, e->to, strlen(e->to));
		at = hit + strlen(e->from);
	}
	dsig_put(to, at, strlen(at));
}

static bool changes(const struct texts *x, const struct ends *e)
{
	VEC_EACH (const struct dsig_place, p, &x->form.places)
		if (concerns(e, p) && strstr(p->text, e->from))
			return true;
	return false;
}

/* What changes nothing is tried once: the texts as they are. */
static bool try_line_ends(struct texts *x)
{
	static const struct ends all[] = {
		{ "\n", "\r\n", false },
		{ "\r\n", "\n", false },
		{ "\n", "\r\n", true },
		{ "\r", "", false },
		{ "\r", "\n", false },
		{ "\n", "\r", false },
	};
	bool same_tried = false;
	for (size_t i = 0; i < COUNTOF(all); i++) {
		bool same = !changes(x, &all[i]);
		if (!(same && same_tried) && fits(x, replaced, &all[i]))
			return true;
		same_tried = same_tried || same;
	}
	return false;
}

/* DSIG_CHANGED = the texts are not the reason. */
static enum dsig_cause seek_in_texts(const struct trial *t)
{
	enum dsig_cause cause = DSIG_CHANGED;
	struct texts x = { .t = t, .bytes = BUF_INIT(LIMIT_XML_BYTES) };
	if (dsig_form_make(&x.form, t->original, t->is_exclusive)) {
		if (try_white_space(&x))
			cause = DSIG_REINDENTED;
		else if (try_line_ends(&x))
			cause = DSIG_LINE_ENDS;
	}
	dsig_form_release(&x.form);
	buf_release(&x.bytes);
	return cause;
}

/* ---- Namespaces */

static bool has_attribute_in(const xmlNode *node, const xmlChar *uri)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->ns && xmlStrEqual(a->ns->href, uri))
			return true;
	for (const xmlNode *c = xml_first(node); c; c = xml_next(c))
		if (has_attribute_in(c, uri))
			return true;
	return false;
}

static void rename_prefix(xmlNode *node, const xmlChar *uri, const char *prefix)
{
	for (xmlNs *ns = node->nsDef; ns; ns = ns->next)
		if (xmlStrEqual(ns->href, uri)) {
			xmlFree((xmlChar *)(uintptr_t)ns->prefix);
			ns->prefix =
			    prefix ? xmlStrdup((const xmlChar *)prefix) : NULL;
		}
	for (xmlNode *c = xml_first(node); c; c = xml_next(c))
		rename_prefix(c, uri, prefix);
}

/* Prefixes that programs of the field give. */
static bool try_prefixes_of(
    const struct trial *t, xmlDoc *copy, const xmlChar *uri)
{
	static const char *const prefixes[] = { NULL, "cda", "hl7", "v3",
		"hl7fi", "ns", "ns0", "ns1", "ns2", "ns3", "ns4", "n1", "ds" };
	xmlNode *top = xmlDocGetRootElement(copy);
	bool attributes = has_attribute_in(top, uri);
	for (size_t i = attributes; i < COUNTOF(prefixes); i++) {
		rename_prefix(top, uri, prefixes[i]);
		if (matches(t, copy))
			return true;
	}
	return false;
}

static bool try_prefixes(const struct trial *t)
{
	bool found = false;
	const xmlNs *original = t->original->ns;
	xmlDoc *copy = dsig_copy(t->original);
	if (original)
		found = try_prefixes_of(t, copy, original->href);
	xmlFreeDoc(copy);
	return found;
}

/* Signed by the other canonicalisation, or with other namespaces around it. */
static bool try_other_c14n(const struct trial *t)
{
	if (matches_as(t, t->original, !t->is_exclusive))
		return true;
	xmlDoc *copy = dsig_copy(t->original);
	xmlNode *top = xmlDocGetRootElement(copy);
	bool found = false;
	/* each declaration that only stood around it, away */
	for (xmlNs **at = &top->nsDef; *at && !found;) {
		xmlNs *ns = *at;
		if (ns == top->ns || ns->prefix == NULL ||
		    has_attribute_in(top, ns->href)) {
			at = &ns->next;
			continue;
		}
		*at = ns->next;
		found = matches_as(t, top, false);
		ns->next = NULL;
		xmlFreeNs(ns);
	}
	xmlFreeDoc(copy);
	return found;
}

/* ---- All of it */

static enum dsig_cause seek(const struct trial *t)
{
	if (dsig_weight(t->original, LIMIT_SIGNATURE_TRIALS) >
	    LIMIT_SIGNATURE_TRIALS)
		return DSIG_UNKNOWN;
	enum dsig_cause cause = seek_in_texts(t);
	if (cause != DSIG_CHANGED)
		return cause;
	if (try_other_c14n(t) || try_prefixes(t))
		return DSIG_NAMESPACES;
	return DSIG_CHANGED;
}

static void set_depth(struct trial *t)
{
	for (const xmlNode *n = t->original->parent;
	     n && n->type == XML_ELEMENT_NODE; n = n->parent)
		t->depth++;
}

static bool set_wanted(struct trial *t, const xmlNode *value)
{
	unsigned char *bytes = dsig_base64(value, &t->wanted_len);
	bool fits = bytes && t->wanted_len <= sizeof(t->wanted);
	if (fits)
		memcpy(t->wanted, bytes, t->wanted_len);
	free(bytes);
	return fits;
}

enum dsig_cause dsig_digest_cause(const struct dsig_reference *r)
{
	if (r->trouble != DSIG_FINE || !r->target)
		return DSIG_UNKNOWN;
	struct trial t = {
		.original = r->target,
		.hash = r->digest,
		.is_exclusive = r->is_exclusive,
	};
	if (!set_wanted(&t, r->value))
		return DSIG_CHANGED;
	set_depth(&t);
	return seek(&t);
}

/* The digest that was signed: RSA gives it back. */
static bool recover(struct trial *t, const struct dsig *d)
{
	size_t len = 0;
	unsigned char *bytes = dsig_base64(d->value, &len);
	EVP_PKEY *key = X509_get0_pubkey(d->certificate);
	EVP_PKEY_CTX *c = key && bytes ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	const EVP_MD *md = EVP_get_digestbyname(d->method->hash);
	t->wanted_len = sizeof(t->wanted);
	bool ok = c && EVP_PKEY_verify_recover_init(c) == 1 &&
		  EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
		  EVP_PKEY_CTX_set_signature_md(c, md) == 1 &&
		  EVP_PKEY_verify_recover(
		      c, t->wanted, &t->wanted_len, bytes, len) == 1;
	EVP_PKEY_CTX_free(c);
	ERR_clear_error();
	free(bytes);
	return ok;
}

enum dsig_cause dsig_value_cause(const struct dsig *d)
{
	if (d->trouble != DSIG_FINE)
		return DSIG_UNKNOWN;
	struct trial t = {
		.original = d->signed_info,
		.hash = d->method,
		.is_exclusive = streq(d->c14n->name, "exc-c14n"),
	};
	/* not this key's: nothing to compare with */
	if (!recover(&t, d))
		return DSIG_UNKNOWN;
	set_depth(&t);
	return seek(&t);
}

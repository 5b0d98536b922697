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
 * Why a digest is another one. Each trial takes a copy of what was signed, does
 * to it the opposite of what a program may have done after signing, and looks
 * whether the digest is then the one that was signed.
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

/* ---- White space */

/* Elements between which nothing but white space stands may be indented; their
 * white space goes away. */
static bool holds_elements_only(const xmlNode *node)
{
	bool element = false;
	for (const xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			element = true;
		else if (!dsig_is_blank(c))
			return false;
	}
	return element;
}

static void strip(xmlNode *node)
{
	bool indented = holds_elements_only(node);
	for (xmlNode *c = node->children, *next; c; c = next) {
		next = c->next;
		if (c->type == XML_ELEMENT_NODE) {
			strip(c);
		} else if (indented) {
			xmlUnlinkNode(c);
			xmlFreeNode(c);
		}
	}
}

static xmlNode *line_end(xmlDoc *doc, const char *unit, unsigned depth)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	buf_addc(&text, '\n');
	while (depth-- > 0)
		buf_adds(&text, unit);
	xmlNode *node = xmlNewDocText(doc, (const xmlChar *)text.ptr);
	buf_release(&text);
	return node;
}

/* As a pretty printer does it; the tree is stripped. */
static void indent(xmlNode *node, const char *unit, unsigned depth)
{
	if (!holds_elements_only(node))
		return;
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type != XML_ELEMENT_NODE)
			continue;
		xmlAddPrevSibling(c, line_end(c->doc, unit, depth + 1));
		indent(c, unit, depth + 1);
	}
	xmlAddChild(node, line_end(node->doc, unit, depth));
}

/* The same, but only where white space stands now. */
static void respace(xmlNode *node, const char *unit, unsigned depth)
{
	bool indented = holds_elements_only(node);
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE) {
			respace(c, unit, depth + 1);
		} else if (indented) {
			xmlNode *wanted =
			    line_end(c->doc, unit, depth + (c->next != NULL));
			xmlNodeSetContent(c, wanted->content);
			xmlFreeNode(wanted);
		}
	}
}

static const char *const units[] = { "\t", "  ", "    ", "", " ", "   " };

static bool try_respaced(const struct trial *t)
{
	xmlDoc *copy = dsig_copy(t->original);
	bool found = false;
	for (size_t i = 0; i < COUNTOF(units) * 2 && !found; i++) {
		respace(xmlDocGetRootElement(copy), units[i / 2],
		    i % 2 ? 0 : t->depth);
		found = matches(t, copy);
	}
	xmlFreeDoc(copy);
	return found;
}

static bool try_indented(const struct trial *t, xmlDoc *copy)
{
	xmlNode *top = xmlDocGetRootElement(copy);
	for (size_t i = 0; i < COUNTOF(units) * 2; i++) {
		indent(top, units[i / 2], i % 2 ? 0 : t->depth);
		if (matches(t, copy))
			return true;
		strip(top);
	}
	return false;
}

static void trim(xmlNode *node)
{
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE) {
			trim(c);
			continue;
		}
		char *text = (char *)c->content, *from = text;
		from += strspn(from, " \t\r\n");
		size_t len = strlen(from);
		while (len > 0 && str_is_space(from[len - 1]))
			len--;
		memmove(text, from, len);
		text[len] = '\0';
	}
}

static bool try_white_space(const struct trial *t)
{
	xmlDoc *copy = dsig_copy(t->original);
	xmlNode *top = xmlDocGetRootElement(copy);
	strip(top);
	bool found = matches(t, copy) || try_indented(t, copy);
	if (!found) {
		trim(top);
		found = matches(t, copy);
	}
	if (!found) {
		dsig_normalise(top);
		found = matches(t, copy);
	}
	xmlFreeDoc(copy);
	return found || try_respaced(t);
}

/* ---- Line ends */

struct ends {
	const char *from, *to;
	bool blanks_only;
};

static void replace_in(xmlNode *text, const struct ends *e)
{
	struct buf changed = BUF_INIT(LIMIT_XML_BYTES);
	const char *at = (const char *)text->content, *hit;
	while ((hit = strstr(at, e->from))) {
		buf_add(&changed, at, (size_t)(hit - at));
		buf_adds(&changed, e->to);
		at = hit + strlen(e->from);
	}
	buf_adds(&changed, at);
	xmlFree(text->content);
	text->content = xmlStrdup((const xmlChar *)changed.ptr);
	buf_release(&changed);
}

static void replace(xmlNode *node, const struct ends *e)
{
	for (xmlNode *c = node->children; c; c = c->next) {
		if (c->type == XML_ELEMENT_NODE)
			replace(c, e);
		else if (!e->blanks_only || dsig_is_blank(c))
			replace_in(c, e);
	}
}

static bool try_line_ends(const struct trial *t)
{
	static const struct ends all[] = {
		{ "\n", "\r\n", false },
		{ "\r\n", "\n", false },
		{ "\n", "\r\n", true },
		{ "\r", "", false },
		{ "\r", "\n", false },
		{ "\n", "\r", false },
	};
	bool found = false;
	for (size_t i = 0; i < COUNTOF(all) && !found; i++) {
		xmlDoc *copy = dsig_copy(t->original);
		replace(xmlDocGetRootElement(copy), &all[i]);
		found = matches(t, copy);
		xmlFreeDoc(copy);
	}
	return found;
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
	if (try_white_space(t))
		return DSIG_REINDENTED;
	if (try_line_ends(t))
		return DSIG_LINE_ENDS;
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

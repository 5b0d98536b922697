/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pki-make.h"

#include "base/limits.h"
#include "base/str.h"
#include "record/digest.h"
#include "xml/shape.h"

#include <stdlib.h>

#define NAMESPACE "urn:esitesti:pki:1"

enum {
	KEY_BITS = 2048
};

static const struct shape_attribute ca_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "file", SHAPE_ID, false, NULL },
	{ "key", SHAPE_ID, true, NULL },
	{ "issuer", SHAPE_ID, true, NULL },
	{ "organisation", SHAPE_TEXT, true, NULL },
	{ "common-name", SHAPE_TEXT, true, NULL },
	{ "days", SHAPE_NUMBER, true, NULL },
	{ "path-length", SHAPE_NUMBER, false, NULL },
};
static const struct shape_attribute crl_attributes[] = {
	{ "file", SHAPE_TEXT, true, NULL },
	{ "issuer", SHAPE_ID, true, NULL },
	{ "age", SHAPE_NUMBER, false, NULL },
	{ "ahead", SHAPE_NUMBER, false, NULL },
	{ "days", SHAPE_NUMBER, true, NULL },
};
static const struct shape_attribute certificate_attributes[] = {
	{ "id", SHAPE_ID, true, NULL },
	{ "file", SHAPE_TEXT, true, NULL },
	{ "key", SHAPE_ID, true, NULL },
	{ "issuer", SHAPE_ID, true, NULL },
	{ "organisation", SHAPE_TEXT, true, NULL },
	{ "serial-number", SHAPE_TEXT, false, NULL },
	{ "common-name", SHAPE_TEXT, true, NULL },
	{ "age", SHAPE_NUMBER, false, NULL },
	{ "ahead", SHAPE_NUMBER, false, NULL },
	{ "days", SHAPE_NUMBER, true, NULL },
	{ "usage", SHAPE_TEXT, true, NULL },
	{ "extended-usage", SHAPE_TEXT, false, NULL },
	{ "alternative-names", SHAPE_TEXT, false, NULL },
	{ "chain", SHAPE_FLAG, false, NULL },
	{ "pkcs12", SHAPE_FLAG, false, NULL },
	{ "bits", SHAPE_NUMBER, false, NULL },
	{ "digest", SHAPE_CHOICE, false, "sha1|sha256" },
	{ "revoked", SHAPE_FLAG, false, NULL },
};
static const struct shape ca_shape = { "ca", SHAPE_EMPTY, ca_attributes,
	COUNTOF(ca_attributes), NULL, 0 };
static const struct shape certificate_shape = { "certificate", SHAPE_EMPTY,
	certificate_attributes, COUNTOF(certificate_attributes), NULL, 0 };
static const struct shape crl_shape = { "crl", SHAPE_EMPTY, crl_attributes,
	COUNTOF(crl_attributes), NULL, 0 };
static const struct shape_child children[] = {
	{ &ca_shape, 1, LIMIT_PROFILES },
	{ &certificate_shape, 1, LIMIT_PROFILES },
	{ &crl_shape, 0, LIMIT_PROFILES },
};
static const struct shape root_shape = { "profiles", SHAPE_CHILDREN, NULL, 0,
	children, COUNTOF(children) };

const char *const pki_shelves[PKI_SHELVES] = { "bad", "bad-crl", "bad-server",
	"odd" };

static char *text_of(const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	return value ? xstrdup(value) : NULL;
}

static int number_of(const struct xml_doc *doc, const xmlNode *node,
    const char *name, unsigned missing, unsigned *out, struct err *err)
{
	const char *value = xml_attr(node, name);
	uint64_t n = missing;
	struct err why = { 0 };
	if (value && str_number(value, 0, LIMIT_PROFILE_DAYS, &n, &why) < 0)
		return xml_fail(
		    doc, node, err, ERR_CASE, "%s: %s", name, why.msg);
	*out = (unsigned)n;
	return 0;
}

static int find_profile(const struct pki *p, const char *id)
{
	for (size_t i = 0; i < p->profiles.count; i++)
		if (streq(p->profiles.at[i].id, id))
			return (int)i;
	return -1;
}

/* Of how many bits a key is, says the first certificate that names it. */
static void need_key(struct pki *p, const char *name, unsigned bits)
{
	for (size_t i = 0; i < p->keys.count; i++)
		if (streq(p->keys.at[i].name, name))
			return;
	struct pki_key *key = VEC_PUSH(&p->keys);
	key->name = xstrdup(name);
	key->bits = bits;
}

/* "client" or "bad/expired": nothing that leaves the folder. */
static bool is_file(const char *file)
{
	for (size_t i = 0; i < COUNTOF(pki_shelves); i++) {
		size_t n = strlen(pki_shelves[i]);
		if (str_starts(file, pki_shelves[i]) && file[n] == '/') {
			file += n + 1;
			break;
		}
	}
	for (const char *c = file; *c; c++)
		if (!str_is_alpha(*c) && !str_is_digit(*c) && *c != '-')
			return false;
	return *file != '\0';
}

/* What certificates and CRLs have in common. */
static int check_row(
    const struct xml_doc *doc, const xmlNode *node, struct err *err)
{
	const char *file = xml_attr(node, "file");
	if (file && !is_file(file))
		return xml_fail(doc, node, err, ERR_CASE,
		    "'%s' is no plain file name, nor one in bad/, bad-crl/, "
		    "bad-server/ or odd/",
		    file);
	if (xml_attr(node, "age") && xml_attr(node, "ahead"))
		return xml_fail(
		    doc, node, err, ERR_CASE, "it has both age and ahead");
	return 0;
}

static int read_issuer(const struct pki *p, const struct xml_doc *doc,
    const xmlNode *node, size_t *out, struct err *err)
{
	const char *issuer = xml_attr(node, "issuer");
	int at = find_profile(p, issuer);
	if (at < 0)
		return xml_fail(doc, node, err, ERR_CASE,
		    "its issuer '%s' does not stand before it", issuer);
	*out = (size_t)at;
	return 0;
}

/* When it is valid: `age`, `ahead` and `days`. */
static int read_time(const struct xml_doc *doc, const xmlNode *node,
    unsigned *age, unsigned *ahead, unsigned *days, struct err *err)
{
	/* A day back: clocks differ. */
	unsigned back = xml_attr(node, "ahead") ? 0 : 1;
	if (number_of(doc, node, "age", back, age, err) < 0 ||
	    number_of(doc, node, "ahead", 0, ahead, err) < 0)
		return -1;
	return number_of(doc, node, "days", 0, days, err);
}

static bool flag_of(const xmlNode *node, const char *name, bool missing)
{
	const char *flag = xml_attr(node, name);
	return flag ? streq(flag, "true") : missing;
}

static int read_profile(struct pki *p, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	const char *id = xml_attr(node, "id");
	unsigned bits = 0;
	if (find_profile(p, id) >= 0)
		return xml_fail(
		    doc, node, err, ERR_CASE, "there are two '%s'", id);
	if (check_row(doc, node, err) < 0 ||
	    number_of(doc, node, "bits", KEY_BITS, &bits, err) < 0)
		return -1;
	struct profile *c = VEC_PUSH(&p->profiles);
	c->is_ca = xml_is(node, NAMESPACE, "ca");
	c->line = xml_line(node);
	const struct {
		char **to;
		const char *name;
	} texts[] = {
		{ &c->id, "id" },
		{ &c->file, "file" },
		{ &c->key, "key" },
		{ &c->organisation, "organisation" },
		{ &c->serial_number, "serial-number" },
		{ &c->common_name, "common-name" },
		{ &c->usage, "usage" },
		{ &c->extended_usage, "extended-usage" },
		{ &c->alternative_names, "alternative-names" },
		{ &c->digest, "digest" },
		{ &c->path_length, "path-length" },
	};
	for (size_t i = 0; i < COUNTOF(texts); i++)
		*texts[i].to = text_of(node, texts[i].name);
	c->chain = !c->is_ca && flag_of(node, "chain", true);
	c->pkcs12 = flag_of(node, "pkcs12", false);
	c->revoked = flag_of(node, "revoked", false);
	need_key(p, c->key, bits);
	if (read_issuer(p, doc, node, &c->issuer, err) < 0)
		return -1;
	return read_time(doc, node, &c->age, &c->ahead, &c->days, err);
}

static int read_crl(struct pki *p, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	if (check_row(doc, node, err) < 0)
		return -1;
	struct pki_crl *c = VEC_PUSH(&p->crls);
	c->line = xml_line(node);
	c->file = text_of(node, "file");
	if (read_issuer(p, doc, node, &c->issuer, err) < 0)
		return -1;
	return read_time(doc, node, &c->age, &c->ahead, &c->days, err);
}

int pki_read(struct pki *p, const char *path, struct err *err)
{
	struct buf file = BUF_INIT(LIMIT_CONFIG_FILE);
	struct xml_doc *doc = NULL;
	int rc = -1;
	*p = (struct pki){ .path = xstrdup(path) };
	if (buf_read_file(&file, path, err) < 0)
		goto out;
	digest_text(file.ptr, file.len, p->digest);
	doc = xml_parse(file.ptr, file.len, path, err);
	if (!doc || shape_check(doc, NAMESPACE, &root_shape, err) < 0)
		goto out;
	rc = 0;
	XML_EACH_CHILD (node, xml_root(doc)) {
		rc = xml_is(node, NAMESPACE, "crl")
			 ? read_crl(p, doc, node, err)
			 : read_profile(p, doc, node, err);
		if (rc < 0)
			break;
	}
out:
	xml_free(doc);
	buf_release(&file);
	if (rc < 0)
		pki_release(p);
	return rc;
}

void pki_release(struct pki *p)
{
	VEC_EACH (struct profile, c, &p->profiles) {
		free(c->id);
		free(c->file);
		free(c->key);
		free(c->organisation);
		free(c->serial_number);
		free(c->common_name);
		free(c->usage);
		free(c->extended_usage);
		free(c->alternative_names);
		free(c->digest);
		free(c->path_length);
		X509_free(c->made);
	}
	VEC_EACH (struct pki_crl, c, &p->crls) {
		free(c->file);
		X509_CRL_free(c->made);
	}
	VEC_EACH (struct pki_key, k, &p->keys) {
		free(k->name);
		EVP_PKEY_free(k->key);
	}
	VEC_RELEASE(&p->profiles);
	VEC_RELEASE(&p->crls);
	VEC_RELEASE(&p->keys);
	free(p->path);
	*p = (struct pki){ 0 };
}

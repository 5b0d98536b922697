/* SPDX-License-Identifier: Apache-2.0 */
#include "signed.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

const char signed_document[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">\n"
    "  <id root=\"1.2.3\"/>\n"
    "  <custodian><assignedCustodian><representedCustodianOrganization>"
    "<id root=\"1.2.246.10.1234567.19.0\"/>"
    "</representedCustodianOrganization></assignedCustodian></custodian>\n"
    "  <localHeader xmlns=\"urn:hl7finland\">\n"
    "    <recordStatus code=\"3\"/>\n"
    "    <custodianTypeCode code=\"1\"/>\n"
    "  </localHeader>\n"
    "  <component>\n"
    "    <structuredBody ID=\"OID1.2.3.0\">\n"
    "      <component>\n"
    "        <section ID=\"OID1.2.3.1\">\n"
    "          <title>Esimerkki &gt; testi</title>\n"
    "          <text>\n"
    "            <paragraph>first\nsecond</paragraph>\n"
    "          </text>\n"
    "        </section>\n"
    "      </component>\n"
    "    </structuredBody>\n"
    "  </component>\n"
    "</ClinicalDocument>\n";

EVP_PKEY *signer_key(void)
{
	static EVP_PKEY *key;
	if (!key)
		key = EVP_RSA_gen(2048);
	return key;
}

static void add(X509_NAME *name, const char *field, const char *text)
{
	X509_NAME_add_entry_by_txt(
	    name, field, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0);
}

X509 *signer_certificate(const struct signer_wish *wish)
{
	X509 *x = X509_new();
	X509_NAME *issuer = X509_NAME_new();
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)wish->from);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)wish->to);
	add(issuer, "CN", wish->issuer);
	X509_set_issuer_name(x, issuer);
	X509_NAME_free(issuer);
	add(X509_get_subject_name(x), "CN", "Testi");
	if (*wish->serial)
		add(X509_get_subject_name(x), "serialNumber", wish->serial);
	X509_set_pubkey(x, signer_key());
	X509_sign(x, signer_key(), EVP_sha256());
	return x;
}

struct signing signing_fit(void)
{
	return (struct signing){
		.key = signer_key(),
		.certificate = signer_certificate(&(struct signer_wish){
		    "ESITESTI TEST CA", "1.2.246.10.1234567.10.0",
		    SIGNED_AT - 1000, SIGNED_AT + 1000 }),
		.now = SIGNED_AT * 1000000,
		.serial = { 1, 2 },
	};
}

char *signed_text(const char *text)
{
	struct err err = { 0 };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct signing s = signing_fit();
	buf_adds(&document, text);
	if (document_sign(&document, "it", &s, &err) < 0)
		err_print(stderr, &err);
	X509_free(s.certificate);
	return buf_detach(&document, NULL);
}

char *signed_replace(char *text, const char *from, const char *to)
{
	char *hit = strstr(text, from);
	if (!hit)
		BUG("nothing to replace");
	char *made = xasprintf(
	    "%.*s%s%s", (int)(hit - text), text, to, hit + strlen(from));
	free(text);
	return made;
}

char *signed_rename(char *text, const char *tag, size_t number)
{
	char *at = strstr(text, tag);
	while (at && !strchr(" />", at[strlen(tag)]))
		at = strstr(at + 1, tag);
	if (!at)
		return text;
	char *made = xasprintf("%.*s<%sother%zu%s", (int)(at - text), text,
	    tag[1] == '/' ? "/" : "", number, at + strlen(tag));
	free(text);
	return made;
}

static void hear(void *ctx, enum rule rule, enum severity severity,
    const xmlNode *node, const struct note *text)
{
	struct heard *h = ctx;
	struct buf where = BUF_INIT(LIMIT_KIB(4));
	xml_path(&where, node, NULL);
	if (h->count == 64)
		BUG("too many findings");
	str_copy(h->where[h->count], 512, where.ptr);
	h->severity[h->count] = severity;
	h->word[h->count] = text->word;
	h->rule[h->count++] = rule;
	buf_release(&where);
}

struct heard signed_check(
    const char *text, bool archived, const struct target_rules *issuers)
{
	struct err err = { 0 };
	struct heard h = { .count = 0 };
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!doc)
		err_print(stderr, &err);
	if (!doc)
		BUG("no document");
	const struct signature_case c = {
		.document = doc,
		.is_archived = archived,
		.issuers = issuers,
		.now = SIGNED_AT * 1000000,
	};
	signature_check(&c, hear, &h);
	xml_free(doc);
	return h;
}

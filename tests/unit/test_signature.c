/* SPDX-License-Identifier: Apache-2.0 */
#include "check/signature.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/sign.h"
#include "signed.h"
#include "xml/dsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Signatures, made and broken here: which rule speaks, and what is said to be
 * the cause. */

static struct target_rules *issuers;

static struct heard check(const char *text, bool archived)
{
	return signed_check(text, archived, issuers);
}

static void expect(const char *text, enum rule rule, enum word word)
{
	struct heard h = check(text, true);
	for (size_t i = 0; i < h.count; i++)
		if (h.rule[i] == rule && h.word[i] == word)
			return;
	for (size_t i = 0; i < h.count; i++)
		print_message("heard %s %s at %s\n", rule_rows[h.rule[i]].name,
		    word_name(h.word[i]), h.where[i]);
	fail_msg("%s %s is missing", rule_rows[rule].name, word_name(word));
}

/* This rule and no other. */
static void expect_only(const char *text, enum rule rule, enum word word)
{
	expect(text, rule, word);
	assert_int_equal(check(text, true).count, 1);
}

/* Signed, then `from` became `to`. */
static void expect_broken(
    const char *from, const char *to, enum rule rule, enum word word)
{
	char *text = signed_replace(signed_text(signed_document), from, to);
	expect(text, rule, word);
	free(text);
}

static void expect_broken_only(
    const char *from, const char *to, enum rule rule, enum word word)
{
	char *text = signed_replace(signed_text(signed_document), from, to);
	expect_only(text, rule, word);
	free(text);
}

static void a_fresh_one_holds(void **state)
{
	(void)state;
	char *text = signed_text(signed_document);
	assert_int_equal(check(text, true).count, 0);
	/* every other byte is where it was */
	char *at = strstr(text, "<signatureCollection");
	char *end = strstr(text, "<custodianTypeCode");
	assert_true(at && end > at);
	memmove(at, end, strlen(end) + 1);
	assert_string_equal(text, signed_document);
	free(text);
}

static void presence(void **state)
{
	(void)state;
	struct heard h = check(signed_document, false);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.rule[0], RULE_SIG_UNSIGNED);
	expect_only(signed_document, RULE_SIG_MISSING, W_sig_missing);
}

#define DIGEST RULE_SIG_DIGEST

static void content_changed(void **state)
{
	(void)state;
	expect_broken_only(
	    "Esimerkki", "Esimerkkj", DIGEST, W_sig_digest_changed);
	/* the header is not signed */
	char *text = signed_replace(signed_text(signed_document),
	    "custodianTypeCode code=\"1\"", "custodianTypeCode code=\"2\"");
	assert_int_equal(check(text, true).count, 0);
	free(text);
}

/* What stands between tags of the body in one line, as a pretty printer finds
 * it and leaves it. */
static char *flat_document(void)
{
	char *text = xstrdup(signed_document), *to = text;
	bool inside = false;
	for (const char *p = text; *p; p++) {
		if (str_starts(p, "<structuredBody"))
			inside = true;
		if (str_starts(p, "</structuredBody"))
			inside = false;
		if (inside && p[-1] == '>' && str_is_space(*p)) {
			while (str_is_space(p[1]))
				p++;
			continue;
		}
		*to++ = *p;
	}
	*to = '\0';
	return text;
}

static void reindented(void **state)
{
	(void)state;
	char *flat = flat_document();
	assert_non_null(strstr(flat, "<component><section"));
	/* it was in one line when it was signed */
	char *text = signed_text(flat);
	text = signed_replace(
	    text, "<component><section", "<component>\n\t\t\t<section");
	expect_only(text, DIGEST, W_sig_digest_reindented);
	free(text);
	/* it was indented by two; now it is in one line, or by tabs */
	text = signed_text(signed_document);
	char *body = strstr(text, "<structuredBody");
	char *kept = strstr(flat, "<structuredBody");
	char *made = xasprintf("%.*s%s", (int)(body - text), text, kept);
	expect_only(made, DIGEST, W_sig_digest_reindented);
	free(made);
	text = signed_replace(text, "\n      <component>", "\n\t\t<component>");
	expect_only(text, DIGEST, W_sig_digest_reindented);
	free(text);
	free(flat);
}

static void line_ends(void **state)
{
	(void)state;
	/* written with CR LF: the parser gives LF, and nothing is broken */
	struct buf crlf = BUF_INIT(LIMIT_MIB(1));
	char *text = signed_text(signed_document);
	for (const char *p = text; *p; p++) {
		if (*p == '\n')
			buf_addc(&crlf, '\r');
		buf_addc(&crlf, *p);
	}
	assert_int_equal(check(crlf.ptr, true).count, 0);
	free(text);
	buf_clear(&crlf);
	const char *begin = strstr(signed_document, "<structuredBody");
	const char *end = strstr(begin, "</structuredBody");
	/* signed with CR in memory, which the file then lost */
	for (const char *p = signed_document; *p; p++) {
		if (*p == '\n' && p > begin && p < end)
			buf_adds(&crlf, "&#13;");
		buf_addc(&crlf, *p);
	}
	text = signed_text(crlf.ptr);
	assert_int_equal(check(text, true).count, 0);
	while (strstr(text, "&#13;"))
		text = signed_replace(text, "&#13;", "");
	expect_only(text, DIGEST, W_sig_digest_line_ends);
	free(text);
	buf_release(&crlf);
}

static void namespaces(void **state)
{
	(void)state;
	/* exclusive canonicalisation does not mind declarations elsewhere */
	char *text = signed_replace(signed_text(signed_document),
	    "<ClinicalDocument ", "<ClinicalDocument xmlns:x=\"urn:x\" ");
	assert_int_equal(check(text, true).count, 0);
	free(text);
	/* but it does mind a prefix */
	text = signed_text(signed_document);
	text = signed_replace(text, "xmlns=\"urn:hl7-org:v3\"",
	    "xmlns=\"urn:hl7-org:v3\" xmlns:cda=\"urn:hl7-org:v3\"");
	static const char *const names[] = { "structuredBody", "component",
		"section", "title", "text", "paragraph" };
	char *body = strstr(text, "<structuredBody");
	struct buf made = BUF_INIT(LIMIT_MIB(1));
	buf_add(&made, text, (size_t)(body - text));
	for (const char *p = body; *p; p++) {
		bool renamed = false;
		size_t skip = p[0] == '<' ? 1 + (p[1] == '/') : 0;
		for (size_t i = 0; skip && i < COUNTOF(names); i++)
			renamed |= str_starts(p + skip, names[i]);
		if (str_starts(p, "</structuredBody>"))
			break;
		if (renamed) {
			buf_add(&made, p, skip);
			buf_adds(&made, "cda:");
			p += skip - 1;
		} else {
			buf_addc(&made, *p);
		}
	}
	buf_adds(&made, "</cda:structuredBody></component></ClinicalDocument>");
	expect_only(made.ptr, DIGEST, W_sig_digest_namespaces);
	buf_release(&made);
	free(text);
}

static void of_another_document(void **state)
{
	(void)state;
	char *text = signed_text(signed_document);
	text = signed_replace(text, "<id root=\"1.2.3\"", "<id root=\"1.2.4\"");
	text = signed_replace(
	    text, "Body ID=\"OID1.2.3.0\"", "Body ID=\"OID1.2.4.0\"");
	expect_only(text, RULE_SIG_PASTED, W_sig_pasted);
	free(text);
	expect_broken(
	    "#OID1.2.3.0", "#nothing", RULE_SIG_REFERENCE, W_sig_dangling);
}

static void value_broken(void **state)
{
	(void)state;
	expect_broken_only("<SignedInfo>", "<SignedInfo>\n  ", RULE_SIG_VALUE,
	    W_sig_value_reindented);
	expect_broken_only("</SignedInfo>", "<x/></SignedInfo>", RULE_SIG_VALUE,
	    W_sig_value_changed);
	expect_broken_only("<SignatureValue>", "<SignatureValue>AAAA",
	    RULE_SIG_VALUE, W_sig_value_unknown);
	expect_broken("</SignedInfo>", "</SignedInfo><SignedInfo/>",
	    RULE_SIG_STRUCTURE, W_sig_incomplete);
}

/* The body that is read is not the one that is signed. */
static void wrapped(void **state)
{
	(void)state;
	static const char evil[] =
	    "<structuredBody><component/></structuredBody>";
	char *text = signed_text(signed_document);
	char *body = strstr(text, "<structuredBody");
	char *end =
	    strstr(text, "</structuredBody>") + strlen("</structuredBody>");
	char *moved =
	    xasprintf("%.*s%s%s", (int)(body - text), text, evil, end);
	char *kept = xasprintf("<hidden>%.*s</hidden></ClinicalDocument>",
	    (int)(end - body), body);
	moved = signed_replace(moved, "</ClinicalDocument>", kept);
	struct heard h = check(moved, true);
	assert_int_equal(h.count, 2);
	expect(moved, RULE_SIG_COVERAGE, W_sig_wrong_target);
	expect(moved, RULE_SIG_COVERAGE, W_sig_not_covered);
	free(moved);
	free(kept);
	free(text);
}

static void same_id_twice(void **state)
{
	(void)state;
	expect_broken("<title>", "<title ID=\"OID1.2.3.0\">", RULE_SIG_ID,
	    W_sig_ambiguous);
	expect_broken("<custodianTypeCode",
	    "<custodianTypeCode xml:id=\"OID1.2.3.0\"", RULE_SIG_ID,
	    W_sig_ambiguous);
	/* an attribute that only looks like one */
	char *text = signed_replace(signed_text(signed_document),
	    "<custodianTypeCode", "<custodianTypeCode iD=\"OID1.2.3.0\"");
	assert_int_equal(check(text, true).count, 0);
	free(text);
}

static void never_leaves_the_document(void **state)
{
	(void)state;
	static const char *const uris[] = { "http://127.0.0.1:9/x",
		"file:///etc/passwd", "other.xml", "#xpointer(/)" };
	for (size_t i = 0; i < COUNTOF(uris); i++) {
		char *text = signed_replace(
		    signed_text(signed_document), "#OID1.2.3.0", uris[i]);
		expect(text, RULE_SIG_REFERENCE, W_sig_outside);
		free(text);
	}
}

#define TRANSFORM                                                     \
 "<Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>" \
 "</Transforms><DigestMethod"

static void refuses_transforms(void **state)
{
	(void)state;
	static const char *const others[] = {
		"<Transform Algorithm=\"http://www.w3.org/TR/1999/"
		"REC-xslt-19991116\"><x:stylesheet version=\"1.0\" "
		"xmlns:x=\"http://www.w3.org/1999/XSL/Transform\"/>"
		"</Transform></Transforms><DigestMethod",
		"<Transform Algorithm=\"http://www.w3.org/TR/1999/"
		"REC-xpath-19991116\"><XPath>count(//.)</XPath></Transform>"
		"</Transforms><DigestMethod",
		"<Transform Algorithm=\"http://www.w3.org/2002/06/"
		"xmldsig-filter2\"><XPath xmlns=\"http://www.w3.org/2002/06/"
		"xmldsig-filter2\" Filter=\"union\">//*[@ID='x']</XPath>"
		"</Transform></Transforms><DigestMethod",
		"<Transform Algorithm=\"urn:x\"/></Transforms><DigestMethod",
		"<Transform/></Transforms><DigestMethod",
		"<Other/></Transforms><DigestMethod",
		TRANSFORM "", /* and once more the same */
	};
	for (size_t i = 0; i < COUNTOF(others); i++) {
		char *text = signed_text(signed_document);
		char *more =
		    i + 1 == COUNTOF(others)
			? xasprintf("%.*s%s",
			      (int)(strstr(TRANSFORM, "</Tr") - TRANSFORM),
			      TRANSFORM, TRANSFORM)
			: xstrdup(others[i]);
		text = signed_replace(text, TRANSFORM, more);
		expect(text, RULE_SIG_TRANSFORM, W_sig_transform);
		free(more);
		free(text);
	}
}

static void refuses_algorithms(void **state)
{
	(void)state;
	expect_broken("2001/04/xmlenc#sha256", "2001/04/xmldsig-more#md5",
	    RULE_SIG_ALGORITHM, W_sig_algorithm_refused);
	char *text = signed_replace(signed_text(signed_document),
	    "xmldsig-more#rsa-sha256", "xmldsig-more#hmac-md5");
	expect(text, RULE_SIG_ALGORITHM, W_sig_algorithm_refused);
	free(text);
	text = signed_replace(signed_text(signed_document),
	    "2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1");
	expect(text, RULE_SIG_SHA1, W_sig_sha1);
	free(text);
	text = signed_replace(signed_text(signed_document),
	    "2001/04/xmlenc#sha256", "2001/04/xmlenc#sha512");
	expect(text, RULE_SIG_ALGORITHM, W_sig_algorithm);
	free(text);
}

static void caps(void **state)
{
	(void)state;
	struct buf many = BUF_INIT(LIMIT_MIB(8));
	for (int i = 0; i < 20000; i++)
		buf_adds(&many, "<Reference URI=\"#OID1.2.3.0\"/>");
	buf_adds(&many, "</SignedInfo>");
	char *text = signed_replace(
	    signed_text(signed_document), "</SignedInfo>", many.ptr);
	expect(text, RULE_SIG_LIMIT, W_sig_limit);
	free(text);
	buf_clear(&many);
	for (int i = 0; i < 20000; i++)
		buf_adds(&many, "<Signature xmlns=\"" XMLNS_DS "\"/>");
	buf_adds(&many, "</ClinicalDocument>");
	text = signed_replace(
	    signed_text(signed_document), "</ClinicalDocument>", many.ptr);
	expect(text, RULE_SIG_LIMIT, W_sig_limit);
	free(text);
	buf_clear(&many);
	for (int i = 0; i < 20000; i++)
		buf_adds(&many, "<Transform Algorithm=\"" XMLNS_DS
				"enveloped-signature\"/>");
	buf_adds(&many, "</Transforms>");
	text = signed_replace(
	    signed_text(signed_document), "</Transforms>", many.ptr);
	expect(text, RULE_SIG_TRANSFORM, W_sig_transform);
	free(text);
	buf_release(&many);
}

/* Each part of a signature gone: a finding, whatever it is. */
static void missing_pieces(void **state)
{
	(void)state;
	static const char *const parts[] = { "signatureDescription",
		"signatureTimestamp", "SignedInfo", "CanonicalizationMethod",
		"SignatureMethod", "Reference", "Transforms", "DigestMethod",
		"DigestValue", "SignatureValue", "KeyInfo", "X509Data",
		"X509Certificate", "Signature", "signatureCollection" };
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		char tag[64], *text = signed_text(signed_document);
		snprintf(tag, sizeof(tag), "<%s", parts[i]);
		text = signed_rename(text, tag, i);
		snprintf(tag, sizeof(tag), "</%s", parts[i]);
		text = signed_rename(text, tag, i);
		assert_non_null(strstr(text, "<other"));
		struct heard h = check(text, true);
		if (h.count == 0)
			fail_msg("without %s nothing is found", parts[i]);
		free(text);
	}
}

/* ---- Certificates */

static char *signed_by(const struct signer_wish *wish)
{
	struct err err = { 0 };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct signing s = {
		.key = signer_key(),
		.certificate = signer_certificate(wish),
		.now = SIGNED_AT * 1000000,
	};
	buf_adds(&document, signed_document);
	assert_int_equal(document_sign(&document, "it", &s, &err), 0);
	X509_free(s.certificate);
	return buf_detach(&document, NULL);
}

static void certificates(void **state)
{
	(void)state;
	static const char ca[] = "ESITESTI TEST CA",
			  org[] = "1.2.246.10.1234567.10.0";
	const int64_t t = SIGNED_AT;
	const struct {
		struct signer_wish wish;
		enum rule rule;
		enum word word;
	} all[] = {
		{ { ca, "", t - 9, t + 9 }, RULE_SIG_HOLDER,
		    W_sig_holder_organisation },
		{ { ca, "1.2.246.10.12345678.10.0", t - 9, t + 9 },
		    RULE_SIG_HOLDER, W_sig_holder_organisation },
		{ { ca, org, t - 9, t - 1 }, RULE_SIG_VALIDITY,
		    W_sig_validity },
		{ { ca, org, t + 1, t + 9 }, RULE_SIG_VALIDITY,
		    W_sig_validity },
		{ { "DVV Social Welfare", org, t - 9, t + 9 }, RULE_SIG_ISSUER,
		    W_sig_issuer },
	};
	for (size_t i = 0; i < COUNTOF(all); i++) {
		char *text = signed_by(&all[i].wish);
		expect_only(text, all[i].rule, all[i].word);
		free(text);
	}
	char *text = signed_by(&(struct signer_wish){
	    "DVV TEST Social", "1.2.246.537.10.1234567.10.0", t, t });
	assert_int_equal(check(text, true).count, 0);
	free(text);
	expect_broken("</X509Data>",
	    "<X509Certificate>AAAA</X509Certificate></X509Data>",
	    RULE_SIG_CERTIFICATE, W_sig_certificates);
	expect_broken("<X509Certificate>", "<X509Certificate>AAAA",
	    RULE_SIG_CERTIFICATE, W_sig_certificates);
	/* a professional's: no organisation may be its holder */
	text = signed_replace(signed_text(signed_document),
	    "code=\"3\" codeSystem", "code=\"1\" codeSystem");
	expect(text, RULE_SIG_HOLDER, W_sig_holder_professional);
	expect(text, RULE_SIG_SYSTEM, W_sig_system);
	free(text);
}

static void time_stamps(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum word word;
		enum severity severity;
	} all[] = {
		{ "2026-11-21T18:22:03", W_sig_time, SEVERITY_ERROR },
		{ "20261121182203", W_sig_time, SEVERITY_ERROR },
		{ "", W_sig_time, SEVERITY_ERROR },
		{ "2026-02-30T18:22:03Z", W_sig_time, SEVERITY_ERROR },
		{ "2026-11-21T20:22:03+02:00", W_sig_time_offset,
		    SEVERITY_WARNING },
		{ "2036-11-21T18:22:03Z", W_sig_time_later, SEVERITY_WARNING },
	};
	for (size_t i = 0; i < COUNTOF(all); i++) {
		char *text = signed_replace(signed_text(signed_document),
		    "2026-11-21T18:22:03Z", all[i].text);
		struct heard h = check(text, true);
		bool found = false;
		for (size_t k = 0; k < h.count; k++)
			found |= h.word[k] == all[i].word &&
				 h.severity[k] == all[i].severity;
		if (!found)
			fail_msg("'%s' is not noticed", all[i].text);
		free(text);
	}
}

/* ---- Signing */

static void signs_anew_or_not(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	struct signing s = signing_fit();
	char *first = signed_text(signed_document);
	char *broken = signed_replace(
	    xstrdup(first), "<SignatureValue>", "<SignatureValue>AAAA");
	buf_adds(&document, broken);
	assert_int_equal(document_sign(&document, "it", &s, &err), -1);
	assert_int_equal(err.kind, ERR_KANTA);
	assert_string_equal(document.ptr, broken);
	err = (struct err){ 0 };
	s.replace = true;
	assert_int_equal(document_sign(&document, "it", &s, &err), 0);
	assert_int_equal(check(document.ptr, true).count, 0);
	X509_free(s.certificate);
	buf_release(&document);
	free(broken);
	free(first);
}

static void says_why_it_cannot_sign(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
		"<ClinicalDocument/>",
		"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><localHeader "
		"xmlns=\"urn:hl7finland\"/><component><structuredBody/>"
		"</component></ClinicalDocument>",
		"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><localHeader "
		"xmlns=\"urn:hl7finland\"/><component><structuredBody "
		"ID=\"a\"/></component></ClinicalDocument>",
		"no XML",
		"",
	};
	for (size_t i = 0; i < COUNTOF(bad); i++) {
		struct err err = { 0 };
		struct buf document = BUF_INIT(LIMIT_DOCUMENT);
		struct signing s = { .key = signer_key() };
		buf_adds(&document, bad[i]);
		assert_int_equal(document_sign(&document, "it", &s, &err), -1);
		assert_true(err.kind == ERR_KANTA || err.kind == ERR_XML);
		assert_string_equal(document.ptr, bad[i]);
		buf_release(&document);
	}
}

static int set_up(void **state)
{
	struct err err = { 0 };
	(void)state;
	issuers = target_rules_load("cases/targets.xml", &err);
	return issuers ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	target_rules_free(issuers);
	EVP_PKEY_free(signer_key());
	dsig_stop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fresh_one_holds),
		cmocka_unit_test(presence),
		cmocka_unit_test(content_changed),
		cmocka_unit_test(reindented),
		cmocka_unit_test(line_ends),
		cmocka_unit_test(namespaces),
		cmocka_unit_test(of_another_document),
		cmocka_unit_test(value_broken),
		cmocka_unit_test(wrapped),
		cmocka_unit_test(same_id_twice),
		cmocka_unit_test(never_leaves_the_document),
		cmocka_unit_test(refuses_transforms),
		cmocka_unit_test(refuses_algorithms),
		cmocka_unit_test(caps),
		cmocka_unit_test(missing_pieces),
		cmocka_unit_test(certificates),
		cmocka_unit_test(time_stamps),
		cmocka_unit_test(signs_anew_or_not),
		cmocka_unit_test(says_why_it_cannot_sign),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/check.h"
#include "hiding.h"
#include "kanta/mime.h"
#include "record/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* The guard beyond identity codes: what it cannot look into, whose word
 * counts there, names, and what may be somebody's. */

static const struct {
	const char *name, *bytes;
	size_t len;
} packed[] = {
#define BYTES(name, text)                              \
 {                                                     \
  name, text "0123456789abcdefghij", sizeof(text) + 19 \
 }
	BYTES("PDF", "%PDF-1.7\n1 0 obj"),
	BYTES("PNG", "\x89PNG\r\n\x1A\n"),
	BYTES("JPEG", "\xFF\xD8\xFF\xE0"),
	BYTES("GIF", "GIF89a"),
	BYTES("TIFF", "II*\0"),
	BYTES("RIFF", "RIFF\1\2\3\4WEBP"),
	BYTES("OLE", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
	BYTES("gzip", "\x1F\x8B\x08"),
	BYTES("ZIP", "PK\3\4"),
	BYTES("MP4", "\0\0\0\x18"
		     "ftypisom"),
	BYTES("CMS, encrypted",
	    "\x30\x80\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"),
#undef BYTES
};

static bool scan_b64(struct guard_report *r, const char *before,
    const void *bytes, size_t len, const char *after,
    const struct identity_pool *pool)
{
	struct buf text = BUF_INIT(LIMIT_MIB(1));
	*r = (struct guard_report){ .count = 0 };
	buf_adds(&text, before);
	base64_encode(&text, bytes, len, 76);
	buf_adds(&text, after);
	bool clean = guard_scan(r, text.ptr, text.len, pool);
	buf_release(&text);
	return clean;
}

static void what_is_packed_stops(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNTOF(packed); i++) {
		struct guard_report r;
		char digest[DIGEST_TEXT];
		digest_text(packed[i].bytes, packed[i].len, digest);
		if (scan_b64(&r, "<a>", packed[i].bytes, packed[i].len, "</a>",
			NULL) ||
		    r.at[0].rule != GUARD_OPAQUE ||
		    !streq(r.at[0].what.arg[0], packed[i].name) ||
		    !streq(r.at[0].what.arg[1], digest))
			fail_msg("%s: %zu findings", packed[i].name, r.count);
	}
}

/* Random bytes stop where a document is declared, and nowhere else. */
static void unknown_content_stops(void **state)
{
	unsigned char noise[8000];
	struct guard_report r;
	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)(0x80 | (i * 7919 >> 3));
	assert_false(scan_b64(&r, "<a><text representation='B64'>", noise, 90,
	    "</text></a>", NULL));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	assert_false(scan_b64(&r, "<a><json>", noise, 90, "</json></a>", NULL));
	assert_false(
	    scan_b64(&r, "<a>--x\nContent-Transfer-Encoding: BASE64\n\n", noise,
		90, "\n--x--\n</a>", NULL));
	/* a signature's value, or anything that short */
	assert_true(scan_b64(&r, "<a>", noise, 512, "</a>", NULL));
	/* … but not a whole file of it */
	assert_false(scan_b64(&r, "<a>", noise, sizeof(noise), "</a>", NULL));
	assert_true(
	    scan_b64(&r, "<a xmlns='http://www.w3.org/2000/09/xmldsig#'>",
		noise, sizeof(noise), "</a>", NULL));
	/* DER holds what it holds in plain */
	memcpy(noise, "\x30\x82\x1F\x3C", 4);
	assert_true(scan_b64(&r, "<a>", noise, sizeof(noise), "</a>", NULL));
	memcpy(noise + 500, real_code, strlen(real_code));
	noise[499] = noise[511] = ' ';
	assert_false(scan_b64(&r, "<a>", noise, sizeof(noise), "</a>", NULL));
	assert_int_equal(r.at[0].rule, GUARD_IDENTITY);
}

/* What is declared is looked at whole where its beginning does not tell, and
 * the digest is of all of it. */
static void long_unknown_content_stops(void **state)
{
	unsigned char noise[2400];
	char gap[2001];
	char *padded;
	struct guard_report r;
	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)(0x80 | (i * 7919 >> 3));
	memset(gap, ' ', sizeof(gap) - 1);
	gap[sizeof(gap) - 1] = '\0';
	padded = xasprintf("<a><text representation='B64'>%s", gap);
	for (size_t len = 700; len <= sizeof(noise); len += 100) {
		char digest[DIGEST_TEXT];
		digest_text(noise, len, digest);
		assert_false(scan_b64(&r, "<a><text representation='B64'>",
		    noise, len, "</text></a>", NULL));
		assert_string_equal(r.at[0].what.arg[0], digest);
		assert_false(
		    scan_b64(&r, padded, noise, len, "</text></a>", NULL));
		assert_string_equal(r.at[0].what.arg[0], digest);
		assert_true(scan_b64(&r, "<a>", noise, len, "</a>", NULL));
	}
	free(padded);
}

static void encrypted_xml_stops(void **state)
{
	static const char text[] =
	    "<a><EncryptedData xmlns='http://www.w3.org/2001/04/xmlenc#'/></a>";
	struct guard_report r = { .count = 0 };
	(void)state;
	assert_false(guard_scan(&r, text, strlen(text), NULL));
	assert_int_equal(r.at[0].rule, GUARD_OPAQUE);
	assert_string_equal(r.at[0].where, "/a/EncryptedData");
}

static void what_is_attested_passes_and_is_told(void **state)
{
	char digest[DIGEST_TEXT];
	struct guard_report r;
	const struct attestation word = { digest, "Testi Testaaja",
		"2026-11-21" };
	const struct identity_pool pool = { .attested = &word,
		.attested_count = 1 };
	(void)state;
	digest_text(packed[0].bytes, packed[0].len, digest);
	assert_true(
	    scan_b64(&r, "<a>", packed[0].bytes, packed[0].len, "</a>", &pool));
	assert_int_equal(r.attested_count, 1);
	assert_ptr_equal(r.attested[0], &word);
	/* that very content, not another of its kind */
	assert_false(scan_b64(
	    &r, "<a>", packed[0].bytes, packed[0].len - 1, "</a>", &pool));
	assert_int_equal(r.attested_count, 0);
	/* nobody's word lets a code pass that everybody can see */
	char holds[64];
	size_t len = (size_t)snprintf(
	    holds, sizeof(holds), "%%PDF-1.4 (%s) and so on", real_code);
	digest_text(holds, len, digest);
	assert_false(scan_b64(&r, "<a>", holds, len, "</a>", &pool));
	assert_true(has_rule(&r, GUARD_IDENTITY));
}

/* ---- Names */

static void expect_name(const char *text, bool passes)
{
	static const char *const codes[] = { TEST_CODE };
	static const struct test_name names[] = { { "Maija Testi",
	    "Esimerkki" } };
	const struct identity_pool pool = {
		.codes = codes, .count = 1, .names = names, .name_count = 1
	};
	struct guard_report r = { .count = 0 };
	if (guard_scan(&r, text, strlen(text), &pool) != passes)
		fail_msg("%s", text);
	if (!passes)
		assert_int_equal(r.at[0].rule, GUARD_NAME);
	if (!passes && strstr(r.at[0].what.arg[0], "Outo"))
		fail_msg("'%s' is told whole", r.at[0].what.arg[0]);
	/* without codes, names do not count */
	const struct identity_pool any = { .names = names, .name_count = 1 };
	r.count = 0;
	assert_true(guard_scan(&r, text, strlen(text), &any));
}

static void patients_are_of_the_pool(void **state)
{
	(void)state;
	expect_name("<patient><name><given>Maija</given><given>Testi</given>"
		    "<family>Esimerkki</family></name></patient>",
	    true);
	expect_name("<patient><name><family>ESIMERKKI</family> <given>Maija"
		    "</given></name></patient>",
	    true);
	expect_name("<patientPerson><name>Esimerkki, Maija Testi</name>"
		    "</patientPerson>",
	    true);
	expect_name("<patient><name nullFlavor='UNK'/></patient>", true);
	expect_name("<patient><name><given>Outo</given><family>Esimerkki"
		    "</family></name></patient>",
	    false);
	expect_name("<subject><name>Outo Nimi</name></subject>", false);
	expect_name(
	    "<patient><name><given>Maija</given></name></patient>", false);
	/* whose data the document holds, and no other participant */
	expect_name("<participant typeCode='SBJ'><x><associatedPerson><name>"
		    "Outo</name></associatedPerson></x></participant>",
	    false);
	expect_name("<participant typeCode='CST'><x><associatedPerson><name>"
		    "Outo</name></associatedPerson></x></participant>",
	    true);
	expect_name("<assignedPerson><name>Outo</name></assignedPerson>", true);
	expect_name(
	    "<a>PHBhdGllbnQ+PG5hbWU+T3V0byBOaW1pPC9uYW1lPjwvcGF0aWVudD4="
	    "</a>",
	    false);
}

/* ---- What may be somebody's */

static void expect_told(const char *body, const char *rule)
{
	static const char *const known[] = { "Tiina Johanna", "Järvi" };
	struct check_options o = {
		.data = ".", .known = known, .known_count = COUNTOF(known)
	};
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	struct checked c;
	size_t told = 0;
	o.stages[STAGE_GUARD] = true;
	struct check_plan *plan = check_plan_new(&o, &err);
	struct checker *checker = checker_new(plan);
	buf_addf(&text,
	    "<ClinicalDocument xmlns='urn:hl7-org:v3'>%s</ClinicalDocument>",
	    body);
	checker_look(checker, "it", text.ptr, text.len, &c);
	VEC_EACH (struct finding, f, &c.findings) {
		if (f->stage != STAGE_GUARD)
			continue;
		told++;
		if (!streq(f->rule, rule) || f->severity != SEVERITY_WARNING)
			fail_msg("%s: %s", body, f->text[LANG_EN]);
		if (strstr(f->text[LANG_EN], "Virtanen"))
			fail_msg("told whole: %s", f->text[LANG_EN]);
	}
	if (told != (*rule ? 1 : 0))
		fail_msg("%zu told of %s", told, body);
	checked_release(&c);
	checker_free(checker);
	check_plan_free(plan);
	buf_release(&text);
}

static void what_may_be_somebodys_is_told(void **state)
{
	(void)state;
	expect_told("<assignedPerson><name><given>Aatu</given>"
		    "<family>Virtanen</family></name></assignedPerson>",
	    "ESI-GUARD-06");
	expect_told(
	    "<assignedPerson><name>Teppo Testi</name></assignedPerson>", "");
	expect_told(
	    "<assignedPerson><name>Järvi Tiina</name></assignedPerson>", "");
	expect_told("<representedOrganization><name>Virtanen Oy</name>"
		    "</representedOrganization>",
	    "");
	expect_told(
	    "<a><telecom value='tel:+358 40 765 4321'/></a>", "ESI-GUARD-07");
	expect_told("<a><telecom value='tel:000 0000'/></a>", "");
	expect_told("<organization><telecom value='tel:+358 40 765 4321'/>"
		    "</organization>",
	    "");
	expect_told("<p>soita +358 40 765 4321 heti</p>", "ESI-GUARD-07");
	expect_told("<p>+358 40 765 4321 +358 40 765 4321</p>", "ESI-GUARD-07");
	expect_told("<p>numero 040 765 4321</p>", "");
	expect_told("<p>aatu.virtanen@posti.fi.</p>", "ESI-GUARD-08");
	expect_told("<p>aatu@example.com, testi@posti.fi, a@b</p>", "");
	expect_told("<patientRole><addr><streetAddressLine>Rantatie 4 B"
		    "</streetAddressLine></addr></patientRole>",
	    "ESI-GUARD-09");
	expect_told("<patientRole><addr><streetAddressLine>Testikatu 4"
		    "</streetAddressLine><streetAddressLine>PL 450"
		    "</streetAddressLine></addr></patientRole>",
	    "");
	expect_told("<organization><addr><streetAddressLine>Rantatie 4"
		    "</streetAddressLine></addr></organization>",
	    "");
	/* once is enough */
	expect_told(
	    "<p>virtanen@posti.fi</p><p>virtanen@posti.fi</p>", "ESI-GUARD-08");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_stops),
		cmocka_unit_test(unknown_content_stops),
		cmocka_unit_test(long_unknown_content_stops),
		cmocka_unit_test(encrypted_xml_stops),
		cmocka_unit_test(what_is_attested_passes_and_is_told),
		cmocka_unit_test(patients_are_of_the_pool),
		cmocka_unit_test(what_may_be_somebodys_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

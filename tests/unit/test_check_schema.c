/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stage of schemas: what is said of a defect, where, under which header
 * field, and which schema it was held against. Each row changes one text of a
 * clean document.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "checking.h"
#include "folder.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the four above first */
#include <cmocka.h>

#define RECORD "fixtures/clean/hoitokertomus.xml"
#define DENIAL "fixtures/clean/kielto.xml"
#define FRAME  "fixtures/clean/sanoma-arkistointi.xml"
#define SOCIAL "fixtures/clean/asiakasasiakirja.xml"

static const bool stages[STAGE_COUNT] = { [STAGE_SCHEMA] = true };

static char *read_whole(const char *path)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(4));
	if (buf_read_file(&text, path, &err) < 0)
		fail_msg("%s", err.msg);
	return buf_detach(&text, NULL);
}

/* The file with the first `from` replaced. */
static char *changed(const char *path, const char *from, const char *to)
{
	char *text = read_whole(path);
	char *at = strstr(text, from);
	if (!at)
		fail_msg("no '%s' in %s", from, path);
	*at = '\0';
	char *out = xasprintf("%s%s%s", text, to, at + strlen(from));
	free(text);
	return out;
}

static struct checked look(struct checking *c, const char *text)
{
	struct checked out;
	checker_look(c->checker, "it", text, strlen(text), &out);
	return out;
}

/* ---- What is found, and what is said of it */

static const struct row {
	const char *path, *from, *to, *rule, *field, *where;
	const char *says[4]; /* words of the Finnish text and hint */
} rows[] = {
	{ RECORD, "<title>Hoitokertomus</title>",
	    "<title>a</title><title>b</title>", "ESI-SCH-04", "2.2.06",
	    "/ClinicalDocument/title[2]", { "”title”", "useammin" } },
	{ RECORD, "<languageCode code=\"fi\"/>", "<kieli/>", "ESI-SCH-02", NULL,
	    "/ClinicalDocument/kieli",
	    { "”kieli”", "ei kuulu", "languageCode, setId",
		"ei tarkistettu" } },
	{ RECORD, "<languageCode code=\"fi\"/>", "<languagecode code=\"fi\"/>",
	    "ESI-SCH-02", NULL, "/ClinicalDocument/languagecode",
	    { "Tarkoititko ”languageCode”" } },
	{ RECORD, "<languageCode code=\"fi\"/>",
	    "<languageCode xmlns=\"urn:x\" code=\"fi\"/>", "ESI-SCH-02",
	    "2.2.09", "/ClinicalDocument/languageCode",
	    { "nimiavaruudessa ”urn:x”", "”urn:hl7-org:v3”" } },
	{ RECORD, "<code code=\"2\"",
	    "<confidentialityCode code=\"5\"/><code code=\"2\"", "ESI-SCH-03",
	    "2.2.05", "/ClinicalDocument/confidentialityCode[1]",
	    { "”code” kuuluu ennen elementtiä ”confidentialityCode”" } },
	{ RECORD, "<confidentialityCode code=\"5\"",
	    "<setId/><confidentialityCode code=\"5\"", "ESI-SCH-03", "2.2.08",
	    "/ClinicalDocument/setId[1]",
	    { "”confidentialityCode” kuuluu ennen elementtiä ”setId”",
		"Siirrä ”confidentialityCode” ennen" } },
	{ RECORD, "<effectiveTime value=\"20260115101500\"/>", "", "ESI-SCH-05",
	    "2.2.07", "/ClinicalDocument",
	    { "puuttuu pakollinen ”effectiveTime”", "”title” jälkeen",
		"asiakirjan luontiaika" } },
	{ RECORD, "<id root=\"1.2.246.10.1234562.19.0\"/>", "", "ESI-SCH-05",
	    "2.2.17",
	    "/ClinicalDocument/custodian/assignedCustodian/"
	    "representedCustodianOrganization",
	    { "puuttuu pakollinen ”id”", "rekisterinpitäjä" } },
	{ RECORD, "<functionCode code=\"MER\"",
	    "<functionCode taso=\"1\" code=\"MER\"", "ESI-SCH-06", "2.2.14.5",
	    "/ClinicalDocument/author/functionCode/@taso",
	    { "”taso”", "ei kuulu elementtiin" } },
	{ RECORD, "<birthTime value", "<birthTime vaule", "ESI-SCH-06",
	    "2.2.13.3", NULL, { "Tarkoititko ”value”" } },
	{ RECORD, "<encounterParticipant typeCode=\"ATND\">",
	    "<encounterParticipant>", "ESI-SCH-07", "2.2.26.5",
	    "/ClinicalDocument/componentOf/encompassingEncounter/"
	    "encounterParticipant",
	    { "pakollinen attribuutti ”typeCode”" } },
	{ RECORD, "effectiveTime value=\"20260115101500\"",
	    "effectiveTime value=\"2026-01-15\"", "ESI-SCH-08", "2.2.07",
	    "/ClinicalDocument/effectiveTime/@value",
	    { "”2026-01-15”", "vvvvkkpphhmmss" } },
	{ RECORD, "<setId root=\"1.2.246", "<setId root=\"01.2.246",
	    "ESI-SCH-08", "2.2.10", "/ClinicalDocument/setId/@root",
	    { "OID: numeroita" } },
	{ RECORD, "<languageCode code=\"fi\"", "<languageCode code=\"\"",
	    "ESI-SCH-08", "2.2.09", NULL, { "vähintään yksi merkki" } },
	{ RECORD, "moodCode=\"EVN\"", "moodCode=\"EVNT\"", "ESI-SCH-08", NULL,
	    NULL, { "Sallitut arvot: EVN, INT, RQO" } },
	{ RECORD, "1.2.246.10.1234562.14.2026.903\"/>",
	    "1.2.3\" extension=\"\"/>", "ESI-SCH-08", "2.2.26.1", NULL,
	    { "ei saa olla tyhjä" } },
	{ RECORD, "root=\"2.16.840.1.113883.1.3\"",
	    "root=\"2.16.840.1.113883.1.4\"", "ESI-SCH-09", "2.2.02",
	    "/ClinicalDocument/typeId/@root",
	    { "ainoa sallittu arvo on ”2.16.840.1.113883.1.3”" } },
	{ RECORD, "<recordTarget>", "<recordTarget>teksti", "ESI-SCH-11",
	    "2.2.13", "/ClinicalDocument/recordTarget", { "”teksti”" } },
	{ RECORD, "<languageCode code=\"fi\"/>",
	    "<languageCode code=\"fi\"><x/></languageCode>", "ESI-SCH-12",
	    "2.2.09", "/ClinicalDocument/languageCode", { "”x”" } },
	{ DENIAL, "xsi:type=\"BL\" ", "", "ESI-SCH-13", NULL, NULL,
	    { "xsi:type", "BL, CD, CE" } },
	{ DENIAL, "xsi:type=\"BL\" ", "xsi:type=\"BOOL\" ", "ESI-SCH-14", NULL,
	    NULL, { "”BOOL”", "ei ole" } },
	{ DENIAL, "xsi:type=\"BL\" ", "xsi:type=\"z:BL\" ", "ESI-SCH-14", NULL,
	    NULL, { "”z:BL”" } },
	{ DENIAL, "xsi:type=\"BL\" value", "xsi:type=\"QTY\" displayName",
	    "ESI-SCH-13", NULL, NULL, { "xsi:type" } },
	{ FRAME, "<processingCode code=\"D\"/>", "", "ESI-SCH-05", NULL,
	    "/RCMR_IN100002FI01", { "”processingCode”" } },
	{ FRAME, "<statusCode code=\"completed\"/>", "", "ESI-SCH-05", NULL,
	    NULL, { "”statusCode”" } },
	{ FRAME, "RCV", "RCX", "ESI-SCH-09", NULL,
	    "/RCMR_IN100002FI01/receiver/@typeCode", { "”RCV”" } },
};

static void expect_words(const struct row *r, const struct finding *f)
{
	for (size_t i = 0; i < COUNTOF(r->says) && r->says[i]; i++)
		if (!strstr(f->text[LANG_FI], r->says[i]) &&
		    !strstr(f->hint[LANG_FI], r->says[i]))
			fail_msg("%s: '%s' is not in '%s' nor in '%s'", r->to,
			    r->says[i], f->text[LANG_FI], f->hint[LANG_FI]);
}

static void expect(struct checking *c, const struct row *r)
{
	char *text = changed(r->path, r->from, r->to);
	struct checked out = look(c, text);
	const struct finding *f = checking_find(&out, r->rule);
	if (!f)
		fail_msg("'%s' should break %s", r->to, r->rule);
	if (r->field && (!f->field || !streq(f->field, r->field)))
		fail_msg("%s: field %s, not %s", r->to,
		    f->field ? f->field : "-", r->field);
	if (r->where && !streq(f->where, r->where))
		fail_msg("%s: %s, not %s", r->to, f->where, r->where);
	assert_true(f->line > 0 && f->column > 0);
	if (out.findings.count != 1)
		fail_msg("%s: %zu findings, the second '%s'", r->to,
		    out.findings.count, out.findings.at[1].text[LANG_EN]);
	expect_words(r, f);
	checked_release(&out);
	free(text);
}

static void test_one_defect_one_finding(void **state)
{
	struct checking c = checking_begin(stages);
	(void)state;
	for (size_t i = 0; i < COUNTOF(rows); i++)
		expect(&c, &rows[i]);
	checking_end(&c);
}

static void test_clean(void **state)
{
	static const char *const paths[] = { RECORD, DENIAL, FRAME, SOCIAL };
	struct checking c = checking_begin(stages);
	(void)state;
	for (size_t i = 0; i < COUNTOF(paths); i++) {
		char *text = read_whole(paths[i]);
		struct checked out = look(&c, text);
		assert_int_equal(out.stages[STAGE_SCHEMA].state, STAGE_DONE);
		assert_int_equal(out.findings.count, 0);
		checked_release(&out);
		free(text);
	}
	checking_end(&c);
}

/* ---- What cannot be checked is not called right */

static void test_unknown_message(void **state)
{
	struct checking c = checking_begin(stages);
	char *text = changed(FRAME, "RCMR_IN100002FI01 ", "RCMR_IN100077FI01 ");
	char *end = strstr(text, "</RCMR_IN100002FI01>");
	(void)state;
	memcpy(end, "</RCMR_IN100077FI01>", strlen("</RCMR_IN100077FI01>"));
	struct checked out = look(&c, text);
	assert_int_equal(out.stages[STAGE_SCHEMA].state, STAGE_NOT_DONE);
	assert_string_equal(
	    out.stages[STAGE_SCHEMA].why.arg[0], "RCMR_IN100077FI01");
	checked_release(&out);
	free(text);
	checking_end(&c);
}

/* ---- Which schema it was */

static void expect_basis(const struct checked *out, const char *word, bool is)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	note_render(&text, &out->stages[STAGE_SCHEMA].basis, LANG_EN);
	if ((strstr(text.ptr, word) != NULL) != is)
		fail_msg("'%s' %s '%s'", text.ptr, is ? "lacks" : "has", word);
	buf_release(&text);
}

static void test_basis_of_ours(void **state)
{
	struct checking c = checking_begin(stages);
	char *text = read_whole(FRAME);
	struct checked out = look(&c, text);
	(void)state;
	expect_basis(&out, "cda-fi.xsd 1.0 (SHA-256 ", true);
	expect_basis(&out, "frame-fi.xsd 1.0 (SHA-256 ", true);
	expect_basis(&out, "not Kela's", true);
	checked_release(&out);
	free(text);
	checking_end(&c);
}

/* A schema of the user's takes the place of ours, and says so. */
static void test_given_schema(void **state)
{
	struct err err = { 0 };
	(void)state;
	assert_int_equal(folder_begin(NULL), 0);
	char *path = folder_put("own.xsd",
	    "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' "
	    "targetNamespace='urn:hl7-org:v3' version='2027'>"
	    "<xs:element name='ClinicalDocument' type='xs:string'/>"
	    "</xs:schema>");
	struct checking c = checking_begin(stages);
	checker_free(c.checker);
	check_plan_free(c.plan);
	c.options.schema = path;
	c.plan = check_plan_new(&c.options, &err);
	assert_non_null(c.plan);
	c.checker = checker_new(c.plan);
	char *text = read_whole(RECORD);
	struct checked out = look(&c, text);
	expect_basis(&out, "own.xsd 2027 (SHA-256 ", true);
	expect_basis(&out, "not Kela's", false);
	assert_non_null(checking_find(&out, "ESI-SCH-12"));
	checked_release(&out);
	free(text);
	checking_end(&c);
	c.options.schema = "/nowhere.xsd";
	assert_null(check_plan_new(&c.options, &err));
	free(path);
	assert_int_equal(folder_end(NULL), 0);
}

/* ---- Hostile documents */

static void expect_masked(struct checking *c, const char *to)
{
	char *text = changed(RECORD, "<languageCode code=\"fi\"/>", to);
	struct checked out = look(c, text);
	assert_true(out.findings.count > 0);
	VEC_EACH (struct finding, f, &out.findings) {
		assert_null(strstr(f->where, "308T"));
		for (int l = 0; l < LANG_COUNT; l++)
			if (strstr(f->text[l], "308T"))
				fail_msg("'%s' shows the code", f->text[l]);
	}
	checked_release(&out);
	free(text);
}

/* Nobody's identity code is printed, out of a name, a value or a text. */
static void test_masked(void **state)
{
	struct checking c = checking_begin(stages);
	char code[16], to[200];
	(void)state;
	/* put together here, so that it stands in no file */
	snprintf(code, sizeof(code), "%s%s", "131052-", "308T");
	snprintf(to, sizeof(to), "<k.%s/>", code);
	expect_masked(&c, to);
	snprintf(to, sizeof(to), "<languageCode code=\"a %s\"/>", code);
	expect_masked(&c, to);
	snprintf(to, sizeof(to), "<languageCode>%s</languageCode>", code);
	expect_masked(&c, to);
	snprintf(to, sizeof(to), "<languageCode z.%s=\"\"/>", code);
	expect_masked(&c, to);
	checking_end(&c);
}

/* More defects than anybody reads: counted, not stored. */
static void test_many_defects(void **state)
{
	struct checking c = checking_begin(stages);
	struct buf many = BUF_INIT(LIMIT_MIB(4));
	(void)state;
	for (int i = 0; i < LIMIT_FINDINGS + 100; i++)
		buf_adds(&many, "<templateId root=\"x y\"/>");
	buf_adds(&many, "<templateId root=\"1.2.246.777.11.2015.29\"/>");
	char *text = changed(
	    RECORD, "<templateId root=\"1.2.246.777.11.2015.29\"/>", many.ptr);
	struct checked out = look(&c, text);
	assert_int_equal(out.findings.count, LIMIT_FINDINGS);
	/* the first stage has a word on so many siblings, too */
	assert_true(out.findings.more >= 100 && out.findings.more < 110);
	checked_release(&out);
	free(text);
	buf_release(&many);
	checking_end(&c);
}

/* Deep nesting and long names end in findings, not in a crash. */
static void test_deep_and_long(void **state)
{
	struct checking c = checking_begin(stages);
	struct buf deep = BUF_INIT(LIMIT_MIB(4));
	(void)state;
	for (int i = 0; i < 200; i++)
		buf_adds(&deep, "<syva>");
	for (int i = 0; i < 200; i++)
		buf_adds(&deep, "</syva>");
	buf_addc(&deep, '<');
	for (int i = 0; i < 20000; i++)
		buf_addc(&deep, 'n');
	buf_adds(&deep, "/>");
	char *text = changed(RECORD, "<languageCode code=\"fi\"/>", deep.ptr);
	struct checked out = look(&c, text);
	assert_non_null(checking_find(&out, "ESI-SCH-02"));
	checked_release(&out);
	free(text);
	buf_release(&deep);
	checking_end(&c);
}

/* ---- One schema, several threads */

#define THREADS 4
#define ROUNDS	20

struct worker {
	const struct check_plan *plan;
	const char *clean, *broken;
	bool ok;
};

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct checker *checker = checker_new(w->plan);
	w->ok = true;
	for (int i = 0; i < ROUNDS; i++) {
		const char *text = i % 2 ? w->clean : w->broken;
		struct checked out;
		checker_look(checker, "it", text, strlen(text), &out);
		w->ok = w->ok && out.findings.count == (i % 2 ? 0 : 1);
		checked_release(&out);
	}
	checker_free(checker);
	return NULL;
}

static void test_threads(void **state)
{
	struct checking c = checking_begin(stages);
	char *clean = read_whole(RECORD);
	char *broken = changed(RECORD, "moodCode=\"EVN\"", "moodCode=\"X\"");
	struct worker workers[THREADS];
	pthread_t threads[THREADS];
	(void)state;
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ c.plan, clean, broken, false };
		assert_int_equal(
		    pthread_create(&threads[i], NULL, work, &workers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(workers[i].ok);
	}
	free(clean);
	free(broken);
	checking_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_defect_one_finding),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_unknown_message),
		cmocka_unit_test(test_basis_of_ours),
		cmocka_unit_test(test_given_schema),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_many_defects),
		cmocka_unit_test(test_deep_and_long),
		cmocka_unit_test(test_threads),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

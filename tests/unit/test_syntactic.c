/* SPDX-License-Identifier: Apache-2.0 */
/* The syntactic stage: each fault its rule, its place and its sentence. */
#include "check/check.h"

#include "base/xalloc.h"
#include "checking.h"
#include "corpus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static struct checking syntactic(void)
{
	static const bool stages[STAGE_COUNT] = { [STAGE_SYNTACTIC] = true };
	return checking_begin(stages);
}

/* A text with NULs in it. */
#define BYTES(text) (text), sizeof(text) - 1

static const struct fault_row {
	const char *text;
	size_t len;
	const char *rule;
	unsigned line, column;
	const char *fi, *en; /* in the sentences */
} faults[] = {
	{ BYTES(""), "ESI-SYN-01", 1, 1, "tyhjä", "is empty" },
	{ BYTES(" \n "), "ESI-SYN-01", 2, 2, "tyhjä", "is empty" },
	{ BYTES("<a>\n<x:b xmlns:x='u'></x:c></a>"), "ESI-SYN-09", 2, 24,
	    "Rivillä 2 avattu <x:b> suljetaan tunnisteella </x:c>",
	    "<x:b>, opened in line 2, is closed by </x:c>" },
	{ BYTES("</a>"), "ESI-SYN-09", 1, 2, "lopputunniste", "end tag" },
	{ BYTES("<a>\n<b>"), "ESI-SYN-10", 2, 4, "odotettiin </b>",
	    "</b> was expected" },
	{ BYTES("<a>\n<b c='d'"), "ESI-SYN-10", 2, 9, "”b”", "'b' in line 2" },
	{ BYTES("<a></a b>"), "ESI-SYN-10", 1, 8, "”a”", "'a'" },
	{ BYTES("<a b='x"), "ESI-SYN-10", 1, 8, "lainausmerkki", "quotation" },
	{ BYTES("moi <a/>"), "ESI-SYN-11", 1, 1, "”moi <a/>”", "'moi <a/>'" },
	{ BYTES("<a/><b c=''/>"), "ESI-SYN-11", 1, 5, "<b>", "<b>" },
	{ BYTES("<a/>loppu"), "ESI-SYN-11", 1, 5, "”loppu”", "'loppu'" },
	{ BYTES("<!-- --><?xml version='1.0'?><a/>"), "ESI-SYN-12", 1, 14,
	    "ei ole tiedoston alussa", "not at the start" },
	{ BYTES("<?xml version='1.0'?>\n<?xml version='1.0'?><a/>"),
	    "ESI-SYN-12", 2, 6, "toinen XML-esittely", "a second" },
	{ BYTES("<?xml?><a/>"), "ESI-SYN-12", 1, 6, "virheellinen", "wrong" },
	{ BYTES("<?xml version='2.0'?><a/>"), "ESI-SYN-12", 1, 20, "”2.0”",
	    "'2.0'" },
	{ BYTES("<a>\x01</a>"), "ESI-SYN-13", 1, 4, "U+0001", "U+0001" },
	{ BYTES("<a b='\x02'/>"), "ESI-SYN-13", 1, 7, "U+0002", "U+0002" },
	{ BYTES("<a>&#xD800;</a>"), "ESI-SYN-13", 1, 12, "U+D800", "U+D800" },
	{ BYTES("<a>b\0</a>"), "ESI-SYN-13", 1, 5, "Kohdassa 4", "offset 4" },
	{ BYTES("<a b='1' b='2'/>"), "ESI-SYN-14", 1, 15, "”b”", "'b'" },
	{ BYTES("<a b=1/>"), "ESI-SYN-14", 1, 6, "lainaus", "quotation" },
	{ BYTES("<a b/>"), "ESI-SYN-14", 1, 5, "b=\"…\"", "b=\"…\"" },
	{ BYTES("<a b='<'/>"), "ESI-SYN-14", 1, 7, "&lt;", "&lt;" },
	{ BYTES("<a b='1'c='2'/>"), "ESI-SYN-14", 1, 9, "välilyönti", "White" },
	{ BYTES("<a 1='2'/>"), "ESI-SYN-14", 1, 4, "nimeä", "name" },
	{ BYTES("<a>&nbsp;</a>"), "ESI-SYN-15", 1, 10, "&nbsp;", "&nbsp;" },
	{ BYTES("<a>& b</a>"), "ESI-SYN-15", 1, 5, "&amp;", "&amp;" },
	{ BYTES("<a>&foo b</a>"), "ESI-SYN-15", 1, 8, "puolipiste",
	    "semicolon" },
	{ BYTES("<a>&#z;</a>"), "ESI-SYN-15", 1, 6, "&#228;", "&#228;" },
	{ BYTES("<a>1 < 2</a>"), "ESI-SYN-15", 1, 7, "&lt;", "&lt;" },
	{ BYTES("<a><!-- -- --></a>"), "ESI-SYN-16", 1, 9, "tavuviivaa",
	    "hyphens" },
	{ BYTES("<a><!-- "), "ESI-SYN-16", 1, 9, "-->", "-->" },
	{ BYTES("<a><![CDATA[ "), "ESI-SYN-16", 1, 14, "]]>", "]]>" },
	{ BYTES("<a>]]></a>"), "ESI-SYN-16", 1, 4, "]]&gt;", "]]&gt;" },
	{ BYTES("<a><?b "), "ESI-SYN-16", 1, 8, "<? … ?>", "<? … ?>" },
	{ BYTES("<a>\n <x:b/></a>"), "ESI-SYN-02", 2, 2, "x:b", "xmlns:x" },
	{ BYTES("<a x:b=''/>"), "ESI-SYN-02", 1, 1, "x:b", "element a" },
	{ BYTES("<a xmlns:x=''/>"), "ESI-SYN-17", 1, 1, "”x”", "'x'" },
	{ BYTES("<a xmlns:xml='u'/>"), "ESI-SYN-17", 1, 1, "xml", "xml" },
	{ BYTES("<a:b:c xmlns:a='u'/>"), "ESI-SYN-17", 1, 1, "a:b:c", "a:b:c" },
	{ BYTES("<a xmlns:x='a b'/>"), "ESI-SYN-17", 1, 1, "”a b”", "'a b'" },
	{ BYTES("<!DOCTYPE a><a/>"), "ESI-SYN-04", 1, 1, "DTD", "DTD" },
	{ BYTES("<!DOCTYPE><a/>"), "ESI-SYN-04", 1, 10, "DTD", "DTD" },
	{ BYTES("\xEF\xBB\xBF<a>\n\xE4 on</a>"), "ESI-SYN-03", 2, 1,
	    "0xE4 kohdassa 7", "it is 'ä'" },
	{ BYTES("<a>\xC3</a>"), "ESI-SYN-03", 1, 4, "0xC3", "0xC3" },
	{ BYTES("<a>\x80</a>"), "ESI-SYN-03", 1, 4, "0x80", "offset 3" },
	{ BYTES("<?xml version='1.0' encoding='UTF-16'?><a/>"), "ESI-SYN-03", 1,
	    1, "”UTF-16”", "bytes are UTF-8" },
	{ BYTES("\xEF\xBB\xBF<?xml version='1.0' encoding='latin1'?><a/>"),
	    "ESI-SYN-03", 1, 1, "”latin1”", "bytes are UTF-8" },
	{ BYTES("<?xml version='1.0' encoding='EBCDIC'?><a/>"), "ESI-SYN-03", 1,
	    1, "EBCDIC", "EBCDIC" },
	{ BYTES("<?xml version='1.0' encoding='US-ASCII'?><a>\xC3\xA4</a>"),
	    "ESI-SYN-03", 1, 45, "44", "From byte 44 on" },
	{ BYTES("\xFF\xFE<\0a\0\0\xD8/\0"), "ESI-SYN-03", 1, 3, "UTF-16",
	    "UTF-16" },
	{ BYTES("<\0\0\0"), "ESI-SYN-03", 1, 1, "UTF-32", "UTF-32" },
	/* what can be read, and is told of */
	{ BYTES("\xEF\xBB\xBF<a/>"), "ESI-SYN-08", 1, 1, "BF", "BF" },
	{ BYTES("<?xml version='1.0' encoding='iso-8859-1'?><a>\xE4</a>"),
	    "ESI-SYN-20", 1, 1, "iso-8859-1", "iso-8859-1" },
	{ BYTES("\xFF\xFE<\0a\0/\0>\0"), "ESI-SYN-20", 1, 1, "UTF-16",
	    "UTF-16" },
	{ BYTES("<a>\nm\xC3\x83\xC2\xA4\xC3\x83\xC2\xA4r\xC3\x83</a>"),
	    "ESI-SYN-21", 2, 2, "olla ”ä”", "meant to be 'ä'" },
	{ BYTES("<a>h\xEF\xBF\xBD</a>"), "ESI-SYN-22", 1, 5, "U+FFFD",
	    "U+FFFD" },
	{ BYTES("<a>\n<b v=\"$x\" w=\"${\" u=\"${now.date}\"/></a>"),
	    "ESI-SYN-24", 2, 21, "kohta ${now.date}", "placeholder ${now" },
};

static void check_row(struct checking *c, const struct fault_row *row)
{
	struct checked out;
	checker_look(c->checker, "it", row->text, row->len, &out);
	const struct finding *f = checking_find(&out, row->rule);
	if (!f) {
		fail_msg("'%s' should break %s, and breaks %s", row->text,
		    row->rule,
		    out.findings.count ? out.findings.at->rule : "-");
		return;
	}
	if (f->line != row->line || f->column != row->column)
		fail_msg("'%s': %u:%u", row->text, f->line, f->column);
	if (!strstr(f->text[LANG_FI], row->fi))
		fail_msg("'%s': %s", row->text, f->text[LANG_FI]);
	if (!strstr(f->text[LANG_EN], row->en))
		fail_msg("'%s': %s", row->text, f->text[LANG_EN]);
	assert_non_null(f->hint[LANG_FI]);
	assert_non_null(f->hint[LANG_EN]);
	checked_release(&out);
}

static void each_fault_its_rule(void **state)
{
	(void)state;
	struct checking c = syntactic();
	for (size_t i = 0; i < COUNTOF(faults); i++)
		check_row(&c, &faults[i]);
	checking_end(&c);
}

static void caps(void **state)
{
	(void)state;
	struct checking c = syntactic();
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	for (size_t i = 0; i <= LIMIT_XML_DEPTH; i++)
		buf_adds(&b, "<a>");
	check_row(&c, &(struct fault_row){ b.ptr, b.len, "ESI-SYN-05", 1,
			  3 * LIMIT_XML_DEPTH + 1, "256", "256" });
	buf_clear(&b);
	buf_adds(&b, "<a");
	for (size_t i = 0; i <= LIMIT_XML_ATTRIBUTES; i++)
		buf_addf(&b, " a%zu=''", i);
	buf_adds(&b, "/>");
	check_row(&c, &(struct fault_row){
			  b.ptr, b.len, "ESI-SYN-05", 1, 1, "128", "128" });
	buf_release(&b);
	checking_end(&c);
}

/* A document of 61 MiB is refused for its size alone, and nobody parses it. */
static void too_large(void **state)
{
	(void)state;
	static const char head[] =
	    "<?xml version='1.0'?><!-- --><ClinicalDocument xmlns='" XMLNS_V3
	    "'>";
	struct checking c = syntactic();
	size_t len = LIMIT_MIB(61);
	char *text = xmalloc(len);
	memset(text, '<', len); /* no XML at all, further on */
	memcpy(text, head, sizeof(head) - 1);
	struct checked out;
	checker_look(c.checker, "it", text, len, &out);
	const struct finding *f = checking_find(&out, "ESI-SYN-19");
	assert_int_equal(out.findings.count, 1);
	assert_true(f && strstr(f->text[LANG_EN], "63963136 bytes"));
	assert_true(out.took < 1000000);
	checked_release(&out);
	free(text);
	checking_end(&c);
}

/* Rules whose work grows with the square of siblings, or with the depth of
 * each element, are not run where that is too much. */
static void too_burdensome(void **state)
{
	(void)state;
	static const bool stages[STAGE_COUNT] = { [STAGE_RULES] = true };
	static const struct {
		size_t wide, deep;
		bool burdensome;
	} rows[] = { { 4000, 1, false }, { 6000, 1, true },
		{ 1000, 100, false }, { 1500, 100, true } };
	struct checking c = checking_begin(stages);
	struct buf b = BUF_INIT(LIMIT_MIB(4));
	for (size_t r = 0; r < COUNTOF(rows); r++) {
		struct checked out;
		buf_clear(&b);
		buf_adds(&b, "<ClinicalDocument xmlns='" XMLNS_V3 "'>");
		for (size_t i = 0; i < rows[r].wide; i++) {
			for (size_t d = 0; d < rows[r].deep; d++)
				buf_adds(&b, "<id>");
			for (size_t d = 0; d < rows[r].deep; d++)
				buf_adds(&b, "</id>");
		}
		buf_adds(&b, "</ClinicalDocument>");
		checker_look(c.checker, "it", b.ptr, b.len, &out);
		assert_int_equal(checking_find(&out, "ESI-SYN-23") != NULL,
		    rows[r].burdensome);
		assert_int_equal(out.stages[STAGE_RULES].state,
		    rows[r].burdensome ? STAGE_NOT_DONE : STAGE_DONE);
		checked_release(&out);
	}
	buf_release(&b);
	checking_end(&c);
}

/* ---- A message */

static const struct {
	const char *mime, *rule, *en;
} parts[] = {
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: BASE64\n\nQUJD-A\n--x--\n",
	    "ESI-SYN-18", "line 6: the byte 0x2D" },
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: BASE64\n\nQUJDQ\n--x--\n",
	    "ESI-SYN-18", "line 6: the base64 text is cut off" },
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: BASE64\n\nQUJD\n",
	    "ESI-SYN-07", "closing boundary" },
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: uuencode\n\nQUJD\n--x--\n",
	    "ESI-SYN-07", "'uuencode'" },
	{ "Content-Type: multipart/related; boundary=x\n\n"
	  "--x\nA: b\n\nQUJD\n--x\nA: b\n\nQUJD\n--x--\n",
	    "ESI-SYN-07", "has 2 parts" },
	{ "Content-Type: multipart/related; boundary=x\n\n--y\n", "ESI-SYN-07",
	    "from line 3 on" },
	{ "Content-Type: multipart/related\n\n--y\n", "ESI-SYN-07",
	    "names no boundary" },
	{ "Content-Type: text/xml\n\n--y\n", "ESI-SYN-07",
	    "not multipart/related" },
	{ "Content-Type: a\nContent-Type: b\n", "ESI-SYN-07",
	    "line 2: this header" },
	{ "Content-Type: a\n", "ESI-SYN-07", "empty line" },
	{ "no header", "ESI-SYN-07", "line 1: a header line" },
	/* <a> */
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: BASE64\n\nPGE+\n--x--\n",
	    "ESI-SYN-10", "</a> was expected" },
	/* a mark and <a/> */
	{ "Content-Type: multipart/related; boundary=x\n\n--x\n"
	  "Content-Transfer-Encoding: BASE64\n\n77u/PGEvPg==\n--x--\n",
	    "ESI-SYN-08", "EF BB BF" },
};

static void inside_a_message(void **state)
{
	(void)state;
	struct checking c = syntactic();
	for (size_t i = 0; i < COUNTOF(parts); i++) {
		char *text = xasprintf(
		    "<m xmlns='" XMLNS_V3 "'><interactionId/>"
		    "<controlActProcess><subject><clinicalDocument>"
		    "<text mediaType='multipart/related'>%s</text>"
		    "</clinicalDocument></subject></controlActProcess></m>",
		    parts[i].mime);
		struct checked out;
		checker_look(c.checker, "it", text, strlen(text), &out);
		const struct finding *f = checking_find(&out, parts[i].rule);
		if (!f || !strstr(f->text[LANG_EN], parts[i].en))
			fail_msg("part %zu: %s", i,
			    out.findings.count ? out.findings.at->text[LANG_EN]
					       : "no finding");
		assert_string_not_equal(f->text[LANG_FI], f->text[LANG_EN]);
		checked_release(&out);
		free(text);
	}
	checking_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_its_rule),
		cmocka_unit_test(caps),
		cmocka_unit_test(too_large),
		cmocka_unit_test(too_burdensome),
		cmocka_unit_test(inside_a_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

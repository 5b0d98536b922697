/* SPDX-License-Identifier: Apache-2.0 */
#include "hiding.h"

#include "base/str.h"
#include "kanta/mime.h"
#include "mimetext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * The code that must not leave stands in no file: it is put together here. So
 * is one with a wrong check character.
 */
const char *const real_code = "131052"
			      "-308"
			      "T";
const char *const real_wrong_check = "131052"
				     "-308"
				     "1";

void assert_not_told(const struct guard_report *r, const char *code)
{
	for (size_t i = 0; i < r->count; i++) {
		struct buf text = BUF_INIT(8192);
		note_render(&text, &r->at[i].what, LANG_FI);
		note_render(&text, &r->at[i].what, LANG_EN);
		buf_adds(&text, r->at[i].where);
		assert_null(strstr(text.ptr, code));
		assert_null(strstr(text.ptr, code + 6));
		buf_release(&text);
	}
}

bool has_rule(const struct guard_report *r, enum guard_rule rule)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->at[i].rule == rule)
			return true;
	return false;
}

/* ---- Where a code can hide. CODE stands for it, in the given encoding. */

static void put_plain(struct buf *to, const char *code)
{
	buf_adds(to, code);
}

static void put_references(struct buf *to, const char *code)
{
	for (size_t i = 0; code[i]; i++)
		buf_addf(
		    to, i % 2 ? "&#%u;" : "&#x%X;", (unsigned char)code[i]);
}

static void put_percent(struct buf *to, const char *code)
{
	for (size_t i = 0; code[i]; i++)
		buf_addf(to, "%%%02X", (unsigned)code[i]);
}

static void put_unicode(struct buf *to, const char *code)
{
	for (size_t i = 0; code[i]; i++)
		buf_addf(to, i % 3 ? "%c" : "\\u%04x", (unsigned char)code[i]);
}

static void put_hex_quoted(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s=2D%.2s=\n%s", code, code + 7, code + 9);
}

static void put_dash(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s\xE2\x80\x93%s", code, code + 7);
}

static void put_wide_digits(struct buf *to, const char *code)
{
	for (; *code; code++)
		if (str_is_digit(*code))
			buf_addf(to, "\xEF\xBC%c", 0x90 + (*code - '0'));
		else
			buf_addc(to, *code);
}

static void put_soft_hyphen(struct buf *to, const char *code)
{
	buf_addf(to, "%.3s\xC2\xAD%s", code, code + 3);
}

static void put_lower(struct buf *to, const char *code)
{
	buf_addf(to, "%.10s%c", code, code[10] - 'A' + 'a');
}

static void put_cdata_split(struct buf *to, const char *code)
{
	buf_addf(to, "%.7s<![CDATA[%s]]>", code, code + 7);
}

static void put_comment_split(struct buf *to, const char *code)
{
	buf_addf(to, "%.4s<!-- -->%s", code, code + 4);
}

static void put_element_split(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s</b>\n<b>%s", code, code + 6);
}

static void put_base64(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);

	buf_addf(&inner, "potilas %s", code);
	base64_encode(to, inner.ptr, inner.len, 0);
	buf_release(&inner);
}

static void put_base64_alone(struct buf *to, const char *code)
{
	base64_encode(to, code, strlen(code), 0);
}

static void put_base64_document(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);

	buf_addf(&inner,
	    "<?xml version=\"1.0\"?><ClinicalDocument><recordTarget>"
	    "<id root=\"1.2.246.21\" extension=\"%s\"/></recordTarget>"
	    "</ClinicalDocument>",
	    code);
	base64_encode(to, inner.ptr, inner.len, 76);
	buf_release(&inner);
}

static void put_base64_twice(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(8192);

	buf_adds(&inner, "<a><b representation=\"B64\">");
	put_base64_document(&inner, code);
	buf_adds(&inner, "</b></a>");
	base64_encode(to, inner.ptr, inner.len, 64);
	buf_release(&inner);
}

static void put_base64url_json(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096), out = BUF_INIT(8192);

	buf_addf(&inner, "{\"sub\":\"%s\",\"name\":\"Testi?>?>\"}", code);
	base64_encode(&out, inner.ptr, inner.len, 0);
	for (size_t i = 0; i < out.len; i++)
		if (out.ptr[i] != '=')
			buf_addc(to, out.ptr[i] == '+'	 ? '-'
				     : out.ptr[i] == '/' ? '_'
							 : out.ptr[i]);
	buf_release(&inner);
	buf_release(&out);
}

static void put_mime(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);
	struct buf mime = BUF_INIT(8192);

	buf_addf(&inner,
	    "<ClinicalDocument><title>%s</title></ClinicalDocument>", code);
	mime_write(&mime, "----=_Part_1_aaaaaaaaaaaaaaaaaaaa", "message@test",
	    "1.2.246.10.1234567.11.1", inner.ptr, inner.len);
	buf_add_xml(to, mime.ptr, mime.len);
	buf_release(&inner);
	buf_release(&mime);
}

static void put_escaped_xml(struct buf *to, const char *code)
{
	buf_addf(to,
	    "&lt;id root=\"1.2.246.21\" extension=\"&amp;#49;%s\"/&gt;",
	    code + 1);
}

static void put_no_separator(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s%s", code, code + 7);
}

static void put_base64_utf16(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);

	for (; *code; code++) {
		buf_addc(&inner, *code);
		buf_addc(&inner, '\0');
	}
	base64_encode(to, inner.ptr, inner.len, 0);
	buf_release(&inner);
}

static void put_encoded(struct buf *to, const char *fmt, const char *code)
{
	struct buf inner = BUF_INIT(8192);
	const char *at = strstr(fmt, "CODE");

	buf_addf(&inner, "%.*s%s%s", (int)(at - fmt), fmt, code, at + 4);
	base64_encode(to, inner.ptr, inner.len, 0);
	buf_release(&inner);
}

static void put_base64_json(struct buf *to, const char *code)
{
	put_encoded(to,
	    "{\"asiakas\":{\"tunnus\":{\"system\":\"urn:oid:1.2.246.21\","
	    "\"value\":\"CODE\"}}}",
	    code);
}

static void put_base64_xhtml(struct buf *to, const char *code)
{
	put_encoded(to,
	    "<div xmlns=\"http://www.w3.org/1999/xhtml\" class=\"soc-document\">"
	    "<p>CODE</p></div>",
	    code);
}

static void put_base64_bom(struct buf *to, const char *code)
{
	put_encoded(to, "\xEF\xBB\xBF<a><b>CODE</b></a>", code);
}

static void put_base64_mime(struct buf *to, const char *code)
{
	put_encoded(to,
	    "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
	    "--x\nContent-Disposition: attachment; filename=\"CODE.txt\"\n\n"
	    "teksti\n--x--\n",
	    code);
}

static void put_base64_escaped(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);

	buf_adds(&inner, "<a>&#49;");
	buf_addf(&inner, "%s</a>", code + 1);
	base64_encode(to, inner.ptr, inner.len, 60);
	buf_release(&inner);
}

static void put_base64_unpadded(struct buf *to, const char *code)
{
	struct buf whole = BUF_INIT(4096);

	put_encoded(&whole, "henkilö CODE x", code);
	for (size_t i = 0; i < whole.len; i++)
		if (whole.ptr[i] != '=')
			buf_addc(to, whole.ptr[i]);
	buf_release(&whole);
}

static void put_base64_columns(struct buf *to, const char *code)
{
	struct buf whole = BUF_INIT(4096);

	put_encoded(&whole, "Potilaan tunnus on CODE, muuta ei ole", code);
	for (size_t i = 0; i < whole.len; i++)
		buf_addf(to, "%s%c", i && i % 16 == 0 ? "\n      " : "",
		    whole.ptr[i]);
	buf_release(&whole);
}

static void put_base64_utf16be(struct buf *to, const char *code)
{
	struct buf inner = BUF_INIT(4096);

	buf_add(&inner, "\xFE\xFF", 2);
	for (; *code; code++) {
		buf_addc(&inner, '\0');
		buf_addc(&inner, *code);
	}
	base64_encode(to, inner.ptr, inner.len, 0);
	buf_release(&inner);
}

static void put_percent_twice(struct buf *to, const char *code)
{
	for (size_t i = 0; code[i]; i++)
		buf_addf(to, "%%25%02X", (unsigned)code[i]);
}

static void put_zero_width(struct buf *to, const char *code)
{
	for (; *code; code++)
		buf_addf(to, "%c\xE2\x80\x8B", *code);
}

static void put_no_break_hyphen(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s&#8209;%s", code, code + 7);
}

static void put_named_dash(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s&amp;ndash;%s", code, code + 7);
}

static void put_instruction_split(struct buf *to, const char *code)
{
	buf_addf(to, "%.6s<?x y?>%s", code, code + 6);
}

static void put_quoted_word(struct buf *to, const char *code)
{
	buf_addf(to, "=?utf-8?Q?%.6s=2D%s?=", code, code + 7);
}

static void put_encoded_word(struct buf *to, const char *code)
{
	buf_adds(to, "=?utf-8?B?");
	put_encoded(to, "Esimerkki CODE", code);
	buf_adds(to, "?=");
}

static void put_hex_escape(struct buf *to, const char *code)
{
	for (size_t i = 0; code[i]; i++)
		buf_addf(to, "\\x%02x", (unsigned char)code[i]);
}

const struct hiding_place hiding_places[] = {
	{ "attribute", "<a><b c=\"", "\"/></a>", put_plain, "/a/b/@c" },
	{ "text", "<a><b>tunnus ", ", muuta</b></a>", put_plain, "/a/b" },
	{ "lower case", "<a><b>", "</b></a>", put_lower, "/a/b" },
	{ "CDATA", "<a><![CDATA[<x>", "</x>]]></a>", put_plain, "/a" },
	{ "comment", "<a><!-- ", " --></a>", put_plain, "/a > comment()" },
	{ "comment before the root", "<!-- ", " --><a/>", put_plain,
	    "comment()" },
	{ "processing instruction", "<a><?note ", "?></a>", put_plain,
	    "/a > processing-instruction()" },
	{ "element name", "<a><_", "/></a>", put_plain, "byte 5" },
	{ "namespace", "<a xmlns:p=\"urn:x:", "\"/>", put_plain, "byte 18" },
	{ "character references", "<a>", "</a>", put_references, "/a" },
	{ "references in an attribute", "<a b=\"", "\"/>", put_references,
	    "/a/@b" },
	{ "references twice over", "<a>&amp;#49;", "</a>", NULL, "/a" },
	{ "cut by CDATA", "<a>", "</a>", put_cdata_split, "/a" },
	{ "cut by a comment", "<a>", "</a>", put_comment_split, "/a" },
	{ "cut by elements", "<a><b>", "</b></a>", put_element_split,
	    "/a/b[2]" },
	{ "en dash", "<a>", "</a>", put_dash, "/a" },
	{ "full-width digits", "<a>", "</a>", put_wide_digits, "/a" },
	{ "soft hyphen", "<a>", "</a>", put_soft_hyphen, "/a" },
	{ "URL", "<a href=\"https://x.test/?hetu=", "&amp;s=1\"/>", put_plain,
	    "/a/@href" },
	{ "URL with percent signs", "<a href=\"https://x.test/?h=", "\"/>",
	    put_percent, "/a/@href" },
	{ "JSON", "{\"h\":\"", "\"}", put_plain, "byte 6" },
	{ "JSON with \\u", "{\"h\":\"", "\"}", put_unicode, "byte" },
	{ "plain text", "Hetu: ", "\n", put_plain, "byte 6" },
	{ "broken XML", "<a><b c='", "'>", put_plain, "byte 9" },
	{ "quoted-printable",
	    "<a>Content-Transfer-Encoding: quoted-printable\n\n", "</a>",
	    put_hex_quoted, "/a" },
	{ "base64 of text", "<a>", "</a>", put_base64, "/a > base64 > byte" },
	{ "base64 of the code alone", "<a b=\"", "\"/>", put_base64_alone,
	    "/a/@b > base64 > byte 0" },
	{ "base64 behind words", "<a>katso oheinen ", " kiitos</a>", put_base64,
	    "/a > base64" },
	{ "base64 glued to a path", "<a>/x", "</a>", put_base64,
	    "/a > base64" },
	{ "base64 of a document", "<a>", "</a>", put_base64_document,
	    "/a > base64 > /ClinicalDocument/recordTarget/id/@extension" },
	{ "base64 behind a line of words",
	    "<a>Lausunto liitteineen seuraavassa\n", "</a>",
	    put_base64_document, "/a > base64 > /ClinicalDocument" },
	{ "base64 in base64", "<a>", "</a>", put_base64_twice,
	    "/a > base64 > /a/b > base64 > /ClinicalDocument" },
	{ "base64url of JSON", "<a>eyJhbGciOiJub25lIn0.", ".</a>",
	    put_base64url_json, "/a > base64 > byte" },
	{ "UTF-16 in base64", "<a>", "</a>", put_base64_utf16, "/a > base64" },
	{ "MIME part", "<a>", "</a>", put_mime,
	    "/a > base64 > /ClinicalDocument/title" },
	{ "escaped XML", "<a>", "</a>", put_escaped_xml,
	    "/a > escaped XML > /id/@extension" },
	{ "no separator in an identity field",
	    "<a root=\"1.2.246.21\" extension=\"", "\"/>", put_no_separator,
	    "/a/@extension" },
	{ "JSON of social welfare", "<a><json>", "</json></a>", put_base64_json,
	    "/a/json > base64 > byte" },
	{ "XHTML of social welfare", "<a><text representation=\"B64\">",
	    "</text></a>", put_base64_xhtml, "/a/text > base64 > /div/p" },
	{ "base64 behind a byte order mark", "<a>", "</a>", put_base64_bom,
	    "/a > base64 > /a/b" },
	{ "file name in MIME in base64", "<a>", "</a>", put_base64_mime,
	    "/a > base64 > byte" },
	{ "references in base64", "<a>", "</a>", put_base64_escaped,
	    "/a > base64 > /a" },
	{ "base64 without padding", "<a>", "</a>", put_base64_unpadded,
	    "/a > base64" },
	{ "base64 in indented columns", "<a>\n      ", "\n</a>",
	    put_base64_columns, "/a > base64" },
	{ "UTF-16BE in base64", "<a>", "</a>", put_base64_utf16be,
	    "/a > base64" },
	{ "percent signs twice over", "<a href=\"/", "\"/>", put_percent_twice,
	    "/a/@href" },
	{ "zero-width spaces", "<a>", "</a>", put_zero_width, "/a" },
	{ "no-break hyphen", "<a>", "</a>", put_no_break_hyphen, "/a" },
	{ "named dash", "<a>", "</a>", put_named_dash, "/a" },
	{ "cut by a processing instruction", "<a>", "</a>",
	    put_instruction_split, "/a" },
	{ "encoded word, Q", "<a>Subject: ", "</a>", put_quoted_word, "/a" },
	{ "encoded word, B", "<a>Subject: ", "</a>", put_encoded_word, "/a" },
	{ "\\x escapes", "<a>\"", "\"</a>", put_hex_escape, "/a" },
	{ "data: URL", "<a src=\"data:text/plain;base64,", "\"/>", put_base64,
	    "/a/@src > base64" },
	{ "query of a SOAP address",
	    "<s:a xmlns:s=\"http://www.w3.org/2005/08/addressing\"><s:To>"
	    "https://x.test/a?b=1&amp;hetu=",
	    "</s:To></s:a>", put_plain, "/a/To" },
	{ "e-mail address", "<telecom value=\"mailto:", "@x.test\"/>",
	    put_plain, "/telecom/@value" },
	{ "file name in a MIME header",
	    "<text>Content-Disposition: attachment; filename=\"",
	    ".xml\"</text>", put_plain, "/text" },
	{ "name of an entity", "<a>&amp;", ";</a>", put_plain, "/a" },
	{ "attribute's name", "<a _", "=\"\"/>", put_plain, "byte 4" },
	{ "displayed beside an identity code",
	    "<code codeSystem=\"1.2.246.21\" code=\"" TEST_CODE
	    "\" displayName=\"",
	    "\"/>", put_plain, "/code/@displayName" },
};

const size_t hiding_place_count = COUNTOF(hiding_places);

static const struct {
	const char *before, *after;
} containers[] = {
	[HIDE_ALONE] = { "", "" },
	[HIDE_IN_DOCUMENT] = { "<ClinicalDocument xmlns=\"urn:hl7-org:v3\">"
			       "<component><structuredBody>",
	    "</structuredBody></component></ClinicalDocument>" },
	[HIDE_IN_FRAME] = { "<RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\">"
			    "<controlActProcess><subject><clinicalDocument>",
	    "</clinicalDocument></subject></controlActProcess>"
	    "</RCMR_IN100002FI01>" },
	[HIDE_IN_SOAP_HEADER] = { "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
				  "<s:Header>",
	    "</s:Header><s:Body><RCMR_IN100002FI01 xmlns=\"urn:hl7-org:v3\"/>"
	    "</s:Body></s:Envelope>" },
};

bool hide_in(struct buf *to, enum hiding_in in, const struct hiding_place *p,
    const char *code)
{
	struct buf alone = BUF_INIT(65536);
	struct err err = { 0 };
	struct xml_doc *doc;
	bool fits;

	hide(&alone, p, code);
	doc = xml_parse(alone.ptr, alone.len, "it", &err);
	fits = in == HIDE_ALONE || (doc && alone.ptr[1] != '!');
	if (fits)
		buf_addf(to, "%s%s%s", containers[in].before, alone.ptr,
		    containers[in].after);
	xml_free(doc);
	buf_release(&alone);
	return fits;
}

void hide(struct buf *to, const struct hiding_place *p, const char *code)
{
	buf_adds(to, p->before);
	if (p->put)
		p->put(to, code);
	else
		buf_adds(to, code + 1); /* its first digit is in `before` */
	buf_adds(to, p->after);
}

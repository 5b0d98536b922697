/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/doc.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

static struct xml_doc *good(const char *text)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	return doc;
}

static struct err refused(const void *bytes, size_t len)
{
	struct err err = { 0 };
	assert_null(xml_parse(bytes, len, "it", &err));
	assert_int_not_equal(err.kind, ERR_NONE);
	assert_string_equal(
	    err.file, err.kind == ERR_LIMIT && !err.line ? "" : "it");
	return err;
}

static struct err refused_text(const char *text)
{
	return refused(text, strlen(text));
}

static void assert_at(const xmlNode *node, unsigned line, unsigned column)
{
	assert_non_null(node);
	assert_int_equal(xml_line(node), line);
	assert_int_equal(xml_column(node), column);
}

/* `head`, then `count` times `unit`, then `tail`. */
static struct buf repeated(
    const char *head, const char *unit, size_t count, const char *tail)
{
	struct buf b = BUF_INIT(LIMIT_MIB(512));
	buf_adds(&b, head);
	for (size_t i = 0; i < count; i++)
		buf_adds(&b, unit);
	buf_adds(&b, tail);
	return b;
}

/* ---- Places */

static void places(void **state)
{
	(void)state;
	struct xml_doc *doc =
	    good("<?xml version=\"1.0\"?>\n"
		 "<!-- <x> -->\n"
		 "<a>\n"
		 "\t<b/>t<c\n"
		 "   d='>'\n"
		 "   e=\"2\"\n"
		 "  ><![CDATA[<no>]]><d/></c>\xC3\xA4<e/></a>");
	xmlNode *a = xml_root(doc);
	assert_at(a, 3, 1);
	assert_at(xml_child(a, NULL, "b"), 4, 2);
	xmlNode *c = xml_child(a, NULL, "c");
	assert_at(c, 4, 7);
	assert_at(xml_first(c), 7, 20);
	/* columns count characters, not bytes */
	assert_at(xml_child(a, NULL, "e"), 7, 29);
	xml_free(doc);
}

static void places_beyond_65535(void **state)
{
	(void)state;
	struct buf b = repeated("<a>", "\n", 200000, "  <b x='1'/><c/></a>");
	struct xml_doc *doc = good(b.ptr);
	assert_at(xml_first(xml_root(doc)), 200001, 3);
	assert_at(xml_next(xml_first(xml_root(doc))), 200001, 13);
	xml_free(doc);
	buf_release(&b);

	/* one line, wider than any buffer of libxml2's */
	b = repeated("<a>", "xxxxxxxxxx", 100000, "<b/></a>");
	doc = good(b.ptr);
	assert_at(xml_first(xml_root(doc)), 1, 1000004);
	xml_free(doc);
	buf_release(&b);

	/* a tag longer than any buffer */
	b = repeated("<a>\n <b\n", "          ", 100000, "x='1'/><c/></a>");
	doc = good(b.ptr);
	assert_at(xml_first(xml_root(doc)), 2, 2);
	assert_at(xml_next(xml_first(xml_root(doc))), 3, 1000008);
	xml_free(doc);
	buf_release(&b);
}

static void every_place_is_a_tag(void **state)
{
	(void)state;
	/* long and short tags, texts and lines, in no rhythm */
	struct buf b = BUF_INIT(LIMIT_MIB(8));
	buf_adds(&b, "<r>");
	for (unsigned i = 0; i < 3000; i++) {
		buf_addf(&b, "<e a='%0*u'>", (int)(i * 7 % 400 + 1), i);
		buf_addf(&b, "%*s\xC3\xA5&amp;</e>", (int)(i * 13 % 300), "");
		if (i % 11 == 0)
			buf_addc(&b, '\n');
	}
	buf_adds(&b, "</r>");
	struct xml_doc *doc = good(b.ptr);
	unsigned line = 1, column = 4;
	const char *at = b.ptr + 3;
	XML_EACH_CHILD (e, xml_root(doc)) {
		assert_at(e, line, column);
		const char *next = strstr(at + 1, "<e ");
		for (at++, column++; next && at != next; at++) {
			if (*at == '\n') {
				line++;
				column = 1;
			} else if (((unsigned char)*at & 0xC0) != 0x80) {
				column++;
			}
		}
	}
	xml_free(doc);
	buf_release(&b);
}

static void fail_has_place_and_excerpt(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct xml_doc *doc = good("<a>\n  <b one='1' two =\n\t\"2\"/>\n</a>");
	xmlNode *b = xml_first(xml_root(doc));
	assert_int_equal(xml_fail(doc, b, &err, ERR_CASE, "bad '%s'", "b"), -1);
	assert_string_equal(err.file, "it");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
	assert_string_equal(err.msg, "bad 'b'");
	assert_string_equal(err.excerpt, "  <b one='1' two =");

	/* the first failure wins, excerpt and all */
	xml_fail(doc, xml_root(doc), &err, ERR_XML, "later");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.excerpt, "  <b one='1' two =");

	err = (struct err){ 0 };
	xml_fail_at(doc, b, "two", &err, ERR_CASE, "bad");
	assert_int_equal(err.column, 14);
	err = (struct err){ 0 };
	xml_fail_at(doc, b, "none", &err, ERR_CASE, "bad");
	assert_int_equal(err.column, 3);
	xml_free(doc);
}

/* ---- What is refused */

static void not_well_formed(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned line, column;
		const char *says;
	} rows[] = {
		{ "", 1, 1, "empty" },
		{ "  \n", 0, 0, "not well-formed" },
		{ "text", 1, 1, "not well-formed" },
		{ "<a>\n<b></a>", 2, 0, "mismatch" },
		{ "<a", 1, 0, "not well-formed" },
		{ "<a>", 1, 4, "not well-formed" },
		{ "<a/><b/>", 1, 5, "not well-formed" },
		{ "<a x='1' x='2'/>", 1, 0, "redefined" },
		{ "<a x=1/>", 1, 0, "not well-formed" },
		{ "<a x='<'/>", 1, 0, "not well-formed" },
		{ "<a>\n\n &x;</a>", 3, 0, "'x' not defined" },
		{ "<a>\x01</a>", 1, 4, "not well-formed" },
		{ "<a>&#0;</a>", 1, 0, "not well-formed" },
		{ "<a>\xC3(</a>", 1, 4, "not UTF-8" },
		{ "<a>\n<p:b/></a>", 2, 1, "prefix p" },
		{ "<a>\n<b\np:c='1'/></a>", 2, 1, "prefix p" },
		{ "<a xmlns:p=''/>", 1, 1, "xmlns:p" },
		{ "<a:b:c xmlns:a='u'/>", 1, 1, "" },
		{ "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", 1, 1,
		    "redefined" },
		{ "<!DOCTYPE a><a/>", 1, 1, "DOCTYPE" },
		{ "\n <!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 2, 2,
		    "DOCTYPE" },
		{ "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 1, 1,
		    "DOCTYPE" },
		{ "<?xml version='1.0' encoding='utf-16'?><a/>", 1, 1,
		    "its bytes are UTF-8" },
		{ "<?xml version='1.0' encoding='EBCDIC-FI'?><a/>", 1, 1,
		    "not read here" },
		{ "\xEF\xBB\xBF<?xml version='1.0' "
		  "encoding='ISO-8859-1'?><a/>",
		    1, 1, "its bytes are UTF-8" },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = refused_text(rows[i].text);
		if (err.kind != ERR_XML || !strstr(err.msg, rows[i].says))
			fail_msg("%s: %s", rows[i].text, err.msg);
		if (rows[i].line)
			assert_int_equal(err.line, rows[i].line);
		if (rows[i].column && err.column != rows[i].column)
			fail_msg("%s: column %u", rows[i].text, err.column);
	}
}

static void error_shows_its_line(void **state)
{
	(void)state;
	struct err err = refused_text("<a>\n  <b c=\"\xC3\xA4\" &/>\n</a>");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.excerpt, "  <b c=\"\xC3\xA4\" &/>");
	assert_in_range(err.column, 11, 13);
}

static void no_byte_is_hidden(void **state)
{
	(void)state;
	/* libxml2 2.9 takes a NUL for the end and says nothing */
	static const char text[] = "<a/>\n\0<b/>";
	struct err err = refused(text, sizeof(text) - 1);
	assert_int_equal(err.kind, ERR_XML);
	assert_non_null(strstr(err.msg, "NUL"));
	assert_int_equal(err.line, 2);
	refused("<a/>", 5);
}

static void nothing_is_printed(void **state)
{
	(void)state;
	int saved = dup(STDERR_FILENO);
	FILE *sink = tmpfile();
	assert_non_null(sink);
	fflush(stderr);
	dup2(fileno(sink), STDERR_FILENO);
	refused_text("<a><b></a>");
	refused_text("<p:a/>");
	refused_text("<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/x'><a>&b;</a>");
	refused_text("<a xmlns='1:&#1;'>");
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	struct stat st;
	assert_int_equal(fstat(fileno(sink), &st), 0);
	assert_int_equal(st.st_size, 0);
	fclose(sink);
}

/* ---- Encodings */

static void assert_text_is(const void *bytes, size_t len, const char *text)
{
	struct err err = { 0 };
	struct xml_doc *doc = xml_parse(bytes, len, "it", &err);
	if (!doc)
		fail_msg("%s", err.msg);
	char *found = xml_text(xml_root(doc));
	assert_string_equal(found, text);
	free(found);
	xml_free(doc);
}

static size_t widen(char *to, const char *text, bool big)
{
	size_t n = 0;
	for (; *text; text++) {
		to[n + big] = *text;
		to[n + !big] = '\0';
		n += 2;
	}
	return n;
}

static void encodings(void **state)
{
	(void)state;
#define TEXT(s) s, sizeof(s) - 1
	static const char a_umlaut[] = "\xC3\xA4";
	assert_text_is(TEXT("<a>\xC3\xA4</a>"), a_umlaut);
	assert_text_is(TEXT("\xEF\xBB\xBF<a>\xC3\xA4</a>"), a_umlaut);
	assert_text_is(TEXT("<?xml version='1.0' encoding='utf-8'?>"
			    "<a>\xC3\xA4</a>"),
	    a_umlaut);
	assert_text_is(TEXT("<?xml version='1.0' encoding = \"ISO-8859-1\"?>"
			    "<a>\xE4</a>"),
	    a_umlaut);
	assert_text_is(TEXT("<?xml version='1.0' encoding='ISO-8859-15'?>"
			    "<a>\xA4</a>"),
	    "\xE2\x82\xAC");
	assert_text_is(TEXT("<?xml version='1.0' encoding='Windows-1252'?>"
			    "<a>\x80</a>"),
	    "\xE2\x82\xAC");
	refused(TEXT("<?xml version='1.0' encoding='US-ASCII'?><a>\xE4</a>"));
#undef TEXT
	static const char wide[] =
	    "<?xml version='1.0' encoding='UTF-16'?><a>b</a>";
	char bytes[2 * sizeof(wide) + 2];
	for (int big = 0; big < 2; big++) {
		bytes[big] = '\xFF';
		bytes[!big] = '\xFE';
		size_t n = widen(bytes + 2, wide, big);
		assert_text_is(bytes, n + 2, "b");
		assert_text_is(bytes + 2, n, "b");
		refused(bytes, n + 1); /* half a character */
		refused(bytes, n);
	}
	struct err err = refused("\0\0\xFE\xFF\0\0\0<", 8);
	assert_non_null(strstr(err.msg, "UTF-32"));
}

/* ---- Files */

static void files(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_null(xml_read_file("/nowhere/x.xml", 100, &err));
	assert_int_equal(err.kind, ERR_IO);

	char path[] = "/tmp/esitesti-doc-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	static const char text[] = "<a>\n <b/>\n</a>\n";
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	err = (struct err){ 0 };
	assert_null(xml_read_file(path, 4, &err));
	assert_int_equal(err.kind, ERR_LIMIT);

	err = (struct err){ 0 };
	struct xml_doc *doc = xml_read_file(path, 100, &err);
	assert_non_null(doc);
	assert_string_equal(xml_name(doc), path);
	xml_fail(doc, xml_first(xml_root(doc)), &err, ERR_CASE, "it");
	assert_string_equal(err.file, path);
	assert_string_equal(err.excerpt, " <b/>");
	xml_free(doc);
	xml_free(NULL);
	unlink(path);
}

/* ---- Walking */

static void walking(void **state)
{
	(void)state;
	struct xml_doc *doc =
	    good("<a xmlns='u' xmlns:p='v' x='1' e='' p:x='2' xml:lang='fi' "
		 "q='a&amp;b&lt;&#38;lt;&quot;&#10;&#xE4;'>"
		 "t<!-- c --><b/><p:b>1</p:b><b><c>2<![CDATA[3]]></c>4</b>"
		 "<?pi?><d/></a>");
	xmlNode *a = xml_root(doc);
	assert_true(xml_is(a, "u", "a"));
	assert_true(xml_is(a, NULL, "a"));
	assert_true(xml_is(a, "u", NULL));
	assert_false(xml_is(a, "v", "a"));
	assert_false(xml_is(NULL, NULL, "a"));
	assert_false(xml_is(a->children, NULL, "text"));

	assert_string_equal(xml_attr(a, "x"), "1");
	assert_string_equal(xml_attr(a, "e"), "");
	assert_string_equal(xml_attr(a, "q"), "a&b<&lt;\"\n\xC3\xA4");
	assert_null(xml_attr(a, "lang"));
	assert_null(xml_attr(NULL, "x"));
	assert_true(xml_lang_is(a, "fi"));
	assert_false(xml_lang_is(a, "en"));
	assert_false(xml_lang_is(xml_first(a), "fi"));

	xmlNode *b = xml_child(a, "u", "b");
	assert_ptr_equal(b, xml_first(a));
	assert_true(xml_is(xml_next(b), "v", "b"));
	xmlNode *second = xml_next_same(b);
	assert_true(xml_is(second, "u", "b"));
	assert_null(xml_next_same(second));
	assert_null(xml_child(a, "w", "b"));
	assert_ptr_equal(xml_down(a, "v", "b"), xml_next(b));
	assert_null(xml_down(a, "u", "b/c")); /* the first b has none */
	assert_null(xml_down(a, "u", ""));
	assert_null(xml_down(NULL, "u", "b"));
	xmlNode *c = xml_down(second, "u", "c");
	assert_non_null(c);

	char *text = xml_text(a);
	assert_string_equal(text, "t1234");
	free(text);
	text = xml_text(c);
	assert_string_equal(text, "23");
	free(text);
	text = xml_text(b);
	assert_string_equal(text, "");
	free(text);
	xml_free(doc);
}

static void assert_path(
    const xmlNode *node, const char *attribute, const char *path)
{
	struct buf b = BUF_INIT(1000);
	xml_path(&b, node, attribute);
	assert_string_equal(b.ptr, path);
	buf_release(&b);
}

static void paths(void **state)
{
	(void)state;
	struct xml_doc *doc =
	    good("<a><b/>t<b><c x=''/></b><d xmlns='u'/><d/></a>");
	xmlNode *a = xml_root(doc);
	xmlNode *b = xml_first(a), *second = xml_next(b);
	assert_path(a, NULL, "/a");
	assert_path(b, NULL, "/a/b[1]");
	assert_path(xml_first(second), "x", "/a/b[2]/c/@x");
	assert_path(xml_next(second), NULL, "/a/d");
	assert_path(b->next, NULL, "/a"); /* a text: where it stands */
	assert_path((xmlNode *)xml_tree(doc), NULL, "");
	xml_free(doc);
}

/* Thousands of places may be told of a document with as many siblings. */
static void path_among_very_many(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	buf_adds(&b, "<a>");
	for (unsigned i = 0; i < LIMIT_XML_PATH + 10; i++)
		buf_adds(&b, "<b/>");
	buf_adds(&b, "</a>");
	struct xml_doc *doc = good(b.ptr);
	xmlNode *a = xml_root(doc);
	assert_path(xml_first(a), NULL, "/a/b[1]");
	assert_path(xml_next(xml_first(a)), NULL, "/a/b[2]");
	assert_path(a->last, "x", "/a/b/@x");
	xml_free(doc);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(places_beyond_65535),
		cmocka_unit_test(every_place_is_a_tag),
		cmocka_unit_test(fail_has_place_and_excerpt),
		cmocka_unit_test(not_well_formed),
		cmocka_unit_test(error_shows_its_line),
		cmocka_unit_test(no_byte_is_hidden),
		cmocka_unit_test(nothing_is_printed),
		cmocka_unit_test(encodings),
		cmocka_unit_test(files),
		cmocka_unit_test(walking),
		cmocka_unit_test(paths),
		cmocka_unit_test(path_among_very_many),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

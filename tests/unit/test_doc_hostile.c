/* SPDX-License-Identifier: Apache-2.0 */
/* xml/doc.h against sizes and files made to hurt. */
#include "xml/doc.h"

#include "base/limits.h"
#include "corpus.h"
#include "cputime.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
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

/* ---- Caps */

static void caps(void **state)
{
	(void)state;
	struct buf ok = repeated("", "<a>", LIMIT_XML_DEPTH, "");
	for (unsigned i = 0; i < LIMIT_XML_DEPTH; i++)
		buf_adds(&ok, "</a>");
	xml_free(good(ok.ptr));
	buf_release(&ok);
	struct buf b = repeated("", "<a>", 300, "");
	struct err err = refused(b.ptr, b.len);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_int_equal(err.column, 3 * LIMIT_XML_DEPTH + 1);
	buf_release(&b);

	for (unsigned n = LIMIT_XML_ATTRIBUTES; n < 400; n += 72) {
		buf_adds(&b, "<a>\n <b");
		for (unsigned i = 0; i < n; i++)
			buf_addf(&b, " a%u=''", i);
		buf_adds(&b, "/></a>");
		if (n == LIMIT_XML_ATTRIBUTES) {
			xml_free(good(b.ptr));
		} else {
			err = refused(b.ptr, b.len);
			assert_int_equal(err.kind, ERR_LIMIT);
			assert_int_equal(err.line, 2);
			assert_int_equal(err.column, 2);
		}
		buf_release(&b);
	}
}

static void many_namespaces(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(LIMIT_MIB(1));
	for (unsigned i = 0; i <= LIMIT_XML_NAMESPACES / 4; i++)
		buf_addf(&b,
		    "<a xmlns:a%u='u' xmlns:b%u='u' xmlns:c%u='u' "
		    "xmlns:d%u='u'>",
		    i, i, i, i);
	struct err err = refused(b.ptr, b.len);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "namespace"));
	buf_release(&b);
}

static void many_names(void **state)
{
	(void)state;
	struct buf b = BUF_INIT(LIMIT_MIB(8));
	buf_adds(&b, "<a>");
	for (unsigned i = 0; i < LIMIT_XML_NAMES; i++)
		buf_addf(&b, "<b%u/>", i);
	buf_adds(&b, "\n<c/></a>");
	struct err err = refused(b.ptr, b.len);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "names"));
	buf_release(&b);
}

/* What costs libxml2 the square of its size, or memory without end. */
static void hostile_sizes(void **state)
{
	(void)state;
	static const struct {
		const char *head, *unit, *tail;
		size_t count;
		enum err_kind kind;
	} rows[] = {
		{ "<a>", "<b>", "", 1000000, ERR_LIMIT },
		{ "<a b=1>", "<b>", "", 1000000, ERR_XML },
		{ "<a>", "<b/>", "</a>", LIMIT_XML_NODES + 1, ERR_LIMIT },
		{ "<a>", "<?b?>", "</a>", LIMIT_XML_NODES + 1, ERR_LIMIT },
		{ "<a>", "<!---->", "</a>", LIMIT_XML_NODES + 1, ERR_LIMIT },
		{ "<a>", "<![CDATA[]]>", "</a>", LIMIT_XML_NODES + 1,
		    ERR_LIMIT },
		{ "<a ", "b='' ", "/>", 1000000, ERR_LIMIT },
		{ "<a ", "<", "/>", 1000000, ERR_XML },
		{ "", "<!-- -->", "", LIMIT_XML_NODES + 1, ERR_LIMIT },
		{ "<a>&#", "0", "65;</a>", 2000000, ERR_NONE },
		{ "<a>", "&amp;", "</a>", 500000, ERR_NONE },
		{ "<a b='", "&lt;", "'/>", 500000, ERR_NONE },
		{ "<a b='", "xxxxxxxx", "'/>", 500000, ERR_NONE },
		{ "<a><!--", "- -     ", "--></a>", 500000, ERR_NONE },
		{ "<a><?x ", "? ?     ", "?></a>", 500000, ERR_NONE },
		{ "<a>", "]] ]\r\r\n", "</a>", 500000, ERR_NONE },
	};
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		struct err err = { 0 };
		struct buf b = repeated(
		    rows[i].head, rows[i].unit, rows[i].count, rows[i].tail);
		int64_t from = cputime();
		struct xml_doc *doc = xml_parse(b.ptr, b.len, "it", &err);
		int64_t took = cputime() - from;
		if (err.kind != rows[i].kind || took > 20000000)
			fail_msg("row %zu: %s in %lld us", i, err.msg,
			    (long long)took);
		xml_free(doc);
		buf_release(&b);
	}
}

static void hostile_attributes(void **state)
{
	(void)state;
	static const char *const forms[] = { " a%u=''", " xmlns:a%u='u'" };
	for (size_t f = 0; f < COUNTOF(forms); f++) {
		struct buf b = BUF_INIT(LIMIT_MIB(64));
		buf_adds(&b, "<a>\n<b");
		for (unsigned i = 0; i < 400000; i++)
			if (f == 0)
				buf_addf(&b, " a%u=''", i);
			else
				buf_addf(&b, " xmlns:a%u='u'", i);
		buf_adds(&b, "/></a>");
		int64_t from = cputime();
		struct err err = refused(b.ptr, b.len);
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_int_equal(err.line, 2);
		assert_true(cputime() - from < 5000000);
		buf_release(&b);
	}
}

static void a_large_document(void **state)
{
	(void)state;
	struct buf b = repeated("<a><b>",
	    "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2"
	    "d3h5ejAx\n",
	    850000, "</b></a>");
	struct xml_doc *doc = good(b.ptr);
	char *text = xml_text(xml_root(doc));
	assert_int_equal(strlen(text), 850000 * 73);
	free(text);
	xml_free(doc);
	buf_release(&b);

	b = repeated("<a>", "                ", LIMIT_XML_BYTES / 16, "</a>");
	struct err err = refused(b.ptr, b.len);
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_release(&b);
}

/* ---- The corpus */

static void try_file(const char *path)
{
	struct err err = { 0 };
	int64_t from = cputime();
	struct xml_doc *doc = xml_read_file(path, LIMIT_MESSAGE, &err);
	if (cputime() - from > 1000000)
		fail_msg("%s takes more than a second", path);
	if (!doc && !err.msg[0])
		fail_msg("%s is refused without a word", path);
	xml_free(doc);
}

static size_t try_folder(const char *path)
{
	DIR *dir = opendir(path);
	size_t count = 0;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): own stream */
	for (struct dirent *e; dir && (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		char *inner = xasprintf("%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR) {
			count += try_folder(inner);
		} else {
			try_file(inner);
			count++;
		}
		free(inner);
	}
	if (dir)
		closedir(dir);
	return count;
}

static void hostile_corpus(void **state)
{
	(void)state;
	char *path = corpus_path("hostile-xml");
	if (path)
		assert_true(try_folder(path) > 80);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caps),
		cmocka_unit_test(many_namespaces),
		cmocka_unit_test(many_names),
		cmocka_unit_test(hostile_sizes),
		cmocka_unit_test(hostile_attributes),
		cmocka_unit_test(a_large_document),
		cmocka_unit_test(hostile_corpus),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

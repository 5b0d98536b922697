/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SCHEMATRONS_H
#define TESTS_SCHEMATRONS_H

/* Schemas of tests, in a folder of their own. */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define DOC "<a xmlns='urn:t'>\n<b n='1'/>\n<b n='2'>x</b>\n<c/></a>"

static char dir[] = "/tmp/esitesti-sch-XXXXXX";

static inline int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static inline int tear_down(void **state)
{
	(void)state;
	return dir_remove(dir);
}

static inline char *put(const char *name, const char *text)
{
	struct err err = { 0 };
	char *path = path_join(dir, name);
	if (file_write_whole(path, text, strlen(text), 0600, &err) < 0)
		fail_msg("%s", err.msg);
	return path;
}

#define XSL "http://www.w3.org/1999/XSL/Transform"

#define SCHEMA(attributes, body)                                        \
 "<schema xmlns='http://purl.oclc.org/dsdl/schematron' " attributes ">" \
 "<ns prefix='t' uri='urn:t'/>" body "</schema>"

static inline struct schematron *load(
    const char *text, const char *phase, struct err *err)
{
	struct schematron_options o = {
		.compiler = "harness/xml/schematron.xsl",
		.phase = phase,
	};
	char *path = put("main.sch", text);
	struct schematron *s = schematron_load(path, &o, err);
	free(path);
	return s;
}

/* "id@line:text|" of all that was found. */
static inline void tell(void *ctx, const struct schematron_hit *hit)
{
	struct buf *to = ctx;
	buf_addf(to, "%s%s@%u%s%s:%s", hit->is_report ? "+" : "-", hit->id,
	    hit->node ? xml_line(hit->node) : 0, hit->attribute ? "/" : "",
	    hit->attribute ? hit->attribute : "", hit->text);
	VEC_EACH (struct schematron_note, d, &hit->diagnostics)
		buf_addf(
		    to, "{%s %s %s}", d->id, d->lang ? d->lang : "-", d->text);
	VEC_EACH (struct schematron_note, p, &hit->properties)
		buf_addf(to, "(%s %s)", p->id, p->text);
	if (hit->role)
		buf_addf(to, "[%s]", hit->role);
	if (hit->see)
		buf_addf(to, "<%s>", hit->see);
	buf_addc(to, '|');
}

static inline void tell_line(void *ctx, const struct schematron_hit *hit)
{
	buf_addf(ctx, "%u%s ", hit->node ? xml_line(hit->node) : 0,
	    hit->attribute ? hit->attribute : "");
}

static inline int run_set(const struct schematron *s, const struct xml_doc *doc,
    schematron_hear *each, void *ctx, struct err *err)
{
	struct xml_index *index = xml_index_new(doc);
	int rc = schematron_run(s, doc, index, each, ctx, err);
	xml_index_free(index);
	return rc;
}

static inline void expect(
    const char *schema, const char *phase, const char *text, const char *want)
{
	struct err err = { 0 };
	struct buf found = BUF_INIT(LIMIT_KIB(64));
	struct schematron *s = load(schema, phase, &err);
	struct xml_doc *doc = xml_parse(text, strlen(text), "it", &err);
	if (!s || !doc || run_set(s, doc, tell, &found, &err) < 0)
		fail_msg("%s:%u %s", err.file, err.line, err.msg);
	assert_string_equal(found.ptr, want);
	xml_free(doc);
	schematron_free(s);
	buf_release(&found);
}

#endif

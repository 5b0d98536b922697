/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "report/style.h"

#include <stdlib.h>

/*
 * The stylesheet makes the page once, with a mark wherever the cases go, and
 * then, for each mark, one piece for each case (report.xsl tells more).
 */
#define MARK_BEGIN "<?esitesti-cases "
#define MARK_END   "?>"

struct page {
	struct report *r;
	struct style *style;
	enum lang lang;
	FILE *out;
	struct buf xml, html;
	char part[32];
	bool wants_messages;
	size_t embedded;
};

static int write_bytes(
    struct page *p, const char *bytes, size_t len, struct err *err)
{
	if (fwrite(bytes, 1, len, p->out) != len)
		return err_errno(err, ERR_IO, "cannot write the report");
	return 0;
}

/* `run` as in struct report_case. */
static void begin_page(struct page *p, const char *part, unsigned run)
{
	buf_clear(&p->xml);
	buf_clear(&p->html);
	buf_addf(&p->xml, "<page xmlns=\"%s\" lang=\"%s\" part=\"%s\"",
	    XMLNS_RESULTS, lang_names[p->lang], part);
	put_attribute(&p->xml, "link", p->r->parts.at[run ? run - 1 : 0].link);
	buf_adds(&p->xml, ">\n");
}

static int end_page(struct page *p, struct err *err)
{
	buf_adds(&p->xml, "</page>\n");
	if (buf_check(&p->xml, "one case in the report", err) < 0)
		return -1;
	return style_apply(p->style, &p->xml, &p->html, err);
}

static int write_case(void *ctx, struct report_case *c, struct err *err)
{
	struct page *p = ctx;
	bool embed = p->wants_messages && kind_needs_work(c->kind) &&
		     p->embedded < LIMIT_REPORT_EMBEDDED;
	p->embedded += embed;
	begin_page(p, p->part, c->run);
	if (embed) {
		fragment_case(&p->xml, p->r, c, true);
	} else {
		const struct buf *plain = fragment_plain(p->r, c);
		buf_add(&p->xml, plain->ptr, plain->len);
		p->xml.overflow |= plain->overflow;
	}
	if (end_page(p, err) < 0)
		return err_wrap(err, "case '%s'", c->id);
	return write_bytes(p, p->html.ptr, p->html.len, err);
}

static int write_all(struct page *p, struct err *err)
{
	p->wants_messages = true;
	p->embedded = 0;
	return report_each(p->r, write_case, p, err);
}

static int write_unresolved(struct page *p, struct err *err)
{
	p->wants_messages = false;
	return report_each_unresolved(p->r, write_case, p, err);
}

static int write_brief(struct page *p, struct err *err)
{
	VEC_EACH (struct case_line, line, &p->r->lines) {
		begin_page(p, p->part, line->run);
		buf_adds(&p->xml, line->brief);
		if (end_page(p, err) < 0 ||
		    write_bytes(p, p->html.ptr, p->html.len, err) < 0)
			return -1;
	}
	return 0;
}

/* Which cases a mark asks for, and how much of each. */
static const struct {
	const char *name;
	int (*write)(struct page *p, struct err *err);
} selections[] = {
	{ "all", write_all },
	{ "brief", write_brief },
	{ "unresolved", write_unresolved },
};

/* `text` is "SELECTION PART". */
static int write_marked(
    struct page *p, const char *text, size_t len, struct err *err)
{
	for (size_t i = 0; i < COUNTOF(selections); i++) {
		size_t n = strlen(selections[i].name);
		if (len <= n + 1 || memcmp(text, selections[i].name, n) != 0 ||
		    text[n] != ' ' || len - n - 1 >= sizeof(p->part))
			continue;
		memcpy(p->part, text + n + 1, len - n - 1);
		p->part[len - n - 1] = '\0';
		return selections[i].write(p, err);
	}
	err_set(err, ERR_CASE,
	    "the stylesheet's mark 'esitesti-cases %.*s' is not understood",
	    len > 40 ? 40 : (int)len, text);
	return err_hint(err, "write all, brief or unresolved, and a part");
}

/* Writes the page, each mark replaced by its cases. */
static int write_skeleton(struct page *p, const char *at, struct err *err)
{
	const char *mark;
	while ((mark = strstr(at, MARK_BEGIN))) {
		const char *name = mark + strlen(MARK_BEGIN);
		const char *end = strstr(name, MARK_END);
		if (!end)
			return err_set(
			    err, ERR_CASE, "the stylesheet's mark has no end");
		if (write_bytes(p, at, (size_t)(mark - at), err) < 0 ||
		    write_marked(p, name, (size_t)(end - name), err) < 0)
			return -1;
		at = end + strlen(MARK_END);
	}
	return write_bytes(p, at, strlen(at), err);
}

static int write_page(struct page *p, struct err *err)
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	begin_page(p, "page", 0);
	fragment_run(&p->xml, p->r);
	if (end_page(p, err) < 0)
		return -1;
	char *skeleton = buf_detach(&p->html, NULL);
	int rc = write_bytes(p, doctype, strlen(doctype), err);
	if (rc == 0)
		rc = write_skeleton(p, skeleton, err);
	free(skeleton);
	return rc;
}

int report_html(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	struct file_writer file = { 0 };
	struct page p = {
		.r = r,
		.lang = o->lang,
		.xml = BUF_INIT(FRAGMENT_CAP),
		.html = BUF_INIT(FRAGMENT_CAP),
	};
	int rc = -1;
	char *sheet = path_join(o->data, "harness/report/report.xsl");
	p.style = style_load(sheet, o->lang, err);
	if (!p.style || file_begin(&file, path, 0600, err) < 0)
		goto out;
	p.out = file.stream;
	several_link(r, path);
	if (write_page(&p, err) < 0 || file_commit(&file, err) < 0)
		goto out;
	rc = 0;
out:
	file_abandon(&file);
	style_free(p.style);
	buf_release(&p.xml);
	buf_release(&p.html);
	free(sheet);
	return rc;
}

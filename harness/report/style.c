/* SPDX-License-Identifier: Apache-2.0 */
#include "report/style.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "xml/doc.h"

#include "xml/xslt.h"

#include <libxml/xmlsave.h>
#include <libxml/xpathInternals.h>
#include <stdlib.h>

#define WORDS_URI "urn:esitesti:words:1"

struct style {
	enum lang lang;
	struct xslt *sheet;
};

/* ---- es:word */

static void word_function(xmlXPathParserContext *ctxt, int nargs)
{
	const struct style *s = xslt_context(ctxt);
	struct note note = { 0 };
	if (nargs < 1 || nargs > 1 + NOTE_ARGS) {
		xmlXPathSetArityError(ctxt);
		return;
	}
	for (int i = nargs - 1; i > 0; i--) {
		xmlChar *arg = xmlXPathPopString(ctxt);
		snprintf(note.arg[i - 1], NOTE_ARG, "%s",
		    arg ? (const char *)arg : "");
		xmlFree(arg);
	}
	char *id = (char *)xmlXPathPopString(ctxt);
	for (char *p = id; p && *p; p++)
		if (*p == '-')
			*p = '_';
	int word = id ? word_find(id) : -1;
	if (word < 0) {
		xslt_stop(ctxt,
		    "the stylesheet asks for the word '%s', which is not in "
		    "the catalogue",
		    id ? id : "");
		word = W_none;
	}
	xmlFree(id);
	note.word = (enum word)word;
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, &note, s->lang);
	valuePush(ctxt, xmlXPathNewCString(text.ptr));
	buf_release(&text);
}

static const struct xslt_function words[] = {
	{ "word", WORDS_URI, word_function },
	{ NULL },
};

struct style *style_load(const char *path, enum lang lang, struct err *err)
{
	struct style *s = NULL;
	struct xml_doc *doc = xml_read_file(path, LIMIT_CONFIG_FILE, err);
	struct xslt *sheet =
	    doc ? xslt_compile(xml_tree(doc), path, err) : NULL;
	if (sheet) {
		s = xcalloc(1, sizeof(*s));
		s->lang = lang;
		s->sheet = sheet;
	}
	xml_free(doc);
	return s;
}

void style_free(struct style *s)
{
	if (!s)
		return;
	xslt_free(s->sheet);
	free(s);
}

/* HTML that is also well-formed XML: <br />, but <td></td>. */
static int serialise(xmlDoc *result, struct buf *to, struct err *err)
{
	xmlBuffer *out = xmlBufferCreate();
	xmlSaveCtxt *save =
	    xmlSaveToBuffer(out, "UTF-8", XML_SAVE_XHTML | XML_SAVE_NO_DECL);
	long rc = save ? 0 : -1;
	for (xmlNode *n = result->children; n && rc >= 0; n = n->next)
		rc = xmlSaveTree(save, n);
	if (save && xmlSaveClose(save) < 0)
		rc = -1;
	if (rc >= 0) {
		buf_add(
		    to, xmlBufferContent(out), (size_t)xmlBufferLength(out));
		buf_addc(to, '\n');
	}
	xmlBufferFree(out);
	return rc < 0
		   ? err_set(err, ERR_INTERNAL, "cannot serialise the report")
		   : buf_check(to, "one piece of the report", err);
}

int style_apply(
    struct style *s, const struct buf *page, struct buf *to, struct err *err)
{
	struct xslt_run run = {
		.functions = words,
		.ctx = s,
		.max_work = LIMIT_STYLE_WORK,
	};
	struct xml_doc *doc = xml_parse(page->ptr, page->len, "report", err);
	xmlDoc *result =
	    doc ? xslt_apply(s->sheet, xml_tree(doc), &run, err) : NULL;
	int rc = result ? serialise(result, to, err) : -1;
	xmlFreeDoc(result);
	xml_free(doc);
	return rc;
}

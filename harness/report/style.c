/* SPDX-License-Identifier: Apache-2.0 */
#include "report/style.h"

#include "base/limits.h"
#include "base/xalloc.h"
#include "xml/doc.h"

#include <libxml/xmlsave.h>
#include <libxml/xpathInternals.h>
#include <libxslt/documents.h>
#include <libxslt/extensions.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdlib.h>

#define WORDS_URI "urn:esitesti:words:1"

struct style {
	char *path;
	enum lang lang;
	xsltStylesheet *sheet;
	xsltSecurityPrefs *prefs;
	struct err *err; /* of the call that runs */
};

/* ---- What libxslt says */

static void hear(void *ctx, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Messages come in pieces; with nobody to tell, they are dropped. */
static void hear(void *ctx, const char *fmt, ...)
{
	struct buf *said = ctx;
	va_list args;
	va_start(args, fmt);
	if (said)
		buf_vaddf(said, fmt, args);
	va_end(args);
}

/* Both libraries also speak outside of any context. */
static void listen_all(struct buf *said)
{
	xsltSetGenericErrorFunc(said, hear);
	xmlSetGenericErrorFunc(said, hear);
}

static int fail_said(
    struct style *s, struct buf *said, const char *what, struct err *err)
{
	for (char *p = said->ptr; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return err_set(err, ERR_CASE, "%s '%s': %s", what, s->path,
	    said->len ? said->ptr : "no reason given");
}

/* ---- es:word */

static void word_function(xmlXPathParserContext *ctxt, int nargs)
{
	xsltTransformContext *run = xsltXPathGetTransformContext(ctxt);
	struct style *s = run->_private;
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
		err_set(s->err, ERR_CASE,
		    "the stylesheet asks for the word '%s', which is not in "
		    "the catalogue",
		    id ? id : "");
		run->state = XSLT_STATE_STOPPED;
		word = W_none;
	}
	xmlFree(id);
	note.word = (enum word)word;
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	note_render(&text, &note, s->lang);
	valuePush(ctxt, xmlXPathNewCString(text.ptr));
	buf_release(&text);
}

/* ---- Locked down */

static xmlDoc *load_nothing(const xmlChar *uri, xmlDict *dict, int options,
    void *ctxt, xsltLoadType type)
{
	(void)uri, (void)dict, (void)options, (void)ctxt, (void)type;
	return NULL;
}

static xsltSecurityPrefs *forbid_all(void)
{
	static const xsltSecurityOption all[] = {
		XSLT_SECPREF_READ_FILE,
		XSLT_SECPREF_WRITE_FILE,
		XSLT_SECPREF_CREATE_DIRECTORY,
		XSLT_SECPREF_READ_NETWORK,
		XSLT_SECPREF_WRITE_NETWORK,
	};
	xsltSecurityPrefs *prefs = xsltNewSecurityPrefs();
	for (size_t i = 0; prefs && i < COUNTOF(all); i++)
		if (xsltSetSecurityPrefs(prefs, all[i], xsltSecurityForbid))
			BUG("xsltSetSecurityPrefs");
	return prefs;
}

/* libxslt takes the tree over, and what xml/doc.h knows of it must not go. */
static int compile(struct style *s, struct err *err)
{
	struct buf said = BUF_INIT(LIMIT_KIB(8));
	struct xml_doc *doc = xml_read_file(s->path, LIMIT_CONFIG_FILE, err);
	xmlDoc *copy = NULL;
	int rc = -1;
	if (!doc)
		goto out;
	copy = xmlCopyDoc(xml_tree(doc), 1);
	listen_all(&said);
	s->sheet = copy ? xsltParseStylesheetDoc(copy) : NULL;
	listen_all(NULL);
	if (!s->sheet) {
		xmlFreeDoc(copy);
		fail_said(s, &said, "cannot use the stylesheet", err);
		goto out;
	}
	if (s->sheet->errors) {
		fail_said(s, &said, "cannot use the stylesheet", err);
		goto out;
	}
	rc = 0;
out:
	xml_free(doc);
	buf_release(&said);
	return rc;
}

struct style *style_load(const char *path, enum lang lang, struct err *err)
{
	struct style *s = xcalloc(1, sizeof(*s));
	s->path = xstrdup(path);
	s->lang = lang;
	s->prefs = forbid_all();
	xsltSetLoaderFunc(load_nothing);
	if (compile(s, err) < 0) {
		style_free(s);
		return NULL;
	}
	return s;
}

void style_free(struct style *s)
{
	if (!s)
		return;
	xsltFreeStylesheet(s->sheet);
	xsltFreeSecurityPrefs(s->prefs);
	free(s->path);
	free(s);
}

/* ---- Running it */

static xmlDoc *transform(
    struct style *s, xmlDoc *page, struct buf *said, struct err *err)
{
	xmlDoc *result = NULL;
	xsltTransformContext *run = xsltNewTransformContext(s->sheet, page);
	if (!run) {
		err_set(err, ERR_INTERNAL, "libxslt gave no context");
		return NULL;
	}
	run->_private = s;
	run->maxTemplateDepth = 500;
	run->opLimit = LIMIT_STYLE_WORK;
	xsltSetTransformErrorFunc(run, said, hear);
	if (xsltSetCtxtSecurityPrefs(s->prefs, run) != 0 ||
	    xsltRegisterExtFunction(run, (const xmlChar *)"word",
		(const xmlChar *)WORDS_URI, word_function) != 0)
		err_set(err, ERR_INTERNAL, "libxslt cannot be locked down");
	else
		result = xsltApplyStylesheetUser(
		    s->sheet, page, NULL, NULL, NULL, run);
	if (run->state != XSLT_STATE_OK || err->kind) {
		fail_said(s, said, "cannot run the stylesheet", err);
		xmlFreeDoc(result);
		result = NULL;
	}
	xsltFreeTransformContext(run);
	return result;
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
	struct err own = { 0 };
	struct buf said = BUF_INIT(LIMIT_KIB(8));
	struct xml_doc *doc = xml_parse(page->ptr, page->len, "report", err);
	xmlDoc *result = NULL;
	int rc = -1;
	if (!doc)
		goto out;
	s->err = &own;
	listen_all(&said);
	result = transform(s, xml_tree(doc), &said, &own);
	listen_all(NULL);
	s->err = NULL;
	if (!result) {
		*err = own;
		goto out;
	}
	rc = serialise(result, to, err);
	xmlFreeDoc(result);
out:
	xml_free(doc);
	buf_release(&said);
	return rc;
}

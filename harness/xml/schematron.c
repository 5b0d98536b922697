/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schematron.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"
#include "xml/xslt.h"

#include <libxml/xmlsave.h>
#include <libxml/xpathInternals.h>

/* ---- The root */

static const struct {
	const char *name, *version; /* of XSLT */
	enum query_binding binding;
} bindings[] = {
	{ "xslt", "1.0", BINDING_XSLT1 },
	{ "xslt1", "1.0", BINDING_XSLT1 },
	{ "exslt", "1.0", BINDING_XSLT1 },
	{ "xpath", "1.0", BINDING_XSLT1 },
	{ "xslt2", "2.0", BINDING_XSLT2 },
	{ "xpath2", "2.0", BINDING_XSLT2 },
	{ "xslt3", "3.0", BINDING_XSLT2 },
	{ "xpath3", "3.0", BINDING_XSLT2 },
	{ "xpath31", "3.0", BINDING_XSLT2 },
};

static int check_root(const struct xml_doc *doc, struct err *err)
{
	const xmlNode *root = xml_root(doc);
	if (xml_is(root, SCH, "schema"))
		return 0;
	if (xml_is(root, "http://www.ascc.net/xml/schematron", "schema")) {
		xml_fail(doc, root, err, ERR_CASE,
		    "this is Schematron 1.5, from before the standard");
		return err_hint(err,
		    "change its namespace to '%s', and 'key' into 'xsl:key'",
		    SCH);
	}
	xml_fail(doc, root, err, ERR_CASE,
	    "an ISO Schematron schema was expected, found '%s'",
	    (const char *)root->name);
	return err_hint(err, "it begins <schema xmlns=\"%s\">", SCH);
}

/* The version of XSLT, or NULL. */
static const char *find_binding(struct source *s)
{
	const struct xml_doc *doc = s->at[0];
	const char *told = xml_attr(xml_root(doc), "queryBinding");
	for (size_t i = 0; i < COUNTOF(bindings); i++)
		if (strcasecmp(told ? told : "xslt", bindings[i].name) == 0) {
			s->binding = bindings[i].binding;
			return bindings[i].version;
		}
	xml_fail_at(doc, xml_root(doc), "queryBinding", s->err, ERR_CASE,
	    "the query binding '%s' is not known here", told);
	err_hint(s->err,
	    "'xslt' (or none) is XPath 1.0; 'xslt2' and 'xslt3' run through "
	    "Saxon");
	return NULL;
}

/* ---- Compiling */

static void declare_namespaces(xmlDoc *sheet, const xmlNode *schema)
{
	XML_EACH_CHILD (node, schema)
		if (is_sch(node, "ns"))
			xmlNewNs(xmlDocGetRootElement(sheet),
			    (const xmlChar *)xml_attr(node, "uri"),
			    (const xmlChar *)xml_attr(node, "prefix"));
}

static xmlDoc *make_sheet(
    const struct source *s, const char *version, const char *compiler)
{
	char limit[24];
	const char *const params[] = { "version", version, "text-limit", limit,
		NULL };
	struct xslt_run run = {
		.params = params,
		.max_work = LIMIT_STYLE_WORK,
	};
	snprintf(limit, sizeof(limit), "%d", LIMIT_SCHEMATRON_TEXT);
	struct xml_doc *own =
	    xml_read_file(compiler, LIMIT_CONFIG_FILE, s->err);
	struct xslt *x =
	    own ? xslt_compile(xml_tree(own), compiler, s->err) : NULL;
	xmlDoc *sheet =
	    x ? xslt_apply(x, xml_tree(s->at[0]), &run, s->err) : NULL;
	if (sheet)
		declare_namespaces(sheet, xml_root(s->at[0]));
	xslt_free(x);
	xml_free(own);
	return sheet;
}

static xmlDoc *compile(
    struct source *s, const struct schematron_options *o, struct err *err)
{
	if (check_root(s->at[0], err) < 0)
		return NULL;
	const char *version = find_binding(s);
	if (!version || schematron_expand(s) < 0 ||
	    schematron_check_names(s) < 0 ||
	    schematron_settle(s, o->phase) < 0 || schematron_check(s) < 0 ||
	    schematron_walk(s) < 0)
		return NULL;
	return make_sheet(s, version, o->compiler);
}

static void learn_root(struct facts_of_set *f, const xmlNode *root)
{
	const char *version = xml_attr(root, "schemaVersion");
	xmlChar *count = xmlGetNsProp(
	    root, (const xmlChar *)"assertions", (const xmlChar *)ESI);
	f->version = xstrdup(version ? version : "");
	f->assertions = strtoul(count ? (const char *)count : "0", NULL, 10);
	xmlFree(count);
}

static int compile_anew(struct schematron *s, struct source *source,
    const struct schematron_options *o, struct err *err)
{
	s->tree = compile(source, o, err);
	if (!s->tree)
		return -1;
	s->binding = source->binding;
	learn_root(&s->facts, xml_root(source->at[0]));
	for (size_t i = 0; i < source->count; i++)
		*VEC_PUSH(&s->facts.files) = xstrdup(xml_name(source->at[i]));
	return schematron_digest_files(s, o, err);
}

static int finish(struct schematron *s, const char *path, struct err *err)
{
	xmlChar *text = NULL;
	int len = 0;
	if (s->binding == BINDING_XSLT1) {
		s->sheet = xslt_compile(s->tree, path, err);
		return s->sheet ? 0 : -1;
	}
	xmlDocDumpMemoryEnc(s->tree, &text, &len, "UTF-8");
	s->text = xstrdup(text ? (const char *)text : "");
	xmlFree(text);
	return 0;
}

struct schematron *schematron_load(
    const char *path, const struct schematron_options *options, struct err *err)
{
	struct schematron *s = xcalloc(1, sizeof(*s));
	struct source source = { .err = err };
	struct xml_doc *doc = NULL;
	int rc = 0;
	if (!schematron_take_saved(s, path, options)) {
		doc = xml_read_file(path, LIMIT_SCHEMA_BYTES, err);
		if (doc)
			*VEC_PUSH(&source) = doc;
		rc = doc ? compile_anew(s, &source, options, err) : -1;
	}
	if (rc == 0)
		rc = finish(s, path, err);
	if (rc < 0) {
		schematron_free(s);
		s = NULL;
	}
	VEC_EACH (struct xml_doc *, d, &source)
		xml_free(*d);
	VEC_RELEASE(&source);
	free(source.folder);
	return s;
}

void schematron_free(struct schematron *s)
{
	if (!s)
		return;
	VEC_EACH (char *, file, &s->facts.files)
		free(*file);
	VEC_RELEASE(&s->facts.files);
	xslt_free(s->sheet);
	xmlFreeDoc(s->tree);
	free(s->facts.version);
	free(s->text);
	free(s);
}

const char *schematron_version(const struct schematron *s)
{
	return s->facts.version;
}

const char *schematron_file(const struct schematron *s)
{
	return s->facts.files.at[0];
}

size_t schematron_file_count(const struct schematron *s)
{
	return s->facts.files.count;
}

const char *schematron_file_at(const struct schematron *s, size_t index)
{
	return s->facts.files.at[index];
}

const char *schematron_digest(const struct schematron *s)
{
	return s->facts.digest;
}

size_t schematron_assertions(const struct schematron *s)
{
	return s->facts.assertions;
}

const char *schematron_sheet(const struct schematron *s)
{
	return s->text;
}

/* ---- Running */

struct running {
	struct places places;
	const struct xml_index *index;
};

/* esi:hit(subject?): notes the place, and says whether there is room. */
static void hit_function(xmlXPathParserContext *ctxt, int nargs)
{
	struct running *r = xslt_context(ctxt);
	xmlNode *node = ctxt->context->node;
	if (nargs > 1) {
		xmlXPathSetArityError(ctxt);
		return;
	}
	xmlXPathObject *subject = nargs ? valuePop(ctxt) : NULL;
	if (subject && subject->type == XPATH_NODESET &&
	    !xmlXPathNodeSetIsEmpty(subject->nodesetval)) {
		xmlXPathNodeSetSort(subject->nodesetval);
		node = subject->nodesetval->nodeTab[0];
	}
	bool room = r->places.count < LIMIT_SCHEMATRON_HITS;
	if (room)
		*VEC_PUSH(&r->places) = node;
	xmlXPathFreeObject(subject);
	valuePush(ctxt, xmlXPathNewBoolean(room));
}

static void add_element(void *set, const xmlNode *node)
{
	xmlXPathNodeSetAddUnique(set, (xmlNode *)(uintptr_t)node);
}

/* esi:elements(uri, name): those of the document. */
static void elements_function(xmlXPathParserContext *ctxt, int nargs)
{
	struct running *r = xslt_context(ctxt);
	xmlNodeSet *set = nargs == 2 ? xmlXPathNodeSetCreate(NULL) : NULL;
	if (!set) {
		xmlXPathSetArityError(ctxt);
		return;
	}
	xmlChar *name = xmlXPathPopString(ctxt);
	xmlChar *uri = xmlXPathPopString(ctxt);
	if (name && uri)
		xml_index_find(r->index, (const char *)uri, (const char *)name,
		    add_element, set);
	xmlFree(name);
	xmlFree(uri);
	valuePush(ctxt, xmlXPathWrapNodeSet(set));
}

static const struct xslt_function functions[] = {
	{ "hit", ESI, hit_function },
	{ "elements", ESI, elements_function },
	{ NULL },
};

int schematron_run(const struct schematron *s, const struct xml_doc *doc,
    const struct xml_index *index, schematron_hear *each, void *ctx,
    struct err *err)
{
	struct running r = { .index = index };
	struct xslt_run run = {
		.functions = functions,
		.ctx = &r,
		.max_work = LIMIT_STYLE_WORK,
	};
	int rc = -1;
	if (!s->sheet)
		BUG("a rule set for Saxon");
	xmlDoc *svrl = xslt_apply(s->sheet, xml_tree(doc), &run, err);
	if (svrl)
		rc = schematron_read_places(
		    xmlDocGetRootElement(svrl), doc, &r.places, each, ctx, err);
	xmlFreeDoc(svrl);
	VEC_RELEASE(&r.places);
	return rc;
}

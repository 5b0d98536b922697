/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schematron.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/quiet.h"
#include "xml/schematron-inside.h"
#include "xml/xpath.h"
#include "xml/xslt.h"

#include <libxml/xpath.h>

/* What SVRL does not carry of an assertion. */
struct assertion {
	char *id, *see;
};

struct schematron {
	char *title, *version;
	struct file_list files;
	struct {
		VEC(struct assertion);
	} assertions;
	struct xslt *sheet;
};

/* ---- Reading */

static bool is_root(const struct xml_doc *doc, struct err *err)
{
	if (xml_is(xml_root(doc), SCH, "schema"))
		return true;
	xml_fail(doc, xml_root(doc), err, ERR_CASE,
	    "an ISO Schematron schema was expected, found '%s'",
	    (const char *)xml_root(doc)->name);
	err_hint(err, "it begins <schema xmlns=\"%s\">", SCH);
	return false;
}

char *schematron_binding(const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_SCHEMA_BYTES, err);
	char *binding = NULL;
	if (doc && is_root(doc, err)) {
		const char *told = xml_attr(xml_root(doc), "queryBinding");
		binding = xstrdup(told ? told : "xslt");
	}
	xml_free(doc);
	return binding;
}

static int check_binding(const struct xml_doc *doc, struct err *err)
{
	const char *binding = xml_attr(xml_root(doc), "queryBinding");
	if (!binding || strcasecmp(binding, "xslt") == 0 ||
	    strcasecmp(binding, "xslt1") == 0)
		return 0;
	return xml_fail_at(doc, xml_root(doc), "queryBinding", err, ERR_CASE,
	    "the query binding is '%s', and only XSLT 1 ('xslt') runs here",
	    binding);
}

/* "#ALL", or the id of a phase that there is. NULL and an error. */
static const char *choose_phase(
    const struct xml_doc *doc, const char *wanted, struct err *err)
{
	const xmlNode *root = xml_root(doc);
	const char *own = xml_attr(root, "defaultPhase");
	if (!wanted || streq(wanted, "#DEFAULT"))
		wanted = own ? own : "#ALL";
	if (streq(wanted, "#ALL"))
		return wanted;
	struct buf known = BUF_INIT(400);
	XML_EACH_CHILD (node, root) {
		const char *id = xml_attr(node, "id");
		if (!xml_is(node, SCH, "phase") || !id)
			continue;
		if (streq(id, wanted)) {
			buf_release(&known);
			return id;
		}
		buf_addf(&known, "%s%s", known.len ? ", " : "", id);
	}
	err_set(
	    err, ERR_USAGE, "'%s' has no phase '%s'", xml_name(doc), wanted);
	if (known.len)
		err_hint(err, "its phases are %s", known.ptr);
	buf_release(&known);
	return NULL;
}

/* ---- Expressions: libxslt names no place in the schema, so that each is
 * tried here first */

static void on_error(void *ctx, xmlError *e)
{
	bool *bad = ctx;
	(void)e;
	*bad = true;
}

static int check_expression(const struct xml_doc *doc, const xmlNode *node,
    const char *attribute, struct err *err)
{
	const char *text = xml_attr(node, attribute);
	struct xml_quiet quiet;
	bool bad = false;
	if (!text)
		return 0;
	xmlXPathContext *ctx = xmlXPathNewContext(NULL);
	ctx->error = on_error;
	ctx->userData = &bad;
	xml_quiet_begin(&quiet, on_error, &bad);
	xmlXPathCompExpr *compiled =
	    xmlXPathCtxtCompile(ctx, (const xmlChar *)text);
	xml_quiet_end(&quiet);
	bad = bad || !compiled;
	xmlXPathFreeCompExpr(compiled);
	xmlXPathFreeContext(ctx);
	return bad ? xml_fail_at(doc, node, attribute, err, ERR_CASE,
			 "'%.200s' is no XPath 1.0 expression", text)
		   : 0;
}

static const struct {
	const char *element, *attribute;
} expressions[] = {
	{ "let", "value" },
	{ "assert", "test" },
	{ "assert", "subject" },
	{ "report", "test" },
	{ "report", "subject" },
	{ "rule", "subject" },
	{ "value-of", "select" },
	{ "name", "path" },
};

/* What the compiler needs must be there, or it would write rubbish. */
static const struct {
	const char *element, *attribute;
} required[] = {
	{ "assert", "test" },
	{ "report", "test" },
	{ "value-of", "select" },
	{ "let", "name" },
	{ "ns", "prefix" },
	{ "ns", "uri" },
	{ "active", "pattern" },
};

static bool is_abstract(const xmlNode *node)
{
	const char *abstract = xml_attr(node, "abstract");
	return abstract && streq(abstract, "true");
}

static int check_node(
    const struct xml_doc *doc, const xmlNode *node, struct err *err)
{
	for (size_t i = 0; i < COUNTOF(required); i++)
		if (xml_is(node, SCH, required[i].element) &&
		    !xml_attr(node, required[i].attribute))
			return xml_fail(doc, node, err, ERR_CASE,
			    "'%s' has no attribute '%s'", required[i].element,
			    required[i].attribute);
	if (xml_is(node, SCH, "rule") && !is_abstract(node) &&
	    !xml_attr(node, "context"))
		return xml_fail(
		    doc, node, err, ERR_CASE, "'rule' has no context");
	for (size_t i = 0; i < COUNTOF(expressions); i++)
		if (xml_is(node, SCH, expressions[i].element) &&
		    check_expression(doc, node, expressions[i].attribute, err) <
			0)
			return -1;
	return 0;
}

/* An abstract pattern's parameters may stand for anything. */
static int check_below(
    const struct xml_doc *doc, const xmlNode *top, struct err *err)
{
	XML_EACH_CHILD (node, top) {
		if (xml_is(node, SCH, "pattern") && is_abstract(node))
			continue;
		if (check_node(doc, node, err) < 0 ||
		    check_below(doc, node, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- Assertions */

static void learn_assertions(struct schematron *s, xmlNode *top)
{
	XML_EACH_CHILD (node, top) {
		if ((xml_is(node, SCH, "pattern") ||
			xml_is(node, SCH, "rule")) &&
		    is_abstract(node))
			continue;
		if (!xml_is(node, SCH, "assert") &&
		    !xml_is(node, SCH, "report")) {
			learn_assertions(s, node);
			continue;
		}
		struct assertion *a = VEC_PUSH(&s->assertions);
		if (!xml_attr(node, "id")) {
			char id[32];
			snprintf(
			    id, sizeof(id), "assert-%zu", s->assertions.count);
			xmlSetProp(
			    node, (const xmlChar *)"id", (const xmlChar *)id);
		}
		const char *see = xml_attr(node, "see");
		if (!see)
			see = xml_attr(top, "see");
		a->id = xstrdup(xml_attr(node, "id"));
		a->see = see ? xstrdup(see) : NULL;
	}
}

/* ---- Compiling */

static void declare_namespaces(xmlDoc *sheet, const xmlNode *schema)
{
	XML_EACH_CHILD (node, schema)
		if (xml_is(node, SCH, "ns"))
			xmlNewNs(xmlDocGetRootElement(sheet),
			    (const xmlChar *)xml_attr(node, "uri"),
			    (const xmlChar *)xml_attr(node, "prefix"));
}

static int compile(struct schematron *s, const struct xml_doc *doc,
    const char *phase, const char *compiler, struct err *err)
{
	const char *const params[] = { "phase", phase, NULL };
	struct xslt_run run = {
		.params = params,
		.max_work = LIMIT_STYLE_WORK,
	};
	struct xml_doc *own = xml_read_file(compiler, LIMIT_CONFIG_FILE, err);
	struct xslt *x =
	    own ? xslt_compile(xml_tree(own), compiler, err) : NULL;
	xmlDoc *sheet = x ? xslt_apply(x, xml_tree(doc), &run, err) : NULL;
	if (sheet) {
		declare_namespaces(sheet, xml_root(doc));
		s->sheet = xslt_compile(sheet, xml_name(doc), err);
	}
	xmlFreeDoc(sheet);
	xslt_free(x);
	xml_free(own);
	return s->sheet ? 0 : -1;
}

static char *text_of(const xmlNode *parent, const char *child)
{
	const xmlNode *node = xml_child(parent, SCH, child);
	return node ? xml_text(node) : xstrdup("");
}

static int load(struct schematron *s, struct xml_doc *doc,
    const struct schematron_options *o, struct err *err)
{
	xmlNode *root = xml_root(doc);
	if (!is_root(doc, err) || check_binding(doc, err) < 0 ||
	    schematron_expand(doc, &s->files, err) < 0 ||
	    check_below(doc, root, err) < 0)
		return -1;
	const char *phase = choose_phase(doc, o->phase, err);
	const char *version = xml_attr(root, "schemaVersion");
	if (!phase)
		return -1;
	s->title = text_of(root, "title");
	s->version = xstrdup(version ? version : "");
	learn_assertions(s, root);
	return compile(s, doc, phase, o->compiler, err);
}

struct schematron *schematron_load(
    const char *path, const struct schematron_options *options, struct err *err)
{
	struct schematron *s = xcalloc(1, sizeof(*s));
	struct xml_doc *doc = xml_read_file(path, LIMIT_SCHEMA_BYTES, err);
	if (!doc || load(s, doc, options, err) < 0) {
		schematron_free(s);
		s = NULL;
	}
	xml_free(doc);
	return s;
}

void schematron_free(struct schematron *s)
{
	if (!s)
		return;
	VEC_EACH (struct assertion, a, &s->assertions) {
		free(a->id);
		free(a->see);
	}
	VEC_RELEASE(&s->assertions);
	VEC_EACH (char *, file, &s->files)
		free(*file);
	VEC_RELEASE(&s->files);
	xslt_free(s->sheet);
	free(s->title);
	free(s->version);
	free(s);
}

const char *schematron_title(const struct schematron *s)
{
	return s->title;
}

const char *schematron_version(const struct schematron *s)
{
	return s->version;
}

size_t schematron_file_count(const struct schematron *s)
{
	return s->files.count;
}

const char *schematron_file(const struct schematron *s, size_t index)
{
	return s->files.at[index];
}

size_t schematron_assertions(const struct schematron *s)
{
	return s->assertions.count;
}

/* ---- Reading SVRL */

struct reading {
	const struct schematron *s;
	const struct xml_doc *doc;
	void (*each)(void *ctx, const struct schematron_hit *hit);
	void *ctx;
};

/* Its text, with single spaces. */
static char *normal_text(const xmlNode *node)
{
	char *text = xml_text(node), *to = text;
	for (const char *p = text; *p; p++) {
		if (!str_is_space(*p))
			*to++ = *p;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > text && to[-1] == ' ')
		to--;
	*to = '\0';
	return text;
}

/* The node that the location means, and the attribute's name. */
static void find_node(const struct reading *r, struct schematron_hit *hit,
    struct xpath_result *found)
{
	struct err ignored = { 0 };
	struct xml_ns_list none = { NULL, 0, 0 };
	const char *at = hit->location ? strstr(hit->location, "/@*") : NULL;
	if (!hit->location || *hit->location != '/' || !hit->location[1] ||
	    xpath_eval(r->doc, hit->location, &none, found, &ignored) < 0)
		return;
	hit->node = found->node;
	if (!at || !hit->node)
		return;
	const char *name = strchr(at, '"');
	for (const xmlAttr *a = hit->node->properties; name && a; a = a->next) {
		size_t len = strlen((const char *)a->name);
		if (strncmp(name + 1, (const char *)a->name, len) == 0 &&
		    name[1 + len] == '"')
			hit->attribute = (const char *)a->name;
	}
}

static const struct assertion *find_assertion(
    const struct schematron *s, const char *id)
{
	VEC_EACH (struct assertion, a, &s->assertions)
		if (id && streq(a->id, id))
			return a;
	return NULL;
}

static void read_hit(const struct reading *r, const xmlNode *node)
{
	struct schematron_hit hit = {
		.is_report = xml_is(node, SVRL, "successful-report"),
		.id = xml_attr(node, "id"),
		.role = xml_attr(node, "role"),
		.flag = xml_attr(node, "flag"),
		.test = xml_attr(node, "test"),
		.location = xml_attr(node, "location"),
	};
	struct xpath_result found = { 0 };
	struct file_list texts = { .count = 0 }; /* to be freed */
	const struct assertion *a = find_assertion(r->s, hit.id);
	hit.see = a ? a->see : NULL;
	XML_EACH_CHILD (child, node) {
		bool diagnostic = xml_is(child, SVRL, "diagnostic-reference");
		if (!diagnostic && !xml_is(child, SVRL, "text"))
			continue;
		char *text = normal_text(child);
		*VEC_PUSH(&texts) = text;
		if (!diagnostic) {
			hit.text = text;
			continue;
		}
		struct schematron_diagnostic *d = VEC_PUSH(&hit.diagnostics);
		xmlAttr *lang = xmlHasNsProp(
		    child, (const xmlChar *)"lang", XML_XML_NAMESPACE);
		d->id = xml_attr(child, "diagnostic");
		d->lang = lang && lang->children
			      ? (const char *)lang->children->content
			      : NULL;
		d->text = text;
	}
	find_node(r, &hit, &found);
	r->each(r->ctx, &hit);
	xpath_release(&found);
	VEC_RELEASE(&hit.diagnostics);
	VEC_EACH (char *, text, &texts)
		free(*text);
	VEC_RELEASE(&texts);
}

int schematron_read_svrl(const struct schematron *s, const xmlNode *svrl,
    const struct xml_doc *doc,
    void (*each)(void *ctx, const struct schematron_hit *hit), void *ctx,
    struct err *err)
{
	struct reading r = { s, doc, each, ctx };
	if (!xml_is(svrl, SVRL, "schematron-output"))
		return err_set(err, ERR_CASE,
		    "SVRL was expected of a Schematron run, found '%s'",
		    svrl ? (const char *)svrl->name : "nothing");
	XML_EACH_CHILD (node, svrl)
		if (xml_is(node, SVRL, "failed-assert") ||
		    xml_is(node, SVRL, "successful-report"))
			read_hit(&r, node);
	return 0;
}

int schematron_run(const struct schematron *s, const struct xml_doc *doc,
    void (*each)(void *ctx, const struct schematron_hit *hit), void *ctx,
    struct err *err)
{
	struct xslt_run run = { .max_work = LIMIT_STYLE_WORK };
	xmlDoc *svrl = xslt_apply(s->sheet, xml_tree(doc), &run, err);
	if (!svrl)
		return -1;
	int rc = schematron_read_svrl(
	    s, xmlDocGetRootElement(svrl), doc, each, ctx, err);
	xmlFreeDoc(svrl);
	return rc;
}

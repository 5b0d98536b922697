/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/case-names.h"

#include "base/str.h"
#include "testcase/vars.h"

#include <stdlib.h>

/* Tells a fault and lets the check go on, or keeps it as the only one. */
bool check_stops(struct check *c)
{
	c->faults++;
	if (!c->sink || !c->sink->fault)
		return true;
	own_excerpt(c->file, c->err);
	c->sink->fault(c->sink->ctx, c->err);
	*c->err = (struct err){ 0 };
	return false;
}

/* ---- Variables */

void check_know(struct check *c, const char *name)
{
	*VEC_PUSH(&c->known) = xstrdup(name);
}

void check_know_document(struct check *c, const char *name)
{
	for (size_t i = 0; i < document_var_count; i++)
		*VEC_PUSH(&c->known) =
		    xasprintf("%s.%s", name, document_vars[i]);
}

bool check_is_known(const struct check *c, const char *name)
{
	for (size_t i = 0; i < c->known.count; i++) {
		if (streq(c->known.at[i], name))
			return true;
	}
	return false;
}

static int check_dialect_key(const char *key, struct err *err)
{
	if (dialect_key_find(key) >= 0)
		return 0;
	const char *names[DK_COUNT];
	for (size_t i = 0; i < DK_COUNT; i++)
		names[i] = dialect_key_name((enum dialect_key)i);
	err_set(err, ERR_CASE, "a dialect has no key '%s'", key);
	const char *near = str_nearest(key, names, DK_COUNT);
	return near ? err_hint(err, "did you mean '%s'?", near) : -1;
}

/* "record.oid" of a document that the case has, but not known here. */
static bool is_not_sent_yet(const struct check *c, const char *name)
{
	const char *dot = strrchr(name, '.');
	if (!dot)
		return false;
	VEC_EACH (struct case_document, d, &c->tc->documents) {
		if (strlen(d->name) == (size_t)(dot - name) &&
		    strncmp(d->name, name, (size_t)(dot - name)) == 0)
			return true;
	}
	return false;
}

static int check_variable(void *ctx, const char *name, struct err *err)
{
	struct check *c = ctx;
	if (str_starts(name, "dialect."))
		return check_dialect_key(name + strlen("dialect."), err);
	if (check_is_known(c, name)) {
		if (!streq(name, VAR_NOT_TEST) || c->tc->where == WHERE_MOCK)
			return 0;
		err_set(err, ERR_CASE,
		    "'${%s}' in a case that may run anywhere", name);
		return err_hint(err,
		    "a person who is no test person may be sent to the mock "
		    "only: where=\"mock\"");
	}
	err_set(err, ERR_CASE, "unknown variable '${%s}'", name);
	const char *near =
	    str_nearest(name, (const char *const *)c->known.at, c->known.count);
	if (near)
		return err_hint(err, "did you mean '${%s}'?", near);
	if (is_not_sent_yet(c, name))
		return err_hint(err,
		    "a document has %s; one that comes later is not made yet",
		    ".oid, .set-id, .version, .patient, .register, .encounter, "
		    ".author, .author-root and .unit");
	return err_hint(err,
	    "known are 'org', 'now', 'dialect.KEY', NAME.oid, .set-id, "
	    ".version, .patient, .register, .encounter, .author, .author-root "
	    "and .unit of a document, and what an "
	    "earlier step keeps");
}

/* An inner error gets the place of an attribute. */
int check_place(struct check *c, const xmlNode *node, const char *attribute,
    const struct err *inner)
{
	FAIL(c, node, attribute, "%s", inner->msg);
	return inner->hint[0] ? err_hint(c->err, "%s", inner->hint) : -1;
}

int check_text(struct check *c, const xmlNode *node, const char *attribute)
{
	struct err inner = { 0 };
	const char *text = xml_attr(node, attribute);
	if (!text || vars_scan(text, check_variable, c, &inner) == 0)
		return 0;
	return check_place(c, node, attribute, &inner);
}

/* "dialect:KEY" names a key that there is. */
int check_reference(struct check *c, const xmlNode *node, const char *attribute)
{
	struct err inner = { 0 };
	const char *text = xml_attr(node, attribute);
	if (!text || !str_starts(text, "dialect:") ||
	    check_dialect_key(text + strlen("dialect:"), &inner) == 0)
		return 0;
	return check_place(c, node, attribute, &inner);
}

static const char *prefix_of(const struct check *c, const char *uri)
{
	VEC_EACH (struct xml_ns, ns, &c->tc->ns) {
		if (streq(ns->uri, uri))
			return ns->prefix;
	}
	return NULL;
}

static bool is_bound(const struct check *c, const struct xpath_name *n)
{
	VEC_EACH (struct xml_ns, ns, &c->tc->ns) {
		if (strlen(ns->prefix) == n->prefix_len &&
		    !strncmp(ns->prefix, n->prefix, n->prefix_len))
			return true;
	}
	return n->prefix_len == 3 && !strncmp(n->prefix, "xml", 3);
}

static int fail_unbound(
    struct check *c, const xmlNode *node, const struct xpath_name *n)
{
	struct buf list = BUF_INIT(sizeof(c->err->hint) / 2);
	VEC_EACH (struct xml_ns, ns, &c->tc->ns)
		buf_addf(&list, "%s'%s'", list.len ? ", " : "", ns->prefix);
	FAIL(c, node, "select", "the prefix '%.*s' of '%.*s' is unbound",
	    (int)n->prefix_len, n->prefix,
	    (int)(n->prefix_len + 1 + n->name_len), n->prefix);
	if (list.len)
		err_hint(c->err,
		    "the element 'case' binds %s; add xmlns:%.*s=\"…\" there",
		    list.ptr, (int)n->prefix_len, n->prefix);
	else
		err_hint(c->err,
		    "bind it at the element 'case': xmlns:%.*s=\"…\"",
		    (int)n->prefix_len, n->prefix);
	buf_release(&list);
	return -1;
}

/* Of an answer, only the children of a SOAP 1.1 fault are in no namespace (SOAP
 * 1.1 4.4), and what a detail holds may be. */
static bool may_be_bare(const struct xpath_name *n, const char *select)
{
	static const char *const bare[] = { "faultcode", "faultstring",
		"faultactor", "detail" };
	for (size_t i = 0; i < COUNTOF(bare); i++) {
		if (strlen(bare[i]) == n->name_len &&
		    !strncmp(bare[i], n->name, n->name_len))
			return true;
	}
	return strstr(select, "detail/");
}

static int fail_bare(
    struct check *c, const xmlNode *node, const struct xpath_name *n)
{
	const char *prefix = prefix_of(c, XMLNS_V3);
	FAIL(c, node, "select",
	    "'%.*s' has no prefix: it matches elements in no namespace only, "
	    "and an answer has none of that name",
	    (int)n->name_len, n->name);
	if (prefix)
		return err_hint(c->err, "did you mean '%s:%.*s'?", prefix,
		    (int)n->name_len, n->name);
	return err_hint(c->err,
	    "bind a prefix at the element 'case', xmlns:v3=\"%s\", and write "
	    "'v3:%.*s'",
	    XMLNS_V3, (int)n->name_len, n->name);
}

int check_select(struct check *c, const xmlNode *node)
{
	struct err inner = { 0 };
	struct xpath_name name;
	const char *select = xml_attr(node, "select"), *at = select;
	while (xpath_next_name(select, &at, &name)) {
		if (name.prefix_len && !is_bound(c, &name))
			return fail_unbound(c, node, &name);
	}
	if (xpath_check(select, &c->tc->ns, &inner) < 0) {
		check_place(c, node, "select", &inner);
		return err_hint(c->err,
		    "XPath 1.0; its prefixes are bound at the element 'case'");
	}
	at = select;
	while (xpath_next_name(select, &at, &name)) {
		if (!name.prefix_len && !may_be_bare(&name, select))
			return fail_bare(c, node, &name);
	}
	return 0;
}

/* ---- Names */

static int no_such_document(
    const struct check *c, const char *name, size_t count, struct err *err)
{
	err_set(err, ERR_CASE, "no document '%s' %s", name,
	    count == c->tc->documents.count ? "in this case"
					    : "before this one");
	const char **names = xcalloc(count + 1, sizeof(*names));
	for (size_t i = 0; i < count; i++)
		names[i] = c->tc->documents.at[i].name;
	const char *near = str_nearest(name, names, count);
	if (near)
		err_hint(err, "did you mean '%s'?", near);
	free(names);
	return -1;
}

static int find_document(
    const struct check *c, const char *name, size_t count, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (streq(c->tc->documents.at[i].name, name))
			return 0;
	}
	return no_such_document(c, name, count, err);
}

int check_has_document(const struct check *c, const char *name, struct err *err)
{
	return find_document(c, name, c->tc->documents.count, err);
}

int check_document_name(
    struct check *c, const xmlNode *node, const char *attribute, size_t count)
{
	struct err inner = { 0 };
	const char *name = xml_attr(node, attribute);
	if (!name || find_document(c, name, count, &inner) == 0)
		return 0;
	return check_place(c, node, attribute, &inner);
}

/* A path of shipped data: below the folder, wherever that is. */
int check_path(struct check *c, const xmlNode *node, const char *attribute)
{
	const char *path = xml_attr(node, attribute);
	if (!path || (path[0] != '/' && !strstr(path, "..")))
		return 0;
	FAIL(c, node, attribute, "'%s' leads out of the shipped data", path);
	return err_hint(
	    c->err, "write a path like \"fixtures/ptv/hoitokertomus.xml\"");
}

/* Names of `with`: unknown ones and second ones. */
int check_with(struct check *c, const xmlNode *node, const char *const names[],
    size_t count, const char *what)
{
	const char *name = xml_attr(node, "name");
	bool found = false;
	for (size_t i = 0; i < count && !found; i++)
		found = streq(names[i], name);
	if (!found) {
		FAIL(c, node, "name", "%s has no '%s'", what, name);
		const char *near = str_nearest(name, names, count);
		return near ? err_hint(c->err, "did you mean '%s'?", near) : -1;
	}
	for (const xmlNode *other = xml_first(node->parent); other != node;
	     other = xml_next(other)) {
		if (streq(xml_attr(other, "name"), name))
			return FAIL(c, node, "name", "a second '%s'", name);
	}
	return check_text(c, node, "value");
}

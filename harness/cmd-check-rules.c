/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "cmd-check.h"
#include "xml/doc.h"

#include <dirent.h>
#include <stdlib.h>

#define XMLNS_SCHEMATRON "http://purl.oclc.org/dsdl/schematron"

/*
 * The rules that this program checks: those of C code, then those of the
 * shipped rule sets as their files tell them. A sentence of a rule set may hold
 * values of the document, which stand here as '…'.
 */
struct listing {
	FILE *out;
	enum lang lang;
	const struct xml_doc *doc;
};

static void put_rule(const struct listing *l, const char *id,
    enum severity severity, enum stage stage, const char *clause,
    const char *text)
{
	fprintf(l->out, "%-14s %-8s %-9s %s\n    %s\n", id,
	    severity_names[severity], stage_names[stage], clause, text);
}

static void list_own(const struct listing *l)
{
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule_row *row = &rule_rows[i];
		put_rule(l, row->name, row->severity, row->stage, row->clause,
		    word_text(row->must, l->lang));
	}
}

/* ---- Rule sets */

static void add_squeezed(struct buf *to, const char *s)
{
	for (; *s; s++) {
		if (!str_is_space(*s))
			buf_addc(to, *s);
		else if (to->len && to->ptr[to->len - 1] != ' ')
			buf_addc(to, ' ');
	}
}

static char *sentence(const xmlNode *node)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));
	for (const xmlNode *n = node->children; n; n = n->next) {
		if (n->type == XML_TEXT_NODE)
			add_squeezed(&text, (const char *)n->content);
		else if (n->type == XML_ELEMENT_NODE)
			buf_adds(&text, "…");
	}
	if (text.len && text.ptr[text.len - 1] == ' ')
		text.ptr[--text.len] = '\0';
	return buf_detach(&text, NULL);
}

/* The diagnostic of this id that is a sentence in `lang`, no hint. */
static const xmlNode *diagnostic(const struct listing *l, const char *id)
{
	XML_EACH_CHILD (group, xml_root(l->doc)) {
		if (!xml_is(group, XMLNS_SCHEMATRON, "diagnostics"))
			continue;
		XML_EACH_CHILD (d, group) {
			const char *own = xml_attr(d, "id");
			if (own && streq(own, id) &&
			    xml_lang_is(d, lang_names[l->lang]) &&
			    !str_starts(id, "hint"))
				return d;
		}
	}
	return NULL;
}

static const xmlNode *in_language(const struct listing *l, const xmlNode *node)
{
	const char *ids = xml_attr(node, "diagnostics");
	char *copy = xstrdup(ids ? ids : ""), *rest = copy, *id;
	const xmlNode *found = NULL;
	while (!found && (id = strsep(&rest, " \t\r\n")))
		if (*id)
			found = diagnostic(l, id);
	free(copy);
	return found ? found : node;
}

static enum severity severity_of_role(const char *role)
{
	if (role && str_starts(role, "warn"))
		return SEVERITY_WARNING;
	return role && str_starts(role, "info") ? SEVERITY_INFO
						: SEVERITY_ERROR;
}

static void list_assertion(const struct listing *l, const xmlNode *node)
{
	const char *see = xml_attr(node, "see");
	if (!see && node->parent)
		see = xml_attr(node->parent, "see");
	char *text = sentence(in_language(l, node));
	put_rule(l, xml_attr(node, "id"),
	    severity_of_role(xml_attr(node, "role")), STAGE_RULES,
	    see ? see : "", text);
	free(text);
}

static void list_below(const struct listing *l, const xmlNode *top)
{
	XML_EACH_CHILD (node, top) {
		bool is_rule = xml_is(node, XMLNS_SCHEMATRON, "assert") ||
			       xml_is(node, XMLNS_SCHEMATRON, "report");
		if (is_rule && xml_attr(node, "id"))
			list_assertion(l, node);
		else if (!is_rule)
			list_below(l, node);
	}
}

static int is_rule_set(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(entry->d_name, ".sch");
}

static int list_set(struct listing *l, const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_CONFIG_FILE, err);
	if (!doc)
		return -1;
	l->doc = doc;
	list_below(l, xml_root(doc));
	xml_free(doc);
	return 0;
}

static int list_shipped(struct listing *l, const char *dir, struct err *err)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_rule_set, alphasort), rc = 0;
	if (count < 0)
		return err_errno(err, ERR_IO, "cannot read '%s'", dir);
	for (int i = 0; i < count; i++) {
		char *path = path_join(dir, entries[i]->d_name);
		if (rc == 0)
			rc = list_set(l, path, err);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* What would be passed over without a word. */
static int check_alone(const struct check_command *o, struct err *err)
{
	const struct {
		const char *name;
		bool is_set;
	} others[] = {
		{ "format", o->format != CHECK_FORMAT_TEXT },
		{ "html", o->html != NULL },
		{ "json", o->json != NULL },
		{ "junit", o->junit != NULL },
		{ "out", o->out != NULL },
		{ "sarif", o->sarif != NULL },
		{ "shark", o->shark != NULL },
		{ "stages", o->stages != NULL },
		{ "write-baseline", o->write_baseline != NULL },
	};
	for (size_t i = 0; i < COUNTOF(others); i++)
		if (others[i].is_set) {
			err_set(err, ERR_USAGE,
			    "--list-rules does not go together with --%s",
			    others[i].name);
			return err_hint(err,
			    "it tells all rules on the standard output: leave "
			    "out --%s",
			    others[i].name);
		}
	return 0;
}

int check_list_rules(
    const struct check_command *o, struct io *io, struct err *err)
{
	if (check_alone(o, err) < 0)
		return -1;
	struct listing l = { .out = io->out, .lang = (enum lang)o->lang };
	char *data = path_data(err);
	int rc = -1;
	if (data) {
		char *dir = path_join(data, "cases/rules");
		list_own(&l);
		rc = list_shipped(&l, dir, err);
		for (size_t i = 0; rc == 0 && i < o->with.rules.count; i++)
			rc = list_set(&l, o->with.rules.at[i], err);
		free(dir);
	}
	free(data);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "testcase/project-inside.h"

#include <unistd.h>

/* What documents are checked with, beside what is shipped. */

static const struct shape_attribute rules_attributes[] = {
	{ "file", SHAPE_TEXT, true, NULL },
};
static const struct shape rules_shape = {
	.element = "rules",
	.content = SHAPE_EMPTY,
	.attributes = rules_attributes,
	.attribute_count = COUNTOF(rules_attributes),
};

static const struct shape_attribute codes_attributes[] = {
	{ "file", SHAPE_TEXT, true, NULL },
	{ "oid", SHAPE_OID, false, NULL },
	{ "code", SHAPE_TEXT, false, NULL },
	{ "name", SHAPE_TEXT, false, NULL },
	{ "separator", SHAPE_CHOICE, false, ";|,|tab" },
	{ "complete", SHAPE_CHOICE, false, "yes|no" },
};
static const struct shape codes_shape = {
	.element = "codes",
	.content = SHAPE_EMPTY,
	.attributes = codes_attributes,
	.attribute_count = COUNTOF(codes_attributes),
};

static const struct shape_attribute check_attributes[] = {
	{ "schema", SHAPE_TEXT, false, NULL },
	{ "baseline", SHAPE_TEXT, false, NULL },
};
static const struct shape_child check_children[] = {
	{ &rules_shape, 0, 0 },
	{ &codes_shape, 0, 0 },
};
const struct shape project_check_shape = {
	.element = "check",
	.content = SHAPE_CHILDREN,
	.attributes = check_attributes,
	.attribute_count = COUNTOF(check_attributes),
	.children = check_children,
	.child_count = COUNTOF(check_children),
};

static char *add_file(
    struct project *p, const xmlNode *node, const char *attribute)
{
	char *path = project_file_attr(p, node, attribute);
	if (path)
		*VEC_PUSH(&p->check.files) = (struct project_file){
			.path = xstrdup(path),
			.line = xml_line(node),
		};
	return path;
}

/* The spec that an option has its columns in (check/codes.h) is cut at commas,
 * so a name with one in it could not be told. */
static int check_columns(
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	static const char *const names[] = { "file", "code", "name" };
	bool mapped = xml_attr(node, "oid") && xml_attr(node, "code");
	for (size_t i = 0; mapped && i < COUNTOF(names); i++) {
		const char *value = xml_attr(node, names[i]);
		if (value && strchr(value, ','))
			return PROJECT_FAIL(file, node, names[i], err,
			    "a comma in '%s', which no name of a file or "
			    "column may hold here",
			    value);
	}
	if (mapped)
		return 0;
	for (size_t i = 1; i < COUNTOF(codes_attributes); i++) {
		const char *name = codes_attributes[i].name;
		if (!xml_attr(node, name))
			continue;
		PROJECT_FAIL(file, node, name, err,
		    "'%s' without both 'oid' and 'code'", name);
		return err_hint(err,
		    "of a list in CSV its OID is told and the column of its "
		    "codes: oid=\"1.2.246.537.5.1.1997\" code=\"CodeId\"");
	}
	if (!str_ends(xml_attr(node, "file"), ".csv"))
		return 0;
	PROJECT_FAIL(
	    file, node, "file", err, "nothing says what the columns mean");
	return err_hint(err, "add oid=\"1.2.246.537.5.1.1997\" code=\"CodeId\" "
			     "name=\"LongName\"");
}

static int read_codes(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	const char *oid = xml_attr(node, "oid"), *name = xml_attr(node, "name");
	const char *separator = xml_attr(node, "separator");
	const char *complete = xml_attr(node, "complete");
	if (check_columns(file, node, err) < 0)
		return -1;
	char *path = add_file(p, node, "file");
	if (!oid) {
		*VEC_PUSH(&p->check.codes) = path;
		return 0;
	}
	if (!separator)
		separator = ";";
	*VEC_PUSH(&p->check.codes) =
	    xasprintf("%s,oid=%s,code=%s%s%s%s,separator=%s", path, oid,
		xml_attr(node, "code"), name ? ",name=" : "", name ? name : "",
		complete && streq(complete, "no") ? ",complete=no" : "",
		streq(separator, "tab") ? "\t" : separator);
	free(path);
	return 0;
}

int project_check_read(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	p->check.schema = add_file(p, node, "schema");
	p->check.baseline = add_file(p, node, "baseline");
	XML_EACH_CHILD (child, node) {
		if (xml_is(child, NULL, "rules"))
			*VEC_PUSH(&p->check.rules) = add_file(p, child, "file");
		else if (read_codes(p, file, child, err) < 0)
			return -1;
	}
	return 0;
}

void project_check_release(struct project_check *c)
{
	free(c->schema);
	free(c->baseline);
	VEC_EACH (char *, path, &c->rules)
		free(*path);
	VEC_RELEASE(&c->rules);
	VEC_EACH (char *, spec, &c->codes)
		free(*spec);
	VEC_RELEASE(&c->codes);
	VEC_EACH (struct project_file, f, &c->files)
		free(f->path);
	VEC_RELEASE(&c->files);
}

void project_forget_baseline(struct project *p)
{
	struct project_check *c = &p->check;
	size_t kept = 0;
	VEC_EACH (struct project_file, f, &c->files) {
		if (streq(f->path, c->baseline))
			free(f->path);
		else
			c->files.at[kept++] = *f;
	}
	c->files.count = kept;
	free(c->baseline);
	c->baseline = NULL;
}

int project_check_files(const struct project *p, struct err *err)
{
	VEC_EACH (struct project_file, f, &p->check.files) {
		if (access(f->path, R_OK) == 0)
			continue;
		err_at(err, ERR_USAGE, p->path, f->line, 0,
		    "there is no file '%s' to be read", f->path);
		err_excerpt(err, p->source, p->source_len);
		if (p->check.baseline && streq(f->path, p->check.baseline))
			return err_hint(err,
			    "'esitesti check' makes it with --write-baseline "
			    "%s",
			    f->path);
		return err_hint(err,
		    "paths are relative to the project file; 'esitesti lint "
		    "%s' tells all that is wrong in it",
		    p->path);
	}
	return 0;
}

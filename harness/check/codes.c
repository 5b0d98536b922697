/* SPDX-License-Identifier: Apache-2.0 */
#include "check/codes.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes-inside.h"
#include "xml/shape.h"

#include <dirent.h>
#include <errno.h>

#define NS "urn:esitesti:codes:1"

struct code_lists {
	VEC(struct code_list);
};

static const struct shape_attribute code_attributes[] = {
	{ "value", SHAPE_TEXT, true, NULL },
	{ "fi", SHAPE_TEXT, false, NULL },
	{ "en", SHAPE_TEXT, false, NULL },
};
static const struct shape code_shape = {
	.element = "code",
	.content = SHAPE_EMPTY,
	.attributes = code_attributes,
	.attribute_count = COUNTOF(code_attributes),
};

static const struct shape_attribute list_attributes[] = {
	{ "oid", SHAPE_OID, true, NULL },
	{ "fi", SHAPE_TEXT, true, NULL },
	{ "en", SHAPE_TEXT, true, NULL },
	{ "version", SHAPE_TEXT, false, NULL },
	{ "complete", SHAPE_FLAG, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape_child list_children[] = { { &code_shape, 1, 0 } };
static const struct shape list_shape = {
	.element = "list",
	.content = SHAPE_CHILDREN,
	.attributes = list_attributes,
	.attribute_count = COUNTOF(list_attributes),
	.children = list_children,
	.child_count = COUNTOF(list_children),
};

static const struct shape_child root_children[] = { { &list_shape, 1, 0 } };
static const struct shape root_shape = {
	.element = "codes",
	.content = SHAPE_CHILDREN,
	.children = root_children,
	.child_count = COUNTOF(root_children),
};

/* ---- Lists */

struct code_lists *code_lists_new(void)
{
	return xcalloc(1, sizeof(struct code_lists));
}

static void release_list(struct code_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->rows[i].code);
		for (size_t n = 0; n < LANG_COUNT; n++)
			free(list->rows[i].name[n]);
	}
	for (size_t n = 0; n < LANG_COUNT; n++)
		free(list->name[n]);
	free(list->rows);
	free(list->oid);
	free(list->version);
	free(list->source);
}

void code_lists_free(struct code_lists *lists)
{
	if (!lists)
		return;
	VEC_EACH (struct code_list, list, lists)
		release_list(list);
	VEC_RELEASE(lists);
	free(lists);
}

size_t code_lists_count(const struct code_lists *lists)
{
	return lists->count;
}

const struct code_list *code_lists_find(
    const struct code_lists *lists, const char *oid)
{
	VEC_EACH (struct code_list, list, lists)
		if (streq(list->oid, oid))
			return list;
	return NULL;
}

static int by_code(const void *a, const void *b)
{
	return strcmp(((const struct code_row *)a)->code,
	    ((const struct code_row *)b)->code);
}

const struct code_row *code_list_row(
    const struct code_list *list, const char *code)
{
	struct code_row key = { .code = (char *)(uintptr_t)code };
	return bsearch(
	    &key, list->rows, list->count, sizeof(*list->rows), by_code);
}

void code_lists_take(struct code_lists *lists, struct code_list *list)
{
	if (list->count)
		qsort(list->rows, list->count, sizeof(*list->rows), by_code);
	VEC_EACH (struct code_list, other, lists) {
		if (!streq(other->oid, list->oid))
			continue;
		release_list(other);
		*other = *list;
		return;
	}
	*VEC_PUSH(lists) = *list;
}

/* ---- Our own files */

static char *copy(const xmlNode *node, const char *attribute)
{
	const char *value = xml_attr(node, attribute);
	return value ? xstrdup(value) : NULL;
}

static void read_list(struct code_lists *lists, const xmlNode *node)
{
	struct {
		VEC(struct code_row);
	} rows = { 0 };
	struct code_list list = {
		.oid = copy(node, "oid"),
		.version = copy(node, "version"),
		.source = copy(node, "source"),
		.complete = streq(xml_attr(node, "complete"), "true"),
		.mark = (enum mark)mark_find(xml_attr(node, "mark")),
	};
	for (size_t i = 0; i < LANG_COUNT; i++)
		list.name[i] = copy(node, lang_names[i]);
	XML_EACH_CHILD (child, node) {
		struct code_row *row = VEC_PUSH(&rows);
		row->code = copy(child, "value");
		for (size_t i = 0; i < LANG_COUNT; i++)
			row->name[i] = copy(child, lang_names[i]);
	}
	list.rows = rows.at;
	list.count = rows.count;
	code_lists_take(lists, &list);
}

static int add_xml(struct code_lists *lists, const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_CODES_FILE, err);
	int rc = doc ? shape_check(doc, NS, &root_shape, err) : -1;
	if (rc == 0)
		XML_EACH_CHILD (node, xml_root(doc))
			read_list(lists, node);
	xml_free(doc);
	return rc;
}

int code_lists_add(struct code_lists *lists, const char *spec, struct err *err)
{
	const char *comma = strchr(spec, ',');
	if (comma)
		return code_lists_add_csv(lists, spec, err);
	if (!str_ends(spec, ".csv"))
		return add_xml(lists, spec, err);
	err_set(err, ERR_USAGE, "'%s' says not what its columns mean", spec);
	return err_hint(err,
	    "for example '%s,oid=1.2.246.537.5.1.1997,code=CodeId,"
	    "name=LongName,separator=;'",
	    spec);
}

static int is_xml(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(entry->d_name, ".xml");
}

int code_lists_add_folder(
    struct code_lists *lists, const char *dir, struct err *err)
{
	struct dirent **entries = NULL;
	int rc = 0;
	int count = scandir(dir, &entries, is_xml, alphasort);
	if (count < 0)
		return err_errno(err, ERR_IO, "cannot read '%s'", dir);
	for (int i = 0; i < count; i++) {
		char *path = path_join(dir, entries[i]->d_name);
		if (rc == 0)
			rc = add_xml(lists, path, err);
		free(path);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

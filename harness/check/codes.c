/* SPDX-License-Identifier: Apache-2.0 */
#include "check/codes.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes-inside.h"
#include "kanta/ids.h"
#include "xml/shape.h"

#include <dirent.h>
#include <errno.h>

#define NS "urn:esitesti:codes:1"

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
	{ "form", SHAPE_TEXT, false, NULL },
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

static const struct shape_attribute place_attributes[] = {
	{ "at", SHAPE_TEXT, true, NULL },
	{ "in", SHAPE_CHOICE, true, "any|cda|frame" },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "systems", SHAPE_TEXT, true, NULL },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape place_shape = {
	.element = "place",
	.content = SHAPE_EMPTY,
	.attributes = place_attributes,
	.attribute_count = COUNTOF(place_attributes),
};

static const struct shape_child root_children[] = {
	{ &list_shape, 1, 0 },
	{ &place_shape, 0, 0 },
};
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
		for (size_t n = 0; n < LANG_COUNT; n++) {
			free(list->rows[i].name[n]);
			free(list->rows[i].key[n]);
		}
	}
	for (size_t n = 0; n < LANG_COUNT; n++) {
		free(list->name[n]);
		free(list->key[n]);
	}
	free(list->rows);
	free(list->oid);
	free(list->version);
	free(list->source);
	free(list->form);
}

void code_lists_free(struct code_lists *lists)
{
	if (!lists)
		return;
	VEC_EACH (struct code_list, list, lists)
		release_list(list);
	VEC_EACH (struct code_place, place, &lists->places) {
		free(place->at);
		free(place->systems);
	}
	VEC_RELEASE(&lists->places);
	VEC_RELEASE(lists);
	free(lists);
}

void code_lists_are_given(struct code_lists *lists)
{
	lists->given = true;
}

size_t code_lists_count(const struct code_lists *lists)
{
	return lists->count;
}

/* Where the list is, or should be put in. */
static size_t find_list(
    const struct code_lists *lists, const char *oid, bool *found)
{
	size_t low = 0, high = lists->count;
	*found = false;
	while (low < high && !*found) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(oid, lists->at[middle].oid);
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
		*found = order == 0;
	}
	return high;
}

const struct code_list *code_lists_find(
    const struct code_lists *lists, const char *oid)
{
	bool found;
	size_t i = find_list(lists, oid, &found);
	return found ? &lists->at[i] : NULL;
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

/* Once for all documents: each name of theirs is held against many of these. */
static void set_keys(char *keys[LANG_COUNT], char *const names[LANG_COUNT])
{
	for (size_t i = 0; i < LANG_COUNT; i++)
		keys[i] = code_name_key(names[i]);
}

void code_lists_take(struct code_lists *lists, struct code_list *list)
{
	list->given = lists->given;
	set_keys(list->key, list->name);
	for (size_t i = 0; i < list->count; i++)
		set_keys(list->rows[i].key, list->rows[i].name);
	if (list->count)
		qsort(list->rows, list->count, sizeof(*list->rows), by_code);
	bool found;
	size_t i = find_list(lists, list->oid, &found);
	if (found) {
		release_list(&lists->at[i]);
	} else {
		(void)VEC_PUSH(lists);
		memmove(&lists->at[i + 1], &lists->at[i],
		    (lists->count - 1 - i) * sizeof(*list));
	}
	lists->at[i] = *list;
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
		.form = copy(node, "form"),
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

/* A place told again is told better. */
static int read_place(struct code_lists *lists, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	static const char *const parts[] = { "any", "cda", "frame" };
	const char *at = xml_attr(node, "at");
	int part =
	    str_choice(xml_attr(node, "in"), parts, COUNTOF(parts), "in", err);
	char *systems = copy(node, "systems"), *rest = systems, *oid;
	bool valid = part >= 0;
	while (valid && (oid = strsep(&rest, " ")))
		valid = !*oid || oid_is_valid(oid);
	free(systems);
	if (!valid)
		return xml_fail_at(doc, node, "systems", err, ERR_CASE,
		    "'%s' holds what is no OID", xml_attr(node, "systems"));
	struct code_place *place = NULL;
	VEC_EACH (struct code_place, other, &lists->places)
		if (streq(other->at, at) && other->part == (enum code_part)part)
			place = other;
	if (!place)
		place = VEC_PUSH(&lists->places);
	free(place->at);
	free(place->systems);
	*place = (struct code_place){
		.at = xstrdup(at),
		.systems = copy(node, "systems"),
		.part = (enum code_part)part,
		.mark = (enum mark)mark_find(xml_attr(node, "mark")),
	};
	return 0;
}

static int add_xml(struct code_lists *lists, const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_CODES_FILE, err);
	int rc = doc ? shape_check(doc, NS, &root_shape, err) : -1;
	const xmlNode *node = rc == 0 ? xml_first(xml_root(doc)) : NULL;
	for (; rc == 0 && node; node = xml_next(node))
		if (xml_is(node, NULL, "list"))
			read_list(lists, node);
		else
			rc = read_place(lists, doc, node, err);
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

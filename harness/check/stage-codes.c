/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes.h"
#include "check/stage.h"
#include "kanta/ids.h"

/*
 * Every code: is it in its list, and is that the list of its place? In a list
 * of which we know only a part, a code may still be right.
 */

static int prepare(
    void **shared, const struct check_options *o, struct err *err)
{
	struct code_lists *lists = code_lists_new();
	char *dir = path_join(o->data, "fixtures/codes");
	int rc = code_lists_add_folder(lists, dir, err);
	code_lists_are_given(lists);
	for (size_t i = 0; rc == 0 && o->codes && i < o->codes->count; i++)
		rc = code_lists_add(lists, o->codes->at[i], err);
	free(dir);
	*shared = lists;
	return rc;
}

static void release(void *shared)
{
	code_lists_free(shared);
}

/* What each thread has: nothing but the way to the lists. */
static void *begin(const void *shared)
{
	return (void *)(uintptr_t)shared;
}

struct walk {
	struct look *l;
	const struct code_lists *lists;
	enum part part;
	enum code_part where;
	size_t known, unknown; /* codes in lists that we know, and not */
};

/* One without a name is told by its file. */
static void list_name(char name[NOTE_ARG], const struct code_list *list)
{
	if (streq(list->name[LANG_FI], list->oid))
		snprintf(name, NOTE_ARG, "%s (%s)", list->oid,
		    path_base(list->source));
	else
		snprintf(
		    name, NOTE_ARG, "%s (%s)", list->name[LANG_FI], list->oid);
}

/* Nobody need be told to give the list that was given. */
static void find_code(struct walk *w, const xmlNode *node,
    const struct code_list *list, enum rule rule, struct note text)
{
	struct finding *f = look_find(w->l, rule, w->part, node, "code", text);
	if (!f || !list->given)
		return;
	struct note hint =
	    list->complete ? say_codes_given() : say_codes_given_part();
	for (size_t i = 0; i < LANG_COUNT; i++) {
		struct buf b = BUF_INIT(LIMIT_KIB(4));
		note_render(&b, &hint, (enum lang)i);
		free(f->hint[i]);
		f->hint[i] = buf_detach(&b, NULL);
	}
}

/* ---- The code itself */

/* A code that the list holds in other letters or with other spaces. */
static bool look_at_spelling(struct walk *w, const xmlNode *node,
    const struct code_list *list, const char *code)
{
	const struct code_row *row = code_list_spelt(list, code);
	char name[NOTE_ARG];
	if (!row)
		return false;
	list_name(name, list);
	find_code(w, node, list,
	    list->complete ? RULE_CODE_UNKNOWN : RULE_CODE_UNSEEN,
	    say_code_spelt(code, name, row->code));
	return true;
}

static void look_at_code(struct walk *w, const xmlNode *node,
    const struct code_list *list, const char *code)
{
	char name[NOTE_ARG];
	if (code_list_row(list, code) ||
	    (list->form && code_form_holds(list->form, code)) ||
	    look_at_spelling(w, node, list, code))
		return;
	list_name(name, list);
	if (list->form && !list->complete) {
		look_find(w->l, RULE_CODE_FORM, w->part, node, "code",
		    say_code_form(code, name, list->form));
		return;
	}
	if (!list->complete) {
		find_code(w, node, list, RULE_CODE_UNSEEN,
		    say_code_unseen(code, name));
		return;
	}
	const struct code_row *near = code_list_near(list, code);
	find_code(w, node, list, RULE_CODE_UNKNOWN,
	    near ? say_code_unknown_near(code, name, near->code)
		 : say_code_unknown(code, name));
}

/* ---- The names beside it */

/* The code that has the name in this list, but for `own`; NULL = none. */
static const struct code_row *named_row(
    const struct code_list *list, const struct code_row *own, const char *key)
{
	const struct code_row *found = NULL;
	for (size_t i = 0; i < list->count; i++)
		if (&list->rows[i] != own &&
		    code_key_is_like(key, list->rows[i].key))
			found = &list->rows[i];
	return found;
}

/* A display name is only told to be wrong when it is another code's: texts
 * are shortened and bent. */
static void look_at_display(struct walk *w, const xmlNode *node,
    const struct code_list *list, const char *code)
{
	const char *display = xml_attr(node, "displayName");
	const struct code_row *own = code_list_row(list, code);
	if (!display || !own || !own->name[LANG_FI])
		return;
	char *key = code_name_key(display);
	if (!code_key_is_like(key, own->key)) {
		const struct code_row *other = named_row(list, own, key);
		look_find(w->l, RULE_CODE_DISPLAY, w->part, node, "displayName",
		    other
			? say_code_display_other(
			      display, code, own->name[LANG_FI], other->code)
			: say_code_display(display, code, own->name[LANG_FI]));
	}
	free(key);
}

/* The same for the list's name: none of two organisations writes it alike. */
static void look_at_system_name(
    struct walk *w, const xmlNode *node, const struct code_list *list)
{
	const char *said = xml_attr(node, "codeSystemName");
	char name[NOTE_ARG], other_name[NOTE_ARG];
	if (!said)
		return;
	char *key = code_name_key(said);
	const struct code_list *other = NULL;
	if (!code_key_is_like(key, list->key))
		other = code_lists_named(w->lists, key);
	free(key);
	if (!other || other == list)
		return;
	list_name(name, list);
	list_name(other_name, other);
	look_find(w->l, RULE_CODE_SYSTEM_NAME, w->part, node, "codeSystemName",
	    say_code_system_name(said, name, other_name));
}

/* ---- The place */

static void lower(struct finding *f, const struct code_place *place)
{
	if (f && place->mark != MARK_CERTAIN)
		f->severity = SEVERITY_WARNING;
}

static void look_at_place(struct walk *w, const xmlNode *node,
    const struct code_place *place, const char *system)
{
	if (!system)
		lower(look_find(w->l, RULE_CODE_NO_SYSTEM, w->part, node,
			  "code", say_code_no_system_of(place->systems)),
		    place);
	else if (!code_place_takes(place, system))
		lower(look_find(w->l, RULE_CODE_PLACE, w->part, node,
			  "codeSystem",
			  say_code_place(system, (const char *)node->name,
			      place->systems)),
		    place);
}

static const char *xsi_type(const xmlNode *node)
{
	for (const xmlAttr *a = node->properties; a; a = a->next)
		if (a->ns && streq((const char *)a->name, "type") &&
		    a->children && a->children->content)
			return (const char *)a->children->content;
	return NULL;
}

/* Elements that are no simple codes, wherever they are. */
static bool needs_system(const xmlNode *node)
{
	static const char *const types[] = { "CD", "CE", "CV", "CO" };
	if (xml_is(node, NULL, "code") || xml_is(node, NULL, "translation"))
		return true;
	if (!xml_is(node, NULL, "value"))
		return false;
	const char *type = xsi_type(node);
	const char *colon = type ? strchr(type, ':') : NULL;
	type = colon ? colon + 1 : type;
	for (size_t i = 0; type && i < COUNTOF(types); i++)
		if (streq(type, types[i]))
			return true;
	return false;
}

static const char *not_empty(const char *s)
{
	return s && *s ? s : NULL;
}

static void look_at(struct walk *w, const xmlNode *node)
{
	const char *code = not_empty(xml_attr(node, "code"));
	const char *system = not_empty(xml_attr(node, "codeSystem"));
	if (!code && !system)
		return;
	const struct code_place *place =
	    code_lists_place(w->lists, node, w->where);
	if (system && !oid_is_valid(system)) {
		look_find(w->l, RULE_CODE_OID, w->part, node, "codeSystem",
		    say_code_oid(system));
		return;
	}
	if (place)
		look_at_place(w, node, place, system);
	else if (!system && needs_system(node))
		look_find(w->l, RULE_CODE_ALONE, w->part, node, "code",
		    say_code_no_system(code));
	if (!system || !code)
		return;
	const struct code_list *list = code_lists_find(w->lists, system);
	w->known += list != NULL;
	w->unknown += list == NULL;
	if (!list)
		return;
	look_at_code(w, node, list, code);
	look_at_display(w, node, list, code);
	look_at_system_name(w, node, list);
}

static void walk_tree(struct walk *w, const xmlNode *top)
{
	const xmlNode *node = top;
	while (node) {
		look_at(w, node);
		const xmlNode *next = xml_first(node);
		while (!next && node && node != top) {
			next = xml_next(node);
			if (!next)
				node = node->parent;
		}
		node = next;
	}
}

static void look_codes(struct look *l, struct stage_result *result, void *own)
{
	struct walk w = { .l = l, .lists = own, .part = PART_FILE };
	if (!l->message && !l->document) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_no_document();
		return;
	}
	w.where = CODE_PART_FRAME;
	if (l->message)
		walk_tree(&w, l->message);
	w.part = l->document_part;
	w.where = CODE_PART_CDA;
	if (l->document)
		walk_tree(&w, xml_root(l->document));
	char known[24], unknown[24], lists[24];
	snprintf(known, sizeof(known), "%zu", w.known);
	snprintf(unknown, sizeof(unknown), "%zu", w.unknown);
	snprintf(lists, sizeof(lists), "%zu", code_lists_count(w.lists));
	result->checks = w.known;
	result->basis = say_codes_basis(lists, known, unknown);
}

const struct stage_kind stage_codes = {
	.prepare = prepare,
	.release = release,
	.begin = begin,
	.look = look_codes,
};

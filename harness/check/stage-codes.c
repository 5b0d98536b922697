/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes.h"
#include "check/stage.h"

/*
 * Every code beside the OID of a list that we know: is it in the list? In a
 * list of which we know only a part, a code may still be right.
 */

static int prepare(
    void **shared, const struct check_options *o, struct err *err)
{
	struct code_lists *lists = code_lists_new();
	char *dir = path_join(o->data, "fixtures/codes");
	int rc = code_lists_add_folder(lists, dir, err);
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
	size_t known, unknown; /* codes in lists that we know, and not */
};

/* The code that was probably meant, by its letters; "" = none is near. */
static const char *nearest(const struct code_list *list, const char *code)
{
	if (list->count > LIMIT_NEAR_CODES)
		return "";
	const char **words = xreallocarray(NULL, list->count, sizeof(char *));
	for (size_t i = 0; i < list->count; i++)
		words[i] = list->rows[i].code;
	const char *found = str_nearest(code, words, list->count);
	free(words);
	return found ? found : "";
}

static void look_at(struct walk *w, const xmlNode *node)
{
	const char *system = xml_attr(node, "codeSystem");
	const char *code = xml_attr(node, "code");
	if (!system || !code)
		return;
	const struct code_list *list = code_lists_find(w->lists, system);
	w->known += list != NULL;
	w->unknown += list == NULL;
	if (!list || code_list_row(list, code))
		return;
	char name[NOTE_ARG];
	snprintf(name, sizeof(name), "%s (%s)", list->name[LANG_FI], list->oid);
	const char *near = nearest(list, code);
	if (list->complete)
		look_find(w->l, RULE_CODE_UNKNOWN, w->part, node, "code",
		    *near ? say_code_unknown_near(code, name, near)
			  : say_code_unknown(code, name));
	else
		look_find(w->l, RULE_CODE_UNSEEN, w->part, node, "code",
		    say_code_unseen(code, name));
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
	if (l->message)
		walk_tree(&w, l->message);
	w.part = l->document_part;
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

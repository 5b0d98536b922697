/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes-inside.h"

#include <ctype.h>

/* ---- Codes that are nearly those of a list */

/* Whether they differ in case and white space only. */
static bool is_spelt_like(const char *a, const char *b)
{
	for (;;) {
		while (str_is_space(*a))
			a++;
		while (str_is_space(*b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

const struct code_row *code_list_spelt(
    const struct code_list *list, const char *code)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_spelt_like(list->rows[i].code, code))
			return &list->rows[i];
	return NULL;
}

/* Whether one letter more, less or other makes the one of the other. */
static bool is_one_edit(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	while (*a && *a == *b) {
		a++;
		b++;
		n--;
		m--;
	}
	if (n == m)
		return n > 0 && streq(a + 1, b + 1);
	return n == m + 1 ? streq(a + 1, b) : m == n + 1 && streq(a, b + 1);
}

const struct code_row *code_list_near(
    const struct code_list *list, const char *code)
{
	if (strlen(code) < 3)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (strlen(list->rows[i].code) >= 3 &&
		    is_one_edit(list->rows[i].code, code))
			return &list->rows[i];
	return NULL;
}

static bool fits_form(char form, char c)
{
	switch (form) {
	case '9':
		return str_is_digit(c);
	case 'A':
		return c >= 'A' && c <= 'Z';
	case 'a':
		return c >= 'a' && c <= 'z';
	default:
		return form == c;
	}
}

bool code_form_holds(const char *form, const char *code)
{
	size_t len = strlen(code);
	while (*form) {
		size_t n = strcspn(form, "|"), i = 0;
		while (n == len && i < n && fits_form(form[i], code[i]))
			i++;
		if (n == len && i == n)
			return true;
		form += n + (form[n] == '|');
	}
	return false;
}

/* ---- Names */

/* The letters and digits of a name, small: how it is compared. What follows
 * them is left out when it is a year. */
static void reduce(char *to, size_t size, const char *name)
{
	size_t n = 0, digits = 0;
	for (; *name && n + 1 < size; name++) {
		unsigned char c = (unsigned char)*name;
		if (c < 0x80 && !isalnum(c))
			continue;
		to[n++] = (char)(c < 0x80 ? tolower(c) : c);
		digits = isdigit(c) ? digits + 1 : 0;
	}
	if (digits == 4 && n > 4)
		n -= 4;
	to[n] = '\0';
}

char *code_name_key(const char *name)
{
	char key[512];
	if (!name)
		return NULL;
	reduce(key, sizeof(key), name);
	return xstrdup(key);
}

static bool keys_are_like(const char *a, const char *b)
{
	return *a && *b &&
	       (str_starts(a, b) || str_starts(b, a) || str_ends(a, b) ||
		   str_ends(b, a));
}

bool code_key_is_like(const char *key, char *const keys[LANG_COUNT])
{
	for (size_t i = 0; i < LANG_COUNT; i++)
		if (keys[i] && keys_are_like(key, keys[i]))
			return true;
	return false;
}

const struct code_list *code_lists_named(
    const struct code_lists *lists, const char *key)
{
	VEC_EACH (struct code_list, list, lists)
		if (code_key_is_like(key, list->key))
			return list;
	return NULL;
}

/* ---- Places */

static bool is_named(const xmlNode *node, const char *name, size_t len)
{
	return node && node->type == XML_ELEMENT_NODE &&
	       strlen((const char *)node->name) == len &&
	       memcmp(node->name, name, len) == 0;
}

/* Whether the path ends at the node: "a/b" fits /x/a/b. */
static bool ends_at(const char *path, const xmlNode *node)
{
	size_t end = strlen(path);
	while (end > 0) {
		size_t start = end;
		while (start > 0 && path[start - 1] != '/')
			start--;
		if (!is_named(node, path + start, end - start))
			return false;
		node = node->parent;
		end = start ? start - 1 : 0;
	}
	return true;
}

const struct code_place *code_lists_place(
    const struct code_lists *lists, const xmlNode *node, enum code_part part)
{
	const struct code_place *best = NULL;
	VEC_EACH (struct code_place, place, &lists->places)
		if ((place->part == CODE_PART_ANY || place->part == part) &&
		    ends_at(place->at, node) &&
		    (!best || strlen(place->at) > strlen(best->at)))
			best = place;
	return best;
}

/* How much of an OID there is before a year at its end, "2006" or "201901";
 * all of it when there is none. */
static size_t before_year(const char *oid, size_t len)
{
	size_t start = len;
	while (start > 0 && str_is_digit(oid[start - 1]))
		start--;
	bool year = (len - start == 4 || len - start == 6) &&
		    (memcmp(oid + start, "19", 2) == 0 ||
			memcmp(oid + start, "20", 2) == 0);
	return year ? start : len;
}

bool code_place_takes(const struct code_place *place, const char *oid)
{
	const char *p = place->systems;
	size_t len = strlen(oid), stem = before_year(oid, len);
	while (*p) {
		size_t n = strcspn(p, " ");
		size_t base = before_year(p, n);
		if ((n == len && memcmp(p, oid, n) == 0) ||
		    (base < n && base == stem && memcmp(p, oid, base) == 0))
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "kanta/shark.h"

#include <jansson.h>
#include <stdlib.h>

/* What the validation service, or a firewall before it, answers. */

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* The page of a web application firewall; it comes with status 200, too. */
static bool read_block(struct shark_answer *a, const char *text)
{
	static const char mark[] = "support id is:";
	if (!strcasestr(text, "Request Rejected"))
		return false;
	const char *id = strcasestr(text, mark);
	if (id) {
		id += strlen(mark);
		id += strspn(id, " \t\r\n");
		size_t len = strspn(id, "0123456789");
		if (len >= sizeof(a->support_id))
			len = sizeof(a->support_id) - 1;
		memcpy(a->support_id, id, len);
		a->support_id[len] = '\0';
	}
	a->outcome = SHARK_BLOCKED;
	return true;
}

/* "12: …": where the text behind the number begins; else the same. */
static const char *behind_number(const char *s)
{
	const char *at = s + strspn(s, "0123456789");
	if (at == s || *at != ':')
		return s;
	at++;
	return at + strspn(at, " \t\r\n");
}

static void add_item(struct shark_answer *a, const char *s, size_t len)
{
	char *copy = xstrndup(s, len), *from = copy;
	from += strspn(from, " \t\r\n");
	for (size_t n = strlen(from); n > 0 && str_is_space(from[n - 1]); n--)
		from[n - 1] = '\0';
	const char *text = behind_number(from);
	if (*text) {
		*VEC_PUSH(&a->items) = xstrdup(text);
		str_clean(a->items.at[a->items.count - 1]);
	}
	free(copy);
}

/* A semicolon ends an item when a number or nothing follows; in a list without
 * numbers each one does. */
static bool ends_item(const char *semicolon, bool numbered)
{
	const char *next = semicolon + 1;
	next += strspn(next, " \t\r\n");
	return !*next || !numbered || behind_number(next) != next;
}

static void split(struct shark_answer *a, const char *description)
{
	const char *from = description + strspn(description, " \t\r\n");
	bool numbered = behind_number(from) != from;
	for (const char *p = from;; p++) {
		if (*p && !(*p == ';' && ends_item(p, numbered)))
			continue;
		if (a->items.count < LIMIT_SHARK_ITEMS)
			add_item(a, from, (size_t)(p - from));
		if (!*p)
			return;
		from = p + 1;
	}
}

static void keep_code(struct shark_answer *a, const json_t *code)
{
	if (json_is_string(code))
		str_copy(a->code, sizeof(a->code), json_string_value(code));
	else if (json_is_integer(code))
		snprintf(a->code, sizeof(a->code), "%" JSON_INTEGER_FORMAT,
		    json_integer_value(code));
	str_clean(a->code);
}

static bool read_description(
    struct shark_answer *a, const char *text, size_t len)
{
	json_error_t ignored;
	json_t *all = json_loadb(text, len, 0, &ignored);
	const char *description =
	    json_string_value(json_object_get(all, "description"));
	if (description && !is_blank(description)) {
		a->outcome = SHARK_FOUND;
		split(a, description);
		keep_code(a, json_object_get(all, "code"));
	}
	json_decref(all);
	return a->outcome == SHARK_FOUND;
}

void shark_read_answer(
    struct shark_answer *a, int status, const void *body, size_t len)
{
	*a = (struct shark_answer){ .outcome = SHARK_STRANGE };
	char *text = xmemdup(body ? body : "", len);
	if (status == 200 && strlen(text) == len && is_blank(text))
		a->outcome = SHARK_VALID;
	else if (!read_block(a, text) && status >= 400 && status < 500)
		(void)read_description(a, text, len);
	free(text);
}

void shark_answer_release(struct shark_answer *a)
{
	VEC_EACH (char *, item, &a->items)
		free(*item);
	VEC_RELEASE(&a->items);
}

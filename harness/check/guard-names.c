/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "check/guard-inside.h"

#include <strings.h>

/*
 * The names of those whose data a document holds: on a real target only names
 * of the project's test persons. A made up name beside a test code is easily
 * somebody's own.
 */

static bool is_in_other_person(const xmlNode *element)
{
	for (const xmlNode *n = element; n; n = n->parent)
		if (xml_is(n, NULL, "participant")) {
			const char *type = xml_attr(n, "typeCode");
			return type && streq(type, "SBJ");
		}
	return false;
}

static bool is_name_of_subject(const xmlNode *element)
{
	static const char *const owners[] = { "patient", "patientPerson",
		"subject", "guardianPerson", "relatedPerson" };
	const xmlNode *owner = element->parent;

	if (!xml_is(element, NULL, "name"))
		return false;
	for (size_t i = 0; i < COUNTOF(owners); i++)
		if (xml_is(owner, NULL, owners[i]))
			return true;
	return xml_is(owner, NULL, "associatedPerson") &&
	       is_in_other_person(owner);
}

/* Words with one space between; commas count as spaces. */
static void add_words(struct buf *to, const char *text)
{
	for (; *text; text++) {
		if (!str_is_space(*text) && *text != ',')
			buf_addc(to, *text);
		else if (to->len > 0 && to->ptr[to->len - 1] != ' ')
			buf_addc(to, ' ');
	}
}

/* The text of all parts of this name; a nickname is told twice, and left out.
 */
static void add_parts(struct buf *to, const xmlNode *name, const char *part)
{
	XML_EACH_CHILD (n, name) {
		const char *qualifier = xml_attr(n, "qualifier");
		if (!xml_is(n, NULL, part) ||
		    (qualifier && strstr(qualifier, "CL")))
			continue;
		char *text = xml_text(n);
		add_words(to, " ");
		add_words(to, text);
		free(text);
	}
}

static void trim(struct buf *b)
{
	while (b->len > 0 && b->ptr[b->len - 1] == ' ')
		b->ptr[--b->len] = '\0';
}

/* "Given Family" and "Family Given" as the pool has them, or its first given
 * name alone. */
static bool is_name_of(const struct test_name *t, const char *given,
    const char *family, const char *whole)
{
	struct buf one = BUF_INIT(1024), other = BUF_INIT(1024);
	size_t first = strcspn(t->given, " ");
	bool same;

	if (*given || *family) {
		same = strcasecmp(family, t->family) == 0 &&
		       (strcasecmp(given, t->given) == 0 ||
			   (strlen(given) == first &&
			       strncasecmp(given, t->given, first) == 0));
	} else {
		buf_addf(&one, "%s %s", t->given, t->family);
		buf_addf(&other, "%s %s", t->family, t->given);
		same = strcasecmp(whole, one.ptr) == 0 ||
		       strcasecmp(whole, other.ptr) == 0;
	}
	buf_release(&one);
	buf_release(&other);
	return same;
}

/* Enough to find it by: its first letters. */
static void mask_words(struct buf *to, const char *words)
{
	uint32_t letter;

	for (bool begins = true; *words; words++) {
		size_t n = begins ? str_utf8(words, strlen(words), &letter) : 0;
		if (begins && n > 0) {
			buf_add(to, words, n);
			buf_adds(to, "…");
			words += n - 1;
		}
		begins = *words == ' ';
		if (begins)
			buf_addc(to, ' ');
	}
}

void scan_name(
    struct scan *s, const struct place *outer, const xmlNode *element)
{
	const struct identity_pool *pool = s->pool;
	struct buf given = BUF_INIT(4096), family = BUF_INIT(4096);
	struct buf whole = BUF_INIT(4096), mask = BUF_INIT(4096);
	bool known = false;

	if (!pool || !pool->name_count || !is_name_of_subject(element))
		return;
	char *text = xml_text(element);
	add_parts(&given, element, "given");
	add_parts(&family, element, "family");
	add_words(&whole, text);
	trim(&given);
	trim(&family);
	trim(&whole);
	free(text);
	for (size_t i = 0; i < pool->name_count && !known; i++)
		known = is_name_of(
		    &pool->names[i], given.ptr, family.ptr, whole.ptr);
	if (whole.len > 0 && !known) {
		struct place at = { .outer = outer, .node = element };
		mask_words(&mask, whole.ptr);
		struct note what = say_guard_name(mask.ptr);
		add_finding(s, GUARD_NAME, &at, "", &what);
	}
	buf_release(&given);
	buf_release(&family);
	buf_release(&whole);
	buf_release(&mask);
}

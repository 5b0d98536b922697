/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/dialect-private.h"

/* The table's side of a key, and what a loaded dialect says of it. */
static const struct row {
	const char *name;
	enum dialect_type type;
	const char *choices, *meaning[LANG_COUNT];
} rows[DK_COUNT] = {
#define KEY(id, name, type, choices, fi, en) \
 [DK_##id] = { name, DIALECT_##type, choices, { fi, en } },
#include "kanta/dialect.def"
#undef KEY
};

static const char *const letters[] = { "F", "I", "U" };

const char *mark_letter(enum mark m)
{
	return letters[m];
}

int mark_find(const char *letter)
{
	for (size_t i = 0; i < COUNTOF(letters); i++)
		if (streq(letters[i], letter))
			return (int)i;
	return -1;
}

const char *dialect_key_name(enum dialect_key key)
{
	return rows[key].name;
}

const char *dialect_key_meaning(enum dialect_key key, enum lang lang)
{
	return rows[key].meaning[lang];
}

const char *dialect_key_choices(enum dialect_key key)
{
	return rows[key].choices;
}

enum dialect_type dialect_type(enum dialect_key key)
{
	return rows[key].type;
}

int dialect_key_find(const char *name)
{
	for (int i = 0; i < DK_COUNT; i++)
		if (streq(rows[i].name, name))
			return i;
	return -1;
}

/* ---- Values */

static const struct dialect_value *value_of(
    const struct dialect *d, enum dialect_key key, enum dialect_type type)
{
	if (rows[key].type != type)
		BUG("a dialect key was read as another type");
	return &d->value[key];
}

const char *dialect_name(const struct dialect *d)
{
	return d->name;
}

const char *dialect_text(const struct dialect *d, enum dialect_key key)
{
	return d->value[key].text;
}

uint64_t dialect_number(const struct dialect *d, enum dialect_key key)
{
	return value_of(d, key, DIALECT_NUMBER)->number;
}

int dialect_choice(const struct dialect *d, enum dialect_key key)
{
	return value_of(d, key, DIALECT_CHOICE)->choice;
}

size_t dialect_count(const struct dialect *d, enum dialect_key key)
{
	return value_of(d, key, DIALECT_LIST)->count;
}

const char *dialect_item(
    const struct dialect *d, enum dialect_key key, size_t index)
{
	return value_of(d, key, DIALECT_LIST)->at[index];
}

bool dialect_has(
    const struct dialect *d, enum dialect_key key, const char *item)
{
	const struct dialect_value *v = value_of(d, key, DIALECT_LIST);
	for (size_t i = 0; i < v->count; i++)
		if (streq(v->at[i], item))
			return true;
	return false;
}

void dialect_show(struct buf *to, const struct dialect *d, enum dialect_key key)
{
	const struct dialect_value *v = &d->value[key];
	buf_adds(to, v->text);
	for (size_t i = 0; i < v->count; i++)
		buf_addf(to, "%s%s", i ? ", " : "", v->at[i]);
}

enum mark dialect_mark(const struct dialect *d, enum dialect_key key)
{
	return d->value[key].mark;
}

const char *dialect_source(const struct dialect *d, enum dialect_key key)
{
	return d->value[key].source;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "record/fields.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/words.h"

#include <limits.h>

struct texts {
	VEC(const char *);
};

json_t *fields_text(const char *s)
{
	json_t *text = json_string(s);
	if (text)
		return text;
	struct buf clean = BUF_INIT(LIMIT_JOURNAL_LINE);
	size_t len = strlen(s);
	for (size_t i = 0; i < len;) {
		uint32_t c;
		size_t n = str_utf8(s + i, len - i, &c);
		if (n)
			buf_add(&clean, s + i, n);
		else
			buf_adds(&clean, "\xEF\xBF\xBD");
		i += n ? n : 1;
	}
	text = json_stringn(clean.ptr, clean.len);
	buf_release(&clean);
	return text;
}

static json_t *write_note(const struct note *note)
{
	json_t *o = json_object();
	json_object_set_new(o, "id", json_string(word_name(note->word)));
	json_t *args = json_object();
	for (size_t i = 0; i < word_params(note->word); i++)
		json_object_set_new(
		    args, word_param(note->word, i), fields_text(note->arg[i]));
	json_object_set_new(o, "args", args);
	return o;
}

static json_t *write_time(int64_t us)
{
	char text[CLOCK_TEXT];
	clock_rfc3339(text, us);
	return json_string(text);
}

static json_t *write_list(const struct texts *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(array, fields_text(list->at[i]));
	return array;
}

static json_t *write_group(const struct field *f, const void *from)
{
	json_t *o = json_object();
	fields_write(o, from, f->group, f->count);
	if (json_object_size(o) > 0)
		return o;
	json_decref(o);
	return NULL;
}

static json_t *write_text(const char *s)
{
	return s && *s ? fields_text(s) : NULL;
}

/* The member's value; NULL = left out. `at` points to it in the struct. */
static json_t *write_one(const struct field *f, const void *at)
{
	switch (f->type) {
	case FIELD_TEXT:
		return write_text(at);
	case FIELD_OWNED:
		return write_text(*(char *const *)at);
	case FIELD_BORROWED:
		return write_text(*(const char *const *)at);
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_INT:
		return json_integer(*(const int *)at);
	case FIELD_UNSIGNED:
		return json_integer(*(const unsigned *)at);
	case FIELD_INT64:
		return json_integer(*(const int64_t *)at);
	case FIELD_SIZE:
		return json_integer((json_int_t) * (const size_t *)at);
	case FIELD_TIME:
		return write_time(*(const int64_t *)at);
	case FIELD_CHOICE:
		return json_string(f->names[*(const unsigned *)at]);
	case FIELD_NOTE:
		return ((const struct note *)at)->word == W_none
			   ? NULL
			   : write_note(at);
	case FIELD_GROUP:
		return write_group(f, at);
	case FIELD_LIST:
		return write_list(at);
	}
	BUG("no such field type");
}

void fields_write(
    json_t *to, const void *from, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *value = write_one(
		    &fields[i], (const char *)from + fields[i].offset);
		if (value)
			json_object_set_new(to, fields[i].name, value);
	}
}

/* ---- Reading. Each function takes the member, known to be there. */

static int not_a(const struct field *f, const char *kind, struct err *err)
{
	return err_set(err, ERR_RECORD, "'%s' is not %s", f->name, kind);
}

static int read_integer(const struct field *f, const json_t *value,
    json_int_t min, json_int_t max, json_int_t *out, struct err *err)
{
	*out = json_integer_value(value);
	if (!json_is_integer(value) || *out < min || *out > max)
		return not_a(f, "a number within its range", err);
	return 0;
}

static int read_text(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	const char *s = json_string_value(value);
	if (!s)
		return not_a(f, "a text", err);
	if (f->type == FIELD_OWNED) {
		free(*(char **)at);
		*(char **)at = xstrdup(s);
	} else if (f->type == FIELD_BORROWED) {
		*(const char **)at = s;
	} else if (strlen(s) >= f->size) {
		return err_set(err, ERR_RECORD, "'%s' is longer than %zu bytes",
		    f->name, f->size - 1);
	} else {
		str_copy(at, f->size, s);
	}
	return 0;
}

static int read_number(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	static const struct {
		json_int_t min, max;
	} ranges[] = {
		[FIELD_INT] = { INT_MIN, INT_MAX },
		[FIELD_UNSIGNED] = { 0, UINT_MAX },
		[FIELD_INT64] = { INT64_MIN, INT64_MAX },
		[FIELD_SIZE] = { 0, INT64_MAX },
	};
	json_int_t n;
	if (read_integer(f, value, ranges[f->type].min, ranges[f->type].max, &n,
		err) < 0)
		return -1;
	if (f->type == FIELD_INT)
		*(int *)at = (int)n;
	else if (f->type == FIELD_UNSIGNED)
		*(unsigned *)at = (unsigned)n;
	else if (f->type == FIELD_INT64)
		*(int64_t *)at = n;
	else
		*(size_t *)at = (size_t)n;
	return 0;
}

static int read_choice(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	const char *s = json_string_value(value);
	for (unsigned i = 0; s && i < f->count; i++) {
		if (streq(f->names[i], s)) {
			*(unsigned *)at = i;
			return 0;
		}
	}
	return not_a(f, "a word that this version knows", err);
}

/* A sentence of a newer version keeps its id and its values. */
static struct note unknown_note(const char *id, json_t *args)
{
	struct buf values = BUF_INIT(LIMIT_JOURNAL_LINE);
	for (void *i = json_object_iter(args); i;
	     i = json_object_iter_next(args, i)) {
		const char *value =
		    json_string_value(json_object_iter_value(i));
		buf_addf(&values, "%s%s=%s", values.len ? ", " : "",
		    json_object_iter_key(i), value ? value : "");
	}
	struct note note = say_unknown_note(id, values.ptr);
	buf_release(&values);
	return note;
}

static int read_note(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	const char *id = json_string_value(json_object_get(value, "id"));
	if (!id)
		return not_a(f, "a note with an id", err);
	json_t *args = json_object_get(value, "args");
	int word = word_find(id);
	if (word < 0) {
		*(struct note *)at = unknown_note(id, args);
		return 0;
	}
	const char *values[NOTE_ARGS] = { NULL };
	size_t count = word_params((enum word)word);
	for (size_t i = 0; i < count; i++)
		values[i] = json_string_value(
		    json_object_get(args, word_param((enum word)word, i)));
	*(struct note *)at = note_make((enum word)word, count, values);
	return 0;
}

static int read_list(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	struct texts *list = at;
	if (!json_is_array(value) || json_array_size(value) > f->count)
		return not_a(f, "a list, or it is too long", err);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const char *s = json_string_value(json_array_get(value, i));
		if (!s)
			return not_a(f, "a list of texts", err);
		*VEC_PUSH(list) = s;
	}
	return 0;
}

static int read_time(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	const char *s = json_string_value(value);
	if (!s || clock_parse_rfc3339(s, at) < 0)
		return not_a(f, "a time", err);
	return 0;
}

static int read_group(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	if (!json_is_object(value))
		return not_a(f, "an object", err);
	if (fields_read(value, at, f->group, f->count, err) < 0)
		return err_wrap(err, "in '%s'", f->name);
	return 0;
}

static int read_bool(
    const struct field *f, const json_t *value, void *at, struct err *err)
{
	if (!json_is_boolean(value))
		return not_a(f, "true or false", err);
	*(bool *)at = json_is_true(value);
	return 0;
}

int fields_read(const json_t *from, void *to, const struct field *fields,
    size_t count, struct err *err)
{
	static int (*const readers[])(const struct field *f,
	    const json_t *value, void *at, struct err *err) = {
		[FIELD_TEXT] = read_text,
		[FIELD_OWNED] = read_text,
		[FIELD_BORROWED] = read_text,
		[FIELD_BOOL] = read_bool,
		[FIELD_INT] = read_number,
		[FIELD_UNSIGNED] = read_number,
		[FIELD_INT64] = read_number,
		[FIELD_SIZE] = read_number,
		[FIELD_TIME] = read_time,
		[FIELD_CHOICE] = read_choice,
		[FIELD_NOTE] = read_note,
		[FIELD_GROUP] = read_group,
		[FIELD_LIST] = read_list,
	};
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[i];
		const json_t *value = json_object_get(from, f->name);
		if (!value && f->required)
			return err_set(
			    err, ERR_RECORD, "'%s' is missing", f->name);
		if (value &&
		    readers[f->type](f, value, (char *)to + f->offset, err) < 0)
			return -1;
	}
	return 0;
}

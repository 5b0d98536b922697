/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECORD_FIELDS_H
#define RECORD_FIELDS_H

#include "base/err.h"

#include <jansson.h>

/*
 * A struct as a JSON object, by one table for both ways, so that what is
 * written can be read. Members appear in the table's order. An empty text, an
 * empty note, a NULL and an empty group are left out; on reading, an absent
 * member leaves the struct as it was, and an unknown member is ignored.
 */
enum field_type {
	FIELD_TEXT,	/* char[size]; a longer text is an error */
	FIELD_OWNED,	/* char *, malloc'ed on reading */
	FIELD_BORROWED, /* const char *, lives as long as the JSON */
	FIELD_BOOL,
	FIELD_INT,
	FIELD_UNSIGNED,
	FIELD_INT64,
	FIELD_SIZE,
	FIELD_TIME,   /* int64_t microseconds as RFC 3339 */
	FIELD_CHOICE, /* an enum by its names */
	FIELD_NOTE,   /* {"id":"…","args":{"name":"value"}} */
	FIELD_GROUP,  /* a nested struct with a table of its own */
	FIELD_LIST,   /* struct { VEC(const char *); }, borrowed */
};

struct field {
	const char *name;
	enum field_type type;
	bool required; /* on reading */
	size_t offset;
	size_t size; /* of a text */
	const char *const *names;
	size_t count; /* of names, of a group's fields; a list's cap */
	const struct field *group;
};

/* Rows. S is the struct, m its member. */
#define FIELD(S, type_, name_, m)                             \
 {                                                            \
  .name = (name_), .type = (type_), .offset = offsetof(S, m), \
  .size = sizeof(((S *)0)->m)                                 \
 }
#define FIELD_NEEDED(S, type_, name_, m)                \
 {                                                      \
  .name = (name_), .type = (type_), .required = true,   \
  .offset = offsetof(S, m), .size = sizeof(((S *)0)->m) \
 }
#define FIELD_NAMED(S, name_, m, names_)                                \
 {                                                                      \
  .name = (name_), .type = FIELD_CHOICE, .required = true,              \
  .offset = offsetof(S, m), .names = (names_), .count = COUNTOF(names_) \
 }
#define FIELD_NESTED(S, name_, m, table)                          \
 {                                                                \
  .name = (name_), .type = FIELD_GROUP, .offset = offsetof(S, m), \
  .group = (table), .count = COUNTOF(table)                       \
 }

/* Adds the members to `to`. */
void fields_write(
    json_t *to, const void *from, const struct field *fields, size_t count);

/*
 * ERR_RECORD names the member that is missing or is not what it should be. What
 * was read before it stays, so the caller releases the struct in either case.
 */
NODISCARD int fields_read(const json_t *from, void *to,
    const struct field *fields, size_t count, struct err *err);

/* A JSON text of any bytes: what is not UTF-8 becomes U+FFFD. */
json_t *fields_text(const char *s);

#endif

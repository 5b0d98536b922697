/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_DIALECT_H
#define KANTA_DIALECT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/words.h"

#include <stdint.h>

/*
 * What is not known for certain of a Kanta environment is data: a dialect file
 * (cases/dialects/NAME.xml) gives each key a value, a mark and a source, and
 * may extend another. The keys, their types and what they mean are in
 * dialect.def; an unknown key is an error, and a dialect that extends nothing
 * must give every key. Structural choices (form of the acknowledgement,
 * envelope) are enumerations of writers that are tested.
 */
enum mark {
	MARK_CERTAIN,  /* F: read in a public source */
	MARK_INFERRED, /* I: follows from facts, with a reason */
	MARK_GUESS,    /* U: unknown; the value is a guess */
};
const char *mark_letter(enum mark m); /* "F", "I", "U" */
int mark_find(const char *letter);    /* -1 = none */

enum dialect_type {
	DIALECT_TEXT, /* may be empty: "left out" */
	DIALECT_NAME, /* an XML name without prefix */
	DIALECT_OID,
	DIALECT_NUMBER,
	DIALECT_CHOICE, /* one of a fixed list */
	DIALECT_LIST,	/* texts, may be empty */
};

enum dialect_key {
#define KEY(id, name, type, choices, fi, en) DK_##id,
#include "kanta/dialect.def"
#undef KEY
	DK_COUNT
};

/* The choices of the keys with the same names. */
enum envelope {
	ENVELOPE_BARE,
	ENVELOPE_SOAP11,
	ENVELOPE_SOAP12,
};
enum ack_form {
	ACK_FORM_ELEMENT,
	ACK_FORM_ATTRIBUTE,
};
enum performer {
	PERFORMER_ORGANISATION,
	PERFORMER_PERSON,
};
enum frame_zone {
	ZONE_NONE,
	ZONE_OFFSET,
};
/* Those of DK_QUERY_EMPTY, DK_QUERY_ORDER and DK_CANCEL_SCOPE. */
enum query_empty {
	QUERY_EMPTY_REFUSED,
	QUERY_EMPTY_ALL,
};
enum query_order {
	QUERY_OLDEST_FIRST,
	QUERY_NEWEST_FIRST,
};
enum cancel_scope {
	CANCEL_SET,
	CANCEL_NEWEST,
};
enum ack_place {
	ACK_AFTER_SENDER,
	ACK_BEFORE_RECEIVER,
};

struct dialect;

/*
 * The dialect NAME from `dir` (…/cases/dialects), with all that it extends; a
 * NAME with a '/' or the ending .xml is a file of the user's own, which may
 * extend those in `dir` and, before them, those of the folder dialects/ that it
 * stands in or beside.
 * ERR_CASE with place; ERR_USAGE when there is none of that name.
 */
struct dialect *dialect_load(
    const char *dir, const char *name, struct err *err);
/*
 * What to load for NAME: OWN/dialects/NAME.xml, where OWN is the folder of the
 * project file, else SHIPPED/NAME.xml, else NAME as it is. malloc'ed.
 */
char *dialect_find(const char *own, const char *shipped, const char *name);
/*
 * One file's bytes that needs no other: out of inputs/ of a run folder, which
 * another version may have written. Keys that this version does not know are
 * passed over, and keys that it has besides are empty guesses. No case of that
 * run can have used either.
 */
struct dialect *dialect_recorded(
    const void *bytes, size_t len, const char *name, struct err *err);
void dialect_free(struct dialect *d);

const char *dialect_name(const struct dialect *d);
const char *dialect_text(const struct dialect *d, enum dialect_key key);
uint64_t dialect_number(const struct dialect *d, enum dialect_key key);
/* Index into the key's choices, as named by the enums above. */
int dialect_choice(const struct dialect *d, enum dialect_key key);
size_t dialect_count(const struct dialect *d, enum dialect_key key);
const char *dialect_item(
    const struct dialect *d, enum dialect_key key, size_t index);
bool dialect_has(
    const struct dialect *d, enum dialect_key key, const char *item);

enum dialect_type dialect_type(enum dialect_key key);
/* The value as people read it: a list's items with ", " between. */
void dialect_show(
    struct buf *to, const struct dialect *d, enum dialect_key key);

enum mark dialect_mark(const struct dialect *d, enum dialect_key key);
const char *dialect_source(const struct dialect *d, enum dialect_key key);

/* The table's side of a key. */
const char *dialect_key_name(enum dialect_key key); /* "ack.form" */
const char *dialect_key_meaning(enum dialect_key key, enum lang lang);
int dialect_key_find(const char *name); /* -1 = none */

/* The whole dialect as one file that extends nothing. */
void dialect_write(struct buf *to, const struct dialect *d);

#endif

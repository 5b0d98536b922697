/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_CODES_H
#define CHECK_CODES_H

#include "base/err.h"
#include "base/vec.h"
#include "base/words.h"
#include "kanta/dialect.h"
#include "xml/doc.h"

/*
 * Code lists as data: fixtures/codes/NAME.xml (namespace urn:esitesti:codes:1,
 * fixtures/codes.rng) as far as public sources show them, and lists of the
 * user's own, also as the national code server exports them (CSV).
 */
struct code_list {
	char *oid, *version, *source;
	char *name[LANG_COUNT];
	char *key[LANG_COUNT]; /* the names as they are compared, or NULL */
	bool complete;	       /* what is not in it does not exist */
	bool given;	       /* by the user */
	enum mark mark;
	char *form; /* of codes that are not told: "999|A99"; or NULL */
	struct code_row {
		char *code, *name[LANG_COUNT]; /* names may be NULL */
		char *key[LANG_COUNT];
	} * rows; /* sorted by code */
	size_t count;
};

struct code_lists;
struct code_lists *code_lists_new(void);
void code_lists_free(struct code_lists *lists);

/*
 * Adds the lists of a file. A list whose OID is there already takes its place:
 * who names a list knows it better than we do.
 *     FILE.xml
 *     FILE.csv,oid=1.2.3,code=COLUMN[,name=COLUMN][,separator=;][,complete=no]
 * CSV is RFC 4180 with a head line, in UTF-8; its list counts as complete if
 * nobody says otherwise. ERR_USAGE, ERR_CASE with place, ERR_IO, ERR_LIMIT.
 */
NODISCARD int code_lists_add(
    struct code_lists *lists, const char *spec, struct err *err);
/* All *.xml of a folder. */
NODISCARD int code_lists_add_folder(
    struct code_lists *lists, const char *dir, struct err *err);

/* What is added from now on is the user's own. */
void code_lists_are_given(struct code_lists *lists);

size_t code_lists_count(const struct code_lists *lists);
const struct code_list *code_lists_find(
    const struct code_lists *lists, const char *oid); /* or NULL */
/*
 * Whether two names mean the same: case, punctuation, a year at the end and
 * words before or behind do not count. In two halves, for a name is held
 * against many: what of it is compared, NULL for NULL, to be freed; and whether
 * it is like one of the keys that a list or a row has.
 */
char *code_name_key(const char *name);
bool code_key_is_like(const char *key, char *const keys[LANG_COUNT]);
/* A list whose name is like the key, or NULL. */
const struct code_list *code_lists_named(
    const struct code_lists *lists, const char *key);
const struct code_row *code_list_row(
    const struct code_list *list, const char *code); /* or NULL */
/* The row that only case and white space keep apart from the code, or NULL. */
const struct code_row *code_list_spelt(
    const struct code_list *list, const char *code);
/* The row whose code of three letters or more is one letter from this, or NULL.
 */
const struct code_row *code_list_near(
    const struct code_list *list, const char *code);
/*
 * Whether a code looks as the list's form says: 9 is a digit, A and a a letter
 * of that case, | another form; what else stands there stands for itself.
 */
bool code_form_holds(const char *form, const char *code);

/*
 * Where which list belongs: an element, named by the end of its path, whose
 * code is of one of these code systems.
 */
enum code_part {
	CODE_PART_ANY,
	CODE_PART_CDA,
	CODE_PART_FRAME,
};
struct code_place {
	char *at;      /* "localHeader/fileFormat" */
	char *systems; /* OIDs, separated by spaces */
	enum code_part part;
	enum mark mark;
};
/* The place whose `at` is the longest that fits, or NULL. */
const struct code_place *code_lists_place(
    const struct code_lists *lists, const xmlNode *node, enum code_part part);
/*
 * Whether the place takes codes of this system: one of those named, or another
 * version of it (its OID differs only in a year at the end).
 */
bool code_place_takes(const struct code_place *place, const char *oid);

#endif

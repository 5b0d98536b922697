/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_CODES_H
#define CHECK_CODES_H

#include "base/err.h"
#include "base/vec.h"
#include "base/words.h"
#include "kanta/dialect.h"

/*
 * Code lists as data: fixtures/codes/NAME.xml (namespace urn:esitesti:codes:1,
 * fixtures/codes.rng) as far as public sources show them, and lists of the
 * user's own, also as the national code server exports them (CSV).
 */
struct code_list {
	char *oid, *version, *source;
	char *name[LANG_COUNT];
	bool complete; /* what is not in it does not exist */
	enum mark mark;
	struct code_row {
		char *code, *name[LANG_COUNT]; /* names may be NULL */
	} * rows;			       /* sorted by code */
	size_t count;
};

struct code_lists;
struct code_lists *code_lists_new(void);
void code_lists_free(struct code_lists *lists);

/*
 * Adds the lists of a file. A list whose OID is there already takes its place:
 * who names a list knows it better than we do.
 *     FILE.xml
 *     FILE.csv,oid=1.2.3,code=COLUMN[,name=COLUMN][,separator=;]
 * CSV is RFC 4180 with a head line, in UTF-8; its list is
 * complete. ERR_USAGE, ERR_CASE with place, ERR_IO, ERR_LIMIT.
 */
NODISCARD int code_lists_add(
    struct code_lists *lists, const char *spec, struct err *err);
/* All *.xml of a folder. */
NODISCARD int code_lists_add_folder(
    struct code_lists *lists, const char *dir, struct err *err);

size_t code_lists_count(const struct code_lists *lists);
const struct code_list *code_lists_find(
    const struct code_lists *lists, const char *oid); /* or NULL */
const struct code_row *code_list_row(
    const struct code_list *list, const char *code); /* or NULL */

#endif

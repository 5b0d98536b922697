/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANTA_IDS_H
#define KANTA_IDS_H

#include "base/compiler.h"
#include "base/oid.h"

#include <stdint.h>

/*
 * The field's identifiers: OID, henkilötunnus (personal identity code),
 * Y-tunnus (business id). facts 7.1–7.3.
 */

/* Whether `oid` is `root` or stands below it. */
bool oid_is_under(const char *oid, const char *root);

/* Y-tunnus: seven digits (or an old one's six), '-', a check digit that holds
 * (weights 7 9 10 5 8 4 2, mod 11; a rest of 1 is given to nobody). */
bool business_id_is_valid(const char *s);
/* "0123456-2" is the OID root 1.2.246.10.1234562 (JHS 159). */
#define BUSINESS_ROOT "1.2.246.10."
#define BUSINESS_OID  24 /* bytes of it */
void business_id_root(char out[BUSINESS_OID], const char *s);

#define HETU_ROOT   "1.2.246.21"
#define HETU_LENGTH 11

/* DDMMYY, separator (century), NNN, check character. */
struct hetu {
	int day, month, year; /* the year with its century */
	int number;	      /* NNN: 900–999 are for tests */
	char separator, check;
	bool date_exists, check_holds;
};

/*
 * Reads eleven characters of the right shape (six digits, one of
 * "+-YXWVUABCDEF", three digits, a letter or digit); date_exists and
 * check_holds tell the rest. Lower case is taken as upper. What stands behind
 * the eleven is not looked at; the text may be shorter.
 */
bool hetu_read(const char *s, struct hetu *out);
bool hetu_is_test(const struct hetu *h); /* NNN from 900 */
/* "0123456789ABCDEFHJKLMNPRSTUVWXY"[DDMMYYNNN mod 31] */
char hetu_check_character(const char digits[9]);

/*
 * The next henkilötunnus-shaped run at or after `from`, not glued to further
 * letters or digits; its offset, or -1.
 */
long hetu_find(const char *text, size_t len, size_t from, struct hetu *out);

/* What may be shown of a code that may be a living person's: "13****-****". */
void hetu_mask(char out[HETU_LENGTH + 1], const char *code);

/* Masks every code below 900 whose date exists in `text`, whatever its
 * check character; whether there was one. For what is written down. */
bool hetu_hide(char *text);

#endif

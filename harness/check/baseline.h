/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_BASELINE_H
#define CHECK_BASELINE_H

#include "check/check.h"

/*
 * Findings that somebody knows of and accepts for a while, each with a reason,
 * a name and a last day (namespace urn:esitesti:baseline:1,
 * cases/baseline.rng):
 *     <accept rule="ESI-CODE-02" file="out/visit-*.xml"
 * where="/ClinicalDocument/…" reason="…" until="2027-01-31" by="…"/> `file` is
 * a shell pattern whose '*' passes '/', too, of the path as seen from the
 * baseline's own folder, whatever the current one is. One that begins with '*'
 * may be of the whole path, and one without '/' of the name alone. Without
 * `where` the rule may speak anywhere in it. Nothing that the guard stops is
 * let go by a baseline: an error of its stage counts whatever an entry says.
 */
struct baseline;

/* ERR_CASE with place: also when a reason, day or name is not filled in. `now`
 * in microseconds decides what has expired: the day after `until`, in
 * Finland. */
struct baseline *baseline_load(const char *path, int64_t now, struct err *err);
struct baseline *baseline_parse(const void *bytes, size_t len, const char *name,
    int64_t now, struct err *err);
void baseline_free(struct baseline *b);

/* Whether an entry may be written for it: not for errors of the guard. */
bool baseline_may_accept(const struct finding *f);

/* A path from the root on, malloc'ed: without "." and ".." (no link is
 * followed), with identity codes masked. */
char *baseline_path(const char *path);
/* A checked file as an entry of the baseline at `path` names it, malloc'ed. */
char *baseline_file(const char *path, const char *name);

/* Marks what is accepted, and counts anew. Not for two threads at once. */
void baseline_apply(struct baseline *b, struct checked *c);

/* Behind the last file: entries that expired while their finding is still
 * there, such as accepted nothing though a file of theirs was checked for their
 * rule, and such as are for what the guard stops. */
void baseline_tell(const struct baseline *b,
    void (*each)(void *ctx, const struct note *note), void *ctx);

/* "2027-01-31", a day that exists. */
bool baseline_is_day(const char *text);

#endif

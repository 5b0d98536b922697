/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHECKS_INSIDE_H
#define REPORT_CHECKS_INSIDE_H

#include "base/words.h"
#include "report/checks.h"

/* The renderings, one file each, and what they share. */
extern const struct check_view check_view_html, check_view_json,
    check_view_junit, check_view_sarif, check_view_text;

/* A stage in one word, of a file or of all of them. */
enum verdict_of_stage {
	STAGE_IS_CLEAN,
	STAGE_HAS_REMARKS, /* nothing that counts as failed */
	STAGE_HAS_FAILED,
	STAGE_IS_UNCHECKED,
	STAGE_WAS_NOT_ASKED,
	STAGE_IS_PARTLY, /* of several files: some of them were not checked */
};
enum verdict_of_stage stage_verdict(
    const struct stage_result *s, enum severity fail_on);
enum verdict_of_stage stage_totals_verdict(
    const struct stage_totals *s, enum severity fail_on);
extern const char *const stage_verdict_names[6]; /* "passed", "remarks", … */
/* How many files were checked, and how many not, when there are both. */
struct note stage_partly(const struct stage_totals *s);
enum word stage_verdict_word(enum verdict_of_stage v);
enum word stage_word(enum stage s);
enum word severity_word(enum severity s);

/* The whole of it in one sentence, with the stages that were not asked for. */
void checks_headline(
    struct buf *to, const struct check_totals *t, enum lang lang);

/* "a.xml#document" for places in the document inside of a message. */
void place_name(
    struct buf *to, const struct checked *c, const struct finding *f);
/* The same finding in the next version of the file: by rule, place, what was
 * found; not by line. 16 hexadecimal digits. */
void finding_fingerprint(
    char out[17], const struct checked *c, const struct finding *f);
/* Path as a relative reference of a URI (RFC 3986), malloc'ed. */
char *path_as_uri(const char *path);

#endif

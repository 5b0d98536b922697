/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTCASE_PROJECT_WRITE_H
#define TESTCASE_PROJECT_WRITE_H

#include "base/opt.h"
#include "base/words.h"

/*
 * A new project file, with a comment at each part in the user's language. Texts
 * are borrowed; NULL and empty lists take the self-test's invented example, and
 * the comment says that it is one, or leave the part to a comment.
 */
struct project_draft {
	const char *system, *version, *class;
	const char *tester;
	const char *org;	  /* a Y-tunnus or an OID, or NULL */
	const char *org_name;	  /* NULL = an invented one */
	struct opt_list persons;  /* identity codes of the 900 series */
	struct opt_list files;	  /* "KIND=FILE" */
	struct opt_list commands; /* "KIND=COMMAND" */
	const char *target;	  /* "NAME=URL", with at least ca and
				     certificate; or NULL */
	const char *ca, *certificate, *key;
};

/* Each ERR_USAGE with what is wrong with it; the codes masked. */
NODISCARD int draft_check_org(const char *org, struct err *err);
NODISCARD int draft_check_person(const char *code, struct err *err);
/* "KIND=…" of the option `name`; a file must be there. */
NODISCARD int draft_check_source(
    const char *word, const char *name, bool is_file, struct err *err);
/* All of it, the target with its files too. */
NODISCARD int draft_check(const struct project_draft *d, struct err *err);

/* Of a draft that passed the check. */
void project_write(
    struct buf *to, const struct project_draft *d, enum lang lang);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_FINDING_H
#define CHECK_FINDING_H

#include "base/vec.h"
#include "base/words.h"

/*
 * What a check of a document found. Kela's validation service answers in three
 * stages, syntactic, schema and rules ("object checker"); ours come behind
 * them (design, "Findings").
 */
enum stage {
	STAGE_SYNTACTIC,
	STAGE_SCHEMA,
	STAGE_RULES,
	STAGE_CODES,
	STAGE_SIGNATURE,
	STAGE_GUARD,
};
#define STAGE_COUNT 6
extern const char *const stage_names[STAGE_COUNT]; /* "syntactic", … */

enum severity {
	SEVERITY_ERROR,
	SEVERITY_WARNING,
	SEVERITY_INFO,
};
#define SEVERITY_COUNT 3
extern const char *const severity_names[SEVERITY_COUNT]; /* "error", … */

/* The rules of rule.def. */
enum rule {
#define RULE(id, name, stage, severity, clause) RULE_##id,
#include "check/rule.def"
#undef RULE
	RULE_COUNT
};
struct rule_row {
	const char *name; /* "ESI-SYN-01": never changes its meaning */
	enum stage stage;
	enum severity severity;
	const char *clause; /* of a specification; "" = ours alone */
	enum word must, hint;
};
extern const struct rule_row rule_rows[RULE_COUNT];

/* In which of a file's documents a place is. */
enum part {
	PART_FILE,     /* as it was read */
	PART_DOCUMENT, /* the clinical document in the message's MIME text */
};

/*
 * Texts are malloc'ed, whole sentences in both languages, with every identity
 * code outside the 900 series masked.
 */
struct finding {
	enum stage stage;
	enum severity severity;
	char *rule;		/* ours begin with "ESI-" */
	char *text[LANG_COUNT]; /* what was found, and what was expected */
	char *hint[LANG_COUNT]; /* the next step; NULL = none */
	char *clause;		/* of the specification; NULL = none */
	char *field;		/* header field number: "2.2.13.1"; or NULL */
	char *lacks;		/* the child that the schema misses; or NULL */
	char *expression;	/* of a Schematron rule: its test; or NULL */
	enum part part;
	char *where;	       /* XPath by local names; "" = the whole part */
	unsigned line, column; /* from 1, in the part; 0 = unknown */
	char *excerpt;	       /* the source line there, or a piece of it, with
				  what must not be shown taken out; or NULL */
	unsigned caret;	       /* characters of it before the column */
	char *accepted;	       /* the baseline's reason; NULL = it counts */
};

/* At most LIMIT_FINDINGS; `more` counts those that did not fit. */
struct findings {
	VEC(struct finding);
	size_t more;
};

/* A new one, zeroed, or NULL when the list is full (and it is counted). */
struct finding *findings_add(struct findings *list);
/* A text of a finding, copied, with identity codes masked. */
char *finding_text(const char *text);
/* What a rule says of a matter that the schema has told at the same place is
 * taken out (told.def); gives how many. */
size_t findings_tell_once(struct findings *list);
/* By severity, then stage, then place; equal ones keep their order. */
void findings_sort(struct findings *list);
void finding_release(struct finding *f);
void findings_release(struct findings *list);

#endif

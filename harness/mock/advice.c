/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/advice.h"

#include "base/str.h"

static const struct row {
	const char *beginning, *fact, *standard;
	enum word expected, next;
} rows[] = {
#define ADVICE(beginning, fact, standard, id) \
 { beginning, fact, standard, W_advice_##id##_expected, W_advice_##id##_next },
#include "mock/advice.def"
#undef ADVICE
};

/* The last row fits everything. */
static const struct row *find_row(const char *name)
{
	for (size_t i = 0; i < COUNTOF(rows); i++)
		if (str_starts(name, rows[i].beginning))
			return &rows[i];
	BUG("the table of advice does not end in a row for all");
}

struct advice advice_find(enum word finding)
{
	const struct row *row = find_row(word_name(finding));

	return (struct advice){
		.fact = row->fact,
		.standard = row->standard,
		.expected = note_make(row->expected, 0, NULL),
		.next = note_make(row->next, 0, NULL),
	};
}

struct note advice_outcome(const char *name)
{
	char word[64];
	int found = -1;

	snprintf(word, sizeof(word), "outcome_%.40s", name);
	found = word_find(word);
	if (found < 0)
		return say_screen_at(name);
	return note_make((enum word)found, 0, NULL);
}

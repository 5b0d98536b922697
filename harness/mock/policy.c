/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/policy.h"

#include "base/limits.h"
#include "base/str.h"

const char *const policy_values[4] = {
	[POLICY_OFF] = "off",
	[POLICY_WARN] = "warn",
	[POLICY_REFUSE] = "refuse",
	[POLICY_REPEAT] = "idempotent",
};

static const struct row {
	enum dialect_key key, error;
} rows[POLICY_COUNT] = {
#define POLICY(id, code) [POLICY_##id] = { DK_POLICY_##id, DK_##code },
#include "mock/policy.def"
#undef POLICY
};

const char *policy_name(enum policy p)
{
	return dialect_key_name(rows[p].key) + strlen("policy.");
}

enum dialect_key policy_key(enum policy p)
{
	return rows[p].key;
}

enum dialect_key policy_error(enum policy p)
{
	return rows[p].error;
}

/* "idempotent" is the last of the values, and of one policy alone. */
static size_t count_values(enum policy p)
{
	return p == POLICY_MESSAGE_ID ? COUNTOF(policy_values)
				      : COUNTOF(policy_values) - 1;
}

static int set_one(struct policies *out, const char *word, struct err *err)
{
	const char *names[POLICY_COUNT];
	const char *equals = strchr(word, '=');
	char name[64];

	if (!equals) {
		err_set(err, ERR_USAGE, "policy '%s' has no value", word);
		return err_hint(err,
		    "write --policy NAME=refuse, =warn or =off; "
		    "'esitesti mock --policies' lists the names");
	}
	for (int i = 0; i < POLICY_COUNT; i++)
		names[i] = policy_name((enum policy)i);
	size_t size = (size_t)(equals - word) + 1;
	str_copy(name, size < sizeof(name) ? size : sizeof(name), word);
	int which = str_choice(name, names, POLICY_COUNT, "policy", err);
	if (which < 0)
		return -1;
	int value = str_choice(equals + 1, policy_values,
	    count_values((enum policy)which), "value of a policy", err);
	if (value < 0)
		return err_wrap(err, "policy '%s'", name);
	out->value[which] = (enum policy_value)value;
	return 0;
}

int policies_make(struct policies *out, const struct dialect *d,
    const struct opt_list *words, struct err *err)
{
	for (int i = 0; i < POLICY_COUNT; i++)
		out->value[i] =
		    (enum policy_value)dialect_choice(d, rows[i].key);
	for (size_t i = 0; words && i < words->count; i++)
		if (set_one(out, words->at[i], err) < 0)
			return -1;
	return 0;
}

void policies_show(struct buf *to, const struct policies *p,
    const struct dialect *d, enum lang lang)
{
	for (int i = 0; i < POLICY_COUNT; i++) {
		enum dialect_key key = rows[i].key;
		buf_addf(to, "%-26s%-12s%s  %s\n", policy_name((enum policy)i),
		    policy_values[p->value[i]],
		    mark_letter(dialect_mark(d, key)),
		    dialect_key_meaning(key, lang));
	}
}

static bool is_part(enum policy_value value, const struct policy_use *use,
    enum policy_part part)
{
	switch (part) {
	case POLICIES_FOUND:
		return use->found > 0;
	case POLICIES_CLEAN:
		return use->looked && use->found == 0;
	case POLICIES_OFF:
		return value == POLICY_OFF;
	}
	return false;
}

void policies_tell(struct buf *to, const struct policies *p,
    const struct policy_use uses[POLICY_COUNT], enum policy_part part)
{
	size_t before = to->len;

	for (int i = 0; i < POLICY_COUNT; i++) {
		enum policy_value value = p->value[i];
		if (!is_part(value, &uses[i], part))
			continue;
		buf_addf(to, "%s%s", to->len > before ? ", " : "",
		    policy_name((enum policy)i));
		if (part != POLICIES_OFF)
			buf_addf(to, "=%s", policy_values[value]);
		if (part == POLICIES_FOUND)
			buf_addf(to, " (%u)", uses[i].found);
	}
	if (to->len == before)
		buf_addc(to, '-');
}

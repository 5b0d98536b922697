/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "testcase/case.h"

struct words {
	VEC(const char *);
};

static bool has(const struct words *words, const char *word)
{
	VEC_EACH (const char *, w, words) {
		if (streq(*w, word))
			return true;
	}
	return false;
}

static void add_tags(struct words *to, const struct testcase *tc)
{
	VEC_EACH (char *, tag, &tc->tags) {
		if (!has(to, *tag))
			*VEC_PUSH(to) = *tag;
	}
}

static int no_such_tag(
    const struct words *known, const char *tag, struct err *err)
{
	struct buf list = BUF_INIT(sizeof(err->hint) / 2);
	for (size_t i = 0; i < known->count; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", known->at[i]);
	const char *near = str_nearest(tag, known->at, known->count);
	err_set(err, ERR_USAGE, "no case has the tag '%s'", tag);
	if (near)
		err_hint(
		    err, "did you mean '%s'? there are: %s", near, list.ptr);
	else if (known->count > 0)
		err_hint(err, "there are: %s", list.ptr);
	buf_release(&list);
	return -1;
}

int case_set_check_tags(
    const struct case_set *set, const struct opt_list *tags, struct err *err)
{
	struct words known = { 0 };
	int rc = 0;
	VEC_EACH (struct testcase *, tc, set)
		add_tags(&known, *tc);
	VEC_EACH (const char *, tag, tags) {
		if (rc == 0 && !has(&known, *tag))
			rc = no_such_tag(&known, *tag, err);
	}
	VEC_RELEASE(&known);
	return rc;
}

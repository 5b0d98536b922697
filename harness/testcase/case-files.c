/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "testcase/case.h"

#include <stdlib.h>
#include <unistd.h>

char *testcase_fixture(
    const struct testcase *tc, const struct case_document *d, const char *data)
{
	char *shipped = path_join(data, d->fixture);
	if (access(shipped, F_OK) == 0)
		return shipped;
	char *own = path_beside(tc->path, d->fixture);
	bool is_own = access(own, F_OK) == 0;
	free(is_own ? shipped : own);
	return is_own ? own : shipped;
}

static int missing(const struct testcase *tc, unsigned line, const char *what,
    const char *name, struct err *err)
{
	err_at(err, ERR_CASE, tc->path, line, 0, "there is no %s '%s'", what,
	    name);
	err_excerpt(err, tc->source, tc->source_len);
	return -1;
}

static int check_raw(const struct testcase *tc, const struct step *s,
    const char *data, struct err *err)
{
	if (!s->file)
		return 0;
	char *path = path_join(data, s->file);
	bool there = access(path, F_OK) == 0;
	free(path);
	if (there)
		return 0;
	missing(tc, s->line, "file", s->file, err);
	return err_hint(err, "it is looked for in '%s'", data);
}

int testcase_check_files(
    const struct testcase *tc, const char *data, struct err *err)
{
	VEC_EACH (struct case_document, d, &tc->documents) {
		char *path = testcase_fixture(tc, d, data);
		bool there = access(path, F_OK) == 0;
		free(path);
		if (there)
			continue;
		missing(tc, d->line, "template", d->fixture, err);
		return err_hint(err,
		    "it is looked for in '%s', then beside the case file",
		    data);
	}
	VEC_EACH (struct step, s, &tc->steps) {
		if (check_raw(tc, s, data, err) < 0)
			return -1;
	}
	return 0;
}

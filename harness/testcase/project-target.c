/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "testcase/project.h"

static int no_target(const struct project *p, const char *name, struct err *err)
{
	struct {
		VEC(const char *);
	} names = { 0 };
	struct buf list = BUF_INIT(sizeof(err->hint) / 2);
	VEC_EACH (struct target, t, &p->targets) {
		buf_addf(&list, "%s%s", names.count ? ", " : "", t->name);
		*VEC_PUSH(&names) = t->name;
	}
	const char *near = str_nearest(name, names.at, names.count);
	err_set(err, ERR_USAGE, "there is no target '%s'", name);
	if (near)
		err_hint(err, "did you mean '%s'? '%s' has: %s", near, p->path,
		    list.ptr);
	else if (names.count)
		err_hint(err, "'%s' has: %s", p->path, list.ptr);
	else
		err_hint(err,
		    "targets are named in the project file, and '%s' has none",
		    p->path);
	VEC_RELEASE(&names);
	buf_release(&list);
	return -1;
}

const struct target *project_need_target(const struct project *p,
    const struct target_rules *rules, const char *name, struct err *err)
{
	const struct target *t = project_target(p, name);
	if (!t)
		t = target_rules_find(rules, name);
	if (!t)
		(void)!no_target(p, name, err);
	return t;
}

int project_attest(
    const struct project *p, struct target_rules *rules, struct err *err)
{
	VEC_EACH (struct test_host, h, &p->test_hosts) {
		if (target_rules_attest(rules, h->name, err) < 0)
			return err_wrap(err, "%s: test-host", p->path);
	}
	return 0;
}

const struct test_host *project_test_host(
    const struct project *p, const char *host)
{
	VEC_EACH (struct test_host, h, &p->test_hosts) {
		if (host && str_matches_host(h->name, host))
			return h;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/opt.h"
#include "cmd.h"
#include "testcase/project.h"

#include <unistd.h>

const char *project_choose(const char *named, const char *fallback)
{
	static const char usual[] = "esitesti.xml";
	if (named)
		return named;
	return access(usual, F_OK) == 0 ? usual : fallback;
}

struct project *project_open(
    const char *path, struct project_pool *pool, struct err *err)
{
	struct project *p = project_load(path, err);
	/* A file that the user named and that is not there is the user's word.
	 */
	if (!p && err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	if (p && pool)
		project_pool(pool, p);
	return p;
}

/* Those of the project first: who is named later knows better. */
static void put_before(struct opt_list *list, char *const *names, size_t count)
{
	struct opt_list all = { 0 };
	for (size_t i = 0; i < count; i++)
		*VEC_PUSH(&all) = names[i];
	VEC_EACH (const char *, name, list)
		*VEC_PUSH(&all) = *name;
	VEC_RELEASE(list);
	*list = all;
}

int check_sources_add(
    struct check_sources *s, const struct project *p, struct err *err)
{
	const struct project_check *c = &p->check;
	if (project_check_files(p, err) < 0)
		return -1;
	if (!s->schema)
		s->schema = c->schema;
	if (!s->baseline)
		s->baseline = c->baseline;
	put_before(&s->rules, c->rules.at, c->rules.count);
	put_before(&s->codes, c->codes.at, c->codes.count);
	return 0;
}

void check_sources_release(struct check_sources *s)
{
	VEC_RELEASE(&s->rules);
	VEC_RELEASE(&s->codes);
}

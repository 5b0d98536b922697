/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-check.h"

static void know(struct checking *c, const char *text)
{
	if (text)
		*VEC_PUSH(&c->known) = text;
}

int check_project_load(struct checking *c, struct err *err)
{
	const char *path = project_choose(c->o->project, NULL);
	if (!path)
		return 0;
	c->project = project_open(path, NULL, err);
	return c->project ? check_sources_add(&c->o->with, c->project, err)
			  : -1;
}

static int load_persons(struct checking *c, struct err *err)
{
	if (!c->o->pool) {
		c->persons = c->project;
		if (c->persons)
			project_pool(&c->pool, c->persons);
		return 0;
	}
	static const char *const nobody[1];
	c->persons = project_open(c->o->pool, &c->pool, err);
	/* Who names a pool means it, also when there is nobody in it. */
	if (c->persons && !c->pool.pool.codes)
		c->pool.pool.codes = nobody;
	return c->persons ? 0 : -1;
}

int check_pool_load(struct checking *c, struct err *err)
{
	if (!c->options.stages[STAGE_GUARD])
		return 0;
	if (load_persons(c, err) < 0)
		return -1;
	const struct project *p = c->persons;
	if (!p)
		return 0;
	VEC_EACH (struct person, person, &p->pool) {
		know(c, person->given);
		know(c, person->family);
	}
	VEC_EACH (struct organisation, o, &p->organisations)
		know(c, o->name);
	know(c, p->professional_given);
	know(c, p->professional_family);
	know(c, p->tester);
	c->options.pool = &c->pool.pool;
	c->options.pool_name = p->path;
	c->options.known = c->known.at;
	c->options.known_count = c->known.count;
	return 0;
}

void check_pool_release(struct checking *c)
{
	VEC_RELEASE(&c->known);
	project_pool_release(&c->pool);
	if (c->persons != c->project)
		project_free(c->persons);
	project_free(c->project);
}

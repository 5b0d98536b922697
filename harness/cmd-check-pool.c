/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-check.h"

#include <unistd.h>

static void know(struct checking *c, const char *text)
{
	if (text)
		*VEC_PUSH(&c->known) = text;
}

int check_pool_load(struct checking *c, struct err *err)
{
	const char *path = c->o->pool;
	if (!path && access("esitesti.xml", F_OK) == 0)
		path = "esitesti.xml";
	if (!path || !c->options.stages[STAGE_GUARD])
		return 0;
	struct project *p = c->project = project_load(path, err);
	if (!p) {
		if (err->kind == ERR_IO)
			err->kind = ERR_USAGE;
		return -1;
	}
	project_pool(&c->pool, p);
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
	c->options.pool_name = path;
	c->options.known = c->known.at;
	c->options.known_count = c->known.count;
	return 0;
}

void check_pool_release(struct checking *c)
{
	VEC_RELEASE(&c->known);
	project_pool_release(&c->pool);
	project_free(c->project);
}

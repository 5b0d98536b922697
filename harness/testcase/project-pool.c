/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/project-inside.h"

#include <stdlib.h>

/* What a project gives to the guard, and its end. */

void project_pool(struct project_pool *to, const struct project *p)
{
	*to = (struct project_pool){ .pool = { .codes = NULL } };
	VEC_EACH (struct person, person, &p->pool) {
		*VEC_PUSH(&to->codes) = person->code;
		*VEC_PUSH(&to->names) = (struct test_name){
			.given = person->given,
			.family = person->family,
		};
	}
	VEC_EACH (struct attested_content, c, &p->attested)
		*VEC_PUSH(&to->attested) = (struct attestation){
			.sha256 = c->sha256,
			.name = c->name,
			.date = c->date,
		};
	to->pool = (struct identity_pool){
		.codes = to->codes.at,
		.count = to->codes.count,
		.names = to->names.at,
		.name_count = to->names.count,
		.attested = to->attested.at,
		.attested_count = to->attested.count,
	};
}

void project_pool_release(struct project_pool *pool)
{
	VEC_RELEASE(&pool->codes);
	VEC_RELEASE(&pool->names);
	VEC_RELEASE(&pool->attested);
}

static void release_lists(struct project *p)
{
	VEC_EACH (struct organisation, o, &p->organisations) {
		free(o->role);
		free(o->oid);
		free(o->name);
	}
	VEC_RELEASE(&p->organisations);
	VEC_EACH (struct person, person, &p->pool) {
		free(person->code);
		free(person->given);
		free(person->family);
		free(person->birth);
		free(person->gender);
	}
	VEC_RELEASE(&p->pool);
	VEC_EACH (struct attested_content, c, &p->attested) {
		free(c->sha256);
		free(c->name);
		free(c->date);
	}
	VEC_RELEASE(&p->attested);
	VEC_EACH (struct test_host, h, &p->test_hosts) {
		free(h->name);
		free(h->source);
		free(h->attested_by);
		free(h->date);
	}
	VEC_RELEASE(&p->test_hosts);
	VEC_EACH (struct target, t, &p->targets)
		target_release(t);
	VEC_RELEASE(&p->targets);
	VEC_EACH (struct document_source, d, &p->documents) {
		free(d->kind);
		free(d->path);
		free(d->command);
	}
	VEC_RELEASE(&p->documents);
}

void project_free(struct project *p)
{
	if (!p)
		return;
	release_lists(p);
	project_check_release(&p->check);
	free(p->path);
	free(p->system);
	free(p->version);
	free(p->class);
	free(p->tester);
	free(p->professional_root);
	free(p->professional_id);
	free(p->professional_given);
	free(p->professional_family);
	free(p->source);
	free(p);
}

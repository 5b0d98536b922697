/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-check.h"

#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void know(struct checking *c, const char *text)
{
	if (text)
		*VEC_PUSH(&c->known) = text;
}

bool check_writes_baseline(const struct check_command *o, const char *path)
{
	if (!o->write_baseline || !path)
		return false;
	char *read = baseline_path(path);
	char *written = baseline_path(o->write_baseline);
	bool same = streq(read, written);
	free(written);
	free(read);
	return same;
}

/* `len` bytes of it: a code list's columns stand behind its name. */
static int check_named(
    const char *option, const char *name, size_t len, struct err *err)
{
	char *path = xstrndup(name, len);
	struct stat st;
	int rc = access(path, R_OK);
	if (rc == 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		rc = -1;
	}
	if (rc < 0) {
		err_errno(
		    err, ERR_USAGE, "--%s: cannot read '%s'", option, path);
		err_hint(err, "name a file that is there and can be read");
	}
	free(path);
	return rc;
}

int check_named_files(const struct check_command *o, struct err *err)
{
	const char *schema = o->with.schema;
	if (schema && check_named("schema", schema, strlen(schema), err) < 0)
		return -1;
	VEC_EACH (const char *const, rules, &o->with.rules)
		if (check_named("rules", *rules, strlen(*rules), err) < 0)
			return -1;
	VEC_EACH (const char *const, codes, &o->with.codes)
		if (check_named("codes", *codes, strcspn(*codes, ","), err) < 0)
			return -1;
	return 0;
}

int check_project_load(struct checking *c, struct err *err)
{
	const char *path = project_choose(c->o->project, NULL);
	if (!path)
		return 0;
	c->project = project_open(path, NULL, err);
	if (!c->project)
		return -1;
	if (check_writes_baseline(c->o, c->project->check.baseline))
		project_forget_baseline(c->project);
	return check_sources_add(&c->o->with, c->project, err);
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

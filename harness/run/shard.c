/* SPDX-License-Identifier: Apache-2.0 */
#include "run/shard.h"

#include "base/limits.h"
#include "base/str.h"

#include <stdlib.h>

/*
 * What build services set in each of several parallel jobs. The first row that
 * tells of more than one job counts. Kubernetes numbers the pods of an indexed
 * job, but has no variable for how many there are: the manifest has to give it.
 */
static const struct service {
	const char *index, *total;
	unsigned first; /* number of the first job */
} services[] = {
	{ "CI_NODE_INDEX", "CI_NODE_TOTAL", 1 }, /* GitLab CI, parallel */
	{ "SYSTEM_JOBPOSITIONINPHASE", "SYSTEM_TOTALJOBSINPHASE",
	    1 },					 /* Azure Pipelines */
	{ "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0 }, /* CircleCI */
	{ "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", 0 },
	{ "JOB_COMPLETION_INDEX", "ESITESTI_SHARDS", 0 }, /* Kubernetes */
};

static int check(const struct shard *s, struct err *err)
{
	if (s->index >= 1 && s->index <= s->total)
		return 0;
	err_set(
	    err, ERR_USAGE, "there is no shard %u of %u", s->index, s->total);
	return err_hint(err, "shards are numbered from 1: 1/%u to %u/%u",
	    s->total, s->total, s->total);
}

static int number(const char *text, unsigned *out, struct err *err)
{
	uint64_t n;
	if (str_number(text, 0, LIMIT_SHARDS, &n, err) < 0)
		return -1;
	*out = (unsigned)n;
	return 0;
}

static int read_option(struct shard *out, const char *option, struct err *err)
{
	const char *slash = strchr(option, '/');
	if (!slash) {
		err_set(err, ERR_USAGE, "'%s' is no shard", option);
		return err_hint(err, "write it as I/N: 2/5 is the second of 5");
	}
	char *index = xstrndup(option, (size_t)(slash - option));
	int rc = number(index, &out->index, err);
	free(index);
	if (rc < 0 || number(slash + 1, &out->total, err) < 0)
		return -1;
	return check(out, err);
}

/* 1 = it told, 0 = it is not here, or has a single job. */
static int read_service(struct shard *out, const struct service *s,
    char *(*lookup)(const char *name), struct err *err)
{
	const char *index = lookup(s->index), *total = lookup(s->total);
	if (!index || !*index || !total || !*total)
		return 0;
	if (number(total, &out->total, err) < 0)
		return err_wrap(err, "environment %s", s->total);
	if (out->total <= 1)
		return 0;
	if (number(index, &out->index, err) < 0)
		return err_wrap(err, "environment %s", s->index);
	out->index += 1 - s->first;
	if (check(out, err) < 0) {
		err_wrap(err, "environment %s and %s", s->index, s->total);
		return err_hint(err, "--shard 1/1 runs all cases");
	}
	snprintf(out->from, sizeof(out->from), "%s, %s", s->index, s->total);
	return 1;
}

int shard_choose(struct shard *out, const char *option, bool from_environment,
    char *(*lookup)(const char *name), struct err *err)
{
	*out = (struct shard){ .index = 1, .total = 1 };
	if (option) {
		const char *from =
		    from_environment ? "ESITESTI_SHARD" : "--shard";
		str_copy(out->from, sizeof(out->from), from);
		return read_option(out, option, err) < 0
			   ? err_wrap(err, "%s", from)
			   : 0;
	}
	for (size_t i = 0; i < COUNTOF(services); i++) {
		int told = read_service(out, &services[i], lookup, err);
		if (told)
			return told < 0 ? -1 : 0;
	}
	*out = (struct shard){ .index = 1, .total = 1 };
	return 0;
}

void shard_take(const struct shard *s, struct case_set *cases)
{
	size_t kept = 0;
	for (size_t i = 0; i < cases->count; i++) {
		if (i % s->total == s->index - 1)
			cases->at[kept++] = cases->at[i];
		else
			testcase_free(cases->at[i]);
	}
	cases->count = kept;
}

int shard_remark(
    const struct shard *s, size_t cases, struct record *record, struct err *err)
{
	char index[16], total[16], count[24];
	if (s->total <= 1)
		return 0;
	snprintf(index, sizeof(index), "%u", s->index);
	snprintf(total, sizeof(total), "%u", s->total);
	snprintf(count, sizeof(count), "%zu", cases);
	struct note note = cases ? say_run_shard(index, total, count, s->from)
				 : say_run_shard_empty(index, total, s->from);
	return record_remark(record, "", "", 0, &note, err);
}

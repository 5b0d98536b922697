/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd-run.h"

#include "base/file.h"
#include "base/str.h"
#include "mock/fault.h"
#include "mock/policy.h"
#include "net/pki.h"

#include <inttypes.h>
#include <unistd.h>

/* When messages of a run with a chosen seed say that they were made. */
#define SEEDED_AT INT64_C(1767348000000000) /* 2026-01-02T10:00:00Z */

int as_usage(int rc, struct err *err)
{
	if (rc < 0 && err->kind == ERR_IO)
		err->kind = ERR_USAGE;
	return rc;
}

/* ---- Target */

/* Fixtures are signed where rehearsals are; a folder of somebody's own may have
 * no signer. */
static int use_test_signer(struct session *s, const char *dir, struct err *err)
{
	char *certificate = path_join(dir, "signer.pem");
	char *key = path_join(dir, "signer.key");
	int rc =
	    access(certificate, F_OK) != 0
		? 0
		: identity_load_pem(&s->signer, certificate, key, NULL, err);
	s->document_signer = (struct document_signer){
		.key = s->signer.key,
		.certificate = s->signer.leaf,
	};
	free(certificate);
	free(key);
	return rc;
}

/* A mock of our own trusts whom we say: the sender is the project's own
 * organisation. One that somebody started has the usual certificates. */
static const char *certified_organisation(const struct session *s)
{
	const struct organisation *o =
	    project_organisation(s->project, "palvelunantaja");
	return o && s->target.kind == TARGET_EMBEDDED ? o->oid : NULL;
}

static int use_test_certificates(struct session *s, struct err *err)
{
	const char *dir = s->o.certs;
	if (!dir) {
		char *profiles =
		    shipped_path(&s->shipped, "certs/profiles.xml");
		char *cached =
		    pki_cached_for(profiles, certified_organisation(s), err);
		free(profiles);
		if (!cached)
			return -1;
		s->o.certs = dir = session_own(s, cached);
	}
	struct target *t = &s->target;
	t->ca = xasprintf("%s/ca.pem", dir);
	t->certificate = xasprintf("%s/client.pem", dir);
	t->key = xasprintf("%s/client.key", dir);
	return use_test_signer(s, dir, err);
}

static int use_url(struct session *s, const char *url, struct err *err)
{
	if (target_set_url(&s->target, url, err) < 0)
		return -1;
	if (s->target.kind != TARGET_LOOPBACK) {
		err_set(err, ERR_USAGE,
		    "'%s' is not on this machine: only loopback addresses may "
		    "be given as a URL",
		    url);
		return err_hint(err, "name it as a target in the project file");
	}
	s->target.name = xstrdup("loopback");
	return use_test_certificates(s, err);
}

int session_choose_target(struct session *s, struct err *err)
{
	const char *name = s->o.target;
	if (!name) {
		s->target.kind = TARGET_EMBEDDED;
		s->target.name = xstrdup("embedded-mock");
		return use_test_certificates(s, err);
	}
	if (strstr(name, "://"))
		return use_url(s, name, err);
	const struct target *t =
	    project_need_target(s->project, s->shipped.rules, name, err);
	if (!t || project_attest(s->project, s->shipped.rules, err) < 0)
		return -1;
	target_copy(&s->target, t);
	return 0;
}

/* Ids that were used before are for nobody who keeps them. */
int session_use_seed(struct session *s, struct err *err)
{
	if (!s->o.seed)
		return 0;
	if (s->target.kind == TARGET_REAL) {
		err_set(err, ERR_USAGE,
		    "a fixed seed before the real environment '%s'",
		    s->target.name);
		return err_hint(err,
		    "its archive takes each id once, and it is shared: leave "
		    "--seed (and ESITESTI_SEED) out");
	}
	snprintf(s->seed, sizeof(s->seed), "%" PRIu64, s->o.seed);
	s->seeded_at = SEEDED_AT;
	s->world = world_fixed(&s->seeded_at, s->o.seed);
	return 0;
}

int session_load_dialect(struct session *s, struct err *err)
{
	const char *name = s->o.dialect ? s->o.dialect : s->target.dialect;
	s->o.dialect = name ? name : "kanta";
	char *dir = shipped_path(&s->shipped, "cases/dialects");
	char *beside = path_dir(s->project->path);
	s->o.dialect = session_own(s, dialect_find(beside, dir, s->o.dialect));
	free(beside);
	s->dialect = dialect_load(dir, s->o.dialect, err);
	free(dir);
	return as_usage(s->dialect ? 0 : -1, err);
}

/* A wrong word is the user's, not a mock's that would not start. */
static int check_faults(const struct session *s, struct err *err)
{
	struct fault_list faults = { 0 };
	int rc = fault_parse(&faults, &s->o.faults, err);
	VEC_RELEASE(&faults);
	return rc;
}

int session_start_mock(struct session *s, struct err *err)
{
	if (check_faults(s, err) < 0)
		return -1;
	if (s->target.kind != TARGET_EMBEDDED) {
		if (s->o.faults.count)
			return err_set(err, ERR_USAGE,
			    "--fault is for the embedded mock only");
		return 0;
	}
	/* Its own words would come too late: nothing has begun yet. */
	if (dialect_choice(s->dialect, DK_POLICY_CONTENT) != POLICY_OFF &&
	    project_check_files(s->project, err) < 0)
		return -1;
	const struct embedded_options o = {
		.certs = s->o.certs,
		.dialect = s->o.dialect,
		.project = s->project->path,
		.faults = &s->o.faults,
	};
	if (embedded_start(&s->mock, &o, err) < 0)
		return -1;
	free(s->target.url);
	s->target.url = xasprintf("https://127.0.0.1:%u", s->mock.port);
	free(s->target.host);
	s->target.host = xstrdup("127.0.0.1");
	return 0;
}

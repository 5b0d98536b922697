/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/template.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"

#include <stdlib.h>

/* In the order of esitesti-case(5). */
const char *const template_names[] = {
	"oid",
	"set-id",
	"version",
	"previous.oid",
	"previous.set-id",
	"previous.version",
	"encounter",
	"uuid",
	"now",
	"now-utc",
	"today",
	"today-fi",
	"register",
	"text",
	"signature",
	"org",
	"organisation.oid",
	"organisation.name",
	"unit.oid",
	"unit.name",
	"controller.oid",
	"controller.name",
	"patient.code",
	"patient.given",
	"patient.family",
	"patient.birth",
	"patient.gender",
	"professional.root",
	"professional.id",
	"professional.given",
	"professional.family",
};
const size_t template_name_count = COUNTOF(template_names);

/* The case's word for a name, else `value`. */
static void set_default(struct vars *to, const char *name, const char *value)
{
	if (value && !vars_get(to, name))
		vars_set(to, name, value);
}

static int set_withs(
    struct vars *to, const struct document_request *request, struct err *err)
{
	VEC_EACH (struct with, with, &request->what->with) {
		struct buf value = BUF_INIT(LIMIT_VALUE);
		int rc = vars_expand(request->vars, &value, with->value,
		    strlen(with->value), false, err);
		if (rc == 0)
			vars_set(to, with->name, value.ptr);
		buf_release(&value);
		if (rc == 0)
			continue;
		err->line = err->column = 0;
		return err_wrap(err, "document '%s', '%s'", request->what->name,
		    with->name);
	}
	return 0;
}

/*
 * "1.2.246.10.1234567.10.0" → "1.2.246.10.1234567": node class 10 below an
 * organisation's root means the organisation and its units (JHS 159).
 */
static char *organisation_root(const char *oid)
{
	const char *last = strrchr(oid, '.');
	size_t end = last ? (size_t)(last - oid) : 0;
	if (end > 3 && strncmp(oid + end - 3, ".10", 3) == 0)
		return xstrndup(oid, end - 3);
	return xstrdup(oid);
}

char *document_org(const struct project *project)
{
	const struct organisation *o =
	    project ? project_organisation(project, "palvelunantaja") : NULL;
	return o ? organisation_root(o->oid) : NULL;
}

static uint64_t fresh(
    const struct document_request *request, enum template_number n)
{
	return world_id(
	    request->world, request->tc->id, request->what->name, (unsigned)n);
}

/* "<root>.<class>.<year>.<number>" (JHS 159) */
static void set_oid(struct vars *to, const struct document_request *request,
    const char *name, int class, enum template_number number)
{
	const char *org = vars_get(to, "org");
	if (!org || vars_get(to, name))
		return;
	char today[HL7_TIME_TEXT];
	hl7_date_local(today, world_now(request->world));
	char *oid = xasprintf("%s.%d.%.4s.%llu", org, class, today,
	    (unsigned long long)fresh(request, number));
	vars_set(to, name, oid);
	free(oid);
}

static void set_uuid(struct vars *to, const struct document_request *request)
{
	uint64_t high = fresh(request, NUMBER_UUID_HIGH);
	uint64_t low = fresh(request, NUMBER_UUID_LOW);
	/* Version 4, variant 10 (RFC 4122). */
	char *uuid = xasprintf("%08llx-%04llx-4%03llx-8%03llx-%012llx",
	    (unsigned long long)(high & 0xFFFFFFFF),
	    (unsigned long long)(high >> 32 & 0xFFFF),
	    (unsigned long long)(high >> 48 & 0xFFF),
	    (unsigned long long)(low >> 48 & 0xFFF),
	    (unsigned long long)(low & 0xFFFFFFFFFFFF));
	set_default(to, "uuid", uuid);
	free(uuid);
}

static void set_times(struct vars *to, const struct world *world)
{
	char text[CLOCK_TEXT > HL7_TIME_TEXT ? CLOCK_TEXT : HL7_TIME_TEXT];
	int64_t now = world_now(world);
	hl7_time_local(text, now);
	set_default(to, "now", text);
	clock_rfc3339(text, now);
	set_default(to, "now-utc", text);
	hl7_date_local(text, now);
	set_default(to, "today", text);
	finnish_date(text, now);
	set_default(to, "today-fi", text);
}

static void set_version(struct vars *to, const struct document *previous)
{
	uint64_t number = 0;
	struct err none = { 0 };
	const char *const *was = previous ? previous->cda.value : NULL;
	const char *version = was ? was[FF_VERSION] : NULL;
	if (version && str_number(version, 0, 999999, &number, &none) < 0)
		number = 0;
	if (was) {
		const char *oid = was[FF_DOCUMENT_ID];
		set_default(to, "previous.oid", oid);
		set_default(to, "previous.set-id",
		    was[FF_SET_ID] ? was[FF_SET_ID] : oid);
		set_default(to, "previous.version", version ? version : "1");
		set_default(to, "set-id", vars_get(to, "previous.set-id"));
		number = number ? number : 1;
	}
	set_default(to, "set-id", vars_get(to, "oid"));
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number + 1);
	set_default(to, "version", text);
}

static void set_organisations(struct vars *to, const struct project *project)
{
	static const struct {
		const char *role, *oid, *name;
	} roles[] = {
		{ "palvelunantaja", "organisation.oid", "organisation.name" },
		{ "palveluyksikko", "unit.oid", "unit.name" },
		{ "rekisterinpitaja", "controller.oid", "controller.name" },
	};
	for (size_t i = 0; i < COUNTOF(roles); i++) {
		const struct organisation *o =
		    project_organisation(project, roles[i].role);
		if (!o)
			continue;
		set_default(to, roles[i].oid, o->oid);
		set_default(to, roles[i].name, o->name);
	}
}

static void set_people(struct vars *to, const struct project *project)
{
	set_default(to, "professional.root", project->professional_root);
	set_default(to, "professional.id", project->professional_id);
	set_default(to, "professional.given", project->professional_given);
	set_default(to, "professional.family", project->professional_family);
	if (project->pool.count == 0)
		return;
	const struct person *patient = &project->pool.at[0];
	set_default(to, "patient.code", patient->code);
	set_default(to, "patient.given", patient->given);
	set_default(to, "patient.family", patient->family);
	set_default(to, "patient.birth", patient->birth);
	set_default(to, "patient.gender", patient->gender);
}

int template_values(
    struct vars *to, const struct document_request *request, struct err *err)
{
	if (set_withs(to, request, err) < 0)
		return -1;
	char *org = document_org(request->project);
	set_default(to, "org", org);
	free(org);
	set_oid(to, request, "oid", 11, NUMBER_DOCUMENT);
	set_oid(to, request, "encounter", 16, NUMBER_ENCOUNTER);
	set_uuid(to, request);
	set_times(to, request->world);
	set_version(to, request->replaces);
	set_default(to, "register", "2"); /* public health care */
	set_default(to, "text", "Esitestin asiakirja, ei oikea potilas");
	set_default(to, "signature", "system");
	if (request->project) {
		set_organisations(to, request->project);
		set_people(to, request->project);
	}
	return 0;
}

/* A name that the list has but the project gives no value for. */
static void hint_missing(const char *text, struct err *err)
{
	static const struct {
		const char *part, *hint;
	} hints[] = {
		{ "${patient.", "the project file's <pool> names no person" },
		{ "${professional.", "the project file has no <professional>" },
		{ "${previous.", "the document replaces nothing in the case" },
		{ "${controller.",
		    "the project file has no organisation with the role "
		    "'rekisterinpitaja'" },
		{ "${unit.",
		    "the project file has no organisation with the role "
		    "'palveluyksikko'" },
		{ "", "the project file has no organisation with the role "
		      "'palvelunantaja'" },
	};
	bool listed = false;
	for (size_t i = 0; i < template_name_count && !listed; i++) {
		char name[64];
		snprintf(name, sizeof(name), "'${%s}'", template_names[i]);
		listed = strstr(text, name) != NULL;
	}
	if (!listed)
		return;
	err->hint[0] = '\0';
	size_t i = 0;
	while (!strstr(text, hints[i].part))
		i++;
	err_hint(err, "%s", hints[i].hint);
}

int template_render(
    struct buf *to, const struct document_request *request, struct err *err)
{
	struct vars values = { 0 };
	struct buf text = BUF_INIT(LIMIT_DOCUMENT);
	char *path =
	    testcase_fixture(request->tc, request->what, request->data);
	int rc = template_values(&values, request, err);
	if (rc == 0)
		rc = buf_read_file(&text, path, err);
	if (rc == 0) {
		rc = vars_expand(&values, to, text.ptr, text.len, true, err);
		if (rc < 0) {
			str_copy(err->file, sizeof(err->file), path);
			err_excerpt(err, text.ptr, text.len);
			hint_missing(err->msg, err);
		}
	}
	buf_release(&text);
	vars_release(&values);
	free(path);
	return rc;
}

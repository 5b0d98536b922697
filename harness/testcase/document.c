/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/document.h"

#include "base/command.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"
#include "kanta/sign.h"
#include "testcase/template.h"

#include <stdlib.h>

const char *const document_vars[] = {
	"oid",
	"set-id",
	"version",
	"patient",
	"register",
	"encounter",
	"author",
	"author-root",
	"unit",
};
const size_t document_var_count = COUNTOF(document_vars);

/* ---- Where the bytes come from */

/*
 * A command is told what it is for; for a new version, which one it replaces.
 * The names are not those of options, which a command may want to give.
 */
static int run_command(
    struct buf *to, const struct document_request *request, struct err *err)
{
	struct vars values = { 0 };
	const struct {
		const char *name, *value;
	} told[] = {
		{ "ESITESTI_FOR_SET_ID", "set-id" },
		{ "ESITESTI_FOR_VERSION", "version" },
		{ "ESITESTI_FOR_PREVIOUS_OID", "previous.oid" },
	};
	char *environment[COUNTOF(told) + 4] = { NULL };
	char *dir = path_dir(request->project->path);
	size_t n = 0;
	int rc = template_values(&values, request, err);
	environment[n++] = xasprintf("ESITESTI_FOR_CASE=%s", request->tc->id);
	environment[n++] =
	    xasprintf("ESITESTI_FOR_DOCUMENT=%s", request->what->name);
	environment[n++] =
	    xasprintf("ESITESTI_FOR_KIND=%s", request->what->kind);
	for (size_t i = 0; i < COUNTOF(told); i++) {
		const char *value = vars_get(&values, told[i].value);
		environment[n++] =
		    xasprintf("%s=%s", told[i].name, value ? value : "");
	}
	struct command command = {
		.line = request->source->command,
		.dir = dir,
		.environment = (const char *const *)environment,
		.deadline_ms = LIMIT_COMMAND_MS,
	};
	if (rc == 0)
		rc = command_run(&command, to, err);
	for (size_t i = 0; i < n; i++)
		free(environment[i]);
	free(dir);
	vars_release(&values);
	return rc;
}

/* Also a template without a place for it is fine: there are documents that
 * nobody signs. */
static int sign_fixture(struct document *out,
    const struct document_request *request, const struct vars *values,
    struct err *err)
{
	const char *how = vars_get(values, "signature");
	if (!request->signer || (how && streq(how, "none")))
		return 0;
	struct signing signing = {
		.key = request->signer->key,
		.certificate = request->signer->certificate,
		.now = world_now(request->world),
		.serial = {
			world_id(request->world, request->tc->id,
			    request->what->name, NUMBER_SIGNATURE_HIGH),
			world_id(request->world, request->tc->id,
			    request->what->name, NUMBER_SIGNATURE_LOW),
		},
	};
	return document_sign(&out->bytes, "the fixture", &signing, err);
}

static int render_fixture(struct document *out,
    const struct document_request *request, struct err *err)
{
	struct vars values = { 0 };
	int rc = template_render(&out->bytes, request, err);
	if (rc == 0)
		rc = template_values(&values, request, err);
	if (rc == 0)
		rc = sign_fixture(out, request, &values, err);
	vars_release(&values);
	return rc;
}

static int read_bytes(struct document *out,
    const struct document_request *request, struct err *err)
{
	enum source_kind source =
	    request->source ? request->source->source : SOURCE_SHIPPED;
	switch (source) {
	case SOURCE_SHIPPED:
		out->maker = MAKER_SHIPPED_FIXTURE;
		return render_fixture(out, request, err);
	case SOURCE_FILE:
		out->maker = MAKER_VENDOR_FILE;
		out->file = request->source->path;
		return buf_read_file(&out->bytes, request->source->path, err);
	case SOURCE_COMMAND:
		out->maker = MAKER_VENDOR_COMMAND;
		return run_command(&out->bytes, request, err);
	}
	BUG("unknown source_kind");
}

/* ---- Whether they are a document */

/* What stands behind the name in messages. */
static char *source_name(
    const struct document *d, const struct document_request *request)
{
	if (d->maker == MAKER_VENDOR_COMMAND)
		return xasprintf(
		    "the output of '%s'", request->source->command);
	if (d->maker == MAKER_VENDOR_FILE)
		return xstrdup(request->source->path);
	return testcase_fixture(request->tc, request->what, request->data);
}

/* No XML at all: the beginning of what it is, for people. */
static void hint_beginning(const struct document *d, struct err *err)
{
	char shown[80];
	if (d->bytes.len == 0) {
		err_hint(err, "it is empty");
		return;
	}
	str_copy(shown, sizeof(shown), d->bytes.ptr);
	for (char *p = shown; *p; p++) {
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	}
	if (shown[0] != '<')
		err_hint(err, "it begins with '%s'", shown);
}

static int parse_as(struct document *d, const char *name, struct err *err)
{
	d->doc = xml_parse(d->bytes.ptr, d->bytes.len, name, err);
	if (d->doc)
		return cda_read(&d->cda, d->doc, err);
	hint_beginning(d, err);
	return -1;
}

static int parse(
    struct document *d, const struct document_request *request, struct err *err)
{
	char *name = source_name(d, request);
	bool ours = d->maker == MAKER_SHIPPED_FIXTURE;
	int rc = parse_as(d, name, err);
	if (rc < 0) {
		if (err->kind != ERR_LIMIT)
			err->kind = ours ? ERR_CASE : ERR_USAGE;
		if (!err->file[0])
			err_wrap(err, "%s", name);
	}
	free(name);
	return rc;
}

int document_make(struct document *out, const struct document_request *request,
    struct err *err)
{
	*out = (struct document){ .name = xstrdup(request->what->name) };
	buf_init(&out->bytes, LIMIT_DOCUMENT);
	if (read_bytes(out, request, err) < 0 ||
	    buf_check(&out->bytes, "a document", err) < 0 ||
	    parse(out, request, err) < 0) {
		/* A case that needs the project's document names it. */
		if (request->source && !err->file[0])
			err_wrap(err, "document '%s'", request->what->name);
		document_release(out);
		return -1;
	}
	return 0;
}

int document_check_file(const char *path, struct err *err)
{
	struct document d = { .maker = MAKER_VENDOR_FILE };
	int rc = -1;
	buf_init(&d.bytes, LIMIT_DOCUMENT);
	if (buf_read_file(&d.bytes, path, err) < 0) {
		if (err->kind == ERR_IO)
			err->kind = ERR_USAGE;
	} else if (parse_as(&d, path, err) < 0) {
		err->kind = ERR_CASE;
		/* What is shown of it may hold a person's code. */
		(void)hetu_hide(err->msg);
		(void)hetu_hide(err->excerpt);
		(void)hetu_hide(err->hint);
	} else {
		rc = 0;
	}
	document_release(&d);
	return rc;
}

void document_release(struct document *d)
{
	free(d->name);
	d->name = NULL;
	xml_free(d->doc);
	d->doc = NULL;
	buf_release(&d->bytes);
}

/* ---- Variables */

static void set_var(struct vars *v, const struct document *d, const char *what,
    enum frame_field field)
{
	const char *value = d->cda.value[field];
	if (!value)
		return;
	char *name = xasprintf("%s.%s", d->name, what);
	vars_set(v, name, value);
	free(name);
}

void document_set_vars(struct vars *v, const struct document *d)
{
	static const enum frame_field fields[] = {
		FF_DOCUMENT_ID,
		FF_SET_ID,
		FF_VERSION,
		FF_PATIENT,
		FF_REGISTER,
		FF_ENCOUNTER,
		FF_AUTHOR,
		FF_AUTHOR_ROOT,
		FF_UNIT,
	};
	for (size_t i = 0; i < COUNTOF(fields); i++)
		set_var(v, d, document_vars[i], fields[i]);
}

/* Below 900 and with a right check character, so only ever made here. */
static void set_not_test(struct vars *v, const struct world *world)
{
	unsigned number = 300 + (unsigned)(world->seed % 500);
	char digits[16], code[24];
	snprintf(digits, sizeof(digits), "010150%03u", number % 1000);
	snprintf(code, sizeof(code), "%.6s-%s%c", digits, digits + 6,
	    hetu_check_character(digits));
	vars_set(v, VAR_NOT_TEST, code);
}

void document_set_common(
    struct vars *v, const struct project *project, const struct world *world)
{
	char now[HL7_TIME_TEXT];
	char *org = document_org(project);
	if (org)
		vars_set(v, VAR_ORG, org);
	free(org);
	hl7_time_local(now, world_now(world));
	vars_set(v, VAR_NOW, now);
	set_not_test(v, world);
}

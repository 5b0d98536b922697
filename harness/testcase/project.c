/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/project.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "testcase/project-inside.h"

#include <stdlib.h>
#include <time.h>

#define NS		 "urn:esitesti:project:1"

#define PAUSE_LEAST_MS	 200
#define PAUSE_DEFAULT_MS 1000

/* clang-format off */
#define SHAPE_OF(name_, element_, attributes_) \
	static const struct shape name_ = { \
		.element = element_, \
		.content = SHAPE_EMPTY, \
		.attributes = attributes_, \
		.attribute_count = COUNTOF(attributes_), \
	}

static const struct shape_attribute system_attributes[] = {
	{ "name", SHAPE_TEXT, true, NULL },
	{ "version", SHAPE_TEXT, true, NULL },
	{ "class", SHAPE_TEXT, false, NULL },
};
SHAPE_OF(system_shape, "system", system_attributes);

static const struct shape_attribute tester_attributes[] = {
	{ "name", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(tester_shape, "tester", tester_attributes);

static const struct shape_attribute organisation_attributes[] = {
	{ "role", SHAPE_CHOICE, true,
	    "palvelunantaja|palveluyksikko|rekisterinpitaja|"
	    "lahettava-laite|liityntapiste" },
	{ "oid", SHAPE_OID, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(organisation_shape, "organisation", organisation_attributes);

static const struct shape_attribute professional_attributes[] = {
	{ "id-root", SHAPE_OID, true, NULL },
	{ "id", SHAPE_TEXT, true, NULL },
	{ "given", SHAPE_TEXT, true, NULL },
	{ "family", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(professional_shape, "professional", professional_attributes);

static const struct shape_attribute person_attributes[] = {
	{ "code", SHAPE_TEXT, true, NULL },
	{ "given", SHAPE_TEXT, true, NULL },
	{ "family", SHAPE_TEXT, true, NULL },
	{ "birth", SHAPE_NUMBER, true, NULL },
	{ "gender", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(person_shape, "person", person_attributes);

static const struct shape_child pool_children[] = { { &person_shape, 0, 0 } };
static const struct shape pool_shape = {
	.element = "pool",
	.content = SHAPE_CHILDREN,
	.children = pool_children,
	.child_count = COUNTOF(pool_children),
};

static const struct shape_attribute attested_attributes[] = {
	{ "sha256", SHAPE_TEXT, true, NULL },
	{ "name", SHAPE_TEXT, true, NULL },
	{ "date", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(attested_shape, "attested-content", attested_attributes);

static const struct shape_attribute test_host_attributes[] = {
	{ "name", SHAPE_TEXT, true, NULL },
	{ "source", SHAPE_TEXT, true, NULL },
	{ "attested-by", SHAPE_TEXT, true, NULL },
	{ "date", SHAPE_TEXT, true, NULL },
};
SHAPE_OF(test_host_shape, "test-host", test_host_attributes);

static const struct shape_attribute target_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "url", SHAPE_TEXT, true, NULL },
	{ "ca", SHAPE_TEXT, true, NULL },
	{ "crl", SHAPE_TEXT, false, NULL },
	{ "certificate", SHAPE_TEXT, false, NULL },
	{ "key", SHAPE_TEXT, false, NULL },
	{ "pkcs12", SHAPE_TEXT, false, NULL },
	{ "pass-file", SHAPE_TEXT, false, NULL },
	{ "pass-environment", SHAPE_TEXT, false, NULL },
	{ "dialect", SHAPE_ID, false, NULL },
	{ "pause-ms", SHAPE_NUMBER, false, NULL },
};
SHAPE_OF(target_shape, "target", target_attributes);

static const struct shape_attribute document_attributes[] = {
	{ "kind", SHAPE_ID, true, NULL },
	{ "file", SHAPE_TEXT, false, NULL },
	{ "command", SHAPE_TEXT, false, NULL },
	{ "shipped", SHAPE_CHOICE, false, "true" },
};
SHAPE_OF(document_shape, "document", document_attributes);

static const struct shape_child project_children[] = {
	{ &system_shape, 0, 1 },
	{ &tester_shape, 0, 1 },
	{ &organisation_shape, 0, 0 },
	{ &professional_shape, 0, 1 },
	{ &pool_shape, 0, 1 },
	{ &attested_shape, 0, 0 },
	{ &test_host_shape, 0, 0 },
	{ &target_shape, 0, 0 },
	{ &document_shape, 0, 0 },
	{ &project_check_shape, 0, 1 },
};
static const struct shape project_shape = {
	.element = "project",
	.content = SHAPE_CHILDREN,
	.children = project_children,
	.child_count = COUNTOF(project_children),
};
/* clang-format on */

#define FAIL PROJECT_FAIL

static int read_system(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	(void)file;
	(void)err;
	p->system = own_attr(node, "name");
	p->version = own_attr(node, "version");
	p->class = own_attr(node, "class");
	return 0;
}

static int read_tester(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	(void)file;
	(void)err;
	p->tester = own_attr(node, "name");
	return 0;
}

static int read_organisation(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	const char *role = xml_attr(node, "role");
	if (project_organisation(p, role))
		return FAIL(file, node, "role", err,
		    "a second organisation with the role '%s'", role);
	struct organisation *o = VEC_PUSH(&p->organisations);
	o->role = own_attr(node, "role");
	o->oid = own_attr(node, "oid");
	o->name = own_attr(node, "name");
	return 0;
}

static int read_professional(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	(void)file;
	(void)err;
	p->professional_root = own_attr(node, "id-root");
	p->professional_id = own_attr(node, "id");
	p->professional_given = own_attr(node, "given");
	p->professional_family = own_attr(node, "family");
	return 0;
}

/* What is wrong with a code of the pool; NULL = nothing. */
static const char *code_trouble(const char *code)
{
	struct hetu hetu;
	if (strlen(code) != HETU_LENGTH || !hetu_read(code, &hetu))
		return "has not the shape of a henkilötunnus";
	if (!hetu_is_test(&hetu))
		return "is not of the 900 series, so it may be a living "
		       "person's";
	if (!hetu.date_exists)
		return "begins with a date that does not exist";
	if (!hetu.check_holds)
		return "has a wrong check character";
	return NULL;
}

static int read_person(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	const char *code = xml_attr(node, "code");
	const char *trouble = code_trouble(code);
	if (trouble) {
		char masked[HETU_LENGTH + 1] = "****";
		if (strlen(code) == HETU_LENGTH)
			hetu_mask(masked, code);
		FAIL(file, node, "code", err, "the code '%s' %s", masked,
		    trouble);
		/* The source line would show the whole code. */
		err->column = 0;
		str_copy(err->excerpt, sizeof(err->excerpt), " ");
		return err_hint(err,
		    "the pool holds only the test codes that Kela issued to "
		    "you; take others out of this file");
	}
	struct person *person = VEC_PUSH(&p->pool);
	person->code = own_attr(node, "code");
	person->given = own_attr(node, "given");
	person->family = own_attr(node, "family");
	person->birth = own_attr(node, "birth");
	person->gender = own_attr(node, "gender");
	return 0;
}

static int read_pool(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	XML_EACH_CHILD (person, node) {
		if (read_person(p, file, person, err) < 0)
			return -1;
	}
	return 0;
}

/* "2026-11-21", a day that there is. */
static bool is_date(const char *s)
{
	struct tm t = { 0 };
	if (strspn(s, "0123456789-") != 10 || strlen(s) != 10)
		return false;
	const char *end = strptime(s, "%Y-%m-%d", &t);
	int day = t.tm_mday;
	return end && !*end && timegm(&t) >= 0 && t.tm_mday == day;
}

static int check_date(
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	const char *date = xml_attr(node, "date");
	if (is_date(date))
		return 0;
	FAIL(file, node, "date", err, "'%s' is no date", date);
	return err_hint(err, "write it as 2026-11-21");
}

static int read_attested(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	const char *sha256 = xml_attr(node, "sha256");
	if (strlen(sha256) != 64 ||
	    strspn(sha256, "0123456789abcdefABCDEF") != 64) {
		FAIL(file, node, "sha256", err, "'%s' is no SHA-256", sha256);
		return err_hint(err,
		    "64 hexadecimal digits: the guard's message tells them, as "
		    "'sha256sum FILE' does");
	}
	if (check_date(file, node, err) < 0)
		return -1;
	struct attested_content *c = VEC_PUSH(&p->attested);
	c->sha256 = own_attr(node, "sha256");
	c->name = own_attr(node, "name");
	c->date = own_attr(node, "date");
	return 0;
}

static int read_test_host(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	if (check_date(file, node, err) < 0)
		return -1;
	struct test_host *h = VEC_PUSH(&p->test_hosts);
	h->name = own_attr(node, "name");
	h->source = own_attr(node, "source");
	h->attested_by = own_attr(node, "attested-by");
	h->date = own_attr(node, "date");
	return 0;
}

char *project_file_attr(
    const struct project *p, const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	return value ? path_beside(p->path, value) : NULL;
}

static int check_target_name(const struct project *p,
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	static const char *const reserved[] = { "mock", "embedded-mock" };
	const char *name = xml_attr(node, "name");
	for (size_t i = 0; i < COUNTOF(reserved); i++) {
		if (streq(name, reserved[i]))
			return FAIL(file, node, "name", err,
			    "'%s' is the name of the local mock", name);
	}
	if (project_target(p, name))
		return FAIL(file, node, "name", err,
		    "a second target with the name '%s'", name);
	return 0;
}

static int check_target_identity(
    const struct own_file *file, const xmlNode *node, struct err *err)
{
	bool pem = xml_attr(node, "certificate");
	bool pkcs12 = xml_attr(node, "pkcs12");
	if (pem && pkcs12)
		return FAIL(file, node, "pkcs12", err,
		    "both 'certificate' and 'pkcs12'");
	if (xml_attr(node, "key") && !pem)
		return FAIL(
		    file, node, "key", err, "'key' without 'certificate'");
	if (xml_attr(node, "pass-file") && xml_attr(node, "pass-environment"))
		return FAIL(file, node, "pass-environment", err,
		    "both 'pass-file' and 'pass-environment'");
	return 0;
}

static int read_pause(struct target *t, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	struct err none = { 0 };
	uint64_t pause = t->kind == TARGET_REAL ? PAUSE_DEFAULT_MS : 0;
	const char *text = xml_attr(node, "pause-ms");
	if (text && str_number(text, 0, 3600000, &pause, &none) < 0)
		return FAIL(file, node, "pause-ms", err, "%s", none.msg);
	if (t->kind == TARGET_REAL && pause < PAUSE_LEAST_MS) {
		FAIL(file, node, "pause-ms", err,
		    "a pause of %llu ms before a real environment",
		    (unsigned long long)pause);
		return err_hint(err,
		    "it is shared with others: at least %d ms, %d when left "
		    "out",
		    PAUSE_LEAST_MS, PAUSE_DEFAULT_MS);
	}
	t->pause_ms = (unsigned)pause;
	return 0;
}

static int read_target(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	struct err inner = { 0 };
	if (check_target_name(p, file, node, err) < 0 ||
	    check_target_identity(file, node, err) < 0)
		return -1;
	struct target *t = VEC_PUSH(&p->targets);
	t->name = own_attr(node, "name");
	t->ca = project_file_attr(p, node, "ca");
	t->crl = project_file_attr(p, node, "crl");
	t->certificate = project_file_attr(p, node, "certificate");
	t->key = project_file_attr(p, node, "key");
	t->pkcs12 = project_file_attr(p, node, "pkcs12");
	t->pass_file = project_file_attr(p, node, "pass-file");
	t->pass_environment = own_attr(node, "pass-environment");
	const char *dialect = xml_attr(node, "dialect");
	t->dialect = dialect && str_ends(dialect, ".xml")
			 ? project_file_attr(p, node, "dialect")
			 : own_attr(node, "dialect");
	if (t->certificate && !t->key)
		t->key = xstrdup(t->certificate);
	if (target_set_url(t, xml_attr(node, "url"), &inner) < 0) {
		FAIL(file, node, "url", err, "%s", inner.msg);
		return inner.hint[0] ? err_hint(err, "%s", inner.hint) : -1;
	}
	return read_pause(t, file, node, err);
}

static int read_document(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	static const struct {
		const char *attribute;
		enum source_kind source;
	} sources[] = {
		{ "file", SOURCE_FILE },
		{ "command", SOURCE_COMMAND },
		{ "shipped", SOURCE_SHIPPED },
	};
	const char *kind = xml_attr(node, "kind");
	VEC_EACH (struct document_source, other, &p->documents) {
		if (streq(other->kind, kind))
			return FAIL(file, node, "kind", err,
			    "a second source of '%s'", kind);
	}
	struct document_source *d = VEC_PUSH(&p->documents);
	size_t given = 0;
	d->kind = own_attr(node, "kind");
	d->line = xml_line(node);
	for (size_t i = 0; i < COUNTOF(sources); i++) {
		if (!xml_attr(node, sources[i].attribute))
			continue;
		d->source = sources[i].source;
		given++;
	}
	d->path = project_file_attr(p, node, "file");
	d->command = own_attr(node, "command");
	if (given == 1)
		return 0;
	FAIL(file, node, NULL, err, "the source of '%s' has %s", kind,
	    given ? "more than one origin" : "no origin");
	return err_hint(
	    err, "give one of file=\"…\", command=\"…\" and shipped=\"true\"");
}

static const struct {
	const char *element;
	int (*read)(struct project *p, const struct own_file *file,
	    const xmlNode *node, struct err *err);
} readers[] = {
	{ "system", read_system },
	{ "tester", read_tester },
	{ "organisation", read_organisation },
	{ "professional", read_professional },
	{ "pool", read_pool },
	{ "attested-content", read_attested },
	{ "test-host", read_test_host },
	{ "target", read_target },
	{ "document", read_document },
	{ "check", project_check_read },
};

static int read_element(struct project *p, const struct own_file *file,
    const xmlNode *node, struct err *err)
{
	for (size_t i = 0; i < COUNTOF(readers); i++) {
		if (xml_is(node, NULL, readers[i].element))
			return readers[i].read(p, file, node, err);
	}
	BUG("an element that the shape does not name");
}

static int read_project(
    struct project *p, const struct own_file *file, struct err *err)
{
	XML_EACH_CHILD (node, xml_root(file->doc)) {
		if (read_element(p, file, node, err) < 0)
			return -1;
	}
	return 0;
}

struct project *project_load(const char *path, struct err *err)
{
	struct own_file file = { 0 };
	struct project *p = NULL;
	if (own_read(&file, path, LIMIT_CONFIG_FILE, ERR_USAGE, err) < 0)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->path = xstrdup(path);
	if (shape_check(file.doc, NS, &project_shape, err) < 0 ||
	    read_project(p, &file, err) < 0) {
		/* A project is the user's words, not a case of ours. */
		if (err->kind == ERR_CASE)
			err->kind = ERR_USAGE;
		project_free(p);
		p = NULL;
	} else {
		p->source = xmemdup(file.bytes.ptr, file.bytes.len);
		p->source_len = file.bytes.len;
	}
	own_close(&file, err);
	return p;
}

const struct target *project_target(const struct project *p, const char *name)
{
	VEC_EACH (struct target, t, &p->targets) {
		if (streq(t->name, name))
			return t;
	}
	return NULL;
}

static const struct document_source *find_source(
    const struct project *p, const char *kind)
{
	VEC_EACH (struct document_source, d, &p->documents) {
		if (kind && streq(d->kind, kind))
			return d;
	}
	return NULL;
}

const struct document_source *project_document(
    const struct project *p, const char *name, const char *kind)
{
	const struct document_source *d = find_source(p, name);
	return d ? d : find_source(p, kind);
}

int project_add_document(struct project *p, const char *word, struct err *err)
{
	const char *equals = strchr(word, '=');
	if (!equals || equals == word || !equals[1])
		return err_set(err, ERR_USAGE,
		    "--document '%s' is not of the form NAME=FILE", word);
	char *name = xstrndup(word, (size_t)(equals - word));
	struct document_source *source = NULL;
	VEC_EACH (struct document_source, d, &p->documents) {
		if (streq(d->kind, name))
			source = d;
	}
	if (!source) {
		source = VEC_PUSH(&p->documents);
		source->kind = xstrdup(name);
	}
	free(name);
	source->source = SOURCE_FILE;
	free(source->path);
	source->path = realpath(equals + 1, NULL);
	if (!source->path)
		return err_errno(err, ERR_USAGE, "--document '%s'", word);
	return 0;
}

bool project_serves(const struct project *p, const struct testcase *tc)
{
	VEC_EACH (struct case_document, d, &tc->documents) {
		const struct document_source *source =
		    project_document(p, d->name, d->kind);
		if (source && source->source != SOURCE_SHIPPED)
			return true;
	}
	return false;
}

const struct organisation *project_organisation(
    const struct project *p, const char *role)
{
	VEC_EACH (struct organisation, o, &p->organisations) {
		if (streq(o->role, role))
			return o;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/origin.h"
#include "check/schema-inside.h"

/*
 * Kela's second stage: the document against CDA's schema with the Finnish
 * extensions, the message around it against a schema of V3 frames. Both are our
 * own (fixtures/schemas); one that the user names takes the document schema's
 * place, and every result says which it was.
 */
struct schemas {
	struct xml_schema *document, *frame;
	char *document_says, *frame_says; /* "cda-fi.xsd 1.0 (SHA-256 …)" */
	bool is_given;			  /* the document's is the user's */
};

struct validators {
	const struct schemas *schemas;
	struct xml_validator *document, *frame;
};

/* ---- Loading */

static char *describe(const struct xml_schema *s, struct err *err)
{
	struct origin o = { .count = xml_schema_file_count(s) };
	const char *version = xml_schema_version(s);
	char *text = NULL;
	o.files = xcalloc(o.count, sizeof(*o.files));
	for (size_t i = 0; i < o.count; i++)
		o.files[i].path = xml_schema_file(s, i);
	char *digest = origin_say(&o, 64, err);
	if (digest)
		text = xasprintf("%.80s%s%.40s (SHA-256 %s)",
		    path_base(xml_schema_file(s, 0)), *version ? " " : "",
		    version, digest);
	free(digest);
	free(o.files);
	return text;
}

static struct xml_schema *load(const char *path, char **says, struct err *err)
{
	struct xml_schema *s = xml_schema_load(path, err);
	*says = s ? describe(s, err) : NULL;
	if (*says)
		return s;
	xml_schema_free(s);
	return NULL;
}

static void release(void *shared)
{
	struct schemas *s = shared;
	if (!s)
		return;
	xml_schema_free(s->document);
	xml_schema_free(s->frame);
	free(s->document_says);
	free(s->frame_says);
	free(s);
}

static int prepare(
    void **shared, const struct check_options *o, struct err *err)
{
	struct schemas *s = xcalloc(1, sizeof(*s));
	char *document = path_join(o->data, "fixtures/schemas/cda-fi.xsd");
	char *frame = path_join(o->data, "fixtures/schemas/frame-fi.xsd");
	*shared = s;
	s->is_given = o->schema != NULL;
	s->document =
	    load(s->is_given ? o->schema : document, &s->document_says, err);
	if (s->document)
		s->frame = load(frame, &s->frame_says, err);
	free(document);
	free(frame);
	return s->frame ? 0 : -1;
}

static void *begin(const void *shared)
{
	const struct schemas *s = shared;
	struct validators *v = xcalloc(1, sizeof(*v));
	v->schemas = s;
	v->document = xml_validator_new(s->document);
	v->frame = xml_validator_new(s->frame);
	return v;
}

static void end(void *own)
{
	struct validators *v = own;
	if (!v)
		return;
	xml_validator_free(v->document);
	xml_validator_free(v->frame);
	free(v);
}

/* ---- Looking */

static void validate(struct look *l, struct stage_result *result,
    struct xml_validator *v, enum part part, xmlNode *root)
{
	struct schema_hearing h = { .l = l, .part = part };
	struct err err = { 0 };
	if (xml_validate(v, root, schema_tell, &h, &err) < 0) {
		result->state = STAGE_NOT_DONE;
		result->broke = true;
		result->why = say_sch_broke(err.msg);
	} else if (h.unknown_root) {
		result->state = STAGE_NOT_DONE;
		result->why = say_sch_message_unknown((const char *)root->name);
	}
}

static struct note basis(const struct look *l, const struct schemas *s)
{
	if (!l->message)
		return s->is_given ? say_sch_basis_given(s->document_says)
				   : say_sch_basis_own(s->document_says);
	if (!l->document)
		return say_sch_basis_own(s->frame_says);
	if (s->is_given)
		return say_sch_basis_both(s->document_says, s->frame_says);
	return say_sch_basis_own_both(s->document_says, s->frame_says);
}

static void look_schema(struct look *l, struct stage_result *result, void *own)
{
	struct validators *v = own;
	if (!l->message && !l->document) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_no_document();
		return;
	}
	result->basis = basis(l, v->schemas);
	if (l->message)
		validate(l, result, v->frame, PART_FILE, l->message);
	if (l->document)
		validate(l, result, v->document, l->document_part,
		    xml_root(l->document));
}

const struct stage_kind stage_schema = {
	.prepare = prepare,
	.release = release,
	.begin = begin,
	.end = end,
	.look = look_schema,
};

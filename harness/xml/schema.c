/* SPDX-License-Identifier: Apache-2.0 */
#include "xml/schema.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "xml/quiet.h"

#include <libxml/parserInternals.h>
#include <libxml/uri.h>
#include <libxml/xmlschemas.h>
#include <pthread.h>

struct xml_schema {
	xmlSchema *schema;
	char *version;
	struct {
		VEC(char *);
	} files;
};

struct xml_validator {
	xmlSchemaValidCtxt *ctxt;
	void (*each)(void *ctx, const struct xml_invalid *fault);
	void *ctx;
};

/* ---- What libxml2 may read: the files of the schema being loaded by this
 * thread, and nothing else in the whole program. */

struct loading {
	struct xml_schema *schema;
	char *folder; /* canonical */
	size_t bytes; /* read so far */
	struct err *err;
};

static _Thread_local struct loading *loading;

static bool is_below(const char *folder, const char *path)
{
	size_t len = strlen(folder);
	return strncmp(path, folder, len) == 0 && path[len] == '/';
}

/* The file that a URL of libxml2's means, canonical; NULL = none of ours. */
static char *allowed_path(const struct loading *l, const char *url)
{
	char *plain =
	    str_starts(url, "file://")
		? xmlURIUnescapeString(url + strlen("file://"), 0, NULL)
		: NULL;
	char *path = realpath(plain ? plain : url, NULL);
	xmlFree(plain);
	if (path && is_below(l->folder, path))
		return path;
	free(path);
	return NULL;
}

static xmlParserInput *open_bytes(
    xmlParserCtxt *ctxt, const struct buf *bytes, const char *url)
{
	xmlParserInputBuffer *memory = xmlParserInputBufferCreateMem(
	    bytes->ptr, (int)bytes->len, XML_CHAR_ENCODING_NONE);
	if (!memory)
		BUG("no input buffer");
	xmlParserInput *input =
	    xmlNewIOInputStream(ctxt, memory, XML_CHAR_ENCODING_NONE);
	if (!input)
		BUG("no input stream");
	input->filename = (char *)xmlStrdup((const xmlChar *)url);
	return input;
}

static xmlParserInput *load_file(
    struct loading *l, const char *url, xmlParserCtxt *ctxt)
{
	char *path = allowed_path(l, url);
	if (!path) {
		err_set(l->err, ERR_CASE,
		    "the schema needs '%s', which is not in its folder or "
		    "below it",
		    url);
		err_hint(l->err, "put it there and name it by its path");
		return NULL;
	}
	struct buf bytes = BUF_INIT(LIMIT_SCHEMA_BYTES - l->bytes);
	xmlParserInput *input = NULL;
	if (buf_read_file(&bytes, path, l->err) == 0) {
		l->bytes += bytes.len;
		input = open_bytes(ctxt, &bytes, url);
	}
	buf_release(&bytes);
	*VEC_PUSH(&l->schema->files) = path;
	return input;
}

static xmlParserInput *load_any(
    const char *url, const char *id, xmlParserCtxt *ctxt)
{
	(void)id;
	return loading && url ? load_file(loading, url, ctxt) : NULL;
}

static void install_loader(void)
{
	xmlSetExternalEntityLoader(load_any);
}

/* ---- Loading */

static void on_fault(void *ctx, xmlError *e)
{
	struct loading *l = ctx;
	char why[400];
	if (e->level < XML_ERR_ERROR || l->err->kind != ERR_NONE)
		return;
	str_copy(why, sizeof(why), e->message ? e->message : "unknown error");
	why[strcspn(why, "\n")] = '\0';
	err_at(l->err, ERR_CASE, e->file ? e->file : l->schema->files.at[0],
	    e->line > 0 ? (unsigned)e->line : 0, 0, "no XML Schema: %s", why);
}

/* Only the root is looked at; libxml2 keeps no version. */
static char *read_version(const char *path, struct err *err)
{
	struct xml_doc *doc = xml_read_file(path, LIMIT_SCHEMA_BYTES, err);
	const char *version = doc ? xml_attr(xml_root(doc), "version") : NULL;
	char *copy = xstrdup(version ? version : "");
	xml_free(doc);
	return copy;
}

static xmlSchema *parse(struct loading *l, const char *path)
{
	struct xml_quiet quiet;
	xmlSchema *schema = NULL;
	xmlSchemaParserCtxt *ctxt = xmlSchemaNewParserCtxt(path);
	if (!ctxt)
		BUG("no schema parser");
	loading = l;
	xml_quiet_begin(&quiet, on_fault, l);
	xmlSchemaSetParserStructuredErrors(ctxt, on_fault, l);
	schema = xmlSchemaParse(ctxt);
	xml_quiet_end(&quiet);
	loading = NULL;
	xmlSchemaFreeParserCtxt(ctxt);
	if (!schema)
		err_set(l->err, ERR_CASE, "'%s' is no XML Schema", path);
	return schema;
}

struct xml_schema *xml_schema_load(const char *path, struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct err own = { 0 };
	char *dir = path_dir(path);
	struct loading l = { .folder = realpath(dir, NULL), .err = &own };
	pthread_once(&once, install_loader);
	l.schema = xcalloc(1, sizeof(*l.schema));
	if (!l.folder)
		err_errno(&own, ERR_IO, "cannot read '%s'", path);
	else
		l.schema->version = read_version(path, &own);
	if (own.kind == ERR_NONE)
		l.schema->schema = parse(&l, path);
	free(l.folder);
	free(dir);
	if (own.kind == ERR_NONE)
		return l.schema;
	*err = own;
	xml_schema_free(l.schema);
	return NULL;
}

void xml_schema_free(struct xml_schema *s)
{
	if (!s)
		return;
	VEC_EACH (char *, file, &s->files)
		free(*file);
	VEC_RELEASE(&s->files);
	xmlSchemaFree(s->schema);
	free(s->version);
	free(s);
}

const char *xml_schema_version(const struct xml_schema *s)
{
	return s->version;
}

size_t xml_schema_file_count(const struct xml_schema *s)
{
	return s->files.count;
}

const char *xml_schema_file(const struct xml_schema *s, size_t index)
{
	return s->files.at[index];
}

/* ---- Validating */

/* libxml2 tells the attribute in its sentence only: "Element '{urn:t}b',
 * attribute 'n': …". */
static bool attribute_of(char *to, size_t size, const char *message)
{
	static const char before[] = "', attribute '";
	const char *at = strstr(message, before);
	if (!at)
		return false;
	at += strlen(before);
	size_t len = strcspn(at, "'");
	if (at[len] == '\0' || len >= size)
		return false;
	memcpy(to, at, len);
	to[len] = '\0';
	return true;
}

static void on_invalid(void *ctx, xmlError *e)
{
	struct xml_validator *v = ctx;
	char message[1024], attribute[128];
	struct xml_invalid fault = {
		.code = e->code,
		.node = e->node,
		.message = message,
	};
	str_copy(message, sizeof(message), e->message ? e->message : "");
	message[strcspn(message, "\n")] = '\0';
	if (attribute_of(attribute, sizeof(attribute), message))
		fault.attribute = attribute;
	v->each(v->ctx, &fault);
}

struct xml_validator *xml_validator_new(const struct xml_schema *s)
{
	struct xml_validator *v = xcalloc(1, sizeof(*v));
	v->ctxt = xmlSchemaNewValidCtxt(s->schema);
	if (!v->ctxt)
		BUG("no schema validator");
	xmlSchemaSetValidStructuredErrors(v->ctxt, on_invalid, v);
	return v;
}

void xml_validator_free(struct xml_validator *v)
{
	if (!v)
		return;
	xmlSchemaFreeValidCtxt(v->ctxt);
	free(v);
}

int xml_validate(struct xml_validator *v, xmlNode *element,
    void (*each)(void *ctx, const struct xml_invalid *fault), void *ctx,
    struct err *err)
{
	struct xml_quiet quiet;
	v->each = each;
	v->ctx = ctx;
	xml_quiet_begin(&quiet, on_invalid, v);
	int rc = xmlSchemaValidateOneElement(v->ctxt, element);
	xml_quiet_end(&quiet);
	if (rc < 0)
		return err_set(err, ERR_INTERNAL,
		    "libxml2's schema validation broke down");
	return rc > 0;
}

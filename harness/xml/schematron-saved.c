/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "xml/schematron-inside.h"

#include <libxml/tree.h>
#include <openssl/evp.h>

/*
 * A compiled rule set on disk is its stylesheet, with one element of ours that
 * says of what it was made:
 *
 *     <esi:made version="…" assertions="9" digest="…">
 *       <esi:file name="a.sch"/>
 *     </esi:made>
 *
 * The digest is over the bytes of the files, the compiler's, the program's
 * version and the phase: what does not match is not taken.
 */

#define MAKE "1" /* of this file's form */

static int add_file(EVP_MD_CTX *md, const char *path, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_SCHEMA_BYTES);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	int rc = buf_read_file(&bytes, path, err);
	if (rc == 0 && (!EVP_Digest(bytes.ptr, bytes.len, digest, &len,
			    EVP_sha256(), NULL) ||
			   !EVP_DigestUpdate(md, digest, len)))
		rc = err_set(err, ERR_INTERNAL, "OpenSSL has no SHA-256");
	buf_release(&bytes);
	return rc;
}

int schematron_digest_files(
    struct schematron *s, const struct schematron_options *o, struct err *err)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	const char *phase = o->phase ? o->phase : "#DEFAULT";
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int rc = 0;
	if (!md || !EVP_DigestInit_ex(md, EVP_sha256(), NULL) ||
	    !EVP_DigestUpdate(md, MAKE VERSION, sizeof(MAKE VERSION)) ||
	    !EVP_DigestUpdate(md, phase, strlen(phase)))
		rc = err_set(err, ERR_INTERNAL, "OpenSSL has no SHA-256");
	if (rc == 0)
		rc = add_file(md, o->compiler, err);
	VEC_EACH (char *, file, &s->facts.files)
		if (rc == 0)
			rc = add_file(md, *file, err);
	if (rc == 0 && !EVP_DigestFinal_ex(md, digest, &len))
		rc = err_set(err, ERR_INTERNAL, "OpenSSL has no SHA-256");
	if (rc == 0)
		str_hex(s->facts.digest, digest, len);
	EVP_MD_CTX_free(md);
	return rc;
}

/* ---- Taking it */

static char *copy_attr(const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	return xstrdup(value ? value : "");
}

/* What it was made of is beside the schema now, wherever that is. */
static bool is_made_of(struct schematron *s, const xmlNode *made,
    const char *path, const struct schematron_options *o)
{
	struct err ignored = { 0 };
	const char *digest = xml_attr(made, "digest");
	XML_EACH_CHILD (file, made) {
		char *name = copy_attr(file, "name");
		bool first = s->facts.files.count == 0;
		char *from = first ? xstrdup(path) : path_beside(path, name);
		*VEC_PUSH(&s->facts.files) = from;
		free(name);
	}
	s->facts.version = copy_attr(made, "version");
	char *count = copy_attr(made, "assertions");
	s->facts.assertions = strtoul(count, NULL, 10);
	free(count);
	return s->facts.files.count > 0 && digest &&
	       schematron_digest_files(s, o, &ignored) == 0 &&
	       streq(s->facts.digest, digest);
}

static void forget(struct schematron *s)
{
	VEC_EACH (char *, file, &s->facts.files)
		free(*file);
	VEC_RELEASE(&s->facts.files);
	free(s->facts.version);
	*s = (struct schematron){ .was_saved = false };
}

bool schematron_take_saved(
    struct schematron *s, const char *path, const struct schematron_options *o)
{
	struct err ignored = { 0 };
	if (!o->compiled)
		return false;
	struct xml_doc *doc =
	    xml_read_file(o->compiled, LIMIT_SCHEMA_BYTES, &ignored);
	const xmlNode *made =
	    doc ? xml_child(xml_root(doc), ESI, "made") : NULL;
	if (made && is_made_of(s, made, path, o)) {
		s->tree = xmlCopyDoc(xml_tree(doc), 1);
		s->was_saved = true;
	} else {
		forget(s);
	}
	xml_free(doc);
	return s->was_saved;
}

/* ---- Leaving it */

static void add_attr(xmlNode *node, const char *name, const char *value)
{
	xmlSetProp(node, (const xmlChar *)name, (const xmlChar *)value);
}

int schematron_save(
    const struct schematron *s, const char *path, struct err *err)
{
	char count[24];
	xmlDoc *copy = xmlCopyDoc(s->tree, 1);
	xmlNode *root = xmlDocGetRootElement(copy);
	xmlNs *ns = xmlNewNs(
	    root, (const xmlChar *)ESI, (const xmlChar *)"esitesti-made");
	xmlNode *made = xmlNewChild(root, ns, (const xmlChar *)"made", NULL);
	char *folder = path_dir(s->facts.files.at[0]);
	size_t skip = streq(folder, ".") ? 0 : strlen(folder) + 1;
	snprintf(count, sizeof(count), "%zu", s->facts.assertions);
	add_attr(made, "version", s->facts.version);
	add_attr(made, "assertions", count);
	add_attr(made, "digest", s->facts.digest);
	VEC_EACH (char *, file, &s->facts.files)
		add_attr(xmlNewChild(made, ns, (const xmlChar *)"file", NULL),
		    "name",
		    *file + (file == s->facts.files.at
				    ? strlen(*file) - strlen(path_base(*file))
				    : skip));
	xmlChar *text = NULL;
	int len = 0;
	xmlDocDumpMemoryEnc(copy, &text, &len, "UTF-8");
	int rc = text ? file_write_whole(path, text, (size_t)len, 0644, err)
		      : err_set(err, ERR_INTERNAL, "no text of a stylesheet");
	xmlFree(text);
	xmlFreeDoc(copy);
	free(folder);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/dialect.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "kanta/dialect-private.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define ENDING	   ".xml"
#define OWN_FOLDER "dialects" /* beside the project file */

void dialect_free(struct dialect *d)
{
	if (!d)
		return;
	for (int key = 0; key < DK_COUNT; key++) {
		struct dialect_value *v = &d->value[key];
		for (size_t i = 0; i < v->count; i++)
			free(v->at[i]);
		VEC_RELEASE(v);
		free(v->text);
		free(v->source);
	}
	for (size_t i = 0; i < COUNTOF(d->title); i++)
		free(d->title[i]);
	free(d->extends);
	free(d->name);
	free(d);
}

/* ---- Completeness */

static int check_complete(
    const struct dialect *d, const struct xml_doc *doc, struct err *err)
{
	struct buf missing = BUF_INIT(sizeof(err->msg));
	for (int key = 0; key < DK_COUNT; key++)
		if (!d->value[key].set)
			buf_addf(&missing, "%s%s", missing.len ? ", " : "",
			    dialect_key_name((enum dialect_key)key));
	int rc = 0;
	if (missing.len > 0) {
		rc = xml_fail(doc, xml_root(doc), err, ERR_CASE,
		    "dialect '%s' does not say: %s", d->name, missing.ptr);
		err_hint(err,
		    "give each key a value, a mark and a source, or extend a "
		    "dialect that does");
	}
	buf_release(&missing);
	return rc;
}

/* What `d` leaves open comes from the dialect that it extends. */
static void inherit(struct dialect *d, struct dialect *from)
{
	for (int key = 0; key < DK_COUNT; key++) {
		if (d->value[key].set)
			continue;
		d->value[key] = from->value[key];
		from->value[key] = (struct dialect_value){ .set = false };
	}
}

/* ---- Files */

static void name_others(const char *dir, struct err *err)
{
	struct buf list = BUF_INIT(256);
	DIR *d = opendir(dir);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		if (!str_ends(e->d_name, ENDING) || e->d_name[0] == '.')
			continue;
		size_t n = strlen(e->d_name) - strlen(ENDING);
		buf_adds(&list, list.len ? ", " : "");
		buf_add(&list, e->d_name, n);
	}
	if (d)
		closedir(d);
	if (list.len > 0)
		err_hint(err, "'%s' has: %s", dir, list.ptr);
	buf_release(&list);
}

static char *file_of(const char *dir, const char *name, struct err *err)
{
	if (!path_is_plain_name(name)) {
		err_set(err, ERR_USAGE, "'%s' can't be a dialect's name", name);
		return NULL;
	}
	char *path = xasprintf(
	    "%s%s%s" ENDING, dir, str_ends(dir, "/") ? "" : "/", name);
	if (access(path, R_OK) == 0)
		return path;
	err_set(err, ERR_USAGE, "there is no dialect '%s'", name);
	name_others(dir, err);
	free(path);
	return NULL;
}

/* A file of the user's own, and no name of a shipped one. */
static bool is_own_file(const char *name)
{
	return strchr(name, '/') || str_ends(name, ENDING);
}

/* One file as it stands; *doc (for messages) is the caller's also then. */
static struct dialect *load_one(const char *dir, const char *name, bool own,
    struct xml_doc **doc, struct err *err)
{
	char *path = own ? xstrdup(name) : file_of(dir, name, err);
	struct dialect *d = NULL;
	if (!path)
		return NULL;
	*doc = xml_read_file(path, LIMIT_CONFIG_FILE, err);
	if (*doc)
		d = dialect_from_xml(*doc, false, err);
	if (d && !own && !streq(d->name, name)) {
		xml_fail(*doc, xml_root(*doc), err, ERR_CASE,
		    "the dialect in '%s%s' calls itself '%s'", name, ENDING,
		    d->name);
		dialect_free(d);
		d = NULL;
	}
	free(path);
	return d;
}

static bool is_in(const char *name, char *const seen[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (streq(seen[i], name))
			return true;
	return false;
}

static int check_chain(const struct dialect *first, const char *next,
    char *const seen[], size_t count, struct err *err)
{
	if (is_in(next, seen, count))
		return err_set(err, ERR_CASE,
		    "dialect '%s' extends itself by way of '%s'", first->name,
		    next);
	if (count == LIMIT_DIALECT_DEPTH)
		return err_set(err, ERR_LIMIT,
		    "dialect '%s' extends more than %d others", first->name,
		    LIMIT_DIALECT_DEPTH - 1);
	return 0;
}

static bool has_file(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s" ENDING, dir, name);
	bool has = access(path, R_OK) == 0;
	free(path);
	return has;
}

/* The folder dialects/ that a file of the user's own stands in or beside. */
static char *own_folder(const char *file)
{
	char *real = realpath(file, NULL);
	if (!real)
		return NULL;
	char *dir = path_dir(real);
	free(real);
	if (streq(path_base(dir), OWN_FOLDER))
		return dir;
	char *beside = path_join(dir, OWN_FOLDER);
	free(dir);
	return beside;
}

char *dialect_find(const char *own, const char *shipped, const char *name)
{
	if (is_own_file(name) || !path_is_plain_name(name))
		return xstrdup(name);
	char *folder = path_join(own, OWN_FOLDER);
	const char *const dirs[] = { folder, shipped };
	char *found = NULL;
	for (size_t i = 0; i < COUNTOF(dirs) && !found; i++)
		if (has_file(dirs[i], name))
			found = xasprintf("%s/%s" ENDING, dirs[i], name);
	free(folder);
	return found ? found : xstrdup(name);
}

/* Fills `d` from what it extends, and what that extends, and so on; `own` (or
 * NULL) is looked into before `dir`. */
static int follow(
    struct dialect *d, const char *own, const char *dir, struct err *err)
{
	char *seen[LIMIT_DIALECT_DEPTH];
	size_t count = 0;
	int rc = -1;
	seen[count++] = xstrdup(d->name);
	char *next = d->extends ? xstrdup(d->extends) : NULL;
	while (next) {
		struct xml_doc *doc = NULL;
		if (check_chain(d, next, seen, count, err) != 0)
			goto out;
		bool is_own =
		    own && path_is_plain_name(next) && has_file(own, next);
		struct dialect *parent =
		    load_one(is_own ? own : dir, next, false, &doc, err);
		xml_free(doc);
		if (!parent)
			goto out;
		seen[count++] = next;
		next = parent->extends ? xstrdup(parent->extends) : NULL;
		inherit(d, parent);
		dialect_free(parent);
	}
	rc = 0;
out:
	free(next);
	while (count > 0)
		free(seen[--count]);
	return rc;
}

struct dialect *dialect_load(const char *dir, const char *name, struct err *err)
{
	struct xml_doc *doc = NULL;
	struct dialect *d = load_one(dir, name, is_own_file(name), &doc, err);
	char *own = is_own_file(name) ? own_folder(name) : NULL;
	if (d && (follow(d, own, dir, err) != 0 ||
		     check_complete(d, doc, err) != 0)) {
		dialect_free(d);
		d = NULL;
	}
	free(own);
	xml_free(doc);
	return d;
}

/* What a record of another version does not give. */
static void fill_gaps(struct dialect *d)
{
	for (int i = 0; i < DK_COUNT; i++) {
		struct dialect_value *v = &d->value[i];
		if (v->set)
			continue;
		v->set = true;
		v->mark = MARK_GUESS;
		v->source = xstrdup("");
		v->text = xstrdup("");
	}
}

struct dialect *dialect_recorded(
    const void *bytes, size_t len, const char *name, struct err *err)
{
	if (len > LIMIT_CONFIG_FILE) {
		err_set(err, ERR_LIMIT, "'%s' is larger than %zu bytes", name,
		    (size_t)LIMIT_CONFIG_FILE);
		return NULL;
	}
	struct xml_doc *doc = xml_parse(bytes, len, name, err);
	struct dialect *d = doc ? dialect_from_xml(doc, true, err) : NULL;
	int rc = 0;
	if (d)
		fill_gaps(d);
	if (d && d->extends)
		rc = xml_fail(doc, xml_root(doc), err, ERR_CASE,
		    "dialect '%s' extends '%s', but must stand alone here",
		    d->name, d->extends);
	else if (d)
		rc = check_complete(d, doc, err);
	if (rc != 0) {
		dialect_free(d);
		d = NULL;
	}
	xml_free(doc);
	return d;
}

/* ---- Writing */

static void write_attributes(
    struct buf *to, enum dialect_key key, const struct dialect_value *v)
{
	buf_addf(to, " key=\"%s\" mark=\"%s\" source=\"", dialect_key_name(key),
	    mark_letter(v->mark));
	buf_add_xmls(to, v->source);
	buf_adds(to, "\">");
}

static void write_value(
    struct buf *to, enum dialect_key key, const struct dialect_value *v)
{
	bool list = dialect_type(key) == DIALECT_LIST;
	buf_adds(to, list ? "  <list" : "  <value");
	write_attributes(to, key, v);
	for (size_t i = 0; i < v->count; i++) {
		buf_adds(to, "<item>");
		buf_add_xmls(to, v->at[i]);
		buf_adds(to, "</item>");
	}
	if (!list)
		buf_add_xmls(to, v->text);
	buf_adds(to, list ? "</list>\n" : "</value>\n");
}

void dialect_write(struct buf *to, const struct dialect *d)
{
	static const char *const langs[] = { "fi", "en" };
	buf_addf(to,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<dialect xmlns=\"" DIALECT_NS "\" name=\"%s\">\n",
	    d->name);
	for (size_t i = 0; i < COUNTOF(langs); i++) {
		buf_addf(to, "  <title xml:lang=\"%s\">", langs[i]);
		buf_add_xmls(to, d->title[i]);
		buf_adds(to, "</title>\n");
	}
	for (int key = 0; key < DK_COUNT; key++)
		write_value(to, (enum dialect_key)key, &d->value[key]);
	buf_adds(to, "</dialect>\n");
}

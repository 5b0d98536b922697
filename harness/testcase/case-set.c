/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "testcase/case-check.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEPTH 32

/* Files to load, as given or found below a folder. */
struct paths {
	VEC(char *);
};

static void paths_release(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->at[i]);
	VEC_RELEASE(paths);
}

/* ---- Finding */

/*
 * Whether a file in a folder is meant to be a case. One that is no XML is not
 * passed over when it speaks of our namespace: it is a broken case.
 */
static bool looks_like_case(const char *path)
{
	static const char format[] = "urn:esitesti:case:";
	struct buf bytes = BUF_INIT(LIMIT_CASE_FILE);
	struct err none = { 0 };
	struct xml_doc *doc = NULL;
	bool is = false;
	if (buf_read_file(&bytes, path, &none) < 0)
		goto out;
	if (memmem(bytes.ptr, bytes.len, format, strlen(format)))
		doc = xml_parse(bytes.ptr, bytes.len, path, &none);
	if (doc) {
		const xmlNs *ns = xml_root(doc)->ns;
		is = ns && str_starts((const char *)ns->href, format);
	} else {
		is = none.kind != ERR_NONE;
	}
	xml_free(doc);
out:
	buf_release(&bytes);
	return is;
}

static int collect_folder(
    struct paths *paths, const char *dir, unsigned depth, struct err *err);

/* What a run or a mock left behind holds copies of cases. */
static bool is_run_folder(const char *dir)
{
	char *journal = path_join(dir, "journal.jsonl");
	bool is = access(journal, F_OK) == 0;
	free(journal);
	return is;
}

static int collect_entry(struct paths *paths, const char *dir, const char *name,
    unsigned depth, struct err *err)
{
	struct stat st;
	if (name[0] == '.')
		return 0;
	char *path = path_join(dir, name);
	int rc = 0;
	if (lstat(path, &st) < 0) {
		rc = err_errno(err, ERR_IO, "cannot look at '%s'", path);
	} else if (S_ISDIR(st.st_mode)) {
		if (!is_run_folder(path))
			rc = collect_folder(paths, path, depth + 1, err);
	} else if (str_ends(name, ".xml") && looks_like_case(path)) {
		if (paths->count == LIMIT_CASES) {
			rc = err_set(
			    err, ERR_LIMIT, "more than %d cases", LIMIT_CASES);
		} else {
			*VEC_PUSH(paths) = path;
			path = NULL;
		}
	}
	free(path);
	return rc;
}

static int collect_folder(
    struct paths *paths, const char *dir, unsigned depth, struct err *err)
{
	struct dirent **entries = NULL;
	if (depth > FOLDER_DEPTH)
		return err_set(err, ERR_LIMIT,
		    "'%s' lies deeper than %d folders", dir, FOLDER_DEPTH);
	int count = scandir(dir, &entries, NULL, NULL);
	if (count < 0)
		return err_errno(err, ERR_IO, "cannot read '%s'", dir);
	int rc = 0;
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = collect_entry(
			    paths, dir, entries[i]->d_name, depth, err);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* ---- Shipped cases by id */

struct shipped {
	const char *dir;
	bool read;
	struct paths paths, ids; /* of the same index */
};

static int read_shipped(struct shipped *s, struct err *err)
{
	if (s->read)
		return 0;
	s->read = true;
	if (!s->dir || collect_folder(&s->paths, s->dir, 0, err) < 0)
		return s->dir ? -1 : 0;
	for (size_t i = 0; i < s->paths.count; i++) {
		struct err none = { 0 };
		struct xml_doc *doc =
		    xml_read_file(s->paths.at[i], LIMIT_CASE_FILE, &none);
		const char *id = doc ? xml_attr(xml_root(doc), "id") : NULL;
		*VEC_PUSH(&s->ids) = xstrdup(id ? id : "");
		xml_free(doc);
	}
	return 0;
}

static int add_shipped(
    struct paths *paths, struct shipped *s, const char *name, struct err *err)
{
	bool found = false;
	if (read_shipped(s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->ids.count; i++) {
		if (!streq(s->ids.at[i], name))
			continue;
		*VEC_PUSH(paths) = xstrdup(s->paths.at[i]);
		found = true;
	}
	if (found)
		return 0;
	err_set(err, ERR_USAGE, "no file, folder or shipped case '%s'", name);
	const char *near =
	    str_nearest(name, (const char *const *)s->ids.at, s->ids.count);
	return near && *near
		   ? err_hint(err, "did you mean '%s'?", near)
		   : err_hint(err, "'esitesti list' shows the shipped cases");
}

static int add_folder(struct paths *paths, const char *dir, struct err *err)
{
	size_t before = paths->count;
	if (collect_folder(paths, dir, 0, err) < 0)
		return -1;
	if (paths->count > before)
		return 0;
	err_set(err, ERR_USAGE, "no case in the folder '%s'", dir);
	return err_hint(err,
	    "a case is a file *.xml whose root element is of the namespace "
	    "urn:esitesti:case:1");
}

static int add_name(
    struct paths *paths, struct shipped *s, const char *name, struct err *err)
{
	struct stat st;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(paths, name, err);
	if (stat(name, &st) == 0) {
		*VEC_PUSH(paths) = xstrdup(name);
		return 0;
	}
	return add_shipped(paths, s, name, err);
}

/* ---- Loading */

struct place {
	char *real, *path;
};

static int by_real_path(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return strcmp(x->real, y->real);
}

/* A file that was named twice, by whichever ways, is one case. */
static void drop_repeated(struct paths *paths)
{
	struct {
		VEC(struct place);
	} places = { 0 };
	for (size_t i = 0; i < paths->count; i++) {
		char *path = paths->at[i];
		char *real = realpath(path, NULL);
		*VEC_PUSH(&places) =
		    (struct place){ real ? real : xstrdup(path), path };
	}
	if (places.count > 0)
		qsort(
		    places.at, places.count, sizeof(*places.at), by_real_path);
	paths->count = 0;
	for (size_t i = 0; i < places.count; i++) {
		struct place *p = &places.at[i];
		if (i > 0 && streq(p->real, p[-1].real))
			free(p->path);
		else
			paths->at[paths->count++] = p->path;
	}
	VEC_EACH (struct place, p, &places)
		free(p->real);
	VEC_RELEASE(&places);
}

static struct testcase *load_one(const char *path, const struct facts *facts,
    const char *data, const struct fault_sink *sink)
{
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(LIMIT_CASE_FILE);
	struct testcase *tc = NULL;
	if (buf_read_file(&bytes, path, &err) == 0)
		tc = testcase_read(
		    bytes.ptr, bytes.len, path, facts, sink, &err);
	else if (sink->fault)
		sink->fault(sink->ctx, &err);
	buf_release(&bytes);
	if (!tc || !data || testcase_check_files(tc, data, &err) == 0)
		return tc;
	if (sink->fault)
		sink->fault(sink->ctx, &err);
	testcase_free(tc);
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct testcase *const *x = a, *const *y = b;
	int order = strcmp((*x)->id, (*y)->id);
	return order ? order : strcmp((*x)->path, (*y)->path);
}

/* Takes out the second case of an id; the count of them. */
static int refuse_same_ids(struct case_set *set, const struct fault_sink *sink)
{
	size_t kept = 0;
	int refused = 0;
	for (size_t i = 0; i < set->count; i++) {
		struct testcase *tc = set->at[i];
		if (kept == 0 || !streq(set->at[kept - 1]->id, tc->id)) {
			set->at[kept++] = tc;
			continue;
		}
		struct err err = { 0 };
		err_at(&err, ERR_CASE, tc->path, 0, 0,
		    "a second case with the id '%s', as in '%s'", tc->id,
		    set->at[kept - 1]->path);
		err_hint(&err, "ids are unique among all cases of a run");
		if (sink->fault)
			sink->fault(sink->ctx, &err);
		testcase_free(tc);
		refused++;
	}
	set->count = kept;
	return refused;
}

int case_set_load(struct case_set *set, const char *shipped,
    const char *const *names, size_t count, const struct facts *facts,
    void (*fault)(void *ctx, const struct err *err), void *ctx, struct err *err)
{
	const struct fault_sink sink = { fault, ctx };
	struct shipped index = { .dir = shipped };
	struct paths paths = { 0 };
	struct err none = { 0 };
	char *data = path_data(&none); /* the program has it, a test may not */
	int rc = 0;

	if (count == 0)
		rc = add_folder(&paths, shipped, err);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = add_name(&paths, &index, names[i], err);
	if (rc < 0)
		goto out;

	drop_repeated(&paths);
	for (size_t i = 0; i < paths.count; i++) {
		struct testcase *tc = load_one(paths.at[i], facts, data, &sink);
		if (tc)
			*VEC_PUSH(set) = tc;
		else
			rc++;
	}
	if (set->count > 0)
		qsort(set->at, set->count, sizeof(*set->at), by_id);
	rc += refuse_same_ids(set, &sink);
out:
	paths_release(&paths);
	paths_release(&index.paths);
	paths_release(&index.ids);
	free(data);
	return rc;
}

void case_set_release(struct case_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		testcase_free(set->at[i]);
	VEC_RELEASE(set);
}

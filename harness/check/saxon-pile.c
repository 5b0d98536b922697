/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "check/saxon-inside.h"
#include "record/digest.h"
#include "xml/doc.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A folder: all/ has the documents, named by their digests, in/ those that a
 * process is given (links), out-N/ what the N-th stylesheet made of them. What
 * Saxon tells with -t shows which document it began last.
 */
struct one {
	char name[DIGEST_TEXT + sizeof(".xml")];
	char *why; /* it failed; NULL = it did not */
	bool ready;
};

struct pass {
	const char *sheet;
	struct {
		VEC(struct one);
	} all;
};

struct saxon_pile {
	char *dir;
	size_t bytes;
	struct {
		VEC(struct one);
	} documents;
	struct {
		VEC(struct pass);
	} passes;
};

struct saxon_pile *saxon_pile_new(struct err *err)
{
	char *dir = saxon_folder(err);
	if (!dir)
		return NULL;
	char *all = path_join(dir, "all");
	int rc = mkdir(all, 0700);
	if (rc < 0)
		(void)!err_errno(err, ERR_IO, "cannot make '%s'", all);
	free(all);
	if (rc < 0) {
		dir_remove(dir);
		free(dir);
		return NULL;
	}
	struct saxon_pile *pile = xcalloc(1, sizeof(*pile));
	pile->dir = dir;
	return pile;
}

void saxon_pile_free(struct saxon_pile *pile)
{
	if (!pile)
		return;
	VEC_EACH (struct pass, pass, &pile->passes) {
		VEC_EACH (struct one, one, &pass->all)
			free(one->why);
		VEC_RELEASE(&pass->all);
	}
	VEC_RELEASE(&pile->passes);
	VEC_RELEASE(&pile->documents);
	dir_remove(pile->dir);
	free(pile->dir);
	free(pile);
}

static void set_name(struct one *one, const void *document, size_t len)
{
	char digest[DIGEST_TEXT];
	digest_text(document, len, digest);
	snprintf(one->name, sizeof(one->name), "%s.xml", digest);
}

int saxon_pile_add(
    struct saxon_pile *pile, const void *document, size_t len, struct err *err)
{
	struct one one = { .why = NULL };
	if (pile->documents.count >= LIMIT_SAXON_FILES ||
	    pile->bytes + len > LIMIT_SAXON_PILE)
		return err_set(err, ERR_LIMIT, "Saxon's pile is full");
	set_name(&one, document, len);
	char *path = xasprintf("%s/all/%s", pile->dir, one.name);
	int rc = 0;
	if (access(path, F_OK) != 0) {
		rc = file_write_whole(path, document, len, 0600, err);
		pile->bytes += len;
		if (rc == 0)
			*VEC_PUSH(&pile->documents) = one;
	}
	free(path);
	return rc;
}

/* ---- One process after the other */

struct round {
	struct saxon_pile *pile;
	struct pass *pass;
	size_t number; /* of the pass */
	const atomic_int *stopped;
	struct buf log;
};

static char *result_path(
    const struct saxon_pile *pile, size_t pass, const struct one *one)
{
	return xasprintf("%s/out-%zu/%s", pile->dir, pass, one->name);
}

static bool is_left(const struct one *one)
{
	return !one->ready && !one->why;
}

/* in/ with those that are left; their number, or -1. */
static int set_out(struct round *r, const char *in)
{
	int count = 0, rc = 0;
	dir_remove(in);
	if (mkdir(in, 0700) < 0)
		return -1;
	VEC_EACH (struct one, one, &r->pass->all) {
		if (!is_left(one))
			continue;
		char *from = xasprintf("%s/all/%s", r->pile->dir, one->name);
		char *to = path_join(in, one->name);
		if (link(from, to) < 0)
			rc = -1;
		count++;
		free(from);
		free(to);
	}
	return rc < 0 ? -1 : count;
}

/* What is well-formed was written to its end. */
static void find_ready(struct round *r)
{
	VEC_EACH (struct one, one, &r->pass->all) {
		struct err ignored = { 0 };
		if (!is_left(one))
			continue;
		char *path = result_path(r->pile, r->number, one);
		struct xml_doc *doc =
		    access(path, F_OK) == 0
			? xml_read_file(path, LIMIT_SAXON_OUT, &ignored)
			: NULL;
		one->ready = doc != NULL;
		xml_free(doc);
		free(path);
	}
}

/* Whether Saxon began it, and what it then said of it, or `other`. */
static char *words_on(
    const struct round *r, const struct one *one, const char *other)
{
	char *head = xasprintf("/in/%s", one->name);
	char *said = xasprintf("While processing %s: ", one->name);
	const char *log = r->log.ptr ? r->log.ptr : "";
	const char *at = strstr(log, said);
	char *why = NULL;
	if (at) {
		at += strlen(said);
		size_t len = strcspn(at, "\n");
		why =
		    xasprintf("Saxon: %.*s", (int)(len < 500 ? len : 500), at);
	} else if (strstr(log, head)) {
		why = xstrdup(other);
	}
	free(head);
	free(said);
	return why;
}

/* Those that it began and did not end; false when there are none, so that
 * another process would do no better. */
static bool find_failed(struct round *r, const struct err *err)
{
	bool any = false;
	VEC_EACH (struct one, one, &r->pass->all) {
		if (!is_left(one))
			continue;
		one->why = words_on(r, one, err->msg);
		any = any || one->why;
	}
	return any;
}

static bool has_left(const struct round *r)
{
	VEC_EACH (struct one, one, &r->pass->all)
		if (is_left(one))
			return true;
	return false;
}

/* Whether another process should go over what is left. */
static bool go_over(struct round *r)
{
	const struct command how = {
		.dir = r->pile->dir,
		.deadline_ms = LIMIT_SAXON_MS,
		.renewed = true,
		.stopped = r->stopped,
	};
	struct err err = { 0 };
	char *in = path_join(r->pile->dir, "in");
	char *words =
	    xasprintf("-t -xsl:sheet.xsl -s:in -o:out-%zu 2>&1", r->number);
	int rc = -1;
	buf_release(&r->log);
	r->log = (struct buf)BUF_INIT(LIMIT_SAXON_OUT);
	if (set_out(r, in) > 0) {
		rc = saxon_start(&how, words, &r->log, &err);
		find_ready(r);
	}
	free(words);
	free(in);
	return rc < 0 && find_failed(r, &err) && has_left(r) &&
	       !(r->stopped && atomic_load(r->stopped) > 0);
}

static int prepare(struct round *r)
{
	struct err ignored = { 0 };
	const char *sheet = r->pass->sheet;
	char *out = xasprintf("%s/out-%zu", r->pile->dir, r->number);
	int rc = mkdir(out, 0700);
	if (rc == 0)
		rc = saxon_put(
		    r->pile->dir, "sheet.xsl", sheet, strlen(sheet), &ignored);
	free(out);
	return rc;
}

void saxon_pile_run(
    struct saxon_pile *pile, const char *sheet, const atomic_int *stopped)
{
	struct pass *pass = VEC_PUSH(&pile->passes);
	struct round r = {
		.pile = pile,
		.pass = pass,
		.number = pile->passes.count - 1,
		.stopped = stopped,
		.log = BUF_INIT(LIMIT_SAXON_OUT),
	};
	*r.pass = (struct pass){ .sheet = sheet };
	VEC_EACH (struct one, one, &pile->documents)
		*VEC_PUSH(&r.pass->all) = *one;
	bool more = prepare(&r) == 0;
	for (int i = 0; more && i < LIMIT_SAXON_STARTS; i++)
		more = go_over(&r);
	buf_release(&r.log);
}

/* ---- Taking */

static int take_from(const struct saxon_pile *pile, size_t number,
    const struct one *wanted, struct buf *out, struct err *err)
{
	const struct pass *pass = &pile->passes.at[number];
	VEC_EACH (struct one, one, &pass->all) {
		if (!streq(one->name, wanted->name))
			continue;
		if (one->why)
			return err_set(err, ERR_CASE, "%s", one->why);
		if (!one->ready)
			return 0;
		char *path = result_path(pile, number, one);
		int rc = buf_read_file(out, path, err);
		free(path);
		return rc < 0 ? -1 : 1;
	}
	return 0;
}

int saxon_pile_take(const struct saxon_pile *pile, const char *sheet,
    const void *document, size_t len, struct buf *out, struct err *err)
{
	struct one wanted = { .why = NULL };
	set_name(&wanted, document, len);
	for (size_t i = 0; i < pile->passes.count; i++)
		if (pile->passes.at[i].sheet == sheet)
			return take_from(pile, i, &wanted, out, err);
	return 0;
}

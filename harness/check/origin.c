/* SPDX-License-Identifier: Apache-2.0 */
#include "check/origin.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "record/digest.h"

static int digest_file(struct origin_file *f, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_SCHEMA_BYTES);
	int rc = buf_read_file(&bytes, f->path, err);
	if (rc == 0)
		digest_text(bytes.ptr, bytes.len, f->digest);
	buf_release(&bytes);
	return rc;
}

static int by_name(const void *one, const void *other)
{
	const struct origin_file *a = one, *b = other;
	int order = strcmp(path_base(a->path), path_base(b->path));
	return order ? order : strcmp(a->digest, b->digest);
}

static void digest_all(struct origin *o, char out[DIGEST_TEXT])
{
	struct buf lines = BUF_INIT(LIMIT_MIB(1));
	qsort(o->files, o->count, sizeof(*o->files), by_name);
	for (size_t i = 0; i < o->count; i++)
		buf_addf(&lines, "%s  %s\n", o->files[i].digest,
		    path_base(o->files[i].path));
	digest_text(lines.ptr, lines.len, out);
	buf_release(&lines);
}

char *origin_say(struct origin *o, int digits, struct err *err)
{
	char first[DIGEST_TEXT], all[DIGEST_TEXT];
	for (size_t i = 0; i < o->count; i++)
		if (digest_file(&o->files[i], err) < 0)
			return NULL;
	str_copy(first, sizeof(first), o->files[0].digest);
	if (o->count == 1)
		return xasprintf("%.*s", digits, first);
	digest_all(o, all);
	return xasprintf(
	    "%.*s, +%zu: %.*s", digits, first, o->count - 1, digits, all);
}

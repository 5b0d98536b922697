/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/archive-private.h"

#include "base/limits.h"
#include "base/xalloc.h"

#include <stdlib.h>

/*
 * The statement is put together of fixed pieces; every value is bound. Its
 * parameters are numbered as they are written: partition, then the terms.
 */
static bool is_time(enum archive_key key)
{
	return key == ARCHIVE_TIME || key == ARCHIVE_ENCOUNTER_TIME;
}

static size_t count_key(const struct archive_search *s, enum archive_key key)
{
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		n += s->terms[i].key == key;
	return n;
}

static void add_alternatives(struct buf *sql, const char *one, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(sql, "%s%s", i ? " OR " : "", one);
}

static void add_condition(struct buf *sql, enum archive_key key, size_t count)
{
	if (key == ARCHIVE_DOCUMENT) {
		buf_adds(sql, " AND (");
		add_alternatives(sql, "d.oid=?", count);
		buf_addc(sql, ')');
		return;
	}
	buf_addf(sql,
	    " AND d.id IN (SELECT t.document FROM term t WHERE t.key=%d"
	    " AND (",
	    (int)key);
	add_alternatives(sql,
	    is_time(key) ? "(t.low<=? AND t.high>=?)"
			 : "(t.extension=? AND t.root=?)",
	    count);
	buf_adds(sql, "))");
}

static void write_sql(struct buf *sql, const struct archive_search *s)
{
	bool by_id = count_key(s, ARCHIVE_DOCUMENT) > 0;

	buf_adds(sql,
	    "SELECT d.oid, d.status, d.received, d.bytes FROM document d"
	    " WHERE d.partition=? AND d.status IN (0");
	if (s->every_status || (by_id && s->by_id.replaced))
		buf_adds(sql, ",1");
	if (s->every_status || (by_id && s->by_id.cancelled))
		buf_adds(sql, ",2");
	buf_addc(sql, ')');
	for (int k = 0; k < ARCHIVE_KEY_COUNT; k++) {
		size_t count = count_key(s, (enum archive_key)k);
		if (count)
			add_condition(sql, (enum archive_key)k, count);
	}
	buf_adds(
	    sql, s->newest_first ? " ORDER BY d.id DESC" : " ORDER BY d.id");
}

static void bind_term(sqlite3_stmt *q, int *at, const struct archive_term *t)
{
	if (is_time(t->key)) {
		sqlite3_bind_int64(q, ++*at, t->high);
		sqlite3_bind_int64(q, ++*at, t->low);
		return;
	}
	if (t->key != ARCHIVE_DOCUMENT)
		sqlite3_bind_text(q, ++*at, t->extension ? t->extension : "",
		    -1, SQLITE_STATIC);
	sqlite3_bind_text(q, ++*at, t->root, -1, SQLITE_STATIC);
}

static void bind_all(
    sqlite3_stmt *q, const char *partition, const struct archive_search *s)
{
	int at = 0;

	sqlite3_bind_text(q, ++at, partition, -1, SQLITE_STATIC);
	for (int k = 0; k < ARCHIVE_KEY_COUNT; k++)
		for (size_t i = 0; i < s->count; i++)
			if (s->terms[i].key == (enum archive_key)k)
				bind_term(q, &at, &s->terms[i]);
}

static bool has_room(sqlite3_stmt *q, const struct archive_search *search,
    struct archive_results *out, size_t *bytes)
{
	if (out->is_cut || out->count >= search->most)
		return false;
	*bytes += (size_t)sqlite3_column_bytes(q, 3);
	out->is_cut = *bytes > search->most_bytes;
	return !out->is_cut;
}

static int take_row(
    sqlite3_stmt *q, struct archive_results *out, struct err *err)
{
	struct archive_found *f = VEC_PUSH(out);

	f->oid = xstrdup((const char *)sqlite3_column_text(q, 0));
	f->status = (enum archive_status)sqlite3_column_int(q, 1);
	f->received = sqlite3_column_int64(q, 2);
	buf_init(&f->bytes, LIMIT_DOCUMENT);
	buf_add(&f->bytes, sqlite3_column_blob(q, 3),
	    (size_t)sqlite3_column_bytes(q, 3));
	return buf_check(&f->bytes, "the archived document", err);
}

int archive_find(struct archive *a, const char *partition,
    const struct archive_search *search, struct archive_results *out,
    struct err *err)
{
	struct buf sql = BUF_INIT(LIMIT_KIB(64));
	sqlite3_stmt *q = NULL;
	size_t bytes = 0;
	int code = SQLITE_ROW, rc = -1;

	*out = (struct archive_results){ .total = 0 };
	write_sql(&sql, search);
	if (buf_check(&sql, "the search", err) < 0)
		goto out;
	if (sqlite3_prepare_v2(a->db, sql.ptr, -1, &q, NULL) != SQLITE_OK) {
		archive_fail(a, err);
		goto out;
	}
	bind_all(q, partition, search);
	while ((code = sqlite3_step(q)) == SQLITE_ROW) {
		out->total++;
		if (has_room(q, search, out, &bytes) &&
		    take_row(q, out, err) < 0)
			goto out;
	}
	if (code == SQLITE_DONE)
		rc = 0;
	else
		archive_fail(a, err);
out:
	if (rc < 0)
		archive_results_release(out);
	sqlite3_finalize(q);
	buf_release(&sql);
	return rc;
}

void archive_results_release(struct archive_results *r)
{
	VEC_EACH (struct archive_found, f, r) {
		free(f->oid);
		buf_release(&f->bytes);
	}
	VEC_RELEASE(r);
}

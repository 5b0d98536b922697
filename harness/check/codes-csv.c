/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/codes-inside.h"
#include "kanta/ids.h"
#include "xml/encoding.h"

/*
 * A code list as the national code server exports it: CSV (RFC 4180), whose
 * columns the user names, since their names have changed over the years.
 */
struct mapping {
	char *words; /* the spec, cut up */
	const char *path, *oid, *code, *name, *separator, *complete;
};

struct csv {
	const struct mapping *m;
	const char *at, *end;
	char separator;
	unsigned line; /* of `at` */
	struct {
		VEC(char *);
	} cells;
};

static int set_word(struct mapping *m, char *word, struct err *err)
{
	const struct {
		const char *name, **into;
	} names[] = {
		{ "oid", &m->oid },
		{ "code", &m->code },
		{ "name", &m->name },
		{ "separator", &m->separator },
		{ "complete", &m->complete },
	};
	char *value = strchr(word, '=');
	if (value)
		*value++ = '\0';
	for (size_t i = 0; value && i < COUNTOF(names); i++)
		if (streq(word, names[i].name)) {
			*names[i].into = value;
			return 0;
		}
	err_set(err, ERR_USAGE,
	    "'%s' is none of oid=, code=, name=, separator=, complete= behind '%s'",
	    word, m->path);
	return -1;
}

static int read_mapping(struct mapping *m, const char *spec, struct err *err)
{
	char *rest = m->words = xstrdup(spec);
	m->path = strsep(&rest, ",");
	m->separator = ";";
	m->complete = "yes";
	while (rest) {
		char *word = strsep(&rest, ",");
		/* "separator=," was cut at its comma */
		if (*word && set_word(m, word, err) < 0)
			return -1;
	}
	if (!*m->separator)
		m->separator = ",";
	if (!m->oid || !oid_is_valid(m->oid) || !m->code) {
		err_set(err, ERR_USAGE,
		    "a code list in CSV needs its OID and the name of the "
		    "column of its codes: '%s,oid=1.2.3,code=CodeId'",
		    m->path);
		return -1;
	}
	if (streq(m->complete, "yes") || streq(m->complete, "no"))
		return 0;
	return err_set(err, ERR_USAGE,
	    "complete can be yes or no, not '%s', behind '%s'", m->complete,
	    m->path);
}

static void release_cells(struct csv *c)
{
	VEC_EACH (char *, cell, &c->cells)
		free(*cell);
	c->cells.count = 0;
}

/* One cell, quotes taken off; false = a quote that nothing closes. */
static bool read_cell(struct csv *c)
{
	struct buf cell = BUF_INIT(LIMIT_VALUE);
	bool quoted = c->at < c->end && *c->at == '"';
	bool closed = !quoted;
	for (c->at += quoted; c->at < c->end; c->at++) {
		char ch = *c->at;
		if (quoted && !closed && ch == '"') {
			if (c->at + 1 == c->end || c->at[1] != '"') {
				closed = true;
				continue;
			}
			c->at++;
		} else if (closed &&
			   (ch == c->separator || ch == '\n' || ch == '\r')) {
			break;
		}
		c->line += ch == '\n';
		buf_addc(&cell, ch);
	}
	*VEC_PUSH(&c->cells) = buf_detach(&cell, NULL);
	return closed;
}

static int read_line(struct csv *c, struct err *err)
{
	release_cells(c);
	for (;;) {
		unsigned line = c->line;
		if (!read_cell(c))
			return err_at(err, ERR_CASE, c->m->path, line, 0,
			    "a quotation mark is not closed");
		if (c->at == c->end || *c->at != c->separator)
			break;
		c->at++;
	}
	if (c->at < c->end && *c->at == '\r')
		c->at++;
	if (c->at < c->end && *c->at == '\n')
		c->at++;
	c->line++;
	return 0;
}

static long column(struct csv *c, const char *name, struct err *err)
{
	for (size_t i = 0; i < c->cells.count; i++)
		if (streq(c->cells.at[i], name))
			return (long)i;
	struct buf names = BUF_INIT(256);
	VEC_EACH (char *, cell, &c->cells)
		buf_addf(&names, "%s'%s'", names.len ? ", " : "", *cell);
	err_at(err, ERR_CASE, c->m->path, 1, 1,
	    "no column is called '%s' (there are %s)", name, names.ptr);
	buf_release(&names);
	return -1;
}

static int read_rows(struct csv *c, struct code_list *list, struct err *err)
{
	struct {
		VEC(struct code_row);
	} rows = { 0 };
	long code = -1, name = -1;
	int rc = read_line(c, err);
	if (rc == 0)
		code = column(c, c->m->code, err);
	if (rc == 0 && code >= 0 && c->m->name)
		name = column(c, c->m->name, err);
	if (code < 0 || (c->m->name && name < 0))
		rc = -1;
	while (rc == 0 && c->at < c->end) {
		rc = read_line(c, err);
		if (rc < 0 || (size_t)code >= c->cells.count ||
		    !*c->cells.at[code])
			continue;
		struct code_row *row = VEC_PUSH(&rows);
		row->code = xstrdup(c->cells.at[code]);
		if (name >= 0 && (size_t)name < c->cells.count)
			row->name[LANG_FI] = xstrdup(c->cells.at[name]);
	}
	list->rows = rows.at;
	list->count = rows.count;
	return rc;
}

static int read_csv(struct code_lists *lists, const struct mapping *m,
    const struct buf *bytes, struct err *err)
{
	struct csv c = { .m = m, .at = bytes->ptr, .line = 1 };
	struct code_list list = {
		.oid = xstrdup(m->oid),
		.version = xstrdup(""),
		.source = xstrdup(m->path),
		.complete = streq(m->complete, "yes"),
		.mark = MARK_CERTAIN,
	};
	for (size_t i = 0; i < LANG_COUNT; i++)
		list.name[i] = xstrdup(m->oid);
	c.end = c.at + bytes->len;
	c.separator = *m->separator;
	if (bytes->len >= 3 && memcmp(c.at, "\xef\xbb\xbf", 3) == 0)
		c.at += 3;
	int rc = read_rows(&c, &list, err);
	release_cells(&c);
	VEC_RELEASE(&c.cells);
	if (rc == 0 && list.count == 0)
		rc = err_set(err, ERR_CASE, "'%s' holds no code", m->path);
	code_lists_take(lists, &list);
	return rc;
}

int code_lists_add_csv(
    struct code_lists *lists, const char *spec, struct err *err)
{
	struct mapping m = { .words = NULL };
	struct buf bytes = BUF_INIT(LIMIT_CODES_FILE);
	int rc = read_mapping(&m, spec, err);
	if (rc == 0)
		rc = buf_read_file(&bytes, m.path, err);
	if (rc == 0 && !str_is_utf8(bytes.ptr, bytes.len))
		rc = err_set(err, ERR_CASE,
		    "'%s' is not UTF-8: convert it, for example by iconv",
		    m.path);
	if (rc == 0)
		rc = read_csv(lists, &m, &bytes, err);
	buf_release(&bytes);
	free(m.words);
	return rc;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/vars.h"

#include "base/limits.h"
#include "base/str.h"

#include <stdlib.h>

static struct var *find(const struct vars *v, const char *name)
{
	VEC_EACH (struct var, var, v) {
		if (streq(var->name, name))
			return var;
	}
	return NULL;
}

void vars_set(struct vars *v, const char *name, const char *value)
{
	struct var *var = find(v, name);
	if (!var) {
		var = VEC_PUSH(v);
		var->name = xstrdup(name);
	}
	char *copy = xstrdup(value);
	free(var->value);
	var->value = copy;
}

void vars_unset(struct vars *v, const char *name)
{
	struct var *var = find(v, name);
	if (!var)
		return;
	free(var->name);
	free(var->value);
	*var = v->at[--v->count];
}

const char *vars_get(const struct vars *v, const char *name)
{
	const struct var *var = find(v, name);
	return var ? var->value : NULL;
}

void vars_release(struct vars *v)
{
	VEC_EACH (struct var, var, v) {
		free(var->name);
		free(var->value);
	}
	VEC_RELEASE(v);
}

/* Text up to the next '$', or one reference. */
struct piece {
	const char *at;
	size_t len;
	bool is_name;
};

/* Where `offset` is, counted as editors count. */
struct spot {
	unsigned line, column;
};

static struct spot spot_of(const char *text, size_t offset)
{
	struct spot spot = { 1, 1 };
	for (size_t i = 0; i < offset; i++) {
		spot.column++;
		if (text[i] != '\n')
			continue;
		spot.line++;
		spot.column = 1;
	}
	return spot;
}

static bool is_name_char(char c)
{
	return str_is_alpha(c) || str_is_digit(c) || c == '.' || c == '_' ||
	       c == '-';
}

static int bad_reference(const char *text, size_t at, const char *what,
    const char *hint, struct err *err)
{
	struct spot spot = spot_of(text, at);
	err_at(err, ERR_CASE, "", spot.line, spot.column, "%s", what);
	err_hint(err, "%s", hint);
	return -1;
}

static int take_reference(const char *text, size_t len, size_t *at,
    struct piece *piece, struct err *err)
{
	size_t start = *at + 1;
	if (start < len && text[start] == '$') {
		*piece = (struct piece){ text + start, 1, false };
		*at = start + 1;
		return 0;
	}
	if (start >= len || text[start] != '{')
		return bad_reference(text, *at, "a lone '$' in a text",
		    "write '${name}' for a variable, '$$' for a dollar sign",
		    err);
	size_t end = ++start;
	while (end < len && is_name_char(text[end]))
		end++;
	if (end == len || text[end] != '}' || end == start)
		return bad_reference(text, *at,
		    "a variable that is not of the form '${name}'",
		    "a name has letters, digits, '.', '_' and '-' and ends "
		    "with '}'",
		    err);
	*piece = (struct piece){ text + start, end - start, true };
	*at = end + 1;
	return 0;
}

/* 1 = a piece, 0 = the end, -1 = an error. */
static int next_piece(const char *text, size_t len, size_t *at,
    struct piece *piece, struct err *err)
{
	if (*at >= len)
		return 0;
	const char *dollar = memchr(text + *at, '$', len - *at);
	size_t plain = dollar ? (size_t)(dollar - text) - *at : len - *at;
	if (plain == 0)
		return take_reference(text, len, at, piece, err) < 0 ? -1 : 1;
	*piece = (struct piece){ text + *at, plain, false };
	*at += plain;
	return 1;
}

static int unknown(const struct vars *v, const char *text,
    const struct piece *piece, const char *name, struct err *err)
{
	struct spot spot = spot_of(text, (size_t)(piece->at - text) - 2);
	err_at(err, ERR_CASE, "", spot.line, spot.column,
	    "unknown variable '${%s}'", name);

	const char **names = xcalloc(v->count + 1, sizeof(*names));
	for (size_t i = 0; i < v->count; i++)
		names[i] = v->at[i].name;
	const char *near = str_nearest(name, names, v->count);
	if (near)
		err_hint(err, "did you mean '${%s}'?", near);
	free(names);
	return -1;
}

static int add_value(const struct vars *v, struct buf *to, const char *text,
    const struct piece *piece, bool xml, struct err *err)
{
	char *name = xstrndup(piece->at, piece->len);
	const char *value = vars_get(v, name);
	if (!value)
		unknown(v, text, piece, name, err);
	else if (xml)
		buf_add_xmls(to, value);
	else
		buf_adds(to, value);
	free(name);
	return value ? 0 : -1;
}

int vars_expand(const struct vars *v, struct buf *to, const char *text,
    size_t len, bool xml, struct err *err)
{
	struct piece piece = { 0 };
	size_t at = 0;
	int more;
	while ((more = next_piece(text, len, &at, &piece, err)) > 0) {
		if (!piece.is_name)
			buf_add(to, piece.at, piece.len);
		else if (add_value(v, to, text, &piece, xml, err) < 0)
			return -1;
	}
	return more < 0 ? -1 : buf_check(to, "a text with variables", err);
}

int vars_scan(const char *text,
    int (*each)(void *ctx, const char *name, struct err *err), void *ctx,
    struct err *err)
{
	struct piece piece = { 0 };
	size_t at = 0, len = strlen(text);
	int more;
	while ((more = next_piece(text, len, &at, &piece, err)) > 0) {
		if (!piece.is_name)
			continue;
		char *name = xstrndup(piece.at, piece.len);
		int rc = each(ctx, name, err);
		free(name);
		if (rc < 0)
			return -1;
	}
	return more;
}

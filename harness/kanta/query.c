/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/query.h"

#include "base/limits.h"
#include "kanta/copy.h"
#include "kanta/hl7time.h"
#include "kanta/ids.h"
#include "kanta/why.h"

#include <stdio.h>
#include <stdlib.h>

static const struct row {
	const char *name;
	enum query_type type;
	enum frame_field first, second;
} rows[QUERY_COUNT] = {
#define PARAM(id, name, type, first, second) \
 [QUERY_##id] = { name, QUERY_##type, first, second },
#include "kanta/query.def"
#undef PARAM
};

const char *query_parameter_name(enum query_parameter p)
{
	return rows[p].name;
}

enum query_type query_parameter_type(enum query_parameter p)
{
	return rows[p].type;
}

int query_parameter_find(const char *name)
{
	for (int i = 0; i < QUERY_COUNT; i++)
		if (streq(rows[i].name, name))
			return i;
	return -1;
}

bool query_has_field(enum frame_field f)
{
	for (int i = 0; i < QUERY_COUNT; i++)
		if (rows[i].first == f || rows[i].second == f)
			return f != FF_COUNT;
	return false;
}

size_t query_count(const struct query *q, enum query_parameter p)
{
	size_t n = 0;
	VEC_EACH (const struct query_value, v, q)
		n += v->parameter == p;
	return n;
}

void query_release(struct query *q)
{
	VEC_EACH (char *, text, &q->texts)
		free(*text);
	VEC_RELEASE(&q->texts);
	VEC_RELEASE(q);
}

/* ---- Reading */

struct reader {
	struct query *q;
	const struct xml_doc *doc;
	struct err *err;
};

static const char *text_of(const xmlNode *node, const char *name)
{
	const char *text = node ? xml_attr(node, name) : NULL;
	return text ? text : "";
}

static int fail(struct reader *r, const xmlNode *node, struct note why)
{
	return why_fail(&r->q->why, r->doc, node, r->err, ERR_KANTA, why);
}

static const char *name_of(const struct query_value *v)
{
	return query_parameter_name(v->parameter);
}

static int read_ii(struct reader *r, const xmlNode *node, struct query_value *v)
{
	v->root = text_of(node, "root");
	v->extension = text_of(node, "extension");
	return *v->root ? 0 : fail(r, node, say_query_no_root(name_of(v)));
}

static int read_cv(struct reader *r, const xmlNode *node, struct query_value *v)
{
	v->root = text_of(node, "codeSystem");
	v->extension = text_of(node, "code");
	return *v->extension ? 0 : fail(r, node, say_query_no_code(name_of(v)));
}

static int check_time(struct reader *r, const xmlNode *node,
    const struct query_value *v, const char *text, struct hl7_interval *out)
{
	struct err ignored = { .kind = ERR_NONE };
	if (hl7_time_read(text, out, &ignored) == 0)
		return 0;
	return fail(r, node, say_query_time(name_of(v), text));
}

static int read_ivl(
    struct reader *r, const xmlNode *node, struct query_value *v)
{
	const char *point = text_of(node, "value");
	xmlNode *low = xml_child(node, XMLNS_V3, "low");
	xmlNode *high = xml_child(node, XMLNS_V3, "high");
	struct hl7_interval from = { 0 }, to = { 0 };
	v->time.low = *point ? point : text_of(low, "value");
	v->time.high = *point ? point : text_of(high, "value");
	if (!*v->time.low && !*v->time.high)
		return fail(r, node, say_query_no_time(name_of(v)));
	if (*point && (low || high))
		return fail(r, node, say_query_two_times(name_of(v)));
	if (*v->time.low && check_time(r, node, v, v->time.low, &from) != 0)
		return -1;
	if (*v->time.high && check_time(r, node, v, v->time.high, &to) != 0)
		return -1;
	if (*v->time.low && *v->time.high && from.from >= to.to)
		return fail(r, node,
		    say_query_backwards(name_of(v), v->time.low, v->time.high));
	return 0;
}

static int fail_many(struct reader *r, const xmlNode *node)
{
	char most[16];
	snprintf(most, sizeof(most), "%d", LIMIT_QUERY_PARAMETERS);
	return why_fail(
	    &r->q->why, r->doc, node, r->err, ERR_LIMIT, say_query_many(most));
}

static int read_value(
    struct reader *r, const xmlNode *node, enum query_parameter p)
{
	struct query_value v = { .parameter = p,
		.root = "",
		.extension = "",
		.time = { "", "" },
		.node = node };
	int rc = 0;
	if (r->q->count == LIMIT_QUERY_PARAMETERS)
		return fail_many(r, node);
	switch (rows[p].type) {
	case QUERY_II:
		rc = read_ii(r, node, &v);
		break;
	case QUERY_CV:
		rc = read_cv(r, node, &v);
		break;
	case QUERY_IVL:
		rc = read_ivl(r, node, &v);
		break;
	}
	if (rc == 0)
		*VEC_PUSH(r->q) = v;
	return rc;
}

static int read_parameter(
    struct reader *r, const xmlNode *node, enum query_parameter p)
{
	size_t before = r->q->count;
	XML_EACH_CHILD (child, node) {
		if (xml_is(child, XMLNS_V3, "semanticsText"))
			continue;
		if (!xml_is(child, XMLNS_V3, "value"))
			return fail(r, child,
			    say_query_no_value_here(
				rows[p].name, (const char *)child->name));
		if (read_value(r, child, p) != 0)
			return -1;
	}
	if (r->q->count == before)
		return fail(r, node, say_query_no_value(rows[p].name));
	return 0;
}

/* HL7 V3 QUQI: how the answer is wanted, not what is asked for. */
static bool is_control(const xmlNode *node)
{
	static const char *const names[] = { "queryId", "statusCode",
		"modifyCode", "responseElementGroupId", "responseModalityCode",
		"responsePriorityCode", "initialQuantity",
		"initialQuantityCode", "executionAndDeliveryTime",
		"sortControl" };
	for (size_t i = 0; i < COUNTOF(names); i++)
		if (xml_is(node, XMLNS_V3, names[i]))
			return true;
	return false;
}

static int fail_unknown(struct reader *r, const xmlNode *node)
{
	struct buf known = BUF_INIT(1024);
	for (int p = 0; p < QUERY_COUNT; p++)
		buf_addf(&known, "%s%s", p ? ", " : "", rows[p].name);
	fail(r, node, say_query_unknown((const char *)node->name));
	err_hint(r->err, "the parameters are %s, all in the namespace '%s'",
	    known.ptr, XMLNS_V3);
	buf_release(&known);
	return -1;
}

int query_read(struct query *q, const struct frame *f, struct err *err)
{
	struct reader r = { .q = q, .doc = f->doc, .err = err };
	*q = (struct query){ .id = "" };
	if (!f->query)
		return 0;
	q->id = text_of(xml_child(f->query, XMLNS_V3, "queryId"), "root");
	XML_EACH_CHILD (node, f->query) {
		if (is_control(node))
			continue;
		int p = xml_is(node, XMLNS_V3, NULL)
			    ? query_parameter_find((const char *)node->name)
			    : -1;
		if (p < 0)
			return fail_unknown(&r, node);
		if (read_parameter(&r, node, (enum query_parameter)p) != 0)
			return -1;
	}
	return 0;
}

/* ---- Making one out of a case's words */

static const char *default_root(const struct dialect *d, enum query_parameter p)
{
	static const struct {
		enum query_parameter parameter;
		enum dialect_key key;
	} keys[] = {
		{ QUERY_AUTHOR, DK_QUERY_AUTHOR_ROOT },
		{ QUERY_CODE, DK_REGISTER_SYSTEM },
	};
	if (p == QUERY_PATIENT)
		return HETU_ROOT;
	for (size_t i = 0; i < COUNTOF(keys); i++)
		if (keys[i].parameter == p)
			return dialect_text(d, keys[i].key);
	return "";
}

static const char *given(const char *const value[], enum frame_field f)
{
	return f < FF_COUNT && value[f] ? value[f] : "";
}

static int add_value(
    struct query *q, const struct query_value *v, struct err *err)
{
	if (q->count == LIMIT_QUERY_PARAMETERS)
		return err_set(err, ERR_LIMIT,
		    "the query has more than %d parameters",
		    LIMIT_QUERY_PARAMETERS);
	*VEC_PUSH(q) = *v;
	return 0;
}

/* `many`, word by word; each is the half of the value that changes. */
static int add_words(
    struct query *q, struct query_value v, const char *many, struct err *err)
{
	bool with_extension = rows[v.parameter].second != FF_COUNT;
	for (const char *p = many; *p;) {
		size_t n = strcspn(p, " ");
		if (n > 0) {
			char *word = xstrndup(p, n);
			*VEC_PUSH(&q->texts) = word;
			*(with_extension ? &v.extension : &v.root) = word;
			if (add_value(q, &v, err) != 0)
				return -1;
		}
		p += n + (p[n] == ' ');
	}
	return 0;
}

static int make_parameter(struct query *q, enum query_parameter p,
    const char *const value[], const struct dialect *d, struct err *err)
{
	const char *first = given(value, rows[p].first);
	const char *second = given(value, rows[p].second);
	struct query_value v = { .parameter = p,
		.root = *first ? first : default_root(d, p),
		.extension = "",
		.time = { first, second } };
	if (rows[p].type != QUERY_IVL)
		return add_words(
		    q, v, rows[p].second == FF_COUNT ? first : second, err);
	v.root = "";
	return *first || *second ? add_value(q, &v, err) : 0;
}

int query_make(struct query *q, const char *const value[FF_COUNT],
    const struct dialect *d, struct err *err)
{
	*q = (struct query){ .id = given(value, FF_QUERY_ID) };
	for (int p = 0; p < QUERY_COUNT; p++)
		if (make_parameter(q, (enum query_parameter)p, value, d, err) !=
		    0)
			return -1;
	return 0;
}

/* ---- Writing */

static void write_half(struct buf *to, const char *name, const char *text)
{
	if (*text)
		put_1(to, name, "value", text);
}

static const char *or_absent(const char *text)
{
	return *text ? text : NULL;
}

static void write_value(struct buf *to, const struct query_value *v)
{
	switch (rows[v->parameter].type) {
	case QUERY_II:
		put_2(to, "value", "root", or_absent(v->root), "extension",
		    or_absent(v->extension));
		break;
	case QUERY_CV:
		put_2(to, "value", "code", v->extension, "codeSystem",
		    or_absent(v->root));
		break;
	case QUERY_IVL:
		buf_adds(to, "<value>");
		write_half(to, "low", v->time.low);
		write_half(to, "high", v->time.high);
		buf_adds(to, "</value>");
		break;
	}
}

void query_write(struct buf *to, const struct query *q)
{
	buf_adds(to, "<queryByParameter>");
	if (*q->id)
		put_1(to, "queryId", "root", q->id);
	for (int p = 0; p < QUERY_COUNT; p++)
		VEC_EACH (const struct query_value, v, q) {
			if ((int)v->parameter != p)
				continue;
			buf_addf(to, "<%s>", rows[p].name);
			write_value(to, v);
			buf_addf(to, "</%s>", rows[p].name);
		}
	buf_adds(to, "</queryByParameter>");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-scan.h"

#include "base/str.h"
#include "check/guard-text.h"
#include "kanta/ids.h"

#include <strings.h>

/*
 * Where the scan stands, innermost first: only a finding makes a text of it.
 * A place is a node of a tree, an unpacking ("base64"), or a byte.
 */
struct place {
	const struct place *outer;
	const xmlNode *node;
	const char *attribute; /* of the node; or "comment()" … as suffix */
	const char *unpacked;
	size_t byte;
};

/* A code in memory only: no report ever holds one whole. */
struct code {
	char text[HETU_LENGTH + 1];
};

struct scan {
	struct guard_report *report;
	const struct identity_pool *pool;
	size_t first;	/* findings in the report before this scan */
	size_t found;	/* also those that did not fit */
	unsigned depth; /* of unpacking */
	uint64_t work;	/* bytes still to be unpacked before we give up */
	struct code codes[LIMIT_GUARD_FINDINGS]; /* of each finding */
	struct {
		VEC(struct code);
	} temporary; /* codes seen as temporary ids */
	guard_see *see;
	void *ctx;
};

#define WORK_FACTOR   8
#define WORK_BASE     LIMIT_MIB(1)
#define TEMPORARY_MAX 4096
/* Short enough to try a base64 run at each of its four alignments. */
#define REALIGN_MAX 4096
/* Bytes that begin like nothing are only unpacked further above this. */
#define NOISE_MAX 256

static void scan_content(
    struct scan *s, const struct place *at, const char *bytes, size_t len);

/* ---- Findings */

static void render_place(struct buf *to, const struct place *p)
{
	if (p->outer) {
		render_place(to, p->outer);
		buf_adds(to, " > ");
	}
	if (p->unpacked)
		buf_adds(to, p->unpacked);
	else if (!p->node)
		buf_addf(to, "byte %zu", p->byte);
	else if (p->node->type == XML_ELEMENT_NODE)
		xml_path(to, p->node, p->attribute);
	if (p->node && p->node->type == XML_COMMENT_NODE)
		buf_adds(to, "comment()");
	if (p->node && p->node->type == XML_PI_NODE)
		buf_adds(to, "processing-instruction()");
}

void guard_add(struct guard_report *report, enum guard_rule rule,
    const char *where, const struct note *what)
{
	struct guard_finding *f;
	size_t len = strlen(where);

	if (report->count == LIMIT_GUARD_FINDINGS) {
		report->more = true;
		return;
	}
	f = &report->at[report->count++];
	f->rule = rule;
	f->what = *what;
	/* The end of a long place tells more than its beginning. */
	if (len < sizeof(f->where))
		str_copy(f->where, sizeof(f->where), where);
	else
		(void)snprintf(f->where, sizeof(f->where), "…%s",
		    where + len - (sizeof(f->where) - 4));
}

/* Whether this very finding is in the report already. */
static bool is_known(const struct scan *s, const char *where, const char *code)
{
	for (size_t i = s->first; i < s->report->count; i++)
		if (strcasecmp(s->codes[i].text, code) == 0 &&
		    streq(s->report->at[i].where, where))
			return true;
	return false;
}

static void add_finding(struct scan *s, enum guard_rule rule,
    const struct place *at, const char *code, const struct note *what)
{
	struct buf where = BUF_INIT(LIMIT_KIB(64));
	size_t index = s->report->count;

	if (at)
		render_place(&where, at);
	if (!is_known(s, where.ptr, code)) {
		guard_add(s->report, rule, where.ptr, what);
		s->found++;
		if (index < LIMIT_GUARD_FINDINGS)
			str_copy(s->codes[index].text,
			    sizeof(s->codes[index].text), code);
	}
	buf_release(&where);
}

static void add_opaque(
    struct scan *s, const struct place *at, const struct note *what)
{
	static const struct place whole = { .unpacked = "message" };

	add_finding(s, GUARD_OPAQUE, at ? at : &whole, "", what);
}

static bool pool_has(const struct identity_pool *pool, const char *code)
{
	for (size_t i = 0; i < pool->count; i++)
		if (strcasecmp(pool->codes[i], code) == 0)
			return true;
	return false;
}

/* What stands where the code is: how much proof a code needs there. */
enum proof {
	PROOF_CHECK, /* free text: the check character must hold */
	PROOF_SHAPE, /* an identity field: shape and date suffice */
};

static void judge_code(struct scan *s, const struct place *at,
    const struct hetu *h, const char *code, enum proof proof)
{
	char mask[HETU_LENGTH + 1];
	struct note what;

	if (!h->date_exists || (proof == PROOF_CHECK && !h->check_holds))
		return;
	hetu_mask(mask, code);
	if (!hetu_is_test(h)) {
		what = say_guard_identity(mask);
		add_finding(s, GUARD_IDENTITY, at, code, &what);
	} else if (s->pool && !pool_has(s->pool, code)) {
		what = say_guard_pool(code);
		add_finding(s, GUARD_POOL, at, code, &what);
	}
}

/* ---- Text */

static struct code code_at(const char *text)
{
	struct code c;

	memcpy(c.text, text, HETU_LENGTH);
	c.text[HETU_LENGTH] = '\0';
	return c;
}

struct text {
	const char *ptr;
	size_t len;
	const struct place *at; /* NULL = the whole message */
	bool by_byte;		/* places are bytes of this text */
};

/* Whether text that is no XML speaks of identity codes: JSON of FHIR, say. */
static bool names_hetu_root(const struct text *t)
{
	static const char root[] = HETU_ROOT;
	const char *p = t->ptr, *end = t->ptr + t->len;

	while ((p = memmem(p, (size_t)(end - p), root, sizeof(root) - 1))) {
		const char *after = p + sizeof(root) - 1;
		bool glued =
		    p > t->ptr && (str_is_digit(p[-1]) || p[-1] == '.');
		if (!glued && (after == end || !strchr(".0123456789", *after)))
			return true;
		p = after;
	}
	return false;
}

static bool is_quoted(const struct text *t, size_t i)
{
	size_t end = i + HETU_LENGTH;

	return i > 0 && end < t->len && strchr("\"'>", t->ptr[i - 1]) &&
	       strchr("\"'<", t->ptr[end]) && t->ptr[i - 1] && t->ptr[end];
}

/* The codes that stand in the text as they are. */
static void find_codes(struct scan *s, const struct text *t)
{
	struct hetu h;
	long i = -1;

	while ((i = hetu_find(t->ptr, t->len, (size_t)(i + 1), &h)) >= 0) {
		struct code c = code_at(t->ptr + i);
		struct place byte = { .outer = t->at, .byte = (size_t)i };
		bool field = t->by_byte && !h.check_holds &&
			     is_quoted(t, (size_t)i) && names_hetu_root(t);
		judge_code(s, t->by_byte ? &byte : t->at, &h, c.text,
		    field ? PROOF_SHAPE : PROOF_CHECK);
		i += HETU_LENGTH - 1;
	}
}

static bool may_unpack(struct scan *s, const struct place *at, size_t len)
{
	if (s->work < len) {
		struct note what = say_guard_opaque_work();
		add_opaque(s, at, &what);
		s->work = 0;
		return false;
	}
	s->work -= len;
	return true;
}

/* What was unpacked at `at`, one level deeper. */
static void scan_unpacked(struct scan *s, const struct text *t, size_t byte,
    const char *how, const char *bytes, size_t len)
{
	struct place where = { .outer = t->at, .byte = byte };
	struct place inner = { .outer = t->by_byte ? &where : t->at,
		.unpacked = how };
	char levels[16];

	if (s->depth == LIMIT_GUARD_NESTING) {
		(void)snprintf(
		    levels, sizeof(levels), "%d", LIMIT_GUARD_NESTING);
		struct note what = say_guard_opaque_nesting(levels);
		if (text_is_plausible(bytes, len))
			add_opaque(s, &inner, &what);
		return;
	}
	s->depth++;
	scan_content(s, &inner, bytes, len);
	s->depth--;
}

/*
 * Bytes that begin like nothing: the codes in them, but no further unpacking
 * unless they are many (a picture may hold XML).
 */
static void scan_noise(struct scan *s, const struct text *t, size_t byte,
    const char *bytes, size_t len)
{
	struct place where = { .outer = t->at, .byte = byte };
	struct place inner = { .outer = t->by_byte ? &where : t->at,
		.unpacked = "base64" };

	if (len > NOISE_MAX)
		scan_unpacked(s, t, byte, "base64", bytes, len);
	else
		find_codes(s, &(struct text){ bytes, len, &inner, true });
}

/* Decodes text[start, start+len) and looks into it; true when it was text. */
static bool scan_base64(
    struct scan *s, const struct text *t, size_t start, size_t len)
{
	struct buf out = BUF_INIT(LIMIT_MESSAGE);
	char room[NOISE_MAX + 8];
	const char *bytes = room;
	bool plausible;

	if (!may_unpack(s, t->at, len))
		return true;
	size_t n = len / 4 * 3 + 3;
	if (n <= sizeof(room)) {
		n = text_decode64(room, t->ptr + start, len);
	} else if (buf_reserve(&out, n)) {
		n = out.len = text_decode64(out.ptr, t->ptr + start, len);
		bytes = out.ptr;
	}
	plausible = text_is_plausible(bytes, n) || text_packed_format(bytes, n);
	if (plausible)
		scan_unpacked(s, t, start, "base64", bytes, n);
	else
		scan_noise(s, t, start, bytes, n);
	buf_release(&out);
	return plausible;
}

/* Whether what begins at `start` looks like text at either of its ends. */
static bool is_promising(const struct text *t, size_t start, size_t len)
{
	enum {
		PEEK = 24
	};
	char room[PEEK];
	size_t n;

	if (len <= PEEK)
		return true;
	n = text_decode64(room, t->ptr + start, PEEK);
	if (text_is_plausible(room, n))
		return true;
	start += (len - PEEK) / 4 * 4;
	n = text_decode64(room, t->ptr + start, PEEK);
	return text_is_plausible(room, n);
}

/*
 * Base64 that does not begin where its block does: behind words, or with a
 * letter too many before it.
 */
static void scan_runs(
    struct scan *s, const struct text *t, const struct text_block *b)
{
	struct text_block run;
	size_t end = b->start + b->len;
	size_t from = b->start;

	if (b->joined && text_next_run(t->ptr, end, from, 40, &run) &&
	    run.start > b->start &&
	    scan_base64(s, t, run.start, end - run.start))
		return;
	while (text_next_run(t->ptr, end, from, TEXT_BASE64_MIN, &run)) {
		size_t tries = run.len <= REALIGN_MAX ? 4 : 1;
		for (size_t i = b->joined ? 0 : 1; i < tries; i++)
			if (is_promising(t, run.start + i, run.len - i) &&
			    scan_base64(s, t, run.start + i, run.len - i))
				break;
		from = run.start + run.len;
	}
}

static void find_base64(struct scan *s, const struct text *t)
{
	struct text_block b;
	size_t from = 0;

	while (text_next_block(t->ptr, t->len, from, &b)) {
		if (!scan_base64(s, t, b.start, b.len) &&
		    !(b.joined && b.regular))
			scan_runs(s, t, &b);
		from = b.start + b.len;
	}
}

/*
 * Free text: codes in it, XML in it, base64 in it, and the same again with
 * escapes put right, as often as there are any.
 */
static void scan_text(
    struct scan *s, struct text t, bool xml_was_tried, unsigned round)
{
	struct buf plain = BUF_INIT(LIMIT_MESSAGE);

	if (t.len < 10)
		return;
	if (!xml_was_tried && text_is_like_xml(t.ptr, t.len))
		scan_unpacked(s, &t, 0, "escaped XML", t.ptr, t.len);
	find_codes(s, &t);
	if (t.len >= TEXT_BASE64_MIN)
		find_base64(s, &t);
	if (text_unescape(&plain, t.ptr, t.len)) {
		t.ptr = plain.ptr;
		t.len = plain.len;
		if (round < LIMIT_GUARD_NESTING && may_unpack(s, t.at, t.len))
			scan_text(s, t, false, round + 1);
	}
	buf_release(&plain);
}

/* ---- Trees */

/* What an element's root or codeSystem says its codes are. */
enum codes_are {
	CODES_ANY,
	CODES_IDENTITY,
	CODES_TEMPORARY,
};

static enum codes_are codes_by_root(const char *root)
{
	size_t len;

	while (str_is_space(*root))
		root++;
	if (str_starts(root, "urn:oid:"))
		root += 8;
	len = strlen(root);
	while (len > 0 && str_is_space(root[len - 1]))
		len--;
	if (len == strlen(HETU_ROOT) && memcmp(root, HETU_ROOT, len) == 0)
		return CODES_IDENTITY;
	/* ….22.<year>: persons without an identity code yet. */
	if (len < 8 || memcmp(root + len - 8, ".22.", 4) != 0)
		return CODES_ANY;
	for (size_t i = len - 4; i < len; i++)
		if (!str_is_digit(root[i]))
			return CODES_ANY;
	return CODES_TEMPORARY;
}

/* The value of an attribute; *owned is to be freed. */
static const char *attribute_value(const xmlAttr *a, xmlChar **owned)
{
	const xmlNode *text = a->children;

	*owned = NULL;
	if (!text)
		return "";
	if (text->type == XML_TEXT_NODE && !text->next && text->content)
		return (const char *)text->content;
	*owned = xmlNodeListGetString(a->doc, a->children, 1);
	return *owned ? (const char *)*owned : "";
}

static enum codes_are codes_of(const xmlNode *element)
{
	enum codes_are is = CODES_ANY;
	xmlChar *owned;

	for (const xmlAttr *a = element->properties; a && !is; a = a->next) {
		if (!streq((const char *)a->name, "root") &&
		    !streq((const char *)a->name, "codeSystem"))
			continue;
		is = codes_by_root(attribute_value(a, &owned));
		xmlFree(owned);
	}
	return is;
}

/*
 * An identity field's value: the code, maybe with white space around it or
 * without its separator (which no free text rule would take for a code).
 */
static bool read_field(const char *value, struct hetu *h, struct code *c)
{
	size_t len;

	while (str_is_space(*value))
		value++;
	len = strlen(value);
	while (len > 0 && str_is_space(value[len - 1]))
		len--;
	if (len == HETU_LENGTH)
		*c = code_at(value);
	else if (len == HETU_LENGTH - 1)
		(void)snprintf(
		    c->text, sizeof(c->text), "%.6s-%.4s", value, value + 6);
	else
		return false;
	return hetu_read(c->text, h);
}

static void scan_field(struct scan *s, const struct place *at,
    const char *value, enum codes_are is)
{
	struct hetu h;
	struct code c;

	if (!read_field(value, &h, &c))
		return;
	if (is == CODES_IDENTITY || !hetu_is_test(&h))
		judge_code(s, at, &h, c.text, PROOF_SHAPE);
	else if (s->pool && s->temporary.count < TEMPORARY_MAX)
		*VEC_PUSH(&s->temporary) = c;
}

static void scan_attributes(
    struct scan *s, const struct place *outer, const xmlNode *element)
{
	enum codes_are is = codes_of(element);

	for (const xmlAttr *a = element->properties; a; a = a->next) {
		xmlChar *owned;
		const char *value = attribute_value(a, &owned);
		struct place at = { .outer = outer,
			.node = element,
			.attribute = (const char *)a->name };
		size_t len = strlen(value);
		if (is != CODES_ANY)
			scan_field(s, &at, value, is);
		scan_text(s, (struct text){ value, len, &at, false }, false, 0);
		xmlFree(owned);
	}
}

/*
 * The end of the text before and the beginning of the next: a code can be cut
 * by an element, a comment or a CDATA section and still be read as one.
 */
struct seam {
	char text[2 * (HETU_LENGTH + 1)];
	size_t before, len;
};

static void scan_seam(struct scan *s, const struct place *at, struct seam *m)
{
	for (size_t i = 0; i < m->before; i++) {
		size_t end = i + HETU_LENGTH;
		struct code c;
		struct hetu h;
		if (end <= m->before || end > m->len)
			continue;
		if ((i > 0 && str_is_digit(m->text[i - 1])) ||
		    (end < m->len && str_is_digit(m->text[end])))
			continue;
		c = code_at(m->text + i);
		if (hetu_read(c.text, &h))
			judge_code(s, at, &h, c.text, PROOF_CHECK);
	}
}

/* The next piece of text: looks over the seam, then remembers its end. */
static void seam_add(struct scan *s, const struct place *at, struct seam *m,
    const char *text, size_t len)
{
	size_t head = len < HETU_LENGTH + 1 ? len : HETU_LENGTH + 1;
	size_t keep;

	memcpy(m->text + m->before, text, head);
	m->len = m->before + head;
	if (m->before > 0)
		scan_seam(s, at, m);
	if (head < len) {
		memcpy(
		    m->text, text + len - (HETU_LENGTH + 1), HETU_LENGTH + 1);
		m->before = HETU_LENGTH + 1;
		return;
	}
	keep = m->len < HETU_LENGTH + 1 ? m->len : HETU_LENGTH + 1;
	memmove(m->text, m->text + m->len - keep, keep);
	m->before = keep;
}

static bool is_white(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s == '\0';
}

/* Text, CDATA, comment or processing instruction. */
static void scan_leaf(struct scan *s, const struct place *outer,
    struct seam *seam, const xmlNode *n)
{
	const char *text = (const char *)n->content;
	const bool is_text =
	    n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE;
	struct place parent = { .outer = outer, .node = n->parent };
	struct place self = { .outer = outer, .node = n };
	struct place *at = &self;

	if (!text || is_white(text))
		return;
	if (is_text)
		at = &parent;
	else if (n->parent && n->parent->type == XML_ELEMENT_NODE)
		self.outer = &parent;
	size_t len = strlen(text);
	if (is_text)
		seam_add(s, at, seam, text, len);
	scan_text(s, (struct text){ text, len, at, false }, false, 0);
}

static const xmlNode *next_in_tree(const xmlNode *n)
{
	if (n->type == XML_ELEMENT_NODE && n->children)
		return n->children;
	while (n && !n->next)
		n = n->parent;
	return n ? n->next : NULL;
}

static void scan_tree(
    struct scan *s, const struct place *outer, const struct xml_doc *doc)
{
	const xmlNode *n = xml_tree(doc)->children;
	struct seam seam = { .before = 0 };

	for (; n; n = next_in_tree(n)) {
		if (n->type == XML_ELEMENT_NODE)
			scan_attributes(s, outer, n);
		else
			scan_leaf(s, outer, &seam, n);
	}
}

/* ---- Content: bytes of anything */

/*
 * The bytes of XML as they are: names, namespaces, whatever has no node. What
 * its nodes showed already is not told twice.
 */
static void scan_raw(struct scan *s, size_t level, const struct place *outer,
    const char *bytes, size_t len)
{
	struct hetu h;
	long i = -1;

	while ((i = hetu_find(bytes, len, (size_t)(i + 1), &h)) >= 0) {
		struct code c = code_at(bytes + i);
		struct place at = { .outer = outer, .byte = (size_t)i };
		bool known = false;
		for (size_t k = level; k < s->report->count && !known; k++)
			known = strcasecmp(s->codes[k].text, c.text) == 0;
		if (!known)
			judge_code(s, &at, &h, c.text, PROOF_CHECK);
		i += HETU_LENGTH - 1;
	}
}

static void scan_broken_xml(struct scan *s, const struct place *at,
    const struct err *why, const char *bytes, size_t len)
{
	/* Too deep or too large to be read, or with entities of its own. */
	if (why->kind == ERR_LIMIT || memmem(bytes, len, "<!ENTITY", 8)) {
		struct note what = say_guard_opaque_xml(why->msg);
		add_opaque(s, at, &what);
	}
}

static bool scan_xml(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	size_t level = s->report->count;
	struct err why = { 0 };
	struct xml_doc *doc = xml_parse(bytes, len, "the message", &why);

	if (s->see && s->depth == 0)
		s->see(s->ctx, doc, &why);
	if (!doc) {
		scan_broken_xml(s, at, &why, bytes, len);
		return false;
	}
	scan_tree(s, at, doc);
	scan_raw(s, level, at, bytes, len);
	xml_free(doc);
	return true;
}

/* UTF-16 and the like that is no XML: the letters without their NULs. */
static void scan_wide(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	struct buf narrow = BUF_INIT(LIMIT_MESSAGE);
	char *to;

	if (!memchr(bytes, '\0', len) || !may_unpack(s, at, len))
		return;
	to = buf_reserve(&narrow, len);
	for (size_t i = 0; to && i < len; i++)
		if (bytes[i])
			to[narrow.len++] = bytes[i];
	scan_text(
	    s, (struct text){ narrow.ptr, narrow.len, at, true }, true, 0);
	buf_release(&narrow);
}

static void scan_content(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	const char *packed = text_packed_format(bytes, len);
	bool is_xml_like = s->depth == 0 || text_is_like_xml(bytes, len);

	if (is_xml_like && scan_xml(s, at, bytes, len))
		return;
	if (packed) {
		struct note what = say_guard_opaque_packed(packed);
		add_opaque(s, at, &what);
	}
	scan_wide(s, at, bytes, len);
	scan_text(s, (struct text){ bytes, len, at, true }, true, 0);
}

/* Temporary ids need not be in the pool, wherever else they are told. */
static void forgive_temporary(struct scan *s)
{
	size_t kept = s->first;

	for (size_t i = s->first; i < s->report->count; i++) {
		bool forgiven = false;
		if (s->report->at[i].rule == GUARD_POOL)
			VEC_EACH (struct code, c, &s->temporary)
				forgiven |=
				    strcasecmp(c->text, s->codes[i].text) == 0;
		if (forgiven) {
			s->found--;
			continue;
		}
		if (kept != i)
			s->report->at[kept] = s->report->at[i];
		kept++;
	}
	s->report->count = kept;
}

bool guard_scan_seeing(struct guard_report *report, const void *bytes,
    size_t len, const struct identity_pool *pool, guard_see *see, void *ctx)
{
	struct scan s = {
		.report = report,
		.pool = pool,
		.first = report->count,
		.work = (uint64_t)len * WORK_FACTOR + WORK_BASE,
		.see = see,
		.ctx = ctx,
	};

	scan_content(&s, NULL, bytes, len);
	if (s.temporary.count > 0)
		forgive_temporary(&s);
	VEC_RELEASE(&s.temporary);
	return s.found == 0;
}

bool guard_scan(struct guard_report *report, const void *bytes, size_t len,
    const struct identity_pool *pool)
{
	return guard_scan_seeing(report, bytes, len, pool, NULL, NULL);
}

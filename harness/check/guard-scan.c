/* SPDX-License-Identifier: Apache-2.0 */
#include "check/guard-scan.h"

#include "base/str.h"
#include "check/guard-inside.h"
#include "check/guard-text.h"
#include "kanta/ids.h"

#include <strings.h>

#define WORK_FACTOR 8
#define WORK_BASE   LIMIT_MIB(1)
/* Short enough to try a base64 run at each of its four alignments. */
#define REALIGN_MAX 4096
/* Bytes that begin like nothing are only unpacked further above this. */
#define NOISE_MAX 256

/* Bytes of anything. */
struct content {
	const char *bytes;
	size_t len;
	char *own;	    /* the same, where they may be changed; or NULL */
	const char *base64; /* … and what they can be unpacked from again */
	size_t base64_len;
};

static void scan_content(
    struct scan *s, const struct place *at, const struct content *c);

/* ---- Findings */

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
	*f = (struct guard_finding){ .rule = rule, .what = *what };
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

void add_finding(struct scan *s, enum guard_rule rule, const struct place *at,
    const char *code, const struct note *what)
{
	struct buf where = BUF_INIT(LIMIT_KIB(64));
	size_t index = s->report->count;

	if (at)
		place_render(&where, at);
	if (!is_known(s, where.ptr, code)) {
		guard_add(s->report, rule, where.ptr, what);
		s->found++;
		if (index < LIMIT_GUARD_FINDINGS) {
			str_copy(s->codes[index].text,
			    sizeof(s->codes[index].text), code);
			place_find(s, at, &s->report->at[index]);
		}
	}
	buf_release(&where);
}

static bool pool_has(const struct identity_pool *pool, const char *code)
{
	for (size_t i = 0; i < pool->count; i++)
		if (strcasecmp(pool->codes[i], code) == 0)
			return true;
	return false;
}

void judge_code(struct scan *s, const struct place *at, const struct hetu *h,
    const char *code, enum proof proof)
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

struct code code_at(const char *text)
{
	struct code c;

	memcpy(c.text, text, HETU_LENGTH);
	c.text[HETU_LENGTH] = '\0';
	return c;
}

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
		struct place byte = {
			.outer = t->at, .byte = (size_t)i, .exact = !t->own
		};
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
    const char *how, const struct content *c)
{
	struct place where = { .outer = t->at, .byte = byte, .exact = !t->own };
	struct place inner = { .outer = t->by_byte ? &where : t->at,
		.unpacked = how };

	if (s->depth == LIMIT_GUARD_NESTING) {
		if (text_is_plausible(c->bytes, c->len))
			opaque_deep(s, &inner, c->bytes, c->len);
		return;
	}
	s->depth++;
	scan_content(s, &inner, c);
	s->depth--;
}

/*
 * Bytes that begin like nothing: the codes in them, but no further unpacking
 * unless they are many (a picture may hold XML).
 */
static void scan_noise(
    struct scan *s, const struct text *t, size_t byte, const struct content *c)
{
	struct place where = { .outer = t->at, .byte = byte, .exact = !t->own };
	struct place inner = { .outer = t->by_byte ? &where : t->at,
		.unpacked = "base64" };

	opaque_noise(s, &inner, c->bytes, c->len);
	if (c->len > NOISE_MAX)
		scan_unpacked(s, t, byte, "base64", c);
	else
		find_codes(s, &(struct text){ c->bytes, c->len, &inner, true });
}

/* Whether these are the bytes of the document that somebody has parsed. */
static bool is_known_inner(const struct scan *s, const char *bytes, size_t len)
{
	const struct guard_known *k = s->known;

	return k && k->inner && k->inner_len == len &&
	       (k->inner_bytes == bytes ||
		   memcmp(k->inner_bytes, bytes, len) == 0);
}

/* Decodes text[start, start+len) and looks into it; true when it was text. */
static bool scan_base64(
    struct scan *s, const struct text *t, size_t start, size_t len)
{
	struct buf out = BUF_INIT(LIMIT_MESSAGE);
	char room[NOISE_MAX + 8];
	struct content c = {
		.own = room,
		.base64 = t->ptr + start,
		.base64_len = len,
	};
	bool plausible;

	if (!may_unpack(s, t->at, len))
		return true;
	if (len / 4 * 3 + 3 > sizeof(room))
		c.own = buf_reserve(&out, len / 4 * 3 + 3);
	c.len = c.own ? text_decode64(c.own, c.base64, len) : 0;
	c.bytes = c.own ? c.own : "";
	if (is_known_inner(s, c.bytes, c.len)) {
		buf_release(&out);
		c.bytes = s->known->inner_bytes;
		c.own = NULL;
	}
	plausible = text_is_plausible(c.bytes, c.len) ||
		    text_packed_format(c.bytes, c.len);
	if (plausible)
		scan_unpacked(s, t, start, "base64", &c);
	else
		scan_noise(s, t, start, &c);
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

/* The escapes of the text put right once, in place or in `copy`; false when
 * there are none. */
static bool unescape(struct text *t, struct buf *copy)
{
	if (!text_has_escape(t->ptr, t->len))
		return false;
	char *to = t->own ? t->own : buf_reserve(copy, t->len);
	size_t len = to ? text_unescape(to, t->ptr, t->len) : t->len;
	if (len == t->len)
		return false;
	*t = (struct text){ to, len, t->at, t->by_byte, to };
	return true;
}

void scan_text(struct scan *s, struct text t, bool xml_was_tried)
{
	struct buf copy = BUF_INIT(LIMIT_MESSAGE);

	for (unsigned round = 0; t.len >= 10; round++) {
		const struct content c = { t.ptr, t.len };
		if ((round > 0 || !xml_was_tried) &&
		    text_is_like_xml(t.ptr, t.len))
			scan_unpacked(s, &t, 0, "escaped XML", &c);
		find_codes(s, &t);
		if (t.len >= TEXT_BASE64_MIN)
			find_base64(s, &t);
		if (!unescape(&t, &copy))
			break;
		if (round == LIMIT_GUARD_NESTING)
			opaque_deep(s, t.at, t.ptr, t.len);
		if (round == LIMIT_GUARD_NESTING || !may_unpack(s, t.at, t.len))
			break;
	}
	buf_release(&copy);
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
		struct place at = {
			.outer = outer, .byte = (size_t)i, .exact = true
		};
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
	bool is_seen = s->see && s->depth == 0;
	/* Too deep or too large to be read, or with entities of its own. */
	bool is_opaque =
	    why->kind == ERR_LIMIT || memmem(bytes, len, "<!ENTITY", 8);

	if (!is_seen && !is_opaque)
		return;
	struct note what = opaque_why(bytes, len);
	if (is_seen)
		s->see(s->ctx, NULL, &what);
	if (is_opaque)
		opaque_xml(s, at, &what, bytes, len);
}

/* True when somebody wants the tree: it is not ours any more. */
static bool keep_tree(
    struct scan *s, const char *bytes, size_t len, struct xml_doc *doc)
{
	struct guard_trees *t = s->trees;

	if (!t || s->depth > 1)
		return false;
	if (s->depth == 0) {
		t->whole = doc;
		return true;
	}
	if (t->inner && t->inner_bytes.len >= len)
		return false;
	xml_free(t->inner);
	t->inner = doc;
	buf_clear(&t->inner_bytes);
	buf_add(&t->inner_bytes, bytes, len);
	return true;
}

/* The tree of these bytes, if somebody has parsed them already. */
static const struct xml_doc *known_tree(
    const struct scan *s, const char *bytes, size_t len)
{
	if (s->known && s->depth == 0)
		return s->known->whole;
	return is_known_inner(s, bytes, len) ? s->known->inner : NULL;
}

static bool scan_xml(
    struct scan *s, const struct place *at, const char *bytes, size_t len)
{
	size_t level = s->report->count;
	struct err why = { 0 };
	const struct xml_doc *known = known_tree(s, bytes, len);

	if (known) {
		const struct place *before = s->inner_at;
		if (known == (s->known ? s->known->inner : NULL))
			s->inner_at = at;
		scan_tree(s, at, known);
		scan_raw(s, level, at, bytes, len);
		s->inner_at = before;
		return true;
	}
	struct xml_doc *doc = xml_parse(bytes, len, "the message", &why);

	if (!doc) {
		scan_broken_xml(s, at, &why, bytes, len);
		return false;
	}
	if (s->see && s->depth == 0)
		s->see(s->ctx, doc, NULL);
	scan_tree(s, at, doc);
	scan_raw(s, level, at, bytes, len);
	if (!keep_tree(s, bytes, len, doc))
		xml_free(doc);
	return true;
}

/*
 * UTF-16 and the like that is no XML: the letters without their NULs. The last
 * look, for large bytes are not copied: where they were unpacked, they are
 * unpacked again.
 */
static void scan_wide(
    struct scan *s, const struct place *at, const struct content *c)
{
	struct buf copy = BUF_INIT(LIMIT_MESSAGE);
	const char *from = c->bytes;
	char *to = c->own;
	size_t n = 0;

	if (!may_unpack(s, at, c->len))
		return;
	if (to)
		(void)text_decode64(to, c->base64, c->base64_len);
	else
		to = buf_reserve(&copy, c->len);
	for (size_t i = 0; to && i < c->len; i++)
		if (from[i])
			to[n++] = from[i];
	scan_text(s, (struct text){ to, n, at, true, to }, true);
	buf_release(&copy);
}

static void scan_content(
    struct scan *s, const struct place *at, const struct content *c)
{
	const char *packed = text_packed_format(c->bytes, c->len);
	bool is_xml_like = s->depth == 0 || text_is_like_xml(c->bytes, c->len);
	bool is_wide = memchr(c->bytes, '\0', c->len) != NULL;

	if (is_xml_like && scan_xml(s, at, c->bytes, c->len))
		return;
	if (packed)
		opaque_packed(s, at, packed, c->bytes, c->len);
	scan_text(s, (struct text){ c->bytes, c->len, at, true, c->own }, true);
	if (is_wide)
		scan_wide(s, at, c);
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

static bool scan_all(struct scan *s, const void *bytes, size_t len)
{
	s->first = s->report->count;
	s->pool = s->said && s->said->codes ? s->said : NULL;
	s->bytes = bytes;
	s->len = len;
	s->work = (uint64_t)len * WORK_FACTOR + WORK_BASE;
	scan_content(s, NULL, &(struct content){ bytes, len });
	if (s->temporary.count > 0)
		forgive_temporary(s);
	VEC_RELEASE(&s->temporary);
	return s->found == 0;
}

bool guard_scan_seeing(struct guard_report *report, const void *bytes,
    size_t len, const struct identity_pool *pool, guard_see *see, void *ctx)
{
	struct scan s = {
		.report = report,
		.said = pool,
		.see = see,
		.ctx = ctx,
	};

	return scan_all(&s, bytes, len);
}

bool guard_scan(struct guard_report *report, const void *bytes, size_t len,
    const struct identity_pool *pool)
{
	struct scan s = { .report = report, .said = pool };

	return scan_all(&s, bytes, len);
}

/* ---- Trees for others, and of others */

bool guard_scan_known(struct guard_report *report, const void *bytes,
    size_t len, const struct guard_known *known,
    const struct identity_pool *pool)
{
	struct scan s = { .report = report, .said = pool, .known = known };

	return scan_all(&s, bytes, len);
}

bool guard_scan_keeping(struct guard_report *report, const void *bytes,
    size_t len, struct guard_trees *trees)
{
	struct scan s = { .report = report, .trees = trees };

	*trees = (struct guard_trees){ .whole = NULL };
	buf_init(&trees->inner_bytes, LIMIT_MESSAGE);
	return scan_all(&s, bytes, len);
}

struct xml_doc *guard_trees_take_inner(
    struct guard_trees *trees, const void *bytes, size_t len)
{
	struct xml_doc *doc = trees->inner;

	if (!doc || trees->inner_bytes.len != len ||
	    memcmp(trees->inner_bytes.ptr, bytes, len) != 0)
		return NULL;
	trees->inner = NULL;
	buf_release(&trees->inner_bytes);
	return doc;
}

void guard_trees_release(struct guard_trees *trees)
{
	xml_free(trees->whole);
	xml_free(trees->inner);
	buf_release(&trees->inner_bytes);
	trees->whole = trees->inner = NULL;
}

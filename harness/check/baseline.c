/* SPDX-License-Identifier: Apache-2.0 */
#include "check/baseline.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "kanta/hl7time.h"
#include "xml/shape.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <unistd.h>

#define NAMESPACE "urn:esitesti:baseline:1"

enum {
	TOLD = 20 /* entries told of one by one */
};

struct entry {
	char *rule, *file, *path, *where, *reason, *until;
	unsigned line;
	enum stage stage; /* that the rule is of */
	bool stopped;	  /* an error of the guard: nothing is let go */
	bool expired;
	bool tried; /* the stage went over a file that the entry is about */
	size_t used;
};

struct baseline {
	char *name;
	struct {
		VEC(struct entry);
	} entries;
};

static const struct shape_attribute accept_attributes[] = {
	{ "rule", SHAPE_TEXT, true, NULL },
	{ "file", SHAPE_TEXT, true, NULL },
	{ "where", SHAPE_TEXT, false, NULL },
	{ "reason", SHAPE_TEXT, true, NULL },
	{ "until", SHAPE_TEXT, true, NULL },
	{ "by", SHAPE_TEXT, true, NULL },
};
static const struct shape accept_shape = { "accept", SHAPE_EMPTY,
	accept_attributes, COUNTOF(accept_attributes), NULL, 0 };
static const struct shape_child children[] = {
	{ &accept_shape, 0, 0 },
};
static const struct shape root_shape = { "baseline", SHAPE_CHILDREN, NULL, 0,
	children, COUNTOF(children) };

/* ---- Paths: "" is the root */

static void add_segment(struct buf *to, const char *at, size_t len)
{
	if (len == 0 || (len == 1 && *at == '.'))
		return;
	if (len != 2 || strncmp(at, "..", 2) != 0) {
		buf_addc(to, '/');
		buf_add(to, at, len);
		return;
	}
	size_t kept = to->len;
	while (kept > 0 && to->ptr[--kept] != '/')
		;
	if (kept < to->len)
		to->ptr[to->len = kept] = '\0';
}

/* "/a/../b/./c" → "/b/c" */
static char *straight(const char *path)
{
	struct buf out = BUF_INIT(LIMIT_MIB(16));
	buf_adds(&out, "");
	for (const char *p = path; *p; p += *p == '/') {
		size_t len = strcspn(p, "/");
		add_segment(&out, p, len);
		p += len;
	}
	return buf_detach(&out, NULL);
}

char *baseline_path(const char *path)
{
	char *here = *path == '/' ? NULL : getcwd(NULL, 0);
	char *whole = xasprintf("%s/%s", here ? here : "", path);
	char *way = straight(whole);
	char *out = finding_text(way);
	free(way);
	free(whole);
	free(here);
	return out;
}

static char *folder_of(const char *baseline)
{
	char *dir = path_dir(baseline);
	char *out = baseline_path(dir);
	free(dir);
	return out;
}

/* So that each character stands for itself in a shell pattern. */
static char *as_pattern(const char *text)
{
	struct buf out = BUF_INIT(LIMIT_KIB(256));
	buf_adds(&out, "");
	for (; *text; text++) {
		if (strchr("*?[\\", *text))
			buf_addc(&out, '\\');
		buf_addc(&out, *text);
	}
	return buf_detach(&out, NULL);
}

/* `to` as seen from the folder `from`. */
static char *seen_from(const char *from, const char *to)
{
	struct buf out = BUF_INIT(LIMIT_KIB(256));
	for (;;) {
		size_t len = *from ? 1 + strcspn(from + 1, "/") : 0;
		if (len == 0 || strncmp(from, to, len) != 0 || to[len] != '/')
			break;
		from += len;
		to += len;
	}
	if (!*from && !strchr(to + 1, '/'))
		buf_adds(&out, "."); /* of this file alone: "./a.xml" */
	for (; *from; from++)
		if (*from == '/')
			buf_adds(&out, out.len ? "/.." : "..");
	buf_adds(&out, out.len ? to : to + 1);
	return buf_detach(&out, NULL);
}

char *baseline_file(const char *path, const char *name)
{
	if (streq(name, "-"))
		return xstrdup(name); /* the standard input */
	char *dir = folder_of(path), *file = baseline_path(name);
	char *seen = seen_from(dir, file);
	char *out = as_pattern(seen);
	free(seen);
	free(file);
	free(dir);
	return out;
}

/* ---- Reading */

bool baseline_is_day(const char *text)
{
	char moment[CLOCK_TEXT], again[CLOCK_TEXT];
	int64_t at;
	if (strlen(text) != strlen("2027-01-31"))
		return false;
	snprintf(moment, sizeof(moment), "%sT00:00:00Z", text);
	if (clock_parse_rfc3339(moment, &at) < 0)
		return false;
	clock_rfc3339(again, at);
	return str_starts(again, text);
}

/* "2026-11-21", in Finland. */
static void today(char out[HL7_TIME_TEXT], int64_t now)
{
	char day[HL7_TIME_TEXT];
	hl7_date_local(day, now);
	snprintf(out, HL7_TIME_TEXT, "%.4s-%.2s-%.2s", day, day + 4, day + 6);
}

static char *copy_attribute(const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	return value ? xstrdup(value) : NULL;
}

/* What is not of C is of a rule set. */
static void know_rule(struct entry *e)
{
	e->stage = STAGE_RULES;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule_row *row = &rule_rows[i];
		if (!streq(row->name, e->rule))
			continue;
		e->stage = row->stage;
		e->stopped = row->stage == STAGE_GUARD &&
			     row->severity == SEVERITY_ERROR;
	}
}

/* The pattern of whole paths. */
static char *whole_pattern(const struct baseline *b, const char *file)
{
	if (*file == '/')
		return straight(file);
	char *folder = folder_of(b->name), *dir = as_pattern(folder);
	char *joined = xasprintf("%s/%s", dir, file);
	char *out = straight(joined);
	free(joined);
	free(dir);
	free(folder);
	return out;
}

static int read_entry(struct baseline *b, const struct xml_doc *doc,
    const xmlNode *node, const char *day, struct err *err)
{
	const char *until = xml_attr(node, "until");
	if (b->entries.count == LIMIT_BASELINE)
		return xml_fail(doc, node, err, ERR_LIMIT,
		    "there are more than %d entries", LIMIT_BASELINE);
	if (!baseline_is_day(until)) {
		xml_fail_at(
		    doc, node, "until", err, ERR_CASE, "'%s' is no day", until);
		return err_hint(
		    err, "write the last day as 2027-01-31: year, month, day");
	}
	*VEC_PUSH(&b->entries) = (struct entry){
		.rule = copy_attribute(node, "rule"),
		.file = copy_attribute(node, "file"),
		.path = whole_pattern(b, xml_attr(node, "file")),
		.where = copy_attribute(node, "where"),
		.reason = finding_text(xml_attr(node, "reason")),
		.until = xstrdup(until),
		.line = xml_line(node),
		.expired = strcmp(until, day) < 0,
	};
	know_rule(&b->entries.at[b->entries.count - 1]);
	return 0;
}

static struct baseline *read_doc(
    const struct xml_doc *doc, int64_t now, struct err *err)
{
	char day[HL7_TIME_TEXT];
	today(day, now);
	if (shape_check(doc, NAMESPACE, &root_shape, err) < 0)
		return NULL;
	struct baseline *b = xcalloc(1, sizeof(*b));
	b->name = xstrdup(xml_name(doc));
	XML_EACH_CHILD (node, xml_root(doc))
		if (read_entry(b, doc, node, day, err) < 0) {
			baseline_free(b);
			return NULL;
		}
	return b;
}

struct baseline *baseline_parse(const void *bytes, size_t len, const char *name,
    int64_t now, struct err *err)
{
	struct xml_doc *doc = xml_parse(bytes, len, name, err);
	struct baseline *b = doc ? read_doc(doc, now, err) : NULL;
	xml_free(doc);
	return b;
}

struct baseline *baseline_load(const char *path, int64_t now, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_BASELINE_FILE);
	struct baseline *b = NULL;
	if (buf_read_file(&bytes, path, err) == 0)
		b = baseline_parse(bytes.ptr, bytes.len, path, now, err);
	buf_release(&bytes);
	return b;
}

void baseline_free(struct baseline *b)
{
	if (!b)
		return;
	VEC_EACH (struct entry, e, &b->entries) {
		free(e->rule);
		free(e->file);
		free(e->path);
		free(e->where);
		free(e->reason);
		free(e->until);
	}
	VEC_RELEASE(&b->entries);
	free(b->name);
	free(b);
}

/* ---- Accepting */

static bool is_file(const struct entry *e, const char *path, const char *name)
{
	if (fnmatch(e->path, path, 0) == 0 ||
	    (*e->file == '*' && fnmatch(e->file, path, 0) == 0))
		return true;
	return !strchr(e->file, '/') &&
	       fnmatch(e->file, path_base(name), 0) == 0;
}

static bool is_about(const struct entry *e, const struct finding *f)
{
	return streq(e->rule, f->rule) && baseline_may_accept(f) &&
	       (!e->where || (f->where && streq(e->where, f->where)));
}

bool baseline_may_accept(const struct finding *f)
{
	return f->stage != STAGE_GUARD || f->severity != SEVERITY_ERROR;
}

/* Every entry that is about it was of use, but the first one in force speaks.
 */
static void apply_entry(struct entry *e, struct checked *c)
{
	e->tried |= c->stages[e->stage].state == STAGE_DONE;
	VEC_EACH (struct finding, f, &c->findings) {
		if (!is_about(e, f))
			continue;
		e->used++;
		if (!e->expired && !f->accepted)
			f->accepted = xstrdup(e->reason);
	}
}

void baseline_apply(struct baseline *b, struct checked *c)
{
	char *path = baseline_path(c->name);
	VEC_EACH (struct entry, e, &b->entries)
		if (is_file(e, path, c->name))
			apply_entry(e, c);
	free(path);
	checked_count(c);
}

/* ---- Telling */

static bool is_told(const struct entry *e)
{
	return e->stopped || (e->used ? e->expired : e->tried);
}

static struct note note_of(const struct baseline *b, const struct entry *e)
{
	char place[NOTE_ARG];
	snprintf(place, sizeof(place), "%s:%u", path_base(b->name), e->line);
	if (e->stopped)
		return say_baseline_guard(place, e->rule);
	return e->used ? say_baseline_expired(place, e->rule, e->until)
		       : say_baseline_unused(place, e->rule, e->file);
}

void baseline_tell(const struct baseline *b,
    void (*each)(void *ctx, const struct note *note), void *ctx)
{
	size_t told = 0, more = 0;
	VEC_EACH (const struct entry, e, &b->entries) {
		if (!is_told(e))
			continue;
		if (told == TOLD) {
			more++;
			continue;
		}
		told++;
		struct note note = note_of(b, e);
		each(ctx, &note);
	}
	if (more) {
		char n[24];
		snprintf(n, sizeof(n), "%zu", more);
		struct note note = say_baseline_more(n);
		each(ctx, &note);
	}
}

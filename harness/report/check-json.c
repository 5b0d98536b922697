/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"

#include <jansson.h>

/*
 * JSON of the form that cases/check-report.schema.json describes: version 1
 * only ever grows new members. Every text is there in both languages, one file
 * stands on one line, and nothing depends on how fast it went.
 */
struct json_view {
	FILE *out;
	struct check_view_options o;
	bool any;
};

static void write_json(const struct json_view *v, json_t *value)
{
	(void)json_dumpf(value, v->out, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(value);
}

/* Left out when there is none. */
static void set_text(json_t *in, const char *name, const char *text)
{
	if (text && *text)
		json_object_set_new(in, name, json_string(text));
}

static void set_count(json_t *in, const char *name, size_t n)
{
	json_object_set_new(in, name, json_integer((json_int_t)n));
}

static void set_texts(json_t *in, const char *name, char *const text[])
{
	if (!text[LANG_FI] || !text[LANG_EN])
		return;
	json_object_set_new(in, name,
	    json_pack("{s:s, s:s}", lang_names[LANG_FI], text[LANG_FI],
		lang_names[LANG_EN], text[LANG_EN]));
}

static json_t *texts_of(const struct note *note)
{
	json_t *texts = json_object();
	for (size_t i = 0; i < LANG_COUNT; i++) {
		struct buf text = BUF_INIT(LIMIT_KIB(16));
		note_render(&text, note, (enum lang)i);
		set_text(texts, lang_names[i], text.ptr);
		buf_release(&text);
	}
	return texts;
}

static void set_note(json_t *in, const char *name, const struct note *note)
{
	if (note->word != W_none)
		json_object_set_new(in, name, texts_of(note));
}

static void *begin_json(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct json_view *v = xcalloc(1, sizeof(*v));
	struct note notice = say_checks_not_kela_long();
	char started[CLOCK_TEXT];
	(void)err;
	v->out = out;
	v->o = *o;
	clock_rfc3339(started, o->started);
	fputs("{\"format\":\"esitesti-check\",\"version\":1,\n\"tool\":", out);
	write_json(v, json_string("esitesti " VERSION));
	fprintf(out, ",\"started\":\"%s\",\n\"notice\":", started);
	write_json(v, texts_of(&notice));
	fputs(",\n\"files\":[", out);
	return v;
}

static json_t *finding_json(const struct checked *c, const struct finding *f)
{
	char fingerprint[17];
	json_t *to = json_object();
	finding_fingerprint(fingerprint, c, f);
	set_text(to, "rule", f->rule);
	set_text(to, "severity", severity_names[f->severity]);
	set_text(to, "stage", stage_names[f->stage]);
	set_texts(to, "text", f->text);
	set_texts(to, "hint", f->hint);
	set_text(to, "clause", f->clause);
	set_text(to, "field", f->field);
	set_text(to, "expression", f->expression);
	set_text(to, "part", f->part == PART_DOCUMENT ? "document" : "file");
	set_text(to, "where", f->where);
	if (f->line)
		set_count(to, "line", f->line);
	if (f->column)
		set_count(to, "column", f->column);
	set_text(to, "excerpt", f->excerpt);
	set_text(to, "accepted", f->accepted);
	set_text(to, "fingerprint", fingerprint);
	return to;
}

static void set_counts(json_t *to, const size_t count[SEVERITY_COUNT])
{
	set_count(to, "errors", count[SEVERITY_ERROR]);
	set_count(to, "warnings", count[SEVERITY_WARNING]);
	set_count(to, "infos", count[SEVERITY_INFO]);
}

static json_t *stage_json(
    const struct json_view *v, enum stage stage, const struct stage_result *s)
{
	enum verdict_of_stage verdict = stage_verdict(s, v->o.fail_on);
	json_t *to = json_object();
	set_text(to, "stage", stage_names[stage]);
	set_text(to, "verdict", stage_verdict_names[verdict]);
	set_counts(to, s->count);
	if (s->checks)
		set_count(to, "rules-tried", s->checks);
	set_note(to, "why", &s->why);
	set_note(to, "basis", &s->basis);
	return to;
}

static void begin_entry(struct json_view *v)
{
	fputs(v->any ? ",\n" : "\n", v->out);
	v->any = true;
}

static void file_json(void *state, const struct checked *c)
{
	struct json_view *v = state;
	json_t *to = json_object(), *stages = json_array(),
	       *findings = json_array();
	for (size_t i = 0; i < STAGE_COUNT; i++)
		json_array_append_new(
		    stages, stage_json(v, (enum stage)i, &c->stages[i]));
	VEC_EACH (struct finding, f, &c->findings)
		json_array_append_new(findings, finding_json(c, f));
	set_text(to, "name", c->name);
	set_text(to, "sha256", c->digest);
	set_text(to, "content", content_names[c->content]);
	json_object_set_new(to, "stages", stages);
	json_object_set_new(to, "findings", findings);
	if (c->accepted)
		set_count(to, "accepted", c->accepted);
	if (c->findings.more)
		set_count(to, "left-out", c->findings.more);
	begin_entry(v);
	write_json(v, to);
}

static void unread_json(void *state, const char *name, const struct err *why)
{
	struct json_view *v = state;
	json_t *to = json_object();
	set_text(to, "name", name);
	set_text(to, "unread", why->msg);
	begin_entry(v);
	write_json(v, to);
}

static json_t *totals_json(
    const struct json_view *v, const struct check_totals *t)
{
	json_t *to = json_object(), *stages = json_array(),
	       *remarks = json_array();
	set_count(to, "planned", t->planned);
	set_count(to, "files", t->files);
	set_count(to, "files-failed", t->files_failed);
	set_count(to, "files-unread", t->unread);
	set_count(to, "passed-over", t->passed_over);
	set_counts(to, t->count);
	set_count(to, "accepted", t->accepted);
	set_count(to, "exit", (size_t)t->exit);
	set_text(to, "fail-on", severity_names[v->o.fail_on]);
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		const struct stage_totals *s = &t->stages[i];
		json_t *one = json_object();
		set_text(one, "stage", stage_names[i]);
		set_text(one, "verdict",
		    stage_verdict_names[stage_totals_verdict(s, v->o.fail_on)]);
		set_counts(one, s->count);
		set_count(one, "files-checked", s->done);
		set_count(one, "files-not-checked", s->not_done);
		set_note(one, "why", &s->why);
		json_array_append_new(stages, one);
	}
	VEC_EACH (struct note, remark, &t->remarks)
		json_array_append_new(remarks, texts_of(remark));
	json_object_set_new(to, "stages", stages);
	json_object_set_new(to, "remarks", remarks);
	return to;
}

static int end_json(void *state, const struct check_totals *t, struct err *err)
{
	struct json_view *v = state;
	(void)err;
	fputs("],\n\"totals\":", v->out);
	write_json(v, totals_json(v, t));
	fputs("}\n", v->out);
	free(v);
	return 0;
}

const struct check_view check_view_json = {
	.name = "json",
	.begin = begin_json,
	.file = file_json,
	.unread = unread_json,
	.end = end_json,
};

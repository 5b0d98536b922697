/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "report/checks-inside.h"

#include <jansson.h>

/*
 * SARIF 2.1.0 (OASIS). Results come first and the tool with its rules behind
 * them, for only then is it known which rules spoke.
 */
struct sarif_rule {
	char *id, *text, *help;
	enum stage stage;
	enum severity severity;
};

struct sarif_view {
	FILE *out;
	struct check_view_options o;
	struct {
		VEC(struct sarif_rule);
	} rules;
	json_t *index; /* of a rule by its id */
	json_t *unread;
	bool any;
};

static const char *const levels[SEVERITY_COUNT] = {
	[SEVERITY_ERROR] = "error",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_INFO] = "note",
};

static void write_json(const struct sarif_view *v, json_t *value)
{
	(void)json_dumpf(value, v->out, JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(value);
}

static json_t *message(const char *text)
{
	return json_pack("{s:s}", "text", text);
}

static void *begin_sarif(
    FILE *out, const struct check_view_options *o, struct err *err)
{
	struct sarif_view *v = xcalloc(1, sizeof(*v));
	(void)err;
	v->out = out;
	v->o = *o;
	v->index = json_object();
	v->unread = json_array();
	fprintf(out,
	    "{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/"
	    "errata01/os/schemas/sarif-schema-2.1.0.json\",\n"
	    "\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":"
	    "\"unicodeCodePoints\",\"language\":\"%s\",\n\"results\":[",
	    lang_names[o->lang]);
	return v;
}

/* ---- Rules */

static const struct rule_row *row_of(const char *id)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (streq(rule_rows[i].name, id))
			return &rule_rows[i];
	return NULL;
}

/* What must hold is in the catalogue for our own, and what was said for the
 * first time for those of a rule set. */
static void fill_rule(
    const struct sarif_view *v, struct sarif_rule *r, const struct finding *f)
{
	const struct rule_row *row = row_of(f->rule);
	const char *hint = f->hint[v->o.lang];
	r->id = xstrdup(f->rule);
	r->text =
	    xstrdup(row ? word_text(row->must, v->o.lang) : f->text[v->o.lang]);
	r->help = xasprintf("%s%s%s%s%s", r->text, hint ? "\n\n" : "",
	    hint ? hint : "", f->clause ? "\n\n" : "",
	    f->clause ? f->clause : "");
	r->stage = f->stage;
	r->severity = f->severity;
}

static json_int_t rule_index(struct sarif_view *v, const struct finding *f)
{
	json_t *known = json_object_get(v->index, f->rule);
	if (known)
		return json_integer_value(known);
	json_int_t index = (json_int_t)v->rules.count;
	fill_rule(v, VEC_PUSH(&v->rules), f);
	json_object_set_new(v->index, f->rule, json_integer(index));
	return index;
}

/* ---- Results */

static json_t *location_of(const struct checked *c, const struct finding *f)
{
	char *uri = path_as_uri(c->name);
	json_t *place = json_pack("{s:{s:s}}", "artifactLocation", "uri", uri);
	free(uri);
	if (f->part == PART_FILE && f->line > 0) {
		json_t *region =
		    json_pack("{s:I, s:I}", "startLine", (json_int_t)f->line,
			"startColumn", (json_int_t)(f->column ? f->column : 1));
		if (f->excerpt)
			json_object_set_new(
			    region, "snippet", message(f->excerpt));
		json_object_set_new(place, "region", region);
	}
	json_t *to = json_pack("{s:o}", "physicalLocation", place);
	if (f->where && *f->where)
		json_object_set_new(to, "logicalLocations",
		    json_pack("[{s:s, s:s}]", "fullyQualifiedName", f->where,
			"kind", "element"));
	return to;
}

static char *message_of(const struct sarif_view *v, const struct finding *f)
{
	enum lang lang = v->o.lang;
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	buf_adds(&text, f->text[lang]);
	if (f->part == PART_DOCUMENT && f->line > 0)
		buf_addf(&text, " (%s, %s %u)",
		    word_text(W_checks_in_document, lang),
		    word_text(W_checks_line, lang), f->line);
	if (f->hint[lang])
		buf_addf(&text, " %s", f->hint[lang]);
	return buf_detach(&text, NULL);
}

static json_t *result_of(
    struct sarif_view *v, const struct checked *c, const struct finding *f)
{
	char fingerprint[17], *text = message_of(v, f);
	finding_fingerprint(fingerprint, c, f);
	json_t *to = json_pack("{s:s, s:I, s:s, s:o, s:[o], s:{s:s}, s:{s:s}}",
	    "ruleId", f->rule, "ruleIndex", rule_index(v, f), "level",
	    levels[f->severity], "message", message(text), "locations",
	    location_of(c, f), "partialFingerprints", "esitesti/v1",
	    fingerprint, "properties", "stage", stage_names[f->stage]);
	free(text);
	if (f->accepted)
		json_object_set_new(to, "suppressions",
		    json_pack("[{s:s, s:s, s:s}]", "kind", "external", "status",
			"accepted", "justification", f->accepted));
	return to;
}

static void file_sarif(void *state, const struct checked *c)
{
	struct sarif_view *v = state;
	VEC_EACH (struct finding, f, &c->findings) {
		fputs(v->any ? ",\n" : "\n", v->out);
		v->any = true;
		write_json(v, result_of(v, c, f));
	}
}

static void unread_sarif(void *state, const char *name, const struct err *why)
{
	struct sarif_view *v = state;
	char *uri = path_as_uri(name);
	json_array_append_new(
	    v->unread, json_pack("{s:s, s:o, s:[{s:{s:{s:s}}}]}", "level",
			   "error", "message", message(why->msg), "locations",
			   "physicalLocation", "artifactLocation", "uri", uri));
	free(uri);
}

/* ---- The end */

static json_t *rule_json(const struct sarif_rule *r)
{
	return json_pack("{s:s, s:o, s:o, s:{s:s}, s:{s:[s]}}", "id", r->id,
	    "shortDescription", message(r->text), "help", message(r->help),
	    "defaultConfiguration", "level", levels[r->severity], "properties",
	    "tags", stage_names[r->stage]);
}

static json_t *driver_json(const struct sarif_view *v)
{
	json_t *rules = json_array();
	VEC_EACH (const struct sarif_rule, r, &v->rules)
		json_array_append_new(rules, rule_json(r));
	return json_pack("{s:s, s:s, s:o, s:o}", "name", "esitesti", "version",
	    VERSION, "fullDescription",
	    message(word_text(W_checks_not_kela_long, v->o.lang)), "rules",
	    rules);
}

static int end_sarif(void *state, const struct check_totals *t, struct err *err)
{
	struct sarif_view *v = state;
	(void)err;
	fputs("],\n\"tool\":{\"driver\":", v->out);
	write_json(v, driver_json(v));
	fputs("},\n\"invocations\":[", v->out);
	write_json(v, json_pack("{s:b, s:i, s:o}", "executionSuccessful",
			  !t->interrupted && t->unread == 0, "exitCode",
			  t->exit, "toolExecutionNotifications", v->unread));
	fputs("]}]}\n", v->out);
	VEC_EACH (struct sarif_rule, r, &v->rules) {
		free(r->id);
		free(r->text);
		free(r->help);
	}
	VEC_RELEASE(&v->rules);
	json_decref(v->index);
	free(v);
	return 0;
}

const struct check_view check_view_sarif = {
	.name = "sarif",
	.begin = begin_sarif,
	.file = file_sarif,
	.unread = unread_sarif,
	.end = end_sarif,
};

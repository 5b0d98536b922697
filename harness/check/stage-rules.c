/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/origin.h"
#include "check/own-rules.h"
#include "check/saxon.h"
#include "xml/schematron.h"

#include <dirent.h>

/*
 * Kela's third stage, the "object checker": rule sets in Schematron, ours out
 * of cases/rules and those that the user names.
 *
 * In our own sets an assertion's text is Finnish; a diagnostic with
 * xml:lang="en" is the English one, and diagnostics whose ids begin with "hint"
 * are the next step in each language. In others' sets the text stands for both
 * languages. A role of warning, warn, info or information makes less of a
 * finding; everything else is an error.
 */
struct rule_sets {
	VEC(struct schematron *);
	struct saxon_pile *pile; /* of files that are yet to be looked at */
	char *shipped_say, *given_say; /* "kielto.sch 1 (c7f4…), …" */
};

/* Adds "NAME VERSION (DIGEST)". */
static int add_origin(
    struct buf *to, const struct schematron *s, int digits, struct err *err)
{
	struct origin o = { .count = schematron_file_count(s) };
	o.files = xcalloc(o.count, sizeof(*o.files));
	for (size_t i = 0; i < o.count; i++)
		o.files[i].path = schematron_file_at(s, i);
	char *digest = origin_say(&o, digits, err);
	if (digest)
		buf_addf(to, "%s%s%s%s (%s)", to->len ? ", " : "",
		    path_base(schematron_file(s)),
		    *schematron_version(s) ? " " : "", schematron_version(s),
		    digest);
	int rc = digest ? 0 : -1;
	free(digest);
	free(o.files);
	return rc;
}

/* Of those from `first` on. */
static char *say_origins(const struct rule_sets *sets, size_t first, size_t end,
    int digits, struct err *err)
{
	struct buf names = BUF_INIT(LIMIT_MIB(1));
	int rc = 0;
	for (size_t i = first; rc == 0 && i < end; i++)
		rc = add_origin(&names, sets->at[i], digits, err);
	if (rc == 0)
		return buf_detach(&names, NULL);
	buf_release(&names);
	return NULL;
}

static int add_set(struct rule_sets *sets, const struct check_options *o,
    const char *path, const char *compiled, struct err *err)
{
	char *compiler = path_join(o->data, "harness/xml/schematron.xsl");
	struct schematron_options options = {
		.compiler = compiler,
		.phase = compiled ? NULL : o->phase,
		.compiled = compiled,
	};
	struct schematron *s = schematron_load(path, &options, err);
	free(compiler);
	if (!s)
		return -1;
	*VEC_PUSH(sets) = s;
	return 0;
}

/* build/rules/NAME.xsl is what `make` made of it. */
static int add_shipped_set(struct rule_sets *sets,
    const struct check_options *o, const char *name, struct err *err)
{
	char *path = xasprintf("%s/cases/rules/%s.sch", o->data, name);
	char *compiled = xasprintf("%s/build/rules/%s.xsl", o->data, name);
	int rc = add_set(sets, o, path, compiled, err);
	free(compiled);
	free(path);
	return rc;
}

static int is_rule_set(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && str_ends(entry->d_name, ".sch");
}

static int add_shipped(
    struct rule_sets *sets, const struct check_options *o, struct err *err)
{
	struct dirent **entries = NULL;
	char *dir = path_join(o->data, "cases/rules");
	int rc = 0, count = scandir(dir, &entries, is_rule_set, alphasort);
	if (count < 0)
		rc = err_errno(err, ERR_IO, "cannot read '%s'", dir);
	for (int i = 0; i < count; i++) {
		char *name = entries[i]->d_name;
		name[strlen(name) - strlen(".sch")] = '\0';
		if (rc == 0)
			rc = add_shipped_set(sets, o, name, err);
		free(entries[i]);
	}
	free(entries);
	free(dir);
	return rc;
}

static int prepare(
    void **shared, const struct check_options *o, struct err *err)
{
	struct rule_sets *sets = xcalloc(1, sizeof(*sets));
	int rc = add_shipped(sets, o, err);
	size_t shipped = sets->count;
	for (size_t i = 0; rc == 0 && o->rules && i < o->rules->count; i++)
		rc = add_set(sets, o, o->rules->at[i], NULL, err);
	*shared = sets;
	if (rc < 0)
		return -1;
	sets->shipped_say = say_origins(sets, 0, shipped, 12, err);
	sets->given_say = say_origins(sets, shipped, sets->count, 64, err);
	return sets->shipped_say && sets->given_say ? 0 : -1;
}

static void release(void *shared)
{
	struct rule_sets *sets = shared;
	if (!sets)
		return;
	VEC_EACH (struct schematron *, s, sets)
		schematron_free(*s);
	VEC_RELEASE(sets);
	saxon_pile_free(sets->pile);
	free(sets->shipped_say);
	free(sets->given_say);
	free(sets);
}

static void *begin(const void *shared)
{
	return (void *)(uintptr_t)shared;
}

/* ---- One finding */

struct hearing {
	struct look *l;
	enum part part;
	const struct xml_index *index;
};

static enum severity severity_of(const char *role)
{
	static const struct {
		const char *role;
		enum severity severity;
	} roles[] = {
		{ "warning", SEVERITY_WARNING },
		{ "warn", SEVERITY_WARNING },
		{ "info", SEVERITY_INFO },
		{ "information", SEVERITY_INFO },
	};
	for (size_t i = 0; role && i < COUNTOF(roles); i++)
		if (strcasecmp(role, roles[i].role) == 0)
			return roles[i].severity;
	return SEVERITY_ERROR;
}

static void set_texts(struct finding *f, const struct schematron_hit *hit)
{
	for (int i = 0; i < LANG_COUNT; i++)
		f->text[i] = finding_text(hit->text ? hit->text : "");
	VEC_EACH (struct schematron_note, d, &hit->diagnostics)
		for (int i = 0; i < LANG_COUNT; i++) {
			if (!d->lang || !streq(d->lang, lang_names[i]))
				continue;
			char **into = str_starts(d->id, "hint") ? &f->hint[i]
								: &f->text[i];
			free(*into);
			*into = finding_text(d->text);
		}
}

static void hear(void *ctx, const struct schematron_hit *hit)
{
	struct hearing *h = ctx;
	struct finding *f = findings_add(&h->l->out->findings);
	struct buf where = BUF_INIT(LIMIT_KIB(16));
	if (!f)
		return;
	f->stage = STAGE_RULES;
	f->severity = severity_of(hit->role);
	f->rule = finding_text(hit->id ? hit->id : "");
	f->clause = hit->see ? finding_text(hit->see) : NULL;
	f->expression = hit->test ? finding_text(hit->test) : NULL;
	f->part = h->part;
	set_texts(f, hit);
	if (hit->node) {
		xml_path(&where, hit->node, hit->attribute);
		f->line = xml_line(hit->node);
		f->column = xml_column(hit->node);
	}
	f->where = buf_detach(&where, NULL);
}

/* ---- Looking */

/* By Saxon, which reads the very bytes; it may have done so before. */
static int run_outside(struct look *l, const struct rule_sets *sets,
    const struct schematron *s, const struct xml_doc *doc, struct hearing *h,
    struct err *err)
{
	struct buf svrl = BUF_INIT(LIMIT_SAXON_OUT);
	const char *sheet = schematron_sheet(s);
	bool inner = doc == l->document;
	const void *bytes = inner ? l->document_bytes : l->bytes;
	size_t len = inner ? l->document_len : l->len;
	struct xml_doc *read = NULL;
	int rc = 0;
	if (sets->pile)
		rc = saxon_pile_take(sets->pile, sheet, bytes, len, &svrl, err);
	if (rc == 0)
		rc = saxon_run(sheet, bytes, len, &svrl, err);
	if (rc >= 0)
		read = xml_parse(svrl.ptr, svrl.len, "SVRL", err);
	rc =
	    read ? schematron_read_svrl(xml_root(read), doc, hear, h, err) : -1;
	xml_free(read);
	buf_release(&svrl);
	return rc;
}

static int run_set(struct look *l, const struct rule_sets *sets,
    const struct schematron *s, const struct xml_doc *doc, struct hearing *h,
    struct err *err)
{
	if (schematron_sheet(s))
		return run_outside(l, sets, s, doc, h, err);
	return schematron_run(s, doc, h->index, hear, h, err);
}

static void run_sets(struct look *l, struct stage_result *result,
    const struct rule_sets *sets, const struct xml_doc *doc, enum part part)
{
	struct xml_index *index = xml_index_new(doc);
	struct hearing h = { l, part, index };
	VEC_EACH (struct schematron *, s, sets) {
		struct err err = { 0 };
		const char *name = path_base(schematron_file(*s));
		bool there = !schematron_sheet(*s) || saxon_is_there();
		if (there && run_set(l, sets, *s, doc, &h, &err) == 0) {
			result->checks += schematron_assertions(*s);
			continue;
		}
		result->state = STAGE_NOT_DONE;
		result->broke |= there;
		result->why = there ? say_rules_broke(name, err.msg)
				    : say_rules_no_saxon(name);
	}
	xml_index_free(index);
}

/* What C checks of them; each is tried on every file. */
static void run_own(struct look *l, struct stage_result *result)
{
	if (l->message)
		rules_of_values(l, l->file, PART_FILE);
	if (l->document)
		rules_of_values(l, l->document, l->document_part);
	rules_of_social(l);
	rules_of_frame(l);
	for (size_t i = 0; i < RULE_COUNT; i++)
		result->checks += rule_rows[i].stage == STAGE_RULES;
}

static void look_rules(struct look *l, struct stage_result *result, void *own)
{
	const struct rule_sets *sets = own;
	if (!l->message && !l->document) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_no_document();
		return;
	}
	if (l->is_burdensome) {
		result->state = STAGE_NOT_DONE;
		result->why = say_stage_burdensome();
		return;
	}
	if (l->message)
		run_sets(l, result, sets, l->file, PART_FILE);
	if (l->document)
		run_sets(l, result, sets, l->document, l->document_part);
	run_own(l, result);
	result->basis =
	    *sets->given_say
		? say_rules_basis_given(sets->given_say, sets->shipped_say)
		: say_rules_basis(sets->shipped_say);
}

/* ---- Ahead: one process of Saxon for each of its sets */

static bool wants_ahead(const void *shared)
{
	const struct rule_sets *sets = shared;
	bool outside = false;
	VEC_EACH (struct schematron *, s, sets)
		outside = outside || schematron_sheet(*s);
	return outside && saxon_is_there();
}

static int add_ahead(struct rule_sets *sets, const void *bytes, size_t len)
{
	struct err err = { 0 };
	if (!sets->pile)
		sets->pile = saxon_pile_new(&err);
	if (!sets->pile || saxon_pile_add(sets->pile, bytes, len, &err) == 0)
		return 0;
	/* Trouble with the disk is told when the file is looked at. */
	return err.kind == ERR_LIMIT ? -1 : 0;
}

static int ahead(const struct look *l, void *shared)
{
	struct rule_sets *sets = shared;
	if (l->is_burdensome)
		return 0;
	if (l->message && add_ahead(sets, l->bytes, l->len) < 0)
		return -1;
	return l->document ? add_ahead(sets, l->document_bytes, l->document_len)
			   : 0;
}

static void do_ahead(void *shared, const atomic_int *stopped)
{
	struct rule_sets *sets = shared;
	VEC_EACH (struct schematron *, s, sets)
		if (sets->pile && schematron_sheet(*s))
			saxon_pile_run(
			    sets->pile, schematron_sheet(*s), stopped);
}

static void forget(void *shared)
{
	struct rule_sets *sets = shared;
	if (!sets)
		return;
	saxon_pile_free(sets->pile);
	sets->pile = NULL;
}

const struct stage_kind stage_rules = {
	.prepare = prepare,
	.release = release,
	.begin = begin,
	.look = look_rules,
	.wants_ahead = wants_ahead,
	.ahead = ahead,
	.do_ahead = do_ahead,
	.forget = forget,
};

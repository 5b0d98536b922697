/* SPDX-License-Identifier: Apache-2.0 */
#include "report/checks.h"

#include "base/str.h"
#include "base/xalloc.h"
#include "record/digest.h"
#include "record/result.h"
#include "report/checks-inside.h"

#include <inttypes.h>
#include <strings.h>

enum {
	FOREIGN_NAMED = 3
};

const struct check_view *const check_views[CHECK_FORMATS] = {
	&check_view_html,
	&check_view_json,
	&check_view_junit,
	&check_view_sarif,
	&check_view_text,
};
const char *const check_view_names[CHECK_FORMATS] = {
	"html",
	"json",
	"junit",
	"sarif",
	"text",
};

/* ---- Totals */

/* How the arguments of two files' notes become one's; all others must be the
 * same. */
enum merge {
	MERGE_SAME,  /* letters' case aside */
	MERGE_SUM,   /* of numbers */
	MERGE_NAMES, /* each name of a list once */
	MERGE_FILES, /* likewise, with semicolons */
};
static const struct {
	enum word word;
	enum merge args[NOTE_ARGS];
} merges[] = {
	{ W_syn_basis, { MERGE_NAMES } },
	{ W_syn_basis_marked, { MERGE_NAMES, MERGE_NAMES } },
	{ W_sch_basis_own, { MERGE_FILES } },
	{ W_rules_basis, { MERGE_NAMES } },
	{ W_codes_basis, { MERGE_SAME, MERGE_SUM, MERGE_SUM } },
	{ W_sig_basis, { MERGE_SUM } },
};

static void add_number(char to[NOTE_ARG], const char *more)
{
	struct err err = { 0 };
	uint64_t a = 0, b = 0;
	if (str_number(to, 0, UINT64_MAX / 2, &a, &err) == 0 &&
	    str_number(more, 0, UINT64_MAX / 2, &b, &err) == 0)
		snprintf(to, NOTE_ARG, "%" PRIu64, a + b);
}

/* Bytes of a list's first name: commas in brackets are of the name. */
static size_t name_length(const char *names)
{
	int depth = 0;
	size_t n = 0;
	for (; names[n]; n++) {
		depth += (names[n] == '(') - (names[n] == ')');
		if (depth == 0 && (names[n] == ',' || names[n] == ';'))
			break;
	}
	return n;
}

static bool names_have(const char *names, const char *name, size_t len)
{
	for (size_t n; *names; names += names[n] ? n + 2 : n) {
		n = name_length(names);
		if (n == len && strncasecmp(names, name, len) == 0)
			return true;
	}
	return false;
}

/* Those of a list that are not yet there; false when they do not fit. */
static bool add_names(char to[NOTE_ARG], const char *more, char separator)
{
	for (size_t n; *more; more += more[n] ? n + 2 : n) {
		size_t used = strlen(to);
		n = name_length(more);
		if (names_have(to, more, n))
			continue;
		if (used + n + 3 > NOTE_ARG)
			return false;
		to[used] = separator;
		to[used + 1] = ' ';
		memcpy(to + used + 2, more, n);
		to[used + 2 + n] = '\0';
	}
	return true;
}

static bool merge_arg(char to[NOTE_ARG], const char *more, enum merge how)
{
	switch (how) {
	case MERGE_SAME:
		return strcasecmp(to, more) == 0;
	case MERGE_SUM:
		add_number(to, more);
		return true;
	case MERGE_NAMES:
		return add_names(to, more, ',');
	case MERGE_FILES:
		return add_names(to, more, ';');
	}
	BUG("unknown merge");
}

/* Of a message with its document both schemas are named. */
static const struct {
	enum word one, both;
} wider[] = {
	{ W_sch_basis_own, W_sch_basis_own_both },
	{ W_sch_basis_given, W_sch_basis_both },
};

static bool is_part(const struct note *one, const struct note *both)
{
	for (size_t i = 0; i < COUNTOF(wider); i++)
		if (wider[i].one == one->word && wider[i].both == both->word)
			return streq(one->arg[0], both->arg[0]) ||
			       streq(one->arg[0], both->arg[1]);
	return false;
}

/* False: what it was held against is something else. */
static bool merge_basis(struct note *to, const struct note *b)
{
	static const enum merge same[NOTE_ARGS];
	struct note sum = *to;
	const enum merge *how = same;
	if (is_part(b, to))
		return true;
	if (is_part(to, b)) {
		*to = *b;
		return true;
	}
	if (to->word != b->word)
		return false;
	for (size_t i = 0; i < COUNTOF(merges); i++)
		if (merges[i].word == b->word)
			how = merges[i].args;
	for (size_t i = 0; i < word_params(b->word); i++)
		if (!merge_arg(sum.arg[i], b->arg[i], how[i]))
			return false;
	*to = sum;
	return true;
}

static void add_basis(struct stage_totals *t, const struct note *b)
{
	if (b->word == W_none)
		return;
	for (size_t i = 0; i < t->base_count; i++)
		if (merge_basis(&t->bases[i], b))
			return;
	if (t->base_count < STAGE_BASES)
		t->bases[t->base_count++] = *b;
	else
		t->other_bases++;
}

static void add_stage(
    struct stage_totals *t, const struct stage_result *s, enum severity fail_on)
{
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		t->count[i] += s->count[i];
	t->files_failed += stage_verdict(s, fail_on) == STAGE_HAS_FAILED;
	switch (s->state) {
	case STAGE_NOT_ASKED:
		t->not_asked++;
		return;
	case STAGE_NOT_DONE:
		if (t->not_done++ == 0)
			t->why = s->why;
		return;
	case STAGE_DONE:
		t->done++;
		add_basis(t, &s->basis);
		return;
	}
}

/* The first few are named. */
static void add_foreign(struct check_totals *t, const char *name)
{
	char *to = t->foreign_names;
	size_t used = strlen(to), size = sizeof(t->foreign_names);
	if (t->foreign++ == 0)
		str_copy(to, size, name);
	else if (t->foreign <= FOREIGN_NAMED && used + strlen(name) + 8 < size)
		snprintf(to + used, size - used, ", %s", name);
	else if (!str_ends(to, "…") && used + 8 < size)
		snprintf(to + used, size - used, ", …");
}

void check_totals_add(struct check_totals *t, const struct checked *c,
    const struct check_view_options *o)
{
	bool failed = false;
	t->files++;
	t->accepted += c->accepted;
	t->left_out += c->findings.more;
	for (size_t i = 0; i < STAGE_COUNT; i++) {
		const struct stage_result *s = &c->stages[i];
		add_stage(&t->stages[i], s, o->fail_on);
		failed |= stage_verdict(s, o->fail_on) == STAGE_HAS_FAILED;
		if (s->broke)
			t->exit = exit_worse(t->exit, EXIT_ERROR);
		for (size_t k = 0; k < SEVERITY_COUNT; k++)
			t->count[k] += s->count[k];
	}
	VEC_EACH (const struct finding, f, &c->findings)
		t->stages[f->stage].accepted += f->accepted != NULL;
	t->files_failed += failed;
	t->told += c->told;
	if (c->content == CONTENT_OTHER)
		add_foreign(t, c->name);
}

void check_totals_end(struct check_totals *t)
{
	char n[24];
	snprintf(n, sizeof(n), "%zu", t->foreign);
	if (t->foreign > 0 && t->files > 1)
		*VEC_PUSH(&t->remarks) =
		    say_checks_foreign(n, t->foreign_names);
	snprintf(n, sizeof(n), "%zu", t->told);
	if (t->told > 0)
		*VEC_PUSH(&t->remarks) = say_checks_told(n);
}

void check_totals_release(struct check_totals *t)
{
	VEC_RELEASE(&t->remarks);
}

/* ---- A stage in one word */

const char *const stage_verdict_names[6] = {
	[STAGE_IS_CLEAN] = "passed",
	[STAGE_HAS_REMARKS] = "remarks",
	[STAGE_HAS_FAILED] = "failed",
	[STAGE_IS_UNCHECKED] = "not-checked",
	[STAGE_WAS_NOT_ASKED] = "not-asked",
	[STAGE_IS_PARTLY] = "partly-checked",
};

static enum verdict_of_stage verdict_of(
    const size_t count[SEVERITY_COUNT], enum severity fail_on)
{
	bool any = false, failed = false;
	for (size_t i = 0; i < SEVERITY_COUNT; i++) {
		any |= count[i] > 0;
		failed |= count[i] > 0 && i <= (size_t)fail_on;
	}
	return failed ? STAGE_HAS_FAILED
	       : any  ? STAGE_HAS_REMARKS
		      : STAGE_IS_CLEAN;
}

enum verdict_of_stage stage_verdict(
    const struct stage_result *s, enum severity fail_on)
{
	enum verdict_of_stage found = verdict_of(s->count, fail_on);
	if (found == STAGE_HAS_FAILED || s->state == STAGE_DONE)
		return found;
	return s->state == STAGE_NOT_DONE ? STAGE_IS_UNCHECKED
					  : STAGE_WAS_NOT_ASKED;
}

enum verdict_of_stage stage_totals_verdict(
    const struct stage_totals *s, enum severity fail_on)
{
	enum verdict_of_stage found = verdict_of(s->count, fail_on);
	if (found == STAGE_HAS_FAILED || (s->done > 0 && !s->not_done))
		return found;
	if (s->not_done == 0)
		return STAGE_WAS_NOT_ASKED;
	return s->done > 0 ? STAGE_IS_PARTLY : STAGE_IS_UNCHECKED;
}

struct note stage_partly(const struct stage_totals *s)
{
	char done[24], not_done[24];
	snprintf(done, sizeof(done), "%zu", s->done);
	snprintf(not_done, sizeof(not_done), "%zu", s->not_done);
	return say_checks_partly(done, not_done);
}

enum word stage_verdict_word(enum verdict_of_stage v)
{
	static const enum word words[] = {
		[STAGE_IS_CLEAN] = W_checks_is_passed,
		[STAGE_HAS_REMARKS] = W_checks_is_remarks,
		[STAGE_HAS_FAILED] = W_checks_is_failed,
		[STAGE_IS_UNCHECKED] = W_checks_is_not_checked,
		[STAGE_WAS_NOT_ASKED] = W_checks_is_not_asked,
		[STAGE_IS_PARTLY] = W_checks_is_partly_checked,
	};
	return words[v];
}

enum word stage_word(enum stage s)
{
	static const enum word words[STAGE_COUNT] = {
		[STAGE_SYNTACTIC] = W_checks_stage_syntactic,
		[STAGE_SCHEMA] = W_checks_stage_schema,
		[STAGE_RULES] = W_checks_stage_rules,
		[STAGE_CODES] = W_checks_stage_codes,
		[STAGE_SIGNATURE] = W_checks_stage_signature,
		[STAGE_GUARD] = W_checks_stage_guard,
	};
	return words[s];
}

enum word severity_word(enum severity s)
{
	static const enum word words[SEVERITY_COUNT] = {
		[SEVERITY_ERROR] = W_checks_error,
		[SEVERITY_WARNING] = W_checks_warning,
		[SEVERITY_INFO] = W_checks_info,
	};
	return words[s];
}

static size_t stages_unchecked(const struct check_totals *t)
{
	size_t n = 0;
	for (size_t i = 0; i < STAGE_COUNT; i++)
		n += t->stages[i].not_done > 0;
	return n;
}

static struct note headline(const struct check_totals *t)
{
	char files[24], failed[24], planned[24], unread[24], warnings[24];
	snprintf(files, sizeof(files), "%zu", t->files);
	snprintf(failed, sizeof(failed), "%zu", t->files_failed);
	snprintf(planned, sizeof(planned), "%zu", t->planned);
	snprintf(unread, sizeof(unread), "%zu", t->unread);
	snprintf(warnings, sizeof(warnings), "%zu", t->count[SEVERITY_WARNING]);
	if (t->interrupted)
		return say_checks_head_interrupted(files, planned);
	if (t->files == 0 && t->unread == 0)
		return say_checks_head_nothing();
	if (t->unread > 0)
		return say_checks_head_unread(unread, planned);
	if (t->files_failed > 0 && t->count[SEVERITY_ERROR] == 0)
		return t->files == 1 ? say_checks_head_warned_one()
				     : say_checks_head_warned(failed, files);
	if (t->files_failed > 0)
		return t->files == 1 ? say_checks_head_failed_one()
				     : say_checks_head_failed(failed, files);
	if (stages_unchecked(t) > 0)
		return say_checks_head_unchecked();
	if (t->count[SEVERITY_WARNING] > 0)
		return t->files == 1 ? say_checks_head_remarks_one(warnings)
				     : say_checks_head_remarks(warnings, files);
	return t->files == 1 ? say_checks_head_passed_one()
			     : say_checks_head_passed(files);
}

/* Those that no file was asked. */
static void add_not_asked(
    struct buf *to, const struct check_totals *t, enum lang lang)
{
	struct buf names = BUF_INIT(NOTE_ARG);
	for (size_t i = 0; i < STAGE_COUNT; i++)
		if (t->stages[i].not_asked > 0)
			buf_addf(&names, "%s%s", names.len ? ", " : "",
			    word_text(stage_word((enum stage)i), lang));
	struct note asked = say_checks_head_not_asked(names.ptr);
	if (names.len > 0) {
		buf_adds(to, " · ");
		note_render(to, &asked, lang);
	}
	buf_release(&names);
}

void checks_headline(
    struct buf *to, const struct check_totals *t, enum lang lang)
{
	struct note head = headline(t);
	note_render(to, &head, lang);
	if (t->files > 0)
		add_not_asked(to, t, lang);
}

/* ---- A finding's place and identity */

void place_name(
    struct buf *to, const struct checked *c, const struct finding *f)
{
	buf_adds(to, c->name);
	if (f->part == PART_DOCUMENT)
		buf_adds(to, "#document");
}

void finding_fingerprint(
    char out[17], const struct checked *c, const struct finding *f)
{
	struct buf text = BUF_INIT(LIMIT_KIB(64));
	char digest[65];
	place_name(&text, c, f);
	buf_addf(&text, "\n%s\n%s\n%s", f->rule, f->where ? f->where : "",
	    f->text[LANG_EN] ? f->text[LANG_EN] : "");
	digest_text(text.ptr, text.len, digest);
	str_copy(out, 17, digest);
	buf_release(&text);
}

char *path_as_uri(const char *path)
{
	static const char plain[] = "-._~/!$&'()*+,;=@";
	struct buf uri = BUF_INIT(LIMIT_KIB(64));
	while (str_starts(path, "./"))
		path += 2;
	if (*path == '/')
		buf_adds(&uri, "file://");
	for (; *path; path++)
		if (str_is_alpha(*path) || str_is_digit(*path) ||
		    strchr(plain, *path))
			buf_addc(&uri, *path);
		else
			buf_addf(
			    &uri, "%%%02X", (unsigned)(unsigned char)*path);
	return buf_detach(&uri, NULL);
}

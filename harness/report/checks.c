/* SPDX-License-Identifier: Apache-2.0 */
#include "report/checks.h"

#include "base/str.h"
#include "base/xalloc.h"
#include "record/digest.h"
#include "record/result.h"
#include "report/checks-inside.h"

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

static bool note_equals(const struct note *a, const struct note *b)
{
	if (a->word != b->word)
		return false;
	for (size_t i = 0; i < word_params(a->word); i++)
		if (!streq(a->arg[i], b->arg[i]))
			return false;
	return true;
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
		if (t->done++ == 0)
			t->basis = s->basis;
		else
			t->basis_varies |= !note_equals(&t->basis, &s->basis);
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

struct note checks_headline(const struct check_totals *t)
{
	char files[24], failed[24], planned[24], unread[24];
	snprintf(files, sizeof(files), "%zu", t->files);
	snprintf(failed, sizeof(failed), "%zu", t->files_failed);
	snprintf(planned, sizeof(planned), "%zu", t->planned);
	snprintf(unread, sizeof(unread), "%zu", t->unread);
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
	return t->files == 1 ? say_checks_head_passed_one()
			     : say_checks_head_passed(files);
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

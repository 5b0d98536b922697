/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "mock/inquiry.h"

/* A value of the message's may hold what must not be shown whole. */
void note_mask(struct note *note)
{
	for (size_t i = 0; i < NOTE_ARGS; i++)
		(void)hetu_hide(note->arg[i]);
}

const char *inquiry_value(const struct inquiry *q, enum frame_field f)
{
	return q->frame.value[f] ? q->frame.value[f] : "";
}

/* NULL when there are as many as an answer may hold. */
static struct refusal *add(
    struct inquiry *q, const char *where, const struct note *what)
{
	struct refusal *f = NULL;
	xmlNode *root = q->frame.root;

	if (q->out->findings.count == LIMIT_ACK_DETAILS)
		return NULL;
	f = VEC_PUSH(&q->out->findings);
	f->what = *what;
	note_mask(&f->what);
	if (*where && *where != '/' && root && str_starts(where, "control"))
		snprintf(f->where, sizeof(f->where), "/%.60s/%.190s",
		    (const char *)root->name, where);
	else
		str_copy(f->where, sizeof(f->where), where);
	return f;
}

void inquiry_find_at(struct inquiry *q, enum dialect_key code,
    const char *where, struct note what)
{
	struct refusal *f = add(q, where, &what);

	q->out->errors++;
	if (f)
		f->code = code;
}

static void path_of(
    struct buf *to, const struct inquiry *q, enum frame_field where)
{
	if (where == FF_COUNT)
		return;
	buf_addf(to, "/%.60s/", (const char *)q->frame.root->name);
	frame_field_path(to, where);
}

void inquiry_find(struct inquiry *q, enum dialect_key code,
    enum frame_field where, struct note what)
{
	struct buf path = BUF_INIT(LIMIT_KIB(1));

	path_of(&path, q, where);
	inquiry_find_at(q, code, path.ptr, what);
	buf_release(&path);
}

void refusal_render(struct buf *to, const struct refusal *f, enum lang lang)
{
	struct note policy = { 0 };

	note_render(to, &f->what, lang);
	if (f->rule)
		buf_addf(to, " [%s]", f->rule);
	if (!f->by_policy)
		return;
	policy = say_mock_policy(policy_name(f->policy), mark_letter(f->mark));
	buf_addc(to, ' ');
	note_render(to, &policy, lang);
}

/* ---- By a policy */

enum policy_value policy_value(const struct inquiry *q, enum policy p)
{
	if (q->ctx->policies)
		return q->ctx->policies->value[p];
	return (enum policy_value)dialect_choice(
	    q->ctx->dialect, policy_key(p));
}

bool policy_looks(struct inquiry *q, enum policy p)
{
	q->out->policies[p].looked = policy_value(q, p) != POLICY_OFF;
	return q->out->policies[p].looked;
}

static struct refusal *add_by_policy(struct inquiry *q, enum policy p,
    const char *where, const struct note *what, bool warns)
{
	struct refusal *f = NULL;

	q->out->policies[p].found++;
	q->out->errors += !warns;
	f = add(q, where, what);
	if (!f)
		return NULL;
	f->level = warns ? LEVEL_WARNING : LEVEL_ERROR;
	f->by_policy = true;
	f->policy = p;
	f->mark = dialect_mark(q->ctx->dialect, policy_key(p));
	f->code = policy_error(p);
	return f;
}

/* "idempotent" has no answer for another message of the same id */
struct refusal *policy_find_at(
    struct inquiry *q, enum policy p, const char *where, struct note what)
{
	return add_by_policy(
	    q, p, where, &what, policy_value(q, p) == POLICY_WARN);
}

struct refusal *policy_warn_at(
    struct inquiry *q, enum policy p, const char *where, struct note what)
{
	return add_by_policy(q, p, where, &what, true);
}

void policy_find(
    struct inquiry *q, enum policy p, enum frame_field where, struct note what)
{
	struct buf path = BUF_INIT(LIMIT_KIB(1));

	path_of(&path, q, where);
	policy_find_at(q, p, path.ptr, what);
	buf_release(&path);
}

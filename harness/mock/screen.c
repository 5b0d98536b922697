/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/screen.h"

#include "base/limits.h"
#include "base/str.h"
#include "kanta/ids.h"
#include "mock/advice.h"
#include "testcase/case.h"

enum {
	LABEL = 10, /* columns */
};

enum paint {
	PLAIN,
	GOOD,
	BAD,
	ODD,
	DIM,
};

static const char *const paints[] = {
	[PLAIN] = "",
	[GOOD] = "\033[32m",
	[BAD] = "\033[31m",
	[ODD] = "\033[33m",
	[DIM] = "\033[2m",
};

void screen_open(struct screen *s, const struct mock_options *options)
{
	*s = (struct screen){
		.to = options->log,
		.lang = options->lang,
		.color = options->color,
		.width = options->width,
		.world = options->world,
		.dialect = options->dialect,
		.facts = options->facts,
	};
}

/* ---- Lines */

/* A line stays one, and tells no code of a living person's. What comes from
 * strangers can paint nothing: paint is put around afterwards. */
static void put(
    const struct screen *s, enum paint paint, size_t head, struct buf *line)
{
	bool paints_it = s->color && paint != PLAIN && head <= line->len;

	for (char *p = line->ptr; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	hetu_hide(line->ptr);
	if (paints_it)
		fprintf(s->to, "%s%.*s\033[0m%s\n", paints[paint], (int)head,
		    line->ptr, line->ptr + head);
	else
		fprintf(s->to, "%s\n", line->ptr);
	buf_clear(line);
}

size_t screen_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

static void add_label(
    struct buf *line, const struct screen *s, size_t indent, struct note label)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));

	note_render(&text, &label, s->lang);
	buf_addf(line, "%*s%s", (int)indent, "", text.ptr);
	for (size_t n = screen_columns(text.ptr); n < LABEL + 1; n++)
		buf_addc(line, ' ');
	buf_release(&text);
}

/* How many bytes of `text` fit: up to the last space within `room` columns, or
 * the whole first word. */
static size_t fitting(const char *text, size_t room)
{
	size_t n = 0, best = 0, i = 0;

	for (; text[i]; i++) {
		if (text[i] == ' ' && (n <= room || best == 0))
			best = i;
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	}
	return n <= room || best == 0 ? i : best;
}

/* "  label      text", the text wrapped below itself. */
static void put_row(
    const struct screen *s, size_t indent, struct note label, const char *text)
{
	struct buf line = BUF_INIT(LIMIT_KIB(64));
	size_t left = indent + LABEL + 1;
	size_t room = s->width > left + LABEL ? s->width - left : SIZE_MAX;

	if (*text)
		add_label(&line, s, indent, label);
	for (size_t head = line.len; *text; head = 0) {
		size_t n = fitting(text, room);
		buf_add(&line, text, n);
		put(s, head ? DIM : PLAIN, head, &line);
		text += n + strspn(text + n, " ");
		if (*text)
			buf_addf(&line, "%*s", (int)left, "");
	}
	buf_release(&line);
}

static void put_note(const struct screen *s, size_t indent, struct note label,
    const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));

	note_render(&text, note, s->lang);
	put_row(s, indent, label, text.ptr);
	buf_release(&text);
}

/* ---- A reason for refusing */

static void add_mark(
    struct buf *to, const struct screen *s, enum mark mark, const char *source)
{
	const struct note words[] = {
		[MARK_CERTAIN] = say_screen_certain(),
		[MARK_INFERRED] = say_screen_inferred(),
		[MARK_GUESS] = say_screen_guess(),
	};
	struct buf word = BUF_INIT(LIMIT_KIB(1));
	struct note note;

	note_render(&word, &words[mark], s->lang);
	note = say_screen_mark(word.ptr, source);
	note_render(to, &note, s->lang);
	buf_release(&word);
}

static void put_fact(const struct screen *s, const char *id)
{
	const struct fact *fact =
	    s->facts && *id ? facts_find(s->facts, id) : NULL;
	struct buf mark = BUF_INIT(LIMIT_KIB(4));

	if (!fact)
		return;
	put_row(s, 6, say_screen_rule(), fact->text.text[s->lang]);
	add_mark(&mark, s, fact->mark, fact->source);
	put_row(s, 6, say_screen_known(), mark.ptr);
	buf_release(&mark);
}

static void put_code(const struct screen *s, enum dialect_key key)
{
	struct buf mark = BUF_INIT(LIMIT_KIB(4));
	struct note note;

	add_mark(&mark, s, dialect_mark(s->dialect, key),
	    dialect_source(s->dialect, key));
	note = say_screen_code(
	    dialect_text(s->dialect, key), dialect_key_name(key), mark.ptr);
	put_note(s, 6, say_screen_answered(), &note);
	buf_release(&mark);
}

static void put_fault(const struct screen *s, const struct received *r)
{
	struct buf mark = BUF_INIT(LIMIT_KIB(4));
	char status[16];

	snprintf(status, sizeof(status), "%d", r->status);
	add_mark(&mark, s, dialect_mark(s->dialect, DK_MALFORMED_STATUS),
	    dialect_source(s->dialect, DK_MALFORMED_STATUS));
	struct note note = say_screen_fault(status, mark.ptr);
	put_note(s, 6, say_screen_answered(), &note);
	buf_release(&mark);
}

/* Those that refuse, or those that do not. */
static size_t count_alike(const struct received *r, enum refusal_level level)
{
	size_t n = 0;

	VEC_EACH (const struct refusal, f, &r->findings)
		n += (f->level == LEVEL_ERROR) == (level == LEVEL_ERROR);
	return n;
}

/* "Reason 1 of 2: the document id is in the archive already": the dialect's
 * words for its code, without "code: ". */
static void put_title(const struct screen *s, const struct received *r,
    const struct refusal *f, size_t n)
{
	struct buf line = BUF_INIT(LIMIT_KIB(4));
	char nth[24], all[24];
	const char *meaning = NULL, *colon = NULL;

	snprintf(nth, sizeof(nth), "%zu", n);
	snprintf(all, sizeof(all), "%zu", count_alike(r, f->level));
	bool refuses = f->level == LEVEL_ERROR;
	struct note title =
	    refuses ? say_screen_nth(nth, all) : say_screen_warning(nth, all);
	buf_adds(&line, "    ");
	note_render(&line, &title, s->lang);
	buf_adds(&line, ": ");
	if (f->by_policy) {
		struct note asked =
		    say_screen_by_policy_title(policy_name(f->policy),
			dialect_key_meaning(policy_key(f->policy), s->lang));
		note_render(&line, &asked, s->lang);
	} else if (f->code < DK_COUNT && !r->is_fault) {
		meaning = dialect_key_meaning(f->code, s->lang);
		colon = strstr(meaning, ": ");
		buf_adds(&line, colon ? colon + 2 : meaning);
	} else {
		struct note none = f->code < DK_COUNT ? say_screen_no_message()
						      : say_screen_http();
		note_render(&line, &none, s->lang);
	}
	put(s, refuses ? BAD : DIM, line.len, &line);
	buf_release(&line);
}

/* What it does there, and how it may be told to do something else. */
static void put_policy(const struct screen *s, const struct refusal *f)
{
	enum dialect_key key = policy_key(f->policy);
	struct buf mark = BUF_INIT(LIMIT_KIB(4));
	struct note note;

	add_mark(&mark, s, f->mark, dialect_source(s->dialect, key));
	note = say_screen_by_policy(policy_name(f->policy), mark.ptr);
	put_note(s, 6, say_screen_policy(), &note);
	buf_release(&mark);
}

static void put_finding(const struct screen *s, const struct received *r,
    const struct refusal *f, size_t n)
{
	const struct advice advice = advice_find(f->what.word);

	put_title(s, r, f, n);
	put_row(s, 6, say_screen_place(), f->where);
	put_note(s, 6, say_screen_found(), &f->what);
	if (f->level != LEVEL_ERROR) { /* nothing was refused for it */
		put_policy(s, f);
		put_note(s, 6, say_screen_next(), &advice.next);
		return;
	}
	put_note(s, 6, say_screen_expected(), &advice.expected);
	put_row(s, 6, say_screen_rule(), f->rule ? f->rule : advice.standard);
	put_fact(s, advice.fact);
	if (f->by_policy)
		put_policy(s, f);
	if (r->is_fault)
		put_fault(s, r);
	else if (f->code < DK_COUNT)
		put_code(s, f->code);
	put_note(s, 6, say_screen_next(), &advice.next);
}

/* ---- An exchange */

static void add_time(struct buf *line, const struct screen *s)
{
	char time[CLOCK_TEXT];

	clock_rfc3339(time, world_now(s->world));
	buf_adds(line, time);
}

static const char *said(const char *text)
{
	return *text ? text : "-";
}

static void add_envelope(
    struct buf *line, const struct screen *s, const struct received *r)
{
	static const char *const names[] = {
		[ENVELOPE_BARE] = "",
		[ENVELOPE_SOAP11] = "SOAP 1.1",
		[ENVELOPE_SOAP12] = "SOAP 1.2",
	};
	const struct note bare = say_screen_bare();

	buf_addf(line, ", %s", names[r->envelope]);
	if (r->envelope == ENVELOPE_BARE)
		note_render(line, &bare, s->lang);
	if (r->addressing.ns)
		buf_adds(line, " + WS-Addressing");
}

/* What was no message at all is told as HTTP has it. */
static bool is_plain(const struct received *r)
{
	return r->outcome == OUTCOME_PAGE ||
	       (r->outcome == OUTCOME_UNREADABLE && !r->is_fault);
}

/* What was answered in plain words, in the reader's language; else our own
 * words for the log. */
static void add_trouble(
    struct buf *line, const struct screen *s, const struct received *r)
{
	if (!*r->trouble)
		return;
	buf_adds(line, " - ");
	if (is_plain(r) && r->findings.count > 0)
		note_render(line, &r->findings.at[0].what, s->lang);
	else
		buf_adds(line, r->trouble);
}

static void add_judgement(
    struct buf *line, const struct screen *s, const struct received *r)
{
	struct note outcome = advice_outcome(outcome_names[r->outcome]);

	buf_addf(line, "%s %s ", said(r->interaction), said(r->document_oid));
	note_render(line, &outcome, s->lang);
}

/* ", query: 3 documents" */
static void add_found(
    struct buf *line, const struct screen *s, const struct received *r)
{
	char told[24], found[24];
	struct note note;

	if (!r->is_query || r->outcome != OUTCOME_ACCEPTED)
		return;
	snprintf(told, sizeof(told), "%llu", (unsigned long long)r->told);
	snprintf(found, sizeof(found), "%llu", (unsigned long long)r->found);
	if (r->told < r->found)
		note = say_screen_found_part(told, found);
	else if (r->told > 1)
		note = say_screen_found_many(told);
	else
		note =
		    r->told ? say_screen_found_one() : say_screen_found_none();
	buf_adds(line, ", ");
	note_render(line, &note, s->lang);
}

static void add_exchange(
    struct buf *line, const struct screen *s, const struct told_exchange *x)
{
	const struct job *job = x->job;
	const struct received *r = &job->received;
	int64_t took = world_now(s->world) - job->started;

	if (is_plain(r))
		buf_addf(line, "%s %.200s%s%.60s", job->method, job->path,
		    job->query ? "?" : "", job->query ? job->query : "");
	else
		add_judgement(line, s, r);
	if (r->deed == DEED_ANSWER)
		buf_addf(line, "%s %d", is_plain(r) ? ":" : "", r->status);
	if (is_plain(r)) {
		add_trouble(line, s, r);
		return;
	}
	add_found(line, s, r);
	add_envelope(line, s, r);
	buf_addf(line, ", %.200s, %lld.%lld ms", job->path,
	    (long long)(took / 1000), (long long)(took / 100 % 10));
	add_trouble(line, s, r);
}

static void add_faults(struct buf *names, const struct job *job)
{
	VEC_EACH (const struct fault_use, use, &job->faults)
		buf_addf(names, "%s%s", names->len ? ", " : "",
		    fault_rows[use->fault].name);
}

/* What there is to say besides, each on a line. */
static void put_remarks(const struct screen *s, const struct told_exchange *x)
{
	const struct received *r = &x->job->received;
	struct buf names = BUF_INIT(LIMIT_KIB(4));
	struct note notes[3];
	size_t n = 0;

	if (x->job->from)
		add_faults(&names, x->job);
	if (r->outcome != OUTCOME_PAGE && names.len)
		notes[n++] = say_screen_on_purpose(names.ptr);
	if (r->addressing.elsewhere)
		notes[n++] = say_screen_elsewhere(r->addressing.reply_to);
	if (x->lost)
		notes[n++] = say_screen_gone();
	for (size_t i = 0; i < n; i++) {
		struct buf line = BUF_INIT(LIMIT_KIB(16));
		buf_adds(&line, "    ! ");
		note_render(&line, &notes[i], s->lang);
		put(s, ODD, line.len, &line);
		buf_release(&line);
	}
	buf_release(&names);
}

/* First why it was refused, then what is only remarked. */
static void put_findings(
    const struct screen *s, const struct received *r, bool errors)
{
	size_t n = 0;

	VEC_EACH (const struct refusal, f, &r->findings)
		if ((f->level == LEVEL_ERROR) == errors)
			put_finding(s, r, f, ++n);
}

void screen_exchange(struct screen *s, const struct told_exchange *x)
{
	static const enum paint outcome_paints[OUTCOME_COUNT] = {
		[OUTCOME_ACCEPTED] = GOOD,
		[OUTCOME_REFUSED] = BAD,
		[OUTCOME_REJECTED] = BAD,
		[OUTCOME_UNREADABLE] = BAD,
		[OUTCOME_BROKEN] = ODD,
		[OUTCOME_PAGE] = DIM,
	};
	const struct received *r = &x->job->received;
	struct buf line = BUF_INIT(LIMIT_KIB(64));

	s->taken++;
	s->count[r->outcome]++;
	if (!s->to)
		return;
	add_time(&line, s);
	buf_addf(&line, " #%llu ", (unsigned long long)x->job->number);
	add_exchange(&line, s, x);
	put(s, outcome_paints[r->outcome], line.len, &line);
	put_remarks(s, x);
	put_findings(s, r, true);
	put_findings(s, r, false);
	fflush(s->to);
	buf_release(&line);
}

void screen_tell(const struct screen *s, const struct note *note)
{
	struct buf line = BUF_INIT(LIMIT_KIB(16));

	if (!s->to)
		return;
	add_time(&line, s);
	buf_addc(&line, ' ');
	note_render(&line, note, s->lang);
	put(s, ODD, line.len, &line);
	fflush(s->to);
	buf_release(&line);
}

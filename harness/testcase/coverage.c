/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/coverage.h"

#include "base/limits.h"

#include <string.h>

#define MARKS  3
#define INDENT 4

struct tally {
	size_t all, by_mark[MARKS];
};

static void count_mark(struct tally *t, enum mark mark)
{
	t->all++;
	t->by_mark[mark]++;
}

/* ---- Lines */

struct writer {
	struct buf *to;
	const struct facts *facts;
	const struct case_set *cases;
	enum lang lang;
	size_t column; /* characters of the line so far */
	bool inside;   /* the line has a word already */
};

static size_t characters(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xC0) != 0x80;
	return n;
}

static void begin_line(struct writer *w)
{
	buf_addf(w->to, "%*s", INDENT, "");
	w->column = INDENT;
	w->inside = false;
}

static void end_line(struct writer *w)
{
	buf_addc(w->to, '\n');
	w->column = 0;
	w->inside = false;
}

/* A word of what may take several lines. */
static void add_word(struct writer *w, const char *word, size_t len)
{
	size_t n = characters(word, len);
	if (w->inside && w->column + 1 + n > COVERAGE_WIDTH) {
		end_line(w);
		begin_line(w);
	}
	if (w->inside) {
		buf_addc(w->to, ' ');
		w->column++;
	}
	buf_add(w->to, word, len);
	w->column += n;
	w->inside = true;
}

static void add_words(struct writer *w, const char *text)
{
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " ");
		if (n > 0)
			add_word(w, p, n);
		p += n + (p[n] == ' ');
	}
}

static void add_note(struct writer *w, struct note note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	note_render(&text, &note, w->lang);
	add_words(w, text.ptr);
	buf_release(&text);
}

static void write_line(struct writer *w, struct note note)
{
	add_note(w, note);
	end_line(w);
}

/* ---- One fact */

static bool rests_on(const struct testcase *tc, const char *fact)
{
	VEC_EACH (const struct rests_on, r, &tc->rests_on)
		if (streq(r->fact, fact))
			return true;
	return false;
}

static size_t count_cases(const struct writer *w, const char *fact)
{
	size_t n = 0;
	VEC_EACH (struct testcase *, tc, w->cases)
		n += rests_on(*tc, fact);
	return n;
}

static void write_cases(struct writer *w, const struct fact *fact)
{
	char count[24];
	size_t n = count_cases(w, fact->id);
	begin_line(w);
	if (n == 0) {
		write_line(w, say_coverage_no_case());
		return;
	}
	snprintf(count, sizeof(count), "%zu", n);
	add_note(w, say_coverage_cases(count));
	VEC_EACH (struct testcase *, tc, w->cases) {
		char word[96];
		if (!rests_on(*tc, fact->id))
			continue;
		/* Name and mark stay together. */
		int len = snprintf(word, sizeof(word), "%s (%s)%s", (*tc)->id,
		    mark_letter(testcase_mark(*tc)), --n ? "," : "");
		add_word(w, word, (size_t)len);
	}
	end_line(w);
}

static void write_fact(struct writer *w, const struct fact *fact)
{
	buf_addf(w->to, "\n%s  %s\n", mark_letter(fact->mark), fact->id);
	begin_line(w);
	add_words(w, fact->text.text[w->lang]);
	end_line(w);
	begin_line(w);
	add_note(w, say_coverage_source());
	add_words(w, fact->source);
	end_line(w);
	write_cases(w, fact);
}

/* ---- All of it */

static struct note heading(enum mark mark)
{
	switch (mark) {
	case MARK_CERTAIN:
		return say_coverage_certain();
	case MARK_INFERRED:
		return say_coverage_inferred();
	case MARK_GUESS:
		return say_coverage_guess();
	}
	BUG("unknown mark");
}

static void write_marked(struct writer *w, enum mark mark)
{
	bool first = true;
	for (size_t i = 0; i < facts_count(w->facts); i++) {
		const struct fact *fact = facts_at(w->facts, i);
		if (fact->mark != mark)
			continue;
		if (first) {
			if (w->to->len)
				end_line(w);
			write_line(w, heading(mark));
		}
		first = false;
		write_fact(w, fact);
	}
}

static void write_tally(struct writer *w, const struct tally *t,
    struct note (*say)(const char *all, const char *certain,
	const char *inferred, const char *guessed))
{
	char all[24], n[MARKS][24];
	snprintf(all, sizeof(all), "%zu", t->all);
	for (size_t i = 0; i < MARKS; i++)
		snprintf(n[i], sizeof(n[i]), "%zu", t->by_mark[i]);
	write_line(
	    w, say(all, n[MARK_CERTAIN], n[MARK_INFERRED], n[MARK_GUESS]));
}

static void write_end(struct writer *w)
{
	struct tally facts = { 0 }, bare = { 0 }, cases = { 0 };
	for (size_t i = 0; i < facts_count(w->facts); i++) {
		const struct fact *fact = facts_at(w->facts, i);
		count_mark(&facts, fact->mark);
		if (count_cases(w, fact->id) == 0)
			count_mark(&bare, fact->mark);
	}
	VEC_EACH (struct testcase *, tc, w->cases)
		count_mark(&cases, testcase_mark(*tc));
	end_line(w);
	write_tally(w, &facts, say_coverage_facts);
	write_tally(w, &bare, say_coverage_bare);
	write_tally(w, &cases, say_coverage_all_cases);
}

void coverage_write(struct buf *to, const struct facts *facts,
    const struct case_set *cases, enum lang lang)
{
	struct writer w = {
		.to = to, .facts = facts, .cases = cases, .lang = lang
	};
	for (int mark = 0; mark < MARKS; mark++)
		write_marked(&w, (enum mark)mark);
	write_end(&w);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "report/watch.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "mock/advice.h"
#include "record/event.h"
#include "testcase/case.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* An exchange and what the mock said of it. */
struct entry {
	struct log_event exchange; /* LOG_EXCHANGE */
	struct {
		VEC(struct note);
	} notes;
};

struct watch {
	const struct watch_options *o;
	struct facts *facts;
	struct event begin;
	struct run_head head;
	struct buf tail; /* of the journal, whole lines */
	bool cut;	 /* there is more before it */
	bool sealed;
	struct {
		VEC(struct entry);
	} entries;
	struct {
		VEC(struct note);
	} others; /* of no exchange: handshakes that failed … */
};

/* ---- Reading */

static int open_journal(const char *dir, struct err *err)
{
	char *path = path_join(dir, "journal.jsonl");
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err_errno(err, ERR_USAGE, "cannot open '%s'", path);
	free(path);
	return fd;
}

/* Up to `len` bytes at `offset`. */
static int read_at(struct buf *to, int fd, off_t offset, size_t len)
{
	char *room = buf_reserve(to, len);
	ssize_t n = room ? pread(fd, room, len, offset) : -1;

	if (n < 0)
		return -1;
	buf_grew(to, (size_t)n);
	return 0;
}

static int read_head(struct watch *w, int fd, struct err *err)
{
	struct buf first = BUF_INIT(LIMIT_KIB(64));
	const char *end = NULL;
	int rc = -1;

	if (read_at(&first, fd, 0, LIMIT_KIB(64) - 1) == 0)
		end = memchr(first.ptr, '\n', first.len);
	if (!end)
		err_set(err, ERR_RECORD, "the journal has no first line");
	else if (event_parse(&w->begin, first.ptr, (size_t)(end - first.ptr), 1,
		     err) == 0 &&
		 event_read_head(&w->begin, &w->head, err) == 0)
		rc = 0;
	buf_release(&first);
	return rc;
}

/* From the first whole line of the last LIMIT_WATCH_BYTES on. */
static int read_tail(struct watch *w, int fd, struct err *err)
{
	struct stat st;
	off_t from = 0;

	if (fstat(fd, &st) < 0)
		return err_errno(err, ERR_IO, "cannot read the journal");
	w->cut = (size_t)st.st_size > LIMIT_WATCH_BYTES;
	if (w->cut)
		from = st.st_size - (off_t)LIMIT_WATCH_BYTES;
	if (read_at(&w->tail, fd, from, (size_t)(st.st_size - from)) < 0)
		return err_errno(err, ERR_IO, "cannot read the journal");
	return 0;
}

static struct entry *entry_of(struct watch *w, unsigned seq)
{
	for (size_t i = w->entries.count; i > 0; i--)
		if (w->entries.at[i - 1].exchange.exchange->seq == seq)
			return &w->entries.at[i - 1];
	return NULL;
}

static void entry_release(struct entry *e)
{
	event_log_release(&e->exchange);
	VEC_RELEASE(&e->notes);
}

/* The oldest goes when there are too many. */
static void add_exchange(struct watch *w, struct log_event *event)
{
	if (w->entries.count == LIMIT_WATCH_ENTRIES) {
		entry_release(&w->entries.at[0]);
		memmove(&w->entries.at[0], &w->entries.at[1],
		    --w->entries.count * sizeof(w->entries.at[0]));
		w->cut = true;
	}
	VEC_PUSH(&w->entries)->exchange = *event;
}

static void add_remark(struct watch *w, const struct log_event *event)
{
	struct entry *e = entry_of(w, event->remark.exchange);

	if (e && e->notes.count < LIMIT_ACK_DETAILS * 2)
		*VEC_PUSH(&e->notes) = event->remark.note;
	else if (!event->remark.exchange &&
		 w->others.count < LIMIT_WATCH_ENTRIES)
		*VEC_PUSH(&w->others) = event->remark.note;
}

static void take_line(struct watch *w, const char *line, size_t len)
{
	struct err ignored = { 0 };
	struct event e = { 0 };
	struct log_event event = { .kind = LOG_INPUT };

	if (event_parse(&e, line, len, 1, &ignored) < 0)
		return; /* the line that is being written */
	w->sealed |= e.name == EVENT_SEAL;
	if (e.name == EVENT_EXCHANGE && event_read(&e, &event, &ignored) == 0) {
		add_exchange(w, &event);
	} else if (e.name == EVENT_REMARK) {
		if (event_read(&e, &event, &ignored) == 0)
			add_remark(w, &event);
		event_log_release(&event);
	}
	event_release(&e);
}

static void take_lines(struct watch *w)
{
	const char *at = w->tail.ptr, *end = w->tail.ptr + w->tail.len;
	bool whole = !w->cut;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		if (!lf)
			return;
		if (whole && lf > at)
			take_line(w, at, (size_t)(lf - at));
		whole = true;
		at = lf + 1;
	}
}

/* ---- Writing */

static void put_note(struct buf *to, const struct watch *w, const char *element,
    const char *class, const struct note *note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(16));

	note_render(&text, note, w->o->lang);
	buf_addf(to, "<%s%s%s%s>", element, *class ? " class=\"" : "", class,
	    *class ? "\"" : "");
	buf_add_xmls(to, text.ptr);
	buf_addf(to, "</%s>\n", element);
	buf_release(&text);
}

static void put_row(struct buf *to, const struct watch *w, struct note label,
    const struct note *text)
{
	put_note(to, w, "dt", "", &label);
	put_note(to, w, "dd", "", text);
}

static void put_fact(struct buf *to, const struct watch *w, const char *id)
{
	const struct fact *fact = *id ? facts_find(w->facts, id) : NULL;
	const struct note marks[] = {
		[MARK_CERTAIN] = say_screen_certain(),
		[MARK_INFERRED] = say_screen_inferred(),
		[MARK_GUESS] = say_screen_guess(),
	};
	struct note rule = say_screen_rule(), known = say_screen_known();

	if (!fact)
		return;
	put_note(to, w, "dt", "", &rule);
	buf_adds(to, "<dd>");
	buf_add_xmls(to, fact->text.text[w->o->lang]);
	buf_adds(to, "</dd>\n");
	put_note(to, w, "dt", "", &known);
	put_note(to, w, "dd", mark_letter(fact->mark), &marks[fact->mark]);
	buf_adds(to, "<dd class=\"source\">");
	buf_add_xmls(to, fact->source);
	buf_adds(to, "</dd>\n");
}

/* A reason for refusing, and its place behind it. */
static void put_finding(struct buf *to, const struct watch *w,
    const struct note *found, const struct note *place)
{
	const struct advice advice = advice_find(found->word);

	buf_adds(to, "<dl>\n");
	put_row(to, w, say_screen_found(), found);
	if (place)
		put_row(to, w, say_screen_place(), place);
	put_row(to, w, say_screen_expected(), &advice.expected);
	if (*advice.standard) {
		struct note standard = say_screen_at(advice.standard);
		put_row(to, w, say_screen_rule(), &standard);
	}
	put_fact(to, w, advice.fact);
	put_row(to, w, say_screen_next(), &advice.next);
	buf_adds(to, "</dl>\n");
}

/* Remarks that are no reason for refusing. */
static bool is_aside(enum word word)
{
	return word == W_mock_quarantined || word == W_mock_fault_used ||
	       word == W_screen_elsewhere;
}

static void put_notes(
    struct buf *to, const struct watch *w, const struct entry *e)
{
	for (size_t i = 0; i < e->notes.count; i++) {
		const struct note *note = &e->notes.at[i];
		const struct note *next =
		    i + 1 < e->notes.count ? note + 1 : NULL;
		bool placed = next && next->word == W_screen_at;
		if (note->word == W_mock_policies)
			put_note(to, w, "p", "source", note);
		else if (is_aside(note->word))
			put_note(to, w, "p", "aside", note);
		else
			put_finding(to, w, note, placed ? next : NULL);
		i += placed;
	}
}

static void put_link(struct buf *to, const struct watch *w,
    const struct stored *file, struct note name)
{
	struct buf text = BUF_INIT(LIMIT_KIB(1));

	if (!*file->file)
		return;
	note_render(&text, &name, w->o->lang);
	buf_adds(to, "<a href=\"messages/");
	buf_add_xmls(to, file->file);
	buf_addf(to, "\">%s</a> ", text.ptr);
	buf_release(&text);
}

static void put_entry(
    struct buf *to, const struct watch *w, const struct entry *e)
{
	const struct exchange *x = e->exchange.exchange;
	const char *outcome = x->remark.word == W_mock_judged
				  ? x->remark.arg[0]
				  : ending_name(x->ending);
	char time[CLOCK_TEXT];

	struct note judged = advice_outcome(outcome);
	clock_rfc3339(time, x->timing.started);
	buf_adds(to, "<section class=\"");
	buf_add_xmls(to, outcome);
	buf_adds(to, "\">\n<h2>");
	put_note(to, w, "b", "", &judged);
	buf_addf(to, " #%u ", x->seq);
	buf_add_xmls(to, x->step_id);
	buf_addf(to, " <small>%.8s</small></h2>\n<p>", time + 11);
	buf_add_xmls(to, x->document_oid);
	buf_addf(to, " HTTP %d ", x->http_status);
	buf_add_xmls(to, x->url);
	buf_adds(to, "<br>");
	put_link(to, w, &x->request.body_stored, say_watch_request());
	put_link(to, w, &x->response.body_stored, say_watch_answer());
	buf_adds(to, "</p>\n");
	put_notes(to, w, e);
	buf_adds(to, "</section>\n");
}

static const char style[] =
    "body{font:15px/1.5 sans-serif;max-width:60em;margin:1em auto;"
    "padding:0 1em;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1em;margin:0;font-weight:normal}"
    "section{border-left:4px solid #888;padding:.3em 1em;margin:.7em 0}"
    "section p{margin:.2em 0;overflow-wrap:anywhere}"
    ".accepted{border-color:#1a7f37}.accepted b{color:#1a7f37}"
    ".refused,.rejected,.unreadable{border-color:#b3261e}"
    ".refused b,.rejected b,.unreadable b{color:#b3261e}"
    ".aside{color:#8a4b00}.source{color:#555}.U{color:#b3261e}"
    "dl{display:grid;grid-template-columns:8em 1fr;gap:.1em 1em;"
    "background:#f6f6f6;padding:.5em;margin:.5em 0}"
    "dt{color:#555;grid-column:1}dd{margin:0;grid-column:2;"
    "overflow-wrap:anywhere}small{color:#555}";

static void put_page_head(struct buf *to, const struct watch *w)
{
	struct note what = say_greet_what(), kela = say_watch_kela(),
		    live = say_watch_live(), ended = say_watch_ended(),
		    cut = say_watch_cut(),
		    run = say_watch_run(w->head.url, w->head.dialect);

	buf_addf(to,
	    "<!DOCTYPE html>\n<html lang=\"%s\"><head>"
	    "<meta charset=\"UTF-8\">%s"
	    "<meta name=\"viewport\" content=\"width=device-width\">"
	    "<title>esitesti mock</title><style>%s</style></head>\n<body>\n",
	    lang_names[w->o->lang],
	    w->o->live ? "<meta http-equiv=\"refresh\" content=\"2\">" : "",
	    style);
	put_note(to, w, "h1", "", &what);
	put_note(to, w, "p", "", &run);
	put_note(to, w, "p", "", &kela);
	put_note(to, w, "p", "aside", w->o->live ? &live : &ended);
	if (w->cut)
		put_note(to, w, "p", "aside", &cut);
}

static void put_page(struct buf *to, const struct watch *w)
{
	struct note none = say_watch_none();

	put_page_head(to, w);
	if (w->entries.count == 0)
		put_note(to, w, "p", "", &none);
	for (size_t i = w->entries.count; i > 0; i--)
		put_entry(to, w, &w->entries.at[i - 1]);
	for (size_t i = w->others.count; i > 0; i--)
		put_note(to, w, "p", "aside", &w->others.at[i - 1]);
	buf_adds(to, "</body></html>\n");
}

/* ---- From outside */

static void watch_release(struct watch *w)
{
	VEC_EACH (struct entry, e, &w->entries)
		entry_release(e);
	VEC_RELEASE(&w->entries);
	VEC_RELEASE(&w->others);
	VEC_RELEASE(&w->head.planned);
	event_release(&w->begin);
	buf_release(&w->tail);
	facts_free(w->facts);
}

bool watch_is_mock(const char *dir)
{
	struct err ignored = { 0 };
	struct watch w = { .o = NULL };
	int fd = open_journal(dir, &ignored);
	bool is = fd >= 0 && read_head(&w, fd, &ignored) == 0 &&
		  streq(w.head.role, "mock");

	if (fd >= 0)
		close(fd);
	watch_release(&w);
	return is;
}

int watch_render(
    const char *dir, const struct watch_options *o, struct err *err)
{
	struct watch w = { .o = o };
	struct buf page = BUF_INIT(LIMIT_MIB(64));
	char *facts = path_join(o->data, "cases/facts.xml");
	int fd = open_journal(dir, err);
	int rc = -1;

	buf_init(&w.tail, LIMIT_WATCH_BYTES);
	if (fd < 0 || read_head(&w, fd, err) < 0 || read_tail(&w, fd, err) < 0)
		goto out;
	w.facts = facts_load(facts, err);
	if (!w.facts)
		goto out;
	take_lines(&w);
	put_page(&page, &w);
	if (buf_check(&page, "the page", err) == 0)
		rc = file_write_whole(o->out, page.ptr, page.len, 0600, err);
out:
	if (fd >= 0)
		close(fd);
	free(facts);
	buf_release(&page);
	watch_release(&w);
	return rc;
}

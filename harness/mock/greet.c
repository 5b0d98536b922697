/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "mock/advice.h"
#include "mock/page.h"
#include "mock/screen.h"

#include <unistd.h>

/* "  label      value  (more)" */
static void row(const struct screen *s, struct note label, const char *value,
    const struct note *more)
{
	struct buf line = BUF_INIT(LIMIT_KIB(16));

	buf_adds(&line, "  ");
	note_render(&line, &label, s->lang);
	for (size_t n = screen_columns(line.ptr); n < 15; n++)
		buf_addc(&line, ' ');
	buf_adds(&line, value);
	if (more) {
		buf_adds(&line, *value ? "  (" : "");
		note_render(&line, more, s->lang);
		buf_adds(&line, *value ? ")" : "");
	}
	fprintf(s->to, "%s\n", line.ptr);
	buf_release(&line);
}

static void file_row(const struct screen *s, const struct mock_options *o,
    struct note label, const char *name, const struct note *more)
{
	struct buf path = BUF_INIT(LIMIT_KIB(8));

	buf_addf(&path, "%s/%s", o->certs, name);
	row(s, label, path.ptr, more);
	buf_release(&path);
}

static void greet_dialect(const struct screen *s, const struct mock_options *o)
{
	char guesses[16], count[16];

	snprintf(guesses, sizeof(guesses), "%u", dialect_guesses(o->dialect));
	snprintf(count, sizeof(count), "%d", DK_COUNT);
	struct note more =
	    say_greet_dialect_more(dialect_name(o->dialect), guesses, count);
	row(s, say_greet_dialect(), "", &more);
}

static void greet_places(const struct screen *s, const struct mock_options *o)
{
	struct note memory = say_greet_archive_memory();
	struct note none = say_greet_out_none();

	row(s, say_greet_archive(), o->archive ? o->archive : "",
	    o->archive ? NULL : &memory);
	row(s, say_greet_out(), o->out ? o->out : "", o->out ? NULL : &none);
	if (o->page)
		row(s, say_greet_page(), o->page->file, NULL);
}

static void greet_faults(const struct screen *s, const struct mock_options *o)
{
	struct buf names = BUF_INIT(LIMIT_KIB(8));

	if (o->faults)
		for (size_t i = 0; i < o->faults->count; i++)
			buf_addf(
			    &names, "%s%s", i ? " " : "", o->faults->at[i]);
	if (names.len)
		row(s, say_greet_faults(), names.ptr, NULL);
	buf_release(&names);
}

/* A command that may be tried as it stands. */
static void greet_try(
    const struct screen *s, const struct mock_options *o, const char *url)
{
	struct buf text = BUF_INIT(LIMIT_KIB(4));
	struct note try_it = say_greet_try();

	note_render(&text, &try_it, s->lang);
	fprintf(s->to,
	    "%s\n"
	    "curl --cacert '%s/ca.pem' --cert '%s/client.pem' --key "
	    "'%s/client.key' -H 'Content-Type: text/xml' --data-binary "
	    "@message.xml %s/\n",
	    text.ptr, o->certs, o->certs, o->certs, url);
	buf_release(&text);
}

void screen_greet(
    const struct screen *s, const struct mock_options *o, const char *url)
{
	struct note what = say_greet_what(), url_more = say_greet_url_more(),
		    certificate = say_greet_certificate_more(),
		    ca = say_greet_ca_more();
	struct buf text = BUF_INIT(LIMIT_KIB(8));
	char pid[24];

	if (!s->to)
		return;
	note_render(&text, &what, s->lang);
	fprintf(s->to, "%s\n", text.ptr);
	buf_clear(&text);
	buf_addf(&text, "%s/", url);
	row(s, say_greet_url(), text.ptr, &url_more);
	buf_adds(&text, "?wsdl");
	row(s, say_greet_wsdl(), text.ptr, NULL);
	file_row(s, o, say_greet_certificate(), "client.pem", &certificate);
	file_row(s, o, say_greet_key(), "client.key", NULL);
	file_row(s, o, say_greet_ca(), "ca.pem", &ca);
	greet_dialect(s, o);
	greet_places(s, o);
	greet_faults(s, o);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	struct note stop = say_greet_stop_more(pid);
	row(s, say_greet_stop(), "", &stop);
	greet_try(s, o, url);
	fflush(s->to);
	buf_release(&text);
}

/* How many were judged so: ", 3 accepted". */
static void add_outcome(struct buf *to, const struct screen *s, int outcome)
{
	struct note name = advice_outcome(outcome_names[outcome]);

	buf_addf(to, ", %lu ", s->count[outcome]);
	note_render(to, &name, s->lang);
}

void screen_leave(const struct screen *s, const struct mock_options *o)
{
	struct buf line = BUF_INIT(LIMIT_KIB(16));
	char taken[24];

	if (!s->to)
		return;
	snprintf(taken, sizeof(taken), "%lu", s->taken);
	struct note ended =
	    s->taken == 1 ? say_leave_one() : say_leave_taken(taken);
	struct note archive = o->archive ? say_leave_archive(o->archive)
					 : say_leave_archive_memory();
	struct note out = o->out ? say_leave_out(o->out) : say_leave_out_none();
	note_render(&line, &ended, s->lang);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (s->count[i] || i == OUTCOME_ACCEPTED)
			add_outcome(&line, s, i);
	buf_adds(&line, "; ");
	note_render(&line, &archive, s->lang);
	buf_adds(&line, "; ");
	note_render(&line, &out, s->lang);
	fprintf(s->to, "%s\n", line.ptr);
	fflush(s->to);
	buf_release(&line);
}

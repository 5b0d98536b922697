/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
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

void screen_leave(const struct screen *s, const struct mock_options *o)
{
	if (!s->to)
		return;
	fprintf(s->to, "ended: %lu request%s taken", s->taken,
	    s->taken == 1 ? "" : "s");
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (s->count[i] || i == OUTCOME_ACCEPTED)
			fprintf(
			    s->to, ", %lu %s", s->count[i], outcome_names[i]);
	fprintf(s->to, "; %s%s; %s%s\n",
	    o->archive ? "archive " : "the archive was in memory",
	    o->archive ? o->archive : "",
	    o->out ? "run folder " : "no run folder (--out)",
	    o->out ? o->out : "");
	fflush(s->to);
}

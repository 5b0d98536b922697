/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/page.h"

#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"

#include <strings.h>

unsigned dialect_guesses(const struct dialect *d)
{
	unsigned n = 0;

	for (int key = 0; key < DK_COUNT; key++)
		n += dialect_mark(d, (enum dialect_key)key) == MARK_GUESS;
	return n;
}

/* The authority that the client asked (RFC 9110 7.2), if it is one: it comes
 * back in addresses. */
static bool is_authority(const char *host)
{
	static const char others[] = ".-:[]";

	if (!host || !*host)
		return false;
	for (const char *p = host; *p; p++)
		if (!str_is_alpha(*p) && !str_is_digit(*p) &&
		    !strchr(others, *p))
			return false;
	return true;
}

static void write_wsdl(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct buf url = BUF_INIT(LIMIT_HEAD);

	buf_addf(&url, "https://%s%s", in->host, in->partition);
	wsdl_write(&out->answer, ctx->dialect, url.ptr);
	str_copy(out->media_type, sizeof(out->media_type),
	    "text/xml; charset=UTF-8");
	out->status = 200;
	str_copy(out->interaction, sizeof(out->interaction), "wsdl");
	buf_release(&url);
}

/* ---- For people */

static void add_paragraph(struct buf *to, enum lang lang, struct note note)
{
	struct buf text = BUF_INIT(LIMIT_KIB(8));

	note_render(&text, &note, lang);
	buf_adds(to, "<p>");
	buf_add_xmls(to, text.ptr);
	buf_adds(to, "</p>\n");
	buf_release(&text);
}

static void list_faults(struct buf *to, const struct fault_list *faults)
{
	if (!faults)
		return;
	VEC_EACH (const struct fault_use, f, faults)
		buf_addf(to, "%s%s%s%s", to->len ? ", " : "",
		    fault_rows[f->fault].name, *f->value ? "=" : "", f->value);
}

static void add_language(struct buf *to, enum lang lang,
    const struct request_in *in, const struct receive_context *ctx)
{
	struct buf faults = BUF_INIT(NOTE_ARG);
	char guesses[16];

	snprintf(guesses, sizeof(guesses), "%u", dialect_guesses(ctx->dialect));
	list_faults(&faults, in->faults);
	buf_addf(to, "<section lang=\"%s\">\n", lang_names[lang]);
	add_paragraph(to, lang, say_page_what());
	add_paragraph(to, lang, say_page_path(in->partition));
	add_paragraph(to, lang, say_page_post());
	add_paragraph(
	    to, lang, say_page_dialect(dialect_name(ctx->dialect), guesses));
	if (faults.len)
		add_paragraph(to, lang, say_page_faults(faults.ptr));
	buf_adds(to, "</section>\n");
	buf_release(&faults);
}

static void write_page(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	struct buf *to = &out->answer;

	buf_adds(to,
	    "<!DOCTYPE html>\n<html lang=\"fi\"><head><meta charset=\"UTF-8\">"
	    "<title>esitesti mock</title><style>body{font:16px/1.5 sans-serif;"
	    "max-width:40em;margin:2em auto;padding:0 1em}</style></head>\n"
	    "<body>\n<h1>esitesti mock</h1>\n");
	for (int lang = 0; lang < LANG_COUNT; lang++)
		add_language(to, (enum lang)lang, in, ctx);
	buf_adds(to, "<p><a href=\"?wsdl\">WSDL</a></p>\n</body></html>\n");
	str_copy(out->media_type, sizeof(out->media_type),
	    "text/html; charset=UTF-8");
	out->status = 200;
	str_copy(out->interaction, sizeof(out->interaction), "page");
}

/* A code in the path must not come back in an answer. */
static bool names_somebody(const char *path)
{
	return !guard_is_clean(path, strlen(path));
}

bool page_answer(struct received *out, const struct request_in *in,
    const struct receive_context *ctx)
{
	bool asks = in->method &&
		    (streq(in->method, "GET") || streq(in->method, "HEAD"));

	if (!asks || !is_authority(in->host) || names_somebody(in->partition))
		return false;
	out->outcome = OUTCOME_PAGE;
	if (in->query && strcasecmp(in->query, "wsdl") == 0)
		write_wsdl(out, in, ctx);
	else
		write_page(out, in, ctx);
	return true;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/mime.h"

#include "base/limits.h"
#include "base/str.h"

#include <stdio.h>
#include <strings.h>

/* ---- Lines */

struct reader {
	const char *start, *p, *end;
	struct mime_fault *fault;
	struct err *err;
};

/* The line at r->p without its end; moves behind it. False at the end. */
static bool next_line(struct reader *r, const char **line, size_t *len)
{
	if (r->p >= r->end)
		return false;
	const char *eol = memchr(r->p, '\n', (size_t)(r->end - r->p));
	const char *stop = eol ? eol : r->end;
	*line = r->p;
	*len = (size_t)(stop - r->p);
	if (*len > 0 && (*line)[*len - 1] == '\r')
		--*len;
	r->p = eol ? eol + 1 : r->end;
	return true;
}

static unsigned line_number(const struct reader *r, const char *at)
{
	unsigned n = 1;
	for (const char *p = r->start; p < at; n++) {
		p = memchr(p, '\n', (size_t)(at - p));
		if (!p)
			break;
		p++;
	}
	return n;
}

static int fail(const struct reader *r, enum mime_fault_kind kind,
    const char *at, const char *what)
{
	r->fault->kind = kind;
	r->fault->line = line_number(r, at);
	return err_set(
	    r->err, ERR_KANTA, "MIME text, line %u: %s", r->fault->line, what);
}

/* ---- Header fields */

enum field {
	FIELD_TYPE,
	FIELD_ENCODING,
	FIELD_ID,
	FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = {
	[FIELD_TYPE] = "content-type",
	[FIELD_ENCODING] = "content-transfer-encoding",
	[FIELD_ID] = "content-id",
};

struct head {
	struct buf value[FIELD_COUNT]; /* unfolded */
	bool seen[FIELD_COUNT];
};

static void head_init(struct head *h)
{
	*h = (struct head){ .seen = { false } };
	for (int i = 0; i < FIELD_COUNT; i++)
		buf_init(&h->value[i], LIMIT_HEAD);
}

static void head_release(struct head *h)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		buf_release(&h->value[i]);
}

/* The length of the field name that `line` begins with, 0 = there is none. */
static size_t field_name_length(const char *line, size_t len)
{
	size_t n = 0;
	while (n < len && (str_is_alpha(line[n]) || str_is_digit(line[n]) ||
			      line[n] == '-'))
		n++;
	return n < len && line[n] == ':' ? n : 0;
}

static int field_find(const char *name, size_t len)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		if (strlen(field_names[i]) == len &&
		    strncasecmp(field_names[i], name, len) == 0)
			return i;
	return -1;
}

static void add_trimmed(struct buf *to, const char *s, size_t len)
{
	while (len > 0 && str_is_space(*s)) {
		s++;
		len--;
	}
	while (len > 0 && str_is_space(s[len - 1]))
		len--;
	if (to->len > 0 && len > 0)
		buf_addc(to, ' ');
	buf_add(to, s, len);
}

/* Fields up to and with the empty line. */
static int read_head(struct reader *r, struct head *h)
{
	const char *line;
	size_t len;
	int current = -1;
	bool any = false;
	while (next_line(r, &line, &len)) {
		if (len == 0)
			return 0;
		size_t name =
		    str_is_space(*line) ? 0 : field_name_length(line, len);
		if (name == 0 && !any)
			return fail(r, MIME_NO_FIELD, line,
			    "a header line 'Name: value' was expected");
		if (name > 0) {
			any = true;
			current = field_find(line, name);
			if (current >= 0 && h->seen[current])
				return fail(r, MIME_FIELD_TWICE, line,
				    "this header was given before");
			line += name + 1;
			len -= name + 1;
		}
		if (current < 0)
			continue;
		h->seen[current] = true;
		add_trimmed(&h->value[current], line, len);
		if (buf_check(&h->value[current], "a MIME header", r->err) !=
		    0) {
			r->fault->kind = MIME_HEAD_LONG;
			r->fault->line = line_number(r, line);
			return -1;
		}
	}
	return fail(
	    r, MIME_HEAD_OPEN, r->end, "an empty line must end the header");
}

/* "Multipart/Related; boundary=x" → "multipart/related" */
static char *media_type(const struct buf *value)
{
	size_t n = strcspn(value->ptr, "; \t");
	char *out = xstrndup(value->ptr, n);
	for (char *p = out; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return out;
}

/* The parameter's value, unquoted; NULL when it is absent. */
static char *parameter(const struct buf *value, const char *name)
{
	size_t n = strlen(name);
	const char *p = value->ptr + strcspn(value->ptr, ";");
	while (*p == ';') {
		p += 1 + strspn(p + 1, " \t");
		bool found = strncasecmp(p, name, n) == 0 && p[n] == '=';
		p += strcspn(p, "=;");
		if (*p != '=')
			continue;
		p++;
		bool quoted = *p == '"';
		p += quoted;
		size_t len = strcspn(p, quoted ? "\"" : "; \t");
		if (found)
			return xstrndup(p, len);
		p += len;
		p += strcspn(p, ";");
	}
	return NULL;
}

static char *bare_id(const struct buf *value)
{
	const char *s = value->ptr;
	size_t len = value->len;
	if (len >= 2 && s[0] == '<' && s[len - 1] == '>')
		return xstrndup(s + 1, len - 2);
	return xstrdup(s);
}

/* ---- Parts */

/*
 * The next delimiter line at or after `from`: its start in *at, what follows
 * it in *behind. False when there is none.
 */
static bool find_delimiter(const struct reader *r, const char *from,
    const struct buf *delimiter, const char **at, const char **behind)
{
	while (from < r->end) {
		const char *hit = memmem(from, (size_t)(r->end - from),
		    delimiter->ptr, delimiter->len);
		if (!hit)
			return false;
		from = hit + delimiter->len;
		if (hit > r->start && hit[-1] != '\n')
			continue;
		const char *p = from;
		if (r->end - p >= 2 && p[0] == '-' && p[1] == '-')
			p += 2;
		while (p < r->end && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		/* A longer boundary that begins like this one is another. */
		if (p < r->end && *p != '\n')
			continue;
		*at = hit;
		*behind = from;
		return true;
	}
	return false;
}

static int read_encoding(
    const struct reader *r, const struct head *h, struct mime_part *part)
{
	static const char *const plain[] = { "", "7bit", "8bit", "binary" };
	const char *encoding = h->value[FIELD_ENCODING].ptr;
	part->base64 = strcasecmp(encoding, "base64") == 0;
	for (size_t i = 0; !part->base64 && i < COUNTOF(plain); i++)
		if (strcasecmp(encoding, plain[i]) == 0)
			return 0;
	if (part->base64)
		return 0;
	char what[160];
	str_copy(r->fault->word, sizeof(r->fault->word), encoding);
	snprintf(what, sizeof(what),
	    "Content-Transfer-Encoding '%.60s' is not read here; BASE64 is "
	    "expected",
	    encoding);
	return fail(r, MIME_ENCODING, part->data, what);
}

/* One part: header lines from r->p, then bytes up to `end`. */
static int read_part(
    const struct reader *whole, const char *end, struct mime_part *part)
{
	struct reader r = *whole;
	struct head h;
	int rc = -1;
	head_init(&h);
	r.end = end;
	if (read_head(&r, &h) != 0)
		goto out;
	part->data = r.p;
	part->len = (size_t)(end - r.p);
	part->content_type = media_type(&h.value[FIELD_TYPE]);
	part->content_id = bare_id(&h.value[FIELD_ID]);
	if (read_encoding(&r, &h, part) != 0)
		goto out;
	rc = 0;
out:
	head_release(&h);
	return rc;
}

static void skip_line(struct reader *r)
{
	const char *line;
	size_t len;
	next_line(r, &line, &len);
}

/* The line end before a delimiter belongs to the delimiter (RFC 2046 5.1). */
static const char *without_line_end(const char *from, const char *end)
{
	if (end > from && end[-1] == '\n')
		end--;
	if (end > from && end[-1] == '\r')
		end--;
	return end;
}

static bool is_closing(const struct reader *r, const char *behind)
{
	return r->end - behind >= 2 && behind[0] == '-' && behind[1] == '-';
}

static int read_parts(
    struct reader *r, const struct buf *delimiter, struct mime *m)
{
	const char *at, *behind;
	if (!find_delimiter(r, r->p, delimiter, &at, &behind))
		return fail(r, MIME_NO_DELIMITER, r->p,
		    "no line begins with the boundary");
	while (!(m->closed = is_closing(r, behind))) {
		r->p = behind;
		skip_line(r);
		if (m->count == LIMIT_MIME_PARTS) {
			r->fault->kind = MIME_PARTS;
			snprintf(r->fault->word, sizeof(r->fault->word), "> %d",
			    LIMIT_MIME_PARTS);
			return err_set(r->err, ERR_LIMIT,
			    "the MIME text has more than %d parts",
			    LIMIT_MIME_PARTS);
		}
		bool more = find_delimiter(r, r->p, delimiter, &at, &behind);
		const char *end = more ? without_line_end(r->p, at) : r->end;
		if (read_part(r, end, VEC_PUSH(m)) != 0)
			return -1;
		if (!more)
			return 0;
	}
	return 0;
}

static int read_multipart(
    struct reader *r, const struct head *h, struct mime *m)
{
	char *type = media_type(&h->value[FIELD_TYPE]);
	char *boundary = parameter(&h->value[FIELD_TYPE], "boundary");
	struct buf delimiter = BUF_INIT(LIMIT_HEAD);
	int rc = -1;
	if (!str_starts(type, "multipart/")) {
		fail(r, MIME_NOT_MULTIPART, r->start,
		    "Content-Type is not multipart/related");
		goto out;
	}
	if (!boundary || !*boundary) {
		fail(r, MIME_NO_BOUNDARY, r->start,
		    "Content-Type names no boundary");
		goto out;
	}
	buf_addf(&delimiter, "--%s", boundary);
	rc = read_parts(r, &delimiter, m);
out:
	buf_release(&delimiter);
	free(boundary);
	free(type);
	return rc;
}

int mime_parse(struct mime *m, const char *text, size_t len, struct err *err)
{
	*m = (struct mime){ .at = NULL };
	struct reader r = { .start = text,
		.p = text,
		.end = text + len,
		.fault = &m->fault,
		.err = err };
	/* A pretty-printed frame puts white space before the header. */
	while (r.p < r.end && str_is_space(*r.p))
		r.p++;
	struct head h;
	head_init(&h);
	int rc = read_head(&r, &h);
	if (rc == 0)
		rc = read_multipart(&r, &h, m);
	head_release(&h);
	if (rc != 0)
		mime_release(m);
	return rc;
}

void mime_release(struct mime *m)
{
	VEC_EACH (struct mime_part, part, m) {
		free(part->content_type);
		free(part->content_id);
	}
	VEC_RELEASE(m);
}

int mime_decode(const struct mime_part *part, struct buf *to, struct err *err)
{
	if (part->base64)
		return base64_decode(to, part->data, part->len, err);
	buf_add(to, part->data, part->len);
	return buf_check(to, "the MIME part", err);
}

struct mime_fault mime_part_fault(
    const char *text, const struct mime_part *part)
{
	struct mime_fault f = { .kind = MIME_BASE64_CUT };
	const struct reader r = { .start = text };
	size_t bad = base64_bad(part->data, part->len);
	f.line = line_number(&r, part->data + bad);
	if (bad < part->len) {
		f.kind = MIME_BASE64_BYTE;
		snprintf(f.word, sizeof(f.word), "0x%02X",
		    (unsigned)(unsigned char)part->data[bad]);
	}
	return f;
}

/* ---- Writing */

void mime_open(struct buf *to, const char *boundary, const char *message_id,
    const char *content_id)
{
	buf_addf(to,
	    "MIME-Version: 1.0\n"
	    "Message-ID: <%s>\n"
	    "Content-Type: multipart/related; boundary=\"%s\"\n"
	    "\n"
	    "--%s\n"
	    "Content-Type: text/xml; charset=UTF-8\n"
	    "Content-Transfer-Encoding: BASE64\n"
	    "Content-ID: <%s>\n"
	    "\n",
	    message_id, boundary, boundary, content_id);
}

void mime_close(struct buf *to, const char *boundary)
{
	buf_addf(to, "\n\n--%s--\n", boundary);
}

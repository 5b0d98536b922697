/* SPDX-License-Identifier: Apache-2.0 */
#include "mock/fault-inside.h"

#include "base/limits.h"
#include "base/str.h"
#include "mock/raw.h"

/* ---- What evhttp can send */

typedef void bend_reply(struct received *r, const struct fault_use *use);

static void bend_status(struct received *r, const struct fault_use *use)
{
	r->status = (int)use->number;
}

static void bend_status_only(struct received *r, const struct fault_use *use)
{
	r->status = (int)use->number;
	fault_replace_answer(r, "", "");
}

static void bend_error_page(struct received *r, const struct fault_use *use)
{
	char body[256];

	snprintf(body, sizeof(body),
	    "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n"
	    "<center><h1>%s</h1></center>\r\n<hr><center>nginx</center>\r\n"
	    "</body>\r\n</html>\r\n",
	    use->value, use->value);
	r->status = (int)use->number;
	fault_replace_answer(r, "text/html", body);
}

/* As F5's application firewall has it. */
static void bend_blocked(struct received *r, const struct fault_use *use)
{
	r->status = (int)use->number;
	fault_replace_answer(r, "text/html; charset=utf-8",
	    "<html><head><title>Request Rejected</title></head><body>The "
	    "requested URL was rejected. Please consult with your "
	    "administrator.<br><br>Your support ID is: 9002024100000001<br>"
	    "<br><a href='javascript:history.back();'>[Go Back]</a></body>"
	    "</html>");
}

static void bend_redirect(struct received *r, const struct fault_use *use)
{
	bend_status_only(r, use);
	r->field = "Location";
	r->field_value = "https://muualla.example/";
}

static void bend_media_type(struct received *r, const struct fault_use *use)
{
	str_copy(r->media_type, sizeof(r->media_type), use->value);
}

static void bend_charset(struct received *r, const struct fault_use *use)
{
	r->media_type[strcspn(r->media_type, ";")] = '\0';
	char *type = xasprintf("%s; charset=%s", r->media_type, use->value);
	str_copy(r->media_type, sizeof(r->media_type), type);
	free(type);
}

/* RFC 1952, little-endian. */
static void add_u32(struct buf *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		buf_addc(to, (char)(n >> (8 * i) & 0xff));
}

static uint32_t crc32_of(const struct buf *b)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < b->len; i++) {
		crc ^= (uint8_t)b->ptr[i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320U : 0);
	}
	return ~crc;
}

/* Blocks of "stored" bytes (RFC 1951 3.2.4) are compression, too. */
static void bend_gzip(struct received *r, const struct fault_use *use)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";
	struct buf to = BUF_INIT(LIMIT_MESSAGE + LIMIT_KIB(64));
	size_t at = 0;

	(void)use;
	buf_add(&to, head, sizeof(head) - 1);
	do {
		size_t left = r->answer.len - at;
		uint32_t n = left > UINT16_MAX ? UINT16_MAX : (uint32_t)left;
		buf_addc(&to, left == n);
		add_u32(&to, n | (~n & UINT16_MAX) << 16);
		buf_add(&to, r->answer.ptr + at, n);
		at += n;
	} while (at < r->answer.len);
	add_u32(&to, crc32_of(&r->answer));
	add_u32(&to, (uint32_t)r->answer.len);
	buf_release(&r->answer);
	r->answer = to;
	r->field = "Content-Encoding";
	r->field_value = "gzip";
}

static void bend_delay(struct received *r, const struct fault_use *use)
{
	r->delay_ms = (unsigned)use->number;
}

static bend_reply *const reply_benders[FAULT_COUNT] = {
	[FAULT_STATUS] = bend_status,
	[FAULT_STATUS_ONLY] = bend_status_only,
	[FAULT_ERROR_PAGE] = bend_error_page,
	[FAULT_BLOCKED] = bend_blocked,
	[FAULT_REDIRECT] = bend_redirect,
	[FAULT_MEDIA_TYPE] = bend_media_type,
	[FAULT_CHARSET] = bend_charset,
	[FAULT_GZIP] = bend_gzip,
	[FAULT_DELAY] = bend_delay,
};

/* ---- What it cannot */

/* A raw answer while it is planned: at first, all of an honest one. */
struct plan {
	const struct buf *body;
	const char *version;
	struct buf before; /* the answer's head */
	struct buf fields; /* more of them */
	bool no_length;
	int64_t length;
	const char *instead; /* of all of it */
	size_t head_kept, body_kept;
	uint64_t filler;
	size_t pace;
	enum raw_end end;
};
typedef void bend_plan(struct plan *p, const struct fault_use *use);

static void keep_nothing(struct plan *p, enum raw_end end)
{
	p->head_kept = p->body_kept = 0;
	p->end = end;
}

static void plan_reset(struct plan *p, const struct fault_use *use)
{
	(void)use;
	keep_nothing(p, RAW_RESET);
}

static void plan_close(struct plan *p, const struct fault_use *use)
{
	(void)use;
	keep_nothing(p, RAW_CLOSE);
}

static void plan_stall(struct plan *p, const struct fault_use *use)
{
	(void)use;
	keep_nothing(p, RAW_STALL);
}

static void plan_stall_in_head(struct plan *p, const struct fault_use *use)
{
	(void)use;
	keep_nothing(p, RAW_STALL);
	p->head_kept = strlen("HTTP/1.1 200 OK\r\nContent-");
}

static void plan_reset_after_head(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->body_kept = 0;
	p->end = RAW_RESET;
}

static void plan_stall_after_head(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->body_kept = 0;
	p->end = RAW_STALL;
}

static void plan_stall_in_body(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->body_kept = p->body->len / 2;
	p->end = RAW_STALL;
}

static void plan_cut(struct plan *p, const struct fault_use *use)
{
	p->body_kept = use->percent ? p->body->len * use->number / 100
				    : (size_t)use->number;
}

static void plan_too_long(struct plan *p, const struct fault_use *use)
{
	p->length += (int64_t)use->number;
}

static void plan_too_short(struct plan *p, const struct fault_use *use)
{
	p->length -= (int64_t)use->number;
	if (p->length < 0)
		p->length = 0;
}

static void plan_drip(struct plan *p, const struct fault_use *use)
{
	p->pace = (size_t)use->number;
}

static void plan_bad_chunk(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->no_length = true;
	buf_adds(&p->fields, "Transfer-Encoding: chunked\r\n");
}

static void plan_huge_head(struct plan *p, const struct fault_use *use)
{
	enum {
		FIELD = 1024
	};
	for (uint64_t i = 0; i < use->number; i++) {
		buf_addf(&p->fields, "X-Filler: ");
		for (size_t n = strlen("X-Filler: \r\n"); n < FIELD; n++)
			buf_addc(&p->fields, 'x');
		buf_adds(&p->fields, "\r\n");
	}
}

static void plan_huge_body(struct plan *p, const struct fault_use *use)
{
	p->no_length = true;
	p->filler = use->number * LIMIT_MIB(1);
}

static void plan_http_1_0(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->version = "HTTP/1.0";
	p->no_length = true;
}

static void plan_continue(struct plan *p, const struct fault_use *use)
{
	(void)use;
	buf_adds(&p->before,
	    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
}

static void plan_not_http(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->instead = "SSH-2.0-OpenSSH_9.2\r\n";
}

static void plan_abrupt(struct plan *p, const struct fault_use *use)
{
	(void)use;
	p->no_length = true;
	p->end = RAW_ABRUPT;
}

static bend_plan *const plan_benders[FAULT_COUNT] = {
	[FAULT_NO_CLOSE_NOTIFY] = plan_abrupt,
	[FAULT_RESET] = plan_reset,
	[FAULT_REQUEST_LOST] = plan_reset,
	[FAULT_CLOSE] = plan_close,
	[FAULT_STALL] = plan_stall,
	[FAULT_RESET_AFTER_HEAD] = plan_reset_after_head,
	[FAULT_STALL_IN_HEAD] = plan_stall_in_head,
	[FAULT_STALL_AFTER_HEAD] = plan_stall_after_head,
	[FAULT_STALL_IN_BODY] = plan_stall_in_body,
	[FAULT_CUT] = plan_cut,
	[FAULT_LENGTH_TOO_LONG] = plan_too_long,
	[FAULT_LENGTH_TOO_SHORT] = plan_too_short,
	[FAULT_DRIP] = plan_drip,
	[FAULT_BAD_CHUNK] = plan_bad_chunk,
	[FAULT_HUGE_HEAD] = plan_huge_head,
	[FAULT_HUGE_BODY] = plan_huge_body,
	[FAULT_HTTP_1_0] = plan_http_1_0,
	[FAULT_CONTINUE] = plan_continue,
	[FAULT_NOT_HTTP] = plan_not_http,
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void write_head(
    struct buf *to, const struct plan *p, const struct received *r)
{
	buf_addf(to, "%s %d %s\r\n", p->version, r->status,
	    r->status == 200 ? "OK" : "");
	if (*r->media_type)
		buf_addf(to, "Content-Type: %s\r\n", r->media_type);
	if (r->field)
		buf_addf(to, "%s: %s\r\n", r->field, r->field_value);
	buf_add(to, p->fields.ptr, p->fields.len);
	if (!p->no_length)
		buf_addf(to, "Content-Length: %lld\r\n", (long long)p->length);
	buf_adds(to, "Connection: close\r\n\r\n");
}

static struct raw *carry_out(const struct plan *p, const struct received *r)
{
	struct raw *raw = raw_new(p->end);
	struct buf head = BUF_INIT(LIMIT_MIB(2));

	raw->filler = p->filler;
	raw->pace = p->pace;
	if (p->instead) {
		buf_adds(&raw->bytes, p->instead);
		return raw;
	}
	write_head(&head, p, r);
	buf_add(&raw->bytes, p->before.ptr, p->before.len);
	buf_add(&raw->bytes, head.ptr, least(head.len, p->head_kept));
	raw->head = raw->bytes.len;
	buf_add(&raw->bytes, r->answer.ptr, least(r->answer.len, p->body_kept));
	buf_release(&head);
	return raw;
}

static void bend_raw(const struct fault_list *list, struct received *r)
{
	bool any = false;
	struct plan p = {
		.body = &r->answer,
		.version = "HTTP/1.1",
		.before = BUF_INIT(LIMIT_KIB(1)),
		.fields = BUF_INIT(LIMIT_MIB(2)),
		.length = (int64_t)r->answer.len,
		.head_kept = SIZE_MAX,
		.body_kept = SIZE_MAX,
		.end = RAW_CLOSE,
	};

	for (int f = 0; f < FAULT_COUNT; f++) {
		const struct fault_use *use = fault_find(list, (enum fault)f);
		if (!use || !plan_benders[f])
			continue;
		plan_benders[f](&p, use);
		any = true;
	}
	if (any)
		r->raw = carry_out(&p, r);
	buf_release(&p.before);
	buf_release(&p.fields);
}

void fault_bend_http(const struct fault_list *list, struct received *r)
{
	if (!list || !list->count)
		return;
	for (int f = 0; f < FAULT_COUNT; f++) {
		const struct fault_use *use = fault_find(list, (enum fault)f);
		if (use && reply_benders[f])
			reply_benders[f](r, use);
	}
	bend_raw(list, r);
}

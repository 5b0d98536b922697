/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/faults.h"

#include "base/str.h"
#include "net/tls.h"

const struct fault_row fault_rows[FAULT_COUNT] = {
#define FAULT(id, name_, level_, value_, usual_, fi, en) \
 [FAULT_##id] = { name_, LEVEL_##level_, VALUE_##value_, usual_, { fi, en } },
#include "testcase/fault-rows.def"
#undef FAULT
};

const char *const fault_level_names[LEVEL_COUNT] = {
	[LEVEL_TLS] = "tls",
	[LEVEL_HTTP] = "http",
	[LEVEL_SOAP] = "soap",
	[LEVEL_FRAME] = "frame",
	[LEVEL_ACK] = "ack",
	[LEVEL_ARCHIVE] = "archive",
	[LEVEL_CASE] = "case",
};

const struct fault_defect fault_defects[] = {
	{ "expired", "bad/expired" },
	{ "not-yet-valid", "bad/not-yet-valid" },
	{ "wrong-host", "client" },
	{ "unknown-ca", "bad/unknown-ca" },
	{ "self-signed", "bad/self-signed" },
	{ "no-chain", "bad/no-chain" },
};

/* ---- Values */

typedef int read_value(struct fault_use *use, struct err *err);

static int read_part(struct fault_use *use, struct err *err)
{
	size_t len = strlen(use->value);
	char digits[sizeof(use->value)];

	use->percent = str_ends(use->value, "%");
	if (!use->percent)
		return str_number(use->value, 0, UINT32_MAX, &use->number, err);
	str_copy(digits, len, use->value);
	return str_number(digits, 1, 99, &use->number, err);
}

/* "certificate_expired", the name before " (45)"; or "45" */
static int read_alert(struct fault_use *use, struct err *err)
{
	size_t len = strlen(use->value);
	char name[64];

	if (str_is_digit(use->value[0]))
		return str_number(use->value, 1, 255, &use->number, err);
	for (int alert = 1; alert < 256; alert++) {
		tls_alert_name(name, alert);
		if (strncmp(name, use->value, len) != 0 || name[len] != ' ')
			continue;
		use->number = (uint64_t)alert;
		return 0;
	}
	err_set(err, ERR_USAGE, "'%s' is no alert of TLS", use->value);
	return err_hint(
	    err, "the names are in RFC 8446 section 6: certificate_expired");
}

static int read_defect(struct fault_use *use, struct err *err)
{
	const char *names[COUNTOF(fault_defects)];

	for (size_t i = 0; i < COUNTOF(fault_defects); i++)
		names[i] = fault_defects[i].name;
	int which = str_choice(
	    use->value, names, COUNTOF(fault_defects), "defect", err);
	if (which < 0)
		return -1;
	use->number = (uint64_t)which;
	return 0;
}

/* It becomes part of a header field or of XML: a token, no more. */
static int read_text(struct fault_use *use, struct err *err)
{
	for (const char *p = use->value; *p; p++)
		if (!str_is_alpha(*p) && !str_is_digit(*p) &&
		    !strchr("-_./+:", *p))
			return err_set(err, ERR_USAGE, "'%s' is no plain name",
			    use->value);
	return 0;
}

static const struct {
	const char *word;
	uint64_t min, max;
	read_value *read; /* NULL = a number from min to max */
} values[VALUE_COUNT] = {
	[VALUE_STATUS] = { "STATUS", 200, 599, NULL },
	[VALUE_BYTES] = { "BYTES", 1, 1000000, NULL },
	[VALUE_PART] = { "BYTES|N%", 0, 0, read_part },
	[VALUE_KIB] = { "KIB", 1, 1024, NULL },
	[VALUE_MIB] = { "MIB", 1, 1024, NULL },
	[VALUE_MS] = { "MS", 1, 600000, NULL },
	[VALUE_TEXT] = { "TEXT", 0, 0, read_text },
	[VALUE_ALERT] = { "ALERT", 0, 0, read_alert },
	[VALUE_DEFECT] = { "DEFECT", 0, 0, read_defect },
};

void fault_syntax(const struct fault_row *row, char out[32])
{
	const char *word = values[row->value].word;

	out[0] = '\0';
	if (word)
		snprintf(out, 32, row->usual ? "[=%.20s]" : "=%.20s", word);
}

static int check_value(struct fault_use *use, struct err *err)
{
	const struct fault_row *row = &fault_rows[use->fault];
	int rc = 0;

	if (values[row->value].read)
		rc = values[row->value].read(use, err);
	else if (row->value != VALUE_NONE)
		rc = str_number(use->value, values[row->value].min,
		    values[row->value].max, &use->number, err);
	return rc < 0 ? err_wrap(err, "fault '%s'", row->name) : 0;
}

/* ---- Words */

static int find_name(const char *name, struct err *err)
{
	const char *names[FAULT_COUNT];

	for (size_t i = 0; i < FAULT_COUNT; i++) {
		names[i] = fault_rows[i].name;
		if (streq(name, names[i]))
			return (int)i;
	}
	const char *near = str_nearest(name, names, FAULT_COUNT);
	err_set(err, ERR_USAGE, "there is no fault '%s'", name);
	if (near)
		return err_hint(err, "did you mean '%s'?", near);
	return err_hint(err, "'esitesti mock --faults' lists them");
}

/* `from` = behind the "=", or NULL when there is none. */
static int take_value(
    struct fault_use *use, const char *from, const char *end, struct err *err)
{
	const struct fault_row *row = &fault_rows[use->fault];
	size_t len = from ? (size_t)(end - from) : 0;

	if (from && row->value == VALUE_NONE)
		return err_set(
		    err, ERR_USAGE, "fault '%s' takes no value", row->name);
	if (len == 0 && row->value != VALUE_NONE && (from || !row->usual))
		return err_set(err, ERR_USAGE,
		    "fault '%s' needs a value: '%s=…'", row->name, row->name);
	if (len >= sizeof(use->value))
		return err_set(err, ERR_USAGE,
		    "the value of fault '%s' is too long", row->name);
	if (from)
		str_copy(use->value, len + 1, from);
	else if (row->usual)
		str_copy(use->value, sizeof(use->value), row->usual);
	return check_value(use, err);
}

/* "NAME[=VALUE][@N]" */
int fault_parse_one(struct fault_use *use, const char *word, struct err *err)
{
	char name[64];
	const char *at = strrchr(word, '@');
	const char *end = at ? at : word + strlen(word);
	const char *equals = memchr(word, '=', (size_t)(end - word));
	size_t len = (size_t)((equals ? equals : end) - word);

	*use = (struct fault_use){ 0 };
	str_copy(name, len < sizeof(name) ? len + 1 : sizeof(name), word);
	int which = find_name(name, err);
	if (which < 0)
		return -1;
	use->fault = (enum fault)which;
	if (at && str_number(at + 1, 1, UINT32_MAX, &use->at, err) < 0)
		return err_wrap(err, "fault '%s'", word);
	return take_value(use, equals ? equals + 1 : NULL, end, err);
}

int fault_parse(
    struct fault_list *out, const struct opt_list *words, struct err *err)
{
	for (size_t i = 0; words && i < words->count; i++)
		if (fault_parse_one(VEC_PUSH(out), words->at[i], err) < 0)
			return -1;
	return 0;
}

int fault_parse_send(struct fault_use *use, const char *word, struct err *err)
{
	if (fault_parse_one(use, word, err) < 0)
		return -1;
	if (use->at)
		return err_set(err, ERR_USAGE,
		    "'@%llu': a step's fault is shown at the step's own message",
		    (unsigned long long)use->at);
	if (fault_rows[use->fault].level == LEVEL_TLS ||
	    fault_rows[use->fault].level == LEVEL_CASE)
		return err_set(err, ERR_USAGE,
		    "fault '%s' is not one of a single message",
		    fault_rows[use->fault].name);
	return 0;
}

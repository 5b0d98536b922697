/* SPDX-License-Identifier: Apache-2.0 */
#include "record/plain-json.h"

#include "base/str.h"

enum {
	DEPTH = 8,
	KEY = 64,
	DIGITS = 18 /* fit into 64 bits without a look */
};

struct in {
	const char *at, *end;
	unsigned depth;
};

/* Takes `c` when it is next. */
static bool take(struct in *in, char c)
{
	if (in->at == in->end || *in->at != c)
		return false;
	in->at++;
	return true;
}

/* The bytes between quotes; false when one of them is not plain. */
static bool take_quoted(struct in *in, const char **text, size_t *len)
{
	if (!take(in, '"'))
		return false;
	*text = in->at;
	while (in->at < in->end && *in->at != '"') {
		if ((unsigned char)*in->at < ' ' || *in->at == '\\')
			return false;
		in->at++;
	}
	*len = (size_t)(in->at - *text);
	return take(in, '"');
}

static bool take_key(struct in *in, char key[KEY])
{
	const char *text;
	size_t len;
	if (!take_quoted(in, &text, &len) || len >= KEY)
		return false;
	memcpy(key, text, len);
	key[len] = '\0';
	return take(in, ':');
}

static json_t *take_text(struct in *in)
{
	const char *text;
	size_t len;
	/* json_stringn looks whether it is UTF-8. */
	return take_quoted(in, &text, &len) ? json_stringn(text, len) : NULL;
}

static json_t *take_number(struct in *in)
{
	bool minus = take(in, '-');
	const char *first = in->at;
	json_int_t n = 0;
	while (in->at < in->end && in->at - first < DIGITS && *in->at >= '0' &&
	       *in->at <= '9')
		n = n * 10 + (*in->at++ - '0');
	size_t digits = (size_t)(in->at - first);
	if (digits == 0 || (*first == '0' && (digits > 1 || minus)))
		return NULL;
	return json_integer(minus ? -n : n);
}

static json_t *take_word(struct in *in)
{
	size_t left = (size_t)(in->end - in->at);
	if (left >= 4 && memcmp(in->at, "true", 4) == 0) {
		in->at += 4;
		return json_true();
	}
	if (left >= 5 && memcmp(in->at, "false", 5) == 0) {
		in->at += 5;
		return json_false();
	}
	return NULL;
}

static json_t *take_object(struct in *in);

static json_t *take_value(struct in *in)
{
	if (in->at == in->end)
		return NULL;
	switch (*in->at) {
	case '"':
		return take_text(in);
	case '{':
		return take_object(in);
	case 't':
	case 'f':
		return take_word(in);
	default:
		return take_number(in);
	}
}

/* A member whose name is not there yet. */
static bool take_member(struct in *in, json_t *object)
{
	char key[KEY];
	size_t before = json_object_size(object);
	if (!take_key(in, key))
		return false;
	json_t *value = take_value(in); /* NULL is refused, too */
	return json_object_set_new(object, key, value) == 0 &&
	       json_object_size(object) > before;
}

static json_t *take_object(struct in *in)
{
	if (in->depth == DEPTH || !take(in, '{'))
		return NULL;
	json_t *object = json_object();
	in->depth++;
	if (!take(in, '}')) {
		bool ok;
		do
			ok = take_member(in, object);
		while (ok && take(in, ','));
		if (!ok || !take(in, '}')) {
			json_decref(object);
			return NULL;
		}
	}
	in->depth--;
	return object;
}

json_t *plain_json(const char *text, size_t len)
{
	struct in in = { .at = text, .end = text + len };
	json_t *json = take_object(&in);
	if (json && in.at != in.end) {
		json_decref(json);
		return NULL;
	}
	return json;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/own-xml.h"

#include "base/str.h"

#include <stdlib.h>

int own_parse(struct own_file *file, const void *bytes, size_t len,
    const char *name, enum err_kind kind, struct err *err)
{
	buf_init(&file->bytes, len);
	buf_add(&file->bytes, bytes, len);
	file->doc = xml_parse(bytes, len, name, err);
	if (file->doc)
		return 0;
	if (err->kind == ERR_XML)
		err->kind = kind;
	own_close(file, err);
	return -1;
}

int own_read(struct own_file *file, const char *path, size_t cap,
    enum err_kind kind, struct err *err)
{
	struct buf bytes = BUF_INIT(cap);
	int rc = buf_read_file(&bytes, path, err);
	if (rc == 0)
		rc = own_parse(file, bytes.ptr, bytes.len, path, kind, err);
	buf_release(&bytes);
	return rc;
}

void own_excerpt(const struct own_file *file, struct err *err)
{
	if (err->kind != ERR_NONE && err->line > 0 && !err->excerpt[0])
		err_excerpt(err, file->bytes.ptr, file->bytes.len);
}

void own_close(struct own_file *file, struct err *err)
{
	own_excerpt(file, err);
	xml_free(file->doc);
	file->doc = NULL;
	buf_release(&file->bytes);
}

int own_fail(const struct own_file *file, const xmlNode *node,
    const char *attribute, struct err *err, enum err_kind kind, const char *fmt,
    ...)
{
	if (err->kind != ERR_NONE)
		return -1;
	char text[sizeof(err->msg)];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);

	if (attribute)
		xml_fail_at(file->doc, node, attribute, err, kind, "%s", text);
	else
		xml_fail(file->doc, node, err, kind, "%s", text);
	own_excerpt(file, err);
	return -1;
}

char *own_attr(const xmlNode *node, const char *name)
{
	const char *value = xml_attr(node, name);
	return value ? xstrdup(value) : NULL;
}

static bool is_blank(const char *s)
{
	while (str_is_space(*s))
		s++;
	return *s == '\0';
}

static int take_text(struct text_pair *to, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	enum lang lang = xml_lang_is(node, "fi") ? LANG_FI : LANG_EN;
	const char *name = (const char *)node->name;
	if (to->text[lang])
		return xml_fail(doc, node, err, ERR_CASE,
		    "a second '%s' with xml:lang=\"%s\"", name,
		    lang_names[lang]);
	to->text[lang] = xml_text(node);
	if (is_blank(to->text[lang]))
		return xml_fail(
		    doc, node, err, ERR_CASE, "'%s' is empty", name);
	return 0;
}

int own_texts(struct text_pair *to, const struct xml_doc *doc,
    const xmlNode *parent, const char *name, struct err *err)
{
	const xmlNode *first = NULL;
	XML_EACH_CHILD (node, parent) {
		if (!xml_is(node, NULL, name))
			continue;
		first = first ? first : node;
		if (take_text(to, doc, node, err) < 0)
			return -1;
	}
	for (int lang = 0; first && lang < LANG_COUNT; lang++) {
		if (to->text[lang])
			continue;
		xml_fail(doc, first, err, ERR_CASE,
		    "'%s' in %s (xml:lang=\"%s\") is missing", name,
		    lang == LANG_FI ? "Finnish" : "English", lang_names[lang]);
		return err_hint(
		    err, "every text stands in Finnish and in English");
	}
	return 0;
}

void own_texts_release(struct text_pair *texts)
{
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		free(texts->text[lang]);
		texts->text[lang] = NULL;
	}
}

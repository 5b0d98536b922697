/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/header.h"

#include "base/limits.h"
#include "base/str.h"

static const struct header_field fields[] = {
#define FIELD(number, path, type_code, fi, en) \
 { number, path, type_code, { [LANG_FI] = fi, [LANG_EN] = en } },
#include "kanta/header.def"
#undef FIELD
};

/* "recordTarget/patientRole/id", and the element below the root through which
 * it goes; false when it stands in no clinical document. */
static bool path_below(
    struct buf *to, const xmlNode *element, const xmlNode **first)
{
	const xmlNode *way[LIMIT_XML_DEPTH];
	size_t depth = 0;
	const xmlNode *n = element;
	for (; n && n->type == XML_ELEMENT_NODE; n = n->parent) {
		if (xml_is(n, XMLNS_V3, "ClinicalDocument"))
			break;
		if (depth == LIMIT_XML_DEPTH)
			return false;
		way[depth++] = n;
	}
	if (!n || n->type != XML_ELEMENT_NODE)
		return false;
	*first = depth ? way[depth - 1] : NULL;
	while (depth > 0)
		buf_addf(to, "%s%s", to->len ? "/" : "",
		    (const char *)way[--depth]->name);
	return true;
}

static bool is_in(const char *path, const char *field)
{
	size_t len = strlen(field);
	return strncmp(path, field, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

static bool fits(const struct header_field *f, const xmlNode *first)
{
	const char *type = first ? xml_attr(first, "typeCode") : NULL;
	return !*f->type_code || (type && streq(type, f->type_code));
}

const struct header_field *header_field_of(
    const xmlNode *element, const char *child)
{
	struct buf path = BUF_INIT(LIMIT_KIB(64));
	const struct header_field *best = NULL;
	const xmlNode *first = NULL;
	if (path_below(&path, element, &first)) {
		if (child)
			buf_addf(&path, "%s%s", path.len ? "/" : "", child);
		for (size_t i = 0; i < COUNTOF(fields); i++)
			if (path.ptr && is_in(path.ptr, fields[i].path) &&
			    fits(&fields[i], first) &&
			    (!best ||
				strlen(fields[i].path) > strlen(best->path)))
				best = &fields[i];
	}
	buf_release(&path);
	return best;
}

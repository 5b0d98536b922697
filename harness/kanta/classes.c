/* SPDX-License-Identifier: Apache-2.0 */
#include "kanta/classes.h"

#include "base/str.h"

static const struct cda_class classes[] = {
#define CLASS(parent, name, children) { parent, name, children },
#include "kanta/classes.def"
#undef CLASS
};

static bool is_named(const struct cda_class *c, const char *name)
{
	size_t len = strlen(c->name);
	return c->name[len - 1] == '*' ? strncmp(name, c->name, len - 1) == 0
				       : streq(name, c->name);
}

const struct cda_class *cda_class_of(const xmlNode *element)
{
	const xmlNode *parent = element->parent;
	for (size_t i = 0; i < COUNTOF(classes); i++) {
		const struct cda_class *c = &classes[i];
		if (!is_named(c, (const char *)element->name))
			continue;
		if (!*c->parent ||
		    (parent && parent->type == XML_ELEMENT_NODE &&
			streq((const char *)parent->name, c->parent)))
			return c;
	}
	return NULL;
}

bool cda_class_next(const char **at, struct cda_child *out)
{
	const char *s = *at + strspn(*at, " ");
	size_t len = strcspn(s, "?*+ ");
	size_t rank = out->rank;
	if (len == 0 || len >= sizeof(out->name))
		return false;
	char times = s[len];
	*out = (struct cda_child){
		.rank = rank + 1,
		.required = times != '?' && times != '*',
		.repeats = times == '*' || times == '+',
	};
	memcpy(out->name, s, len);
	*at = s + len + (times == '?' || times == '*' || times == '+');
	return true;
}

/* What every class of the standard may begin with. */
static bool is_preamble(const char *name, struct cda_child *out)
{
	static const struct cda_child preamble[] = {
		{ "realmCode", 1, false, true },
		{ "typeId", 2, false, false },
		{ "templateId", 3, false, true },
	};
	for (size_t i = 0; i < COUNTOF(preamble); i++)
		if (streq(name, preamble[i].name)) {
			*out = preamble[i];
			return true;
		}
	return false;
}

#define FIRST_RANK 3 /* behind the preamble */

bool cda_class_child(
    const struct cda_class *c, const char *name, struct cda_child *out)
{
	const char *at = c->children;
	*out = (struct cda_child){ .rank = FIRST_RANK };
	while (cda_class_next(&at, out))
		if (streq(out->name, name))
			return true;
	return is_preamble(name, out);
}

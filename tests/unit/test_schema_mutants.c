/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our schema of CDA against the official one, where that is at hand: the same
 * verdict on real documents, and on documents with one defect each, made of
 * them by a generator with a seed. Every defect that the two judge differently
 * is in tests/golden/schema-differences.txt with its reason; there may be one
 * in a hundred. ESITESTI_MUTANTS says how many (check-long: thousands).
 */
#include "base/limits.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "corpus.h"
#include "xml/schema.h"

#include <fnmatch.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
/* cmocka needs the four above first */
#include <cmocka.h>

#define DIFFERENCES   "tests/golden/schema-differences.txt"
#define ORACLE	      "oracle-xsd.tsv"
#define OFFICIAL      "schemas/cda-fi/CDA_Fi.xsd"
#define OURS	      "fixtures/schemas/cda-fi.xsd"
#define MUTANTS_SHORT 300
#define ELEMENTS_MAX  20000

/* ---- Chance: SplitMix64 */

struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d, size_t below)
{
	uint64_t z = d->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % below;
}

/* ---- The documents and the schemas */

struct document {
	char *path;
	bool is_valid; /* says the oracle */
	struct xml_doc *doc;
};

static struct world {
	struct xml_schema *schemas[2]; /* the official one, ours */
	struct xml_validator *validators[2];
	struct {
		VEC(struct document);
	} documents;
} world;

static void ignore(void *ctx, const struct xml_invalid *fault)
{
	(void)ctx;
	(void)fault;
}

/* 0 valid, 1 not; anything else is a breakdown. */
static int verdict(size_t which, xmlNode *root)
{
	struct err err = { 0 };
	return xml_validate(world.validators[which], root, ignore, NULL, &err);
}

static void add_document(const char *corpus, const char *name, const char *rc)
{
	struct err err = { 0 };
	struct document *d = VEC_PUSH(&world.documents);
	d->path = xasprintf("%s/%s", corpus, name);
	d->is_valid = streq(rc, "0");
	d->doc = xml_read_file(d->path, LIMIT_DOCUMENT, &err);
	if (!d->doc)
		fail_msg("%s: %s", d->path, err.msg);
}

static void load_documents(const char *oracle)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT(LIMIT_MIB(4));
	char *corpus = xstrdup(oracle);
	*strrchr(corpus, '/') = '\0';
	assert_int_equal(buf_read_file(&text, oracle, &err), 0);
	char *rest = text.ptr, *line;
	while ((line = strsep(&rest, "\n"))) {
		char *name = strsep(&line, "\t"), *schema = strsep(&line, "\t");
		char *rc = strsep(&line, "\t");
		if (rc && streq(schema, "fi2021"))
			add_document(corpus, name, rc);
	}
	buf_release(&text);
	free(corpus);
}

static int set_up(void **state)
{
	struct err err = { 0 };
	(void)state;
	char *official = corpus_path(OFFICIAL), *oracle = corpus_path(ORACLE);
	const char *paths[] = { official, OURS };
	for (size_t i = 0; i < 2 && official && oracle; i++) {
		world.schemas[i] = xml_schema_load(paths[i], &err);
		if (!world.schemas[i]) {
			printf("# %s: %s\n", paths[i], err.msg);
			return -1;
		}
		world.validators[i] = xml_validator_new(world.schemas[i]);
	}
	if (official && oracle)
		load_documents(oracle);
	free(official);
	free(oracle);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	VEC_EACH (struct document, d, &world.documents) {
		free(d->path);
		xml_free(d->doc);
	}
	VEC_RELEASE(&world.documents);
	for (size_t i = 0; i < 2; i++) {
		xml_validator_free(world.validators[i]);
		xml_schema_free(world.schemas[i]);
	}
	return 0;
}

static void test_real_documents(void **state)
{
	(void)state;
	if (world.documents.count == 0)
		skip();
	assert_true(world.documents.count > 70);
	VEC_EACH (struct document, d, &world.documents)
		for (size_t i = 0; i < 2; i++)
			if (verdict(i, xml_root(d->doc)) != !d->is_valid)
				fail_msg("%s: %s says otherwise", d->path,
				    i ? "our schema" : "the official one");
}

/* ---- One defect */

struct mutant {
	struct dice *dice;
	xmlNode *elements[ELEMENTS_MAX];
	size_t count;
	char where[256], detail[256];
};

static void list_elements(struct mutant *m, xmlNode *from)
{
	if (m->count < ELEMENTS_MAX)
		m->elements[m->count++] = from;
	XML_EACH_CHILD (n, from)
		list_elements(m, n);
}

/* Any element but the root. */
static xmlNode *any(struct mutant *m)
{
	return m->elements[1 + roll(m->dice, m->count - 1)];
}

static void note_place(struct mutant *m, const xmlNode *node)
{
	const xmlNode *up = node->parent;
	snprintf(m->where, sizeof(m->where), "%s/%s",
	    up && up->type == XML_ELEMENT_NODE ? (const char *)up->name : "",
	    (const char *)node->name);
}

static void say(struct mutant *m, const char *text)
{
	str_copy(m->detail, sizeof(m->detail), text);
}

static bool remove_element(struct mutant *m)
{
	xmlNode *n = any(m);
	note_place(m, n);
	xmlUnlinkNode(n);
	xmlFreeNode(n);
	return true;
}

static bool double_element(struct mutant *m)
{
	xmlNode *n = any(m);
	note_place(m, n);
	xmlAddNextSibling(n, xmlCopyNode(n, 1));
	return true;
}

/* Among its siblings. */
static bool move_element(struct mutant *m)
{
	xmlNode *n = any(m), *siblings[256];
	size_t count = 0;
	XML_EACH_CHILD (s, n->parent)
		if (s != n && count < COUNTOF(siblings))
			siblings[count++] = s;
	if (count == 0)
		return false;
	xmlNode *to = siblings[roll(m->dice, count)];
	note_place(m, n);
	say(m, (const char *)to->name);
	xmlUnlinkNode(n);
	if (roll(m->dice, 2))
		xmlAddNextSibling(to, n);
	else
		xmlAddPrevSibling(to, n);
	return true;
}

static bool is_inside(const xmlNode *node, const xmlNode *outer)
{
	while (node && node != outer)
		node = node->parent;
	return node != NULL;
}

/* Into another element. */
static bool displace_element(struct mutant *m)
{
	xmlNode *n = any(m), *to = any(m);
	if (is_inside(to, n))
		return false;
	note_place(m, n);
	say(m, (const char *)to->name);
	xmlUnlinkNode(n);
	xmlAddChild(to, n);
	return true;
}

static bool add_unknown(struct mutant *m)
{
	static const char *const names[] = { "tuntematon", "Id", "id", "code",
		"text", "value", "templateId", "component", "localHeader" };
	xmlNode *n = any(m);
	const char *name = names[roll(m->dice, COUNTOF(names))];
	note_place(m, n);
	say(m, name);
	xmlNewChild(n, n->ns, (const xmlChar *)name, NULL);
	return true;
}

static bool rename_element(struct mutant *m)
{
	xmlNode *n = any(m), *other = any(m);
	note_place(m, n);
	say(m, (const char *)other->name);
	if (streq((const char *)n->name, (const char *)other->name))
		return false;
	xmlNodeSetName(n, other->name);
	return true;
}

static xmlAttr *any_attribute(struct mutant *m)
{
	xmlNode *n = any(m);
	size_t count = 0;
	for (xmlAttr *a = n->properties; a; a = a->next)
		count++;
	if (count == 0)
		return NULL;
	xmlAttr *a = n->properties;
	for (size_t i = roll(m->dice, count); i > 0; i--)
		a = a->next;
	note_place(m, n);
	say(m, (const char *)a->name);
	return a;
}

static bool remove_attribute(struct mutant *m)
{
	xmlAttr *a = any_attribute(m);
	if (!a)
		return false;
	xmlRemoveProp(a);
	return true;
}

static bool change_attribute(struct mutant *m)
{
	static const char *const values[] = { "", " ", "x y", "1,5", "-1",
		"01.2", "1.2.", "2026-01-31", "20260131", "202601311200+0200",
		"20260131.5", "true", "TRUE", "1", "PQ", "IVL_TS", "CE", "EVN",
		"COMP", "\xc3\xa4", "2.16.840.1.113883.1.3", "NI", "http://x",
		"1e5", "INF", "text/plain", "ST", "a", "0" };
	xmlAttr *a = any_attribute(m);
	if (!a)
		return false;
	const char *value = values[roll(m->dice, COUNTOF(values))];
	size_t len = strlen(m->detail);
	snprintf(m->detail + len, sizeof(m->detail) - len, "=\"%s\"", value);
	xmlSetNsProp(a->parent, a->ns, a->name, (const xmlChar *)value);
	return true;
}

static bool add_attribute(struct mutant *m)
{
	static const char *const names[] = { "tuntematon", "code", "root",
		"nullFlavor", "ID", "classCode", "moodCode", "typeCode",
		"value", "unit", "use", "displayName", "styleCode" };
	xmlNode *n = any(m);
	const char *name = names[roll(m->dice, COUNTOF(names))];
	note_place(m, n);
	say(m, name);
	if (xmlHasProp(n, (const xmlChar *)name))
		return false;
	xmlNewProp(n, (const xmlChar *)name, (const xmlChar *)"NI");
	return true;
}

static bool add_text(struct mutant *m)
{
	xmlNode *n = any(m);
	note_place(m, n);
	xmlAddChild(n, xmlNewText((const xmlChar *)"x"));
	return true;
}

static const struct {
	const char *name;
	bool (*apply)(struct mutant *m);
} kinds[] = {
	{ "removed", remove_element },
	{ "doubled", double_element },
	{ "moved", move_element },
	{ "displaced", displace_element },
	{ "added", add_unknown },
	{ "renamed", rename_element },
	{ "attribute-removed", remove_attribute },
	{ "attribute-changed", change_attribute },
	{ "attribute-added", add_attribute },
	{ "text", add_text },
};

/* ---- What may differ */

struct difference {
	const char *pattern; /* shell-like */
	const char *official, *ours, *reason;
};
struct differences {
	struct buf text;
	struct {
		VEC(struct difference);
	} rows;
};

static void load_differences(struct differences *d)
{
	struct err err = { 0 };
	buf_init(&d->text, LIMIT_MIB(1));
	assert_int_equal(buf_read_file(&d->text, DIFFERENCES, &err), 0);
	char *rest = d->text.ptr, *line;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || *line == '#')
			continue;
		struct difference *row = VEC_PUSH(&d->rows);
		row->pattern = strsep(&line, "\t");
		row->official = strsep(&line, "\t");
		row->ours = strsep(&line, "\t");
		row->reason = line;
		assert_true(line && *line); /* each has its reason */
	}
}

static const char *word_of(int verdict)
{
	return verdict == 0 ? "valid" : verdict == 1 ? "invalid" : "broken";
}

static bool is_known(
    const struct differences *d, const char *signature, int official, int ours)
{
	VEC_EACH (struct difference, row, &d->rows)
		if (fnmatch(row->pattern, signature, 0) == 0 &&
		    streq(row->official, word_of(official)) &&
		    streq(row->ours, word_of(ours)))
			return true;
	return false;
}

/* ---- All of it */

struct tally {
	size_t made, invalid, differ, unknown;
};

static void judge(struct tally *t, struct differences *d, const char *signature,
    xmlNode *root)
{
	int official = verdict(0, root), ours = verdict(1, root);
	t->made++;
	t->invalid += official != 0;
	if (official >= 0 && official == ours)
		return;
	t->differ++;
	if (is_known(d, signature, official, ours))
		return;
	t->unknown++;
	printf("# %s\t%s\t%s\n", signature, word_of(official), word_of(ours));
}

static void make_one(struct tally *t, struct differences *d, struct dice *dice)
{
	struct mutant *m = xcalloc(1, sizeof(*m));
	struct document *from =
	    &world.documents.at[roll(dice, world.documents.count)];
	size_t kind = roll(dice, COUNTOF(kinds));
	xmlDoc *copy = xmlCopyDoc(xml_tree(from->doc), 1);
	assert_non_null(copy);
	m->dice = dice;
	list_elements(m, xmlDocGetRootElement(copy));
	if (kinds[kind].apply(m)) {
		char *signature = xasprintf("%s %s%s%s", kinds[kind].name,
		    m->where, *m->detail ? " " : "", m->detail);
		judge(t, d, signature, xmlDocGetRootElement(copy));
		free(signature);
	}
	xmlFreeDoc(copy);
	free(m);
}

static size_t how_many(void)
{
	const char *asked = getenv("ESITESTI_MUTANTS");
	struct err err = { 0 };
	uint64_t n = MUTANTS_SHORT;
	if (asked && str_number(asked, 1, 1000000, &n, &err) < 0)
		fail_msg("ESITESTI_MUTANTS: %s", err.msg);
	return (size_t)n;
}

static void test_mutants(void **state)
{
	size_t wanted = how_many();
	struct differences d = { .rows = { .count = 0 } };
	struct dice dice = { .state = 20260131 };
	struct tally t = { 0 };
	(void)state;
	if (world.documents.count == 0)
		skip();
	load_differences(&d);
	while (t.made < wanted)
		make_one(&t, &d, &dice);
	printf("# %zu mutants, %zu invalid, %zu judged differently, "
	       "%zu of them without a reason\n",
	    t.made, t.invalid, t.differ, t.unknown);
	assert_int_equal(t.unknown, 0);
	assert_true(t.differ * 100 <= t.made);
	/* a generator that breaks nothing would prove nothing */
	assert_true(t.invalid * 2 > t.made);
	VEC_RELEASE(&d.rows);
	buf_release(&d.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real_documents),
		cmocka_unit_test(test_mutants),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

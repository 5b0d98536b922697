/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check, with all of its stages, against files made to hurt: a verdict in
 * a second, no crash, and not one file, socket or program opened meanwhile.
 * Everything runs in a child that has locked itself in.
 */
#include "check/check.h"

#include "base/clock.h"
#include "base/xalloc.h"
#include "checking.h"
#include "corpus.h"
#include "cputime.h"
#include "kanta/mime.h"
#include "sandbox.h"
#include "xml/dsig.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
/* cmocka needs the four above first */
#include <cmocka.h>

/* Under a sanitizer all is ten times slower. */
#ifdef __SANITIZE_ADDRESS__
# define MOST_US 10000000
#else
# define MOST_US 1000000
#endif

/* What the child tells. */
struct told {
	struct sandbox sandbox;
	bool locked_in, ended;
	size_t files;
	char at[128]; /* what it works at */
	char slow[160];
	int64_t slowest;
	char slowest_at[128];
};

struct trial {
	struct told *told;
	struct checking c;
};

static void try_bytes(
    struct trial *t, const char *name, const void *bytes, size_t len)
{
	struct checked out;
	snprintf(t->told->at, sizeof(t->told->at), "%.120s", name);
	int64_t from = cputime();
	checker_look(t->c.checker, name, bytes, len, &out);
	int64_t took = cputime() - from;
	checked_release(&out);
	t->told->files++;
	if (getenv("SHOW"))
		printf("# %7.3f s  %zu bytes  %s\n", (double)took / 1e6, len,
		    name);
	if (took > t->told->slowest) {
		t->told->slowest = took;
		snprintf(t->told->slowest_at, sizeof(t->told->slowest_at),
		    "%.120s", name);
	}
	if (took > MOST_US)
		snprintf(t->told->slow, sizeof(t->told->slow),
		    "%.120s: %lld ms", name, (long long)took / 1000);
}

/* Runs `work` in a child with all stages, locked in after the plan has been
 * loaded; what goes wrong fails the test. */
static void in_a_cell(
    void (*work)(struct trial *t, void *ctx), void *ctx, size_t least)
{
	static const bool all[STAGE_COUNT] = { true, true, true, true, true,
		true };
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(told != MAP_FAILED);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct trial t = { told, checking_begin(all) };
		alarm(600);
		tzset(); /* as the program does when it starts */
		told->locked_in = sandbox_enter(&told->sandbox);
		work(&t, ctx);
		told->ended = true;
		fflush(stdout);
		_exit(0);
	}
	int status = 0;
	assert_true(pid > 0 && waitpid(pid, &status, 0) == pid);
	if (!told->locked_in)
		printf("# skipped: no seccomp here, so that opened files are "
		       "not seen\n");
	if (!told->ended)
		fail_msg("it died (status %d) at '%s'", status, told->at);
	if (told->sandbox.tries)
		fail_msg("%u times it reached out: %s", told->sandbox.tries,
		    told->sandbox.first);
	if (told->slow[0])
		fail_msg("too slow: %s", told->slow);
	printf("# %zu files, the slowest in %lld ms: %s\n", told->files,
	    (long long)told->slowest / 1000, told->slowest_at);
	assert_true(told->files >= least);
	munmap(told, sizeof(*told));
}

/* ---- The sandbox itself */

static void reach_out(struct trial *t, void *ctx)
{
	(void)ctx;
	FILE *f = fopen("/etc/hostname", "r");
	if (f)
		fclose(f);
	t->told->at[0] = f ? 'x' : '\0';
	t->told->files++;
}

static void the_cell_holds(void **state)
{
	(void)state;
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(told != MAP_FAILED);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct trial t = { .told = told };
		told->locked_in = sandbox_enter(&told->sandbox);
		reach_out(&t, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	if (told->locked_in) {
		assert_int_equal(told->sandbox.tries, 1);
		assert_string_equal(
		    told->sandbox.first, "openat /etc/hostname");
		assert_int_equal(told->at[0], '\0');
	}
	munmap(told, sizeof(*told));
}

/* ---- Files of others */

struct file {
	char *name;
	struct buf bytes;
};
struct file_set {
	VEC(struct file);
};

static void load_folder(struct file_set *set, const char *path)
{
	DIR *dir = opendir(path);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): own stream */
	for (struct dirent *e; dir && (e = readdir(dir));) {
		struct err err = { 0 };
		if (e->d_name[0] == '.')
			continue;
		char *inner = xasprintf("%s/%s", path, e->d_name);
		if (e->d_type == DT_DIR) {
			load_folder(set, inner);
			free(inner);
			continue;
		}
		struct file *f = VEC_PUSH(set);
		f->name = inner;
		buf_init(&f->bytes, LIMIT_MESSAGE);
		assert_int_equal(buf_read_file(&f->bytes, inner, &err), 0);
	}
	if (dir)
		closedir(dir);
}

static void try_files(struct trial *t, void *ctx)
{
	struct file_set *set = ctx;
	VEC_EACH (struct file, f, set)
		try_bytes(t, f->name, f->bytes.ptr, f->bytes.len);
}

static void try_all(const char *path, size_t least)
{
	struct file_set set = { .at = NULL };
	load_folder(&set, path);
	in_a_cell(try_files, &set, least);
	VEC_EACH (struct file, f, &set) {
		free(f->name);
		buf_release(&f->bytes);
	}
	VEC_RELEASE(&set);
}

static void hostile_corpus(void **state)
{
	(void)state;
	char *path = corpus_path("hostile-xml");
	if (path)
		try_all(path, 140);
	free(path);
}

/* Other realms' documents, XXE and XInclude among them. */
static void other_documents(void **state)
{
	(void)state;
	static const char *const folders[] = { "other-cda", "v3-messages" };
	for (size_t i = 0; i < COUNTOF(folders); i++) {
		char *path = corpus_path(folders[i]);
		if (path)
			try_all(path, 90);
		free(path);
	}
}

/* ---- Bombs */

#define DOCUMENT "<ClinicalDocument xmlns='" XMLNS_V3 "' xmlns:x='u'>"

#define TEN(s)	 s s s s s s s s s s
/* `head`, `count` times `unit`, `middle`, `count` times `again`, `tail`; %u in
 * a unit becomes its number. */
static const struct bomb {
	const char *name, *head, *unit, *middle, *again, *tail;
	size_t count;
} bombs[] = {
	{ "a million levels", "", "<a>", "", "</a>", "", 1000000 },
	{ "a million levels of CDA", DOCUMENT, "<component>", "",
	    "</component>", "</ClinicalDocument>", 1000000 },
	{ "as deep as may be", DOCUMENT, "<section>", "<text/>", "</section>",
	    "</ClinicalDocument>", 250 },
	{ "many attributes", DOCUMENT "<id", " a%u='1'", "/>", "",
	    "</ClinicalDocument>", 400000 },
	{ "many namespaces", DOCUMENT "<id", " xmlns:a%u='1'", "/>", "",
	    "</ClinicalDocument>", 400000 },
	{ "many namespaces, one in another", "", "<a xmlns:a%u='u'>", "",
	    "</a>", "", 250 },
	{ "the same attribute", "<a", " b='1'", "/>", "", "", 500000 },
	{ "a huge name", "<", "nnnnnnnnnn", "/>", "", "", 1000000 },
	{ "a huge name of a CDA", DOCUMENT "<", "nnnnnnnnnn", "/>", "",
	    "</ClinicalDocument>", 500000 },
	{ "a huge prefix", DOCUMENT "<", "nnnnnnnnnn", ":a/>", "",
	    "</ClinicalDocument>", 500000 },
	{ "a huge attribute", DOCUMENT "<id root='", "1.22.333.4", "'/>", "",
	    "</ClinicalDocument>", 500000 },
	{ "a huge text", DOCUMENT "<title>", "Esimerkki ", "</title>", "",
	    "</ClinicalDocument>", 1000000 },
	{ "a huge text of references", DOCUMENT "<title>", "&#49;", "</title>",
	    "", "</ClinicalDocument>", 500000 },
	{ "a huge text of digits", DOCUMENT "<title>", "0101", "</title>", "",
	    "</ClinicalDocument>", 1000000 },
	{ "a huge comment", DOCUMENT "<!--", "comment ", "-->", "",
	    "</ClinicalDocument>", 500000 },
	{ "many CDATA sections", DOCUMENT "<title>", "<![CDATA[a]]>",
	    "</title>", "", "</ClinicalDocument>", 200000 },
	{ "many comments in a text", DOCUMENT "<title>", "a<!---->", "</title>",
	    "", "</ClinicalDocument>", 200000 },
	{ "many templateIds", DOCUMENT, "<templateId root='1.2.%u'/>", "", "",
	    "</ClinicalDocument>", 100000 },
	{ "many ids", DOCUMENT, "<id root='1.2.%u' extension='%u'/>", "", "",
	    "</ClinicalDocument>", 50000 },
	{ "many unknown codes", DOCUMENT,
	    "<code code='x%u' codeSystem='1.2.246.537.5.1.2001'/>", "", "",
	    "</ClinicalDocument>", 100000 },
	{ "many unknown elements", DOCUMENT, "<x:a%u/>", "", "",
	    "</ClinicalDocument>", 100000 },
	{ "many patients", DOCUMENT,
	    "<recordTarget><patientRole><id root='1.2.246.21' "
	    "extension='010181-900C'/></patientRole></recordTarget>",
	    "", "", "</ClinicalDocument>", 20000 },
	{ "many sections", DOCUMENT "<component><structuredBody>",
	    "<component><section><title>a</title><text><paragraph "
	    "ID='i%u'>a</paragraph></text><entry><observation><text>"
	    "<reference value='#i%u'/></text></observation></entry>"
	    "</section></component>",
	    "</structuredBody></component>", "", "</ClinicalDocument>", 10000 },
	{ "many references to one", DOCUMENT "<component><structuredBody>",
	    "<component><section><text ID='a'/><entry><observation><text>"
	    "<reference value='#a'/></text></observation></entry>"
	    "</section></component>",
	    "</structuredBody></component>", "", "</ClinicalDocument>", 10000 },
	{ "many siblings of no use", "<a>", "<b/>", "</a>", "", "", 1000000 },
	{ "entities", "<!DOCTYPE a [<!ENTITY a0 'a'>",
	    "<!ENTITY a%u '&a0;&a0;&a0;&a0;'>", "]><a>&a9;</a>", "", "", 100 },
	{ "many errors of the schema", DOCUMENT,
	    "<realmCode x='%u'>a</realmCode>", "", "", "</ClinicalDocument>",
	    50000 },
	{ "base64 of nothing", DOCUMENT "<text>", "AAAAAAAAAAAAAAA\n",
	    "</text>", "", "</ClinicalDocument>", 500000 },
	{ "escapes of escapes", DOCUMENT "<text>", "&amp;amp;amp;amp;",
	    "</text>", "", "</ClinicalDocument>", 300000 },
	{ "percents", DOCUMENT "<text>", "%25252525", "</text>", "",
	    "</ClinicalDocument>", 500000 },
	{ "as many patients as may be", DOCUMENT,
	    "<recordTarget><patientRole><id root='1.2.246.21' "
	    "extension='010181-900C'/></patientRole></recordTarget>",
	    "", "", "</ClinicalDocument>", 4999 },
	{ "as many sections as may be", DOCUMENT "<component><structuredBody>",
	    "<component><section><text ID='a'/><entry><observation><text>"
	    "<reference value='#a'/></text></observation></entry>"
	    "</section></component>",
	    "</structuredBody></component>", "", "</ClinicalDocument>", 4999 },
	{ "many findings far on in a line", DOCUMENT,
	    "<code code='x%u' codeSystem='1.2.246.537.5.40100.2006' "
	    "displayName='" TEN(TEN("Esimerkki ")) "'/>",
	    "", "", "</ClinicalDocument>", 4990 },
	{ "telephones", DOCUMENT "<title>", "+358 40 1234567 ", "</title>", "",
	    "</ClinicalDocument>", 500000 },
	{ "findings behind many siblings", DOCUMENT, "<a/>", "",
	    "<x:b code='x' codeSystem='1.2.246.537.5.40100.2006'/>",
	    "</ClinicalDocument>", 60000 },
	{ "very many names", DOCUMENT, "<b%u/>", "", "", "</ClinicalDocument>",
	    500000 },
	{ "very many names of attributes", DOCUMENT, "<b b%u='%u'/>", "", "",
	    "</ClinicalDocument>", 400000 },
	{ "very many short texts", DOCUMENT, "<b>%u</b>", "", "",
	    "</ClinicalDocument>", 400000 },
	{ "signatures", DOCUMENT,
	    "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>"
	    "<SignedInfo><Reference URI='#a%u'/></SignedInfo></Signature>",
	    "", "", "</ClinicalDocument>", 5000 },
};

/* Appends `unit`, its first two %u replaced. */
static void add_unit(struct buf *to, const char *unit, size_t number)
{
	const char *at;
	while ((at = strstr(unit, "%u"))) {
		buf_add(to, unit, (size_t)(at - unit));
		buf_addf(to, "%zu", number);
		unit = at + 2;
	}
	buf_adds(to, unit);
}

static void try_bomb(struct trial *t, const struct bomb *b)
{
	struct buf text = BUF_INIT(LIMIT_MESSAGE);
	buf_adds(&text, b->head);
	for (size_t i = 0; i < b->count; i++)
		add_unit(&text, b->unit, i);
	buf_adds(&text, b->middle);
	for (size_t i = 0; *b->again && i < b->count; i++)
		add_unit(&text, b->again, i);
	buf_adds(&text, b->tail);
	assert_false(text.overflow);
	try_bytes(t, b->name, text.ptr, text.len);
	buf_release(&text);
}

/* base64 in XML in base64 …, as often as it fits in a megabyte. */
static void try_base64(struct trial *t)
{
	struct buf text = BUF_INIT(LIMIT_MIB(4)), next = BUF_INIT(LIMIT_MIB(4));
	buf_adds(&text, DOCUMENT "</ClinicalDocument>");
	for (unsigned i = 0; text.len < LIMIT_MIB(1); i++) {
		buf_clear(&next);
		buf_adds(&next, DOCUMENT "<text>");
		base64_encode(&next, text.ptr, text.len, 76);
		buf_adds(&next, "</text></ClinicalDocument>");
		struct buf other = text;
		text = next;
		next = other;
		if (i % 8 == 0)
			try_bytes(t, "base64 in base64", text.ptr, text.len);
	}
	buf_release(&text);
	buf_release(&next);
}

/* All signatures with all references to the last of many elements. */
static void try_references(struct trial *t)
{
	static const char method[] = "Algorithm='" XMLNS_DS;
	static const char c14n[] =
	    "Algorithm='http://www.w3.org/TR/2001/REC-xml-c14n-20010315'/>";
	const unsigned many = 100000;
	struct buf text = BUF_INIT(LIMIT_MIB(8));
	buf_adds(&text, DOCUMENT);
	for (unsigned i = 1; i <= many; i++)
		buf_addf(&text, "<a ID='i%u'/>", i);
	for (unsigned i = 0; i < LIMIT_SIGNATURES; i++) {
		buf_addf(&text,
		    "<Signature xmlns='" XMLNS_DS "'><SignedInfo>"
		    "<CanonicalizationMethod %s<SignatureMethod %srsa-sha1'/>",
		    c14n, method);
		for (unsigned k = 0; k < LIMIT_SIGNATURE_REFERENCES; k++)
			buf_addf(&text,
			    "<Reference URI='#i%u'><Transforms><Transform %s"
			    "</Transforms><DigestMethod %ssha1'/><DigestValue>"
			    "AAAA</DigestValue></Reference>",
			    many, c14n, method);
		buf_adds(&text,
		    "</SignedInfo><SignatureValue>AAAA</SignatureValue>"
		    "</Signature>");
	}
	buf_adds(&text, "</ClinicalDocument>");
	assert_false(text.overflow);
	try_bytes(t, "references to one of many", text.ptr, text.len);
	buf_release(&text);
}

static void try_bombs(struct trial *t, void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < COUNTOF(bombs); i++)
		try_bomb(t, &bombs[i]);
	try_base64(t);
	try_references(t);
}

static void own_bombs(void **state)
{
	(void)state;
	in_a_cell(try_bombs, NULL, COUNTOF(bombs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cell_holds),
		cmocka_unit_test(hostile_corpus),
		cmocka_unit_test(other_documents),
		cmocka_unit_test(own_bombs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "testcase/project-write.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/target.h"
#include "kanta/ids.h"

#include <stdlib.h>
#include <unistd.h>

#define EXAMPLE_ROOT   "1.2.246.10.1234567"
#define EXAMPLE_PERSON "010181-900C" /* kanta.fi's own example */
#define FINLAND	       "1.2.246."

/* ---- Checking */

int draft_check_org(const char *org, struct err *err)
{
	if (strchr(org, '-') ? business_id_is_valid(org) : oid_is_valid(org))
		return 0;
	err_set(err, ERR_USAGE,
	    "'%s' is neither a Y-tunnus with a right check digit nor an OID",
	    org);
	return err_hint(
	    err, "write it like 1234567-1 or 1.2.246.10.12345671.10.0");
}

int draft_check_person(const char *code, struct err *err)
{
	struct hetu h;
	char masked[HETU_LENGTH + 1] = "****";
	const char *trouble = NULL;
	if (strlen(code) != HETU_LENGTH || !hetu_read(code, &h))
		trouble = "has not the shape of a henkilötunnus";
	else if (!hetu_is_test(&h))
		trouble = "is not of the 900 series, so it may be a living "
			  "person's";
	else if (!h.date_exists || !h.check_holds)
		trouble = "has a wrong date or check character";
	if (!trouble)
		return 0;
	if (strlen(code) == HETU_LENGTH)
		hetu_mask(masked, code);
	err_set(err, ERR_USAGE, "the code '%s' %s", masked, trouble);
	return err_hint(
	    err, "only test codes that Kela issued to you belong there");
}

/* An XML id, as the grammar has it. */
static bool is_id(const char *s, size_t len)
{
	if (len == 0 || len > 64 || !str_is_alpha(s[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!str_is_alpha(s[i]) && !str_is_digit(s[i]) &&
		    !strchr("._-", s[i]))
			return false;
	return true;
}

static int check_file(const char *path, const char *name, struct err *err)
{
	if (access(path, R_OK) == 0)
		return 0;
	return err_errno(err, ERR_USAGE, "--%s '%s'", name, path);
}

int draft_check_source(
    const char *word, const char *name, bool is_file, struct err *err)
{
	const char *equals = strchr(word, '=');
	if (!equals || !equals[1] || !is_id(word, (size_t)(equals - word)))
		return err_set(err, ERR_USAGE,
		    "--%s '%s' is not of the form KIND=%s", name, word,
		    is_file ? "FILE" : "COMMAND");
	return is_file ? check_file(equals + 1, name, err) : 0;
}

static int check_target(const struct project_draft *d, struct err *err)
{
	const char *equals = strchr(d->target, '=');
	struct target t = { 0 };
	if (!equals || !is_id(d->target, (size_t)(equals - d->target)))
		return err_set(err, ERR_USAGE,
		    "--target '%s' is not of the form NAME=URL", d->target);
	if (!d->ca || !d->certificate) {
		err_set(err, ERR_USAGE,
		    "--target needs --ca and --certificate, too");
		return err_hint(
		    err, "without --target the file shows how one is written");
	}
	int rc = target_set_url(&t, equals + 1, err);
	target_release(&t);
	if (rc < 0 || check_file(d->ca, "ca", err) < 0 ||
	    check_file(d->certificate, "certificate", err) < 0)
		return -1;
	return d->key ? check_file(d->key, "key", err) : 0;
}

/* Attributes are read as tokens: white space alone is nothing. */
static int check_texts(const struct project_draft *d, struct err *err)
{
	const struct {
		const char *name, *text;
	} texts[] = { { "system", d->system }, { "version", d->version },
		{ "org-name", d->org_name }, { "tester", d->tester } };
	for (size_t i = 0; i < COUNTOF(texts); i++) {
		const char *text = texts[i].text;
		if (text && (!text[strspn(text, " \t\r\n")] ||
				!str_is_utf8(text, strlen(text))))
			return err_set(err, ERR_USAGE, "--%s holds no text",
			    texts[i].name);
	}
	return 0;
}

/* A kind has one source, whether file or command. */
static int check_twice(const struct project_draft *d, struct err *err)
{
	const struct opt_list *const lists[] = { &d->files, &d->commands };
	for (size_t i = 0; i < d->files.count + d->commands.count; i++)
		for (size_t k = 0; k < i; k++) {
			const char *word[2];
			const size_t at[2] = { i, k };
			for (size_t n = 0; n < 2; n++) {
				bool second = at[n] >= d->files.count;
				word[n] =
				    lists[second]
					->at[at[n] -
					     (second ? d->files.count : 0)];
			}
			size_t len = strcspn(word[0], "=") + 1;
			if (strncmp(word[0], word[1], len) == 0)
				return err_set(err, ERR_USAGE,
				    "a second source of '%.*s'", (int)len - 1,
				    word[0]);
		}
	return 0;
}

int draft_check(const struct project_draft *d, struct err *err)
{
	if (check_texts(d, err) < 0 ||
	    (d->org && draft_check_org(d->org, err) < 0))
		return -1;
	VEC_EACH (const char *, code, &d->persons)
		if (draft_check_person(*code, err) < 0)
			return -1;
	VEC_EACH (const char *, word, &d->files)
		if (draft_check_source(*word, "document", true, err) < 0)
			return -1;
	VEC_EACH (const char *, word, &d->commands)
		if (draft_check_source(*word, "command", false, err) < 0)
			return -1;
	if (check_twice(d, err) < 0)
		return -1;
	return d->target ? check_target(d, err) : 0;
}

/* ---- Writing */

struct writing {
	struct buf *to;
	const struct project_draft *d;
	enum lang lang;
};

static const char *words(const struct writing *w, enum word word)
{
	return word_text(word, w->lang);
}

/* By code points, which is right for our two languages. */
static size_t columns(const char *s, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xC0) != 0x80;
	return n;
}

/* Text of a comment, broken into lines; a comment holds no "--". */
static void add_wrapped(struct writing *w, const char *text)
{
	enum {
		WIDTH = 74
	};
	size_t column = 0;
	while (*text) {
		size_t len = strcspn(text, " "), width = columns(text, len);
		if (column && column + 1 + width > WIDTH) {
			buf_addc(w->to, '\n');
			column = 0;
		}
		buf_adds(w->to, column ? " " : "    ");
		buf_add(w->to, text, len);
		column += width + 1;
		text += len + (text[len] == ' ');
	}
	buf_addc(w->to, '\n');
}

static void add_comment(struct writing *w, enum word word, enum word more)
{
	buf_adds(w->to, "\n  <!--\n");
	add_wrapped(w, words(w, word));
	if (more != W_none)
		add_wrapped(w, words(w, more));
	buf_adds(w->to, "  -->\n");
}

static void add_attribute(struct writing *w, const char *name, const char *text)
{
	buf_addf(w->to, " %s=\"", name);
	buf_add_xmls(w->to, text);
	buf_addc(w->to, '"');
}

static void add_system(struct writing *w)
{
	const struct project_draft *d = w->d;
	add_comment(w, W_init_system, W_none);
	buf_adds(w->to, "  <system");
	add_attribute(w, "name", d->system);
	add_attribute(w, "version", d->version);
	if (d->class)
		add_attribute(w, "class", d->class);
	buf_adds(w->to, "/>\n");
	if (!d->tester)
		return;
	buf_adds(w->to, "  <tester");
	add_attribute(w, "name", d->tester);
	buf_adds(w->to, "/>\n");
}

/* What stands above class 10 of an organisation's nodes (JHS 159). */
static char *org_root(const char *org)
{
	char root[BUSINESS_OID];
	if (!org)
		return xstrdup(EXAMPLE_ROOT);
	if (strchr(org, '-')) {
		business_id_root(root, org);
		return xstrdup(root);
	}
	const char *last = strrchr(org, '.');
	size_t len = (size_t)(last - org);
	if (len > strlen(FINLAND "10.10") &&
	    strncmp(last - strlen(".10"), ".10", 3) == 0)
		return xstrndup(org, len - strlen(".10"));
	return xstrdup(org);
}

static void add_organisations(struct writing *w)
{
	static const struct {
		const char *role, *node;
		enum word of; /* what of the organisation it is */
	} rows[] = {
		{ "palvelunantaja", ".10.0", W_none },
		{ "palveluyksikko", ".10.1", W_init_unit },
		{ "rekisterinpitaja", ".19.0", W_none },
		{ "lahettava-laite", ".13.1", W_init_device },
	};
	const struct project_draft *d = w->d;
	char *root = org_root(d->org);
	const char *name =
	    d->org_name ? d->org_name : words(w, W_init_example_name);
	add_comment(w, W_init_organisations,
	    d->org && d->org_name ? W_none : W_init_invented);
	for (size_t i = 0; i < COUNTOF(rows); i++) {
		char *oid = xasprintf("%s%s", root, rows[i].node);
		bool whole = rows[i].of == W_none;
		char *of = xasprintf("%s%s%s", name, whole ? "" : ", ",
		    whole ? "" : words(w, rows[i].of));
		buf_adds(w->to, "  <organisation");
		add_attribute(w, "role", rows[i].role);
		add_attribute(w, "oid", oid);
		buf_adds(w->to, "\n     ");
		add_attribute(w, "name", of);
		buf_adds(w->to, "/>\n");
		free(of);
		free(oid);
	}
	free(root);
}

static void add_person(struct writing *w, const char *code)
{
	struct hetu h;
	if (!hetu_read(code, &h))
		BUG("an identity code that the check let through");
	buf_adds(w->to, "    <person");
	add_attribute(w, "code", code);
	/* Even numbers are women's: code list 'sukupuoli', 1 and 2. */
	buf_addf(w->to,
	    " given=\"Testi\" family=\"Esimerkki\"\n"
	    "        birth=\"%04d%02d%02d\" gender=\"%d\"/>\n",
	    h.year, h.month, h.day, h.number % 2 ? 1 : 2);
}

static void add_people(struct writing *w)
{
	const struct project_draft *d = w->d;
	add_comment(w, W_init_professional, W_none);
	buf_adds(w->to, "  <professional id-root=\"1.2.246.537.25\" "
			"id=\"00000000901\"\n"
			"      given=\"Testi\" family=\"Ammattilainen\"/>\n");
	add_comment(
	    w, W_init_pool, d->persons.count ? W_none : W_init_pool_example);
	buf_adds(w->to, "  <pool>\n");
	VEC_EACH (const char *, code, &d->persons)
		add_person(w, *code);
	if (!d->persons.count)
		add_person(w, EXAMPLE_PERSON);
	buf_adds(w->to, "  </pool>\n");
}

/* "NAME=VALUE": the name as one attribute, the value as another. */
static void add_pair(
    struct writing *w, const char *name, const char *value, const char *word)
{
	size_t len = strcspn(word, "=");
	char *first = xstrndup(word, len);
	add_attribute(w, name, first);
	add_attribute(w, value, word + len + 1);
	free(first);
}

static void add_target(struct writing *w)
{
	const struct project_draft *d = w->d;
	if (!d->target) {
		buf_adds(w->to, "\n  <!--\n");
		add_wrapped(w, words(w, W_init_no_target));
		buf_adds(w->to,
		    "  <target name=\"at\" url=\"https://HOST/PATH\"\n"
		    "      ca=\"certs/kanta-ca.pem\" "
		    "certificate=\"certs/client.pem\"\n"
		    "      key=\"certs/client.key\" dialect=\"kanta\"/>\n"
		    "  -->\n");
		return;
	}
	add_comment(w, W_init_target, W_none);
	buf_adds(w->to, "  <target");
	add_pair(w, "name", "url", d->target);
	add_attribute(w, "ca", d->ca);
	buf_adds(w->to, "\n     ");
	add_attribute(w, "certificate", d->certificate);
	if (d->key)
		add_attribute(w, "key", d->key);
	add_attribute(w, "dialect", "kanta");
	buf_adds(w->to, "/>\n");
}

static void add_documents(struct writing *w)
{
	const struct project_draft *d = w->d;
	bool none = d->files.count + d->commands.count == 0;
	buf_adds(w->to, "\n  <!--\n");
	add_wrapped(w, words(w, W_init_documents));
	if (none)
		buf_adds(w->to, "  <document kind=\"hoitokertomus\" "
				"command=\"./make-document.sh\"/>\n");
	buf_adds(w->to, "  -->\n");
	VEC_EACH (const char *, word, &d->files) {
		buf_adds(w->to, "  <document");
		add_pair(w, "kind", "file", *word);
		buf_adds(w->to, "/>\n");
	}
	VEC_EACH (const char *, word, &d->commands) {
		buf_adds(w->to, "  <document");
		add_pair(w, "kind", "command", *word);
		buf_adds(w->to, "/>\n");
	}
}

static void add_check(struct writing *w)
{
	buf_adds(w->to, "\n  <!--\n");
	add_wrapped(w, words(w, W_init_check));
	buf_adds(w->to,
	    "  <check schema=\"schemas/CDA_Fi.xsd\" baseline=\"known.xml\">\n"
	    "    <rules file=\"rules/own.sch\"/>\n"
	    "    <codes file=\"codes/gender.csv\" "
	    "oid=\"1.2.246.537.5.1.1997\"\n"
	    "        code=\"CodeId\" name=\"LongName\"/>\n"
	    "  </check>\n"
	    "  -->\n");
}

void project_write(
    struct buf *to, const struct project_draft *d, enum lang lang)
{
	struct writing w = { to, d, lang };
	buf_adds(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--\n");
	add_wrapped(&w, words(&w, W_init_head));
	buf_adds(to, "-->\n<project xmlns=\"urn:esitesti:project:1\">\n");
	add_system(&w);
	add_organisations(&w);
	add_people(&w);
	add_target(&w);
	add_documents(&w);
	add_check(&w);
	buf_adds(to, "</project>\n");
}

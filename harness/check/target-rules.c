/* SPDX-License-Identifier: Apache-2.0 */
#include "check/target.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "xml/shape.h"

#include <stdlib.h>

#define NAMESPACE "urn:esitesti:targets:1"

struct target_rules {
	struct {
		VEC(char *);
	} hosts; /* patterns */
	struct {
		VEC(char *);
	} production; /* whole names */
	struct {
		VEC(char *);
	} issuers; /* how the common name begins */
	struct {
		VEC(struct target);
	} targets;
	struct {
		VEC(struct target);
	} validations; /* name, url, host */
};

static const struct shape_attribute host_attributes[] = {
	{ "pattern", SHAPE_TEXT, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape_attribute production_attributes[] = {
	{ "host", SHAPE_TEXT, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape_attribute issuer_attributes[] = {
	{ "common-name-begins", SHAPE_TEXT, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};
static const struct shape_attribute target_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "url", SHAPE_TEXT, true, NULL },
	{ "ca", SHAPE_TEXT, true, NULL },
	{ "dialect", SHAPE_ID, true, NULL },
	{ "pause-ms", SHAPE_NUMBER, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};

static const struct shape_attribute validation_attributes[] = {
	{ "name", SHAPE_ID, true, NULL },
	{ "url", SHAPE_TEXT, true, NULL },
	{ "mark", SHAPE_CHOICE, true, "F|I|U" },
	{ "source", SHAPE_TEXT, true, NULL },
};

static const struct shape production_shape = { "production", SHAPE_EMPTY,
	production_attributes, COUNTOF(production_attributes), NULL, 0 };
static const struct shape host_shape = { "host", SHAPE_EMPTY, host_attributes,
	COUNTOF(host_attributes), NULL, 0 };
static const struct shape issuer_shape = { "issuer", SHAPE_EMPTY,
	issuer_attributes, COUNTOF(issuer_attributes), NULL, 0 };
static const struct shape target_shape = { "target", SHAPE_EMPTY,
	target_attributes, COUNTOF(target_attributes), NULL, 0 };
static const struct shape validation_shape = { "validation", SHAPE_EMPTY,
	validation_attributes, COUNTOF(validation_attributes), NULL, 0 };
static const struct shape_child children[] = {
	{ &host_shape, 1, 0 },
	{ &production_shape, 0, 0 },
	{ &issuer_shape, 1, 0 },
	{ &target_shape, 0, 0 },
	{ &validation_shape, 0, 0 },
};
static const struct shape root_shape = { "targets", SHAPE_CHILDREN, NULL, 0,
	children, COUNTOF(children) };

/* "*.at.kanta.fi": a star, then at least three labels, or a whole name. A
 * wider pattern would let production in. */
static bool is_narrow(const char *pattern)
{
	size_t dots = 0;
	for (const char *p = pattern; *p; p++) {
		if (*p == '*' && (p != pattern || p[1] != '.'))
			return false;
		dots += *p == '.';
	}
	return dots >= (pattern[0] == '*' ? 3u : 1u) && !str_ends(pattern, ".");
}

static int read_host(struct target_rules *rules, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	const char *pattern = xml_attr(node, "pattern");
	if (!is_narrow(pattern)) {
		xml_fail(doc, node, err, ERR_CASE,
		    "the host pattern '%s' is too wide", pattern);
		return err_hint(err,
		    "give a whole host name, or '*.' and at least three "
		    "labels: '*.at.kanta.fi'");
	}
	*VEC_PUSH(&rules->hosts) = xstrdup(pattern);
	return 0;
}

static int read_production(struct target_rules *rules,
    const struct xml_doc *doc, const xmlNode *node, struct err *err)
{
	const char *host = xml_attr(node, "host");
	if (target_host_is_test(rules, host))
		return xml_fail(doc, node, err, ERR_CASE,
		    "'%s' is named as a test host, too", host);
	*VEC_PUSH(&rules->production) = xstrdup(host);
	return 0;
}

static int read_issuer(struct target_rules *rules, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	const char *begins = xml_attr(node, "common-name-begins");
	if (!strstr(begins, "TEST"))
		return xml_fail(doc, node, err, ERR_CASE,
		    "the issuer '%s' does not say TEST in its name", begins);
	*VEC_PUSH(&rules->issuers) = xstrdup(begins);
	return 0;
}

static int read_target(struct target_rules *rules, const struct xml_doc *doc,
    const xmlNode *node, struct err *err)
{
	const char *name = xml_attr(node, "name");
	struct err why = { 0 };
	uint64_t pause = 0;
	if (target_rules_find(rules, name))
		return xml_fail(doc, node, err, ERR_CASE,
		    "there are two targets '%s'", name);
	struct target *t = VEC_PUSH(&rules->targets);
	t->name = xstrdup(name);
	t->ca = path_beside(xml_name(doc), xml_attr(node, "ca"));
	t->dialect = xstrdup(xml_attr(node, "dialect"));
	if (target_set_url(t, xml_attr(node, "url"), &why) < 0 ||
	    str_number(xml_attr(node, "pause-ms"), 0, LIMIT_EXCHANGE_MS, &pause,
		&why) < 0)
		return xml_fail(doc, node, err, ERR_CASE, "%s", why.msg);
	t->pause_ms = (unsigned)pause;
	if (!target_host_is_test(rules, t->host))
		return xml_fail(doc, node, err, ERR_CASE,
		    "no host rule knows '%s' as a test environment", t->host);
	return 0;
}

/* A pattern is not enough here: its host is a rule of its own. */
static bool is_whole_rule(const struct target_rules *rules, const char *host)
{
	VEC_EACH (char *const, pattern, &rules->hosts)
		if (streq(*pattern, host))
			return true;
	return false;
}

static int read_validation(struct target_rules *rules,
    const struct xml_doc *doc, const xmlNode *node, struct err *err)
{
	struct err why = { 0 };
	const char *name = xml_attr(node, "name");
	if (target_rules_validation(rules, name))
		return xml_fail(doc, node, err, ERR_CASE,
		    "there are two validation services '%s'", name);
	struct target *t = VEC_PUSH(&rules->validations);
	t->name = xstrdup(name);
	if (target_set_validation_url(t, xml_attr(node, "url"), &why) < 0)
		return xml_fail(doc, node, err, ERR_CASE, "%s", why.msg);
	if (!is_whole_rule(rules, t->host))
		return xml_fail(doc, node, err, ERR_CASE,
		    "no host rule names '%s' itself", t->host);
	return 0;
}

static const struct {
	const char *element;
	int (*read)(struct target_rules *rules, const struct xml_doc *doc,
	    const xmlNode *node, struct err *err);
} readers[] = {
	{ "host", read_host },
	{ "production", read_production },
	{ "issuer", read_issuer },
	{ "target", read_target },
	{ "validation", read_validation },
};

static int read_rules(
    struct target_rules *rules, const struct xml_doc *doc, struct err *err)
{
	XML_EACH_CHILD (node, xml_root(doc))
		for (size_t i = 0; i < COUNTOF(readers); i++)
			if (xml_is(node, NAMESPACE, readers[i].element) &&
			    readers[i].read(rules, doc, node, err) < 0)
				return -1;
	return 0;
}

struct target_rules *target_rules_load(const char *path, struct err *err)
{
	struct target_rules *rules = NULL;
	struct xml_doc *doc = xml_read_file(path, LIMIT_CONFIG_FILE, err);
	if (!doc)
		return NULL;
	if (shape_check(doc, NAMESPACE, &root_shape, err) == 0) {
		rules = xcalloc(1, sizeof(*rules));
		if (read_rules(rules, doc, err) < 0) {
			target_rules_free(rules);
			rules = NULL;
		}
	}
	xml_free(doc);
	return rules;
}

void target_rules_free(struct target_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->hosts.count; i++)
		free(rules->hosts.at[i]);
	for (size_t i = 0; i < rules->production.count; i++)
		free(rules->production.at[i]);
	for (size_t i = 0; i < rules->issuers.count; i++)
		free(rules->issuers.at[i]);
	VEC_EACH (struct target, t, &rules->targets)
		target_release(t);
	VEC_EACH (struct target, t, &rules->validations)
		target_release(t);
	VEC_RELEASE(&rules->validations);
	VEC_RELEASE(&rules->hosts);
	VEC_RELEASE(&rules->production);
	VEC_RELEASE(&rules->issuers);
	VEC_RELEASE(&rules->targets);
	free(rules);
}

const struct target *target_rules_find(
    const struct target_rules *rules, const char *name)
{
	VEC_EACH (struct target, t, &rules->targets)
		if (streq(t->name, name))
			return t;
	return NULL;
}

const char *target_rules_validation(
    const struct target_rules *rules, const char *name)
{
	VEC_EACH (struct target, t, &rules->validations)
		if (streq(t->name, name))
			return t->url;
	return NULL;
}

bool target_may_be_plain(const struct target_rules *rules, const char *host)
{
	VEC_EACH (struct target, t, &rules->validations)
		if (streq(t->host, host) && target_is_plain(t->url))
			return true;
	return false;
}

/* Labels of letters, digits and hyphens with dots between; the last one, a
 * letter in it, tells it from an address. */
static bool is_whole_name(const char *host)
{
	static const char label[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	bool letter = false;
	size_t labels = 0;
	for (const char *p = host;; p++) {
		size_t n = strspn(p, label);
		if (n == 0 || n > 63 || *p == '-' || p[n - 1] == '-')
			return false;
		letter = strcspn(p, "0123456789-.") > 0;
		labels++;
		p += n;
		if (*p != '.')
			return !*p && labels > 1 && letter;
	}
}

int target_rules_attest(
    struct target_rules *rules, const char *host, struct err *err)
{
	if (!is_whole_name(host)) {
		err_set(err, ERR_USAGE, "'%s' is no whole host name", host);
		return err_hint(err,
		    "one name such as 'archive.example.fi': no pattern, no "
		    "address, no port");
	}
	for (size_t i = 0; i < rules->production.count; i++) {
		if (!str_matches_host(rules->production.at[i], host))
			continue;
		err_set(err, ERR_USAGE, "'%s' is known as production", host);
		return err_hint(err,
		    "'production' in cases/targets.xml; nobody can attest it "
		    "as a test environment");
	}
	*VEC_PUSH(&rules->hosts) = xstrdup(host);
	return 0;
}

bool target_host_is_test(const struct target_rules *rules, const char *host)
{
	for (size_t i = 0; i < rules->hosts.count; i++)
		if (str_matches_host(rules->hosts.at[i], host))
			return true;
	return false;
}

/*
 * The value of the first CN in RFC 2253 text. A comma inside a value is
 * escaped there, so that an O such as "x,CN=DVV TEST" cannot pose as one.
 */
static const char *common_name(const char *text)
{
	for (const char *p = text; *p;) {
		if (str_starts(p, "CN="))
			return p + 3;
		while (*p && *p != ',' && *p != '+')
			p += p[0] == '\\' && p[1] ? 2 : 1;
		if (*p)
			p++;
	}
	return NULL;
}

bool target_issuer_is_test(const struct target_rules *rules, const char *issuer)
{
	const char *name = common_name(issuer);
	if (!name)
		return false;
	for (size_t i = 0; i < rules->issuers.count; i++)
		if (str_starts(name, rules->issuers.at[i]))
			return true;
	return false;
}

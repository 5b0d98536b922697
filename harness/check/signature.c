/* SPDX-License-Identifier: Apache-2.0 */
#include "check/signature.h"

#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "check/signature-inside.h"

#define TYPES	      "1.2.246.537.5.40127.2006"
#define PRESCRIPTIONS "1.2.246.537.5.40105.2006"

void signature_find(const struct judging *j, enum rule rule,
    const xmlNode *node, struct note text)
{
	j->found(j->ctx, rule, rule_rows[rule].severity, node, &text);
}

void signature_warn(const struct judging *j, enum rule rule,
    const xmlNode *node, struct note text)
{
	j->found(j->ctx, rule, SEVERITY_WARNING, node, &text);
}

/* ---- The document */

static enum signed_kind kind_of(const xmlNode *root)
{
	const xmlNode *code = xml_child(root, XMLNS_V3, "code");
	const char *system = code ? xml_attr(code, "codeSystem") : NULL;
	if (system && streq(system, PRESCRIPTIONS))
		return SIGNED_PRESCRIPTION;
	if (xml_child(root, XMLNS_HL7FI, "localSocialHeader"))
		return SIGNED_SOCIAL;
	return SIGNED_HEALTH;
}

static const xmlNode *body_of(const xmlNode *root)
{
	const xmlNode *component = xml_child(root, XMLNS_V3, "component");
	const xmlNode *body =
	    component ? xml_child(component, XMLNS_V3, "structuredBody") : NULL;
	if (!body && component)
		body = xml_child(component, XMLNS_V3, "nonXMLBody");
	return body;
}

/* The document as all its signatures see it. */
static struct judging open_document(const struct xml_doc *document)
{
	const xmlNode *root = xml_root(document);
	const xmlNode *id = xml_child(root, XMLNS_V3, "id");
	const char *oid = id ? xml_attr(id, "root") : NULL;
	return (struct judging){
		.kind = kind_of(root),
		.root = root,
		.body = body_of(root),
		.oid = oid ? oid : "",
	};
}

/* ---- The place of one signature */

static bool is_in_place(const struct judging *j)
{
	const xmlNode *wrapper = j->d->node->parent;
	const xmlNode *all = wrapper ? wrapper->parent : NULL;
	const xmlNode *header = all ? all->parent : NULL;
	return xml_is(wrapper, XMLNS_HL7FI, "signature") &&
	       xml_is(all, XMLNS_HL7FI, "signatureCollection") &&
	       (xml_is(header, XMLNS_HL7FI, "localHeader") ||
		   xml_is(header, XMLNS_HL7FI, "localSocialHeader")) &&
	       header->parent == j->root;
}

static void judge_type(struct judging *j)
{
	const xmlNode *description =
	    xml_child(j->wrapper, XMLNS_HL7FI, "signatureDescription");
	const char *code = xml_attr(description, "code");
	const char *system = xml_attr(description, "codeSystem");
	if (!description)
		signature_find(j, RULE_SIG_STRUCTURE, j->wrapper,
		    say_sig_incomplete("signatureDescription"));
	else if (!code || !system || !streq(system, TYPES) || !*code ||
		 !strchr("1234", *code) || code[1])
		signature_find(j, RULE_SIG_STRUCTURE, description,
		    say_sig_type(code ? code : ""));
	else
		j->type = *code;
}

static void judge_place(struct judging *j)
{
	j->wrapper = j->timestamp = j->several = NULL;
	j->type = '\0';
	if (!is_in_place(j)) {
		struct buf where = BUF_INIT(LIMIT_KIB(4));
		xml_path(&where, j->d->node, NULL);
		signature_find(j, RULE_SIG_STRUCTURE, j->d->node,
		    say_sig_place(where.ptr));
		buf_release(&where);
		return;
	}
	j->wrapper = j->d->node->parent;
	j->timestamp = xml_child(j->wrapper, XMLNS_HL7FI, "signatureTimestamp");
	j->several =
	    xml_child(j->wrapper, XMLNS_HL7FI, "multipleDocumentSignature");
	judge_type(j);
	if (!j->timestamp)
		signature_find(j, RULE_SIG_STRUCTURE, j->wrapper,
		    say_sig_incomplete("signatureTimestamp"));
}

/* ---- What stands in the way of computing */

/* "OID1.2.3.0" in a document whose OID is not "1.2.3". */
static bool is_of_another(const struct judging *j, const char *id)
{
	size_t len = strlen(j->oid);
	return len && str_starts(id, "OID") && str_is_digit(id[3]) &&
	       !(strncmp(id + 3, j->oid, len) == 0 &&
		   (!id[3 + len] || id[3 + len] == '.'));
}

static void find_trouble(const struct judging *j, enum dsig_trouble trouble,
    const char *what, const xmlNode *node)
{
	switch (trouble) {
	case DSIG_FINE:
		break;
	case DSIG_INCOMPLETE:
		if (!streq(what, "X509Certificate"))
			signature_find(j, RULE_SIG_STRUCTURE, node,
			    say_sig_incomplete(what));
		break;
	case DSIG_ALGORITHM:
		signature_find(j, RULE_SIG_ALGORITHM, node,
		    say_sig_algorithm_refused(what));
		break;
	case DSIG_TRANSFORM:
		signature_find(
		    j, RULE_SIG_TRANSFORM, node, say_sig_transform(what));
		break;
	case DSIG_OUTSIDE:
		signature_find(
		    j, RULE_SIG_REFERENCE, node, say_sig_outside(what));
		break;
	case DSIG_MISSING:
		if (is_of_another(j, what))
			signature_find(j, RULE_SIG_PASTED, node,
			    say_sig_pasted(what, j->oid));
		else
			signature_find(j, RULE_SIG_REFERENCE, node,
			    say_sig_dangling(what));
		break;
	case DSIG_AMBIGUOUS:
		signature_find(j, RULE_SIG_ID, node, say_sig_ambiguous(what));
		break;
	case DSIG_LIMIT:
		signature_find(j, RULE_SIG_LIMIT, node, say_sig_limit(what));
		break;
	}
}

/* ---- References */

static struct note digest_text_of(enum dsig_cause cause, const char *what)
{
	switch (cause) {
	case DSIG_REINDENTED:
		return say_sig_digest_reindented(what);
	case DSIG_LINE_ENDS:
		return say_sig_digest_line_ends(what);
	case DSIG_NAMESPACES:
		return say_sig_digest_namespaces(what);
	case DSIG_CHANGED:
		return say_sig_digest_changed(what);
	case DSIG_UNKNOWN:
		return say_sig_digest_unknown(what);
	}
	BUG("unknown dsig_cause");
}

/* One reference to a thing is enough: more would only be work. */
static bool is_repeated(const struct judging *j, const struct dsig_reference *r)
{
	for (const struct dsig_reference *b = j->d->references.at; b < r; b++)
		if (b->target == r->target && b->trouble == DSIG_FINE)
			return true;
	return false;
}

/* Nothing is computed over what this signature must not sign. */
static void judge_reference(
    const struct judging *j, const struct dsig_reference *r)
{
	const char *what = r->target ? (const char *)r->target->name : "";
	find_trouble(j, r->trouble, r->what, r->node);
	if (r->trouble != DSIG_FINE)
		return;
	if (!r->target || (r->target != j->body && r->target != j->timestamp &&
			      r->target != j->several)) {
		struct buf where = BUF_INIT(LIMIT_KIB(4));
		if (r->target)
			xml_path(&where, r->target, NULL);
		signature_find(j, RULE_SIG_COVERAGE, r->node,
		    say_sig_wrong_target(where.ptr));
		buf_release(&where);
	} else if (is_repeated(j, r)) {
		signature_find(
		    j, RULE_SIG_LIMIT, r->node, say_sig_limit("Reference"));
	} else if (dsig_digest(r) != DSIG_HOLDS) {
		signature_find(j, RULE_SIG_DIGEST, r->node,
		    digest_text_of(dsig_digest_cause(r), what));
	}
}

/* One that cannot be followed may have meant it: it has its own finding. */
static bool is_covered(const struct judging *j, const xmlNode *node)
{
	VEC_EACH (const struct dsig_reference, r, &j->d->references)
		if (r->target == node || r->trouble != DSIG_FINE)
			return true;
	return false;
}

/* In a signature of several documents, its list holds the body's digest. */
static void judge_coverage(const struct judging *j)
{
	const char *body = j->body ? (const char *)j->body->name : "";
	bool by_list = j->several && is_covered(j, j->several);
	if (!j->body)
		signature_find(j, RULE_SIG_COVERAGE, j->d->node,
		    say_sig_not_covered("structuredBody"));
	else if (!by_list && !is_covered(j, j->body))
		signature_find(j, RULE_SIG_COVERAGE, j->d->node,
		    say_sig_not_covered(body));
	if (j->timestamp && !is_covered(j, j->timestamp))
		signature_find(j, RULE_SIG_COVERAGE, j->d->node,
		    say_sig_not_covered("signatureTimestamp"));
}

/* ---- Algorithms */

static void judge_weak(const struct judging *j, const char *name)
{
	if (j->kind == SIGNED_PRESCRIPTION)
		signature_warn(
		    j, RULE_SIG_SHA1, j->d->node, say_sig_sha1(name));
	else
		signature_find(
		    j, RULE_SIG_SHA1, j->d->node, say_sig_sha1(name));
}

static void expect_algorithm(const struct judging *j,
    const struct dsig_algorithm *found, const char *expected)
{
	if (!found || found->is_weak || streq(found->name, expected) ||
	    j->kind == SIGNED_PRESCRIPTION)
		return;
	signature_find(j, RULE_SIG_ALGORITHM, j->d->node,
	    say_sig_algorithm(found->name, expected));
}

/* SHA-1 is told once of a signature. */
static void judge_algorithms(const struct judging *j)
{
	const struct dsig_algorithm *weak =
	    j->d->method && j->d->method->is_weak ? j->d->method : NULL;
	const struct dsig_algorithm *digest = NULL;
	expect_algorithm(j, j->d->c14n, "exc-c14n");
	expect_algorithm(j, j->d->method, "rsa-sha256");
	VEC_EACH (const struct dsig_reference, r, &j->d->references) {
		if (r->digest && r->digest->is_weak && !weak)
			weak = r->digest;
		if (!digest || (r->digest && !streq(r->digest->name, "sha256")))
			digest = r->digest;
	}
	expect_algorithm(j, digest, "sha256");
	if (weak)
		judge_weak(j, weak->name);
}

/* ---- The value */

static struct note value_text_of(enum dsig_cause cause)
{
	switch (cause) {
	case DSIG_REINDENTED:
		return say_sig_value_reindented();
	case DSIG_LINE_ENDS:
		return say_sig_value_line_ends();
	case DSIG_NAMESPACES:
		return say_sig_value_namespaces();
	case DSIG_CHANGED:
		return say_sig_value_changed();
	case DSIG_UNKNOWN:
		return say_sig_value_unknown();
	}
	BUG("unknown dsig_cause");
}

static void judge_one(struct judging *j)
{
	judge_place(j);
	find_trouble(j, j->d->trouble, j->d->what, j->d->node);
	judge_algorithms(j);
	VEC_EACH (const struct dsig_reference, r, &j->d->references)
		judge_reference(j, r);
	judge_coverage(j);
	if (dsig_value(j->d) == DSIG_BROKEN)
		signature_find(j, RULE_SIG_VALUE, j->d->node,
		    value_text_of(dsig_value_cause(j->d)));
	signature_judge_certificate(j);
}

/* ---- All of them */

/* What a document that is archived must have. */
static void judge_presence(
    const struct judging *j, size_t count, bool has_system)
{
	if (count == 0 && j->c->is_archived)
		signature_find(j, RULE_SIG_MISSING, j->root, say_sig_missing());
	else if (count == 0)
		signature_find(
		    j, RULE_SIG_UNSIGNED, j->root, say_sig_unsigned());
	else if (!has_system && j->c->is_archived && j->kind == SIGNED_HEALTH)
		signature_find(j, RULE_SIG_SYSTEM, j->root, say_sig_system());
}

size_t signature_check(
    const struct signature_case *c, signature_found *found, void *ctx)
{
	struct judging j = open_document(c->document);
	struct dsigs all;
	bool has_system = false;
	j.c = c;
	j.found = found;
	j.ctx = ctx;
	dsig_read(&all, c->document);
	VEC_EACH (const struct dsig, d, &all) {
		j.d = d;
		judge_one(&j);
		has_system |= j.type == '3';
	}
	if (all.more)
		signature_find(
		    &j, RULE_SIG_LIMIT, j.root, say_sig_limit("ds:Signature"));
	judge_presence(&j, all.count, has_system);
	size_t count = all.count + all.more;
	dsigs_release(&all);
	return count;
}

bool signatures_hold(const struct xml_doc *document, const xmlNode **place)
{
	struct dsigs all;
	*place = NULL;
	dsig_read(&all, document);
	VEC_EACH (const struct dsig, d, &all) {
		VEC_EACH (const struct dsig_reference, r, &d->references)
			if (!*place && dsig_digest(r) != DSIG_HOLDS)
				*place = r->node;
		if (!*place && dsig_value(d) != DSIG_HOLDS)
			*place = d->node;
	}
	if (all.more && !*place)
		*place = xml_root(document);
	dsigs_release(&all);
	return !*place;
}
